"""The floor of `make bench` writes what khata writes: a floor that writes something else is none."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PROGRAM

BENCH = Path(__file__).parents[2] / "bench"
ROWS, PARTIES = 200, 20


def script(name: str, *words: object) -> None:
    subprocess.run([sys.executable, BENCH / name, *map(str, words)], check=True, capture_output=True)


def khata(home: Path, *words: str) -> str:
    environ = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"]}
    return subprocess.run([*PROGRAM, *words], env=environ, check=True, capture_output=True, text=True).stdout


def data(home: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(khata(home, *words, "--json"))["data"]
    return found


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a book into which khata imported the generated file."""
    home = tmp_path_factory.mktemp("imported")
    script("ledger.py", home / "shop.csv", ROWS, PARTIES)
    khata(home, "init", "Bench")
    khata(home, "import", str(home / "shop.csv"), "--new-parties", "all")
    return home


def owed(home: Path) -> dict[str, int]:
    return {row["name"]: row["balance_paise"] for row in data(home, "balance", "--all")["parties"]}


def test_the_floor_writes_a_book_that_khata_holds_for_its_own(imported: Path, tmp_path: Path) -> None:
    (tmp_path / "Khata").mkdir()
    script("floor.py", "log", imported / "shop.csv", tmp_path / "Khata" / "bench.khata")
    verdict = data(tmp_path, "verify")
    assert verdict["result"] == "unbroken"
    assert verdict["entries"] == ROWS + PARTIES + 2 == data(imported, "verify")["entries"]
    assert owed(tmp_path) == owed(imported)


@pytest.mark.parametrize("group", [1, 7])
def test_the_bare_loop_of_commits_writes_the_same_rows(imported: Path, tmp_path: Path, group: int) -> None:
    (book,) = (imported / "Khata").glob("*.khata")
    script("floor.py", "commits", book, tmp_path / "copy.khata", group)
    for table in ("event", "detail"):
        rows = [
            sqlite3.connect(path).execute(f"SELECT * FROM {table}").fetchall()
            for path in (book, tmp_path / "copy.khata")
        ]
        assert rows[0] == rows[1] != []


def test_the_strictest_floor_writes_the_same_bytes(imported: Path, tmp_path: Path) -> None:
    (book,) = (imported / "Khata").glob("*.khata")
    script("floor.py", "bytes", book, tmp_path / "copy.khata")
    script("floor.py", "verify", tmp_path / "copy.khata")
    assert contents(tmp_path / "copy.khata") == contents(book)


def test_the_floor_makes_the_rows_and_indexes_of_the_views(imported: Path, tmp_path: Path) -> None:
    khata(imported, "balance")
    (cache,) = (imported / ".cache" / "khata").glob("*.sqlite")
    script("floor.py", "views", cache, tmp_path / "copy.sqlite")
    assert contents(tmp_path / "copy.sqlite") == contents(cache)


def contents(path: Path) -> dict[str, list[Any]]:
    """The schema of a file, and every row of every table."""
    connection = sqlite3.connect(path)
    schema = connection.execute("SELECT name, type, sql FROM sqlite_master ORDER BY name").fetchall()
    tables = [name for name, kind, _ in schema if kind == "table"]
    found = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
    connection.close()
    return {"schema": schema, **{name: sorted(rows, key=repr) for name, rows in found.items()}}
