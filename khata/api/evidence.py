"""Evidence of the book that is meant: where its keys, checkpoints and blocks are on this machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from khata.api.desk import Desk
from khata.log.checkpoint import SignedCheckpoint, origin_of
from khata.log.errors import (
    BookBrokenError,
    BookError,
    BusyError,
    DiskError,
    KeyUnreadableError,
    NewerBookError,
    SignedDiffersError,
)
from khata.log.note import is_signed
from khata.rules.refused import Refused
from khata.store.blocks import Blocks
from khata.store.checkpoints import Checkpoints
from khata.store.keys import Keys
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.store.witnessed import SeenFile, SignedLast
from khata.units import Seq

if TYPE_CHECKING:
    from khata.log.checkpoint import InclusionProof, WitnessRequest
    from khata.log.excerpt import BalanceProof, StatementProof
    from khata.log.note import NoteSignature, VerifierKey
    from khata.log.short import ShortProof
    from khata.store.keys import PrivateKey
    from khata.verifying.against_signed import Signed
    from khata.verifying.tree import BookTree


class Evidence:
    """What can be shown of a book, and what is needed for it. To be closed.

    Args:
        desk: the book.
        by_the_way: whether it is for what was just recorded: the views are not brought up for that, which after a
            million rows of a file the next question does, and no row says anything of a key.
    """

    def __init__(self, desk: Desk, *, by_the_way: bool = False) -> None:
        self._desk, self._by_the_way = desk, by_the_way
        self.pages = ReadOnlyBook(desk.book_path)

    def close(self) -> None:
        """Let go of the book."""
        self.pages.close()

    @cached_property
    def book(self) -> str:
        """The book (32 hex). Raises BookBrokenError."""
        from khata.evidence.signing import book_id

        return book_id(self.pages)

    @property
    def keys(self) -> Keys:
        """The keys of this user."""
        return Keys(self._desk.places.keys)

    @property
    def kept(self) -> Checkpoints:
        """The checkpoints of the book that are kept here."""
        return Checkpoints(self._desk.places.checkpoints, self._desk.places.signed, self.book)

    @property
    def blocks(self) -> Blocks:
        """What is kept of its tree."""
        return Blocks(self._desk.cache_path.with_suffix(".tree"))

    @cached_property
    def current(self) -> str | None:
        """The verifier key that signs for the book, where an entry of it says so."""
        try:
            if not (self._by_the_way and self._desk.looked):
                self._desk.ask_views()
        except (NewerBookError, BusyError):
            # What is known by now will do: a book that cannot be understood can be signed all the same.
            if not self._desk.looked:
                return None
        about = self._desk.about
        return about.signing_key if about is not None else None

    def key(self) -> PrivateKey:
        """The shop's key, made at its first use.

        Raises:
            KeyNotHere: another one signs for the book, and is not on this machine.
            KeyUnreadableError, DiskError: as they say.
        """
        from khata.evidence.refused import KeyNotHere

        name = origin_of(self.book)
        found = self.keys.current(self.book, name, self.current)
        if found is not None:
            return found
        if self.current is not None:
            raise KeyNotHere(key=self.current)
        return self.keys.make(self.book, name)

    def checkpoint(self) -> SignedCheckpoint:
        """A signed checkpoint of all entries.

        Raises:
            SignedDiffersError: the book no longer has what this machine signed of it.
            BookBrokenError, KeyUnreadableError, DiskError: nothing was signed.
        """
        from khata.evidence.signing import sign_head

        with _on_disk(str(self.kept.folder)):
            return sign_head(self.pages, self.blocks, self.kept, self.key())

    @property
    def witnesses(self) -> SeenFile:
        """Who signed what of the book."""
        return SeenFile(self._desk.places.witnesses / self.book)

    def request(self, old: int) -> WitnessRequest:
        """What a witness is asked to sign, that signed the first entries, so many, before. Raises as `checkpoint`."""
        from khata.log.checkpoint import WitnessRequest
        from khata.log.merkle import consistency
        from khata.log.note import sign

        signed, key = self.checkpoint(), self.key()
        size, note = signed.checkpoint.size, signed.note
        path = consistency(self._tree(signed).subtree, old, size) if old <= size else []
        own = [each for each in note.signatures if each.name == key.key.name]
        note = note._replace(signatures=(*own, sign(note.text, key.introducing())))
        return WitnessRequest(old, tuple(path), signed._replace(note=note))

    def add_answer(self, lines: Sequence[NoteSignature], trusted: VerifierKey | None) -> SignedLast:
        """Keep a witness's signature under the checkpoint that it is of.

        Args:
            lines: what it answered.
            trusted: its key from now on; None for the one that is known, or at the first time the one it brings along.

        Raises:
            NotOurs: it is of no checkpoint that is kept here, or of another key of a witness that is known.
            DiskError: it was not kept.
        """
        from khata.evidence.refused import NotOurs
        from khata.evidence.witness import cosigned, introduced_by

        known = self.witnesses.read()
        for each in self.kept.all():
            brought = introduced_by(each, lines)
            key = trusted or brought
            if key is None:
                continue
            pinned = known.get(key.name)
            if trusted is None and pinned is not None and pinned.key != key:
                raise NotOurs(witness=key.name, why="other_key")
            if (found := cosigned([each], lines, [key])) is not None:
                made, key, at = found
                with _on_disk(str(self.kept.folder)):
                    self.kept.keep(made)
                    seen = SignedLast(key, made.checkpoint.size, made.checkpoint.root, at)
                    if pinned is None or pinned.size <= seen.size or trusted is not None:
                        self.witnesses.note(seen)
                return seen
        raise NotOurs(why="no_checkpoint")

    def proof(self, entry: Seq, also: Collection[Seq]) -> InclusionProof:
        """That an entry is in the book, with those without which it says nothing. Raises as `checkpoint`."""
        from khata.evidence.proofs import entry_proof

        signed, tree, key = self._sealed(max(entry, *also, 1))
        return entry_proof(self.pages, tree, signed, key, entry, also)

    def short(self, entry: Seq) -> ShortProof:
        """The short form of the proof of an entry. Raises as `checkpoint`."""
        from khata.log.chain import leaf
        from khata.log.short import ShortProof

        signed, _, _ = self._sealed(entry)
        body = self.pages.body(entry)
        if body is None:
            raise BookBrokenError(path=str(self.pages.path), entry=entry, reason="no such entry")
        return ShortProof(entry, leaf(body), signed)

    def statement(self, entries: Collection[Seq]) -> StatementProof:
        """That entries are in the book, together. Raises as `checkpoint`."""
        from khata.evidence.proofs import statement_proof

        signed, tree, key = self._sealed(max(entries))
        return statement_proof(self.pages, tree, signed, key, entries)

    def balance(self, sealed: Seq, shown: tuple[bytes, int, list[bytes]]) -> BalanceProof:
        """That a balance is what an entry of the book seals. Raises as `checkpoint`."""
        from khata.evidence.proofs import balance_proof

        signed, tree, key = self._sealed(sealed)
        return balance_proof(self.pages, tree, signed, key, sealed, shown)

    def _sealed(self, upto: int) -> tuple[SignedCheckpoint, BookTree, VerifierKey]:
        """A checkpoint that has an entry, the tree that comes to it, and the key that signed it.

        One that somebody outside has signed, too, is worth more than a later one.
        """
        key, kept = self.key().key, self.kept
        witnessed = [kept.read(each.size) for each in self.witnesses.read().values() if each.size >= upto]
        found = [each for each in (*witnessed, kept.last(key)) if each is not None and each.checkpoint.size >= upto]
        signed = next((each for each in found if is_signed(each.note, [key])), None) or self.checkpoint()
        return signed, self._tree(signed), key

    def _tree(self, signed: SignedCheckpoint) -> BookTree:
        from khata.evidence.signing import tree_of

        return tree_of(self.pages, self.blocks, signed)


def known_checkpoints(desk: Desk, book: str) -> Signed:
    """What is kept on this machine of a book (32 hex, or "") besides it."""
    from khata.verifying.against_signed import Signed

    places = desk.places
    kept = Checkpoints(places.checkpoints, places.signed, book)
    if not book or not kept.sizes():
        return Signed()
    own: list[VerifierKey] = []
    witnesses: list[VerifierKey] = []
    with suppress(KeyUnreadableError):
        private = Keys(places.keys).read(book, origin_of(book))
        own = [private.key] if private is not None else []
    with suppress(DiskError):  # they are no part of what is verified
        witnesses = [each.key for each in SeenFile(places.witnesses / book).read().values()]
    blocks = Blocks(desk.cache_path.with_suffix(".tree")).read()
    return Signed(list(kept.all()), own, witnesses, blocks)


@contextmanager
def _on_disk(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        raise DiskError(path=e.filename or path, reason=e.strerror or str(e)) from e


def checkpoint_quietly(desk: Desk) -> SignedCheckpoint | None:
    """A checkpoint of all entries, as it is made by the way: None where it cannot be, whatever is in the way.

    Raises:
        SignedDiffersError: the book is not what was signed, which nobody may pass over.
    """
    try:
        with evidence(desk, by_the_way=True) as found:
            return found.checkpoint()
    except SignedDiffersError:
        raise
    except (BookError, Refused, OSError, ImportError, MemoryError):
        return None


def checkpoint_if_due(desk: Desk) -> SignedDiffersError | None:
    """A checkpoint by the way, where entries were recorded after which one is made: at the first of a day, of a file.

    Returns:
        What nobody may pass over, though the entries are recorded: the book is not what was signed.
    """
    books = desk.__dict__.get("books")  # of a question there are none
    if books is None or not books.checkpoint_due:
        return None
    books.checkpoint_due = False
    try:
        checkpoint_quietly(desk)
    except SignedDiffersError as e:
        return e
    return None


@contextmanager
def evidence(desk: Desk, *, by_the_way: bool = False) -> Iterator[Evidence]:
    """A block with the evidence of the book that is meant. Raises BookError."""
    found = Evidence(desk, by_the_way=by_the_way)
    try:
        yield found
    finally:
        found.close()
