"""A command that was tried before: the same one records once, another one under its id is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khata.events.base import Recorded
from khata.events.collecting import ReminderSent
from khata.events.money import ChargeMade, EntryReversed, Goods, Line, PaymentBounced, PaymentReceived
from khata.events.pending import FAILED, RECEIVED, PaymentSettled
from khata.events.shop import IN_WORDS
from khata.grammar.days import later
from khata.rules import (
    bouncing,
    collecting,
    correction,
    goods,
    merging,
    money,
    opening,
    party,
    pending,
    recurring,
    reversing,
    sharing,
    shop,
    transfer,
)
from khata.rules.base import Command, Facts, Named
from khata.rules.locking import is_for
from khata.rules.refused import Refused
from khata.units import DISPUTE_STATUS, Day, Party, Seq


class IdReused(Refused):
    """The event id stands in the book for something else."""

    code = "id_reused"


def earlier_try(command: Command, seen: Seq, facts: Facts) -> Seq:
    """The entry that an earlier try of this command made.

    The kind and what the command states (party, amount, parts paid, items, a typed day) are compared; what was
    worked out then (kasar, today, a new party's number) is not.

    Raises:
        IdReused: if they differ.
    """
    stored = facts.recorded(seen)
    if stored is None or not _same(command, stored, facts):
        raise IdReused(event_id=command.id, entry=seen)
    return seen


def _same(command: Command, stored: Recorded, facts: Facts) -> bool:
    event = stored.event
    if isinstance(command, correction.CorrectEntry):
        if event.corrects != command.entry or not _same_correction(command, event):
            return False
    elif isinstance(command, correction.UndoEntry):
        return command.entry in (event.entry if type(event) is EntryReversed else None, event.corrects)
    elif isinstance(command, recurring.RecordDue):
        return recurring.is_one_of(command, event, facts)
    elif isinstance(command, pending.ConfirmPayment):
        settled = _settled_with(stored, facts)
        if settled is None or settled.entry != command.entry:
            return False
        if settled is event:  # the payment stood there before
            return is_for(command.on, stored, facts)
    elif event.KIND != command.MAKES.KIND:
        return False
    if not is_for(command.on, stored, facts):
        return False
    if command.ref is not None and command.ref != getattr(event, "ref", None):
        return False
    for attribute in ("amount_paise", "mode", "entry", "sha256", "upto", "cut", "every", "first", "last", "made_as"):
        stated = getattr(command, attribute, None)
        if stated is not None and hasattr(event, attribute) and getattr(event, attribute) != stated:
            return False
    same = _same_topic(command, stored, facts) and _same_due(command, stored, facts)
    return same and _same_party(command, event, facts)


def _same_topic(command: Command, stored: Recorded, facts: Facts) -> bool:
    """Whether what only this kind of command states is the same."""
    event: Any = stored.event
    match command:
        case goods.GoodsCommand():
            return _same_goods(command, event)
        case collecting.SendReminders() | collecting.DisputeEntry():
            return _same_asked(command, stored, facts)
        case opening.RecordOpening():
            return command.advance == (getattr(event, "side", None) == "give")
        case party.DeclareParty() | party.AmendParty():
            return _same_record(command, facts.words(stored.seq))
        case bouncing.BouncePayment():
            # Without one the charge before it may be another line's, where many were recorded in one commit.
            charged = command.charge_paise is None or command.charge_paise == _charged_with(stored, facts)
            return charged and isinstance(event, PaymentBounced)
        case correction.ReverseEntry():
            return not isinstance(event, PaymentBounced)
        case pending.FailPayment():
            return bool(event.outcome == FAILED)
        case money.ReceivePayment():
            return _settled_with(stored, facts) is None and not _follows_share(stored, facts)
        case sharing.ReceiveForSeveral():
            return _same_shares(command, stored, facts)
        case merging.JoinParties() | merging.SeparateParties():
            return _same_two(command, event, facts)
        case reversing.ReverseImport() | reversing.ReverseRows():
            original = facts.recorded(event.entry)
            imported = original.event.imported if original is not None else None
            return imported is not None and imported.entry == command.of
        case shop.AmendShop():
            return _same_shop(command, event, facts.words(stored.seq))
    return True


def _charged_with(bounced: Recorded, facts: Facts) -> int | None:
    """What was charged in the commit of a bounce, in paise: the entry before it."""
    before = facts.recorded(Seq(bounced.seq - 1))
    charged = before is not None and before.at == bounced.at and isinstance(before.event, ChargeMade)
    return before.event.amount_paise if before is not None and charged else None


def _settled_with(stored: Recorded, facts: Facts) -> PaymentSettled | None:
    """That a payment on its way was received, where an entry says so or is that payment; None otherwise."""
    event = stored.event
    if isinstance(event, PaymentReceived) and (before := facts.recorded(Seq(stored.seq - 1))) is not None:
        event = before.event if before.at == stored.at else event
    return event if isinstance(event, PaymentSettled) and event.outcome == RECEIVED else None


def _follows_share(stored: Recorded, facts: Facts) -> bool:
    """Whether the entry before this one came in with it, under its reference."""
    before = facts.recorded(Seq(stored.seq - 1))
    if before is None or before.at != stored.at or type(before.event) is not type(stored.event):
        return False
    return before.event.ref is not None and bool(before.event.ref == stored.event.ref)


def _same_shares(command: sharing.ReceiveForSeveral, last: Recorded, facts: Facts) -> bool:
    """Whether the entries up to this one are the shares that are stated, in their order, and all under their reference.

    Without a reference a payment before them may be another line's, where many were recorded in one commit.
    """
    first = last.seq - len(command.shares) + 1
    found = [facts.recorded(Seq(seq)) for seq in range(first, last.seq + 1)]
    return not (found[0] and _follows_share(found[0], facts)) and all(
        each is not None
        and each.at == last.at
        and each.event.KIND == last.event.KIND
        and each.event.amount_paise == paise
        and _is(who, each.event.party, facts)
        for each, (who, paise) in zip(found, command.shares, strict=True)
    )


def _same_two(command: merging.JoinParties | merging.SeparateParties, event: Any, facts: Facts) -> bool:
    """Whether the second customer is the same: since he was joined, his name means the one who stands for both."""
    if command.other is None:
        return bool(event.same == command.same)
    other = facts.named(command.other.name)[:1] if isinstance(command.other, Named) else [command.other]
    return any(facts.identity(each) == event.same for number in other for each in facts.khatas(number))


def _same_shop(command: shop.AmendShop, event: object, words: Mapping[str, Any] | None) -> bool:
    """Whether what is said of the shop stands there; erased words say nothing to the contrary."""
    for key in command.stated():
        held = getattr(event, key, None) if key not in IN_WORDS else (words or {}).get(key)
        if held != getattr(command, key) and not (words is None and key in IN_WORDS):
            return False
    return not any(getattr(event, key, None) or (words or {}).get(key) for key in command.without)


def _same_record(command: party.DeclareParty | party.AmendParty, words: Mapping[str, Any] | None) -> bool:
    """Whether what is said of a party stands in the record; an erased one says nothing to the contrary."""
    if words is None:
        return True
    aliases = words.get("aliases", ())
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()
    if isinstance(command, party.DeclareParty):
        wanted = command.aliases
    else:
        wanted, unwanted = command.add_aliases, command.remove_aliases
    stated = {key: getattr(command, key, None) for key in ("name", "phone", "address", "lang")}
    due = getattr(command, "due_days", None)
    return (
        all(value is None or words.get(key) == value for key, value in stated.items())
        and (due is None or words.get("due_days") == (str(due) if due else None))
        and all(alias in aliases for alias in wanted)
        and not any(alias in aliases for alias in unwanted)
    )


def _same_correction(command: correction.CorrectEntry, event: object) -> bool:
    """Whether a correction says the same of the counter, and of what was paid at once."""
    if command.at_counter and getattr(event, "party", None) is not None:
        return False
    return command.paid is None or (
        isinstance(event, Goods) and correction.parts_paid(command.paid, event.amount_paise) == event.paid
    )


def _same_goods(command: goods.GoodsCommand, event: Any) -> bool:
    """Whether the parts paid and the items are the same, "all" worked out anew."""
    paid = goods.parts(command.amount_paise, command.paid, counter=command.party is None)
    rounded = command.round_off_paise == (getattr(event, "round_off_paise", None) or 0)
    return rounded and paid == getattr(event, "paid", None) and _shape(command.lines) == _shape(event.lines or ())


def _same_due(command: Command, stored: Recorded, facts: Facts) -> bool:
    """Whether a due day that is stated stands there; without any it was the customer's, and may be another by now.

    Days count from the one that was asked for: where that was locked, the entry stands on another.
    """
    held: Day | None = getattr(stored.event, "due_on", None)
    if not isinstance(command, goods.RecordSale | correction.CorrectEntry):
        return True
    if command.due_days is None and command.due_on is None:
        return True
    replaced = facts.recorded(command.entry) if isinstance(command, correction.CorrectEntry) else None
    on = command.on or (replaced.on if replaced is not None else stored.on)
    return held == (command.due_on or later(on, command.due_days or 0))


def _same_asked(command: collecting.SendReminders | collecting.DisputeEntry, last: Recorded, facts: Facts) -> bool:
    """Whether the customers are among those who were asked along with this one; of a dispute, which way it went."""
    if isinstance(command, collecting.DisputeEntry):
        return bool(last.event.status == DISPUTE_STATUS[command.over])
    found, entry = set[Party](), last
    while isinstance(entry.event, ReminderSent) and entry.at == last.at:
        found.add(facts.person(entry.event.party))
        before = facts.recorded(Seq(entry.seq - 1))
        if before is None:
            break
        entry = before
    return all(any(_is(each.party, party, facts) for party in found) for each in command.asked)


def _shape(lines: Sequence[Line]) -> list[tuple[object, ...]]:
    """What a line of either version says of itself in money."""
    return [(line.amount_paise, line.quantity_milli, line.rate_paise) for line in lines]


def _same_party(command: Command, event: object, facts: Facts) -> bool:
    if not hasattr(command, "party"):
        return True
    stated, held = command.party, getattr(event, "party", None)
    if isinstance(command, transfer.TransferBalance):  # the id stands on the entry of the one who takes over
        return _is(command.to, held, facts) and _is(stated, getattr(event, "other", None), facts)
    if isinstance(command, correction.CorrectEntry) and stated is None:
        return True
    if isinstance(command, merging.SeparateParties):  # he was parted from where he was joined, which may be another
        return True
    return _is(stated, held, facts)


def _is(stated: Any, held: Any, facts: Facts) -> bool:
    """Whether a party that is stated is the one of the entry, or by now the same person."""
    if stated is None or held is None:
        return stated is held
    person = facts.person(held)
    return person in facts.named(stated.name) if isinstance(stated, Named) else facts.person(stated) == person
