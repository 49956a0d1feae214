"""Entries of khata's own export that were taken back: they and their reversals are no rows, as long as both are there.

A file of some days may have one without the other. Without the reversal nobody knows on which day an entry ended;
without the entry a reversal takes back nothing, and a balance would be wrong without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Undone(NamedTuple):
    """One of the two: its own entry, and that which took it back, or which it takes back; the other is "". Its day."""

    entry: str
    by: str
    of: str
    on: str


class Left(NamedTuple):
    """A row whose other half is not in the file: the number of that, a code, and facts."""

    row: int
    value: str
    code: str
    facts: dict[str, object]


class UndoneRows:
    """The entries of a file that were taken back, and the reversals in it."""

    def __init__(self) -> None:
        self._gone: dict[str, tuple[int, Undone]] = {}
        self._back: dict[str, tuple[int, Undone]] = {}

    def add(self, row: int, said: Undone) -> None:
        """Remember a row."""
        (self._gone if said.by else self._back)[said.entry.strip()] = row, said

    def halves(self) -> Iterator[Left]:
        """Rows without their other half."""
        for row, said in self._gone.values():
            if said.by.strip() not in self._back:
                yield Left(row, said.by, "undone_elsewhere", {"entry": said.by.strip()})
        for row, said in self._back.values():
            if said.of.strip() not in self._gone:
                yield Left(row, said.of, "undoes_elsewhere", {"entry": said.of.strip()})

    def later(self) -> Iterator[tuple[int, str, dict[str, object]]]:
        """Rows that were taken back on another day: with their own day, and the row and the day of the reversal."""
        for row, said in self._gone.values():
            back = self._back.get(said.by.strip())
            if back is not None and back[1].on.strip() != said.on.strip():
                yield row, said.on, {"at_row": back[0], "on": back[1].on.strip()}
