"""The generated shop: of the same density at any size, up to the same day, the same each time."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "bench" / "ledger.py"


def rows(path: Path, entries: int, parties: int) -> list[dict[str, str]]:
    subprocess.run([sys.executable, SCRIPT, path, str(entries), str(parties)], check=True)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("entries", [1_000, 10_000])
def test_a_day_has_137_entries_and_the_last_one_is_the_same(tmp_path: Path, entries: int) -> None:
    found = rows(tmp_path / "shop.csv", entries, 50)
    days = {row["date"] for row in found}
    assert len(found) == entries
    assert max(days) == "2026-10-31"
    assert 130 < entries / len(days) < 145
    assert [row["date"] for row in found] == sorted(row["date"] for row in found)


def test_the_same_numbers_give_the_same_rows(tmp_path: Path) -> None:
    assert rows(tmp_path / "one.csv", 500, 20) == rows(tmp_path / "two.csv", 500, 20)


def test_customers_pay(tmp_path: Path) -> None:
    """Balances are those of a shop: they do not grow with the book."""

    def owed(entries: int) -> float:
        found = [row for row in rows(tmp_path / f"{entries}.csv", entries, 20) if row["party"] != "counter"]
        return sum(float(row["amount"]) * (1 if row["type"] == "sale" else -1) for row in found)

    assert 0 < owed(20_000) < 2 * owed(2_000)
