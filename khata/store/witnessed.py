"""What a witness keeps of each log that it signed, and a shop of each witness: a line for each, in one file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from khata.log.errors import DiskError
from khata.log.note import NoteError, VerifierKey, read_key
from khata.store.files import make_folder, read_file, replace_file

SHOPS = "shops"
"""The file in a witness's folder of what it signed last of each shop."""

MOST = 1 << 24
"""Bytes of such a file: some fifty thousand lines. A longer one is refused as a whole, and none is written."""


class SignedLast(NamedTuple):
    """The last checkpoint of one log that one witness signed.

    Attributes:
        key: in the witness's file the log's, in the shop's file the witness's.
        size: entries.
        root: 32 bytes.
        at: when it was signed, POSIX seconds.
    """

    key: VerifierKey
    size: int
    root: bytes
    at: int

    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.key} {self.size} {self.root.hex()} {self.at}\n"


class SeenFile:
    """A file of such lines, one for each name of a key.

    Args:
        path: the file. What it is locked by stands beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, SignedLast]:
        """What was seen, by the names of the keys.

        Raises:
            DiskError: something stands there that cannot be read. It is not taken for nothing: a witness that forgets
                signs two histories of one book.
        """
        content = read_file(self._path, MOST + 1)
        if content is None:
            return {}
        if len(content) > MOST:  # what is beyond would be forgotten
            raise DiskError(path=str(self._path), reason="too long")
        found: dict[str, SignedLast] = {}
        try:
            for line in content.decode().splitlines():
                each = _read(line)
                found[each.key.name] = each
        except (UnicodeDecodeError, ValueError) as e:
            raise DiskError(path=str(self._path), reason="damaged") from e
        if not found:
            raise DiskError(path=str(self._path), reason="damaged")
        return found

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A block in which no other process looks at the file and then writes it. Raises DiskError."""
        fd = -1
        try:
            make_folder(self._path.parent)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            fd = os.open(self._path.with_name(self._path.name + ".lock"), flags, 0o600)
            with suppress(OSError):  # a home on a network may know no locks
                fcntl.flock(fd, fcntl.LOCK_EX)
        except OSError as e:
            raise DiskError(path=str(self._path), reason=e.strerror or str(e)) from e
        try:
            yield
        finally:
            os.close(fd)

    def note(self, seen: SignedLast) -> None:
        """Note one in the place of what was known under this name; on the disk when this returns. Raises DiskError."""
        self._write([*({**self.read(), seen.key.name: seen}).values()])

    def _write(self, every: Sequence[SignedLast]) -> None:
        content = "".join(each.line() for each in every).encode()
        if len(content) > MOST:  # nobody could read it again
            raise DiskError(path=str(self._path), reason="too long")
        try:
            replace_file(self._path, content, lasting=True)
        except OSError as e:
            raise DiskError(path=str(self._path), reason=e.strerror or str(e)) from e


def _read(line: str) -> SignedLast:
    key, size, root, at = line.split(" ")
    digest = bytes.fromhex(root)
    if len(digest) != 32 or not size.isdecimal() or not at.isdecimal():
        raise ValueError(line)
    try:
        return SignedLast(read_key(key), int(size), digest, int(at))
    except NoteError as e:
        raise ValueError(line) from e
