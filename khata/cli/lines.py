"""Lines of a stream as they come, and whether another one is there already."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from select import select
from typing import IO, NamedTuple

from khata.log.errors import DiskError

LONGEST = 1 << 20
"""Bytes of a line that are kept; a longer one is cut off there, and so shows that it was longer."""

CHUNK = 1 << 16


def wait_for(stream: IO[str]) -> None:
    """Wait until a stream can be read: who started us may have left it non-blocking, which Python takes for its end."""
    with suppress(OSError):  # a text in memory
        select([stream.fileno()], [], [])


class InputLine(NamedTuple):
    """A line: its number from 1, its bytes without the line end, and whether it had one; the last may be cut off."""

    number: int
    text: bytes
    ended: bool


class Lines:
    """The lines of a stream. Nobody else may read from it.

    It is read below Python's own buffer, which cannot say whether it would have to wait.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._ready: deque[bytes] = deque()
        self._rest = b""
        self._ended = self._cut_off = False
        self._fault: OSError | None = None
        self._stream, self._fd = stream, None
        try:
            self._fd = stream.fileno()
        except OSError:  # no file: a text in memory
            self._add(stream.read().encode("utf-8", "surrogateescape"))
            self._end()

    def __iter__(self) -> Iterator[InputLine]:
        """Every line. Raises DiskError after the last one if the stream could not be read on."""
        number = 0
        while self._ready or not self._ended:
            if not self._ready:
                self._read()
                continue
            number += 1
            text = self._ready.popleft()
            yield InputLine(number, text.removesuffix(b"\r"), bool(self._ready) or not self._cut_off)
        if self._fault is not None:
            raise DiskError(path="-", reason=self._fault.strerror, what="input") from self._fault

    def more(self) -> bool:
        """Whether the next line is there, so that nobody has to wait for it."""
        while not self._ready and not self._ended:
            if self._fd is None or not select([self._fd], [], [], 0)[0]:
                return False
            self._read()
        return bool(self._ready)

    def _read(self) -> None:
        chunk = b""
        try:
            if self._fd is not None:
                wait_for(self._stream)
                chunk = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return  # another process that reads the same pipe was faster
        except OSError as e:
            self._fault, self._rest = e, b""  # what was read of a line is not the line
        if chunk:
            self._add(chunk)
        else:
            self._end()

    def _add(self, chunk: bytes) -> None:
        *whole, rest = chunk.split(b"\n")
        if whole:
            whole[0] = self._rest + whole[0]
            self._ready.extend(whole)
            self._rest = rest
        elif len(self._rest) <= LONGEST:
            self._rest += rest
        self._rest = self._rest[: LONGEST + 1]

    def _end(self) -> None:
        if self._rest:
            self._ready.append(self._rest)
            self._cut_off = True
        self._rest, self._ended = b"", True
