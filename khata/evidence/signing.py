"""Signing the tree of a book as it stands on the disk."""

from __future__ import annotations

from khata.log.checkpoint import Checkpoint, SignedCheckpoint, origin_of
from khata.log.errors import BookBrokenError, SignedDiffersError
from khata.log.note import Note, Signer, is_signed, sign
from khata.store.blocks import Blocks
from khata.store.checkpoints import Checkpoints
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.against_signed import gives_up
from khata.verifying.keys import history_of
from khata.verifying.stored import adoptions_of, opened
from khata.verifying.tree import BookTree


def book_id(pages: ReadOnlyBook) -> str:
    """The book (32 hex) in a file. Raises BookBrokenError."""
    first = opened(pages)
    if first is None:
        raise BookBrokenError(path=str(pages.path), entry=1, reason="not_opened")
    return first.book


def tree_of(pages: ReadOnlyBook, blocks: Blocks, known: SignedCheckpoint | None, *, given_up: bool = False) -> BookTree:
    """The tree of a book, with the blocks that were kept as far as a checkpoint vouches for them.

    `given_up`: whether an adoption gave that checkpoint up, if it does not hold.

    Raises:
        SignedDiffersError: the book no longer has what the checkpoint says of it.
        BookBrokenError: its entries do not hold together.
    """
    if known is None:
        return BookTree(pages)
    size, last = known.checkpoint.size, pages.standing().head.seq
    tree = BookTree(pages, blocks.read())
    if size > last or not tree.comes_to(size, known.checkpoint.root):
        adopted = given_up or gives_up(adoptions_of(pages, last), size)
        raise SignedDiffersError(path=str(pages.path), size=size, entries=last, adopted=adopted)
    return tree


def _go_on_from_other_keys(pages: ReadOnlyBook, tree: BookTree, kept: Checkpoints, signer: Signer, last: int) -> None:
    """A new key signs what the shop's keys before it signed: to change the key must not be the way to change the book.

    What an adoption gave up, the book itself says.

    Raises:
        SignedDiffersError: the largest checkpoint of another key is not of this book.
    """
    signed = list(kept.all())
    if not signed:  # nearly always: and to know the keys before this one all entries are read
        return
    keys = [*history_of(pages, last).all(), signer.key]
    adoptions = adoptions_of(pages, last)
    for each in signed:
        size = each.checkpoint.size
        if not is_signed(each.note, keys):
            continue
        if size <= last and tree.comes_to(size, each.checkpoint.root):
            return
        if not gives_up(adoptions, size):
            raise SignedDiffersError(path=str(pages.path), size=size, entries=last, adopted=False)


def give_up(pages: ReadOnlyBook, kept: Checkpoints) -> None:
    """Set aside the checkpoints that the shop alone signed and that are not of this book, once it was adopted.

    Where the lost copy and the adopted one parted nobody knows, so the book cannot say which they are. What somebody
    outside signed stays, and stands against the book. Raises BookBrokenError, OSError.
    """
    last, tree = pages.standing().head.seq, BookTree(pages)
    for each in [*kept.all()]:
        size, origin = each.checkpoint.size, each.checkpoint.origin
        alone = all(line.name == origin for line in each.note.signatures)
        if alone and not (size <= last and tree.comes_to(size, each.checkpoint.root)):
            kept.give_up(each)


def sign_head(pages: ReadOnlyBook, blocks: Blocks, kept: Checkpoints, signer: Signer) -> SignedCheckpoint:
    """A checkpoint of all entries that the book has now: the one that is there, or a new one.

    What came since the last one is read back from the disk, hashed and linked anew; what is older must come to the root
    that was signed last. Nothing is signed that does not go on from it.

    Raises:
        SignedDiffersError: the book no longer has what this key signed last; or, of a new key, what one before it did.
        BookBrokenError: its entries do not hold together.
        OSError: it could not be noted, and is not given out then.
    """
    book, last = book_id(pages), pages.standing().head.seq
    before = kept.last(signer.key)
    if before is not None and before.checkpoint.size == last:
        tree_of(pages, blocks, before)
        there = kept.read(last)  # with what witnesses signed of it, unless that is of other entries
        return there if there is not None and there.checkpoint == before.checkpoint else before
    tree = tree_of(pages, blocks, before, given_up=before is not None and kept.is_given_up(before))
    if before is None:
        _go_on_from_other_keys(pages, tree, kept, signer, last)
    checkpoint = Checkpoint(origin_of(book), last, tree.root(last))
    text = checkpoint.text()
    made = SignedCheckpoint(checkpoint, Note(text, (sign(text, signer),)))
    kept.note_signed(made)
    kept.keep(made)
    blocks.keep(tree.blocks)
    return made
