"""The roots of a book's blocks of entries, kept in the cache folder: a file of 32 bytes for each, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from khata.store.files import read_file, replace_file

MOST = 1 << 26
"""Bytes that are read: half a billion entries."""


class Blocks:
    """What was kept for one book. It may be deleted at any moment, and is believed by nobody: see verifying/tree.py.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes:
        """The roots one after the other; nothing where none can be read."""
        return read_file(self._path, MOST) or b""

    def keep(self, roots: Sequence[bytes]) -> None:
        """Keep these in the place of what was there."""
        with suppress(OSError):
            replace_file(self._path, b"".join(roots))
