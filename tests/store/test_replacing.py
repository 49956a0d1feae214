"""A copy takes the book's place: whole, never over what is not kept, and nobody writes into the old file any more."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import BusyError, DiskError, PathTakenError, ReplacedError
from khata.store.sqlite import backup, connection, replacing
from khata.store.sqlite import book as book_file
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.store.sqlite.readonly import ReadOnlyBook
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


def test_what_was_decided_is_decided_again_when_somebody_wrote_meanwhile(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sale is told while the copy is made."""
    copied = backup.copy

    def copied_and_sold(*given: object) -> object:
        head = copied(*given)  # type: ignore[arg-type] # as it was called
        here.sell("Ramesh", 7)
        return head

    asked: list[str] = []

    class HoldsMoreError(Exception):
        pass

    def decide(copy: Path) -> None:
        asked.append(copy.suffix)
        if len(here.entries()) > 3:
            raise HoldsMoreError

    monkeypatch.setattr(replacing, "copy", copied_and_sold)
    with closing(SqliteBook(longer)) as copy, pytest.raises(HoldsMoreError):
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", well, decide)
    assert asked == [".khata", ".incoming"]
    assert len(here.entries()) == 4
    assert not (tmp_path / "before").exists()


def test_the_copy_is_decided_on_where_the_source_was_changed_before_it_was_copied(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = backup.copy

    def sold_and_copied(*given: object) -> object:
        on_disk(longer, tmp_path / "cache").sell("Ramesh", 7)
        return copied(*given)  # type: ignore[arg-type] # as it was called

    asked: list[str] = []
    monkeypatch.setattr(replacing, "copy", sold_and_copied)
    with closing(SqliteBook(longer)) as copy:
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", well, lambda each: asked.append(each.suffix))
    assert asked == [".khata", ".incoming"]
    assert len(here.entries()) == 5


def test_a_book_that_is_written_to_at_every_try_is_left_alone(here: Shop, longer: Path, tmp_path: Path) -> None:
    def decide(_: Path) -> None:
        here.sell("Ramesh", 7)

    with closing(SqliteBook(longer)) as copy, pytest.raises(BusyError):
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", well, decide)
    assert len(here.entries()) == 3 + replacing.TRIES + 1


def test_a_restore_that_opened_the_old_book_holds_the_one_that_came_first(
    longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, connect = tmp_path / "shop.khata", connection.connect
    opened: list[Path] = []

    def opened_then_replaced(path: Path) -> sqlite3.Connection:
        made = connect(path)
        opened.append(path)
        if len(opened) == 1:
            longer.replace(to)
        return made

    monkeypatch.setattr(replacing, "connect", opened_then_replaced)
    with replacing._standing_still(to) as held:
        assert held is not None
        assert held.execute("SELECT count(*) FROM event").fetchone() == (4,)


def test_a_reader_that_opened_the_old_book_opens_the_new_one(
    longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, connect = tmp_path / "shop.khata", connection.connect

    def opened_then_replaced(path: Path) -> sqlite3.Connection:
        made = connect(path)
        if longer.exists():
            longer.replace(to)
        return made

    monkeypatch.setattr(book_file, "connect", opened_then_replaced)
    with closing(SqliteBook(to)) as book, book.reading() as reading:
        assert reading.head().seq == 4


def test_where_links_are_not_known_no_name_is_written_over(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else takes the name between the look and the renaming."""

    def no_links(_: Path, to: Path, **__: object) -> None:
        Path(to).write_text("mine")
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    with closing(SqliteBook(longer)) as copy, pytest.raises(PathTakenError):
        replace(copy, tmp_path / "shop.khata", tmp_path / "before", well)
    assert len(here.entries()) == 3
    with pytest.raises(PathTakenError):
        create(tmp_path / "new.khata", here.entries())
    assert (tmp_path / "new.khata").read_text() == "mine"


class Swapped:
    """A book that somebody holds until the first pause of whoever waits for it; then a copy stands in its place.

    In the copy an entry is just being written: its journal lies beside the path.
    """

    def __init__(self, longer: Path, to: Path, patched: pytest.MonkeyPatch) -> None:
        self.to, self.aside, self.journal = to, to.with_name("aside"), to.with_name(to.name + "-journal")
        self._longer = longer
        self._holder = sqlite3.connect(to, isolation_level=None)
        self._holder.execute("BEGIN EXCLUSIVE")
        self.before = to.read_bytes()
        self.written = b""
        patched.setattr("khata.store.sqlite.turns.time.sleep", self._pause)

    def _pause(self, _: float) -> None:
        if self.aside.exists():
            return
        self.to.rename(self.aside)
        self._longer.rename(self.to)
        self.writer = sqlite3.connect(self.to, isolation_level=None)
        self.writer.execute("PRAGMA cache_size = 1")
        self.writer.execute("BEGIN IMMEDIATE")
        rows = [(n,) for n in range(50, 70)]
        self.writer.executemany("INSERT INTO detail VALUES (?, x'00', zeroblob(3000), 0)", rows)
        self.written = self.journal.read_bytes()
        self._holder.close()

    def assert_nothing_was_taken_for_another_books(self) -> None:
        assert len(self.written) > 3000
        assert self.journal.read_bytes() == self.written
        assert self.aside.read_bytes() == self.before
        self.writer.close()


def test_who_waits_to_read_reads_the_book_that_stands_there_when_it_is_his_turn(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.close_views()
    with closing(SqliteBook(tmp_path / "shop.khata")) as book:
        book._open()
        swapped = Swapped(longer, tmp_path / "shop.khata", monkeypatch)
        with pytest.raises(BusyError), book.reading(wait_s=0.2):  # the new book's writer holds it
            pass
        swapped.assert_nothing_was_taken_for_another_books()
        with book.reading() as reading:
            assert reading.head().seq == 4


def test_a_verification_does_not_go_on_in_another_file(
    longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(ReadOnlyBook(tmp_path / "shop.khata")) as pages:
        assert pages.standing().head.seq == 3
        swapped = Swapped(longer, tmp_path / "shop.khata", monkeypatch)
        with pytest.raises(ReplacedError):
            pages.standing()
        swapped.assert_nothing_was_taken_for_another_books()


def test_a_second_restore_waits_for_the_book_that_the_first_one_put_there(
    here: Shop, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.close_views()
    swapped = Swapped(longer, tmp_path / "shop.khata", monkeypatch)
    monkeypatch.setattr(replacing, "WAIT_S", 0.2)
    with pytest.raises(BusyError), replacing._standing_still(tmp_path / "shop.khata"):
        pass
    swapped.assert_nothing_was_taken_for_another_books()
