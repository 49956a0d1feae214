"""Taking back a wrong entry: by a new one, never by erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from khata.events.base import Recorded
from khata.events.money import BalanceTransferred, EntryReversed, Goods, Line, Paid, PaymentReceived, SaleRecorded
from khata.events.recurring import RecurringBegun
from khata.grammar.days import days_between, later
from khata.postings.kinds import MONEY
from khata.rules.base import Command, Decision, Draft, Facts, Who, says_the_same
from khata.rules.entry import RefConflict, day_of, named_entry, resolve
from khata.rules.goods import (
    CounterNotPaid,
    ItemsDoNotAddUp,
    NothingToBeDue,
    PaidAboveAmount,
    due_on,
    on_terms,
    said_due,
)
from khata.rules.refused import Refused
from khata.rules.sharing import check_free
from khata.rules.transfer import HalfOfTransfer, counterpart
from khata.units import Day, Paise, Party, Seq


class ReverseEntry(Command, kw_only=True):
    """Undo an entry. Its day is the original's unless `on` says otherwise."""

    MAKES: ClassVar = EntryReversed

    entry: Seq
    reason: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """One event that negates the original. Raises UnknownEntry, NotReversible, AlreadyReversed, FutureDay."""
        original = standing(self.entry, facts)
        on = original.on if self.on is None else day_of(self.on, facts)
        return [*_half(original, facts, on), _reversal(self, on, self.id)]


class CorrectEntry(Command, kw_only=True):
    """Reverse an entry and record it anew, in one commit. What is None stays as it was.

    `at_counter`: it was nobody's in particular; what had gone on a khata whole was then paid in cash unless said.
    """

    entry: Seq
    amount_paise: Paise | None = None
    party: Who | None = None
    at_counter: bool = False
    paid: Sequence[tuple[str, Paise | None]] | None = None
    mode: str | None = None
    reason: str | None = None
    due_days: int | None = None
    due_on: Day | None = None

    def decide(self, facts: Facts) -> Decision:
        """A reversal on the original's day, and the entry anew, linked to it by `corrects`.

        Raises:
            UnknownEntry, NotReversible, AlreadyReversed, NothingToCorrect, NotOfThisKind, FutureDay, PaidAboveAmount,
            ItemsDoNotAddUp, CounterNotPaid, PaidUnclear, KasarUnclear, NothingToBeDue, DueBefore: as they say.
        """
        original = standing(self.entry, facts)
        on = original.on if self.on is None else day_of(self.on, facts)
        event: Any = original.event
        if isinstance(event, BalanceTransferred):
            raise HalfOfTransfer(entry=self.entry)
        changes, drafts = _changes(self, event, facts)
        anew = replace(event, **changes, corrects=self.entry, imported=None, detail=None)
        anew = _due_anew(self, original, anew, on, facts)
        words = dict(facts.words(self.entry) or {})
        if self.note:
            words["note"] = self.note
        if says_the_same(event, anew) and on == original.on and not self.note:
            raise NothingToCorrect(entry=self.entry)
        return [
            *drafts,
            _reversal(self, original.on, None),
            Draft(anew, on, words or None, self.id),
        ]


class UndoEntry(Command, kw_only=True):
    """Take back what was done last about an entry: what a correction replaced stands again, anything else is gone."""

    MAKES: ClassVar = EntryReversed

    entry: Seq

    def decide(self, facts: Facts) -> Decision:
        """A reversal on the original's day, and what had stood before anew, linked to the entry by `corrects`.

        Raises:
            UnknownEntry, NotReversible, AlreadyReversed, RefConflict, RefPending: as they say.
        """
        original = standing(self.entry, facts)
        before = _stood_before(original, facts)
        if before is None:
            reversal = Draft(EntryReversed(entry=self.entry), original.on, None, self.id)
            return [*_half(original, facts, original.on), reversal]
        event: Any = before.event
        if event.ref is not None:
            check_free(event.ref, original, facts)
        anew = replace(event, corrects=self.entry, imported=None, detail=None)
        return [
            Draft(EntryReversed(entry=self.entry), original.on, None, None),
            Draft(anew, before.on, dict(facts.words(before.seq) or {}) or None, self.id),
        ]


def _stood_before(entry: Recorded, facts: Facts) -> Recorded | None:
    """What an entry replaced; None if nothing.

    One that says again what its forerunner had replaced is an undone correction: it stands for what it says again, and
    undoing goes on from there, step by step back, as an undoing never is undone.
    """
    line = [entry]
    while (at := line[-1].event.corrects) is not None and (older := facts.recorded(at)) is not None:
        line.append(older)
    stands_for: dict[Seq, int] = {}
    for place in reversed(range(len(line))):
        stands_for[line[place].seq] = place
        if place + 1 < len(line):
            replaced = stands_for[line[place + 1].seq] + 1
            if replaced < len(line) and _repeats(line[replaced], line[place], facts):
                stands_for[line[place].seq] = stands_for[line[replaced].seq]
    first = stands_for[entry.seq] + 1
    return line[first] if first < len(line) else None


def _repeats(one: Recorded, other: Recorded, facts: Facts) -> bool:
    same = one.on == other.on and says_the_same(one.event, other.event)
    return same and facts.words(one.seq) == facts.words(other.seq)


class NotReversible(Refused):
    """Only an entry that moved money is reversed, and a reversal is not."""

    code = "not_reversible"


class AlreadyReversed(Refused):
    """An entry is reversed once."""

    code = "already_reversed"


class NothingToCorrect(Refused):
    """The entry would be recorded anew as it was."""

    code = "nothing_to_correct"


class NotOfThisKind(Refused):
    """This kind of entry has no such thing to correct."""

    code = "not_of_this_kind"


class KasarUnclear(Refused):
    """The entry settled an account with kasar that was worked out then; of another amount it would be a guess."""

    code = "kasar_unclear"


class PaidUnclear(Refused):
    """It was paid in full in several ways; how the new amount was paid must be said."""

    code = "paid_unclear"


def standing(entry: Seq, facts: Facts) -> Recorded:
    """An entry that moved money and counts. Raises UnknownEntry, NotReversible, AlreadyReversed."""
    original = named_entry(entry, facts)
    if original.event.KIND not in MONEY:
        what = "on_its_way" if entry in facts.pending() else None
        what = "recurring" if isinstance(original.event, RecurringBegun) else what
        raise NotReversible(entry=entry, kind=original.event.KIND, **({"what": what} if what else {}))
    by = facts.reversed_by(entry)
    if by is not None:
        raise AlreadyReversed(entry=entry, by=by)
    return original


def _half(entry: Recorded, facts: Facts, on: Day) -> list[Draft]:
    """The reversal of the other entry of a transfer, which never stands alone; nothing for any other entry."""
    other = counterpart(entry, facts)
    if other is None or facts.reversed_by(other.seq) is not None:
        return []
    return [Draft(EntryReversed(entry=other.seq), on)]


def _reversal(command: ReverseEntry | CorrectEntry, on: Day, event_id: str | None) -> Draft:
    words = {"reason": command.reason} if command.reason else {}
    if command.note and isinstance(command, ReverseEntry):
        words["note"] = command.note
    return Draft(EntryReversed(entry=command.entry), on, words or None, event_id)


def _changes(command: CorrectEntry, event: Any, facts: Facts) -> tuple[dict[str, Any], list[Draft]]:
    """The fields that are to be another way, and the draft of a party that is new."""
    changes: dict[str, Any] = {}
    drafts: list[Draft] = []
    if command.amount_paise is not None:
        changes["amount_paise"] = command.amount_paise
    if command.party is not None:
        changes["party"], drafts = resolve(command.party, facts)
        _check_shares(command.entry, event, changes["party"], facts)
    if command.at_counter:
        if not isinstance(event, Goods):
            raise NotOfThisKind(entry=command.entry, kind=event.KIND, option="--party counter")
        changes["party"] = None
    if command.mode is not None:
        if not hasattr(event, "mode"):
            raise NotOfThisKind(entry=command.entry, kind=event.KIND, option="--mode")
        changes["mode"] = command.mode
    if isinstance(event, Goods):
        changes |= _goods_changes(command, event, changes)
    elif command.paid is not None:
        raise NotOfThisKind(entry=command.entry, kind=event.KIND, option="--paid")
    if isinstance(event, PaymentReceived) and event.discount_paise and changes.keys() & {"amount_paise", "party"}:
        raise KasarUnclear(entry=command.entry, kasar_paise=event.discount_paise)
    if command.ref is not None:
        if event.ref != command.ref:
            check_free(command.ref, standing(command.entry, facts), facts)
        changes["ref"] = command.ref
    return changes, drafts


def _check_shares(entry: Seq, event: Any, party: Party, facts: Facts) -> None:
    """Refuse a second share of one payment for the same customer. Raises RefConflict."""
    for other in facts.all_with_ref(event.ref) if event.ref is not None else ():
        share: Any = facts.recorded(other)
        whose = getattr(share.event, "party", None)
        if other != entry and whose is not None and facts.person(whose) == party:
            raise RefConflict(ref=event.ref, entry=other)


def _goods_changes(command: CorrectEntry, event: Goods, changes: Mapping[str, Any]) -> dict[str, Any]:
    amount: Paise = changes.get("amount_paise", event.amount_paise)
    lines: Sequence[Line] = event.lines or ()
    if lines and amount != event.amount_paise:
        raise ItemsDoNotAddUp(amount_paise=amount, items_paise=event.amount_paise, what="correct", entry=command.entry)
    party = changes.get("party", event.party)
    paid = event.paid
    if command.paid is not None:
        paid = parts_paid(command.paid, amount)
    elif paid and amount != event.amount_paise and sum(part.amount_paise for part in paid) == event.amount_paise:
        # It was paid in full, so it still is: only the amount had been typed wrong.
        if len(paid) > 1:
            raise PaidUnclear(entry=command.entry, modes=[part.mode for part in paid])
        paid = (Paid(paid[0].mode, amount),)
    elif command.at_counter and not paid:
        paid = (Paid("cash", amount),)
    total = sum(part.amount_paise for part in paid or ())
    if total > amount:
        raise PaidAboveAmount(amount_paise=amount, paid_paise=total)
    if party is None and total != amount:
        raise CounterNotPaid(amount_paise=amount, paid_paise=total)
    return {"paid": paid}


def _due_anew(command: CorrectEntry, before: Recorded, anew: Any, on: Day, facts: Facts) -> Any:
    """When what is not paid of a corrected sale is due.

    As is said; of another customer by his terms; else as long after the sale as before. Nothing is where all is paid.
    """
    said = command.due_days is not None or command.due_on is not None
    if anew.KIND != SaleRecorded.KIND:
        if said:
            raise NotOfThisKind(entry=command.entry, kind=anew.KIND, option="--due")
        return anew
    if sum(part.amount_paise for part in anew.paid or ()) == anew.amount_paise:
        if said:
            raise NothingToBeDue(amount_paise=anew.amount_paise)
        return due_on(anew, None)
    if said:
        return due_on(anew, said_due(command.due_days, command.due_on, on))
    if command.party is not None:
        return on_terms(Draft(due_on(anew, None), on), facts).event
    due: Day | None = getattr(anew, "due_on", None)
    if due is None or on == before.on:
        return anew
    return due_on(anew, later(on, days_between(before.on, due)))


def parts_paid(asked: Sequence[tuple[str, Paise | None]], amount: Paise) -> tuple[Paid, ...] | None:
    """What is paid at once of the new amount; whether that is enough at the counter is not asked here."""
    from khata.rules.goods import parts

    return parts(amount, asked, counter=False)
