"""The latest entries that somebody typed: among them a slip of the hand is looked for, the same sale once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from khata.units import At, Party, Seq

LATELY = 300
"""Entries at the end of the book that are looked at: many times two minutes' worth."""

What = tuple[Party, str, int, str]
"""Whose entry it is, its kind, its amount in paise, and the counter that recorded it."""

_LATELY = " FROM entry WHERE seq > ? AND seq <= ? AND import_entry IS NULL AND reversed_by IS NULL"


class TypedLately:
    """The latest typed entries: of the views, and of what is recorded since.

    Args:
        views: the views.
        upto: how far they reach.
    """

    def __init__(self, views: sqlite3.Connection, upto: Seq) -> None:
        self._views, self._lately = views, (upto - LATELY, upto)
        self._since: dict[What, list[tuple[Seq, At]]] = {}
        self._before: dict[What, list[tuple[Seq, At]]] | None = None
        self._asked = False

    def add(self, what: What, seq: Seq, at: At) -> None:
        """Take in one that is recorded now."""
        self._since.setdefault(what, []).append((seq, at))

    def like(self, what: What) -> Iterator[tuple[Seq, At]]:
        """Those that are such, the latest first."""
        yield from reversed(self._since.get(what, ()))
        yield from reversed(self._in_views(what))

    def _in_views(self, what: What) -> list[tuple[Seq, At]]:
        # Whoever records one entry asks once: for that, SQLite looks at them in a tenth of the time it takes to hand
        # them over. Who asks again records many.
        if not self._asked:
            self._asked = True
            such = f"{_LATELY} AND party = ? AND kind = ? AND amount_paise = ? AND by = ? ORDER BY seq"
            return self._views.execute(f"SELECT seq, at{such}", (*self._lately, *what)).fetchall()
        if self._before is None:
            self._before = {}
            such = f"{_LATELY} AND party IS NOT NULL AND amount_paise IS NOT NULL ORDER BY seq"
            each: Any
            for *each, seq, at in self._views.execute(
                f"SELECT party, kind, amount_paise, by, seq, at{such}", self._lately
            ):
                self._before.setdefault(tuple(each), []).append((seq, at))
        return self._before.get(what, [])
