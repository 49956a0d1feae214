"""Another copy of a book, or its exported log: one must go on from the other. Two hashes at one place are a fork."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from khata.log.chain import EMPTY, Entry, Head, leaf, seal
from khata.log.errors import BookBrokenError, DiskError, NotABookError
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.schema import readable
from khata.verifying.verdict import CheckResult

STEP = 4096
"""Entries that are compared at a time."""

LONGEST_LINE = 1 << 17
"""Bytes that are read of one line of a log; a body has at most 65,535."""


_NONE = Seq(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two copies of a book stand to each other.

    Attributes:
        path: the other copy.
        result: `fork` if they say something else of one entry, `ok` if one goes on from the other; `same` if it is the
            very same file, `broken` if the other one, `not_compared` if this one does not hold together by itself.
        entry: the first entry of which they say something else; the last one that both have, where they agree.
        entries: how many entries the other copy has.
    """

    path: Path
    result: Literal["ok", "fork", "same", "broken", "not_compared"]
    entry: Seq = _NONE
    entries: int = 0

    @property
    def check(self) -> CheckResult:
        """The comparison as the result of a check."""
        return "ok" if self.result == "ok" else "not_checked" if self.result == "same" else "bad"

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return {"file": str(self.path), "result": self.result, "entry": self.entry, "entries": self.entries}


def against(book: Path, other: Path) -> Comparison:
    """Compare a book with another copy of it, or with its exported log.

    Hashes are made from the bodies here, never believed. Neither file is otherwise verified: that is `verify`'s.

    Raises:
        NotABookError: the other file is neither a book nor a log.
        BookBrokenError: an entry of the other file cannot be read, or does not follow the one before it.
        BookError: as for any book that cannot be read.
    """
    with closing(ReadOnlyBook(book)) as mine:
        last = _last(mine)
        try:
            theirs = ReadOnlyBook(other)
        except NotABookError as e:
            if e.facts.get("why") == "not_a_file":  # a pipe would be waited for
                raise
            return _compare(mine, last, other, _lines(other), None)
        with closing(theirs):
            size = _last(theirs)
            if not size:
                raise BookBrokenError(path=str(other), entry=1, reason="not_opened")
            shorter = min(last, size)
            if shorter and _hash(mine, shorter) == _hash(theirs, shorter):
                return Comparison(other, "ok", Seq(shorter), size)
            return _compare(mine, last, other, _hashes(theirs, shorter), size)


def _last(pages: ReadOnlyBook) -> int:
    standing = pages.standing()
    if not readable(standing):
        raise BookBrokenError(path=str(pages.path), reason="schema")
    return min(standing.head.seq, standing.most)


def _hash(pages: ReadOnlyBook, seq: int) -> bytes:
    body = pages.body(Seq(seq))
    if body is None:
        raise BookBrokenError(path=str(pages.path), entry=seq, reason="no such entry")
    return leaf(body)


def _hashes(pages: ReadOnlyBook, last: int) -> Iterator[bytes]:
    for first in range(1, last + 1, STEP):
        for seq, body, _ in pages.entries(first, min(last, first + STEP - 1))[1]:
            if type(body) is not bytes:
                raise BookBrokenError(path=str(pages.path), entry=seq, reason="not bytes")
            yield leaf(body)


def _compare(mine: ReadOnlyBook, last: int, path: Path, theirs: Iterator[bytes], size: int | None) -> Comparison:
    seq = 0
    ours = _hashes(mine, last)
    for seq, digest in enumerate(theirs, 1):
        if seq <= last and next(ours, None) != digest:
            return Comparison(path, "fork", Seq(seq), size or seq)
    return Comparison(path, "ok", Seq(min(seq, last)), size or seq)


def _lines(path: Path) -> Iterator[bytes]:
    """The hashes of an exported log's entries, each of which must follow the one before it; at the end the head."""
    head, closed = EMPTY, False
    try:
        with path.open("rb") as file:
            for body in _whole_lines(file):
                if closed:
                    raise BookBrokenError(path=str(path), entry=head.seq, reason="it goes on after the head")
                if body.startswith(b'{"@prev":'):
                    head = _next(path, body, head)
                    yield head.hash
                elif head == EMPTY:
                    raise NotABookError(path=str(path), why="neither_book_nor_log")
                elif body.startswith(b'{"head":"%b","size":%d}' % (head.hash.hex().encode(), head.seq)):
                    closed = True
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    if not closed:
        raise BookBrokenError(path=str(path), entry=head.seq, reason="the head at the end is missing or differs")


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, as a detail may be, its beginning."""
    inside = False
    while piece := file.readline(LONGEST_LINE):
        if not inside:
            yield piece.rstrip(b"\r\n")
        inside = not piece.endswith(b"\n")


def _next(path: Path, body: bytes, head: Head) -> Head:
    try:
        entry: Entry = seal(body, head)
    except ValueError as e:
        raise BookBrokenError(path=str(path), entry=head.seq + 1, reason="link_differs") from e
    return Head(entry.seq, entry.hash)
