"""What a verification left for the next one: a small file for each book, in the user's state folder."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from khata.store.files import read_file, replace_file

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
        return read_file(self._folder / book, LARGEST) if _BOOK.fullmatch(book) else None  # it becomes a file's name

    def keep(self, book: str, what: bytes) -> None:
        """Keep it in the place of what was there. It is not synced: the next verification then reads more."""
        if _BOOK.fullmatch(book) and len(what) < LARGEST:
            with suppress(OSError):
                replace_file(self._folder / book, what)
