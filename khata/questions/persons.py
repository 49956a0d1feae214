"""Which khatas are one person's: several numbers, of which one stands for all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from functools import cached_property

from khata.units import Party, Seq

Joining = tuple[Party, Party, bool]
"""A party, another one, and whether they are joined from here on or parted: the first belongs to the second."""


class Persons:
    """The parties that belong to another one, each with that one. Nearly always there are none."""

    def __init__(self, joined: Mapping[Party, Party]) -> None:
        self.joined = joined

    def of(self, number: Party) -> Party:
        """The number that stands for a party."""
        while number in self.joined:
            number = self.joined[number]
        return number

    def khatas(self, number: Party) -> list[Party]:
        """All numbers for which the one that stands for this party does, that one first."""
        first = self.of(number)
        return [first, *self._others.get(first, ())]

    @cached_property
    def _others(self) -> Mapping[Party, list[Party]]:
        """Those that belong to each one, made once: whoever asks for one often asks for all."""
        others: dict[Party, list[Party]] = {}
        for each in sorted(self.joined):
            others.setdefault(self.of(each), []).append(each)
        return others


NOBODY = Persons({})


def persons(connection: sqlite3.Connection, known: Seq | None = None) -> Persons:
    """Who is whom, as the book knew it after an entry; None for now."""
    rows = connection.execute(
        "SELECT p.party, m.party, m.joined FROM merge m JOIN party p ON p.id = m.same"
        " WHERE ? IS NULL OR m.entry <= ? ORDER BY m.entry",
        (known, known),
    ).fetchall()
    return after(NOBODY, [(Party(one), Party(other), bool(joined)) for one, other, joined in rows]) if rows else NOBODY


def after(before: Persons, joinings: Iterable[Joining]) -> Persons:
    """Who is whom after some more was said of it, in order. What would make a circle says nothing (docs/FORMAT.md)."""
    made = Persons(dict(before.joined))
    joined: dict[Party, Party] = made.joined  # type: ignore[assignment]
    for one, other, together in joinings:
        if not together:
            if joined.get(one) == other:
                del joined[one]
        elif one not in joined and made.of(other) != one:
            joined[one] = other
    return made
