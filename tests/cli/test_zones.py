"""Wherever the computer thinks it is, the day is the shop's: +05:30 the whole year."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

ZONES = [
    "UTC",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "EST5EDT,M3.2.0,M11.1.0",
    "<+05>-5",
    "nonsense/zone",
]
YEAR_ENDS = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
"""Midnight in the shop, between two financial years."""


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def at(khata: Counter, instant: datetime) -> Counter:
    """The same counter, whose next command runs at an instant."""
    khata.now = instant - timedelta(minutes=1)
    return khata


def test_the_year_ends_at_midnight_in_the_shop(tmp_path: Path, zone: str) -> None:
    khata = Counter(tmp_path, environ={"TZ": zone})
    second = timedelta(seconds=1)
    at(khata, YEAR_ENDS - timedelta(hours=3))("init", "Shop")
    before = at(khata, YEAR_ENDS - second)("sale", "Asha", "100", "--new", "--json").data
    after = at(khata, YEAR_ENDS)("sale", "asha", "7", "--json").data
    assert (before["on"], after["on"]) == ("2026-03-31", "2026-04-01")
    year = at(khata, YEAR_ENDS + timedelta(days=40))("statement", "asha", "--from", "FY2025-26", "--json").data
    assert (year["to"], year["closing_paise"]) == ("2026-03-31", 10000)
    assert khata("balance", "--as-on", "2026-03-31", "--json").data["net_paise"] == 10000
    assert khata("balance", "--known-at", "2026-03-31", "--json").data["known_at_entry"] == before["entry"]
    assert khata("balance", "--known-at", "2026-03-31T18:30:00Z", "--json").data["known_at_entry"] == after["entry"]
    tomorrow = at(khata, YEAR_ENDS - second + timedelta(days=1))("sale", "asha", "1", "--on", "2026-04-02", "--json")
    assert tomorrow.code == 2  # still the first of April there


@pytest.mark.wide
def test_what_was_known_is_a_prefix_however_the_clock_went(tmp_path: Path, zone: str) -> None:
    khata = Counter(tmp_path, environ={"TZ": zone})
    at(khata, YEAR_ENDS - timedelta(days=2))("init", "Shop")
    for hours in (0, 30, 29, 47, 200, 176, 48.1, 48.0, 72):
        if at(khata, YEAR_ENDS + timedelta(hours=hours - 48))("sale", "counter", "5", "--json").code:
            assert khata("clock", "fix", "--reason", "battery").code == 0
    held = [
        at(khata, YEAR_ENDS + timedelta(days=30))(
            "balance", "--known-at", (YEAR_ENDS + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"), "--json"
        ).data["known_at_entry"]
        for hours in range(-72, 200, 4)
    ]
    assert held == sorted(held)
    assert held[-1] == khata("balance", "--json").data["known_at_entry"]
    assert len(set(held)) > 5
