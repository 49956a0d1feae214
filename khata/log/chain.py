"""Entries and the links between them.

hash = SHA-256(0x00 || body): the link of the chain and, unchanged, the RFC 6962 leaf of a Merkle tree over it.
"""

import hashlib
import re
from binascii import hexlify
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from khata.units import Seq

ZEROS = bytes(32)
"""What the first entry has in place of the hash before."""


class Entry(NamedTuple):
    """One row of the book: its place, its bytes, and their hash (32 bytes)."""

    seq: Seq
    body: bytes
    hash: bytes


class Head(NamedTuple):
    """The last entry's place and hash; (0, 32 zero bytes) for an empty book."""

    seq: Seq
    hash: bytes


EMPTY = Head(Seq(0), ZEROS)


def leaf(body: bytes) -> bytes:
    """SHA-256(0x00 || body), 32 bytes (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


_OPENING = b'{"@prev":"%s","@seq":%d,'
_LINK = b'{"@prev":"'
_NO_LINK = _LINK + hexlify(ZEROS)
"""How a body begins to which the hash before it is still to be given."""


def _opening_bytes(before: Head) -> bytes:
    # Sorted keys put @prev and @seq first, so a link can be checked without reading the JSON.
    return _OPENING % (before.hash.hex().encode(), before.seq + 1)


def seal(body: bytes, before: Head) -> Entry:
    """The next entry.

    Raises:
        ValueError: if the body does not say that it stands there.
    """
    if not body.startswith(_opening_bytes(before)):
        raise ValueError("the body belongs to another place")
    return Entry(Seq(before.seq + 1), body, leaf(body))


def sealed(bodies: Iterable[bytes], before: Head) -> list[Entry]:
    """The next entries, from bodies that have zeros where the hash before them belongs.

    Raises:
        ValueError: for a body that does not say that it stands there.
    """
    seq, digest = before
    entries = []
    for body in bodies:
        seq = Seq(seq + 1)
        if not body.startswith(b'%s","@seq":%d,' % (_NO_LINK, seq)):
            raise ValueError("the body belongs to another place")
        linked = _LINK + hexlify(digest) + body[len(_NO_LINK) :]
        digest = leaf(linked)
        entries.append(Entry(seq, linked, digest))
    return entries


PLACE = rb'\{"@prev":"([0-9a-f]{64})","@seq":([1-9][0-9]{0,15}),'
"""How a body begins: the hash that it links to, and its number."""


def place(body: bytes) -> Seq:
    """The number that a body says; 0 if it says none."""
    found = re.match(PLACE, body)
    return Seq(int(found[2]) if found else 0)


def broken(entry: Entry, before: Head) -> str | None:
    """Why an entry does not follow the one before it, as a code; None if it does."""
    if entry.seq != before.seq + 1:
        return "gap"
    if leaf(entry.body) != entry.hash:
        return "hash_differs"
    if not entry.body.startswith(_opening_bytes(before)):
        return "link_differs"
    return None


def all_follow(rows: Sequence[tuple[Any, Any, Any]], before: Head) -> bool:
    """Whether rows (place, bytes, hash) of any content follow an entry and each other, as `broken` says it of one.

    Lists that are compared in one step cost a fraction of their entries' comparisons.
    """
    places = list(range(before.seq + 1, before.seq + 1 + len(rows)))
    if [row[0] for row in rows] != places:
        return False
    bodies, hashes = [row[1] for row in rows], [row[2] for row in rows]
    try:
        if [hashlib.sha256(b"\x00" + body).digest() for body in bodies] != hashes:
            return False
        links = [before.hash.hex().encode(), *map(hexlify, hashes[:-1])]
        return all(map(bytes.startswith, bodies, map(_OPENING.__mod__, zip(links, places, strict=True))))
    except TypeError:
        return False
