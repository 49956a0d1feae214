"""The Merkle tree of a book file, read from the disk as far as it is asked for.

Of what was read before, the roots of whole blocks are kept outside the book (store/blocks.py). They are only believed
where they come to a root that is known otherwise: a root cannot be met by other blocks than those it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khata.log.chain import EMPTY, Head, all_follow
from khata.log.errors import BookBrokenError
from khata.log.merkle import Peaks, halves, node, root_of
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq

BLOCK = 256
"""Leaves of a block: so many entries are read for one of them that is asked for."""

_STEP = 16 * BLOCK


class BookTree:
    """A tree of the first entries of a book.

    Args:
        pages: the book.
        blocks: the roots of its first whole blocks, 32 bytes each, as they were kept.

    Attributes:
        blocks: those that are known now.
    """

    def __init__(self, pages: ReadOnlyBook, blocks: bytes = b"") -> None:
        self._pages = pages
        self.blocks = [blocks[at : at + 32] for at in range(0, len(blocks) - 31, 32)]

    def comes_to(self, size: int, root: bytes) -> bool:
        """Whether the kept blocks, and what stands in the book after them, come to this root; if not, all is read.

        Afterwards the blocks up to `size` are as good as read.

        Raises:
            BookBrokenError: an entry that is read does not follow the one before it, or is not there.
        """
        self.blocks = self.blocks[: size // BLOCK]
        if self.blocks and self.root(size) == root:
            return True
        self.blocks = []
        return self.root(size) == root

    def root(self, size: int) -> bytes:
        """The root of the first entries, so many. Raises BookBrokenError."""
        return next(self.roots([size]))

    def roots(self, sizes: Iterable[int]) -> Iterator[bytes]:
        """The root of the first entries for each of some numbers of them, which must ascend. Raises BookBrokenError."""
        peaks = Peaks()
        for size in sizes:
            self._know(size // BLOCK)
            for block in self.blocks[peaks.size // BLOCK : size // BLOCK]:
                peaks.add(block, BLOCK)
            whole = peaks.copy()
            for leaf in self._leaves(whole.size, size):
                whole.add(leaf)
            yield whole.root()

    def _know(self, count: int) -> None:
        """Read whole blocks until so many are known."""
        while (known := len(self.blocks)) < count:
            first = known * BLOCK
            leaves = self._leaves(first, min(count * BLOCK, first + _STEP))
            self.blocks += [root_of(leaves[at : at + BLOCK]) for at in range(0, len(leaves), BLOCK)]

    def _leaves(self, first: int, end: int) -> list[bytes]:
        """The leaves from `first` to before `end`: the hashes of their entries, which are made and linked anew."""
        if first == end:
            return []
        before, rows, torn = self._pages.entries(first + 1, end)
        head = EMPTY if first == 0 else Head(Seq(first), before[2] if before is not None else b"")
        if torn or len(rows) != end - first or type(head.hash) is not bytes or not all_follow(rows, head):
            raise BookBrokenError(path=str(self._pages.path), entry=first + 1, reason="does not follow")
        return [digest for _, _, digest in rows]

    def subtree(self, first: int, end: int) -> bytes:
        """The hash of a part of the tree, as log/merkle.py asks for it. Raises BookBrokenError."""
        size = end - first
        if size > BLOCK:
            cut = first + halves(size)
            return node(self.subtree(first, cut), self.subtree(cut, end))
        if size == BLOCK:
            self._know(first // BLOCK + 1)
            return self.blocks[first // BLOCK]
        return root_of(self._leaves(first, end))
