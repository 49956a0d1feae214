"""The ranges of a book, read by this process and, where it pays, by a second one beside it.

The second process is a bare interpreter that imports the verification and nothing of the command line; ranges are
handed out as they are done, so that neither waits for the other. If it fails, this process reads the whole book.
"""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from khata import process
from khata.nameless import nameless_file
from khata.process import Second
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.ids import Ids
from khata.verifying.links import Links
from khata.verifying.pages import Reader
from khata.verifying.tally import Tally
from khata.verifying.tree import BLOCK
from khata.views.compare import CacheLook

RANGE = BLOCK
"""Entries that are read at a time: few enough to stay in the processor's cache, which is worth a fifth of the time."""

LARGE = 20_000
"""A book from this size on is worth the start of a second process, about a tenth of a second."""

AHEAD = 2
"""Ranges that the second process holds, so that it never waits for the next one."""

Range = tuple[int, int]


def ranges(first: int, last: int, upto: int) -> Iterator[Range]:
    """`first` to `last` in ranges, none of which lies on both sides of `upto`; the others are blocks of the tree."""
    while first <= last:
        end = min((first - 1) // RANGE * RANGE + RANGE, last)
        if first <= upto < end:
            end = upto
        yield first, end
        first = end + 1


class Crew:
    """One or two processes that read a book.

    Args:
        pages: the book, open.
        cache: the path of its views.
        progress: told how far it is.
        alone: never start a second process.
        links: read the chain alone.

    Attributes:
        ids: the ids of what was read last.
    """

    def __init__(
        self,
        pages: ReadOnlyBook,
        cache: Path | None,
        progress: Callable[[int, int], None] | None,
        *,
        alone: bool,
        links: bool = False,
    ) -> None:
        self._pages, self._cache, self._progress, self._alone, self._links = pages, cache, progress, alone, links
        self.ids: list[Ids] = []

    def read(self, first: int, last: int, upto: int, views: CacheLook | None) -> Tally:
        """Read entries `first` to `last`; up to `upto` they are compared with the views."""
        size = last - first + 1
        if self._alone or size < LARGE or not process.pays():
            return self._read_alone(first, last, upto, views)
        theirs_ids = Ids(None if self._links else nameless_file())
        if theirs_ids.file is None and not self._links:  # nowhere for it to put them
            return self._read_alone(first, last, upto, views)
        try:
            other = Other(
                self._pages.path, self._cache if views else None, upto, links=self._links, file=theirs_ids.file
            )
        except OSError:
            theirs_ids.close()
            return self._read_alone(first, last, upto, views)
        with other:
            reader = self._reader(views, upto, None if self._links else nameless_file())
            self.ids.append(theirs_ids)
            self._share(reader, other, ranges(first, last, upto), size)
            theirs = other.finish()
        if theirs is None:
            # Its ranges lie between those that were read here, and a tally is gathered upwards: all anew.
            return self._read_alone(first, last, upto, views)
        tally = reader.gathered()
        tally.merge(theirs)
        self.ids[-1].lengths += theirs.ids
        self._tell(size, size)
        return tally

    def close(self) -> None:
        """Let go of the files."""
        for each in self.ids:
            each.close()

    def _reader(self, views: CacheLook | None, upto: int, file: int | None) -> Reader | Links:
        self.close()
        self.ids = [Ids(file)]
        return Links(self._pages) if self._links else Reader(self._pages, views, upto, self.ids[0])

    def _read_alone(self, first: int, last: int, upto: int, views: CacheLook | None) -> Tally:
        size = last - first + 1
        file = nameless_file() if size >= LARGE and not self._links else None
        reader = self._reader(views, upto, file)
        for start, end in ranges(first, last, upto):
            reader.read(start, end)
            self._tell(end - first + 1, size)
        return reader.gathered()

    def _share(self, reader: Reader | Links, other: Other, left: Iterator[Range], size: int) -> None:
        """Hand out ranges, and read those that are not handed out."""
        mine = 0
        for _ in range(AHEAD):
            other.give(next(left, None))
        for first, end in left:
            reader.read(first, end)
            mine += end - first + 1
            self._tell(mine + other.done, size)
            for _ in range(other.heard()):
                other.give(next(left, None))

    def _tell(self, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(done, total)


class Other(Second):
    """The second process.

    Attributes:
        given: the ranges handed to it.
        done: entries that it has read.
    """

    def __init__(self, book: Path, cache: Path | None, upto: int, *, links: bool, file: int | None) -> None:
        self.given: list[Range] = []
        self.done = 0
        self._reported = 0
        told = (str(book), str(cache) if cache else None, upto, links, file)
        super().__init__("khata.verifying.worker", told, asked=True, files=() if file is None else (file,))

    def _say(self, what: object) -> None:
        assert self.process.stdin is not None  # noqa: S101 - for mypy
        with suppress(OSError):
            self.process.stdin.write(json.dumps(what).encode() + b"\n")

    def give(self, piece: Range | None) -> None:
        """Hand it a range to read."""
        if piece is not None:
            self.given.append(piece)
            self._say(piece)

    def heard(self) -> int:
        """How many ranges it has finished since it was last asked."""
        out = self.process.stdout
        if out is None or not select.select([out], [], [], 0)[0]:
            return 0
        said = os.read(out.fileno(), AHEAD)
        for first, end in self.given[self._reported : self._reported + len(said)]:
            self.done += end - first + 1
        self._reported += len(said)
        return len(said)

    def finish(self) -> Tally | None:
        """What it gathered; None if it failed."""
        import msgspec

        self._say(None)
        said, _ = self.process.communicate()
        left = len(self.given) - self._reported
        if self.process.returncode != 0:
            return None
        try:
            return msgspec.msgpack.decode(said[left:], type=Tally)
        except msgspec.DecodeError:
            return None
