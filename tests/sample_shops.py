"""The sample shops, opened, and what their own files say without khata."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from khata.exporting.jsonl import import_log
from khata.store.sqlite.book import SqliteBook
from khata.units import At
from khata.views.cache import Cache
from khata.views.catch_up import catch_up

SAMPLES = Path(__file__).parent.parent / "sample_ledgers"
SHOPS = sorted(path.parent.name for path in SAMPLES.glob("*/shop.json"))


class SampleShop(NamedTuple):
    """A shop: its folder, its book, its views."""

    folder: Path
    path: Path
    cache: Cache

    @property
    def about(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "shop.json").read_text(encoding="utf-8"))
        return found


def opened(name: str, to: Path) -> SampleShop:
    """A shop's book, made of its log."""
    path = to / "shop.khata"
    import_log(SAMPLES / name / "log.jsonl", path)
    cache = Cache(path.with_suffix(".views"))
    catch_up(SqliteBook(path), cache)
    return SampleShop(SAMPLES / name, path, cache)


def tables(folder: Path) -> sqlite3.Connection:
    """The two files of a shop as tables of text, and the instant at which the year was imported."""
    made = sqlite3.connect(":memory:")
    for name in ("trade", "later"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        columns = ", ".join(f'"{column}" TEXT' for column in rows[0])
        made.execute(f"CREATE TABLE {name} ({columns})")
        made.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows[1:])
    return made


class Fact(NamedTuple):
    """What an entry did to a figure, in paise."""

    figure: str
    at: str
    day: str
    party: str
    mode: str
    paise: int


def facts(folder: Path, import_at: str) -> list[Fact]:
    """What figures.sql says of a shop."""
    made = tables(folder)
    made.execute("CREATE TABLE asked (import_at TEXT)")
    made.execute("INSERT INTO asked VALUES (?)", (import_at,))
    return [Fact(*row) for row in made.execute((SAMPLES / "figures.sql").read_text(encoding="utf-8"))]


def summed(found: Iterable[Fact], key: str) -> dict[str, int]:
    """The sums by a column, or by its month; those that come to nothing left out."""
    sums: Counter[str] = Counter()
    for fact in found:
        sums[fact.day[:7] if key == "month" else str(getattr(fact, key))] += fact.paise
    return {part: paise for part, paise in sums.items() if paise}


def instant(text: str) -> At:
    """`2026-04-16T06:25:16Z` as the book has it."""
    return At(text.replace("Z", ".000000Z"))
