"""Every account by month, and every question, against a second ledger that knows nothing of khata's postings.

Verification replays a book with the fold that made the views: where that goes wrong, nothing but this says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from khata.grammar.days import end_of_day
from khata.log.chain import Entry
from khata.questions.balances import balance_of, balances
from khata.questions.daybook import daybook, totalled, totals
from khata.questions.debits import Debits
from khata.questions.dues import ages_of, dues, oldest_on
from khata.questions.entries import entry, moved
from khata.questions.parties import beginning, find
from khata.questions.pending import by_customer, pending
from khata.questions.reminders import reminders
from khata.questions.statement import statement
from khata.store.memory import MemoryBook
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.units import At, Day, Party, Seq
from khata.verifying.verify import verify
from khata.views import catch_up as catching
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import Cut, position_of
from tests.any_book import DAYS, MODES, Deed, deeds, entries_of
from tests.books import Shop
from tests.on_paper import Paper, by_age, cancelled

LAST = Day(DAYS[-1])

EVERY_KIND = [
    Deed("opening_recorded", 1, 80_000, 0),
    Deed("opening_recorded", 2, 5_000, 1, more=1),
    Deed("sale_recorded", 1, 45_000, 2, (("cash", 30), ("upi", 30), ("cash", 10))),
    Deed("sale_recorded", 0, 3_500, 2, (("card", 50),)),
    Deed("goods_returned", 1, 9_000, 4, (("cash", 20),), imported=True),
    Deed("goods_returned", 0, 900, 5),
    Deed("payment_received", 1, 64_000, 6, (("cheque", 1),), 5, imported=True),
    Deed("money_refunded", 2, 3_000, 7, (("bank", 1),)),
    Deed("discount_allowed", 1, 500, 8),
    Deed("debt_written_off", 1, 700, 9),
    Deed("sale_recorded", 3, 10_000, 10),
    Deed("sale_recorded", 3, 20_000, 10, more=9),
    Deed("sale_recorded", 3, 30_000, 10, more=6),
    Deed("dispute", 0, 0, 11, more=9),
    Deed("dispute", 0, 2, 12, more=9),
    Deed("remind", 3, 500, 12),
    Deed("correct", 0, 100, 0, more=2),
    Deed("correct", 0, 50, 0, more=2),
    *(Deed("reverse", 0, odd, day, more=nth) for odd, day, nth in ((1, 17, 0), (1, 0, 3), (0, 0, 5), (1, 11, 2))),
]
"""One of each, and each way to take something back: on its own day, later, earlier, and by a correction."""


def two_sales(first: int, second: int) -> list[Deed]:
    return [Deed("sale_recorded", 1, 50_000, first), Deed("sale_recorded", 1, 90_000, second)]


THE_SECOND_IS_CANCELLED = Deed("reverse", 0, 0, 0, more=1)

books = st.lists(deeds, min_size=1, max_size=14)


def grown(entries: Sequence[Entry]) -> Iterator[MemoryBook]:
    """A book as it was after each of its entries."""
    book = MemoryBook()
    for each in entries:
        with book.writing() as writing:
            writing.append([each])
        yield book


def folded(entries: Sequence[Entry], how: str) -> Cache:
    """The views of a book: folded entry by entry, all together, or as a long tail is, in parts."""
    cache = Cache(None)
    with ExitStack() as stack:
        if how == "in parts":
            stack.enter_context(patch.object(catching, "LARGE", 0))
            stack.enter_context(patch.object(catching, "BATCH", 5))
        for nth, book in enumerate(grown(entries), 1):
            if how == "one by one" or nth == len(entries):
                catch_up(book, cache)
    return cache


def assert_accounts(cache: Cache, paper: Paper) -> None:
    """What stands in the tables, whoever folded it."""
    connection = cache.connection
    months = connection.execute("SELECT party, account, month, debit_paise, credit_paise FROM month").fetchall()
    assert {tuple(key): tuple(sums) for *key, sums in ((*row[:3], row[3:]) for row in months)} == paper.months()
    assert sum(row[3] for row in months) == sum(row[4] for row in months)
    for noted in paper.entries:
        row, made = entry(connection, Seq(noted.seq)), moved(connection, Seq(noted.seq))
        assert row is not None
        assert (row.kind, row.on, row.party, row.amount_paise) == (noted.kind, noted.on, noted.party, noted.amount)
        assert sorted((each.account, each.amount_paise) for each in made) == sorted(noted.moves)
        assert sum(each.amount_paise for each in made) == 0
        assert {each.party for each in made} <= {None, noted.party}
        assert (row.effect.debit_paise, row.effect.credit_paise) == (noted.debit, noted.credit)
        assert (row.reverses, row.reversed_by) == (noted.reverses, reversal_of(paper, noted.seq))
    sums = "SELECT seq, debit_paise, credit_paise FROM entry WHERE debit_paise IS NOT NULL OR credit_paise IS NOT NULL"
    mine = {each.seq: (each.debit, each.credit) for each in paper.entries if each.party and each.moves}
    assert {seq: (debit, credit) for seq, debit, credit in connection.execute(sums)} == mine
    parties = connection.execute("SELECT party, last_entry, largest_paise FROM party").fetchall()
    assert {party: last for party, last, _ in parties} == paper.last_entries()
    assert {party: largest for party, _, largest in parties} == paper.largest()


def reversal_of(paper: Paper, seq: int) -> int | None:
    return next((each.seq for each in paper.entries if each.reverses == seq), None)


everyday = settings(max_examples=100, deadline=None)


@everyday
@example(EVERY_KIND)
@given(books)
def test_every_account_is_what_a_second_ledger_says_however_it_was_folded(done: list[Deed]) -> None:
    entries = entries_of(done)
    paper = Paper(each.body for each in entries)
    for how in ("one by one", "at once", "in parts"):
        assert_accounts(folded(entries, how), paper)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(st.lists(deeds, min_size=10, max_size=40))
def test_a_long_run_of_the_same(done: list[Deed]) -> None:
    entries = entries_of(done)
    paper = Paper(each.body for each in entries)
    for how in ("one by one", "at once", "in parts"):
        cache = folded(entries, how)
        assert_accounts(cache, paper)
        assert_answers(cache, paper, len(entries) * 2 // 3, done[0].day, done[1].day)


# --- the questions


def cuts(paper: Paper, known: int, day: int) -> list[Cut]:
    """Neither clock, one, the other, both; and all entries counted one by one in place of the sums of months."""
    last = len(paper.entries)
    return [
        Cut(LAST, Seq(last)),
        Cut(Day(DAYS[day]), Seq(last)),
        Cut(Day(DAYS[day]), Seq(last), everything=False),
        Cut(LAST, Seq(known), everything=known == last),
        Cut(Day(DAYS[day]), Seq(known), everything=known == last),
    ]


def assert_answers(cache: Cache, paper: Paper, known: int, day: int, first: int) -> None:
    """What the questions say, by both clocks; of a period from a first day on, which may lie after its end."""
    assert position_of(cache.connection) == len(paper.entries)
    for cut in cuts(paper, known, day):
        assert_balances(cache, paper, cut)
        assert_reminders(cache, paper, cut)
        for party in paper.last_entries():
            assert_statement(cache, paper, Party(party), cut, Day(DAYS[first]))
        assert_day_book(cache, paper, cut, Day(DAYS[first]))


def assert_balances(cache: Cache, paper: Paper, cut: Cut) -> None:
    connection, expected = cache.connection, paper.balances(cut.as_on, cut.known)
    found = balances(connection, cut)
    assert {each.party: each.balance_paise for each in found} == expected
    assert [each.balance_paise for each in found] == sorted(expected.values(), reverse=True)
    owing = {party: paise for party, paise in expected.items() if paise > 0}
    unpaid = {party: paper.unpaid(party, cut.as_on, cut.known) for party in owing}
    asked = dues(connection, cut)
    assert {due.party: due.balance_paise for due in asked} == owing
    assert {due.party: [due.not_due_paise, *due.by_age_paise] for due in asked} == {
        party: by_age(each, cut.as_on) for party, each in unpaid.items()
    }
    assert {due.party: due.due_since for due in asked} == {p: since(each, cut.as_on) for p, each in unpaid.items()}
    assert {due.party: due.disputed_paise for due in asked} == {
        party: min(paise, sum(each.debit - each.credit for each in paper.denied(party, cut.as_on, cut.known)))
        for party, paise in owing.items()
    }
    oldest = {party: each[-1][0] for party, each in unpaid.items()}
    assert {due.party: due.oldest_on for due in asked} == oldest
    assert oldest_on(connection, cut, [each for each in found if each.balance_paise > 0]) == oldest
    debits = Debits(connection, cut)
    alone = {each.party: ages_of(debits, each.party, cut.as_on, each.balance_paise) for each in found}
    ages = {party: each.parts_paise if each else () for party, each in alone.items()}
    assert ages == {party: tuple(by_age(unpaid[party], cut.as_on)) if party in owing else () for party in alone}


def since(unpaid: list[tuple[str, str, int]], as_on: str) -> str | None:
    return min((due for _, due, _ in unpaid if due <= as_on), default=None)


def assert_reminders(cache: Cache, paper: Paper, cut: Cut) -> None:
    """Nobody is asked for what is not due, denied or on its way."""
    cache.connection.execute('UPDATE party SET record = \'{"name": "Somebody"}\'')
    found = {each.row.party: (each.asked_paise, each.since) for each in reminders(cache.connection, cut)}
    coming = by_customer(pending(cache.connection, cut), {})
    expected = {}
    for party in paper.balances(cut.as_on, cut.known):
        every = paper.unpaid(party, cut.as_on, cut.known, denied=False)
        left = sum(paise for *_, paise in every) - coming.get(Party(party), 0)
        due = []
        for on, due_on, paise in every:  # the newest first: what is on its way settles the oldest
            if left > 0 and due_on <= cut.as_on:
                due.append((on, due_on, min(left, paise)))
            left -= paise
        if due:
            expected[party] = sum(paise for *_, paise in due), since(due, cut.as_on)
    assert found == expected


def assert_statement(cache: Cache, paper: Paper, party: Party, cut: Cut, first: Day) -> None:
    connection, mine = cache.connection, paper.counting(cut.as_on, cut.known, party)
    owed = paper.balances(cut.as_on, cut.known).get(party, 0)
    whole, part = statement(connection, party, cut), statement(connection, party, cut, first)
    assert whole.closing_paise == part.closing_paise == balance_of(connection, party, cut) == owed
    assert [(line.row.entry, line.debit_paise, line.credit_paise) for line in whole.lines] == [
        (each.seq, each.debit, each.credit) for each in mine
    ]
    running = [sum(each.debit - each.credit for each in mine[: nth + 1]) for nth in range(len(mine))]
    assert [line.balance_paise for line in whole.lines] == running
    assert {line.row.entry for line in whole.lines if line.cancelled} == cancelled(mine)
    before = [each for each in mine if each.on < first]
    assert whole.opening_paise == 0
    assert part.opening_paise == sum(each.debit - each.credit for each in before)
    assert part.lines == whole.lines[len(before) :]
    # On paper the balance at the end of each day is that of the day, whatever was taken back on another one.
    at_end = {line.row.on: line.balance_paise for line in whole.shown()}
    assert at_end == {line.row.on: line.balance_paise for line in whole.lines}
    shown = [line for line in whole.shown() if not line.folded]
    assert sum(line.effect.debit_paise - line.effect.credit_paise for line in shown) == owed


def assert_day_book(cache: Cache, paper: Paper, cut: Cut, first: Day) -> None:
    connection = cache.connection
    window = (At("2000-01-01T00:00:00.000000Z"), end_of_day(LAST))
    found = daybook(connection, first, cut.as_on, cut, window)
    here = [each for each in paper.counting(cut.as_on, cut.known) if each.on >= first]
    assert [line.row.entry for line in found.lines] == [seq for _, seq in sorted((each.on, each.seq) for each in here)]
    assert found.by_account_paise == paper.accounts(first, cut.as_on, cut.known)
    assert {line.row.entry for line in found.lines if line.cancelled} == cancelled(here)
    for lines in [found.lines, *(lines for _, lines in found.days())]:
        given, received = totalled(lines)
        owed = sum(line.effect.debit_paise - line.effect.credit_paise for line in lines)
        assert given - received == owed == sum(each.paise for each in found._replace(lines=lines).movements())
    today = paper.accounts(cut.as_on, cut.as_on, cut.known)
    money = sum(today.get(mode, 0) for mode in MODES)
    assert totals(connection, cut, MODES) == (-today.get("sales", 0) - today.get("returns", 0), money)


days = st.integers(0, len(DAYS) - 1)


@everyday
@example(EVERY_KIND, 60, 13, 5)
@example([*two_sales(2, 3), THE_SECOND_IS_CANCELLED], 100, 17, 0)
@example([*two_sales(8, 10), THE_SECOND_IS_CANCELLED], 100, 17, 0)
@example(two_sales(10, 13), 100, 12, 0)  # the second later in the month of the day that is asked about
@example(two_sales(2, 3), 100, 3, 9)  # a period that begins after the day that is asked about
@given(books, st.integers(0, 100), days, days)
def test_every_question_is_answered_as_by_a_second_ledger(done: list[Deed], known: int, day: int, first: int) -> None:
    entries = entries_of(done)
    paper = Paper(each.body for each in entries)
    assert_answers(folded(entries, "in parts"), paper, len(entries) * known // 100, day, first)


@settings(max_examples=3, deadline=None)
@given(st.lists(deeds, min_size=25, max_size=30))
def test_two_processes_and_a_verification_come_to_what_a_second_ledger_says(done: list[Deed]) -> None:
    entries = entries_of(EVERY_KIND + done)
    paper = Paper(each.body for each in entries)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        path, views = Path(folder) / "any.khata", Path(folder) / "views.sqlite"
        create(path, entries)
        for name, value in (("LONG", 10), ("LARGE", 5), ("BATCH", 7)):
            stack.enter_context(patch.object(catching, name, value))
        cache = Cache(views)
        with closing(SqliteBook(path)) as book:
            catch_up(book, cache)
        assert_accounts(cache, paper)
        cache.close()
        verdict = verify(path, views)
    owed = paper.balances(LAST, len(entries)).values()
    assert (verdict.result, verdict.compared_upto) == ("unbroken", len(entries))
    assert verdict.to_receive_paise == sum(paise for paise in owed if paise > 0)
    assert verdict.to_give_paise == -sum(paise for paise in owed if paise < 0)


def test_those_last_traded_with_come_first(shop: Shop) -> None:
    for name in ("Ramesh Das", "Ramesh Kumar", "Ramesh Lal", "Ramesh Das"):
        shop.sell(name, 5)
    shop.books.catch_up()
    connection, expected = shop.books.cache.connection, ["Ramesh Das", "Ramesh Lal", "Ramesh Kumar"]
    assert [row.name for row in beginning(connection, "ramesh", 9)] == expected
    found = find(connection, "ramesh")
    assert found is not None
    assert [row.name for row in found.parties] == expected
