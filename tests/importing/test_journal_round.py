"""What khata export writes as a journal comes back: every customer's balance to the paisa, every entry, every day."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.exporting import charts
from khata.exporting.jsonl import import_log
from khata.exporting.plain_csv import lines
from khata.importing.check import Options
from khata.importing.run import ImportResult, import_file
from khata.names import exact_key
from khata.questions.balances import balances
from khata.questions.entries import log
from khata.rules.refused import Refused
from khata.store.sqlite.book import SqliteBook
from khata.units import Seq
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.books import Shop, in_memory, sale
from tests.exporting.books import (
    WRITERS,
    Asked,
    asked,
    by_beancount,
    by_hledger,
    by_ledger,
    needs_beancount,
    needs_hledger,
    needs_ledger,
    odd_book,
)
from tests.importing.test_tally_round import GOLDEN, PEOPLE, command, deeds
from tests.sample_shops import SHOPS, opened

FORMS = ("journal", "beancount")


def called(of: Asked, form: str) -> dict[int, str]:
    """The name that each customer has in the file."""
    if form == "beancount":  # the metadata of its accounts have the names themselves
        names = {party: name or f"@{party}" for party, name in of.book.known.items()}
        names = {party: " ".join(name.split()) for party, name in names.items()}
    else:
        names = dict(charts.spelt_apart(of.book.known, charts.in_journal, charts.at_number))
    return {party: exact_key(f"Ledger {name}" if name.startswith("@") else name) for party, name in names.items()}


def owed(of: Asked, form: str) -> dict[str, int]:
    """What each customer owes in the book that is taken out."""
    names = called(of, form)
    rows = balances(of.cache.connection, of.wanted.cut)
    return {names[each.party]: each.balance_paise for each in rows if each.balance_paise}


def came(shop: Shop) -> dict[str, int]:
    """What each customer owes in the book that it was taken into."""
    shop.books.catch_up()
    cut = asked(shop.books.cache, None, "2027-12-31", 0).wanted.cut
    rows = balances(shop.books.cache.connection, cut)
    return {exact_key(each.name or ""): each.balance_paise for each in rows if each.balance_paise}


def around(of: Asked, form: str, folder: Path) -> tuple[Shop, ImportResult]:
    """A new book into which an extract was taken, by way of a journal."""
    path = folder / f"book.{form}"
    path.write_text("".join(f"{line}\n" for line in WRITERS[form](of)), encoding="utf-8")
    shop = in_memory()
    shop.clock.set(days=400)
    return shop, import_file(str(path), shop.books, Options(new_parties="all", same_rows="record", large=True))


def by_day(cache: Cache) -> Counter[tuple[str, str]]:
    """How much moved on each day as what, those entries aside that were taken back, and what takes them back.

    What a transfer moved is brought forward for both.
    """
    sums: Counter[tuple[str, str]] = Counter()
    for each in log(cache.connection, Seq(1), cache.position().seq):
        if each.amount_paise is not None and each.reverses is None and each.reversed_by is None:
            kind = each.kind.replace("balance_transferred", "opening_recorded")
            sums[each.on, kind] += each.amount_paise
    return sums


@pytest.fixture(params=["odd", "format-3", "0.1.0", *SHOPS])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    """A book's views: the odd one, those of the formats, and the sample shops."""
    name = str(request.param)
    if name == "odd":
        return odd_book().books.cache
    if name in SHOPS:
        return opened(name, tmp_path).cache
    import_log(GOLDEN / name / "book.jsonl", tmp_path / "shop.khata")
    cache = Cache(tmp_path / "views")
    catch_up(SqliteBook(tmp_path / "shop.khata"), cache)
    return cache


@pytest.mark.wide
@pytest.mark.parametrize("form", FORMS)
def test_a_whole_book_comes_back_with_every_entry_and_every_day(book: Cache, form: str, tmp_path: Path) -> None:
    of = asked(book, None, "2027-03-31", 0)
    shop, result = around(of, form, tmp_path)
    assert came(shop) == owed(of, form)
    assert by_day(shop.books.cache) == by_day(book)
    assert result.found is not None
    assert result.found["passed"].keys() <= {"taken_back"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("first", ["2026-11-05", "2026-11-06", "2026-11-22"])
def test_a_period_comes_back_with_what_there_was_before(tmp_path: Path, form: str, first: str) -> None:
    of = asked(odd_book().books.cache, first, "2026-11-22", 0)
    shop, _ = around(of, form, tmp_path)
    assert came(shop) == owed(of, form)


@pytest.mark.parametrize("form", FORMS)
def test_a_book_may_go_around_twice(tmp_path: Path, form: str) -> None:
    """Rows in, a journal out, in, and the table out again: once around changes what a second time leaves."""
    of = asked(odd_book().books.cache, None, "2026-11-22", 0)
    once, _ = around(of, form, tmp_path)
    once.books.catch_up()
    twice, _ = around(asked(once.books.cache, None, "2027-12-31", 0), form, tmp_path)
    twice.books.catch_up()
    tables = [list(lines(each.books.cache, each.books.cache.position().seq)) for each in (once, twice)]
    shown = [sorted(row.split(",")[1:9] for row in table) for table in tables]
    numbered = [[[cell for place, cell in enumerate(row) if place != 3] for row in table] for table in shown]
    assert numbered[0] == numbered[1]


@pytest.mark.wide
@given(st.lists(deeds, max_size=25), st.sampled_from(FORMS))
@settings(max_examples=80, deadline=None)
def test_any_book_comes_back(tmp_path_factory: pytest.TempPathFactory, made: list[tuple[Any, ...]], form: str) -> None:
    shop = in_memory()
    shop.record(*(sale(name, 100, on="2025-03-31") for name in PEOPLE))
    for deed in made:
        entries = [each.seq for each in shop.recorded() if hasattr(each.event, "amount_paise")]
        asked_for = command(entries, *deed)
        with suppress(Refused):
            shop.record(*([asked_for] if asked_for else []))
    shop.books.catch_up()
    of = asked(shop.books.cache, None, "2026-11-22", 0)
    other, _ = around(of, form, tmp_path_factory.mktemp("round"))
    assert came(other) == owed(of, form)
    assert by_day(other.books.cache) == by_day(shop.books.cache)


@needs_hledger
@needs_ledger
@needs_beancount
def test_their_own_programs_hold_the_sums_that_came_back(book: Cache, tmp_path: Path) -> None:
    """What hledger, ledger and beancount read in the journal of a book is what khata recorded of it."""
    of = asked(book, None, "2027-03-31", 0)
    for form, reader in (("journal", by_hledger), ("journal", by_ledger)):
        shop, _ = around(of, form, tmp_path)
        sums = reader(tmp_path / "book.journal")
        people = {name.removeprefix("assets:khata:"): paise for name, paise in sums.items() if ":khata:" in name}
        assert {exact_key(f"Ledger {n}" if n.startswith("@") else n): p for n, p in people.items()} == came(shop)
    shop, _ = around(of, "beancount", tmp_path)
    names = called(of, "beancount")
    told = by_beancount(tmp_path / "book.beancount")
    assert {names[party]: paise for paise, party in told.values() if party} == came(shop)
