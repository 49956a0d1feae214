"""What a verification left for the next one: a small file for each book, in the user's state folder."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

LARGEST = 1 << 26
"""Bytes of a file that are read."""

_BOOK = re.compile(r"[0-9a-f]{32}")


class Points:
    """The verified points of one user on one machine. Where none can be written there is none.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, book: str) -> bytes | None:
        """What was kept for a book (32 hex): b"" where something stands there that cannot be read, None for nothing."""
        if not _BOOK.fullmatch(book):  # it becomes a file's name
            return None
        try:
            fd = os.open(self._folder / book, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(fd, "rb") as file:
                return file.read(LARGEST) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
        except FileNotFoundError:
            return None
        except OSError:
            return b""

    def keep(self, book: str, what: bytes) -> None:
        """Keep it in the place of what was there. It is not synced: the next verification then reads more."""
        if not _BOOK.fullmatch(book) or len(what) >= LARGEST:
            return
        temporary = self._folder / f"{book}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.unlink(missing_ok=True)
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(what)
                temporary.replace(self._folder / book)
            finally:
                temporary.unlink(missing_ok=True)
