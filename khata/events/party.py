"""Customers: their names stand in the detail, so that they can be forgotten."""

from __future__ import annotations

from typing import ClassVar

from khata.events.base import Event, Number


class PartyAdded(Event, kw_only=True):
    """Declares a party's number; the id of this event is the party's identity everywhere."""

    KIND: ClassVar[str] = "party_added"

    party: Number


class PartyChanged(Event, kw_only=True):
    """A new name, alias, phone or address: the detail holds the whole record as it is from now on."""

    KIND: ClassVar[str] = "party_changed"

    party: Number
