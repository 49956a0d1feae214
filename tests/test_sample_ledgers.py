"""The sample shops: frozen logs that import, replay and verify for ever, and agree with balances made without khata."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from khata.exporting.jsonl import import_log, lines
from khata.grammar.days import end_of_day
from khata.questions.balances import balances
from khata.store.sqlite.book import SqliteBook
from khata.units import At, Day
from khata.verifying.verify import verify
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import Cut, known_at

SAMPLES = Path(__file__).parent.parent / "sample_ledgers"
SHOPS = sorted(path.parent.name for path in SAMPLES.glob("*/shop.json"))


def test_there_are_three_shops() -> None:
    assert SHOPS == ["madurai-pharmacy", "pune-kirana", "surat-textile"]


@pytest.fixture(scope="module", params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Cache]:
    folder = SAMPLES / request.param
    path = tmp_path_factory.mktemp(request.param) / "shop.khata"
    import_log(folder / "log.jsonl", path)
    cache = Cache(path.with_suffix(".views"))
    catch_up(SqliteBook(path), cache)
    return folder, path, cache


def test_the_frozen_log_makes_the_same_book_again_byte_for_byte(shop: tuple[Path, Path, Cache]) -> None:
    folder, path, _ = shop
    frozen = (folder / "log.jsonl").read_text(encoding="utf-8")
    assert "".join(line + "\n" for line in lines(SqliteBook(path))) == frozen


def test_it_verifies_with_its_views(shop: tuple[Path, Path, Cache]) -> None:
    _, path, cache = shop
    verdict = verify(path, cache.path)
    assert verdict.result == "unbroken"
    assert verdict.compared_upto == verdict.entries > 2_500


def test_balances_at_four_dates_by_both_clocks_are_those_made_without_khata(shop: tuple[Path, Path, Cache]) -> None:
    folder, _, cache = shop
    about = json.loads((folder / "shop.json").read_text(encoding="utf-8"))
    asked = {
        (as_on, known): {
            each.name: each.balance_paise
            for each in balances(cache.connection, _cut(cache, as_on, instant), settled=True)
        }
        for as_on in about["as_on"]
        for known, instant in about["known_at"].items()
    }
    wrong, seen = [], 0
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            seen += 1
            found = asked[row["as_on"], row["known"]].get(row["party"])
            if found != int(row["balance_paise"]):
                wrong.append((row, found))
    assert seen == sum(map(len, asked.values()))
    assert wrong == []


def _cut(cache: Cache, as_on: str, instant: str) -> Cut:
    at = At(instant.replace("Z", ".000000Z"))
    seq = known_at(cache.connection, at)
    return Cut(Day(as_on), seq, everything=seq == cache.position().seq)


def test_the_later_entries_make_the_two_clocks_differ(shop: tuple[Path, Path, Cache]) -> None:
    folder, _, cache = shop
    last = json.loads((folder / "shop.json").read_text(encoding="utf-8"))["as_on"][-1]
    now = balances(cache.connection, _cut(cache, last, "2026-07-31T18:30:00Z"))
    then = balances(cache.connection, Cut(Day(last), known_at(cache.connection, end_of_day(Day("2026-04-01"))), False))
    assert now != then
