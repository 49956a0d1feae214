"""Several counters at once, an import among them, and some killed: what was acknowledged is in the book, once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from khata.events import codec
from khata.log.errors import BusyError
from khata.store.sqlite.book import SqliteBook
from khata.units import Party
from khata.views.cache import Cache, path_for
from khata.writing import Books
from khata.writing import Till as Person
from tests.books import Ids, Shop, balances_in, event_id, faults_of, on_disk, sale

pytestmark = pytest.mark.wide

FORK = multiprocessing.get_context("fork")


def wall_clock() -> datetime:
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), UTC)


def counter(path: Path, cache: Path, name: str) -> Books:
    """A counter in a process of its own."""
    store = SqliteBook(path)
    return Shop(store, lambda: Cache(path_for(cache, path)), wall_clock, Ids(name), Person(name)).books  # type: ignore[arg-type]


def acknowledge(log: Path, what: str) -> None:
    """Say that something was recorded, so that it survives being killed."""
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, f"{what}\n".encode())
    os.close(fd)


def sell(path: Path, cache: Path, log: Path, name: str, count: int) -> None:
    """A counter that sells, one entry after the other."""
    from khata.writing import handle

    books = counter(path, cache, name)
    for number in range(count):
        sale_id = event_id((name, number))
        try:
            handle([sale(f"Party of {name}", 1, id=sale_id)], books)
        except BusyError:
            acknowledge(log, "busy")
            raise
        acknowledge(log, sale_id)


def bring_in(path: Path, cache: Path, log: Path, name: str, count: int) -> None:
    """Many rows in one transaction."""
    from khata.writing import handle

    ids = [event_id((name, number)) for number in range(count)]
    handle([sale("Party of the import", 1, id=sale_id) for sale_id in ids], counter(path, cache, name))
    acknowledge(log, "\n".join(ids))


def start(act: Callable[..., None], *args: Any) -> multiprocessing.process.BaseProcess:
    process = FORK.Process(target=act, args=args)
    process.start()
    return process


def acknowledged(log: Path) -> Counter[str]:
    return Counter(log.read_text().split()) if log.exists() else Counter()


def check(path: Path, cache: Path, log: Path) -> list[str]:
    """The ids in the book, when all that must hold does."""
    told = acknowledged(log)
    assert "busy" not in told
    shop = Shop(SqliteBook(path))
    entries = shop.entries()
    assert not list(faults_of(entries))
    ids = [codec.read(entry.body).id for entry in entries]
    assert len(set(ids)) == len(ids)
    assert told.keys() <= set(ids)
    kept = on_disk(path, cache)
    assert kept.balances() == shop.balances()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return ids


def test_counters_that_sell_at_once_and_an_import_all_find_their_place(book_path: Path, tmp_path: Path) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    running = [start(sell, book_path, cache, log, name, 25) for name in ("Ravi", "Sita", "Gopal", "Meena")]
    running.append(start(bring_in, book_path, cache, log, "Import", 2000))
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * 5
    assert sum(acknowledged(log).values()) == 4 * 25 + 2000
    parties, counters = 5, 4  # Ravi opened the book
    assert len(check(book_path, cache, log)) == 1 + 4 * 25 + 2000 + parties + counters
    assert sorted(Shop(SqliteBook(book_path)).balances().values()) == [2500] * 4 + [200_000]


def test_a_counter_killed_at_any_moment_loses_nothing_that_it_was_told(book_path: Path, tmp_path: Path) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    steady = start(sell, book_path, cache, log, "Ravi", 25)
    for turn in range(6):
        doomed = [
            start(sell, book_path, cache, log, f"Doomed {turn}", 500),
            start(bring_in, book_path, cache, log, f"Import {turn}", 20_000),
        ]
        time.sleep(0.05 + turn * 0.07)
        for process in doomed:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join(30)
    steady.join(60)
    assert steady.exitcode == 0
    check(book_path, cache, log)


def retry(path: Path, cache: Path, log: Path, name: str) -> None:
    """The same sale as everybody else tries to record."""
    from khata.writing import handle

    outcome = handle([sale("Ramesh", 450, id=event_id("one sale"))], counter(path, cache, name))
    acknowledge(log, f"again-{outcome.already}" if outcome.already else "first")


def test_the_same_sale_sent_by_several_at_once_is_recorded_once(book_path: Path, tmp_path: Path) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    running = [start(retry, book_path, cache, log, "Ravi") for _ in range(5)]
    for process in running:
        process.join(30)
    told = acknowledged(log)
    assert told["first"] == 1
    assert sum(told.values()) == 5
    assert len(told) == 2
    assert Shop(SqliteBook(book_path)).balances() == {1: 45000}


def spill(path: Path, ready: multiprocessing.synchronize.Event, done: multiprocessing.synchronize.Event) -> None:
    """An import whose pages no longer fit: it holds the file for itself."""
    from tests.contracts.book import follow

    book = SqliteBook(path)
    with book.writing() as writing:
        writing._connection.execute("PRAGMA cache_size = 5")
        writing.append(follow(writing.head(), 2000, Party(2)))
        ready.set()
        done.wait(30)


def test_a_question_is_answered_at_once_while_an_import_holds_the_book(disk_shop: Shop, book_path: Path) -> None:
    disk_shop.sell("Ramesh", 450)
    disk_shop.balances()
    ready, done = FORK.Event(), FORK.Event()
    holding = start(spill, book_path, ready, done)
    assert ready.wait(30)
    began = time.monotonic()
    reach = disk_shop.books.catch_up()
    waited = time.monotonic() - began
    assert reach.held
    assert reach.position.seq == 3
    assert balances_in(disk_shop.books.cache) == {1: 45000}
    assert waited < 1
    done.set()
    holding.join(30)
    reach = disk_shop.books.catch_up()
    assert not reach.held
    assert reach.position.seq == 2003


@pytest.mark.parametrize("turn", range(3))
def test_counters_that_open_the_views_for_the_first_time_at_once(book_path: Path, tmp_path: Path, turn: int) -> None:
    cache, log = tmp_path / "cache", tmp_path / "log"
    running = [start(sell, book_path, cache, log, f"Counter {n}", 3) for n in range(6)]
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * 6
    check(book_path, cache, log)
