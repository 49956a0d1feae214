"""Customers: their names stand in the detail, so that they can be forgotten."""

from __future__ import annotations

from typing import ClassVar

from khata.events.base import Event, Hex32, Number


class PartyAdded(Event, kw_only=True):
    """Declares a party's number; the id of this event is the party's identity everywhere."""

    KIND: ClassVar[str] = "party_added"

    party: Number


class PartyChanged(Event, kw_only=True):
    """A new name, alias, phone, address or language: the detail holds the whole record as it is from now on."""

    KIND: ClassVar[str] = "party_changed"

    party: Number


class PartyMerged(Event, kw_only=True):
    """Two khatas are one person's: that of `same` belongs to this party from here on.

    `same` is the id of the other's `party_added`, in this book or in another one.
    """

    KIND: ClassVar[str] = "party_merged"
    NEEDS: ClassVar[int] = 2

    party: Number
    same: Hex32


class PartyParted(Event, kw_only=True):
    """They are two after all: takes back what `party_merged` said of the two."""

    KIND: ClassVar[str] = "party_parted"
    NEEDS: ClassVar[int] = 2

    party: Number
    same: Hex32
