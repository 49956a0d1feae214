"""A long tail by two processes: this one reads and writes, and a second one folds in between.

What goes between them are plain values, marshalled: both are the same interpreter. If the second one fails in any way,
this one folds by itself.
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from khata.log.chain import Head
from khata.views.fold import Rows
from khata.views.tail import Tail, fold

_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from khata.views.folding import main; main()"
_SIZE = 8
_MOST = 1 << 30


def fold_in_two(read: Callable[[Head], Tail | None], write: Callable[[Tail, Rows], None], position: Head) -> None:
    """Fold one tail after the other while the next one is read, and write them in order.

    Args:
        read: the tail after a position; None where there is none.
        write: writes a tail and its rows.
        position: where to begin.

    Raises:
        BookBrokenError, NewerBookError: by the tail that says so, once those before it are written.
    """
    with Mate() as mate:
        waiting: deque[Tail] = deque()
        while True:
            tail = read(position)
            if tail is not None:
                mate.give(tail)
                waiting.append(tail)
                position = Head(tail.entries[-1].seq, tail.entries[-1].hash)
            if not waiting:
                return
            if tail is None or len(waiting) > 1:
                first = waiting.popleft()
                rows = mate.take()
                write(first, rows if rows is not None else fold(first, bulk=True))


class Mate:
    """The second process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        if (os.cpu_count() or 1) < 2 or not sys.executable:
            return
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, with this program's own path
                [sys.executable, "-P", "-c", _START, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
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

    def give(self, tail: Tail) -> None:
        """Hand it a tail. It reads while it folds, so that neither waits for a full pipe."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            said = marshal.dumps(tail.plain())
            self._process.stdin.write(len(said).to_bytes(_SIZE) + said)
            self._process.stdin.flush()
        except OSError:
            self._end()

    def take(self) -> Rows | None:
        """The rows of the oldest tail that it was given; None if it failed."""
        if self._process is None or self._process.stdout is None:
            return None
        size = int.from_bytes(self._process.stdout.read(_SIZE))
        # Something else on its stdout, from a module that prints when it is loaded, is no length.
        said = self._process.stdout.read(size) if size < _MOST else b""
        if not said or len(said) != size:
            self._end()
            return None
        return Rows(*marshal.loads(said))  # noqa: S302 - from the process that was started here
