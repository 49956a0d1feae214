"""Sales and returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from khata.events.bill import BillLine, SaleBilled
from khata.events.money import GoodsReturned, Line, Paid, SaleRecorded
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.rules.refused import Refused
from khata.units import Paise


class GoodsCommand(Command, kw_only=True):
    """Goods that change hands. `party` None is the counter: paid at once, in cash unless said.

    `paid` are the parts paid at once, in paise; a part whose amount is None is "all the rest". `items` are the names
    of `lines`, "" where none was typed. `round_off_paise` is what was added to the lines to make the amount.
    """

    amount_paise: Paise
    party: Who | None
    paid: Sequence[tuple[str, Paise | None]] = ()
    lines: Sequence[Line] = ()
    items: Sequence[str] = ()
    round_off_paise: int = 0

    def decide(self, facts: Facts) -> Decision:
        """What is not paid, or paid back, at once counts on the khata.

        Raises:
            TooManyItems, ItemsDoNotAddUp, PaidAboveAmount, CounterNotPaid, UnknownParty, AmbiguousParty, FutureDay,
            RefTaken, RefConflict: as they say.
        """
        lines = tuple(self.lines)
        if len(lines) > MOST_ITEMS:
            raise TooManyItems(items=len(lines), most=MOST_ITEMS)
        total = sum(line.amount_paise for line in lines)
        if lines and total + self.round_off_paise != self.amount_paise:
            raise ItemsDoNotAddUp(amount_paise=self.amount_paise, items_paise=total)
        paid = parts(self.amount_paise, self.paid, counter=self.party is None)
        fields: dict[str, Any] = {"amount_paise": self.amount_paise, "paid": paid, "lines": lines or None}
        words = {"items": list(self.items)} if any(self.items) else None
        if not self.round_off_paise:
            return money_entry(self, self.MAKES, facts, self.party, fields, words)
        # Only the second version has a round off.
        billed = tuple(BillLine(line.amount_paise, line.quantity_milli, line.rate_paise) for line in lines)
        fields |= {"lines": billed, "round_off_paise": self.round_off_paise}
        return money_entry(self, SaleBilled, facts, self.party, fields, words)


class RecordSale(GoodsCommand, kw_only=True):
    """Goods went out."""

    MAKES: ClassVar = SaleRecorded


class RecordReturn(GoodsCommand, kw_only=True):
    """Goods came back."""

    MAKES: ClassVar = GoodsReturned


MOST_ITEMS = 500
"""Items of one entry: more would not fit into it (docs/FORMAT.md: 65,535 bytes)."""


class TooManyItems(Refused):
    """The bill is longer than an entry can be."""

    code = "too_many_items"


class PaidAboveAmount(Refused):
    """More was paid at once than the whole comes to."""

    code = "paid_above_amount"


class ItemsDoNotAddUp(Refused):
    """The items make another sum than the amount."""

    code = "items_do_not_add_up"


class CounterNotPaid(Refused):
    """Nobody in particular cannot owe anything."""

    code = "counter_not_paid"


def parts(amount: Paise, asked: Sequence[tuple[str, Paise | None]], *, counter: bool) -> tuple[Paid, ...] | None:
    """What of an amount (paise) is paid at once, "all the rest" (None) worked out; None if nothing is.

    Equal modes are one part. Raises PaidAboveAmount, and at the counter CounterNotPaid.
    """
    if not asked:
        return (Paid("cash", amount),) if counter else None
    fixed = sum(part for _, part in asked if part is not None)
    rest = amount - fixed
    if rest < 0:
        raise PaidAboveAmount(amount_paise=amount, paid_paise=fixed)
    sums: dict[str, int] = {}
    for mode, part in asked:
        sums[mode] = sums.get(mode, 0) + (rest if part is None else part)
        if part is None:
            rest = 0
    if counter and sum(sums.values()) != amount:
        raise CounterNotPaid(amount_paise=amount, paid_paise=sum(sums.values()))
    return tuple(Paid(mode, Paise(part)) for mode, part in sums.items() if part) or None
