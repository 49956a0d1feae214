"""What a journal asserts of its balances, held against what its transactions come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from khata.importing.journal_items import Assertion
from khata.importing.voucher_source import KeptVoucher

_Moved = tuple[tuple[str, int], str, int, bool]
"""A posting: its day (or none) and its line, its account, paise, and whether it could be read."""


def failed(asserted: Iterable[Assertion], vouchers: Iterable[KeptVoucher], *, by_day: bool) -> list[Assertion]:
    """The assertions that do not hold.

    One on an account that a transaction moves which cannot be read is not among them: that one is told itself.

    Args:
        asserted: what is asserted.
        vouchers: in the order of their lines or, `by_day`, of their days.
        by_day: whether balances run from day to day, as in hledger and beancount, or from line to line, as in ledger.
    """
    wanted = sorted(asserted, key=lambda each: _place(each, by_day=by_day))
    steps = _steps(vouchers, by_day=by_day)
    step = next(steps, None)
    held: dict[str, int] = {}
    unsure: set[str] = set()
    wrong = []
    for each in wanted:
        place = _place(each, by_day=by_day)
        while step is not None and step[0] <= place:
            _, account, paise, known = step
            held[account] = held.get(account, 0) + paise
            if not known:
                unsure.add(account)
            step = next(steps, None)
        among = _among(each, held.keys() | unsure)
        if not unsure.intersection(among) and abs(sum(held.get(name, 0) for name in among) - each.paise) > each.within:
            wrong.append(each)
    return wrong


def _place(each: Assertion, *, by_day: bool) -> tuple[str, int]:
    """Behind which postings it is meant."""
    if by_day:
        return each.on, 0 if each.before else each.line
    return "", each.line


def _among(each: Assertion, accounts: Iterable[str]) -> Sequence[str]:
    """The accounts that it speaks of."""
    below = each.account + ":"
    return [name for name in accounts if name == each.account or (each.whole and name.startswith(below))]


def _steps(vouchers: Iterable[KeptVoucher], *, by_day: bool) -> Iterator[_Moved]:
    for voucher in vouchers:
        on = voucher.on if by_day else ""
        for side in voucher.sides:
            yield (on, side.line), side.ledger, side.paise, not voucher.wrong
