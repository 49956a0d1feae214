"""The way of every money entry: its day, its party, its reference, and then the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from khata.events.base import Event, Imported, Recorded
from khata.grammar.text import ref_key
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Named, Who
from khata.rules.locking import is_for
from khata.rules.refused import AmbiguousParty, PartyForgotten, Refused, UnknownEntry, UnknownParty
from khata.units import Day, Party, Seq


class FutureDay(Refused):
    """An entry is for today or for an earlier day."""

    code = "future_day"


class RefConflict(Refused):
    """The reference stands in the book for something else."""

    code = "ref_conflict"


class RefPending(Refused):
    """A payment on its way has the reference: it is that one which came, or failed."""

    code = "ref_pending"


class RefTaken(Refused):
    """The reference stands in the book already."""

    code = "ref_taken"


def day_of(on: Day | None, facts: Facts) -> Day:
    """A business day: today unless another was given. Raises FutureDay."""
    if on is None:
        return facts.today
    if on > facts.today:
        raise FutureDay(on=on, today=facts.today)
    return on


def named_entry(entry: Seq, facts: Facts) -> Recorded:
    """An entry by the number that was given. Raises UnknownEntry."""
    stored = facts.recorded(entry)
    if stored is None:
        raise UnknownEntry(entry=entry, last=facts.head)
    return stored


def words_of(command: Command, **more: object) -> dict[str, Any] | None:
    """The free text of a command, absent keys left out; None if there is none."""
    words = {key: value for key, value in more.items() if value}
    if command.note:
        words["note"] = command.note
    return words or None


def resolve(who: Who, facts: Facts, imported: Imported | None = None) -> tuple[Party, list[Draft]]:
    """The number of a party, and the draft that declares it if it is new.

    Args:
        who: its number or name.
        facts: what the book knows.
        imported: the row that declares it.

    Raises:
        UnknownParty: nobody has the name or number.
        PartyForgotten: who it was is not known any more.
        AmbiguousParty: several have exactly this name.
    """
    if not isinstance(who, tuple):
        known = facts.party(who)
        if known is None:
            raise UnknownParty(party=who, name=f"@{who}", nearest=[], what="number")
        who = facts.person(who)
        if known.forgotten:
            raise PartyForgotten(party=who)
        return who, []
    found = facts.named(who.name)
    if len(found) == 1:
        return found[0], []
    if found:
        raise AmbiguousParty(name=who.name, parties=list(found))
    if not who.add:
        raise UnknownParty(name=who.name, nearest=[])
    from khata.rules.party import added

    number = facts.next_party()
    words = {"name": who.name} | ({"phone": who.phone} if who.phone else {})
    return number, [added(number, words, facts, imported)]


def known(who: Who, facts: Facts) -> Party:
    """The number of a party that is there already. Raises as `resolve`; a new name is UnknownParty."""
    number, drafts = resolve(who._replace(add=False) if isinstance(who, Named) else who, facts)
    assert not drafts  # noqa: S101 - nobody is declared
    return number


def check_ref(
    ref: str | None,
    event: type[Event],
    stated: Mapping[str, object],
    facts: Facts,
    on: Day | None,
    *,
    once: bool = False,
    settles: Seq | None = None,
) -> Seq | None:
    """The entry that has this reference already, if what was asked for may be answered with it.

    Args:
        ref: the reference.
        event: the kind of event that would be made.
        stated: what that would have, by attribute; an entry that differs is another one.
        facts: what the book knows.
        on: the day that was asked for.
        once: a reference that stands in the book for the same is not a fault.
        settles: the payment on its way that is settled by it, and may have the same reference.

    Raises:
        RefPending: a payment on its way has it.
        RefTaken: the same sale or payment stands there, and `--once` was not given.
        RefConflict: something else stands there.
    """
    if ref is None:
        return None
    entry = _pending_with(ref, facts, settles)
    if entry is not None:
        if not _says(entry, event, stated, facts, on):
            raise RefPending(ref=ref, entry=entry)
    else:
        found = facts.all_with_ref(ref)
        if not found:
            return None
        entry = found[-1]
        if len(found) > 1 or not _says(entry, event, stated, facts, on):
            raise RefConflict(ref=ref, entry=entry)
    if not once:
        raise RefTaken(ref=ref, entry=entry, **({"what": "on_its_way", "begun": settles} if settles else {}))
    return entry


def _says(entry: Seq, event: type[Event], stated: Mapping[str, object], facts: Facts, on: Day | None) -> bool:
    """Whether an entry is of a kind and has what is stated; of a party, by now."""
    stored = facts.recorded(entry)
    if stored is None or stored.event.KIND != event.KIND or not is_for(on, stored, facts):
        return False
    held = {key: getattr(stored.event, key) for key in stated}
    if (party := held.get("party")) is not None:
        held["party"] = facts.person(party)
    return held == stated


def _pending_with(ref: str, facts: Facts, but: Seq | None = None) -> Seq | None:
    """The payment on its way that has a reference, one aside."""
    for entry, begun in facts.pending().items():
        if begun.ref is not None and entry != but and ref_key(begun.ref) == ref_key(ref):
            return entry
    return None


def check_pending(ref: str, facts: Facts) -> None:
    """Refuse a reference that a payment on its way has. Raises RefPending."""
    entry = _pending_with(ref, facts)
    if entry is not None:
        raise RefPending(ref=ref, entry=entry)


def money_entry(
    command: Command,
    event: type[Event],
    facts: Facts,
    who: Who | None,
    fields: Mapping[str, Any],
    words: Mapping[str, object] | None = None,
    stated: Sequence[str] = ("amount_paise",),
) -> Decision:
    """The drafts of one money entry.

    Args:
        command: what was asked for.
        event: the kind of event that it makes.
        facts: what the book knows.
        who: the party; None at the counter.
        fields: the event's own fields, the amount among them.
        words: free text besides the note.
        stated: which of the fields, besides the party, an entry with the same reference must have to be the same.

    Raises:
        FutureDay, UnknownParty, AmbiguousParty, RefTaken, RefConflict, RefPending: as they say.
    """
    on = day_of(command.on, facts)
    number, drafts = resolve(who, facts) if who is not None else (None, [])
    same = {"party": number, **{name: fields[name] for name in stated}}
    entry = check_ref(command.ref, event, same, facts, command.on, once=command.once)
    if entry is not None:
        return AlreadyRecorded(entry)
    make = cast("Callable[..., Event]", event)  # which fields it has is its own affair
    made = make(**fields, party=number, ref=command.ref)
    return [*drafts, Draft(made, on, words_of(command, **(words or {})), command.id)]
