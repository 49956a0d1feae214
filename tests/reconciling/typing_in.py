"""What the shop typed itself of the payments that are on its statements: rightly, late, twice, and wrongly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251 - seeded: the same year in each run

from tests.reconciling.trade import FIRST, LAST, CreditLine, TradeYear, TrueReceipt

TYPED = {
    "under the wrong namesake": 6,
    "beside one like it": 8,
    "with its reference": 330,
    "with its reference, another day": 110,
    "without": 214,
    "without, another day": 120,
    "with six digits in the note": 40,
    "with a digit wrong": 12,
    "twice": 24,
    "with a wrong amount": 22,
    "in two parts": 8,
    "with its reference, as cash": 6,
}
"""How many receipts stand in the book already, by how they were typed."""

CASH_BESIDE = 8
"""Receipts that nobody typed, where the same customer paid as much again in cash that day, which was typed."""

APART = timedelta(days=6)
WITH_REF = ("under the wrong namesake", "with its reference", "with its reference, another day",
            "with its reference, as cash")  # fmt: skip


class _Clerk:
    """Types some of the receipts into the book."""

    def __init__(self, rng: Random, year: TradeYear) -> None:
        self._rng, self._year = rng, year
        self._refs = {line.ref for line in year.lines}
        self._paid: dict[tuple[str, int], list[date]] = defaultdict(list)
        for receipt in year.receipts:
            self._paid[receipt.customer.name, receipt.paise].append(receipt.day)
        for line in year.lines:
            if line.type == "receive":
                self._paid[line.party, line.paise].append(line.day)

    def alone(self, receipt: TrueReceipt, paise: int = 0) -> bool:
        """Whether the customer paid this amount only once in these days: a line without a reference is then clear."""
        days = self._paid[receipt.customer.name, paise or receipt.paise]
        return sum(abs(day - receipt.day) <= APART for day in days) == 1

    def beside(self, receipt: TrueReceipt) -> bool:
        """Whether one of the next days was made like this one, and nobody types it."""
        after = next((each for each in self._untyped(receipt) if timedelta(1) <= each.day - receipt.day <= APART), None)
        if after is None or not self.alone(receipt) or not self.alone(after, receipt.paise):
            return False
        after.paise, after.exact, after.typed = receipt.paise, False, "not, and like one that was"
        self._paid[receipt.customer.name, receipt.paise].append(after.day)
        return True

    def _untyped(self, receipt: TrueReceipt) -> Iterator[TrueReceipt]:
        return (each for each in self._year.receipts if each.customer == receipt.customer and not each.typed)

    def line(self, receipt: TrueReceipt, *, ref: str = "", note: str = "", shift: int = 0, paise: int = 0) -> None:
        """One line of the book for a receipt."""
        day = min(max(receipt.day + timedelta(days=shift), FIRST), LAST)
        mode = {"upi": "upi", "cheque": "cheque"}.get(receipt.account.way, "bank")
        made = CreditLine(day, "receive", receipt.customer.name, paise or receipt.paise, mode, ref, note)
        self._refs.add(ref)
        self._year.lines.append(made)
        receipt.lines.append(made)

    def shift(self) -> int:
        return self._rng.choice((-2, -1, 1, 1, 1, 2, 2))

    def fits(self, how: str, receipt: TrueReceipt) -> bool:
        """Whether a receipt can be typed so."""
        if receipt.typed:
            return False
        if how == "under the wrong namesake":
            return receipt.customer.kind == "namesake" and receipt.utr not in self._refs
        if how == "beside one like it":
            return receipt.account.way == "upi" and self.beside(receipt)
        if how in WITH_REF or how == "with a digit wrong":
            return receipt.account.way != "cheque" and receipt.utr not in self._refs and self.alone(receipt)
        return self.alone(receipt) and (how != "in two parts" or receipt.paise > 400_00)

    def type_in(self, how: str, receipt: TrueReceipt) -> None:
        """Type one receipt."""
        receipt.typed = how
        rng, utr = self._rng, receipt.utr
        ways: dict[str, Callable[[], None]] = {
            "with its reference, another day": lambda: self.line(receipt, ref=utr, shift=rng.choice((-1, 1, 2, 2, 5))),
            "without": lambda: self.line(receipt),
            "beside one like it": lambda: self.line(receipt),
            "without, another day": lambda: self.line(receipt, shift=self.shift()),
            "with six digits in the note": lambda: self.line(receipt, note=f"upi {utr[-6:]}", shift=rng.randrange(2)),
            "with a digit wrong": lambda: self.line(receipt, ref=_slipped(rng, utr)),
            "twice": lambda: self._twice(receipt),
            "with a wrong amount": lambda: self._wrong_amount(receipt),
            "in two parts": lambda: self._in_parts(receipt),
        }
        ways.get(how, lambda: self.line(receipt, ref=utr))()
        if how == "under the wrong namesake":
            first = receipt.customer.latin.split()[0]
            same = [one for one in self._year.customers if one.kind == "namesake" and one.latin.startswith(first)]
            receipt.lines[0].party = rng.choice([one.name for one in same if one != receipt.customer])
        if how == "with its reference, as cash":
            receipt.lines[0].mode = "cash"

    def _twice(self, receipt: TrueReceipt) -> None:
        has = receipt.account.way != "cheque" and receipt.utr not in self._refs
        self.line(receipt, ref=receipt.utr if has and self._rng.randrange(3) else "")
        self.line(receipt, shift=self._rng.randrange(3))

    def _wrong_amount(self, receipt: TrueReceipt) -> None:
        has = receipt.account.way != "cheque" and receipt.utr not in self._refs and self._rng.randrange(2)
        digits = str(receipt.paise // 100)
        turned = int(digits[1] + digits[0] + digits[2:]) * 100 if digits[0] != digits[1] != "0" else 0
        near = receipt.paise + self._rng.choice((-10_00, 10_00, 5_00, -1_00, 100_00))
        self.line(receipt, ref=receipt.utr if has else "", paise=turned if turned > 0 and turned % 3 else near)

    def _in_parts(self, receipt: TrueReceipt) -> None:
        first = receipt.paise * self._rng.randrange(30, 70) // 100 // 50_00 * 50_00
        self.line(receipt, paise=first)
        self.line(receipt, paise=receipt.paise - first)

    def cash_beside(self, receipt: TrueReceipt) -> bool:
        """As much again in cash on the same day."""
        if receipt.typed or not self.alone(receipt):
            return False
        line = CreditLine(receipt.day, "receive", receipt.customer.name, receipt.paise, "cash")
        self._year.lines.append(line)
        receipt.typed = "not, and as much in cash"
        return True


def _slipped(rng: Random, utr: str) -> str:
    place = rng.randrange(len(utr) - 5, len(utr))
    return f"{utr[:place]}{(int(utr[place]) + rng.randrange(1, 9)) % 10}{utr[place + 1 :]}"


def type_in(rng: Random, year: TradeYear) -> None:
    """Type about a quarter of a year's receipts, and put the book in the order of its days."""
    clerk = _Clerk(rng, year)
    shuffled = rng.sample(year.receipts, len(year.receipts))
    for how, count in TYPED.items():
        found = 0
        for receipt in shuffled:
            if found == count:
                break
            if clerk.fits(how, receipt):
                clerk.type_in(how, receipt)
                found += 1
    beside = 0
    for receipt in shuffled:
        beside += beside < CASH_BESIDE and clerk.cash_beside(receipt)
    first: dict[str, CreditLine] = {}
    year.lines.sort(key=lambda line: (line.day, line.type != "sale", line.party))
    for row, line in enumerate(year.lines, 2):
        line.row = row
        # A customer's number stands where the name comes first, whichever line that is once all are sorted.
        if (lead := first.setdefault(line.party, line)) is not line and line.phone:
            lead.phone, line.phone = line.phone, ""
