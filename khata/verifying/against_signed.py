"""Checkpoints that were signed of a book, against the tree that stands there now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from khata.log.checkpoint import Checkpoint, SignedCheckpoint
from khata.log.errors import BookBrokenError
from khata.log.note import NoteError, VerifierKey, is_signed
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.against_anchor import End
from khata.verifying.keys import KeyHistory
from khata.verifying.tally import Adoption, Tally
from khata.verifying.tree import BookTree
from khata.verifying.verdict import Sealed, SeenBy


class Signed(NamedTuple):
    """What is kept of a book outside of it.

    Attributes:
        kept: checkpoints.
        own: the shop's keys that are known here.
        witnesses: the keys of those who signed besides.
        blocks: the blocks of the tree, for entries that are not read again.
    """

    kept: Sequence[SignedCheckpoint] = ()
    own: Sequence[VerifierKey] = ()
    witnesses: Sequence[VerifierKey] = ()
    blocks: bytes = b""


class KnownCheckpoint(NamedTuple):
    """A checkpoint that the shop's key signed, the one that signed at this size, and who else did, and when."""

    checkpoint: Checkpoint
    seen: tuple[SeenBy, ...] = ()

    @property
    def size(self) -> Seq:
        """How many entries it is of."""
        return Seq(self.checkpoint.size)


def known_of(signed: Signed, keys: KeyHistory) -> list[KnownCheckpoint]:
    """The checkpoints that count, by their sizes. A signature of a key that was replaced before is none."""
    found = [
        KnownCheckpoint(each.checkpoint, seen_by(each, signed.witnesses))
        for each in signed.kept
        if is_signed(each.note, keys.allowed(each.checkpoint.size, signed.own))
    ]
    return sorted(found, key=lambda each: each.size)


def seen_by(signed: SignedCheckpoint, witnesses: Iterable[VerifierKey]) -> tuple[SeenBy, ...]:
    """Which of some witnesses signed a checkpoint, and when."""
    found = []
    for key in witnesses:
        with suppress(NoteError):
            at = signed.note.seen(key)
            if at is not None:
                found.append(SeenBy(key.name, Seq(signed.checkpoint.size), at))
    return tuple(found)


def gives_up(adoptions: Iterable[Adoption], size: int) -> bool:
    """Whether the book says by itself that a checkpoint of so many entries was of a copy that an adoption gave up."""
    return any(entry <= size <= last for entry, last in adoptions)


def against_signed(tally: Tally, signed: Signed, pages: ReadOnlyBook, end: End, *, beside: bool) -> Sealed:
    """Hold the book against every checkpoint that is known of it.

    One that lies behind an adoption, of entries of the lost copy, was given up by it.

    Args:
        tally: for the fault; and for the blocks that were read.
        signed: the checkpoints.
        pages: the book, whose chain holds.
        end: where it ends.
        beside: whether this is known to be a copy beside the book in which this machine writes: it may be older.
    """

    def is_given_up(known: KnownCheckpoint) -> bool:
        return gives_up(tally.adoptions, known.size)

    known = known_of(signed, KeyHistory(tally.keys))
    within = [each for each in known if each.size <= end.last]
    found = _hold(within, _tree(tally, pages, signed.blocks), is_given_up)
    if found.differs and signed.blocks:  # what was kept may be damaged
        found = _hold(within, _tree(tally, pages, b""), is_given_up)
    if found.differs:
        tally.fault("checkpoint", 0, "not_as_signed")
        return found
    for each in known[len(within) :]:
        if is_given_up(each):
            found = found._replace(given_up=each.size)
        elif not end.torn and not beside:
            found = found._replace(missing_upto=each.size)
    if found.missing_upto:
        tally.fault("checkpoint", 0, "signed_cut_off")
    return found


def _tree(tally: Tally, pages: ReadOnlyBook, kept: bytes) -> BookTree:
    """The tree of a book, of the blocks that were just read, and of those that were kept of the others."""
    blocks: list[bytes] = []
    while len(block := tally.blocks.get(len(blocks), kept[len(blocks) * 32 :][:32])) == 32:
        blocks.append(block)
    return BookTree(pages, b"".join(blocks))


def _hold(within: Sequence[KnownCheckpoint], tree: BookTree, is_given_up: Callable[[KnownCheckpoint], bool]) -> Sealed:
    """How far checkpoints hold, in the order of their sizes."""
    found = Sealed()
    roots = tree.roots(each.size for each in within)
    for each in within:
        try:
            holds = next(roots) == each.checkpoint.root
        except BookBrokenError:  # the book was changed since it was read, a moment ago
            holds = False
        if holds:
            found = found.with_one(each.size, each.seen)
        elif is_given_up(each):
            found = found._replace(given_up=each.size)
        else:
            return found._replace(differs=each.size)
    return found
