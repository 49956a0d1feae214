"""None is bound as it is, without a search for a way to adapt it, unless somebody in the same process wants another."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from tests.books import Shop


def test_what_somebody_else_binds_for_none_stays(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[None] = []
    adapters: dict[Any, Any] = sqlite3.adapters
    monkeypatch.setitem(adapters, (type(None), sqlite3.PrepareProtocol), bound.append)
    shop.sell("Ramesh", 450)
    shop.books.catch_up()
    assert bound  # asked, and gave None back


def test_none_is_bound_as_it_is_once_the_views_are_written(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    adapters: dict[Any, Any] = sqlite3.adapters
    key = (type(None), sqlite3.PrepareProtocol)
    monkeypatch.delitem(adapters, key, raising=False)
    shop.sell("Ramesh", 450)
    shop.books.catch_up()
    assert adapters[key](None) is None
