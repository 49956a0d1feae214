"""Customers: their names stand in the detail, so that they can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from khata.events.base import Event, Field, party
from khata.units import Party


@dataclass(slots=True, kw_only=True)
class PartyAdded(Event):
    """Declares a party's number; the id of this event is the party's identity everywhere."""

    KIND: ClassVar[str] = "party_added"
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("party", "party", party),)

    party: Party


@dataclass(slots=True, kw_only=True)
class PartyChanged(Event):
    """A new name, alias, phone or address: the detail holds the whole record as it is from now on."""

    KIND: ClassVar[str] = "party_changed"
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("party", "party", party),)

    party: Party
