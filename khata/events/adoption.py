"""Which entries of a lost copy an adoption gives up: the same answer for the writer and for `verify`."""

from __future__ import annotations

from khata.events.book import CopyAdopted


def gives_up(adopted: CopyAdopted, at: int, entry: int, digest: str) -> bool:
    """Whether an adoption gives up an entry that its book does not have.

    Of the lost copy only the last entry is known by its hash. The ones before it are known by their numbers, from the
    place of the adoption on: what stands before that place is this book's own past, which nobody gave up.

    Args:
        adopted: the adoption.
        at: its own entry.
        entry: the other entry's number.
        digest: its hash, 64 hex.
    """
    return digest == adopted.head if entry == adopted.size else at <= entry < adopted.size
