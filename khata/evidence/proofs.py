"""Making proofs of entries of a book, for who holds one of them and shall see nobody else's (docs/EVIDENCE.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from khata.log.checkpoint import InclusionProof, SignedCheckpoint
from khata.log.errors import BookBrokenError
from khata.log.excerpt import BalanceProof, Excerpt, StatementProof
from khata.log.merkle import inclusion, pruned
from khata.log.note import VerifierKey
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.tree import BookTree


def entry_proof(
    pages: ReadOnlyBook, tree: BookTree, signed: SignedCheckpoint, key: VerifierKey, entry: Seq, also: Iterable[Seq]
) -> InclusionProof:
    """That an entry is in the tree of a checkpoint.

    Args:
        pages: the book.
        tree: its tree, which comes to the checkpoint.
        signed: the checkpoint; it has the entry.
        key: the shop's.
        entry: the entry.
        also: the entries without which it says nothing: that of its party, and the one that it cancels.

    Raises:
        BookBrokenError: an entry cannot be read.
    """
    size, index = signed.checkpoint.size, entry - 1
    extra = _excerpt(pages, tree, size, key, {entry, *also}).encoded()
    return InclusionProof(extra, index, tuple(inclusion(tree.subtree, index, size)), signed)


def statement_proof(
    pages: ReadOnlyBook, tree: BookTree, signed: SignedCheckpoint, key: VerifierKey, entries: Iterable[Seq]
) -> StatementProof:
    """That several entries are in the tree of a checkpoint, which has all of them; else as `entry_proof`."""
    return StatementProof(_excerpt(pages, tree, signed.checkpoint.size, key, {*entries}), signed)


def balance_proof(
    pages: ReadOnlyBook,
    tree: BookTree,
    signed: SignedCheckpoint,
    key: VerifierKey,
    sealed: Seq,
    shown: tuple[bytes, int, list[bytes]],
) -> BalanceProof:
    """That a balance stands under the root of an entry that is in the tree of a checkpoint; else as `entry_proof`.

    Args:
        pages: the book.
        tree: its tree.
        signed: the checkpoint.
        key: the shop's.
        sealed: the `balances_sealed`.
        shown: the text of the leaf, its place among the balances and its path there.
    """
    excerpt = _excerpt(pages, tree, signed.checkpoint.size, key, {sealed})
    text, index, path = shown
    return BalanceProof(excerpt._replace(details=()), text, index, tuple(path), signed)


def _excerpt(pages: ReadOnlyBook, tree: BookTree, size: int, key: VerifierKey, entries: set[Seq]) -> Excerpt:
    bodies, details = [], []
    for entry in sorted(entries):
        found = pages.pages(entry, entry)
        if not found.entries or type(found.entries[0][1]) is not bytes:
            raise BookBrokenError(path=str(pages.path), entry=entry, reason="no such entry")
        bodies.append(found.entries[0][1])
        details += [_line(entry, salt, body) for _, salt, body, form in found.details if form == 0]
    parts = pruned(tree.subtree, [entry - 1 for entry in entries], size)
    return Excerpt(str(key), tuple(bodies), tuple(details), tuple(parts))


def _line(entry: int, salt: bytes, body: bytes) -> str:
    value = {"entry": entry, "salt": salt.hex(), "body": body.decode("utf-8", "replace")}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
