"""`khata backup`: where it goes, how many stay, and who is told when there is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.cli.conftest import Counter


def backups(shop: Counter, folder: str = "Khata/backups") -> list[Path]:
    return sorted((shop.home / folder).iterdir())


def test_it_goes_beside_the_books_and_says_that_this_is_the_same_disk(shop: Counter) -> None:
    answer = shop("backup")
    assert answer.code == 0
    assert "same disk" in answer.err
    assert len(backups(shop)) == 1
    assert shop("backup", str(shop.home / "usb")).err == ""


def test_backups_are_no_books_to_choose_from(shop: Counter) -> None:
    shop("backup")
    assert shop("sale", "ramesh", "5").code == 0
    assert [row["path"] for row in shop("books", "--json").data["books"]] == [
        str(shop.home / "Khata" / "sharma-kirana-store.khata")
    ]


def test_only_the_newest_stay_and_nobody_elses_file_is_touched(shop: Counter) -> None:
    usb = shop.home / "usb"
    usb.mkdir()
    (usb / "sharma-kirana-store.2020-01-01-000000.khata").write_text("not noted here")
    made = [shop("backup", str(usb), "--keep", "2", "--json").data for _ in range(4)]
    assert made[3]["removed"] == [made[1]["path"]]
    assert [path.name for path in backups(shop, "usb")] == [
        "sharma-kirana-store.2020-01-01-000000.khata",
        *(Path(each["path"]).name for each in made[2:]),
    ]


def test_status_asks_for_one_when_there_is_none_and_when_it_is_a_day_old(shop: Counter) -> None:
    assert [each["code"] for each in _warnings(shop)] == ["no_backup"]
    shop("backup")
    assert _warnings(shop) == []
    shop.now += timedelta(days=1)
    assert [each["code"] for each in _warnings(shop)] == ["old_backup"]


def _warnings(shop: Counter) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shop("status", "--json").envelope["warnings"]
    return found


def test_a_lost_book_is_told_where_its_backups_are(shop: Counter) -> None:
    shop("backup")
    (shop.home / "Khata" / "sharma-kirana-store.khata").unlink()
    refused = shop("balance", "--json").envelope["refused"]
    assert refused["code"] == "no_book"
    assert refused["facts"]["backups"] == [str(path) for path in backups(shop)]


def test_how_many_stay_must_be_a_number(shop: Counter) -> None:
    for value in ("0", "-1", "many", "२"):
        assert shop("backup", "--keep", value, "--json").refused == "unknown_choice"
    assert not (shop.home / "Khata" / "backups").exists()


def test_a_disk_that_gives_back_something_else_is_not_taken_for_a_broken_book(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(path: Path, *more: Any, **others: Any) -> Verdict:
        verdict = verify(path, *more, **others)
        return replace(verdict, result="broken") if path.name.startswith(".") else verdict

    monkeypatch.setattr("khata.verifying.verify.verify", unread)
    answer = shop("backup", str(shop.home / "usb"))
    assert answer.code == 5
    assert "did not come back the same" in answer.err
    assert "The book itself holds" in answer.err
    assert backups(shop, "usb") == []


def test_a_book_that_is_broken_at_no_entry_is_called_broken(shop: Counter) -> None:
    with closing(sqlite3.connect(shop.home / "Khata" / "sharma-kirana-store.khata")) as raw:
        raw.execute("CREATE TABLE mine (own)")
    answer = shop("backup", str(shop.home / "usb"))
    assert answer.code == 2
    assert "the book itself is broken. Stop" in answer.err
    assert backups(shop, "usb") == []
