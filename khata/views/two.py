"""A second process that reads and folds the rest of a long tail, while this one writes the rows.

SQLite lets one connection write, and writing takes as long as all the rest: two are worth it, more would not be.
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from contextlib import suppress
from typing import Self

from khata.log.book import Elsewhere
from khata.log.chain import Head
from khata.views.tail import Folded

_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from khata.views.folding import main; main()"
_SIZE = 8
_MOST = 1 << 30


class Mate:
    """The second process.

    Args:
        book: how it opens the book; None: there is no second process, and nothing to take.
        position: after which entry it begins.
        most: entries of one part.

    Attributes:
        ended: whether it came to the end of the book.
    """

    def __init__(self, book: Elsewhere | None, position: Head, most: int) -> None:
        self.ended = False
        self._process: subprocess.Popen[bytes] | None = None
        if book is None or (os.cpu_count() or 1) < 2 or not sys.executable:
            return
        told = json.dumps([*book, position.seq, position.hash.hex(), most])
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, with this program's own path
                [sys.executable, "-P", "-c", _START, json.dumps(sys.path), told],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def take(self) -> Folded | None:
        """The next part of the tail, folded; None after the last, or if it failed.

        It folds the next one meanwhile, and then waits until that is taken.
        """
        if self._process is None or self._process.stdout is None:
            return None
        length = self._process.stdout.read(_SIZE)
        size = int.from_bytes(length)
        # Something else on its stdout, from a module that prints when it is loaded, is no length.
        said = self._process.stdout.read(size) if 0 < size < _MOST else b""
        if not said or len(said) != size:
            self.ended = len(length) == _SIZE and size == 0
            self._end()
            return None
        return Folded.of(marshal.loads(said))  # noqa: S302 - from the process that was started here
