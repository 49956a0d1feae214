"""Which entries have to be shown for one of them to say something to who sees no others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from khata.questions.entries import EntryRow, entry
from khata.questions.parties import party
from khata.units import Seq


def shown_with(connection: sqlite3.Connection, rows: Iterable[EntryRow]) -> set[Seq]:
    """These entries, the ones that they cancel, and those that declare their parties."""
    shown = {row.entry: row for row in rows}
    for row in [*shown.values()]:
        original = entry(connection, row.reverses) if row.reverses else None
        if original is not None:
            shown[original.entry] = original
    numbers = {row.party for row in shown.values() if row.party is not None}
    declared = {found.entry for number in numbers if (found := party(connection, number)) is not None}
    return {*shown, *declared}
