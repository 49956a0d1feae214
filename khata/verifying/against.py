"""What else tells of a book: another copy, an exported log, a checkpoint, a proof. One must go on from the other.

Two hashes at one place are a fork.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from khata.events import codec
from khata.events.base import MalformedError
from khata.events.book import BookOpened, CopyAdopted
from khata.log.chain import EMPTY, Entry, Head, all_follow, leaf, place, seal
from khata.log.checkpoint import PROOF, Checkpoint, SignedCheckpoint
from khata.log.errors import BookBrokenError, DiskError, NotABookError
from khata.log.excerpt import BALANCE, STATEMENT
from khata.log.note import LONGEST, Note, NoteError, VerifierKey, is_signed
from khata.log.packed import begin
from khata.log.short import BEGIN
from khata.store.files import read_file
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.keys import KeyHistory, history_of
from khata.verifying.proofs import ProofFault, ReadProof, hold, read
from khata.verifying.schema import readable
from khata.verifying.stored import of_kind, opened
from khata.verifying.tree import BookTree
from khata.verifying.verdict import CheckResult

STEP = 4096
"""Entries that are compared at a time."""

LONGEST_LINE = 1 << 17
"""Bytes that are read of one line of a log; a body has at most 65,535."""


_NONE = Seq(0)


Relation = Literal["same", "ahead", "behind", "fork", "other_book"]
"""How this book stands to the other. `ahead`: this one goes on from it; `behind`: this one is shorter."""

Unrelated = Literal[
    "this_file", "broken", "not_compared", "forged", "revoked", "unsigned", "unreadable", "unknown_key", "given_up"
]
"""Why nothing was compared: it is the very same file; it, or this book, does not hold by itself; it is forged; it is
signed by a key of this book that had been replaced by then, by nobody, or by a key that nobody here knows; a newer
khata wrote it; or the copy that it tells of was given up by an adoption."""


_HARMLESS = ("this_file", "unsigned", "unreadable", "unknown_key", "given_up")
"""What is no word against the book, nor against the file."""


class Fork(NamedTuple):
    """An entry of which both say something else; `upto` if only that it is one of the first so many entries is known.

    `here` and `there` are its bytes, None where they are not known.
    """

    entry: Seq
    upto: bool = False
    here: bytes | None = None
    there: bytes | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a book stands to something else that tells of it.

    Attributes:
        path: the other file.
        relation: how they stand to each other; None where that is not known.
        why: why it is not.
        entry: the last entry that both have, where they agree.
        entries: how many entries the other has.
        missing: how many of these this book lacks.
        more: how many entries this book has beyond them; None where they do not agree.
        fork: where they part.
        stranger: whether a key signed it that the book does not name. That may be anybody's, and may be the shop's own
            from before the book was written anew, so it is said and the file is compared all the same.
    """

    path: Path
    relation: Relation | None = None
    why: Unrelated | None = None
    entry: Seq = _NONE
    entries: int = 0
    missing: int = 0
    more: int | None = None
    fork: Fork | None = None
    stranger: bool = False

    @property
    def result(self) -> CheckResult:
        """The comparison as the result of a check."""
        if self.relation in ("same", "ahead"):
            return "ok"
        return "not_checked" if self.why in _HARMLESS else "bad"

    @property
    def contradicts(self) -> bool:
        """Whether the other says something else of this very book; else it is the other that is of no use."""
        return self.relation in ("behind", "fork")


def sizes_agree(path: Path, last: int, size: int) -> Comparison:
    """Two of which one goes on from the other: how far each goes."""
    relation: Relation = "same" if last == size else "ahead" if last > size else "behind"
    return Comparison(path, relation, None, Seq(min(last, size)), size, max(0, size - last), max(0, last - size))


def against(book: Path, other: Path, own: Sequence[VerifierKey] = ()) -> Comparison:
    """Compare a book with another copy of it, its exported log, a checkpoint, or a proof.

    `own` are the shop's keys that this machine knows besides those that the book names.

    Hashes are made from the bodies here, never believed. Neither file is otherwise verified: that is `verify`'s.

    Raises:
        NotABookError: the other file is nothing of this.
        BookBrokenError: an entry of the other file cannot be read, or does not follow the one before it.
        BookError: as for any book that cannot be read.
    """
    with closing(ReadOnlyBook(book)) as mine:
        last = _last(mine)
        try:
            theirs = ReadOnlyBook(other)
        except NotABookError as e:
            if e.facts.get("why") == "not_a_file":  # a pipe would be waited for
                raise
            proof = _proof(other)
            return _proven(mine, last, other, proof, own) if proof is not None else _logged(mine, last, other)
        with closing(theirs):
            return _copied(mine, last, other, theirs)


def tells_of_a_book(path: Path) -> bool:
    """Whether a file is something that a book can be compared with, by how it begins."""
    first = begin(read_file(path, 4096) or b"", 4096).partition(b"\n")[0]
    line = first.decode("utf-8", "replace")
    if first.startswith((b"SQLite format 3\0", b'{"@prev":', BEGIN.encode() + b":")):
        return True
    return line in (PROOF, STATEMENT, BALANCE) or bool(Checkpoint(line, 0, b"").book)


def _copied(mine: ReadOnlyBook, last: int, path: Path, theirs: ReadOnlyBook) -> Comparison:
    size = _last(theirs)
    if not size:
        raise BookBrokenError(path=str(path), entry=1, reason="not_opened")
    shorter = min(last, size)
    if shorter and _hash(mine, shorter) == _hash(theirs, shorter):
        _check_links(theirs, shorter)  # a copy in which an entry was changed may have kept its hashes
        return sizes_agree(path, last, size)
    return _compare(mine, last, path, _bodies(theirs, shorter), size)


def _logged(mine: ReadOnlyBook, last: int, path: Path) -> Comparison:
    return _compare(mine, last, path, _lines(path), None)


def _proof(path: Path) -> ReadProof | None:
    """The proof or checkpoint in a file; None if it is something else."""
    try:
        return read(read_file(path, LONGEST + 1) or b"")
    except NoteError:
        return None


def against_signed_last(book: Path, known: Path, signed: Checkpoint) -> Comparison:
    """Compare a book with the checkpoint of it that a witness on this machine signed last. Raises BookError."""
    with closing(ReadOnlyBook(book)) as mine:
        note = Note(signed.text(), ())
        return _stands(mine, _last(mine), known, ReadProof("checkpoint", SignedCheckpoint(signed, note)))


def _proven(mine: ReadOnlyBook, last: int, path: Path, proof: ReadProof, own: Sequence[VerifierKey]) -> Comparison:
    """Hold the book against a checkpoint, and against each entry of a proof."""
    size = proof.signed.checkpoint.size
    first = opened(mine)
    if first is not None and first.book != proof.signed.checkpoint.book:
        return Comparison(path, "other_book", entries=size)
    history = history_of(mine, last)
    keys = [*dict.fromkeys((*history.all(), *own))]
    if why := _unheard(proof, keys, history, own):
        return Comparison(path, why=why, entries=size)
    found = _stands(mine, last, path, proof)
    return replace(found, stranger=found.relation is not None and not is_signed(proof.signed.note, keys))


def _stands(mine: ReadOnlyBook, last: int, path: Path, proof: ReadProof) -> Comparison:
    """How a book stands to what is to be listened to; what an adoption gave up is no word against it."""
    size = proof.signed.checkpoint.size
    found = _related(mine, last, path, proof)
    if found.contradicts and _is_given_up(mine, last, found.fork.entry if found.fork is not None else Seq(size)):
        return Comparison(path, why="given_up", entries=size)
    return found


def _unheard(
    proof: ReadProof, keys: Sequence[VerifierKey], history: KeyHistory, own: Sequence[VerifierKey]
) -> Unrelated | None:
    """Why a proof is no witness of anything; None where it is to be listened to."""
    note, checkpoint = proof.signed.note, proof.signed.checkpoint
    try:
        signers = [key for key in keys if note.seen(key) is not None]
    except NoteError:
        return "forged"
    if signers and not set(signers) & set(history.allowed(checkpoint.size, own)):
        return "revoked"
    if not any(each.name == checkpoint.origin for each in note.signatures):
        return "unsigned"
    if proof.short is not None:  # only the key could tell that it is the shop's
        return None if signers else "unknown_key"
    try:
        if proof.excerpt is not None:
            hold(proof)
    except ProofFault as e:
        return "unreadable" if e.code in ("newer", "key_kind") else "forged"
    return None


def _related(mine: ReadOnlyBook, last: int, path: Path, proof: ReadProof) -> Comparison:
    """How a book stands to a proof that holds, or to a checkpoint."""
    checkpoint, short = proof.signed.checkpoint, proof.short
    for body in proof.excerpt.bodies if proof.excerpt is not None else ():
        here = mine.body(place(body)) if place(body) <= last else None
        if here is not None and here != body:
            return _parted(path, checkpoint.size, Fork(place(body), here=here, there=body))
    if short is not None and short.entry <= last:
        here = mine.body(Seq(short.entry))
        if here is not None and leaf(here) != short.leaf:
            return _parted(path, checkpoint.size, Fork(Seq(short.entry), here=here))
    if checkpoint.size <= last and BookTree(mine).root(checkpoint.size) != checkpoint.root:
        return _parted(path, checkpoint.size, Fork(Seq(checkpoint.size), upto=True))
    return sizes_agree(path, last, checkpoint.size)


def _is_given_up(mine: ReadOnlyBook, last: int, entry: int) -> bool:
    """Whether an entry is one of those of a lost copy that an adoption gave up, as the book itself says."""
    return any(each.seq <= entry <= each.event.size for each in of_kind(mine, 1, last, CopyAdopted))


def _parted(path: Path, size: int, fork: Fork) -> Comparison:
    return Comparison(path, "fork", None, Seq(0 if fork.upto else fork.entry - 1), size, fork=fork)


def _last(pages: ReadOnlyBook) -> int:
    standing = pages.standing()
    if not readable(standing):
        raise BookBrokenError(path=str(pages.path), reason="schema")
    return min(standing.head.seq, standing.most)


def _hash(pages: ReadOnlyBook, seq: int) -> bytes:
    body = pages.body(Seq(seq))
    if body is None:
        raise BookBrokenError(path=str(pages.path), entry=seq, reason="no such entry")
    return leaf(body)


def _bodies(pages: ReadOnlyBook, last: int) -> Iterator[bytes]:
    for first in range(1, last + 1, STEP):
        for seq, body, _ in pages.entries(first, min(last, first + STEP - 1))[1]:
            if type(body) is not bytes:
                raise BookBrokenError(path=str(pages.path), entry=seq, reason="not bytes")
            yield body


def _check_links(pages: ReadOnlyBook, last: int) -> None:
    """Raises BookBrokenError: an entry up to `last` does not follow the one before it."""
    before = EMPTY
    for first in range(1, last + 1, STEP):
        rows = pages.entries(first, min(last, first + STEP - 1))[1]
        if not all_follow(rows, before):
            raise BookBrokenError(path=str(pages.path), entry=first, reason="link_differs")
        before = Head(Seq(rows[-1][0]), rows[-1][2])


def _compare(mine: ReadOnlyBook, last: int, path: Path, theirs: Iterator[bytes], size: int | None) -> Comparison:
    seq = 0
    ours = _bodies(mine, last)
    for seq, there in enumerate(theirs, 1):
        here = next(ours, None) if seq <= last else there
        if here != there:
            if seq == 1 and _id(here) != _id(there):
                return Comparison(path, "other_book", entries=size or 0)
            return _parted(path, size or seq, Fork(Seq(seq), here=here, there=there))
    return sizes_agree(path, last, size or seq)


def _id(body: bytes | None) -> str | None:
    """The book (32 hex) of a first entry; None if it does not say."""
    try:
        event = codec.read(body or b"").event
    except MalformedError:
        return None
    return event.book if isinstance(event, BookOpened) else None


def _lines(path: Path) -> Iterator[bytes]:
    """The bodies of an exported log, each of which must follow the one before it; at the end the head."""
    head, closed = EMPTY, False
    try:
        with path.open("rb") as file:
            for body in _whole_lines(file):
                if closed:
                    raise BookBrokenError(path=str(path), entry=head.seq, reason="it goes on after the head")
                if body.startswith(b'{"@prev":'):
                    head = _next(path, body, head)
                    yield body
                elif head == EMPTY:
                    raise NotABookError(path=str(path), why="not_of_a_book")
                elif body.startswith(b'{"head":"%b","size":%d}' % (head.hash.hex().encode(), head.seq)):
                    closed = True
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    if not closed:
        raise BookBrokenError(path=str(path), entry=head.seq, reason="the head at the end is missing or differs")


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, as a detail may be, its beginning."""
    inside = False
    while piece := file.readline(LONGEST_LINE):
        if not inside:
            yield piece.rstrip(b"\r\n")
        inside = not piece.endswith(b"\n")


def _next(path: Path, body: bytes, head: Head) -> Head:
    try:
        entry: Entry = seal(body, head)
    except ValueError as e:
        raise BookBrokenError(path=str(path), entry=head.seq + 1, reason="link_differs") from e
    return Head(entry.seq, entry.hash)
