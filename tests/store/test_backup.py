"""A backup is a whole book at one moment, checked before it has its name, and never over another file."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import BusyError, DiskError, PathTakenError
from khata.store.sqlite import backup
from khata.store.sqlite.backup import copy
from khata.store.sqlite.book import SqliteBook
from khata.verifying.verify import verify
from tests.books import Shop, new_file


def nothing_to_say(_: Path) -> None:
    """A check that is content."""


def test_a_copy_is_the_same_book(disk_shop: Shop, tmp_path: Path) -> None:
    disk_shop.sell("Ramesh", 5)
    store = disk_shop.store
    assert isinstance(store, SqliteBook)
    head = copy(store, tmp_path / "usb" / "copy.khata", nothing_to_say)
    assert head.seq == 3
    other = Shop(SqliteBook(tmp_path / "usb" / "copy.khata"))
    assert other.entries() == disk_shop.entries()
    assert other.details() == disk_shop.details()
    verdict = verify(tmp_path / "usb" / "copy.khata", None)
    assert (verdict.result, verdict.head) == ("unbroken", head.hash.hex())


def test_a_copy_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = new_file(tmp_path / "shop.khata")
        copy(SqliteBook(made), tmp_path / "copy.khata", nothing_to_say)
    finally:
        os.umask(before)
    for path in (made, tmp_path / "copy.khata"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_copy_that_does_not_pass_its_check_is_not_there(tmp_path: Path) -> None:
    seen: list[Path] = []

    def check(path: Path) -> None:
        seen.append(path)
        raise ZeroDivisionError

    book = SqliteBook(new_file(tmp_path / "shop.khata"))
    with pytest.raises(ZeroDivisionError):
        copy(book, tmp_path / "usb" / "copy.khata", check)
    assert seen[0].parent == tmp_path / "usb"
    assert list((tmp_path / "usb").iterdir()) == []


def test_nothing_is_written_over_even_by_a_name_that_is_a_link(tmp_path: Path) -> None:
    book = SqliteBook(new_file(tmp_path / "shop.khata"))
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link.khata").symlink_to(tmp_path / "mine")
    for taken in ("mine", "link.khata"):
        with pytest.raises(PathTakenError):
            copy(book, tmp_path / taken, nothing_to_say)
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_stick_that_knows_no_links_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    book = SqliteBook(new_file(tmp_path / "shop.khata"))
    copy(book, tmp_path / "usb" / "copy.khata", nothing_to_say)
    assert verify(tmp_path / "usb" / "copy.khata", None).result == "unbroken"
    assert [path.name for path in (tmp_path / "usb").iterdir()] == ["copy.khata"]


def test_a_folder_that_cannot_be_is_an_error_of_the_disk(tmp_path: Path) -> None:
    book = SqliteBook(new_file(tmp_path / "shop.khata"))
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError):
        copy(book, tmp_path / "file" / "copy.khata", nothing_to_say)


def test_a_copy_waits_for_who_is_writing_and_then_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = new_file(tmp_path / "shop.khata")
    monkeypatch.setattr(backup, "WAIT_S", 0.2)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError):
            copy(SqliteBook(path), tmp_path / "copy.khata", nothing_to_say)
    assert not (tmp_path / "copy.khata").exists()
