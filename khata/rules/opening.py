"""Brought forward from the paper book."""

from __future__ import annotations

from dataclasses import dataclass

from khata.events.money import OpeningRecorded
from khata.rules.base import (
    AlreadyRecorded,
    Command,
    Decision,
    Draft,
    Facts,
    Who,
    check_ref,
    day_of,
    imported_of,
    resolve,
    words_of,
)
from khata.units import Paise


@dataclass(slots=True, kw_only=True)
class RecordOpening(Command):
    """What the paper book says: they owe us, or with `advance` we owe them."""

    party: Who
    amount_paise: Paise
    advance: bool = False

    def decide(self, facts: Facts) -> Decision:
        """See `decide_opening`."""
        return decide_opening(self, facts)


def decide_opening(command: RecordOpening, facts: Facts) -> Decision:
    """An opening balance."""
    on = day_of(command, facts)
    number, drafts = resolve(command.party, command, facts)
    side = "give" if command.advance else "receive"
    stated = {"amount_paise": command.amount_paise, "party": number, "side": side}
    entry = check_ref(command, OpeningRecorded, stated, facts)
    if entry is not None:
        return AlreadyRecorded(entry)
    event = OpeningRecorded(
        party=number,
        amount_paise=command.amount_paise,
        side=side,
        ref=command.ref,
        imported=imported_of(command, facts),
    )
    return [*drafts, Draft(event, on, words_of(command), command.id)]
