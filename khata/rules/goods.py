"""Sales and returns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec.structs import asdict

from khata.events.bill import BillLine, SaleBilled
from khata.events.money import GoodsReturned, Line, Paid, SaleRecorded
from khata.grammar.days import later
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Who
from khata.rules.entry import day_of, money_entry
from khata.rules.refused import Refused
from khata.units import Day, Paise, Party


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
    """Goods went out.

    What is not paid is due `due_days` days later, or on the day `due_on`; without either when the customer's own days
    are over (`party due`), and at once for whoever has none.
    """

    MAKES: ClassVar = SaleRecorded

    due_days: int | None = None
    due_on: Day | None = None

    def decide(self, facts: Facts) -> Decision:
        """As any goods; only the second version of a sale says when it is due.

        Raises:
            NothingToBeDue, DueBefore: and as any goods.
        """
        if self.due_days is not None or self.due_on is not None:
            paid = parts(self.amount_paise, self.paid, counter=self.party is None)
            if sum(part.amount_paise for part in paid or ()) == self.amount_paise:
                raise NothingToBeDue(amount_paise=self.amount_paise)
            on = day_of(self.on, facts)
            if self.due_on is not None and self.due_on < on:
                raise DueBefore(on=on, due_on=self.due_on)
        found = super().decide(facts)
        return found if isinstance(found, AlreadyRecorded) else [*found[:-1], self._on_terms(found[-1], facts)]

    def _on_terms(self, sale: Draft, facts: Facts) -> Draft:
        if self.due_on is not None:
            return _due(sale, self.due_on)
        return on_terms(sale, facts) if self.due_days is None else _due(sale, later(sale.on, self.due_days))


class RecordReturn(GoodsCommand, kw_only=True):
    """Goods came back."""

    MAKES: ClassVar = GoodsReturned


MOST_ITEMS = 500
"""Items of one entry: more would not fit into it (docs/FORMAT.md: 65,535 bytes)."""


def on_terms(sale: Draft, facts: Facts, asked: dict[Party, int | None] | None = None) -> Draft:
    """A sale with the day on which what is not paid of it is due, where the customer has days for that.

    `asked`: the days of customers, for a caller with many sales; whoever is not there yet is added.
    """
    event: Any = sale.event
    party: Party | None = event.party
    if party is None or sum(part.amount_paise for part in event.paid or ()) == event.amount_paise:
        return sale
    terms = {} if asked is None else asked
    if party not in terms:
        known = facts.party(party)
        terms[party] = due_days(known.record) if known is not None else None
    days = terms[party]
    return sale if days is None else _due(sale, later(sale.on, days))


def _due(sale: Draft, on: Day) -> Draft:
    said = asdict(sale.event)
    if said["lines"] is not None:
        said["lines"] = tuple(BillLine(**asdict(line)) for line in said["lines"])
    return sale._replace(event=SaleBilled(**said | {"due_on": on}))


def due_days(record: Mapping[str, Any]) -> int | None:
    """After how many days what a customer buys is due, as his record has it; None where nothing is said."""
    said = record.get("due_days")
    return int(said) if isinstance(said, str) and re.fullmatch("[0-9]{1,5}", said) else None


class NothingToBeDue(Refused):
    """A due day for a sale of which all is paid at once, or which is nobody's in particular."""

    code = "nothing_to_be_due"


class DueBefore(Refused):
    """It would be due before it is sold."""

    code = "due_before"


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
