"""A shop's life as it comes: anything may be recorded in any order, and the book is always right.

What is right is said by a model of a few lines that knows no postings: who owes what is read off what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from khata.events.base import Recorded
from khata.events.book import ClockCorrected
from khata.grammar.days import business_day
from khata.pen import stamp
from khata.questions.balances import balances
from khata.questions.pending import bounces, pending
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command
from khata.rules.book import FixClock
from khata.rules.bouncing import BouncePayment
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.pending import BeginPayment, ConfirmPayment, FailPayment
from khata.rules.refused import Refused
from khata.rules.sharing import ReceiveForSeveral
from khata.units import Day, Paise, Party, Seq
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import Cut, known_at
from khata.writing import Outcome
from tests.books import Clock, Shop, contents, event_id, faults_of, in_memory
from tests.on_paper import Paper
from tests.views.test_accounts import assert_accounts

LAST_DAY = Day("9999-12-31")
MAY_BE_REFUSED = {
    "party_forgotten",
    "bounced_before",
    "clock_behind",
    "not_settled",
    "large_kasar",
    "paid_unclear",
    "kasar_unclear",
}


@dataclass
class Line:
    """What the model knows of one entry: its day, and what it adds to whose debt."""

    on: str
    party: int | None = None
    owed: int = 0
    money: bool = False
    kind: str = ""
    amount: int = 0
    paid: int = 0
    discount: int = 0
    cancelled: bool = False
    mode: str = ""


@dataclass
class Model:
    """Till owes what, in the plainest way: a list of lines."""

    lines: list[Line] = field(default_factory=list)
    parties: int = 0

    def balance(self, party: int, as_on: str = LAST_DAY, known: int = 10**9) -> int:
        return sum(line.owed for line in self.lines[:known] if line.party == party and line.on <= as_on)

    def balances(self, as_on: str = LAST_DAY, known: int = 10**9) -> dict[int, int]:
        sums = {party: self.balance(party, as_on, known) for party in range(1, self.parties + 1)}
        return {party: owed for party, owed in sums.items() if owed}


def owed_by(kind: str, amount: int, paid: int, discount: int) -> int:
    """What an entry of this kind adds to what the party owes."""
    return {
        "sale": amount - paid,
        "return": paid - amount,
        "payment": -amount - discount,
        "refund": amount,
        "discount": -amount,
        "write_off": -amount,
        "receive": amount,
        "give": -amount,
        "charge": amount,
    }[kind]


who = st.integers(1, 5)
amounts = st.integers(1, 50_000)
days_back = st.sampled_from([0, 0, 0, 1, 2, 30, 31, 32, 400])
modes = st.sampled_from(["cash", "upi", "card", "bank", "cheque"])
shares = st.lists(st.tuples(modes, st.integers(1, 100)), max_size=2)


class ShopLife(RuleBasedStateMachine):
    """One shop, whose every act is told to the model too."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.shop: Shop = in_memory(clock=self.clock)
        self.sita = Shop(self.shop.store, lambda: Cache(None), self.clock, self.shop.ids, self._name("Sita"))
        self.model = Model([Line("")])
        self.names = 0
        self.forgotten: set[int] = set()
        self.coming: list[int] = []
        self.back: dict[int, int] = {}
        """How many payments of whom came back."""
        self.checked = self.shop.entries()
        self.tries: list[Command] = []
        self.raised = False
        for _ in range(2):
            self.somebody_new()

    def _name(self, name: str) -> Any:
        from khata.writing import Till

        return Till(name)

    # --- how the model is told

    def act(self, command: Command, *lines: Line) -> Outcome | None:
        """Record a command; tell the model these lines when it is recorded."""
        command.id = event_id(("try", len(self.tries)))
        self.tries.append(command)
        before = self.shop.recorded()
        try:
            outcome = self.shop.record(command)
        except Refused as refused:
            assert self.shop.entries() == self.checked
            assert refused.code in MAY_BE_REFUSED  # noqa: PT017
            assert refused.code != "party_forgotten" or refused.facts["party"] in self.forgotten  # noqa: PT017
            return None
        made = self.shop.recorded()[len(before) :]
        assert outcome.total == len(made)
        told = [line for line in lines if line.kind != "party" or line.party == self.model.parties + 1]
        assert len(made) == len(told), (command, made)
        for recorded, line in zip(made, told, strict=True):
            assert recorded.on == line.on
            self.model.lines.append(line)
            self.model.parties += line.kind == "party"
        self.checked = self.shop.entries()
        return outcome

    def today(self) -> str:
        return business_day(self.clock.now + self.clock.step)

    def day(self, back: int) -> Day:
        return Day((date.fromisoformat(self.today()) - timedelta(days=back)).isoformat())

    def someone(self, number: int) -> int | None:
        """A party that is there, by its number."""
        return (number - 1) % self.model.parties + 1 if self.model.parties else None

    def money(self, kind: str, number: int, amount: int, back: int, command: Command, **more: Any) -> None:
        party, on = self.someone(number), self.day(back)
        command.on = on if back else None
        paid, discount = more.get("paid", 0), more.get("discount", 0)
        owed = owed_by(kind, amount, paid, discount)
        mode = more.get("mode", "")
        outcome = self.act(command, Line(on, party, owed, True, kind, amount, paid, discount, mode=mode))
        assert outcome is None or party not in self.forgotten

    # --- what may happen

    @rule()
    def somebody_new(self) -> None:
        self.names += 1
        self.act(DeclareParty(name=f"Name {self.names}"), Line(self.today(), self.model.parties + 1, kind="party"))

    @rule(number=who)
    def a_new_name(self, number: int) -> None:
        party = self.someone(number)
        if party in self.forgotten or party is None:
            return
        self.names += 1
        self.act(AmendParty(party=Party(party), name=f"Name {self.names}"), Line(self.today(), kind="change"))

    @rule(number=who, amount=amounts, shares=shares, back=days_back, kind=st.sampled_from([RecordSale, RecordReturn]))
    def goods(
        self, number: int, amount: int, shares: list[tuple[str, int]], back: int, kind: type[RecordSale | RecordReturn]
    ) -> None:
        parts: list[tuple[str, Paise | None]] = [(mode, Paise(max(1, amount * share // 200))) for mode, share in shares]
        paid: int = sum(part or 0 for _, part in parts)
        if paid > amount:
            parts = [("upi", None)]
            paid = amount
        party = self.someone(number)
        command = kind(party=Party(party or 0), amount_paise=Paise(amount), paid=parts, note="a note")
        self.money("sale" if kind is RecordSale else "return", number, amount, back, command, paid=paid)

    @rule(amount=amounts, back=days_back, kind=st.sampled_from([RecordSale, RecordReturn]))
    def at_the_counter(self, amount: int, back: int, kind: type[RecordSale | RecordReturn]) -> None:
        on = self.day(back)
        line = Line(on, None, 0, True, "sale" if kind is RecordSale else "return", amount, amount)
        self.act(kind(party=None, amount_paise=Paise(amount), on=on if back else None), line)

    @rule(number=who, amount=amounts, mode=modes, back=days_back, full=st.booleans(), agreed=st.booleans())
    def money_in(self, number: int, amount: int, mode: str, back: int, *, full: bool, agreed: bool) -> None:
        party = self.someone(number) or 0
        rest = self.model.balance(party) - amount
        command = ReceivePayment(party=Party(party), amount_paise=Paise(amount), mode=mode, full=full, agreed=agreed)
        self.money("payment", number, amount, back, command, discount=max(0, rest) if full else 0, mode=mode)

    @rule(number=who, amount=amounts, back=days_back, kind=st.sampled_from(["refund", "discount", "write_off"]))
    def let_go(self, number: int, amount: int, back: int, kind: str) -> None:
        party, paise = Party(self.someone(number) or 0), Paise(amount)
        commands = {
            "refund": RefundMoney(party=party, amount_paise=paise),
            "discount": AllowDiscount(party=party, amount_paise=paise),
            "write_off": WriteOffDebt(party=party, amount_paise=paise, reason="gone"),
        }
        self.money(kind, number, amount, back, commands[kind])

    @rule(number=who, amount=amounts, back=days_back, advance=st.booleans())
    def brought_forward(self, number: int, amount: int, back: int, *, advance: bool) -> None:
        party = Party(self.someone(number) or 0)
        command = RecordOpening(party=party, amount_paise=Paise(amount), advance=advance)
        self.money("give" if advance else "receive", number, amount, back, command)

    @rule(number=who, amount=amounts, back=days_back)
    def money_sets_out(self, number: int, amount: int, back: int) -> None:
        party, on = self.someone(number) or 0, self.day(back)
        if not self._format_raised():
            return
        command = BeginPayment(party=Party(party), amount_paise=Paise(amount), on=on if back else None)
        if self.act(command, Line(on, party, kind="begun", amount=amount)):
            self.coming.append(len(self.model.lines))

    @precondition(lambda self: self.coming)
    @rule(which=st.integers(0, 99), back=days_back, failed=st.booleans())
    def what_set_out_is_settled(self, which: int, back: int, *, failed: bool) -> None:
        entry = self.coming[which % len(self.coming)]
        begun, on = self.model.lines[entry - 1], self.day(back)
        day = on if back else None
        if failed:
            done = self.act(FailPayment(entry=Seq(entry), on=day), Line(on, kind="settled"))
        else:
            came = Line(on, begun.party, -begun.amount, True, "payment", begun.amount, mode="upi")
            done = self.act(ConfirmPayment(entry=Seq(entry), on=day), Line(on, kind="settled"), came)
        if done is not None:
            self.coming.remove(entry)

    @rule(which=st.integers(0, 99), charge=st.none() | amounts)
    def it_comes_back(self, which: int, charge: int | None) -> None:
        paid = [
            (n, line)
            for n, line in enumerate(self.model.lines, 1)
            if line.kind == "payment" and not line.cancelled and line.mode not in ("cash", "")
        ]
        if not paid:
            return
        seq, line = paid[which % len(paid)]
        party = line.party or 0
        if (charge and party in self.forgotten) or not self._format_raised():
            return
        told = [Line(self.today(), party, charge, True, "charge", charge)] if charge else []
        command = BouncePayment(entry=Seq(seq), charge_paise=Paise(charge) if charge else None)
        if self.act(command, *told, Line(self.today(), party, -line.owed)):
            line.cancelled = True
            self.back[party] = self.back.get(party, 0) + 1

    @rule(amount=amounts, mode=modes)
    def one_pays_for_two(self, amount: int, mode: str) -> None:
        parties = [party for party in range(1, self.model.parties + 1) if party not in self.forgotten][:2]
        if len(parties) < 2:
            return
        ref = f"S-{len(self.model.lines)}"
        command = ReceiveForSeveral(shares=[(Party(party), Paise(amount)) for party in parties], mode=mode, ref=ref)
        lines = [Line(self.today(), party, -amount, True, "payment", amount, mode=mode) for party in parties]
        self.act(command, *lines)

    def _format_raised(self) -> bool:
        """Whether the book is raised to what the next command needs: by one that the model is told of."""
        parties = [party for party in range(1, self.model.parties + 1) if party not in self.forgotten]
        if not self.raised and parties:
            command = BeginPayment(party=Party(parties[0]), amount_paise=Paise(1))
            today = self.today()
            begun = Line(today, parties[0], kind="begun", amount=1)
            if self.act(command, Line(today, kind="raised"), begun):
                self.raised = True
                self.coming.append(len(self.model.lines))
        return self.raised

    def _pick(self, which: int) -> tuple[int, Line] | None:
        open_ones = [(n, line) for n, line in enumerate(self.model.lines, 1) if line.money and not line.cancelled]
        return open_ones[which % len(open_ones)] if open_ones else None

    @rule(which=st.integers(0, 99), back=st.none() | days_back)
    def taken_back(self, which: int, back: int | None) -> None:
        found = self._pick(which)
        if found is None:
            return
        seq, line = found
        on = line.on if back is None else self.day(back)
        command = ReverseEntry(entry=Seq(seq), on=None if back is None else Day(on), reason="wrong")
        if self.act(command, Line(on, line.party, -line.owed)):
            line.cancelled = True

    @rule(which=st.integers(0, 99), amount=amounts)
    def put_right(self, which: int, amount: int) -> None:
        found = self._pick(which)
        if found is None or found[1].amount == amount:
            return
        seq, line = found
        paid = amount if line.paid == line.amount else line.paid
        if paid > amount:
            return
        owed = owed_by(line.kind, amount, paid, line.discount)
        anew = Line(line.on, line.party, owed, True, line.kind, amount, paid, line.discount, mode=line.mode)
        command = CorrectEntry(entry=Seq(seq), amount_paise=Paise(amount))
        if self.act(command, Line(line.on, line.party, -line.owed), anew):
            line.cancelled = True

    @rule(number=who)
    def forgotten_on_request(self, number: int) -> None:
        party = self.someone(number) or 0
        outcome = self.act(ForgetParty(party=Party(party)), Line(self.today(), kind="erased"))
        coming = any(self.model.lines[begun - 1].party == party for begun in self.coming)
        assert (outcome is not None) <= (self.model.balance(party) == 0 and not coming)
        if outcome:
            self.forgotten.add(party)

    @precondition(lambda self: self.tries)
    @rule(which=st.integers(0, 99))
    def sent_again(self, which: int) -> None:
        command = self.tries[which % len(self.tries)]
        recorded = {entry.id: entry.seq for entry in self.shop.recorded()}
        if command.id in recorded:
            try:
                assert self.shop.record(command).already == recorded[command.id]
            except Refused as refused:
                assert refused.code == "clock_behind"  # noqa: PT017 - the one thing that may be in the way

    @rule(amount=amounts)
    def another_counter(self, amount: int) -> None:
        known = any(entry.event.KIND == "counter_added" for entry in self.shop.recorded())
        try:
            self.sita.record(RecordSale(party=None, amount_paise=Paise(amount)))
        except Refused as refused:
            assert refused.code == "clock_behind"  # noqa: PT017
            return
        on = self.shop.recorded()[-1].on
        if not known:
            self.model.lines.append(Line(on))
        self.model.lines.append(Line(on, None, 0, True, "sale", amount, amount))
        self.checked = self.shop.entries()

    @rule(hours=st.sampled_from([-1, -5, -23, -30, 1, 24, 700]))
    def the_clock_jumps(self, hours: int) -> None:
        self.clock.set(hours=hours)

    @rule()
    def the_clock_is_put_right(self) -> None:
        self.act(FixClock(reason="battery"), Line(self.today()))

    @rule()
    def the_views_are_lost(self) -> None:
        self.shop.close_views()

    # --- what must always hold

    @invariant()
    def the_chain_holds(self) -> None:
        entries = self.shop.entries()
        assert not list(faults_of(entries))
        assert len(entries) == len(self.model.lines)

    @invariant()
    def who_owes_what_is_what_the_model_says(self) -> None:
        assert self.shop.balances() == self.model.balances()
        assert self.sita.balances() == self.model.balances()

    @invariant()
    def what_is_on_its_way_and_what_came_back_is_what_the_model_says(self) -> None:
        self.shop.books.catch_up()
        connection, everything = self.shop.books.cache.connection, Cut(LAST_DAY, Seq(len(self.model.lines)))
        assert sorted(each.entry for each in pending(connection, everything)) == sorted(self.coming)
        for party in range(1, self.model.parties + 1):
            assert bounces(connection, [Party(party)], everything).times == self.back.get(party, 0)

    def teardown(self) -> None:
        self.views_are_what_a_replay_gives()
        self.both_clocks_agree_with_the_model()

    def views_are_what_a_replay_gives(self) -> None:
        fresh = Cache(None)
        catch_up(self.shop.store, fresh)
        self.shop.books.catch_up()
        assert contents(self.shop.books.cache) == contents(fresh)
        assert_accounts(fresh, Paper(entry.body for entry in self.shop.entries()))

    def both_clocks_agree_with_the_model(self) -> None:
        connection, recorded = self.shop.books.cache.connection, self.shop.recorded()
        days = sorted({line.on for line in self.model.lines[1:]} | {LAST_DAY})
        for known in {*range(0, len(recorded), 3), len(recorded)}:
            for day in days[:: max(1, len(days) // 6)] + days[-1:]:
                cut = Cut(Day(day), Seq(known), everything=known == len(recorded))
                found = {int(each.party): each.balance_paise for each in balances(connection, cut)}
                assert found == self.model.balances(day, known)
        for entry in recorded[::4]:
            assert known_at(connection, entry.at) == prefix(recorded, entry.at)
        assert known_at(connection, stamp(self.clock.now.replace(year=2999))) == len(recorded)


def prefix(recorded: list[Recorded], instant: str) -> int:
    """How many entries the book held at an instant, by the definition."""
    earliest, count = "9999", 0
    for entry in reversed(recorded):
        counts_from = min(entry.at, earliest)
        count += counts_from <= instant
        if isinstance(entry.event, ClockCorrected):
            earliest = min(earliest, entry.at)
    return count


EVERYDAY = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
LONG = settings(EVERYDAY, max_examples=600, stateful_step_count=60)


class TestEverydayLife(ShopLife.TestCase):  # type: ignore[valid-type,misc]
    settings = EVERYDAY


@pytest.mark.slow
class TestLongLife(ShopLife.TestCase):  # type: ignore[valid-type,misc]
    settings = LONG
