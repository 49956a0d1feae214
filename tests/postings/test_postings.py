"""What each kind of event does to the accounts: always two sides, always the same sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.events.base import Event, Recorded
from khata.events.book import (
    BookOpened,
    ClockCorrected,
    CopyAdopted,
    CounterAdded,
    DetailErased,
    FormatRaised,
    ImportStarted,
)
from khata.events.collecting import EntryDisputed, ReminderSent
from khata.events.evidence import BalancesSealed, KeyLost, KeyRotated
from khata.events.matching import MatchedLine, StatementMatched
from khata.events.money import (
    BalanceTransferred,
    ChargeMade,
    DebtWrittenOff,
    DiscountAllowed,
    EntryReversed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    Paid,
    PaymentReceived,
    SaleRecorded,
)
from khata.events.party import PartyAdded, PartyChanged, PartyMerged, PartyParted
from khata.events.pending import PaymentBegun, PaymentSettled
from khata.events.period import PeriodLocked, PeriodUnlocked
from khata.events.recurring import RecurringBegun, RecurringEnded, RecurringSkipped
from khata.events.registry import KINDS
from khata.events.shop import ShopChanged
from khata.postings.base import Posting
from khata.postings.kinds import credit_of, from_book, postings
from khata.units import MODES, At, Day, Paise, Party, Seq
from tests.books import OPENING

RAMESH = Party(1)


def nothing(_: Seq) -> Sequence[Posting]:
    return []


def sums(made: Sequence[Posting]) -> dict[str, int]:
    """Paise by account; the party's is called by its number."""
    found: defaultdict[str, int] = defaultdict(int)
    for account, party, amount in made:
        assert (account == "party") == (party is not None)
        assert amount
        found[account if party is None else f"@{party}"] += amount
    return dict(found)


P = Paise
EXAMPLES: list[tuple[str, Event, dict[str, int]]] = [
    ("a sale on the khata", SaleRecorded(party=RAMESH, amount_paise=P(450)), {"@1": 450, "sales": -450}),
    (
        "a sale paid in part",
        SaleRecorded(party=RAMESH, amount_paise=P(450), paid=(Paid("cash", P(200)), Paid("upi", P(50)))),
        {"@1": 200, "cash": 200, "upi": 50, "sales": -450},
    ),
    (
        "a sale paid in full",
        SaleRecorded(party=RAMESH, amount_paise=P(450), paid=(Paid("card", P(450)),)),
        {"@1": 0, "card": 450, "sales": -450},
    ),
    (
        "a sale at the counter",
        SaleRecorded(amount_paise=P(35), paid=(Paid("cash", P(30)), Paid("upi", P(5)))),
        {"cash": 30, "upi": 5, "sales": -35},
    ),
    ("goods back", GoodsReturned(party=RAMESH, amount_paise=P(90)), {"@1": -90, "returns": 90}),
    (
        "goods back, paid back in part",
        GoodsReturned(party=RAMESH, amount_paise=P(90), paid=(Paid("cash", P(40)),)),
        {"@1": -50, "cash": -40, "returns": 90},
    ),
    (
        "goods back at the counter",
        GoodsReturned(amount_paise=P(90), paid=(Paid("cash", P(90)),)),
        {"cash": -90, "returns": 90},
    ),
    (
        "money in",
        PaymentReceived(party=RAMESH, amount_paise=P(200), mode="cheque"),
        {"@1": -200, "cheque": 200},
    ),
    (
        "money in, the rest let go",
        PaymentReceived(party=RAMESH, amount_paise=P(640), mode="upi", discount_paise=P(5)),
        {"@1": -645, "upi": 640, "discount": 5},
    ),
    ("money given back", MoneyRefunded(party=RAMESH, amount_paise=P(30), mode="bank"), {"@1": 30, "bank": -30}),
    ("kasar", DiscountAllowed(party=RAMESH, amount_paise=P(5)), {"@1": -5, "discount": 5}),
    ("a debt given up", DebtWrittenOff(party=RAMESH, amount_paise=P(5)), {"@1": -5, "written_off": 5}),
    (
        "they owed us",
        OpeningRecorded(party=RAMESH, amount_paise=P(80), side="receive"),
        {"@1": 80, "opening": -80},
    ),
    ("a charge", ChargeMade(party=RAMESH, amount_paise=P(20)), {"@1": 20, "other_income": -20}),
    (
        "another will pay",
        BalanceTransferred(party=RAMESH, amount_paise=P(20), side="to", other=Party(2)),
        {"@1": -20, "transfers": 20},
    ),
    (
        "taken over",
        BalanceTransferred(party=RAMESH, amount_paise=P(20), side="from", other=Party(2)),
        {"@1": 20, "transfers": -20},
    ),
    ("we owed them", OpeningRecorded(party=RAMESH, amount_paise=P(80), side="give"), {"@1": -80, "opening": 80}),
]


@pytest.mark.parametrize(("event", "expected"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_what_it_does_to_the_accounts(event: Event, expected: dict[str, int]) -> None:
    made = postings(event, nothing)
    assert sums(made) == expected
    assert sum(paise for _, _, paise in made) == 0


@pytest.mark.parametrize(("event", "expected"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_it_takes_no_more_off_a_debt_than_it_is_about(event: Event, expected: dict[str, int]) -> None:
    """What is doubtful about an amount is asked only where this much would be too much."""
    most = getattr(event, "amount_paise", 0) + (getattr(event, "discount_paise", None) or 0)
    assert max(0, -expected.get("@1", 0)) >= credit_of(event) >= 0
    assert credit_of(event) <= most


@pytest.mark.parametrize("event", [row[1] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_its_reversal_takes_exactly_that_back(event: Event) -> None:
    made = postings(event, nothing)
    asked: list[Seq] = []

    def earlier(seq: Seq) -> Sequence[Posting]:
        asked.append(seq)
        return made

    back = postings(EntryReversed(entry=Seq(17)), earlier)
    assert asked == [17]
    assert [(account, party, -amount) for account, party, amount in back] == made


def test_a_reversal_is_read_off_the_book_itself() -> None:
    sale = SaleRecorded(party=RAMESH, amount_paise=P(450))

    def recorded(seq: Seq) -> Recorded:
        event: Event = sale if seq == 3 else EntryReversed(entry=Seq(3))
        return Recorded(seq, At("2026-11-22T04:30:00.000000Z"), Day("2026-11-22"), "c0ffee00", "0" * 32, event)

    earlier = from_book(recorded)
    assert sums(postings(EntryReversed(entry=Seq(3)), earlier)) == {"@1": -450, "sales": 450}
    assert earlier(Seq(4)) == []


KEY = "khata/" + "b0" * 16 + "+00000000+AQIA"
STILL = [
    BookOpened(**OPENING),
    FormatRaised(min_reader=1, min_writer=2),
    ClockCorrected(),
    CopyAdopted(size=9, head="a" * 64),
    CounterAdded(counter="c" * 8),
    PartyAdded(party=RAMESH),
    PartyChanged(party=RAMESH),
    DetailErased(party=RAMESH, upto=Seq(3)),
    ImportStarted(sha256="a" * 64, rows=1, profile="khata"),
    PaymentBegun(party=RAMESH, amount_paise=Paise(45000), mode="upi"),
    StatementMatched(sha256="a" * 64, matched=(MatchedLine(entry=Seq(3), row=2),)),
    PaymentSettled(party=RAMESH, entry=Seq(3), outcome="failed"),
    RecurringBegun(party=RAMESH, amount_paise=Paise(45000), every="month", first="2026-11-01", made_as="sale"),
    RecurringEnded(party=RAMESH, entry=Seq(3)),
    RecurringSkipped(party=RAMESH, entry=Seq(3), first="2026-11-01", last="2026-11-30"),
    ReminderSent(party=RAMESH, amount_paise=Paise(45000)),
    EntryDisputed(party=RAMESH, entry=Seq(3), status="open"),
    ShopChanged(shop="Sharma Kirana Store", lang="en"),
    PartyMerged(party=RAMESH, same="a" * 32),
    PartyParted(party=RAMESH, same="a" * 32),
    KeyRotated(old=KEY, new=KEY[:-1] + "B", signature="AAAA"),
    KeyLost(new=KEY),
    BalancesSealed(as_on="2026-11-22", leaves=4, root="a" * 64, upto=Seq(3)),
    PeriodLocked(upto="2026-03-31", cut=Seq(3)),
    PeriodUnlocked(),
]


@pytest.mark.parametrize("event", STILL, ids=lambda event: event.KIND)
def test_what_moves_no_money_posts_nothing(event: Event) -> None:
    assert postings(event, nothing) == []


def test_every_kind_of_event_is_in_one_of_these_lists() -> None:
    shown = {event.KIND for _, event, _ in EXAMPLES} | {event.KIND for event in STILL} | {EntryReversed.KIND}
    assert shown == {kind for kind, _ in KINDS}


amounts = st.integers(1, 10**12)
paid = st.lists(st.tuples(st.sampled_from(MODES), amounts), min_size=1, max_size=4)


@given(st.sampled_from([SaleRecorded, GoodsReturned]), amounts, st.none() | st.just(RAMESH), st.none() | paid)
def test_goods_balance_whatever_is_paid(
    kind: type[SaleRecorded | GoodsReturned], rest: int, party: Party | None, parts: list[tuple[str, int]] | None
) -> None:
    total = sum(amount for _, amount in parts or ())
    if party is None and not parts:
        parts, total, rest = [("cash", rest)], rest, 0
    amount = total + (rest if party is not None else 0)
    event = kind(
        amount_paise=P(amount),
        party=party,
        paid=tuple(Paid(mode, P(part)) for mode, part in parts) if parts else None,
    )
    event.check()
    made = postings(event, nothing)
    assert sum(paise for _, _, paise in made) == 0
    sign = 1 if kind is SaleRecorded else -1
    assert sum(paise for _, who, paise in made if who) == (sign * (amount - total) if party else 0)
