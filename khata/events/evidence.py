"""What the book says of its own evidence: which key signs for it, and what everybody's balance was."""

from __future__ import annotations

from typing import Annotated, ClassVar

from khata.events.base import EntryNumber, Event, Hex64, MalformedError, Natural, checked, day, pattern

KeyText = Annotated[str, checked(pattern(r"khata/[0-9a-f]{32}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{4,}={0,2}", "bad_key"))]
"""A verifier key of C2SP signed-note, in the name of the book."""
SignatureText = Annotated[str, checked(pattern(r"[A-Za-z0-9+/]{4,}={0,2}", "bad_signature"))]
"""A signature as it stands under a note, base64."""
SealedDay = Annotated[str, checked(day)]


class KeyRotated(Event, kw_only=True):
    """Another key signs for the book from here on; the one before says so, by its signature."""

    KIND: ClassVar[str] = "key_rotated"
    NEEDS: ClassVar[int] = 3

    old: KeyText
    new: KeyText
    signature: SignatureText

    def check(self) -> None:
        """Another key is another one."""
        if self.old == self.new:
            raise MalformedError("same_key")


class KeyLost(Event, kw_only=True):
    """Another key signs from here on, and the one before, where it is known, does not say so. Why is in the detail."""

    KIND: ClassVar[str] = "key_lost"
    NEEDS: ClassVar[int] = 3

    new: KeyText
    old: KeyText | None = None

    def check(self) -> None:
        """As for a rotation."""
        if self.old == self.new:
            raise MalformedError("same_key")


class BalancesSealed(Event, kw_only=True):
    """What everybody owed at the end of a day, as known at an entry: the root of a tree of salted leaves.

    Its seed is in the detail, key `seed`: without it the leaves tell nobody anything.
    """

    KIND: ClassVar[str] = "balances_sealed"
    NEEDS: ClassVar[int] = 3

    as_on: SealedDay
    leaves: Natural
    root: Hex64
    upto: EntryNumber

    def check(self) -> None:
        """The tree is a whole one."""
        if self.leaves & (self.leaves - 1):
            raise MalformedError("bad_leaves")


def rotation_text(book: str, old: str, new: str) -> str:
    """What the key before signs, as the text of a note: no checkpoint, for the second line of one is a number.

    Args:
        book: 32 hex.
        old: the verifier key before.
        new: the one from here on.
    """
    return f"khata/{book}\nkey_rotated\n{old}\n{new}\n"
