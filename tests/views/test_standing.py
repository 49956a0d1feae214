"""How views stand, told in one look."""

from __future__ import annotations

import sqlite3

import pytest

from khata.log.chain import EMPTY
from khata.views import schema
from khata.views.cache import FOREIGN, Cache


def test_tables_that_come_between_two_looks_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    really, looks = Cache._looked, []

    def late(cache: Cache) -> tuple[str | None, str | None, int | None]:
        looks.append(cache)
        if len(looks) == 1:
            raise sqlite3.OperationalError("no such table: meta")
        return really(cache)

    cache = Cache(None)
    monkeypatch.setattr(Cache, "_looked", late)
    assert (cache.standing().version, cache.standing().position) == (schema.VERSION, EMPTY)
    cache.connection.execute("DROP TABLE entry")
    with pytest.raises(sqlite3.OperationalError):
        cache.standing()
    cache.connection.execute("DROP TABLE meta")
    assert cache.standing() == FOREIGN
