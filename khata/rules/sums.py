"""Sums that fit: all that an account was debited, or credited, is below 2^53 (docs/FORMAT.md, "Sums that fit")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from khata.events.money import EntryReversed
from khata.postings.kinds import from_book, postings
from khata.rules.base import Draft, Facts
from khata.rules.refused import Refused
from khata.units import LARGEST, Seq


class SumTooLarge(Refused):
    """With this entry a sum of the book would leave what every program can hold exactly."""

    code = "sum_too_large"


def check_sums(drafts: Sequence[Draft], facts: Facts) -> None:
    """Refuse drafts with which a sum leaves 2^53 - 1 paise. Raises SumTooLarge."""
    # In a book of any shop the largest sum and all amounts together are far below, and no sum need be made.
    if facts.largest_sum_paise + sum(_at_most(draft.event, facts) for draft in drafts) <= LARGEST:
        return

    def recorded(seq: Seq) -> Any:
        return facts.recorded(seq)

    earlier = from_book(recorded)
    sums = {account: list(both) for account, both in facts.totals.items()}
    for draft in drafts:
        for account, _, paise in postings(draft.event, earlier):
            both = sums.setdefault(account, [0, 0])
            both[0] += max(paise, 0)
            both[1] += max(-paise, 0)
            if max(both) > LARGEST:
                raise SumTooLarge(account=account)


def _at_most(event: Any, facts: Facts) -> int:
    """No account is debited or credited more by an event, in paise."""
    if isinstance(event, EntryReversed):
        original = facts.recorded(event.entry)
        event = original.event if original is not None else event
    return (getattr(event, "amount_paise", None) or 0) + (getattr(event, "discount_paise", None) or 0)
