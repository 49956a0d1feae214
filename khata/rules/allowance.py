"""What is let go: discounts and write-offs."""

from __future__ import annotations

from dataclasses import dataclass

from khata.events.money import DebtWrittenOff, DiscountAllowed
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
from khata.rules.refused import Refused
from khata.units import Paise


@dataclass(slots=True, kw_only=True)
class AllowDiscount(Command):
    """Kasar, vatav."""

    party: Who
    amount_paise: Paise

    def decide(self, facts: Facts) -> Decision:
        """See `decide_discount`."""
        return decide_discount(self, facts)


@dataclass(slots=True, kw_only=True)
class WriteOffDebt(Command):
    """A debt that will not be paid, and why."""

    party: Who
    amount_paise: Paise
    reason: str

    def decide(self, facts: Facts) -> Decision:
        """See `decide_write_off`."""
        return decide_write_off(self, facts)


class ReasonMissing(Refused):
    """This wants a reason: an accountant will ask."""

    code = "reason_missing"


def decide_discount(command: AllowDiscount, facts: Facts) -> Decision:
    """Part of what is owed is let go."""
    return _decide(command, DiscountAllowed, facts, None)


def decide_write_off(command: WriteOffDebt, facts: Facts) -> Decision:
    """A debt is given up. Raises ReasonMissing."""
    if not command.reason:
        raise ReasonMissing
    return _decide(command, DebtWrittenOff, facts, command.reason)


def _decide(
    command: AllowDiscount | WriteOffDebt,
    event: type[DiscountAllowed | DebtWrittenOff],
    facts: Facts,
    reason: str | None,
) -> Decision:
    on = day_of(command, facts)
    number, drafts = resolve(command.party, command, facts)
    entry = check_ref(command, event, {"amount_paise": command.amount_paise, "party": number}, facts)
    if entry is not None:
        return AlreadyRecorded(entry)
    made = event(party=number, amount_paise=command.amount_paise, ref=command.ref, imported=imported_of(command, facts))
    return [*drafts, Draft(made, on, words_of(command, reason=reason), command.id)]
