"""Gaps and doubles among references that are numbered: `B-1`, `B-2`, `B-4`.

A series is what looks like one: at least three numbers of one kind of entry that are written alike but for the number,
without a jump of more than fifty, and at least half of all from the first to the last. A number of more than nine
digits is none that a shop counts by: the references of UPI have twelve.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from khata.questions.audit.settling import cancelled
from khata.units import Day, Seq
from khata.views.cut import Cut

LONGEST_JUMP = 50
FEWEST = 3
MOST_DIGITS = 9
MOST_LISTED = 100
"""So many of the missing numbers of a series are listed; how many there are is said."""

_DIGITS = "0123456789"
# The number and the entry in one integer, which sorts by both: a long book has a million of them.
_SHIFT = 53
_ENTRY = (1 << _SHIFT) - 1


class EntriesOfNumber(NamedTuple):
    """A reference, and the entries that have it."""

    ref: str
    entries: list[Seq]


class EntryOfNumber(NamedTuple):
    """A reference, and one entry that has it."""

    ref: str
    entry: Seq


class NumberSeries(NamedTuple):
    """Numbers of one kind of entry that look like a series.

    Attributes:
        series: what stands before the number, as the first is written.
        suffix: what stands behind it.
        kind: the stored kind of the entries.
        first: the first reference, as it is written.
        last: the last.
        how_many: how many different numbers are there, those of cancelled entries among them.
        missing: the numbers between that no entry of this kind has, as they would be written; at most `MOST_LISTED`.
        missing_total: how many there are.
        doubles: numbers that several entries have, none of which is cancelled.
        cancelled: numbers whose entry was cancelled, and no other has them.
        elsewhere: those of the missing that an entry of another kind has.
    """

    series: str
    suffix: str
    kind: str
    first: str
    last: str
    how_many: int
    missing: list[str]
    missing_total: int
    doubles: list[EntriesOfNumber]
    cancelled: list[EntryOfNumber]
    elsewhere: list[EntryOfNumber]


class Written(NamedTuple):
    """A reference in its parts: what stands before its last run of digits, that, and what follows."""

    prefix: str
    digits: str
    suffix: str


def split(ref: str) -> Written | None:
    """The parts of a reference; None if there is no digit in it.

    >>> split("INV/26-007a")
    Written(prefix='INV/26-', digits='007', suffix='a')
    """
    match = re.fullmatch("(.*?)([0-9]+)([^0-9]*)", ref, flags=re.DOTALL)
    return Written(*match.groups()) if match else None


def numbers(connection: sqlite3.Connection, cut: Cut, first: Day | None, last: Day) -> list[NumberSeries]:
    """The series among the entries from a day (None: the beginning) to a day, both inclusive, by kind and beginning.

    A number is not missing, and not cancelled, if an entry of another day has it.
    """
    end = min(last, cut.as_on)
    everything = first is None and end == cut.as_on
    gone = cancelled(connection, cut)
    found = [
        _Found(connection, cut, gone, kind, cluster, everything=everything).series()
        for (kind, _, _), group in _groups(connection, cut, first, end).items()
        for cluster in _clusters(sorted(group))
        if _is_series(cluster)
    ]
    return sorted(found, key=lambda each: (each.kind, each.series, each.suffix, len(each.first), each.first))


def _groups(
    connection: sqlite3.Connection, cut: Cut, first: Day | None, last: Day
) -> dict[tuple[str, str, str], list[int]]:
    """The numbers, each with its entry, by kind and by what stands before and behind, however it is spaced."""
    days = "e.day BETWEEN ? AND ?" if first is not None else "+e.day BETWEEN ? AND ?"
    rows = connection.execute(
        f"SELECT e.seq, e.kind, e.ref FROM entry e WHERE {days} AND +e.ref IS NOT NULL AND +e.seq <= ?"
        f" AND e.ref NOT GLOB '*{'[0-9]' * (MOST_DIGITS + 1)}'",
        (first or "", last, cut.known),
    )
    by_stem: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    groups: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for seq, kind, ref in rows:
        stem = ref.rstrip(_DIGITS)
        if len(stem) < len(ref):
            by_stem[kind, stem].append(int(ref[len(stem) :]) << _SHIFT | seq)
        elif (written := split(ref)) is not None and len(written.digits) <= MOST_DIGITS:
            key = kind, _folded(written.prefix), _folded(written.suffix)
            groups[key].append(int(written.digits) << _SHIFT | seq)
    for (kind, stem), found in by_stem.items():
        groups[kind, _folded(stem), ""] += found
    return groups


def _folded(text: str) -> str:
    return "".join(text.casefold().split())


def _clusters(found: Sequence[int]) -> Iterator[Sequence[int]]:
    """Sorted numbers, parted where they jump too far."""
    start = 0
    for place in range(1, len(found)):
        if (found[place] >> _SHIFT) - (found[place - 1] >> _SHIFT) > LONGEST_JUMP:
            yield found[start:place]
            start = place
    yield found[start:]


def _is_series(cluster: Sequence[int]) -> bool:
    count = len({each >> _SHIFT for each in cluster})
    span = (cluster[-1] >> _SHIFT) - (cluster[0] >> _SHIFT) + 1
    return count >= FEWEST and 2 * count >= span


class _Found:
    """One series: what is missing, double and cancelled in it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        cut: Cut,
        gone: set[Seq],
        kind: str,
        cluster: Sequence[int],
        *,
        everything: bool,
    ) -> None:
        self._connection, self._cut, self._gone, self._kind = connection, cut, gone, kind
        self._cluster, self._everything = cluster, everything

    def series(self) -> NumberSeries:
        """What was found."""
        cluster = self._cluster
        missing, elsewhere, total = self._missing()
        doubles, cancelled_numbers = self._several()
        first, last = self._ref(cluster[0]), self._ref(cluster[-1])
        written = _parts(first)
        return NumberSeries(
            written.prefix,
            written.suffix,
            self._kind,
            first,
            last,
            len({each >> _SHIFT for each in cluster}),
            missing,
            total,
            doubles,
            cancelled_numbers,
            elsewhere,
        )

    def _missing(self) -> tuple[list[str], list[EntryOfNumber], int]:
        missing: list[str] = []
        elsewhere: list[EntryOfNumber] = []
        total = 0
        for below, above in zip(self._cluster, self._cluster[1:], strict=False):
            first, last = (below >> _SHIFT) + 1, above >> _SHIFT
            if first >= last:
                continue
            low, high = self._ref(below), self._ref(above)
            for number in range(first, last):
                written = _written(number, low, high)
                having = [] if self._everything and total >= MOST_LISTED else self._having(written)
                if any(kind == self._kind for _, kind in having):
                    continue  # on another day
                total += 1
                if total <= MOST_LISTED:
                    missing.append(written[0])
                    elsewhere += [EntryOfNumber(written[0], seq) for seq, _ in having if seq not in self._gone]
        return missing, elsewhere, total

    def _several(self) -> tuple[list[EntriesOfNumber], list[EntryOfNumber]]:
        """The doubles, and the cancelled."""
        doubles: list[EntriesOfNumber] = []
        gone: list[EntryOfNumber] = []
        suspects = {each >> _SHIFT for each in self._cluster if (each & _ENTRY) in self._gone}
        suspects |= {
            one >> _SHIFT
            for one, other in zip(self._cluster, self._cluster[1:], strict=False)
            if one >> _SHIFT == other >> _SHIFT
        }
        for number, group in groupby(self._cluster, key=lambda each: each >> _SHIFT):
            if number not in suspects:
                continue
            entries = [Seq(each & _ENTRY) for each in group]
            standing = [seq for seq in entries if seq not in self._gone]
            ref = self._ref(standing[0] if standing else entries[-1])
            if len(standing) > 1:
                doubles.append(EntriesOfNumber(ref, standing))
            elif not standing and not self._stands(ref):
                gone.append(EntryOfNumber(ref, entries[-1]))
        return doubles, gone

    def _stands(self, ref: str) -> bool:
        """Whether an entry of another day has the number of a cancelled one."""
        return any(kind == self._kind and seq not in self._gone for seq, kind in self._having([ref]))

    def _having(self, refs: Sequence[str]) -> list[tuple[Seq, str]]:
        """The entries at the cut that have one of some references, and their kinds."""
        return self._connection.execute(
            f"SELECT seq, kind FROM entry WHERE ref IN ({', '.join('?' * len(refs))}) AND +day <= ? AND +seq <= ?",
            (*refs, self._cut.as_on, self._cut.known),
        ).fetchall()

    def _ref(self, found: int) -> str:
        """The reference of an entry as it is written."""
        row = self._connection.execute("SELECT ref FROM entry WHERE seq = ?", (found & _ENTRY,)).fetchone()
        return str(row[0])


def _written(number: int, low: str, high: str) -> list[str]:
    """A number as its neighbours are written, and the other ways in which it may be."""
    below, above = _parts(low), _parts(high)
    padded = next((len(each.digits) for each in (below, above) if each.digits.startswith("0")), 1)
    ways = [f"{each.prefix}{number:0{width}}{each.suffix}" for each in (below, above) for width in (padded, 1)]
    return list(dict.fromkeys(ways))


def _parts(ref: str) -> Written:
    written = split(ref)
    if written is None:
        raise AssertionError("only what has a number is in a series")
    return written
