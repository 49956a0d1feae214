"""The Merkle tree over the entries of a book: RFC 6962, section 2.1, with SHA-256.

A leaf is the hash of an entry as the book has it (log/chain.py): leaf i is that of entry i + 1. Everything here is of
hashes of 32 bytes, and knows neither a book nor a disk: whoever asks says what a part of the tree hashes to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

LONGEST_PATH = 63
"""Hashes of a path: no tree is as large."""

Subtree = Callable[[int, int], bytes]
"""The hash of the leaves from the first (0-based) to before the second: a part that RFC 6962 cuts a tree into."""


class DoesNotHoldError(ValueError):
    """A path that does not fit the tree it is said to be of."""


def node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


def halves(size: int) -> int:
    """Where RFC 6962 cuts a tree of so many leaves, at least two: the largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree of these leaves."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    # Pairs from the left, and what is left over goes up as it is: that is where RFC 6962 cuts.
    while len(level) > 1:
        pairs = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(level) & ~1 :]
    return level[0]


class Peaks:
    """A tree that leaves are added to, from which the root of each size can be taken; it keeps the peaks alone."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, part: bytes, leaves: int = 1) -> None:
        """Add a whole part: a leaf, or a power of two of them, of which the size so far is a multiple."""
        at = self.size // leaves
        while at & 1:
            part = node(self._peaks.pop(), part)
            at >>= 1
        self._peaks.append(part)
        self.size += leaves

    def copy(self) -> Peaks:
        """The same tree, to be added to by itself."""
        other = Peaks()
        other.size, other._peaks = self.size, [*self._peaks]
        return other

    def root(self) -> bytes:
        """The root of what was added so far."""
        peaks = iter(reversed(self._peaks))
        found = next(peaks, EMPTY_ROOT)
        for peak in peaks:
            found = node(peak, found)
        return found


def inclusion(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """The path that shows a leaf to be in a tree of a size: from its neighbour upwards (section 2.1.1)."""
    return list(_inclusion(subtree, index, 0, size))[::-1]


def _inclusion(subtree: Subtree, index: int, first: int, end: int) -> Iterator[bytes]:
    while end - first > 1:
        cut = first + halves(end - first)
        if index < cut:
            yield subtree(cut, end)
            end = cut
        else:
            yield subtree(first, cut)
            first = cut


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path come to.

    Raises:
        DoesNotHoldError: the path is longer or shorter than that of such a leaf.
    """
    if not 0 <= index < size:
        raise DoesNotHoldError("the leaf lies outside the tree")
    left, last, found = list(path), size - 1, leaf
    while last:
        if index & 1 or index < last:  # else it goes up as it is
            if not left:
                raise DoesNotHoldError("the path is too short")
            found = node(left.pop(0), found) if index & 1 else node(found, left.pop(0))
        index, last = index >> 1, last >> 1
    if left:
        raise DoesNotHoldError("the path is too long")
    return found


def consistency(subtree: Subtree, old: int, new: int) -> list[bytes]:
    """The path that shows a tree of `new` leaves to go on from one of `old`; empty from nothing and to itself."""
    if not old or old == new:
        return []
    path: list[bytes] = []
    first, end, whole = 0, new, True
    while old != end:
        cut = first + halves(end - first)
        if old <= cut:
            path.append(subtree(cut, end))
            end = cut
        else:
            path.append(subtree(first, cut))
            first, whole = cut, False
    if not whole:
        path.append(subtree(first, end))
    return path[::-1]


def goes_on(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path shows a tree to go on from an earlier one that has leaves (section 2.1.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    left = list(path)
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    if index and not left:
        return False
    before = after = left.pop(0) if index else old_root
    while last:
        if index & 1 or index < last:
            if not left:
                return False
            beside = left.pop(0)
            if index & 1:
                before, after = node(beside, before), node(beside, after)
            else:
                after = node(after, beside)
        index, last = index >> 1, last >> 1
    return not left and (before, after) == (old_root, new_root)


def pruned(subtree: Subtree, indices: Iterable[int], size: int) -> list[bytes]:
    """What several leaves have to be given for the root: the parts that hold none of them, from the left."""
    kept = sorted(set(indices))

    def parts(first: int, end: int, kept: Sequence[int]) -> Iterator[bytes]:
        if not kept:
            yield subtree(first, end)
        elif end - first > 1:
            cut = first + halves(end - first)
            yield from parts(first, cut, [each for each in kept if each < cut])
            yield from parts(cut, end, [each for each in kept if each >= cut])

    return list(parts(0, size, kept))


def root_by_pruned(leaves: Mapping[int, bytes], size: int, given: Sequence[bytes]) -> bytes:
    """The root that some leaves, by their index, and the parts that hold none of them come to.

    Raises:
        DoesNotHoldError: there are more or fewer parts than such leaves want, or a leaf lies outside the tree.
    """
    left = list(given)

    def root(first: int, end: int, kept: Sequence[int]) -> bytes:
        if not kept:
            if not left:
                raise DoesNotHoldError("a part is missing")
            return left.pop(0)
        if end - first == 1:
            return leaves[first]
        cut = first + halves(end - first)
        before = root(first, cut, [each for each in kept if each < cut])
        return node(before, root(cut, end, [each for each in kept if each >= cut]))

    indices = sorted(leaves)
    if not indices or indices[0] < 0 or indices[-1] >= size or size > 1 << LONGEST_PATH:
        raise DoesNotHoldError("a leaf lies outside the tree")
    found = root(0, size, indices)
    if left:
        raise DoesNotHoldError("a part too many")
    return found
