"""A question is answered from one moment, whatever other counters save while it is being answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import StringIO
from typing import Any

import pytest

from khata import OpenedBook
from khata.api import asked, naming
from khata.cli.customers import offers
from khata.cli.shell.sitting import Sitting
from khata.views.cut import Cut
from tests.api.conftest import Home
from tests.cli.batches import send
from tests.cli.conftest import Counter
from tests.cli.sitting import Keys, surroundings

QUESTIONS = """
    balance
    balance ramesh
    balance --as-on 2026-11-21
    balance ramesh --known-at 3
    dues
    statement ramesh
    daybook
    log
    party list
    party show ramesh
"""


@pytest.fixture
def home(shop: Counter) -> Home:
    assert shop("party", "add", "Sita").code == 0
    return Home(shop)


@contextmanager
def meanwhile(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A block in which somebody sells, adds a customer and cancels as soon as a question knows how far it reaches."""
    real, done = asked.cut, list[int]()

    def cut(*clocks: Any) -> Cut:
        found = real(*clocks)
        if not done:
            done.append(found.known)
            for words in (["sale", "ramesh", "100"], ["sale", "Zubeda", "7", "--new"], ["reverse", "3", "--yes"]):
                assert shop(*words, "--by", "meena").code == 0
        return found

    with monkeypatch.context() as patched:
        patched.setattr(asked, "cut", cut)
        yield done


@pytest.mark.parametrize("question", QUESTIONS.strip().splitlines())
def test_what_others_save_meanwhile_is_not_half_of_an_answer(
    home: Home, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*question.split(), "--json"]
    quiet = home.counter(*words).data
    with meanwhile(home.counter, monkeypatch) as done:
        assert home.counter(*words).data == quiet
    assert done
    if "--known-at" not in words:
        assert home.counter(*words).data != quiet


ASKED: dict[str, Callable[[OpenedBook], Any]] = {
    "balance": lambda book: book.balance("ramesh"),
    "balances": lambda book: book.balances(settled=True),
    "dues": lambda book: book.dues(),
    "statement": lambda book: book.statement("ramesh"),
    "daybook": lambda book: book.daybook(),
    "entries": lambda book: book.entries(),
    "entry": lambda book: book.entry(3),
}


@pytest.mark.parametrize("name", ASKED)
def test_so_it_is_from_python(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with home.open() as book:
        quiet = ASKED[name](book)
        with meanwhile(home.counter, monkeypatch) as done:
            assert ASKED[name](book) == quiet
        assert done
        assert ASKED[name](book) != quiet


def nobody_reads(shop: Counter) -> bool:
    """Whether the cache's log can be emptied: a reader of an earlier moment would be in the way."""
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    with closing(sqlite3.connect(cache, timeout=0, isolation_level=None)) as other:
        other.execute("CREATE TABLE here (x)")
        other.execute("DROP TABLE here")
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def test_between_two_questions_no_moment_is_held_from_python(home: Home) -> None:
    with home.open() as book:
        others: list[Callable[[OpenedBook], Any]] = [lambda book: book.parties(), lambda book: book.party("ramesh")]
        for ask in (*ASKED.values(), *others):
            ask(book)
            assert nobody_reads(home.counter)
        with pytest.raises(Exception, match="nobody"):
            book.sale("nobody", 100)
        assert nobody_reads(home.counter)
        with home.open() as other:
            other._open.ask_views()
            assert not nobody_reads(home.counter)


def test_between_two_lines_of_a_shell_no_moment_is_held(shop: Counter) -> None:
    with surroundings(shop, StringIO()) as env:
        sitting = Sitting(env, Keys(shop))
        assert nobody_reads(shop)
        for line in ("ramesh?", "ramesh??", "?", "ramesh 10", "nobody?", "balance", "by meena", "help"):
            sitting.take(line)
            assert nobody_reads(shop), line
        assert offers(env, "ramesh k")
        assert nobody_reads(shop)


def test_between_two_groups_of_a_batch_no_moment_is_held(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from khata.cli.batch import Batch

    told: list[bool] = []
    commit = Batch._commit

    def watched(batch: Batch) -> None:
        commit(batch)
        told.append(nobody_reads(shop))

    monkeypatch.setattr(Batch, "_commit", watched)
    send(shop, "balance ramesh", "sale ramesh 5", "sale nobody 5", "status")
    assert told
    assert all(told)


def test_what_others_save_before_an_entry_is_taken_in_on_disk(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    real, done = naming.to_write, list[str]()

    def to_write(*asked_for: Any, **more: Any) -> Any:
        found = real(*asked_for, **more)
        if not done:
            done.append("sold")
            assert shop("sale", "ramesh", "100", "--by", "meena").code == 0
        return found

    monkeypatch.setattr(naming, "to_write", to_write)
    with surroundings(shop, out := StringIO()) as env:
        sitting = Sitting(env, Keys(shop))
        sitting.take("ramesh 10")
        assert done
        assert env.cache.on_disk
    assert "now ₹560.00 due" in out.getvalue()
