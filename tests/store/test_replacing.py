"""A copy takes the book's place: whole, never over what is not kept, and nobody writes into the old file any more."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import DiskError, PathTakenError
from khata.store.sqlite import replacing
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.store.sqlite.replacing import replace
from khata.verifying.verify import verify
from tests.books import Shop, new_file, on_disk


def well(_: Path) -> None:
    """A check that finds nothing."""


@pytest.fixture
def here(tmp_path: Path) -> Shop:
    shop = on_disk(tmp_path / "shop.khata", tmp_path / "cache")
    shop.sell("Ramesh", 450)
    return shop


@pytest.fixture
def longer(tmp_path: Path, here: Shop) -> Path:
    """A copy that has an entry more."""
    path = tmp_path / "usb" / "copy.khata"
    path.parent.mkdir()
    path.write_bytes((tmp_path / "shop.khata").read_bytes())
    on_disk(path, tmp_path / "cache").sell("Ramesh", 20)
    return path


def test_what_stood_there_keeps_a_name(here: Shop, longer: Path, tmp_path: Path) -> None:
    to, aside = tmp_path / "shop.khata", tmp_path / "shop.khata.before"
    before = to.read_bytes()
    with closing(SqliteBook(longer)) as copy:
        head = replace(copy, to, aside, well)
    assert head.seq == 4
    assert aside.read_bytes() == before
    assert len(here.entries()) == 4  # the connection that was open has noticed
    assert sorted(path.name for path in tmp_path.iterdir() if ".incoming" in path.name) == []
    assert to.stat().st_mode & 0o777 == 0o600


def test_a_sale_that_waited_meanwhile_is_recorded_in_the_new_book(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The book is replaced between a sale's look at the path and its lock, as if it had waited for it."""
    to = tmp_path / "shop.khata"
    opened = SqliteBook._open
    turns: list[int] = []

    def open_then_replaced(book: SqliteBook) -> object:
        connection = opened(book)
        if book.path == to and not turns:
            turns.append(1)
            with closing(SqliteBook(longer)) as copy:
                replace(copy, to, tmp_path / "before", well)
        return connection

    here.entries()
    here.books.catch_up()
    monkeypatch.setattr(SqliteBook, "_open", open_then_replaced)
    with here.store.writing() as pages:
        assert pages.head().seq == 4
    monkeypatch.undo()
    here.sell("Ramesh", 5)
    assert len(here.entries()) == 5
    assert len(on_disk(tmp_path / "before", tmp_path / "cache").entries()) == 3


def test_a_copy_that_is_not_good_changes_nothing(here: Shop, longer: Path, tmp_path: Path) -> None:
    class NotGoodError(Exception):
        pass

    def bad(_: Path) -> None:
        raise NotGoodError

    before = sorted(path.name for path in tmp_path.iterdir())
    with closing(SqliteBook(longer)) as copy, pytest.raises(NotGoodError):
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", bad)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(here.entries()) == 3


def test_a_name_that_is_taken_is_not_written_over(here: Shop, longer: Path, tmp_path: Path) -> None:
    (tmp_path / "before").write_text("mine")
    with closing(SqliteBook(longer)) as copy, pytest.raises(PathTakenError) as taken:
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", well)
    assert taken.value.facts["path"] == str(tmp_path / "before")
    assert (tmp_path / "before").read_text() == "mine"
    assert len(here.entries()) == 3


def test_where_links_are_not_known_it_is_renamed(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    with closing(SqliteBook(longer)) as copy:
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", well)
    assert (tmp_path / "before").exists()
    assert len(here.entries()) == 4


def fails(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("step", ["sync_folder", "journal_aside"])
def test_a_disk_that_fails_before_the_place_is_taken_leaves_what_stood_there(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    to = tmp_path / "shop.khata"
    before = to.read_bytes()
    monkeypatch.setattr(replacing, step, fails)
    with closing(SqliteBook(longer)) as copy, pytest.raises(DiskError) as failed:
        replace(copy, to, tmp_path / "before", well)
    assert failed.value.facts == {"path": str(to), "reason": "Input/output error"}
    assert to.read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if ".incoming" in path.name]
    assert len(here.entries()) == 3


@pytest.mark.parametrize(("there", "last"), [("a book", 2), ("nothing", 1)])
def test_a_book_that_stands_there_by_now_is_not_called_not_restored(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, last: int
) -> None:
    to, syncs = tmp_path / "shop.khata", list[Path]()

    def fails_at_last(folder: Path) -> None:
        syncs.append(folder)
        if len(syncs) == last:
            fails()

    if there == "nothing":
        to.unlink()
    monkeypatch.setattr(replacing, "sync_folder", fails_at_last)
    with closing(SqliteBook(longer)) as copy, pytest.raises(DiskError) as failed:
        replace(copy, to, tmp_path / "before", well)
    assert failed.value.facts == {"path": str(to), "reason": "Input/output error", "recorded": True}
    assert len(here.entries()) == 4


def hot_journal(path: Path) -> bytes:
    """The journal that a killed process leaves beside a book, for every page that it has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO detail VALUES (?, x'00', zeroblob(3000), 0)", [(n,) for n in range(50, 70)])
        journal = path.with_name(path.name + "-journal").read_bytes()
        connection.execute("ROLLBACK")
    return journal


@pytest.mark.parametrize("how", ["restored", "made"])
def test_the_journal_of_a_book_that_is_gone_is_not_rolled_into_the_new_one(
    here: Shop, longer: Path, tmp_path: Path, how: str
) -> None:
    to = tmp_path / "shop.khata"
    journal = hot_journal(to)
    assert journal.startswith(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
    to.unlink()
    to.with_name("shop.khata-journal").write_bytes(journal)
    if how == "restored":
        with closing(SqliteBook(longer)) as copy:
            replace(copy, to, tmp_path / "before", well)
    else:
        other = on_disk(longer, tmp_path / "cache")
        create(to, other.entries(), other.details())
    assert len(on_disk(to, tmp_path / "cache").entries()) == 4
    assert verify(to).result == "unbroken"
    assert [path.read_bytes() for path in tmp_path.glob("*.left-*")] == [journal]


def test_no_folder_to_put_it(longer: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with closing(SqliteBook(longer)) as copy, pytest.raises(DiskError):
        replace(copy, tmp_path / "file" / "x.khata", tmp_path / "before", well)


def test_nothing_there_yet(longer: Path, tmp_path: Path) -> None:
    to = tmp_path / "new" / "shop.khata"
    with closing(SqliteBook(longer)) as copy:
        replace(copy, to, tmp_path / "before", well)
    assert len(on_disk(to, tmp_path / "cache").entries()) == 4
    assert not (tmp_path / "before").exists()
    with closing(SqliteBook(new_file(tmp_path / "b.khata"))) as other, pytest.raises(PathTakenError):
        replace(other, to, to, well)
