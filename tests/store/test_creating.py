"""Making a book file: whole or not at all, and never over another file."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from khata.log.errors import BookBrokenError, DiskError, PathTakenError
from khata.store.sqlite import create as creating
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from tests.books import faults_of, first_entry, new_file
from tests.contracts.book import follow

FORK = multiprocessing.get_context("fork")


def test_a_new_book_lies_alone_in_its_folder(tmp_path: Path) -> None:
    path = new_file(tmp_path / "Khata" / "shop.khata")
    assert os.listdir(path.parent) == ["shop.khata"]  # noqa: PTH208 - hidden names too
    assert stat.S_ISREG(path.stat().st_mode)


@pytest.mark.parametrize("kind", ["file", "empty file", "folder", "link", "broken link", "pipe"])
def test_nothing_is_ever_written_over(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "shop.khata", tmp_path / "other"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif "link" in kind:
        path.symlink_to(other)
        if kind == "link":
            other.write_bytes(b"kept")
    else:
        path.write_bytes(b"kept" if kind == "file" else b"")
    before = path.lstat()
    with pytest.raises(PathTakenError):
        new_file(path)
    assert path.lstat().st_ino == before.st_ino
    assert kind != "file" or path.read_bytes() == b"kept"
    assert kind != "broken link" or not other.exists()


def test_a_path_taken_at_the_last_moment_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, write = tmp_path / "shop.khata", creating.fill

    def slowly(*args: Any) -> None:
        write(*args)
        path.write_bytes(b"somebody was faster")

    monkeypatch.setattr(creating, "fill", slowly)
    with pytest.raises(PathTakenError):
        new_file(path)
    assert path.read_bytes() == b"somebody was faster"
    assert os.listdir(tmp_path) == ["shop.khata"]  # noqa: PTH208 - hidden names too


def test_nothing_half_made_is_left_after_a_failure(tmp_path: Path) -> None:
    entry, _ = first_entry()
    path = tmp_path / "shop.khata"
    with pytest.raises(BookBrokenError):
        create(path, [entry, entry])
    assert not list(tmp_path.iterdir())


def test_a_new_file_that_cannot_be_read_back_is_no_broken_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(connection: sqlite3.Connection, path: Path) -> None:
        make_durable(connection, path)
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    make_durable = creating.make_durable  # type: ignore[attr-defined]
    monkeypatch.setattr(creating, "make_durable", failing)
    with pytest.raises(DiskError):
        new_file(tmp_path / "shop.khata")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".shop.khata.{os.getpid()}.new").write_bytes(b"half a book")
    with SqliteBook(new_file(tmp_path / "shop.khata")).reading() as reading:
        assert reading.head().seq == 1


def test_a_folder_that_may_not_be_written_says_so(plain_user: Path) -> None:
    plain_user.chmod(0o500)
    for path in (plain_user / "shop.khata", plain_user / "Khata" / "shop.khata"):
        with pytest.raises(DiskError):
            new_file(path)
    plain_user.chmod(0)
    with pytest.raises(DiskError):
        new_file(plain_user / "shop.khata")


def test_a_name_that_is_too_long_says_so(tmp_path: Path) -> None:
    with pytest.raises(DiskError):
        new_file(tmp_path / ("x" * 300 + ".khata"))


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "Khata").write_text("a file")
    for path in (tmp_path / "Khata" / "shop.khata", tmp_path / "Khata" / "2026" / "shop.khata"):
        with pytest.raises(DiskError) as failed:
            new_file(path)
        assert failed.value.facts == {"path": str(tmp_path / "Khata"), "reason": "File exists"}


def test_a_whole_history_makes_a_book_at_once(tmp_path: Path) -> None:
    entry, words = first_entry()
    with SqliteBook(new_file(tmp_path / "one.khata")).reading() as reading:
        entries = [entry, *follow(reading.head(), 20)]
    create(tmp_path / "shop.khata", iter(entries), iter([words]))
    with SqliteBook(tmp_path / "shop.khata").reading() as reading:
        assert list(reading.entries(1, 99)) == entries
        assert not list(faults_of(entries))


def _make(path: Path, start: multiprocessing.synchronize.Event, code: int) -> None:
    start.wait()
    try:
        new_file(path)
    except PathTakenError:
        os._exit(code)
    os._exit(0)


def test_of_several_who_make_a_book_at_once_one_wins(tmp_path: Path) -> None:
    path, start = tmp_path / "shop.khata", FORK.Event()
    makers = [FORK.Process(target=_make, args=(path, start, 9)) for _ in range(4)]
    for maker in makers:
        maker.start()
    start.set()
    for maker in makers:
        maker.join(30)
    assert sorted(maker.exitcode or 0 for maker in makers) == [0, 9, 9, 9]
    assert os.listdir(tmp_path) == ["shop.khata"]  # noqa: PTH208 - hidden names too
    with SqliteBook(path).reading() as reading:
        assert reading.head().seq == 1
