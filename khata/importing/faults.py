"""What is wrong with a file: faults by row, column and value. Data, never sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from khata.rules.refused import Refused

LISTED = 1_000
"""Faults that are kept whole where somebody reads them; the rest are counted."""

MOST = 100_000
"""Faults that are kept where a program reads them, and rows that are set aside.

A file with more of them is not what somebody takes it for.
"""

TOLD_APART = 40
"""Values of one column with the same fault that are told apart; the others are counted together."""

FIRST_ROWS = 5
"""Rows that are named for many with the same fault."""

LONGEST_SHOWN = 200
"""Characters of a cell that a fault repeats."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong: `row` as a spreadsheet counts (the header is row 1), `column` by the file's own name.

    `column` is "" where the row as a whole is meant. `facts` are what a hint is made of.
    """

    row: int
    column: str
    value: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """JSON, without the hint."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "facts": self.facts,
        }


@dataclass(slots=True)
class FaultKind:
    """Faults that say the same of one column: the first of them, how many there are, and the first few rows.

    `fault` None: all those of a column and a code, `of`, for which there was no room to be told apart.
    """

    of: tuple[str, str]
    fault: FileFault | None
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """JSON, without the hint; `value` and `facts` None where they differ."""
        told = self.fault.data() if self.fault is not None else {"row": self.rows[0], "value": None, "facts": None}
        return told | {"column": self.of[0], "code": self.of[1], "count": self.count, "rows": self.rows}


class Faults:
    """The faults of one file: the first `most`, counts of all, and what was the same in many rows once."""

    def __init__(self, most: int = LISTED) -> None:
        self._most = most
        self.listed: list[FileFault] = []
        self.by_code: dict[str, int] = {}
        self.total = 0
        self._kinds: dict[tuple[str, str], dict[tuple[str, str] | None, FaultKind]] = {}

    def add(self, row: int, column: str, value: str, code: str, facts: dict[str, Any] | None = None) -> None:
        """Count a fault, and keep it if it is among the first."""
        self.insert(self.total, row, column, value, code, facts or {})

    def insert(self, before: int, row: int, column: str, value: str, code: str, facts: dict[str, Any]) -> None:
        """Count a fault that is found late: its place is after the first `before` faults."""
        self.total += 1
        self.by_code[code] = self.by_code.get(code, 0) + 1
        fault = FileFault(row, _shown(column), _shown(value), code, facts)
        self._tell_apart(fault)
        if before < self._most:
            self.listed.insert(before, fault)
            del self.listed[self._most :]

    def _tell_apart(self, fault: FileFault) -> None:
        of = (fault.column, fault.code)
        alike = self._kinds.setdefault(of, {})
        says: tuple[str, str] | None = (fault.value, repr(fault.facts))
        if says not in alike and len(alike) >= TOLD_APART:
            says = None
        kind = alike.setdefault(says, FaultKind(of, fault if says is not None else None))
        kind.count += 1
        if len(kind.rows) < FIRST_ROWS:
            kind.rows.append(fault.row)

    def kinds(self) -> list[FaultKind]:
        """What is wrong, the same things once, by the first row that has them."""
        return sorted(
            (kind for alike in self._kinds.values() for kind in alike.values()), key=lambda each: each.rows[0]
        )

    def copy(self) -> Faults:
        """A copy, to which a check of the book can add its own."""
        other = Faults(self._most)
        other.listed, other.by_code, other.total = list(self.listed), dict(self.by_code), self.total
        other._kinds = {
            of: {says: replace(kind, rows=list(kind.rows)) for says, kind in alike.items()}
            for of, alike in self._kinds.items()
        }
        return other

    def without(self, rows: Iterable[tuple[int, object]]) -> Faults:
        """A copy without what is wrong with some rows, as far as it is listed."""
        listed = {fault.row for fault in self.listed}
        known = {row for row, _ in rows if row in listed} if listed else set()
        if not known:
            return self.copy()
        other = Faults(self._most)
        for fault in self.listed:
            if fault.row not in known:
                other.add(fault.row, fault.column, fault.value, fault.code, fault.facts)
        return other


class Noted:
    """What is worth a look about rows that can be read: the first thousand of each code, and counts of all.

    It may be said of every row of a file, as that it is long ago, and is no fault: nothing is told apart.
    """

    def __init__(self) -> None:
        self.listed: list[FileFault] = []
        self.by_code: dict[str, int] = {}

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.by_code.values())

    def note(self, row: int, column: str, value: str, code: str, facts: dict[str, Any]) -> None:
        """Count it, and keep it if it is among the first of its code."""
        self.by_code[code] = nth = self.by_code.get(code, 0) + 1
        if nth <= LISTED:
            self.listed.append(FileFault(row, _shown(column), _shown(value), code, facts))


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


class BadRows(Refused):
    """The file is refused whole; `faults` holds the reasons that were kept, in the order of the rows.

    `read_as`: by which profile its rows were read, where nobody said whose file it is.
    """

    code = "bad_rows"

    def __init__(self, faults: Faults, rows: int, read_as: str | None = None) -> None:
        self.faults: Sequence[FileFault] = sorted(faults.listed, key=lambda fault: fault.row)
        super().__init__(
            faults=[fault.data() for fault in self.faults],
            faults_total=faults.total,
            faults_by_code=dict(sorted(faults.by_code.items())),
            faults_by_kind=[kind.data() for kind in faults.kinds()],
            rows=rows,
            read_as=read_as,
        )


class ProfileNotSure(Refused):
    """Nobody said whose file it is, and what its header shows is a guess.

    Facts: `profile`, `header_row`, `columns` (what each of ours is called there), `rows` (how many), `first` and
    `last_on` (the days between which they lie).
    """

    code = "profile_not_sure"


class NoFile(Refused):
    """There is no file at this path."""

    code = "no_file"


class NotAFile(Refused):
    """A folder, a pipe or a device: only regular files are imported, and what comes on standard input."""

    code = "not_a_file"


class FileChanged(Refused):
    """Another program wrote to the file while it was read: what was read may be part of one and part of another."""

    code = "file_changed"
