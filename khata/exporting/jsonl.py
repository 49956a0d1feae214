"""The log as a file of lines, in both directions (docs/FORMAT.md, "As a file of lines").

All bodies verbatim by entry, then the details, then the head, which must match: a file that was cut short is noticed.
"""

from __future__ import annotations

import json
import os
import stat
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from khata.events import codec
from khata.events.base import MalformedError, Recorded, Unknown, mark_of
from khata.events.book import DetailErased
from khata.events.erasure import covers
from khata.exporting.lines import DetailLine, HeadLine
from khata.log.book import Detail, Reading
from khata.log.chain import EMPTY, Entry, Head, broken, seal
from khata.log.errors import BookBrokenError, BusyError, DiskError, NewerBookError
from khata.rules.refused import Refused
from khata.store.sqlite.create import create
from khata.units import Seq
from khata.views.catch_up import Readable

BATCH = 500
"""Entries read at a time: the book is not held while somebody's pipe is slow."""

TRIES = 300
"""A book that is being saved to is asked again; each time lasts 100 ms."""

LONGEST_LINE = 1 << 20
"""Bytes; a body has at most 65,535."""

T = TypeVar("T")

Declare = Callable[[Path, Sequence[Seq]], None]
"""Says in a book that some of its entries have no name and no note any more."""


class BadLog(Refused):
    """No exported log, or one that does not hold together.

    Facts: `path`, `line` (from 1; 0 for the file as a whole), `why` (a code), `entry` where it is known, and
    `missing`, how many names and notes are not in it.
    """

    code = "bad_log"


def lines(book: Readable, *, details: bool = True, upto: Head | None = None) -> Iterator[str]:
    """The lines of a book as it stands now, or as it stood at an entry, without line ends.

    Raises:
        BookBrokenError: an entry that does not follow the one before it, or is not one line of UTF-8.
        BusyError: another process held the book all the time, or details were erased meanwhile.
    """
    head, here = upto or _ask(book, lambda reading: reading.head()), EMPTY
    while here != head:
        found = _ask(book, _entries(here.seq + 1, min(head.seq, here.seq + BATCH)))
        if not found:
            raise BookBrokenError(entry=here.seq + 1, reason="missing")
        for entry in found:
            if (why := broken(entry, here)) is not None:
                raise BookBrokenError(entry=entry.seq, reason=why)
            yield _line(entry)
            here = Head(entry.seq, entry.hash)
    if details:
        for first in range(1, head.seq + 1, BATCH):
            for detail in _ask(book, _details(first, min(head.seq, first + BATCH - 1))):
                yield _detail_line(detail)
        if _ask(book, lambda reading: _erased_since(reading, head)):
            # Gone from these lines, with nothing in them that says why: they would not verify.
            raise BusyError(reason="details were erased meanwhile")
    yield json.dumps({"head": head.hash.hex(), "size": head.seq}, separators=(",", ":"))


def _ask(book: Readable, question: Callable[[Reading], T]) -> T:
    for _ in range(TRIES):
        try:
            with book.reading() as reading:
                return question(reading)
        except BusyError as e:
            error = e
    raise error


def _entries(first: int, last: int) -> Callable[[Reading], list[Entry]]:
    return lambda reading: list(reading.entries(first, last))


def _details(first: int, last: int) -> Callable[[Reading], list[Detail]]:
    return lambda reading: list(reading.details(first, last))


_ERASURE = mark_of(DetailErased)


def _erased_since(reading: Reading, head: Head) -> bool:
    later = reading.entries(head.seq + 1, reading.head().seq)
    return any(_ERASURE in entry.body for entry in later)


def _line(entry: Entry) -> str:
    try:
        line = entry.body.decode()
    except UnicodeDecodeError as e:
        raise BookBrokenError(entry=entry.seq, reason="not UTF-8") from e
    if "\n" in line or "\r" in line:
        raise BookBrokenError(entry=entry.seq, reason="not canonical")
    return line


def _detail_line(detail: Detail) -> str:
    # A form that this khata cannot read need not be text.
    try:
        body = detail.body.hex() if detail.form else detail.body.decode()
    except UnicodeDecodeError as e:
        raise BookBrokenError(entry=detail.entry, reason="not UTF-8") from e
    value: dict[str, Any] = {"entry": detail.entry, "salt": detail.salt.hex(), "body": body}
    if detail.form:
        value["form"] = detail.form
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_log(path: Path) -> tuple[list[Entry], list[Detail]]:
    """The entries and details of an exported log; details may have been left out.

    Raises:
        DiskError: it cannot be read.
        BadLog: it is not there, or does not hold together.
    """
    with LogFile(path) as log:
        return list(log.entries()), list(log.details())


def import_log(path: Path, new_book: Path, declare: Declare | None = None) -> tuple[Head, list[Seq]]:
    """Make a book file from an exported log, byte for byte.

    `declare` adds to a book that has none of its names and notes an entry that says so; it gets the entries that want
    one. Without it such a book is refused. Returns the head of the log, and these entries.

    Raises:
        PathTakenError: there is a file at `new_book`.
        DiskError: the log cannot be read, or the folder of the new book not be written.
        NewerBookError: an entry is of a newer khata, and may be what explains a missing detail.
        BadLog: the log does not hold together, or some of its details are missing that no erasure explains.
    """
    from khata.verifying.verify import verify

    with LogFile(path, whole=True) as log:

        def check(made: Path) -> None:
            if log.left_out and declare is not None:
                declare(made, log.left_out)
            # What was read of the file once may be another way by now, and some things only the whole of a book tells.
            verdict = verify(made, alone=True)
            if verdict.result == "broken":
                why = verdict.faults[0].code
                raise BadLog(path=str(path), line=0, why="not_a_book", code=why, entry=verdict.first_bad_entry)

        create(new_book, log.entries(), log.details(), check)
        return log.head, log.left_out


class LogFile:
    """An exported log, read once from the beginning: first `entries()` to its end, then `details()`.

    `whole`: refuse it, too, when some details are missing that no erasure explains, or are there though they were
    erased, and when that cannot be judged. Where all of them were left out, `left_out` has their entries in the end.
    """

    def __init__(self, path: Path, *, whole: bool = False) -> None:
        self.path, self.head = path, EMPTY
        self._whole = whole
        self._file = _opened(path)
        self._number = 0
        self._next = b""
        self._places = array("Q")
        self._promised: dict[Seq, bytes] = {}
        self._kept = array("Q")
        self._erasures: list[DetailErased] = []
        self.left_out: list[Seq] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _bad(self, why: str, **facts: object) -> BadLog:
        return BadLog(path=str(self.path), line=self._number, why=why, **facts)

    def _advance(self) -> bytes:
        self._number += 1
        try:
            line = self._file.readline(LONGEST_LINE + 1)
        except OSError as e:
            raise DiskError(path=str(self.path), reason=e.strerror or str(e)) from e
        if len(line) > LONGEST_LINE:
            raise self._bad("line_too_long")
        self._next = line.rstrip(b"\r\n")
        return self._next

    def _ended(self) -> bool:
        return not self._file.read(1)

    def entries(self) -> Iterator[Entry]:
        """The bodies, sealed again one after the other. Raises BadLog, NewerBookError."""
        place = 0
        while self._advance().startswith(b'{"@prev":'):
            yield self._entry(self._next, place)
            place = self._file.tell()

    def _entry(self, body: bytes, place: int) -> Entry:
        seq = Seq(self.head.seq + 1)
        try:
            entry = seal(body, self.head)
        except ValueError as e:
            raise self._bad("link_differs", entry=seq) from e
        try:
            value = codec.canonical(body)
            recorded = codec.decode(value)
        except MalformedError as e:
            raise self._bad("cut_short" if self._ended() else e.code, entry=seq) from e
        if self._whole and isinstance(recorded.event, Unknown):
            raise NewerBookError(entry=seq, kind=recorded.event.kind, v=recorded.event.v)
        commitment = value["data"].get("detail")
        if isinstance(commitment, str):
            try:
                self._promised[seq] = bytes.fromhex(commitment)
            except ValueError as e:
                raise self._bad("not_hex", entry=seq) from e
        if isinstance(recorded.event, DetailErased):
            self._erasures.append(recorded.event)
        self._places.append(place)
        self.head = Head(entry.seq, entry.hash)
        return entry

    def details(self) -> Iterator[Detail]:
        """The details, each held against its commitment; at their end the head. Raises BadLog."""
        if self.head == EMPTY:
            raise self._bad("no_entries")
        before = 0
        while True:
            value = self._object()
            if "head" in value:
                break
            detail = self._detail(value, before)
            before = detail.entry
            if self._whole:
                self._kept.append(before)
            yield detail
            self._advance()
        if not self._is_head(value):
            raise self._bad("head_differs", head=self.head.hash.hex(), size=self.head.seq)
        if self._advance() or not self._ended():
            raise self._bad("goes_on_after_head")
        self._number -= 1
        if self._whole:
            self._settle()

    def _is_head(self, value: dict[str, Any]) -> bool:
        try:
            line = HeadLine.model_validate(value)
        except ValueError:
            return False
        return line.head == self.head.hash.hex() and line.size == self.head.seq

    def _object(self) -> dict[str, Any]:
        """The line at hand, as JSON."""
        try:
            value = json.loads(self._next)
        except (ValueError, RecursionError) as e:
            raise self._bad("cut_short" if self._ended() else "not_json", size=self.head.seq) from e
        if not isinstance(value, dict):
            raise self._bad("not_an_object")
        return value

    def _detail(self, value: dict[str, Any], before: int) -> Detail:
        try:
            line = DetailLine.model_validate(value)
            body = _unhex(line.body) if line.form else line.body.encode()
            detail = Detail(Seq(line.entry), _unhex(line.salt), body, line.form)
        except ValueError as e:  # pydantic's ValidationError is one
            raise self._bad("not_a_detail") from e
        entry = detail.entry
        if entry <= before:
            raise self._bad("details_out_of_order", entry=entry)
        promised = self._promised.pop(detail.entry, None)
        if promised is None:
            raise self._bad("detail_not_promised", entry=entry)
        if detail.form == 0 and codec.commitment(detail.salt, detail.body) != promised.hex():
            raise self._bad("detail_differs", entry=entry)
        return detail

    def _settle(self) -> None:
        """Every detail is there or was erased, or none is there."""
        missing = [entry for entry in self._promised if not self._erased(entry)]
        if missing and self._kept:
            raise self._bad("detail_missing", entry=missing[0], missing=len(missing))
        self.left_out = missing
        if self._erasures:
            for kept in self._kept:
                if self._erased(Seq(kept)):
                    raise self._bad("detail_was_erased", entry=kept)

    def _erased(self, entry: Seq) -> bool:
        if not self._erasures:
            return False
        recorded = self._recorded(entry)
        return any(covers(erasure, recorded, self._recorded) for erasure in self._erasures)

    def _recorded(self, entry: Seq) -> Recorded:
        """An entry, read a second time. Raises BadLog."""
        self._file.seek(self._places[entry - 1])
        try:
            return codec.read(self._file.readline(LONGEST_LINE).rstrip(b"\r\n"))
        except MalformedError as e:
            raise self._bad("changed", entry=entry) from e


def _unhex(text: str) -> bytes:
    """Bytes from hex as it is written here; Python would take blanks and capitals, too. Raises ValueError."""
    value = bytes.fromhex(text)
    if value.hex() != text:
        raise ValueError("not hex")
    return value


def _opened(path: Path) -> Any:
    try:
        # O_NONBLOCK: a FIFO without a writer must not hang.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as e:
        raise BadLog(path=str(path), line=0, why="no_file") from e
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise BadLog(path=str(path), line=0, why="not_a_file")
    return os.fdopen(fd, "rb")
