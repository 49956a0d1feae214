"""Whatever stands in a file of the state folder: damaged, tampered with, of another program. Nothing falls over."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from khata.units import LARGEST
from tests.cli.conftest import Counter

STATE = ".local/state/khata"
FILES = ["chosen", "known", "counter", "backups", "reminded", "history", "anchors/BOOK", "verified/BOOK"]

COMMANDS = [
    "status",
    "balance",
    "where",
    "books",
    "sale ramesh 5",
    "batch",
    "verify",
    "verify --since last",
    "doctor",
    "backup usb",
    "use BOOK",
]
"""`BOOK` is the book's path."""

WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "a line end": lambda _: b"\n",
    "NUL": lambda was: b"\0" + was,
    "NULs": lambda was: b"\0" * (len(was) or 9),
    "cut": lambda was: was[: len(was) // 2],
    "no UTF-8": lambda was: b"\xff\xfe" + was,
    "control characters": lambda was: b"\x1b[2J" + was,
    "a long line": lambda was: b"/" + b"x" * 5_000 + b"\n" + was,
    "many lines": lambda was: was * 3_000,
    "a number": lambda _: b"99999999999999999999 " + b"f" * 64 + b" /x\n",
    "another script": lambda was: was + "रमेश\n".encode(),
}


@pytest.fixture
def here(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The shop's home as the folder in which commands run, with a file of each kind in the state folder."""
    monkeypatch.chdir(shop.home)
    for line in ("verify", "backup usb", "use " + str(book(shop))):
        assert shop(*line.split()).code == 0
    assert shop("shell", typed="ramesh?\n").code == 0
    return shop


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


def state(shop: Counter, name: str) -> Path:
    folder = (shop.home / STATE / name).parent
    return next(folder.iterdir()) if name.endswith("BOOK") else folder / name


@pytest.mark.wide
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", WRITTEN)
def test_a_damaged_state_file_is_no_fault_of_khata(here: Counter, name: str, how: str) -> None:
    path = state(here, name)
    damaged = WRITTEN[how](path.read_bytes() if path.exists() else b"")
    for line in COMMANDS:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(damaged)
        answer = here(*line.replace("BOOK", str(book(here))).split())
        assert answer.code in (0, 1, 2), (line, answer.err)
        assert "Traceback" not in answer.err
    assert here("use", str(book(here))).code == 0
    assert here("verify").code == 0
    assert here("sale", "ramesh", "5").code == 0


@pytest.mark.parametrize("content", [b"", b"\n", b"/no\0where\n"])
def test_where_nobody_can_read_which_book_was_chosen_none_is_guessed(here: Counter, content: bytes) -> None:
    (here.home / STATE / "chosen").write_bytes(content)
    for line in (
        "balance",
        "sale ramesh 5",
        "status",
        "init Second",
        f"restore {next((here.home / 'usb').glob('*.khata'))}",
    ):
        answer = here(*line.split(), "--json")
        assert answer.refused == "no_book", line
        assert answer.envelope["refused"]["facts"]["what"] == "chosen"
        assert "khata use FILE" in answer.envelope["refused"]["message"]
    assert here("balance", "--book", str(book(here))).code == 0
    assert here("doctor", "--json").data["path"] is None


def test_a_chosen_book_that_may_not_be_read_is_not_taken_for_none(
    here: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lstat = here.home / STATE / "chosen", Path.lstat

    def denied(self: Path) -> os.stat_result:
        if self == path:
            raise PermissionError
        return lstat(self)

    path.unlink()
    monkeypatch.setattr(Path, "lstat", denied)
    assert here("balance", "--json").refused == "no_book"


@pytest.mark.parametrize("seq", [LARGEST + 1, 10**17, 10**30])
def test_a_mark_that_no_book_can_reach_is_none_and_a_sale_makes_another(here: Counter, seq: int) -> None:
    mark = state(here, "anchors/BOOK")
    mark.write_text(f"{seq} {'f' * 64} {book(here)}\n")
    assert here("sale", "ramesh", "5").code == 0
    assert mark.read_text().startswith("4 ")
    assert here("verify").code == 0


@pytest.mark.parametrize("path", ["/" + "x" * 5_000, "/\0", "no such file"])
def test_a_mark_whose_file_cannot_be_one_is_still_a_mark(here: Counter, path: str) -> None:
    state(here, "anchors/BOOK").write_text(f"99 {'f' * 64} {path}\n")
    assert here("verify").code == 1
    assert here("sale", "ramesh", "5", "--json").refused == "book_behind"


def test_a_mark_that_a_book_could_reach_is_believed_and_given_up_when_asked(here: Counter) -> None:
    state(here, "anchors/BOOK").write_text(f"{LARGEST} {'f' * 64} {book(here)}\n")
    assert here("sale", "ramesh", "5", "--json").refused == "book_behind"
    assert here("adopt", "--reason", "the state folder was damaged", "--yes").code == 0
    assert here("sale", "ramesh", "5").code == 0
    assert here("verify").code == 0


@pytest.mark.parametrize("how", ["a byte", "its end", "its instant", "its beginning"])
def test_a_verified_point_that_was_damaged_is_told_and_made_anew(here: Counter, how: str) -> None:
    path = state(here, "verified/BOOK")
    was = path.read_bytes()
    point = was[32:].replace(b"2026", b"20:6") if how == "its instant" else was[32:]
    path.write_bytes(
        {
            "a byte": was.replace(b"2026", b"2025"),
            "its end": was[:-9],
            "its instant": hashlib.sha256(point).digest() + point,
            "its beginning": was[32:],
        }[how]
    )
    answer = here("verify", "--since", "last", "--json")
    assert answer.code == 0
    assert answer.data["verified_before"]["result"] == "unreadable"
    assert here("verify", "--since", "last", "--json").data["verified_before"]["result"] == "ok"


def test_a_line_of_the_backups_that_is_none_is_passed_over(here: Counter) -> None:
    path = state(here, "backups")
    (line,) = path.read_text().splitlines()
    book_id, at, *rest = line.split(" ")
    bad = [
        f"{book_id} 2026-99-99T00:00:00.000000Z same /x",
        f"{book_id} now same /x",
        f"x{book_id} {at} same /x",
        f"{book_id} {at} same x",
        f"{book_id} {at}",
        "\0",
    ]
    path.write_text("\n".join([*bad, line, *bad]) + "\n")
    assert here("status", "--json").data["last_backup"] == rest[-1]
    assert here("backup", "usb").code == 0
    assert len(path.read_text().splitlines()) == 2


def test_what_was_typed_is_gone_back_to_only_where_a_terminal_can_show_it(here: Counter) -> None:
    path = state(here, "history")
    path.write_bytes(b"ramesh 5\n\x1b[2Jramesh 6\nrame\xffsh 7\n\0\nsita 8\n")
    from khata.api.places import Places

    assert Places({"HOME": str(here.home)}, "asha").history() == ["ramesh 5", "sita 8"]


def test_the_folder_itself_may_be_gone(here: Counter) -> None:
    shutil.rmtree(here.home / STATE)
    assert here("sale", "ramesh", "5").code == 0
