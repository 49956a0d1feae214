"""Whether the balance that a bank writes beside each row is what the rows come to: a row that was lost or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from khata.grammar.amounts import parse_paise
from khata.grammar.digits import BLANKS
from khata.grammar.fault import Unreadable
from khata.grammar.signs import DEBIT, MINUS, signed
from khata.importing.faults import MOST


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a bank's statement: its number, what it moved (money in is more than 0), and the balance, in paise."""

    row: int
    moved_paise: int
    balance_paise: int


@dataclass(frozen=True, slots=True)
class Differing:
    """A row whose balance is not what the one beside it and its own amount come to, in paise."""

    row: int
    typed: str
    expected_paise: int


@dataclass(slots=True)
class Running:
    """The rows of a statement as they come; banks write the oldest first, or the newest.

    `whole` is False once a row has no balance that can be read: then nothing is said of any.
    """

    whole: bool = True
    rows: int = 0
    _last: Step | None = None
    _down: list[Differing] = field(default_factory=list)
    _up: list[Differing] = field(default_factory=list)
    _counts: list[int] = field(default_factory=lambda: [0, 0])
    _turned: list[int] = field(default_factory=lambda: [0, 0])
    _typed: str = ""

    def take(self, row: int, moved_paise: int | None, typed: str) -> None:
        """A row with what it moved (None: nobody can tell) and its balance as it is written."""
        balance = balance_of(typed)
        self.rows += 1
        self.whole = self.whole and moved_paise is not None and balance is not None
        if not self.whole or moved_paise is None or balance is None:
            return
        step, last = Step(row, moved_paise, balance), self._last
        if last is not None:
            if (expected := last.balance_paise + moved_paise) != balance:
                self._differs(0, self._down, Differing(row, typed, expected))
            if (expected := balance + last.moved_paise) != last.balance_paise:
                self._differs(1, self._up, Differing(last.row, self._typed, expected))
            self._turned[0] += last.balance_paise - moved_paise != balance
            self._turned[1] += balance - last.moved_paise != last.balance_paise
        self._last, self._typed = step, typed

    def _differs(self, way: int, kept: list[Differing], found: Differing) -> None:
        self._counts[way] += 1
        if len(kept) <= MOST:
            kept.append(found)

    @property
    def checked(self) -> bool:
        """Whether every row had a balance, and there were two at least."""
        return self.whole and self.rows > 1

    @property
    def turned_round(self) -> bool:
        """Whether the balance adds up, and only, where what came in is taken for what went out."""
        return self.whole and self.rows > 2 and 0 not in self._counts and 0 in self._turned

    @property
    def adds_up(self) -> bool:
        """Whether each row's balance is what the one beside it and the amount come to."""
        return self.checked and 0 in self._counts

    @property
    def last_row(self) -> int:
        """The row that was taken last; 0 before the first."""
        return self._last.row if self._last is not None else 0

    def differing(self) -> Iterator[Differing]:
        """The rows that do not add up, read in the order in which fewer of them do not."""
        if self.whole:
            yield from self._up if self._counts[1] < self._counts[0] else self._down


def balance_of(typed: str) -> int | None:
    """A balance in paise, overdrawn less than 0; None for none, and for what cannot be read.

    >>> balance_of("1,23,456.50 Cr"), balance_of("(500)"), balance_of("0.00"), balance_of("")
    (12345650, -50000, 0, None)
    """
    sign, bare = signed(typed)
    paise = moved(bare)
    if paise is None:
        return None
    return -paise if sign in (MINUS, DEBIT) else paise


def moved(typed: str) -> int | None:
    """An amount of a statement in paise, 0 for a zero; None for none, and for what cannot be read."""
    bare = typed.strip(BLANKS)
    try:
        return int(parse_paise(bare, large=True)) if bare else None
    except Unreadable as fault:
        return 0 if fault.code == "amount_zero" else None
