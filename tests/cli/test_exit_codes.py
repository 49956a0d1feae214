"""0 well, 1 broken, 2 refused, 4 newer, 5 the machine; 3, 70 and 130 are in test_gallery.py."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from khata.writing import Outcome
from tests.cli.conftest import PROGRAM, Counter


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


@pytest.mark.parametrize(
    "words",
    [
        "sale ramesh -5",
        "sale 450 ramesh",
        "sale ramesh",
        "sale ramesh 450 --lang xx",
        "--lang xx sale ramesh 450",
        "sale ramesh 450 --no-such",
        "no-such",
        "party",
        "party no-such",
        "clock fix",
        "dues --over many",
        "balance nobody",
        "statement",
        "use /no/such/file",
        "pay ramesh 5",
        "sale ramesh 5 --paid",
    ],
)
def test_what_cannot_be_understood_is_2_and_records_nothing(shop: Counter, words: str) -> None:
    answer = shop(*words.split())
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err
    assert "Traceback" not in answer.err
    assert shop("status", "--json").data["entries"] == 3


def test_a_broken_book_is_1(shop: Counter) -> None:
    book(shop).write_bytes(book(shop).read_bytes().replace(b'"amount_paise":45000', b'"amount_paise":15000'))
    answer = shop("verify", "--json")
    assert answer.code == 1
    assert answer.data["result"] == "broken"
    assert answer.data["first_bad_entry"] == 3


def test_quiet_verification_says_it_by_its_exit_code_alone(shop: Counter) -> None:
    answer = shop("verify", "-q")
    assert (answer.out, answer.err, answer.code) == ("", "", 0)


def test_a_newer_book_is_4(shop: Counter) -> None:
    with closing(sqlite3.connect(book(shop))) as connection:
        connection.execute("PRAGMA user_version = 2")
    answer = shop("sale", "ramesh", "5", "--json")
    assert answer.code == 4
    assert answer.envelope["failed"]["code"] == "newer_book"


def test_what_the_machine_will_not_do_is_5(shop: Counter) -> None:
    answer = shop("export", "-o", str(shop.home / "no" / "folder.csv"), "--json")
    assert answer.code == 5
    assert answer.envelope["failed"]["code"] == "disk_error"


def test_a_fault_in_khata_is_70_and_one_line(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("khata.questions.dues.dues")
    answer = shop("dues")
    assert answer.code == 70
    assert answer.err.count("\n") == 1
    assert "Traceback" in shop("dues", environ={"KHATA_DEBUG": "1"}).err


def test_the_program_itself_exits_so(tmp_path: Path) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "USER": "asha"}
    done = subprocess.run([*PROGRAM, "balance"], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "No book here: " in done.stderr
    assert done.stdout == ""


def test_ctrl_c_in_the_middle_of_an_import_says_that_nothing_was_recorded(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"2026-11-01,sale,counter,{number}\n" for number in range(1, 3000))
    (shop.home / "rows.csv").write_text("date,type,party,amount\n" + rows)
    before = shop("verify", "--json").envelope["data"]["entries"]

    def pressed(self: Outcome, *_: object) -> None:
        self.total += 1
        if self.total > 2000:
            raise KeyboardInterrupt

    monkeypatch.setattr(Outcome, "note", pressed)
    stopped = shop("import", str(shop.home / "rows.csv"))
    assert (stopped.code, stopped.err) == (130, "Stopped. Nothing was recorded.\n")
    assert shop("verify", "--json").envelope["data"]["entries"] == before
