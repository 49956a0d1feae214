"""A proof as a file: its text, or where that is long, gzip of it (docs/EVIDENCE.md)."""

from __future__ import annotations

import zlib

from khata.log.note import LONGEST, NoteError

SMALL = 2048
"""Bytes up to which a proof of a balance is written as text."""

_MAGIC = b"\x1f\x8b"
_GZIP = 31
"""What zlib calls gzip (RFC 1952)."""


def packed(text: str) -> bytes:
    """The bytes of a file that has a text: as it is, or packed where it has more than `SMALL`."""
    content = text.encode()
    return content if len(content) <= SMALL else zlib.compress(content, 9, wbits=_GZIP)


def unpacked(content: bytes) -> bytes:
    """What a file says: as it is, where it is not packed.

    Raises:
        NoteError: `not_a_proof`: it was cut short or changed, goes on after its end, or says more than `LONGEST` bytes.
    """
    if not content.startswith(_MAGIC):
        return content
    opened, ended = _opened(content, LONGEST + 1)
    if not ended or len(opened) > LONGEST:
        raise NoteError("not_a_proof")
    return opened


def begin(content: bytes, most: int) -> bytes:
    """The first bytes of what a file says, of which there are the first bytes; b"" where they say nothing."""
    try:
        return _opened(content, most)[0] if content.startswith(_MAGIC) else content[:most]
    except NoteError:
        return b""


def _opened(content: bytes, most: int) -> tuple[bytes, bool]:
    """At most so many bytes of what is packed, and whether that is all of it."""
    stream = zlib.decompressobj(_GZIP)
    try:
        opened = stream.decompress(content, most)
    except zlib.error as e:
        raise NoteError("not_a_proof") from e
    return opened, stream.eof and not stream.unused_data
