"""The short form of a proof, for a QR on a receipt: which entry, its leaf, and a root (docs/EVIDENCE.md).

It has no path: the shop says that this entry is in the book with this root, and signs just that, all of it. Under the
root alone anybody could put any number and any leaf.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode, b64encode
from binascii import Error
from typing import NamedTuple

from khata.log.checkpoint import Checkpoint, origin_of
from khata.log.note import Note, NoteError, NoteSignature
from khata.units import LARGEST

BEGIN = "KHATA1"
"""How the text begins; it has only signs of which a QR takes two in eleven bits."""

_HASH, _NUMBER = "([A-Z2-7]{52})", "([1-9][0-9]{0,15})"
_TEXT = re.compile(f"{BEGIN}:([A-Z2-7]{{26}}):{_NUMBER}:{_HASH}:{_NUMBER}:{_HASH}:([A-Z2-7]+)")


class ShortProof(NamedTuple):
    """An entry's number and its leaf (32 bytes), the checkpoint that has it, and the shop's signature of it."""

    entry: int
    leaf: bytes
    checkpoint: Checkpoint
    signature: NoteSignature

    def note(self) -> Note:
        """What is signed."""
        return Note(claim(self.entry, self.leaf, self.checkpoint), (self.signature,))

    def encoded(self) -> str:
        """The text in the QR."""
        checkpoint = self.checkpoint
        book, said = bytes.fromhex(checkpoint.book), self.signature.id + self.signature.said
        fields = (_text(book), self.entry, _text(self.leaf), checkpoint.size, _text(checkpoint.root), _text(said))
        return ":".join([BEGIN, *map(str, fields)])


def claim(entry: int, leaf: bytes, checkpoint: Checkpoint) -> str:
    """What a shop signs that says: this entry has this leaf in this tree. No checkpoint has such an origin."""
    said = f"{entry}\n{b64encode(leaf).decode()}\n"
    return f"khata/short-proof@v1\n{said}{checkpoint.text()}"


def read_short(given: bytes) -> ShortProof:
    """The proof of such a text. Raises NoteError: `not_a_proof`."""
    found = _TEXT.fullmatch(given.decode("ascii", "replace").strip())
    if found is None:
        raise NoteError("not_a_proof")
    book, leaf, root, said = (_bytes(found[n]) for n in (1, 3, 5, 6))
    entry, size = int(found[2]), int(found[4])
    if not entry <= size <= LARGEST or len(said) < 5:
        raise NoteError("not_a_proof")
    checkpoint = Checkpoint(origin_of(book.hex()), size, root)
    return ShortProof(entry, leaf, checkpoint, NoteSignature(checkpoint.origin, said[:4], said[4:]))


def _text(blob: bytes) -> str:
    return b32encode(blob).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        found = b32decode(text + "=" * (-len(text) % 8))
    except Error as e:
        raise NoteError("not_a_proof") from e
    if _text(found) != text:
        raise NoteError("not_a_proof")
    return found
