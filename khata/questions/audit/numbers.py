"""Gaps and doubles among references that are numbered: `B-1`, `B-2`, `B-4`.

A series is what looks like one: at least three numbers of one kind of entry that are written alike but for the number,
without a jump of more than fifty, and at least half of all from the first to the last. A number of more than nine
digits is none that a shop counts by: the references of UPI have twelve.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from khata.grammar.recurring import REF_FROM, REF_UPTO
from khata.postings.kinds import MONEY
from khata.questions.audit.settling import PAIRS
from khata.questions.balances import among
from khata.units import Day, Seq
from khata.views.cut import Cut

LONGEST_JUMP = 50
FEWEST = 3
MOST_DIGITS = 9
MOST_LISTED = 100
"""So many of the missing numbers of a series are listed; how many there are is said."""

_DIGITS = "0123456789"
_Alike = tuple[str, str, str]
"""The stored kind, and what stands before the number and behind it, however it is spaced."""


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

    A number is not missing, and not cancelled, if an entry of another day has it, written so.
    """
    days = first, min(last, cut.as_on)
    groups = _groups(connection, cut, days)
    for kind, ref, seq in _cancelled(connection, cut, days):
        written = split(ref)
        if written is not None and len(written.digits) <= MOST_DIGITS:
            groups[_alike(kind, written)].cancelled.setdefault(int(written.digits), []).append(seq)
    whole = days == (None, cut.as_on)
    found = [
        _Cluster(connection, cut, alike[0], group, cluster, whole=whole).series()
        for alike, group in groups.items()
        for cluster in _clusters(sorted(group.refs))
        if _is_series(cluster)
    ]
    return sorted(found, key=lambda each: (each.kind, each.series, each.suffix, len(each.first), each.first))


class _Group:
    """Numbers that are written alike.

    Attributes:
        refs: how each number is written, by its first entry.
        again: how it is written by every further entry that has it.
        cancelled: those of its entries that are cancelled.
    """

    def __init__(self) -> None:
        self.refs: dict[int, str] = {}
        self.again: dict[int, list[str]] = {}
        self.cancelled: dict[int, list[Seq]] = {}

    def add(self, found: Sequence[int], refs: Sequence[str]) -> None:
        """Add numbers, and how they are written."""
        if not self.refs:
            self.refs = dict(zip(found, refs, strict=True))
            if len(self.refs) == len(found):  # nearly always, and then much faster
                return
            self.refs = {}
        for number, ref in zip(found, refs, strict=True):
            if number in self.refs:
                self.again.setdefault(number, []).append(ref)
            else:
                self.refs[number] = ref

    def standing(self, number: int) -> int:
        """How many entries have a number and are not cancelled."""
        return 1 + len(self.again.get(number, ())) - len(self.cancelled.get(number, ()))


def _groups(connection: sqlite3.Connection, cut: Cut, days: tuple[Day | None, Day]) -> defaultdict[_Alike, _Group]:
    """The numbers of the entries of these days, cancelled ones among them.

    The references of each kind come as one long text: a million rows would take longer to be handed over than read.
    """
    kinds = list(MONEY)
    lists = ", ".join(["group_concat(e.ref, char(10)) FILTER (WHERE e.kind = ?)"] * len(kinds))
    where, facts = _within(days, cut)
    (texts,) = connection.execute(f"SELECT {lists} FROM entry e WHERE {where}", (*kinds, *facts)).fetchall()
    groups: defaultdict[_Alike, _Group] = defaultdict(_Group)
    for kind, text in zip(kinds, texts, strict=True):
        by_stem: defaultdict[str, list[str]] = defaultdict(list)
        for ref in text.split("\n") if text else ():
            by_stem[ref.rstrip(_DIGITS)].append(ref)
        for stem, refs in by_stem.items():
            size = len(stem)
            fitting = [ref for ref in refs if 0 < len(ref) - size <= MOST_DIGITS]
            if fitting:
                alike = _alike(kind, Written(stem, "", ""))
                groups[alike].add([int(ref[size:]) for ref in fitting], fitting)
            # What has no digit at its end is a stem of its own.
            if len(fitting) < len(refs) and (written := split(stem)) and len(written.digits) <= MOST_DIGITS:
                same = [ref for ref in refs if len(ref) == size]
                groups[_alike(kind, written)].add([int(written.digits)] * len(same), same)
    return groups


def _cancelled(
    connection: sqlite3.Connection, cut: Cut, days: tuple[Day | None, Day]
) -> Iterable[tuple[str, str, Seq]]:
    """The cancelled entries of these days that have a reference: kind, reference, entry."""
    first, last = days
    return connection.execute(
        f"SELECT o.kind, o.ref, o.seq {PAIRS} AND o.ref IS NOT NULL AND +o.day BETWEEN ? AND ? ORDER BY o.seq",
        (cut.known, cut.as_on, cut.as_on, first or "", last),
    )


def _within(days: tuple[Day | None, Day], cut: Cut) -> tuple[str, tuple[object, ...]]:
    """The condition that an entry with a reference is of these days; only of a period by the index of days.

    What khata itself writes for what comes again has a day in it, and no number: one that was left out is no gap.
    """
    first, last = days
    day = "+e.day" if first is None else "e.day"
    of_hand = f"+e.ref IS NOT NULL AND NOT (e.ref >= '{REF_FROM}' AND e.ref < '{REF_UPTO}')"
    return f"{day} BETWEEN ? AND ? AND +e.seq <= ? AND {of_hand}", (first or "", last, cut.known)


def _alike(kind: str, written: Written) -> _Alike:
    return kind, _folded(written.prefix), _folded(written.suffix)


def _folded(text: str) -> str:
    return "".join(text.casefold().split())


def _clusters(found: Sequence[int]) -> Iterator[Sequence[int]]:
    """Sorted numbers, parted where they jump too far."""
    start = 0
    for place in [place for place, (one, other) in enumerate(pairwise(found), 1) if other - one > LONGEST_JUMP]:
        yield found[start:place]
        start = place
    yield found[start:]


def _is_series(cluster: Sequence[int]) -> bool:
    return len(cluster) >= FEWEST and 2 * len(cluster) >= cluster[-1] - cluster[0] + 1


class _Cluster:
    """One series: what is missing, double and cancelled in it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        cut: Cut,
        kind: str,
        group: _Group,
        numbers: Sequence[int],
        *,
        whole: bool,
    ) -> None:
        self._connection, self._cut, self._kind = connection, cut, kind
        self._group, self._numbers, self._whole = group, numbers, whole

    def series(self) -> NumberSeries:
        """What was found."""
        refs = self._group.refs
        first, last = refs[self._numbers[0]], refs[self._numbers[-1]]
        written = _parts(first)
        missing, elsewhere, total = self._missing()
        return NumberSeries(
            written.prefix,
            written.suffix,
            self._kind,
            first,
            last,
            len(self._numbers),
            missing,
            total,
            self._doubles(),
            self._cancelled(),
            elsewhere,
        )

    def _missing(self) -> tuple[list[str], list[EntryOfNumber], int]:
        missing: list[str] = []
        elsewhere: list[EntryOfNumber] = []
        total, refs = 0, self._group.refs
        for below, above in [(one, other) for one, other in pairwise(self._numbers) if other - one > 1]:
            for number in range(below + 1, above):
                ways = _written(number, refs[below], refs[above])
                # Of the whole book there is nothing more to be found out than what is listed.
                having = [] if self._whole and total >= MOST_LISTED else self._having(ways)
                if any(kind == self._kind for _, kind, _ in having):
                    continue  # on another day
                total += 1
                if total <= MOST_LISTED:
                    missing.append(ways[0])
                    elsewhere += [EntryOfNumber(ways[0], seq) for seq, _, stands in having if stands]
        return missing, elsewhere, total

    def _doubles(self) -> list[EntriesOfNumber]:
        group = self._group
        doubles = sorted(number for number in self._among(group.again) if group.standing(number) > 1)
        return [EntriesOfNumber(group.refs[number], self._standing(number)) for number in doubles]

    def _cancelled(self) -> list[EntryOfNumber]:
        group = self._group
        gone = sorted(number for number in self._among(group.cancelled) if group.standing(number) < 1)
        return [
            EntryOfNumber(group.refs[number], group.cancelled[number][-1])
            for number in gone
            if not self._standing(number)  # on another day
        ]

    def _among(self, numbers: Iterable[int]) -> Iterator[int]:
        """Those that are in this series: others of the same beginning may be far away."""
        first, last = self._numbers[0], self._numbers[-1]
        return (number for number in numbers if first <= number <= last)

    def _standing(self, number: int) -> list[Seq]:
        """The entries that have a number, on whatever day, and are not cancelled."""
        refs = {self._group.refs[number], *self._group.again.get(number, ())}
        return [seq for seq, kind, stands in self._having(list(refs)) if kind == self._kind and stands]

    def _having(self, refs: Sequence[str]) -> list[tuple[Seq, str, bool]]:
        """The entries at the cut that have one of some references: each with its kind, and whether it stands."""
        known, as_on = self._cut.known, self._cut.as_on
        return self._connection.execute(
            "SELECT e.seq, e.kind, r.seq IS NULL OR r.seq > ? OR r.day > ? FROM entry e"
            f" LEFT JOIN entry r ON r.seq = e.reversed_by WHERE {among('e.ref', refs)}"
            " AND +e.day <= ? AND +e.seq <= ? ORDER BY +e.seq",
            (known, as_on, *refs, as_on, known),
        ).fetchall()


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
