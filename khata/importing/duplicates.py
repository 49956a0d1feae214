"""Rows that the book holds already, with their entries: a year that is imported again is nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import overload

from khata.units import Seq


class Duplicates(Sequence[tuple[int, Seq]]):
    """(row, entry), in the order in which they were added; sixteen bytes each."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._rows, self._entries = array("q"), array("q")
        for row, entry in pairs:
            self.add(row, entry)

    def add(self, row: int, entry: int) -> None:
        """Add one after the others."""
        self._rows.append(row)
        self._entries.append(entry)

    def entries(self) -> Iterator[Seq]:
        """The entries alone."""
        return map(Seq, self._entries)

    def data(self) -> list[dict[str, int]]:
        """JSON: ten times as large as this."""
        return [{"row": row, "entry": entry} for row, entry in self]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[int, Seq]]:
        return starmap(_pair, zip(self._rows, self._entries, strict=True))

    @overload
    def __getitem__(self, place: int) -> tuple[int, Seq]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[int, Seq]]: ...
    def __getitem__(self, place: int | slice) -> tuple[int, Seq] | Sequence[tuple[int, Seq]]:
        if isinstance(place, slice):
            return Duplicates(zip(self._rows[place], self._entries[place], strict=True))
        return _pair(self._rows[place], self._entries[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def _pair(row: int, entry: int) -> tuple[int, Seq]:
    return row, Seq(entry)
