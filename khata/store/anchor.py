"""The last entry that this machine wrote in a book, kept outside the book.

It catches a tail that was cut off, an old backup that was put back, a copy that went another way.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from khata.log.book import Reading
from khata.log.chain import Head
from khata.units import LARGEST, Seq

_LONGEST = 8192
_LINE = re.compile(r"([1-9][0-9]{0,15}) ([0-9a-f]{64}) (.*)\n", re.DOTALL)
_BOOK = re.compile(r"[0-9a-f]{32}")


class Mark(NamedTuple):
    """The head that this machine wrote last, and the file in which it did."""

    head: Head
    path: Path


class Anchor:
    """The marks of one user on one machine, a small file for each book.

    A mark is never waited for and never in the way: where it cannot be read or written there is none. It is not synced
    either, since one that a power cut took away only protects a little less.

    Args:
        folder: where the marks are.
        path: the book file that is in use.

    Attributes:
        path: the same, with no link in it.
    """

    def __init__(self, folder: Path, path: Path) -> None:
        self._folder = folder
        self.path = Path(os.path.realpath(path))

    def read(self, book: str) -> Mark | None:
        """The mark of a book (32 hex)."""
        with self._opened(book, os.O_RDONLY) as fd:
            return _mark(fd) if fd is not None else None

    def unreadable(self, book: str) -> bool:
        """Whether something stands in the place of a book's mark (32 hex), and is none."""
        return os.path.lexists(self._folder / book) and self.read(book) is None

    def is_here(self, mark: Mark) -> bool:
        """Whether a mark was made in the file that is in use."""
        with suppress(ValueError):  # of a damaged mark, whose path has a byte that none can have
            return mark.path == self.path or os.path.realpath(mark.path) == str(self.path)
        return False

    def here(self) -> tuple[str, Mark] | None:
        """The book (32 hex) in which this machine wrote last at the path in use, and its mark."""
        found: list[tuple[int, str, Mark]] = []
        with suppress(OSError), os.scandir(self._folder) as marks:
            for each in marks:
                mark = self.read(each.name)
                if mark is not None and self.is_here(mark):
                    found.append((each.stat(follow_symlinks=False).st_mtime_ns, each.name, mark))
        return max(found)[1:] if found else None

    def missed(self, book: str, reading: Reading) -> Head | None:
        """What this machine wrote last, if the book in use does not have it; None if all is well."""
        mark = self.read(book)
        return mark.head if mark is not None and not _has(reading, mark.head) else None

    def advance(self, book: str, head: Head, given_up: Head | None = None) -> None:
        """Note what was just committed, unless another process has noted more meanwhile.

        Args:
            book: 32 hex.
            head: what was committed.
            given_up: a mark that this commit does not go on from, and that it replaces.
        """
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._opened(book, os.O_RDWR | os.O_CREAT) as fd:
            if fd is None:
                return
            mark = _mark(fd)
            if mark is None or mark.head.seq < head.seq or mark.head == given_up:
                line = os.fsencode(f"{head.seq} {head.hash.hex()} {self.path}\n")
                with suppress(OSError):
                    os.pwrite(fd, line, 0)
                    os.ftruncate(fd, len(line))

    @contextmanager
    def _opened(self, book: str, flags: int) -> Iterator[int | None]:
        fd = None
        if _BOOK.fullmatch(book):  # it becomes a file's name
            with suppress(OSError):
                fd = os.open(self._folder / book, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            if fd is not None:
                with suppress(OSError):  # a home on a network may know no locks
                    fcntl.flock(fd, fcntl.LOCK_EX)
            yield fd
        finally:
            if fd is not None:
                os.close(fd)


def _mark(fd: int) -> Mark | None:
    with suppress(OSError):
        found = _LINE.fullmatch(os.fsdecode(os.pread(fd, _LONGEST, 0)))
        if found and int(found[1]) <= LARGEST:  # no book has more entries: somebody else wrote this
            return Mark(Head(Seq(int(found[1])), bytes.fromhex(found[2])), Path(found[3]))
    return None


def _has(reading: Reading, head: Head) -> bool:
    last = reading.head()
    if last.seq <= head.seq:
        return last == head
    return any(entry.hash == head.hash for entry in reading.entries(head.seq, head.seq))
