"""Whether an id stands twice in a book of any length, in little memory.

Only the first half of each id is kept: where no two halves are alike no two ids are. The halves lie by their first
bits in portions, in a file without a name once there are many, and one portion is looked at after the other.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator

ID = 16
"""Bytes of an id."""

PORTIONS = 256
_SHIFT = 56
_MOST = 1 << 16
_HALF = 8


class Ids:
    """The ids of a book, or of what one of two processes reads of it.

    Args:
        file: an open file (its number) that the halves may be put into; None: they stay in memory.

    Attributes:
        file: the same.
        lengths: for each time that halves were put there, how many belong to each portion.
    """

    def __init__(self, file: int | None = None) -> None:
        self.file = file
        self._count = 0
        self._most = _MOST
        self._end = 0
        self._portions = _empty()
        self.lengths: list[list[int]] = []

    def add(self, ids: bytes) -> None:
        """Add ids, one after the other."""
        portions = self._portions
        for half in array("Q", ids)[::2]:
            portions[half >> _SHIFT].append(half)
        self._count += len(ids) // ID
        if self._count >= self._most and self.file is not None:
            try:
                self.put_by()
            except OSError:
                # No room: they stay in memory.
                self._most = sys.maxsize

    def put_by(self) -> None:
        """Write to the file what is in memory. Raises OSError where there is no room."""
        if self.file is None:
            return
        left = memoryview(b"".join(portion.tobytes() for portion in self._portions))
        at = self._end
        while left:
            written = os.pwrite(self.file, left, at)
            left, at = left[written:], at + written
        self._end = at
        self.lengths.append([len(portion) for portion in self._portions])
        self._portions, self._count = _empty(), 0

    def portion(self, nth: int) -> Iterator[array[int]]:
        """One of the portions, in pieces."""
        yield self._portions[nth]
        at = 0
        for lengths in self.lengths:
            if self.file is not None:
                yield array("Q", os.pread(self.file, lengths[nth] * _HALF, (at + sum(lengths[:nth])) * _HALF))
            at += sum(lengths)

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            os.close(self.file)
            self.file = None


def _empty() -> list[array[int]]:
    return [array("Q") for _ in range(PORTIONS)]


def alike(gathered: Collection[Ids]) -> set[int]:
    """The halves that stand there more than once: none, in a book that is well."""
    found: set[int] = set()
    for nth in range(PORTIONS):
        pieces = [piece for ids in gathered for piece in ids.portion(nth)]
        if len(set().union(*pieces)) == sum(map(len, pieces)):
            continue
        seen: set[int] = set()
        for piece in pieces:
            for half in piece:
                (found if half in seen else seen).add(half)
    return found


def second_ones(ids: Iterable[tuple[int, str]], halves: set[int]) -> Iterator[int]:
    """The entries whose id an earlier one has, among entries and ids (32 hex); only those halves are looked at."""
    seen: set[str] = set()
    for seq, event_id in ids:
        if array("Q", bytes.fromhex(event_id)[:_HALF])[0] in halves:
            if event_id in seen:
                yield seq
            seen.add(event_id)
