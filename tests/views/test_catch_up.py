"""The views are a cache: whatever happens to it or to the book, what it says is what the book says."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events import codec
from khata.events.base import Event, Unknown
from khata.events.book import DetailErased
from khata.events.money import EntryReversed, SaleRecorded
from khata.events.party import PartyAdded
from khata.log.chain import EMPTY, Entry, Head
from khata.log.errors import BookBrokenError, NewerBookError
from khata.rules.base import Command, Named
from khata.rules.book import FixClock
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.importing import StartImport
from khata.rules.party import AmendParty
from khata.store.memory import MemoryBook, MemoryReading
from khata.store.sqlite.book import SqliteBook
from khata.units import Day, Paise, Party, Seq
from khata.views import catch_up as catching
from khata.views import schema, tail
from khata.views.cache import FOREIGN, Cache, path_for
from khata.views.catch_up import LARGE, catch_up
from khata.views.fold import FoldedRows
from tests.books import (
    MORNING,
    Shop,
    balances_in,
    contents,
    faults_of,
    file_row,
    file_rows,
    in_memory,
    new_file,
    next_entry,
    on_disk,
    payment,
    rs,
    sale,
)

DAY = Day("2026-11-03")


def eventful() -> list[Command]:
    """One of everything that leaves a row in the views."""
    return [
        sale("Ramesh", 450, note="atta", on=DAY, ref="B-1"),
        sale("Suresh", 90, paid=[("cash", rs(40)), ("upi", rs(10))]),
        sale(None, 35, paid=[("upi", None)]),
        payment("Ramesh", 200, mode="upi", note="thanks"),
        ReverseEntry(entry=Seq(5), reason="not his"),
        CorrectEntry(entry=Seq(3), amount_paise=rs(540)),
        AmendParty(party=Party(2), name="Mahesh", add_aliases=("Mahi",)),
        FixClock(reason="battery"),
        payment("Ramesh", 540),
        payment("Ramesh", 200),
        sale("Dinesh", 5),
        sale(None, 9, on=Day("2026-10-31")),
    ]


def prefixes(shop: Shop, cuts: list[int]) -> Cache:
    """Views that caught up with the book as it was after each of these entries."""
    cache, grown = Cache(None), MemoryBook()
    entries, details = shop.entries(), {detail.entry: detail for detail in shop.details()}
    done = 0
    for cut in [*sorted(cuts), len(entries)]:
        part = entries[done:cut]
        with grown.writing() as writing:
            writing.append(part, [details[entry.seq] for entry in part if entry.seq in details])
        done = max(done, cut)
        catch_up(grown, cache)
    return cache


def afresh(shop: Shop) -> Cache:
    cache = Cache(None)
    catch_up(shop.store, cache)
    return cache


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(4)), st.lists(st.integers(1, 16), max_size=5))
def test_views_built_in_any_steps_are_those_built_at_once(order: list[int], cuts: list[int]) -> None:
    shop = in_memory()
    shop.record(*eventful())
    for each in order:
        shop.record(sale(("Ramesh", "Asha", "Mahi", "Dinesh")[each], each + 1))
    assert contents(prefixes(shop, cuts)) == contents(afresh(shop))


def test_one_commit_after_the_other_gives_the_views_of_all_at_once(disk_shop: Shop) -> None:
    for command in eventful():
        disk_shop.record(command)
    disk_shop.balances()
    assert contents(disk_shop.books.cache) == contents(afresh(disk_shop))


def test_a_long_tail_gives_the_same_views_as_a_short_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.record(*eventful())
    plain = contents(afresh(shop))
    monkeypatch.setattr(catching, "LARGE", 2)
    monkeypatch.setattr(catching, "BATCH", 5)
    cache = afresh(shop)
    assert contents(cache) == plain
    indexes = {row[0] for row in cache.connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert {*schema._GROWING, *schema._SCATTERED} <= indexes


def test_a_very_long_tail_is_left_to_the_next_question(disk_shop: Shop) -> None:
    disk_shop.record(*[sale("Ramesh", 1)] * (LARGE + 1))
    assert disk_shop.books.cache.position().seq == 1
    assert disk_shop.balances() == {1: (LARGE + 1) * 100}


# --- what becomes of the cache


def test_a_deleted_cache_is_built_again(disk_shop: Shop, tmp_path: Path, book_path: Path) -> None:
    disk_shop.record(*eventful())
    before = disk_shop.balances()
    disk_shop.close_views()
    shutil.rmtree(tmp_path / "cache")
    assert on_disk(book_path, tmp_path / "cache").balances() == before != {}


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\x00" + b"\xa5" * 5000])
def test_a_cache_of_garbage_is_thrown_away(disk_shop: Shop, tmp_path: Path, book_path: Path, content: bytes) -> None:
    disk_shop.record(*eventful())
    before = disk_shop.balances()
    disk_shop.close_views()
    (file,) = (tmp_path / "cache").glob("*.sqlite")
    file.write_bytes(content)
    assert on_disk(book_path, tmp_path / "cache").balances() == before
    again = on_disk(book_path, tmp_path / "cache")
    assert again.balances() == before
    assert again.books.cache.on_disk


def test_a_cache_damaged_in_the_middle_is_thrown_away(disk_shop: Shop, tmp_path: Path, book_path: Path) -> None:
    disk_shop.record(*eventful())
    disk_shop.balances()
    disk_shop.close_views()
    (file,) = (tmp_path / "cache").glob("*.sqlite")
    whole = bytearray(file.read_bytes())
    for page in range(2, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 16] = b"\xa5" * 16
    file.write_bytes(whole)
    again = on_disk(book_path, tmp_path / "cache")
    again.sell("Ramesh", 7)
    assert again.balances() == balances_in(afresh(again))


def test_a_cache_of_another_version_is_thrown_away(disk_shop: Shop, tmp_path: Path, book_path: Path) -> None:
    disk_shop.record(*eventful())
    before = disk_shop.balances()
    connection = disk_shop.books.cache.connection
    connection.execute("UPDATE meta SET value = '999' WHERE key = 'version'")
    connection.execute("UPDATE entry SET debit_paise = debit_paise * 2")
    connection.execute("CREATE TABLE of_a_later_khata (x)")
    disk_shop.close_views()
    again = on_disk(book_path, tmp_path / "cache")
    assert again.balances() == before
    assert contents(again.books.cache) == contents(afresh(again))
    assert not again.books.cache.connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'of_a_later_khata'"
    ).fetchall()


def test_a_cache_of_another_version_is_upgraded_while_another_khata_has_it_open(
    disk_shop: Shop, tmp_path: Path, book_path: Path
) -> None:
    disk_shop.sell("Ramesh", 5)
    disk_shop.balances()
    disk_shop.books.cache.connection.execute("UPDATE meta SET value = '0' WHERE key = 'version'")
    again = on_disk(book_path, tmp_path / "cache")
    assert again.balances() == {1: 500}
    assert again.books.cache.on_disk
    assert balances_in(disk_shop.books.cache) == {1: 500}


def test_where_no_cache_can_be_written_the_views_are_in_memory(plain_user: Path) -> None:
    path = new_file(plain_user / "shop.khata")
    (plain_user / "cache").mkdir()
    (plain_user / "cache").chmod(0o500)
    shop = on_disk(path, plain_user / "cache" / "khata")
    shop.sell("Ramesh", 5)
    assert shop.balances() == {1: 500}
    assert not shop.books.cache.on_disk


def test_a_cache_that_may_not_be_written_any_more_is_done_without(plain_user: Path) -> None:
    path = new_file(plain_user / "shop.khata")
    shop = on_disk(path, plain_user / "cache")
    shop.sell("Ramesh", 5)
    shop.balances()
    shop.close_views()
    for file in [*(plain_user / "cache").iterdir(), plain_user / "cache"]:
        file.chmod(0o500)
    again = on_disk(path, plain_user / "cache")
    again.sell("Ramesh", 6)
    assert again.balances() == {1: 1100}


def test_a_read_only_book_is_asked_like_any_other(plain_user: Path) -> None:
    path = new_file(plain_user / "shop.khata")
    on_disk(path, plain_user / "cache").sell("Ramesh", 5)
    path.chmod(stat.S_IRUSR)
    assert on_disk(path, plain_user / "another").balances() == {1: 500}


def test_the_cache_is_nobody_elses_to_read(disk_shop: Shop, tmp_path: Path) -> None:
    disk_shop.sell("Ramesh", 5)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    for file in (tmp_path / "cache").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_book_has_one_cache_by_whatever_path_it_is_called(tmp_path: Path, book_path: Path) -> None:
    (tmp_path / "link.khata").symlink_to(book_path)
    (tmp_path / "folder").mkdir()
    paths = [book_path, tmp_path / "link.khata", tmp_path / "folder" / ".." / "shop.khata"]
    assert len({path_for(tmp_path, path) for path in paths}) == 1
    assert path_for(tmp_path, tmp_path / "other.khata") != path_for(tmp_path, book_path)


def test_views_that_another_khata_has_renewed_meanwhile_are_kept(
    disk_shop: Shop, tmp_path: Path, book_path: Path
) -> None:
    disk_shop.sell("Ramesh", 5)
    disk_shop.balances()
    cache = disk_shop.books.cache
    before = contents(cache)
    with closing(Cache.apart()) as built:
        cache.put(built, FOREIGN)
        assert contents(cache) == before
        cache.put(built, cache.standing())
        assert contents(cache) == contents(built)
    assert on_disk(book_path, tmp_path / "cache").balances() == {1: 500}


@pytest.mark.parametrize(
    ("error", "kept"),
    [(sqlite3.OperationalError("disk is full"), True), (sqlite3.DatabaseError("malformed"), False)],
    ids=["a full disk", "a damaged page"],
)
def test_a_cache_that_fails_while_it_is_written_is_done_without(
    disk_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: sqlite3.Error, *, kept: bool
) -> None:
    disk_shop.sell("Ramesh", 5)
    disk_shop.balances()
    cache, insert = disk_shop.books.cache, tail.insert

    def failing(connection: sqlite3.Connection, rows: FoldedRows) -> None:
        if cache.on_disk:
            raise error
        insert(connection, rows)

    monkeypatch.setattr(tail, "insert", failing)
    assert disk_shop.sell("Ramesh", 6).total == 1
    assert disk_shop.balances() == {1: 1100}
    assert not cache.on_disk
    assert bool(list((tmp_path / "cache").glob("*.sqlite"))) == kept


# --- what becomes of the book


def copy(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def test_a_copy_of_the_book_elsewhere_has_the_same_balances(disk_shop: Shop, tmp_path: Path, book_path: Path) -> None:
    disk_shop.record(*eventful())
    (tmp_path / "stick").mkdir()
    copy(book_path, tmp_path / "stick" / "shop.khata")
    assert on_disk(tmp_path / "stick" / "shop.khata", tmp_path / "cache").balances() == disk_shop.balances()


@pytest.mark.parametrize("elsewhere", ["here", "on another machine"])
@pytest.mark.parametrize("goes_on", ["", "with less", "as far", "with more"])
def test_an_old_copy_put_back_has_its_own_balances(
    tmp_path: Path, book_path: Path, goes_on: str, elsewhere: str
) -> None:
    def shop() -> Shop:
        return on_disk(book_path, tmp_path / "cache")

    shop().sell("Ramesh", 450)
    copy(book_path, tmp_path / "old")
    shop().record(sale("Ramesh", 1), sale("Suresh", 2), payment("Ramesh", 3))
    shop().balances()
    (tmp_path / "old").replace(book_path)
    count = {"": 0, "with less": 1, "as far": 4, "with more": 9}[goes_on]
    folder = tmp_path / ("cache" if elsewhere == "here" else "its own")
    for number in range(count):
        on_disk(book_path, folder).sell("Mahesh", number + 10)
    expected = {1: 45000} | ({2: sum(n + 10 for n in range(count)) * 100} if count else {})
    assert shop().balances() == expected
    assert contents(shop().books.cache) == contents(afresh(shop()))


def test_an_old_copy_put_back_under_an_open_cache_has_its_own_balances(disk_shop: Shop, tmp_path: Path) -> None:
    store = disk_shop.store
    assert isinstance(store, SqliteBook)
    disk_shop.sell("Ramesh", 450)
    copy(store.path, tmp_path / "old")
    disk_shop.sell("Ramesh", 5)
    assert disk_shop.balances() == {1: 45500}
    store.close()
    (tmp_path / "old").replace(store.path)
    assert disk_shop.balances() == {1: 45000}


def test_another_book_at_the_same_path_has_its_own_balances(disk_shop: Shop, tmp_path: Path, book_path: Path) -> None:
    disk_shop.record(*eventful())
    disk_shop.balances()
    other = on_disk(tmp_path / "other.khata", tmp_path / "elsewhere")
    other.sell("Zubeida", 7)
    (tmp_path / "other.khata").replace(book_path)
    again = on_disk(book_path, tmp_path / "cache")
    assert again.balances() == {1: 700}
    assert contents(again.books.cache) == contents(afresh(again))


# --- a tail that is not what it should be


class Tampered(MemoryBook):
    """A book whose entries are not checked by anybody when they are put in."""

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self._pages = MemoryReading()
        self._pages._entries = entries


def lead(*events: Event) -> list[Entry]:
    """A book's entries: these events, one after the other."""
    made: list[Entry] = list(in_memory().entries())
    for event in events:
        head = Head(made[-1].seq, made[-1].hash)
        made.append(next_entry(head, event, at=MORNING + timedelta(minutes=head.seq)))
    return made


def sold(party: int = 1) -> SaleRecorded:
    return SaleRecorded(amount_paise=Paise(100), party=Party(party))


GOOD = (PartyAdded(party=Party(1)), sold())


def body_of(text: str) -> bytes:
    return text.encode()


def spoiled(entry: Entry, how: str) -> Entry:
    body = entry.body
    if how == "hash":
        return entry._replace(hash=bytes(32))
    if how == "amount":
        return entry._replace(body=body.replace(b":100,", b":900,"))
    other = {
        "link": body.replace(body[10:74], b"0" * 64),
        "list": b"[1]",
        "text": b"not json",
        "number": b'{"@prev":"' + b"9" * 9000 + b"}",
        "deep": b"[" * 30_000,
        "no keys": body[: body.index(b'"@v"')] + b'"x":1}',
        "amount of text": body.replace(b":100,", b':"1",'),
    }[how]
    from khata.log.chain import leaf

    return Entry(entry.seq, other, leaf(other))


@pytest.mark.parametrize("bulk", [False, True], ids=["a few", "many"])
@pytest.mark.parametrize("after", [2, 3], ids=["just after the views", "later in the tail"])
@pytest.mark.parametrize(
    "how", ["hash", "amount", "link", "list", "text", "number", "deep", "no keys", "amount of text"]
)
def test_a_tail_that_was_tampered_with_leaves_the_views_as_they_were(
    how: str, after: int, *, bulk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, cache = lead(*GOOD, sold(), sold()), Cache(None)
    catch_up(Tampered(entries[:after]), cache)
    before = contents(cache)
    entries[3] = spoiled(entries[3], how)
    if bulk:
        monkeypatch.setattr(catching, "LARGE", 0)
    with pytest.raises(BookBrokenError) as caught:
        catch_up(Tampered(entries), cache)
    assert caught.value.facts["entry"] == 4
    assert contents(cache) == before
    assert balances_in(cache) == ({1: 100} if after == 3 else {})


@pytest.mark.parametrize(
    "event",
    [
        EntryReversed(entry=Seq(99)),
        EntryReversed(entry=Seq(5)),
        EntryReversed(entry=Seq(6)),
        PartyAdded(party=Party(1)),
    ],
    ids=["a reversal of nothing", "a reversal of itself", "a reversal of what comes later", "a number declared twice"],
)
@pytest.mark.parametrize("on_file", [False, True])
def test_a_tail_that_makes_no_sense_leaves_the_views_as_they_were(
    event: Event, tmp_path: Path, *, on_file: bool
) -> None:
    cache = Cache(tmp_path / "cache" / "c.sqlite" if on_file else None)
    entries = lead(*GOOD, sold(), event, sold())
    catch_up(Tampered(entries[:3]), cache)
    with pytest.raises(BookBrokenError):
        catch_up(Tampered(entries), cache)
    assert balances_in(cache) == {1: 100}
    assert cache.on_disk == on_file


def of_a_newer_khata(entry: Entry) -> Entry:
    body = entry.body.replace(b'"kind":"sale_recorded"', b'"kind":"goods_levitated"')
    from khata.log.chain import leaf

    return Entry(entry.seq, body, leaf(body))


def test_an_event_of_a_newer_khata_is_not_guessed_at() -> None:
    entries, cache = lead(*GOOD, sold()), Cache(None)
    catch_up(Tampered(entries[:3]), cache)
    entries[3] = of_a_newer_khata(entries[3])
    assert isinstance(codec.read(entries[3].body).event, Unknown)
    with pytest.raises(NewerBookError) as caught:
        catch_up(Tampered(entries), cache)
    assert caught.value.facts["kind"] == "goods_levitated"
    assert balances_in(cache) == {1: 100}


def test_an_empty_book_has_empty_views() -> None:
    cache = Cache(None)
    assert catch_up(MemoryBook(), cache).position == EMPTY
    assert balances_in(cache) == {}


# --- small things that are easily lost


def test_what_was_erased_by_entry_is_gone_from_the_views() -> None:
    shop = in_memory()
    shop.record(sale("Ramesh", 5, note="secret"), sale("Ramesh", 6, note="kept"))
    shop.balances()
    with shop.store.writing() as writing:
        writing.erase([Seq(2), Seq(3)])
        head = writing.head()
        writing.append([next_entry(head, DetailErased(entries=(Seq(2), Seq(3))), at=MORNING + timedelta(hours=1))])
    shop.books.catch_up()
    rows = shop.books.cache.connection.execute("SELECT note FROM entry WHERE note IS NOT NULL").fetchall()
    assert rows == [("kept",)]
    assert shop.books.cache.connection.execute("SELECT record FROM party").fetchall() == [("{}",)]
    assert not shop.books.cache.connection.execute("SELECT * FROM name_key").fetchall()
    assert contents(shop.books.cache) == contents(afresh(shop))


def test_forgetting_and_importing_leave_the_same_rows_in_any_steps() -> None:
    shop = in_memory()
    start = StartImport(sha256="ab" * 32, rows=1, file="old.csv", checked_upto=Seq(1))
    shop.record(start, file_rows(file_row(2, 1, 5, new="Ramesh")))
    shop.record(payment(Named("Ramesh"), 5), ForgetParty(party=Party(1)), sale("Ramesh", 9))
    shop.balances()
    whole = contents(afresh(shop))
    assert contents(shop.books.cache) == whole
    for cut in range(1, len(shop.entries())):
        assert contents(prefixes(shop, [cut])) == whole
    assert not list(faults_of(shop.entries()))
