"""Slips of the hand: asked about on a terminal, recorded with a warning elsewhere, counted in an import."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from khata.events.base import Event
from khata.events.collecting import ReminderSent
from khata.events.money import PaymentReceived
from khata.events.pending import PaymentBegun
from khata.events.recurring import RecurringBegun
from khata.grammar.days import days_between
from khata.postings.kinds import MONEY, credit_of
from khata.rules.base import Draft, Facts, PartyFacts, says_the_same
from khata.rules.refused import Refused
from khata.units import At, Day, Paise, Party, Seq

SAME_WITHIN = timedelta(minutes=2)
UNUSUAL_TIMES = 10
UNUSUAL_ABOVE_PAISE = 5_000_00
LONG_AGO_DAYS = 31
DUE_FAR_DAYS = 180

CODES = (
    "pending_same",
    "begun_twice",
    "same_as_entry",
    "unusual_amount",
    "becomes_advance",
    "long_ago",
    "due_far",
    "brought_again",
    "comes_again",
)


class Slip(NamedTuple):
    """Something that looks mistyped: a code and facts."""

    code: str
    facts: dict[str, object]


class Doubt(Refused):
    """Something looks mistyped, where nothing doubtful is to be recorded; its code and facts are those of the slip."""

    def __init__(self, slip: Slip) -> None:
        self.code = slip.code
        super().__init__(**slip.facts)


def slips(draft: Draft, facts: Facts, meant: frozenset[str]) -> list[Slip]:
    """What looks mistyped about an event that is about to be recorded; empty for what moves no money.

    `meant`: codes of what was said to be no slip.
    """
    event = draft.event
    amount, number = getattr(event, "amount_paise", None), getattr(event, "party", None)
    if amount is None or isinstance(event, ReminderSent):
        return []
    # A year that is imported is long ago by nature, and two equal rows of a file are two sales.
    if event.imported is not None and event.corrects is None:
        return _on_account(draft, number, amount, facts, meant)
    far = _due_far(draft) if "due_far" not in meant and event.imported is None else []
    return far + _about_money(draft, number, amount, facts, meant)


def _about_money(draft: Draft, number: Party | None, amount: Paise, facts: Facts, meant: frozenset[str]) -> list[Slip]:
    """What looks mistyped about an amount, its day and whose it is."""
    event = draft.event
    if isinstance(event, RecurringBegun):
        return _begun(event, draft, facts) + _unusual(event, amount, facts.party(event.party))
    if event.corrects is not None:  # what it says again was asked about; a sum that is ten times too large is new
        replaced = facts.recorded(event.corrects)
        again = replaced is not None and getattr(replaced.event, "amount_paise", None) == amount
        return [] if again or number is None else _unusual(event, amount, facts.party(number))
    return _typed(draft, number, amount, facts, meant) + _on_account(draft, number, amount, facts, meant)


def _on_account(draft: Draft, number: Party | None, amount: Paise, facts: Facts, meant: frozenset[str]) -> list[Slip]:
    """What looks mistyped beside all that this party had before. A million rows of an import run through it."""
    if number is None or (known := facts.party(number)) is None:
        return []
    event = draft.event
    found = _unusual(event, amount, known)
    if _brought(event) and "brought_again" not in meant and (again := _again(number, draft.on, facts)) is not None:
        day, owed = again
        owes = {"due_paise": max(owed, 0), "advance_paise": max(-owed, 0)}
        found.append(Slip("brought_again", {"on": day, **owes}))
    if event.imported is None:
        code = {PaymentReceived.KIND: "pending_same", PaymentBegun.KIND: "begun_twice"}.get(event.KIND)
        if code and code not in meant and (begun := _on_its_way(event, facts)) is not None:
            found.append(Slip(code, {"entry": begun, "amount_paise": amount}))
    owed = known.balance_paise
    # No entry takes more off a debt than it is about, with its discount: most need not be asked for their postings.
    most = amount + (getattr(event, "discount_paise", None) or 0)
    if owed < most and (credit := credit_of(event)) > max(owed, 0):
        found.append(Slip("becomes_advance", {"advance_paise": credit - owed}))
    return found


def _on_its_way(payment: Any, facts: Facts) -> Seq | None:
    """A payment of this customer over the same sum that is on its way: it may be this one."""
    for entry, begun in facts.pending().items():
        if facts.person(begun.party) == payment.party and begun.amount_paise == payment.amount_paise:
            return entry
    return None


def _again(party: Party, on: Day, facts: Facts) -> tuple[Day, int] | None:
    """Up to which day a party has an account already, and what it owes then; None where nothing is brought in twice.

    Also what was brought forward for a later day: which of the two was typed first is nothing to a paper book.
    """
    if (owed := facts.owed_on(party, on)) is not None:
        return on, owed
    later = facts.brought_on(party)
    owed = facts.owed_on(party, later) if later is not None else None
    return None if later is None or owed is None else (later, owed)


def _unusual(event: Event, amount: int, known: PartyFacts | None) -> list[Slip]:
    """Whether a sum is far above all that this party had."""
    if amount <= UNUSUAL_ABOVE_PAISE or known is None or _brought(event):
        return []
    largest = known.largest_paise
    if not largest or amount <= UNUSUAL_TIMES * largest:
        return []
    return [Slip("unusual_amount", {"amount_paise": amount, "largest_paise": largest})]


def _due_far(draft: Draft) -> list[Slip]:
    """Whether a sale is due in a year that somebody may not have meant: nobody is reminded of it before."""
    due: Day | None = getattr(draft.event, "due_on", None)
    days = 0 if due is None else days_between(draft.on, due)
    return [Slip("due_far", {"due_on": due, "days": days})] if days > DUE_FAR_DAYS else []


def _begun(event: RecurringBegun, draft: Draft, facts: Facts) -> list[Slip]:
    """Whether the same comes again already: it would be owed twice from then on, and nobody looks so soon."""
    for before in facts.of_kind(event.party, RecurringBegun):
        same = says_the_same(replace(before.event, first=event.first), event)
        if same and facts.ended_on(before.seq) is None and (facts.words(before.seq) or {}) == (draft.words or {}):
            return [Slip("comes_again", {"entry": before.seq, "amount_paise": event.amount_paise})]
    return []


def _typed(draft: Draft, number: Party | None, amount: int, facts: Facts, meant: frozenset[str]) -> list[Slip]:
    """What looks mistyped about an entry because somebody typed it."""
    found: list[Slip] = []
    if "long_ago" not in meant and (days := _days_back(draft, facts)) is not None:
        found.append(Slip("long_ago", {"on": draft.on, "days": days}))
    if number is None or "same_as_entry" in meant:  # of a year of milk each would be held against all before it
        return found
    if (same := _same(draft, number, amount, facts)) is not None:
        found.append(Slip("same_as_entry", {"entry": same, "amount_paise": amount}))
    return found


def _same(draft: Draft, number: Party, amount: int, facts: Facts) -> Seq | None:
    """An entry of a moment ago that says the same to the last word, by the same hand."""
    since = datetime.fromisoformat(facts.at) - SAME_WITHIN
    such = facts.same_since(number, draft.event.KIND, amount, facts.by, At(f"{since:%Y-%m-%dT%H:%M:%S.%fZ}"))
    return next((seq for seq in such if _says(seq, draft, facts)), None)


def _says(entry: Seq, draft: Draft, facts: Facts) -> bool:
    recorded = facts.recorded(entry)
    if recorded is None or recorded.on != draft.on:
        return False
    return says_the_same(recorded.event, draft.event) and (facts.words(entry) or {}) == (draft.words or {})


def _days_back(draft: Draft, facts: Facts) -> int | None:
    # What a paper book brings forward is long ago by nature.
    if draft.on == facts.today or _brought(draft.event):
        return None
    days = (date.fromisoformat(facts.today) - date.fromisoformat(draft.on)).days
    if days == 1:  # yesterday evening's slips are the first thing of many a morning
        return None
    if days > LONG_AGO_DAYS or (facts.opened_on is not None and draft.on < facts.opened_on):
        return days
    return None


def _brought(event: Event) -> bool:
    kind = MONEY.get(event.KIND)
    return kind is not None and kind.brought
