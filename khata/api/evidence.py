"""Evidence of the book that is meant: where its keys, checkpoints and blocks are on this machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from khata.api.desk import Desk
from khata.grammar.days import business_day
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
from khata.log.note import KINDS, is_signed
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

_CLOCKS_APART_S = 2 * 24 * 60 * 60
"""Seconds that a witness's clock may be before the one here; what it says of a later day is not kept."""


class Evidence:
    """What can be shown of a book, and what is needed for it. To be closed.

    Args:
        desk: the book.
        by_the_way: whether it is for what was just recorded: the views are not brought up for that, which after a
            million rows of a file the next question does, and no row says anything of a key.
    """

    def __init__(self, desk: Desk, *, by_the_way: bool = False) -> None:
        self._desk, self._by_the_way = desk, by_the_way
        self._unsure: BookError | None = None
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
        except (NewerBookError, BusyError) as e:
            # What is known by now will do for a key that is here: a book that cannot be understood can be signed all
            # the same. No key is made on that, for the book may name another.
            self._unsure = e
            if not self._desk.looked:
                return None
        about = self._desk.about
        return about.signing_key if about is not None else None

    def key_here(self) -> PrivateKey | None:
        """The shop's key; None if there is none yet, on this machine or in the book.

        Raises:
            KeyNotHere: another one signs for the book, and is not on this machine.
            NewerBookError, BusyError: there is none here, and which one the book names is not known.
            KeyUnreadableError, DiskError: as they say.
        """
        from khata.evidence.refused import KeyNotHere

        found = self.keys.current(self.book, origin_of(self.book), self.current)
        if found is None and self._unsure is not None:
            raise self._unsure
        if found is None and self.current is not None:
            raise KeyNotHere(key=self.current)
        return found

    def key(self) -> PrivateKey:
        """The shop's key, made at its first use. Raises as `key_here`.

        By the way none is made where the book was signed elsewhere: KeyNotHere.
        """
        from khata.evidence.refused import KeyNotHere

        found = self.key_here()
        if found is not None:
            return found
        if self._by_the_way and not self._began_here():
            raise KeyNotHere(key="")
        return self.keys.make(self.book, origin_of(self.book))

    def may_lie_elsewhere(self) -> bool:
        """Whether `key` would make one though the book's own may be on another machine. Raises as `key_here`."""
        return self.key_here() is None and not self._began_here()

    def _began_here(self) -> bool:
        """Whether nothing tells that the book was signed on another machine, where its key may be.

        Who comes with a book to a new computer sells first, and brings the key later: one that was made by the way
        would have signed by then.
        """
        from khata.verifying.stored import opened

        first, own = opened(self.pages), self._desk.places.own_counter()
        return not all_kept(self.kept) and self._desk.about is not None and first is not None and first.counter == own

    def take_back(self, key: PrivateKey) -> Path | None:
        """Let a key that was brought from outside sign for the shop.

        Returns:
            Where the one lies now that was in its place; None if there was none.

        Raises:
            OtherKey: it is not the shop's, as far as the book or what is kept here tells. Nothing was changed.
            NewerBookError, BusyError, DiskError: as they say.
        """
        from khata.evidence.refused import OtherKey
        from khata.verifying.keys import history_of

        current = self.current
        if self._unsure is not None:
            raise self._unsure
        if current is not None and str(key.key) != current:
            changes = history_of(self.pages, self.pages.standing().head.seq).changes
            raise OtherKey(why="named", key=current, entry=changes[-1][0])
        here = None
        with suppress(KeyUnreadableError):  # it is set aside
            here = self.keys.read(self.book, key.key.name)
        if current is None and (here is None or here.key != key.key):
            notes = [each.note for each in all_kept(self.kept)]
            if not any(is_signed(note, [key.key]) for note in notes) and any(
                each.name == key.key.name for note in notes for each in note.signatures
            ):
                raise OtherKey(why="signed", key=str(key.key))
        return self.keys.put(self.book, key)

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
            NotOurs: it is of no checkpoint that is kept here, of another key of a witness that is known, of no witness
                at all, or of a day that has not come.
            DiskError: it was not kept.
        """
        from khata.evidence.refused import NotOurs

        witnesses = self.witnesses
        with witnesses.alone():  # of two answers at once neither is lost
            known = witnesses.read()
            for each in self.kept.all():
                if (found := self._answered(each, lines, trusted, known)) is not None:
                    made, seen = found
                    pinned = known.get(seen.key.name)
                    with _on_disk(str(self.kept.folder)):
                        self.kept.keep(made)
                        if pinned is None or pinned.size <= seen.size or trusted is not None:
                            witnesses.note(seen)
                    return seen
        raise NotOurs(why="no_checkpoint")

    def _answered(
        self,
        kept: SignedCheckpoint,
        lines: Sequence[NoteSignature],
        trusted: VerifierKey | None,
        known: Mapping[str, SignedLast],
    ) -> tuple[SignedCheckpoint, SignedLast] | None:
        """A checkpoint with what a witness answered to it; None if that is to another one. Raises NotOurs."""
        from khata.evidence.refused import NotOurs
        from khata.evidence.witness import cosigned, introduced_by

        key = trusted or introduced_by(kept, lines)
        if key is None:
            return None
        if not KINDS[key.kind].timed or key.name == kept.checkpoint.origin:
            raise NotOurs(witness=key.name, why="no_witness")  # a shop does not vouch for itself
        pinned = known.get(key.name)
        if trusted is None and pinned is not None and pinned.key != key:
            raise NotOurs(witness=key.name, why="other_key")
        found = cosigned([kept], lines, [key])
        if found is None:
            return None
        made, key, at = found
        if at > self._desk.now().timestamp() + _CLOCKS_APART_S:
            raise NotOurs(witness=key.name, why="not_yet", day=business_day(datetime.fromtimestamp(at, UTC)))
        return made, SignedLast(key, made.checkpoint.size, made.checkpoint.root, at)

    def proof(self, entry: Seq, also: Collection[Seq]) -> InclusionProof:
        """That an entry is in the book, with those without which it says nothing. Raises as `checkpoint`."""
        from khata.evidence.proofs import entry_proof

        signed, tree, key = self._sealed(max(entry, *also, 1))
        made = entry_proof(self.pages, tree, signed, key, entry, also)
        self._check(made.encoded())
        return made

    def short(self, entry: Seq) -> ShortProof:
        """The short form of the proof of an entry. Raises as `checkpoint`."""
        from khata.evidence.proofs import entry_proof
        from khata.log.chain import leaf
        from khata.log.note import sign
        from khata.log.short import ShortProof, claim

        signed, tree, public = self._sealed(entry)
        whole, key = entry_proof(self.pages, tree, signed, public, entry, ()), self.key()
        body = self.pages.body(entry)
        if body is None or not whole.holds(leaf(body)):  # signed here is only what the signed book has
            raise BookBrokenError(path=str(self.pages.path), entry=entry, reason="not as signed")
        checkpoint = whole.signed.checkpoint
        return ShortProof(entry, leaf(body), checkpoint, sign(claim(entry, leaf(body), checkpoint), key))

    def statement(self, entries: Collection[Seq]) -> StatementProof:
        """That entries are in the book, together. Raises as `checkpoint`."""
        from khata.evidence.proofs import statement_proof

        signed, tree, key = self._sealed(max(entries))
        made = statement_proof(self.pages, tree, signed, key, entries)
        self._check(made.encoded())
        return made

    def balance(self, sealed: Seq, shown: tuple[bytes, int, list[bytes]]) -> BalanceProof:
        """That a balance is what an entry of the book seals. Raises as `checkpoint`."""
        from khata.evidence.proofs import balance_proof

        signed, tree, key = self._sealed(sealed)
        made = balance_proof(self.pages, tree, signed, key, sealed, shown)
        self._check(made.encoded())
        return made

    def _check(self, proof: str) -> None:
        """Check a proof as the customer will: kept blocks vouch for entries that were not read again.

        Raises:
            ProofTooLong: nobody would read it.
            BookBrokenError: it does not hold.
        """
        from khata.evidence.refused import ProofTooLong
        from khata.log.note import LONGEST, NoteError
        from khata.verifying.proofs import ProofFault, hold, read

        content = proof.encode()
        if len(content) > LONGEST:
            raise ProofTooLong(most=LONGEST)
        try:
            hold(read(content))
        except (NoteError, ProofFault) as e:
            raise BookBrokenError(path=str(self.pages.path), reason="not as signed") from e

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
    signed = all_kept(kept) if book else []
    if not signed:
        return Signed()
    witnesses: list[VerifierKey] = []
    with suppress(DiskError):  # they are no part of what is verified
        witnesses = [each.key for each in SeenFile(places.witnesses / book).read().values()]
    blocks = Blocks(desk.cache_path.with_suffix(".tree")).read()
    return Signed(signed, own_keys(desk, book), witnesses, blocks)


def give_up_checkpoints(desk: Desk) -> None:
    """Set aside what this machine alone signed of the copy that an adoption gave up.

    What is in the way is passed over: the adoption is recorded, and `verify` speaks of a checkpoint that stays.
    """
    from khata.evidence.signing import give_up

    with suppress(BookError, OSError), evidence(desk, by_the_way=True) as found:
        give_up(found.pages, found.kept)


def own_keys(desk: Desk, book: str) -> list[VerifierKey]:
    """The keys of a book (32 hex, or "") that are on this machine and can be read; those that were replaced, too."""
    return [each.key for each in Keys(desk.places.keys).all(book, origin_of(book))] if book else []


def all_kept(kept: Checkpoints) -> list[SignedCheckpoint]:
    """The checkpoints of the folder, and the one that is noted apart from it, which is there where that was deleted."""
    found, noted = list(kept.all()), kept.noted()
    known = noted is None or kept.is_given_up(noted) or any(each.checkpoint == noted.checkpoint for each in found)
    if noted is not None and not known:
        found.append(noted)
    return found


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
