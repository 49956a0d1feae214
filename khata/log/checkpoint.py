"""Checkpoints, and what travels with one: proofs of an entry, requests to a witness; to the byte as C2SP has them.

https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-proof, https://c2sp.org/tlog-witness.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple

from khata.log.merkle import LONGEST_PATH, DoesNotHoldError, root_by_inclusion
from khata.log.note import LONGEST, Note, NoteError, NoteSignature, base64, read_note, read_signature
from khata.units import LARGEST

PROOF = "c2sp.org/tlog-proof@v1"
"""The first line of a proof."""

PLAIN_NUMBER = re.compile("0|[1-9][0-9]{0,15}")
"""A number from 0 as C2SP writes one."""
_ORIGIN = re.compile("khata/([0-9a-f]{32})")


class Checkpoint(NamedTuple):
    """What is signed of a tree: whose it is, how many leaves it has, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def book(self) -> str:
        """The book (32 hex) whose entries the leaves are; "" for a log that is not khata's."""
        found = _ORIGIN.fullmatch(self.origin)
        return found[1] if found else ""

    def text(self) -> str:
        """The text of the note."""
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"


class SignedCheckpoint(NamedTuple):
    """A checkpoint and the note in which it stands."""

    checkpoint: Checkpoint
    note: Note


class InclusionProof(NamedTuple):
    """That a leaf is in a tree. `extra` is what the leaf is made of, and who signs; nothing vouches for it by itself.

    `leaf_index` is 0-based: that of entry n is n - 1.
    """

    extra: bytes
    leaf_index: int
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    def encoded(self) -> str:
        """As it stands in a `.tlog-proof`."""
        extra = f"extra {_text(self.extra)}\n" if self.extra else ""
        return f"{PROOF}\n{extra}index {self.leaf_index}\n{_lines(self.path)}\n{self.signed.note.encoded()}"

    def holds(self, leaf: bytes) -> bool:
        """Whether a leaf (32 bytes) stands there in the tree of the checkpoint. Who signed that is another question."""
        checkpoint = self.signed.checkpoint
        try:
            return root_by_inclusion(leaf, self.leaf_index, checkpoint.size, self.path) == checkpoint.root
        except DoesNotHoldError:
            return False


class WitnessRequest(NamedTuple):
    """What a witness is asked to sign: a checkpoint, and that it goes on from the one of `old` leaves signed before."""

    old: int
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    def encoded(self) -> str:
        """The body of `add-checkpoint`."""
        return f"old {self.old}\n{_lines(self.path)}\n{self.signed.note.encoded()}"


def origin_of(book: str) -> str:
    """What a book (32 hex) is called in its checkpoints, and the name of its keys."""
    return f"khata/{book}"


def read_checkpoint(given: bytes) -> SignedCheckpoint:
    """The checkpoint of a file. Raises NoteError: `not_a_note`, `not_a_checkpoint`."""
    note = read_note(given)
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteError("not_a_checkpoint")
    root = base64(lines[2])
    if len(root) != 32:
        raise NoteError("not_a_checkpoint")
    return SignedCheckpoint(Checkpoint(lines[0], _number(lines[1]), root), note)


def read_proof(given: bytes) -> InclusionProof:
    """The proof of a file. Raises NoteError: `not_a_proof`, or as for its checkpoint."""
    lines, rest = _head(given)
    if lines.pop(0) != PROOF:
        raise NoteError("not_a_proof")
    extra = base64(lines.pop(0).removeprefix("extra ")) if lines[:1] and lines[0].startswith("extra ") else b""
    if not lines or not lines[0].startswith("index "):
        raise NoteError("not_a_proof")
    index = _number(lines.pop(0).removeprefix("index "))
    return InclusionProof(extra, index, _path(lines), read_checkpoint(rest))


def read_request(given: bytes) -> WitnessRequest:
    """The request of a file. Raises NoteError: `not_a_request`, or as for its checkpoint."""
    lines, rest = _head(given)
    if not lines[0].startswith("old "):
        raise NoteError("not_a_request")
    old = _number(lines.pop(0).removeprefix("old "))
    return WitnessRequest(old, _path(lines), read_checkpoint(rest))


def read_answer(given: bytes) -> tuple[NoteSignature, ...]:
    """The signature lines that a witness answered with. Raises NoteError."""
    if len(given) > LONGEST:
        raise NoteError("not_a_note")
    try:
        lines = given.decode().split("\n")
    except UnicodeDecodeError as e:
        raise NoteError("not_a_note") from e
    if len(lines) < 2 or lines.pop():
        raise NoteError("not_a_note")
    return tuple(map(read_signature, lines))


def _head(given: bytes) -> tuple[list[str], bytes]:
    """The lines before the first empty one, and the bytes after it."""
    if len(given) > LONGEST:
        raise NoteError("not_a_proof")
    head, cut, rest = given.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError as e:
        raise NoteError("not_a_proof") from e
    if not cut:
        raise NoteError("not_a_proof")
    return lines, rest


def _path(lines: Sequence[str]) -> tuple[bytes, ...]:
    path = tuple(map(base64, lines))
    if len(path) > LONGEST_PATH or any(len(each) != 32 for each in path):
        raise NoteError("not_a_proof")
    return path


def _lines(path: Sequence[bytes]) -> str:
    return "".join(f"{_text(each)}\n" for each in path)


def _number(text: str) -> int:
    if not PLAIN_NUMBER.fullmatch(text) or int(text) > LARGEST:
        raise NoteError("not_a_checkpoint")
    return int(text)


def _text(blob: bytes) -> str:
    return b64encode(blob).decode()
