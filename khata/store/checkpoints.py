"""The checkpoints of a book that are kept: in a folder beside the backups, a file for each size of the tree.

Where two were signed of the same size that are not of the same entries, the earlier one is kept, too, under a name with
the beginning of its root: after an adoption it may be all that is left of what was lost.

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
_NAME = re.compile(r"0*([1-9][0-9]{0,15})(\.[0-9a-f]{8})?\.checkpoint")


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
        return sorted({size for size, beside, _ in self._files() if not beside})

    def _files(self) -> list[tuple[int, str, Path]]:
        """The size of each file, the beginning of its root where that is in its name, and the file."""
        with suppress(OSError):
            found = [(_NAME.fullmatch(path.name), path) for path in self.folder.iterdir()]
            return [(int(each[1]), each[2] or "", path) for each, path in found if each]
        return []

    def stamped(self) -> bool:
        """Whether an authority's word on one of them may be there."""
        return any(self.folder.glob("*.tsr"))

    def read(self, size: int) -> SignedCheckpoint | None:
        """The checkpoint of a size; None if there is none of this book that can be read."""
        return self._of(self.path(size), size)

    def all(self) -> Iterator[SignedCheckpoint]:
        """All of them, the largest first; of the same size the one that was signed last before the others."""
        for size, _, path in sorted(self._files(), key=lambda each: (-each[0], each[1])):
            if (found := self._of(path, size)) is not None:
                yield found

    def noted(self) -> SignedCheckpoint | None:
        """The one that was signed last, as it is noted apart from the folder."""
        return self._of(self._last)

    def last(self, key: VerifierKey) -> SignedCheckpoint | None:
        """The largest that a key signed. Of the folder, or noted apart from it."""
        noted = self.noted()
        if noted is not None and not is_signed(noted.note, [key]):
            noted = None  # another key's says nothing of what this one signed
        for each in self.all():
            if noted is not None and noted.checkpoint.size >= each.checkpoint.size:
                break
            if is_signed(each.note, [key]):
                return each
        return noted

    def keep(self, made: SignedCheckpoint) -> Path:
        """Keep one, in the place of what was there of the same entries; of others of that size it is set beside.

        Raises:
            OSError: it is not kept; what was there is.
        """
        size = made.checkpoint.size
        path, beside = self.path(size), self._beside(made)
        there = self._of(path, size)
        if there is not None and there.checkpoint.root != made.checkpoint.root:
            if self._of(beside, size) is not None:
                path = beside
            else:
                replace_file(self._beside(there), there.note.encoded().encode(), lasting=True)
        replace_file(path, made.note.encoded().encode(), lasting=True)
        return path

    def give_up(self, each: SignedCheckpoint) -> None:
        """Set one aside that an adoption gave up: from now on it counts for nothing. Raises OSError."""
        replace_file(self._given_up(each), each.note.encoded().encode(), lasting=True)
        for size, _, path in self._files():
            found = self._of(path, size)
            if found is not None and found.checkpoint == each.checkpoint:
                path.unlink()

    def is_given_up(self, each: SignedCheckpoint) -> bool:
        """Whether it was set aside so."""
        there = self._of(self._given_up(each))
        return there is not None and there.checkpoint == each.checkpoint

    def _given_up(self, of: SignedCheckpoint) -> Path:
        return self._beside(of).with_suffix(".given-up")

    def _beside(self, of: SignedCheckpoint) -> Path:
        """Where a checkpoint is kept once another one of its size has its place."""
        return self.folder / f"{of.checkpoint.size:09d}.{of.checkpoint.root.hex()[:8]}{ENDING}"

    def note_signed(self, made: SignedCheckpoint) -> None:
        """Note what is about to be given out as signed. Raises OSError: then it must not be."""
        replace_file(self._last, made.note.encoded().encode(), lasting=True)

    def _of(self, path: Path, size: int | None = None) -> SignedCheckpoint | None:
        with suppress(NoteError):
            found = read_checkpoint(read_file(path, LONGEST + 1) or b"")
            if found.checkpoint.origin == self._origin and size in (None, found.checkpoint.size):
                return found
        return None
