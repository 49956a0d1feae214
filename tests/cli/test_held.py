"""While another process holds the book: what is known is told, what is not known is never told as zero or nobody."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from khata.api.book import open_book
from khata.log.errors import BusyError
from khata.store.sqlite.book import LOOK_S, SqliteBook
from khata.views import cache as cache_module
from khata.views import catch_up as catching
from khata.views import schema
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.cli.batches import send
from tests.cli.conftest import Counter

QUESTIONS = (
    *("balance", "balance ramesh", "statement ramesh", "dues", "daybook", "status", "log", "show 3", "party list"),
    *("party show ramesh", "export --format csv", "balance --as-on 2026-11-01", "balance --known-at 2", ""),
)


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


@contextmanager
def held(shop: Counter) -> Iterator[sqlite3.Connection]:
    """Another process holds the book, as an import does once its pages no longer fit into memory."""
    with closing(sqlite3.connect(book(shop), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


@pytest.fixture(params=["no file", "an empty file", "a schema and nothing in it", "another version"])
def unanswering(shop: Counter, request: pytest.FixtureRequest) -> Counter:
    """A shop whose views cannot answer."""
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    if request.param == "another version":
        with closing(sqlite3.connect(cache, isolation_level=None)) as connection:
            connection.execute("UPDATE meta SET value = '5' WHERE key = 'version'")
        return shop
    shutil.rmtree(cache.parent)
    if request.param == "no file":
        return shop
    cache.parent.mkdir(mode=0o700)
    if request.param == "an empty file":
        cache.touch(0o600)
    else:
        views = Cache(cache)
        schema.create(views.connection)
        views.close()
    return shop


@pytest.mark.wide
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_nothing_can_answer_yet_says_so(unanswering: Counter, question: str) -> None:
    with held(unanswering):
        answer = unanswering(*question.split(), "--json")
        assert answer.code == 3
        failed = json.loads(answer.out)["failed"]
        assert (failed["code"], failed["facts"]["what"]) == ("busy", "not_known")
        assert unanswering(*question.split()).err.startswith("That is not known now: another counter is saving.")
    assert unanswering("balance", "ramesh", "--json").data["parties"][0]["balance_paise"] == 45000


def test_python_is_told_so_too(unanswering: Counter) -> None:
    home = {"HOME": str(unanswering.home)}
    with held(unanswering), open_book(book(unanswering), environ=home) as opened, pytest.raises(BusyError):
        opened.balances()


def test_views_that_reach_to_some_entry_answer_for_that_entry(shop: Counter) -> None:
    with held(shop):
        answer = shop("balance", "ramesh", "--json")
    assert (answer.data["known_at_entry"], answer.data["net_paise"]) == (3, 45000)
    assert [each["code"] for each in answer.envelope["warnings"]] == ["book_held"]


NOBODY = ("balance suresh", "statement suresh", "party show @9", "show 99", "log --party sur")


@pytest.mark.parametrize("question", NOBODY)
def test_that_somebody_is_not_there_is_not_known_of_a_held_book(shop: Counter, question: str) -> None:
    with held(shop):
        answer = shop(*question.split(), "--json")
        assert answer.code == 3
        assert json.loads(answer.out)["failed"]["facts"]["what"] == "not_known"
        with open_book(book(shop), environ={"HOME": str(shop.home)}) as opened, pytest.raises(BusyError):
            opened.entry(99)
    assert shop(*question.split(), "--json").refused in ("unknown_party", "unknown_entry")


class Recording(threading.Thread):
    """Another counter, which holds the book and records somebody new in it meanwhile."""

    def __init__(self, shop: Counter) -> None:
        super().__init__()
        self.shop, self.held, self.let_go = shop, threading.Event(), threading.Event()

    def run(self) -> None:
        # A thread of its own has a connection of its own, as another process has.
        copy = self.shop.home / "another.khata"
        shutil.copyfile(book(self.shop), copy)
        environ = {"HOME": str(self.shop.home / "elsewhere"), "XDG_CACHE_HOME": str(self.shop.home / "elsewhere")}
        assert self.shop("sale", "Suresh", "70", "--new", "--book", str(copy), environ=environ).code == 0
        with closing(SqliteBook(copy)) as made, made.reading() as reading:
            entries, details = list(reading.entries(4, 9)), list(reading.details(4, 9))
        with closing(SqliteBook(book(self.shop))) as store, store.writing() as writing:
            writing._connection.execute("PRAGMA cache_size = 1")
            writing.append(entries, details)
            writing._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.held.set()
            self.let_go.wait(20)


@pytest.mark.parametrize("how", ["sale", "batch", "python", "reverse", "party rename"])
def test_whoever_records_waits_and_finds_who_was_added_meanwhile(
    shop: Counter, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Recording(shop)
    other.start()
    assert other.held.wait(20)
    sleep, waited = time.sleep, [0.0]

    def pause(seconds: float) -> None:
        sleep(seconds)
        waited[0] += seconds
        if waited[0] > 2 * LOOK_S:  # longer than any question waits
            other.let_go.set()
            other.join(20)

    monkeypatch.setattr("khata.store.sqlite.turns.time.sleep", pause)
    try:
        if how == "sale":
            assert shop("sale", "suresh", "5").code == 0
        elif how == "batch":
            assert [each.get("entry") for each in send(shop, "sale suresh 5").answers] == [7]
        elif how == "python":
            with open_book(book(shop), environ={"HOME": str(shop.home), "USER": "asha"}) as opened:
                assert opened.sale("suresh", 500).balance_paise == 7500
        elif how == "reverse":
            assert shop("reverse", "6", "--yes").code == 0
        else:
            assert shop("party", "rename", "suresh", "--to", "Suresh Patil").code == 0
    finally:
        other.let_go.set()
        other.join()
    assert shop("verify").code == 0


def test_nobody_sees_views_that_are_being_built(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Views of a long book are built beside those that there are, which go on answering."""
    monkeypatch.setattr(catching, "LARGE", 1)
    monkeypatch.setattr(catching, "BATCH", 1)
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    answers, written = [], catching._write

    def asking(views: Cache, act: object) -> None:
        written(views, act)  # type: ignore[arg-type] # as it was called
        with closing(sqlite3.connect(cache)) as other:
            answers.append(other.execute("SELECT sum(debit_paise) FROM month WHERE party = 1").fetchone()[0])

    monkeypatch.setattr(catching, "_write", asking)
    assert shop("rebuild", "--json").data["entries"] == 3
    assert answers == [45000] * 3
    assert not [each.name for each in cache.parent.iterdir() if "sqlite" not in each.suffix]


def test_a_long_tail_does_not_take_the_indexes_from_under_others(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = {"XDG_CACHE_HOME": str(shop.home / "elsewhere")}
    for amount in range(1, 6):
        assert shop("sale", "ramesh", str(amount), environ=elsewhere).code == 0
    monkeypatch.setattr(catching, "LARGE", 1)
    monkeypatch.setattr(catching, "BATCH", 2)
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    seen, written = set(), catching._write

    def asking(views: Cache, act: object) -> None:
        written(views, act)  # type: ignore[arg-type] # as it was called
        with closing(sqlite3.connect(cache)) as other:
            indexes = other.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'entry_%'").fetchone()[0]
            seen.add((indexes, other.execute("SELECT max(seq) FROM entry").fetchone()[0]))

    monkeypatch.setattr(catching, "_write", asking)
    assert shop("balance", "ramesh", "--json").data["net_paise"] == 46500
    assert seen == {(7, 3)}
    assert shop("balance", "--known-at", "5", "--json").data["net_paise"] == 45300


def test_a_question_goes_on_with_what_it_sees_while_others_rebuild(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        cache_module, "WAIT_MS", 200
    )  # whoever rebuilds waits for the question, which waits for it here
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    views = Cache(cache)
    views.stand_still()
    assert views.position().seq == 3
    assert shop("sale", "ramesh", "50").code == 0
    assert shop("rebuild").code == 0
    assert views.connection.execute("SELECT sum(debit_paise) FROM month WHERE party = 1").fetchone() == (45000,)
    views.move_on()
    assert views.connection.execute("SELECT sum(debit_paise) FROM month WHERE party = 1").fetchone() == (50000,)
    views.close()


def test_an_answer_is_from_views_that_reach_as_far_as_they_were_brought(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between catching up and the answer another process puts views there that it built from an earlier moment."""
    with closing(SqliteBook(book(shop))) as store, closing(Cache.apart()) as early:
        catch_up(store, early)
        assert shop("sale", "ramesh", "50").code == 0
        stand_still, put = Cache.stand_still, list[bool]()

        def put_and_stand_still(views: Cache) -> None:
            if not put:
                put.append(True)
                views.put(early, None)
            stand_still(views)

        monkeypatch.setattr(Cache, "stand_still", put_and_stand_still)
        assert shop("balance", "ramesh", "--json").data["known_at_entry"] == 4
        assert put


def test_rebuilding_a_held_book_leaves_the_views_as_they_are(shop: Counter) -> None:
    with held(shop):
        assert shop("rebuild").code == 3
        assert shop("balance", "ramesh", "--json").data["net_paise"] == 45000
