"""A second process that reads and folds the rest of a long tail, while this one writes the rows.

SQLite lets one connection write, and writing takes as long as all the rest: two are worth it, more would not be.
"""

from __future__ import annotations

import marshal
from contextlib import suppress
from typing import Self

from khata import process
from khata.log.book import BookLocator
from khata.log.chain import Head
from khata.process import Second
from khata.views.folding import SIZE
from khata.views.tail import Folded

_MOST = 1 << 30


class Ahead:
    """The parts of a tail that a second process folds.

    Args:
        book: how it opens the book; None: there is no second process, and nothing to take.
        position: after which entry it begins.
        most: entries of one part.

    Attributes:
        ended: whether it came to the end of the book.
    """

    def __init__(self, book: BookLocator | None, position: Head, most: int) -> None:
        self.ended = False
        self._second: Second | None = None
        if book is not None and process.pays():
            told = [*book, position.seq, position.hash.hex(), most]
            with suppress(OSError):
                self._second = Second("khata.views.folding", told)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._second is not None:
            self._second.end()
            self._second = None

    def take(self) -> Folded | None:
        """The next part of the tail, folded; None after the last, or if it failed.

        It folds the next one meanwhile, and then waits until that is taken.
        """
        out = self._second.process.stdout if self._second is not None else None
        if out is None:
            return None
        length = out.read(SIZE)
        size = int.from_bytes(length)
        # Something else on its stdout, from a module that prints when it is loaded, is no length.
        said = out.read(size) if 0 < size < _MOST else b""
        if not said or len(said) != size:
            self.ended = len(length) == SIZE and size == 0
            self._end()
            return None
        return Folded.of(marshal.loads(said))  # noqa: S302 - from the process that was started here
