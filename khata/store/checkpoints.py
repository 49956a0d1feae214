"""The checkpoints of a book that are kept: in a folder beside the backups, a file for each size of the tree.

And the last one that this machine signed, kept apart from them: where the folder is deleted, nothing else may be signed
of the same entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from khata.log.checkpoint import SignedCheckpoint, origin_of, read_checkpoint
from khata.log.note import LONGEST, NoteError, VerifierKey, is_signed
from khata.store.files import read_file, replace_file

ENDING = ".checkpoint"
_NAME = re.compile(r"0*([1-9][0-9]{0,15})\.checkpoint")


class Checkpoints:
    """The checkpoints of one book.

    Args:
        folder: of all books; each has one of its own in it.
        signed: the folder of what was signed last.
        book: 32 hex.
    """

    def __init__(self, folder: Path, signed: Path, book: str) -> None:
        self.folder = folder / book
        self._last = signed / book
        self._origin = origin_of(book)

    def path(self, size: int) -> Path:
        """The file of the checkpoint of a size."""
        return self.folder / f"{size:09d}{ENDING}"

    def sizes(self) -> list[int]:
        """The sizes of which there is one, ascending."""
        with suppress(OSError):
            found = [_NAME.fullmatch(path.name) for path in self.folder.iterdir()]
            return sorted({int(each[1]) for each in found if each})
        return []

    def stamped(self) -> bool:
        """Whether an authority's word on one of them may be there."""
        return any(self.folder.glob("*.tsr"))

    def read(self, size: int) -> SignedCheckpoint | None:
        """The checkpoint of a size; None if there is none of this book that can be read."""
        return self._of(self.path(size), size)

    def all(self) -> Iterator[SignedCheckpoint]:
        """All of them, the largest first."""
        for size in reversed(self.sizes()):
            if (found := self.read(size)) is not None:
                yield found

    def last(self, key: VerifierKey) -> SignedCheckpoint | None:
        """The largest that a key signed. Of the folder, or noted apart from it."""
        noted = self._of(self._last)
        for each in self.all():
            if noted is not None and noted.checkpoint.size >= each.checkpoint.size:
                break
            if is_signed(each.note, [key]):
                return each
        return noted if noted is not None and is_signed(noted.note, [key]) else None

    def keep(self, made: SignedCheckpoint) -> Path:
        """Keep one; of the same size it is put in the place of what was there. Raises OSError."""
        path = self.path(made.checkpoint.size)
        replace_file(path, made.note.encoded().encode(), lasting=True)
        return path

    def note_signed(self, made: SignedCheckpoint) -> None:
        """Note what is about to be given out as signed. Raises OSError: then it must not be."""
        replace_file(self._last, made.note.encoded().encode(), lasting=True)

    def _of(self, path: Path, size: int | None = None) -> SignedCheckpoint | None:
        with suppress(NoteError):
            found = read_checkpoint(read_file(path, LONGEST + 1) or b"")
            if found.checkpoint.origin == self._origin and size in (None, found.checkpoint.size):
                return found
        return None
