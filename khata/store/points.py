"""What a verification left for the next one: a small file for each book, in the user's state folder."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

LARGEST = 1 << 26
"""Bytes of a file that are read."""

_DIGEST = 32
_BOOK = re.compile(r"[0-9a-f]{32}")


class Points:
    """The verified points of one user on one machine. Where one cannot be read or written there is none.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, book: str) -> bytes | None:
        """What was kept for a book (32 hex), if it is as it was kept."""
        kept = self._read(book) or b""
        digest, what = kept[:_DIGEST], kept[_DIGEST:]
        return what if what and hashlib.sha256(what).digest() == digest else None

    def _read(self, book: str) -> bytes | None:
        if _BOOK.fullmatch(book):  # it becomes a file's name
            with suppress(OSError):
                fd = os.open(self._folder / book, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
                with os.fdopen(fd, "rb") as file:
                    if stat.S_ISREG(os.fstat(fd).st_mode):
                        return file.read(LARGEST)
        return None

    def keep(self, book: str, what: bytes) -> None:
        """Keep it in the place of what was there. It is not synced: the next verification then reads more."""
        if not _BOOK.fullmatch(book) or len(what) + _DIGEST >= LARGEST:
            return
        temporary = self._folder / f"{book}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.unlink(missing_ok=True)
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(hashlib.sha256(what).digest() + what)
                temporary.replace(self._folder / book)
            finally:
                temporary.unlink(missing_ok=True)
