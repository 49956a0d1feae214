"""An excerpt: some entries of a book, and what shows that they are in its tree (docs/EVIDENCE.md)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from khata.log.chain import leaf, place
from khata.log.checkpoint import PLAIN_NUMBER, SignedCheckpoint, read_checkpoint
from khata.log.merkle import DoesNotHoldError, root_by_pruned
from khata.log.note import LONGEST, NoteError, base64

STATEMENT, BALANCE = "khata/statement-proof@v1", "khata/balance-proof@v1"
"""The first line of a proof of a statement, and of one of a balance."""

_KEY, _PARTS = "key ", "parts"


class Excerpt(NamedTuple):
    """Entries and their details as lines, without line ends, and the parts of the tree that hold none of them.

    `key` is the verifier key of the shop, as text: nothing vouches for it here.
    """

    key: str
    bodies: tuple[bytes, ...]
    details: tuple[str, ...]
    parts: tuple[bytes, ...]

    def encoded(self) -> bytes:
        """The lines."""
        lines = [f"{_KEY}{self.key}".encode(), *self.bodies, *(each.encode() for each in self.details)]
        return b"\n".join([*lines, _PARTS.encode(), *map(b64encode, self.parts)]) + b"\n"

    def root(self, size: int) -> bytes:
        """The root of a tree of a size that these entries and parts come to.

        Raises:
            DoesNotHoldError: they do not make one.
        """
        leaves = {place(body) - 1: leaf(body) for body in self.bodies}
        if len(leaves) != len(self.bodies):
            raise DoesNotHoldError("an entry twice")
        return root_by_pruned(leaves, size, self.parts)


class BalanceProof(NamedTuple):
    """One leaf of a tree of balances, whose root stands in an entry, and that entry in the tree of a checkpoint.

    `excerpt` has that entry alone; `leaf` is the text of the leaf, `leaf_index` and `path` are its own.
    """

    excerpt: Excerpt
    leaf: bytes
    leaf_index: int
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    def encoded(self) -> str:
        """As it stands in a file."""
        lines = [BALANCE, f"{_KEY}{self.excerpt.key}", self.excerpt.bodies[0].decode(), self.leaf.decode()]
        lines += [f"index {self.leaf_index}", *(b64encode(each).decode() for each in self.path)]
        lines += [_PARTS, *(b64encode(each).decode() for each in self.excerpt.parts)]
        return "\n".join(lines) + "\n\n" + self.signed.note.encoded()


class StatementProof(NamedTuple):
    """The entries of one customer, together, and the checkpoint of the tree that they are in."""

    excerpt: Excerpt
    signed: SignedCheckpoint

    def encoded(self) -> str:
        """As it stands in a file."""
        return f"{STATEMENT}\n{self.excerpt.encoded().decode()}\n{self.signed.note.encoded()}"


def read_excerpt(given: bytes) -> Excerpt:
    """The excerpt of some lines. Raises NoteError: `not_a_proof`."""
    if not given.endswith(b"\n") or len(given) > LONGEST:
        raise NoteError("not_a_proof")
    lines = iter(given[:-1].split(b"\n"))
    try:
        key = next(lines, b"").decode()
        bodies, details = _until_parts(lines)
        parts = tuple(base64(each.decode()) for each in lines)
    except UnicodeDecodeError as e:
        raise NoteError("not_a_proof") from e
    places = [place(body) for body in bodies]
    if (
        not key.startswith(_KEY)
        or not bodies
        or sorted(set(places)) != places
        or any(len(each) != 32 for each in parts)
    ):
        raise NoteError("not_a_proof")
    return Excerpt(key.removeprefix(_KEY), bodies, details, parts)


def _until_parts(lines: Iterator[bytes]) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    bodies: list[bytes] = []
    details: list[str] = []
    for line in lines:
        if line == _PARTS.encode():
            return tuple(bodies), tuple(details)
        if line.startswith(b'{"@prev":') and not details:
            bodies.append(line)
        elif line.startswith(b'{"entry":'):
            details.append(line.decode())
        else:
            break
    raise NoteError("not_a_proof")


def read_balance(given: bytes) -> BalanceProof:
    """The proof of a balance. Raises NoteError."""
    head, cut, signed = given.partition(b"\n\n")
    lines = head.split(b"\n")
    if not cut or lines[0] != BALANCE.encode() or len(lines) < 6 or _PARTS.encode() not in lines:
        raise NoteError("not_a_proof")
    parts = lines.index(_PARTS.encode())
    if parts < 5:  # the first line, key, body, leaf and index stand before it
        raise NoteError("not_a_proof")
    _, key, body, text, index, *path = lines[:parts]
    excerpt = read_excerpt(b"\n".join([key, body, *lines[parts:]]) + b"\n")
    return BalanceProof(excerpt, text, *read_path([index, *path]), read_checkpoint(signed))


def read_path(lines: Sequence[bytes]) -> tuple[int, tuple[bytes, ...]]:
    """A place, `index 5`, and the path from there, a line a hash. Raises NoteError: `not_a_proof`."""
    try:
        index, *path = (line.decode() for line in lines)
    except UnicodeDecodeError as e:
        raise NoteError("not_a_proof") from e
    number, hashes = index.removeprefix("index "), tuple(map(base64, path))
    if number == index or not PLAIN_NUMBER.fullmatch(number) or any(len(each) != 32 for each in hashes):
        raise NoteError("not_a_proof")
    return int(number), hashes


def read_statement(given: bytes) -> StatementProof:
    """The proof of a statement. Raises NoteError."""
    first, _, rest = given.partition(b"\n")
    excerpt, cut, signed = rest.partition(b"\n\n")
    if first != STATEMENT.encode() or not cut:
        raise NoteError("not_a_proof")
    return StatementProof(read_excerpt(excerpt + b"\n"), read_checkpoint(signed))
