"""What an amount says of whoever paid it: it is just what was owed, or one bill; or nearly what somebody typed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from khata.importing.bank_lines import BankLine
from khata.units import Day, Party

BILL_DAYS = 60
"""Days for which a bill may be paid by itself."""

ROUND_PAISE = 5_00
"""Amounts of whole fives of rupees are paid by anybody."""


NEARLY_PAISE = 50_00
"""One who types 990 may mean 1,000."""


def days_apart(one: Day, other: Day) -> int:
    """Days between two business days, whichever comes first."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def moved_day(day: Day, days: int) -> Day:
    """So many days later, or with a minus earlier."""
    return Day((date.fromisoformat(day) + timedelta(days=days)).isoformat())


def is_odd(paise: int) -> bool:
    """Whether hardly anybody else pays the same."""
    return bool(paise % ROUND_PAISE)


def slipped(one: int, other: int) -> bool:
    """Whether one amount in paise may be the other, mistyped: a nought more, two digits turned round, one digit wrong.

    >>> slipped(45000, 54000), slipped(45000, 450000), slipped(45000, 46000), slipped(200000, 199000)
    (True, True, True, True)
    >>> slipped(45000, 12300)
    False
    """
    if one == other:
        return False
    apart = abs(one - other)
    if apart <= max(NEARLY_PAISE, max(one, other) // 20) or (apart >= 100_00 and str(apart).strip("0") == "1"):
        return True
    if one in (other * 10, other * 100) or other in (one * 10, one * 100):
        return True
    here, there = str(one), str(other)
    if len(here) != len(there):
        return False
    differing = [place for place, digit in enumerate(here) if digit != there[place]]
    # Digits are turned round, and the paise left away, in one go.
    return len(differing) == 1 or sorted(here[:-2]) == sorted(there[:-2])


class DuesByDay:
    """What customers owed on each day, and which bills they had.

    Args:
        before: what each owed before the first day, in paise.
        moves: since then, in the order of days: whose, the day, what was added to the debt (less than 0: taken off).
    """

    def __init__(self, before: Mapping[Party, int], moves: Iterable[tuple[Party, Day, int]]) -> None:
        self._before = dict(before)
        self._days: dict[Party, list[Day]] = defaultdict(list)
        self._owed: dict[Party, list[int]] = defaultdict(list)
        self._bills: dict[int, list[tuple[Day, Party]]] = defaultdict(list)
        self._paid: dict[Party, list[tuple[Day, int]]] = defaultdict(list)
        self._moves = sorted(moves, key=lambda move: move[1])
        for party, day, paise in self._moves:
            owed = self._owed[party][-1] if self._owed[party] else self._before.get(party, 0)
            self._days[party].append(day)
            self._owed[party].append(owed + paise)
            if paise > 0:
                self._bills[paise].append((day, party))

    def pay(self, party: Party, day: Day, paise: int) -> None:
        """A payment that the book did not have is recorded."""
        insort(self._paid[party], (day, paise))

    def owed(self, party: Party, day: Day) -> int:
        """What a customer owed at the end of a day, in paise."""
        at = bisect_right(self._days[party], day) - 1
        owed = self._owed[party][at] if at >= 0 else self._before.get(party, 0)
        return owed - sum(paise for on, paise in self._paid[party] if on <= day)

    def billed(self, paise: int, day: Day) -> list[Party]:
        """Those who had a bill of just so much not long before a day, the latest first."""
        bills = self._bills.get(paise, [])
        first = bisect_left(bills, (moved_day(day, -BILL_DAYS), Party(0)))
        found = [party for on, party in bills[first:] if on <= day]
        return list(dict.fromkeys(reversed(found)))

    def fits(self, party: Party, line: BankLine) -> bool:
        """Whether a line pays just what its customer owed then, or one bill of those days."""
        due = {self.owed(party, day) for day in (line.on, moved_day(line.on, -1))}
        return line.paise in due or party in self.billed(line.paise, line.on)

    def owing(self, lines: Iterable[BankLine]) -> dict[int, list[Party]]:
        """For the row of each line, those who owed just so much that day."""
        wanted: dict[Day, list[BankLine]] = defaultdict(list)
        for line in lines:
            wanted[line.on].append(line)
        owed, by_sum = dict(self._before), defaultdict[int, set[Party]](set)
        for party, paise in owed.items():
            by_sum[paise].add(party)
        found: dict[int, list[Party]] = {}
        moves = iter([*self._moves, (Party(0), Day("9999-99-99"), 0)])
        party, day, paise = next(moves)
        for on in sorted(wanted):
            while day <= on:
                by_sum[owed.get(party, 0)].discard(party)
                owed[party] = owed.get(party, 0) + paise
                by_sum[owed[party]].add(party)
                party, day, paise = next(moves)
            found |= {line.row: sorted(by_sum.get(line.paise, ())) for line in wanted[on]}
        return found
