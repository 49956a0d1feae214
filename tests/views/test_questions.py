"""Statement, dues and day book by both clocks, in every combination, against what a patient clerk would work out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.grammar.days import end_of_day
from khata.questions.balances import balance_of, last_received, last_received_on
from khata.questions.daybook import daybook
from khata.questions.debits import PAIRS
from khata.questions.dues import dues
from khata.questions.statement import last_settled_on, statement
from khata.rules.base import Named
from khata.rules.correction import ReverseEntry
from khata.rules.goods import RecordReturn
from khata.units import At, Day, Paise, Party, Seq
from khata.views.cut import Cut, known_at
from tests.books import Shop, in_memory, payment, sale

NAMES = ("Ramesh", "Sunita")
DAYS = [Day(f"2026-{month:02d}-{day:02d}") for month, day in ((8, 1), (9, 20), (10, 25), (11, 19), (11, 21), (11, 22))]


@dataclass
class Noted:
    """A line in the clerk's own notebook: what one entry did, written down beside the book."""

    entry: int
    on: Day
    name: str
    given: int
    received: int
    money_in: int
    reverses: int | None = None


@dataclass
class Did:
    """One thing done in the shop."""

    what: str
    who: int
    amount: int
    day: int
    part: int


things = st.lists(
    st.builds(
        Did,
        st.sampled_from(["sale", "part", "receive", "return", "reverse"]),
        st.integers(0, 1),
        st.integers(1, 50),
        st.integers(0, len(DAYS) - 1),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=12,
)


def play(done: list[Did]) -> tuple[Shop, list[Noted]]:
    """The same day in the book and in the notebook."""
    shop = in_memory()
    notes: list[Noted] = []
    for did in done:
        name, on = NAMES[did.who], DAYS[did.day]
        if did.what == "reverse":
            notes += _reversed(shop, notes, did)
            continue
        paid = did.part % (did.amount + 1) if did.what == "part" else 0
        if did.what == "receive":
            outcome = shop.record(payment(name, did.amount, on=on))
            amounts = (0, did.amount, did.amount)
        elif did.what == "return":
            who = Named(name, add=True)
            outcome = shop.record(RecordReturn(party=who, amount_paise=Paise(did.amount * 100), on=on))
            amounts = (0, did.amount, 0)
        else:
            outcome = shop.record(sale(name, did.amount, on=on, paid=[("upi", Paise(paid * 100))] if paid else []))
            amounts = (did.amount, paid, paid)
        notes.append(Noted(outcome.recorded[-1].seq, on, name, *(rupees * 100 for rupees in amounts)))
    shop.books.catch_up()
    return shop, notes


def _reversed(shop: Shop, notes: list[Noted], did: Did) -> list[Noted]:
    gone = {note.reverses for note in notes}
    open_ = [note for note in notes if note.reverses is None and note.entry not in gone]
    if not open_:
        return []
    first = open_[did.part % len(open_)]
    said = (None, DAYS[-1], DAYS[0])[did.amount % 3]  # its own day, a later one, or one before it
    on = said or first.on
    outcome = shop.record(ReverseEntry(entry=Seq(first.entry), on=said))
    seq = outcome.recorded[-1].seq
    return [Noted(seq, on, first.name, first.received, first.given, -first.money_in, reverses=first.entry)]


def seen(notes: list[Noted], cut: Cut, name: str | None = None) -> list[Noted]:
    """The notes that count: by business day, by what was recorded, and of whom."""
    found = [n for n in notes if n.on <= cut.as_on and n.entry <= cut.known and name in (None, n.name)]
    return sorted(found, key=lambda note: (note.on, note.entry))


def cuts(shop: Shop, notes: list[Noted]) -> list[Cut]:
    """Neither clock, one, the other, both."""
    last = shop.books.cache.position().seq
    middle = notes[len(notes) // 2].entry if notes else last
    return [Cut(day, Seq(known), known == last) for day in (DAYS[2], DAYS[-1]) for known in (middle, last)]


def cancelled(notes: list[Noted]) -> set[int]:
    """Entries that come to nothing: those cancelled, and what cancels them, if both count."""
    here = {note.entry for note in notes}
    pairs = [note for note in notes if note.reverses in here]
    return {note.entry for note in pairs} | {note.reverses for note in pairs if note.reverses}


everyday = settings(max_examples=40, deadline=None)


@everyday
@given(things)
def test_a_statement_is_what_the_clerk_would_write(done: list[Did]) -> None:
    shop, notes = play(done)
    for name in {note.name for note in notes}:
        party = shop.party(name)
        for cut in cuts(shop, notes):
            mine = seen(notes, cut, name)
            answer = statement(shop.books.cache.connection, party, cut)
            assert [(line.row.entry, line.debit_paise, line.credit_paise) for line in answer.lines] == [
                (note.entry, note.given, note.received) for note in mine
            ]
            balance = sum(note.given - note.received for note in mine)
            assert answer.closing_paise == balance == balance_of(shop.books.cache.connection, party, cut)
            assert {line.row.entry for line in answer.lines if line.cancelled} == cancelled(mine)


@everyday
@given(things, st.integers(0, len(DAYS) - 1))
def test_a_period_begins_with_what_was_brought_forward(done: list[Did], begin: int) -> None:
    shop, notes = play(done)
    for name in {note.name for note in notes}:
        for cut in cuts(shop, notes):
            mine = seen(notes, cut, name)
            answer = statement(shop.books.cache.connection, shop.party(name), cut, DAYS[begin])
            before = [note for note in mine if note.on < DAYS[begin]]
            assert answer.opening_paise == sum(note.given - note.received for note in before)
            here = [n.entry for n in mine if n.on >= DAYS[begin]]
            assert [line.row.entry for line in answer.lines] == here
            assert answer.closing_paise == sum(note.given - note.received for note in mine)
            # What cancels an entry, or is cancelled by one, may lie before the period.
            assert {line.row.entry for line in answer.lines if line.cancelled} == cancelled(mine) & set(here)


@everyday
@given(things)
def test_dues_are_settled_oldest_first_and_add_up_to_the_balance(done: list[Did]) -> None:
    shop, notes = play(done)
    for cut in cuts(shop, notes):
        found = {due.name: due for due in dues(shop.books.cache.connection, cut)}
        for name in NAMES:
            mine = seen(notes, cut, name)
            balance = sum(note.given - note.received for note in mine)
            if balance <= 0:
                assert name not in found
                continue
            due = found[name]
            assert due.balance_paise == sum(due.by_age_paise) == balance
            assert due.oldest_on == _oldest(mine, balance)
            assert list(due.by_age_paise) == _ages(mine, balance, cut)


def owing(note: Noted) -> int:
    """What an entry adds to what is to be paid: what was paid at once is paid."""
    return max(note.given - note.received, 0)


def _oldest(mine: list[Noted], balance: int) -> Day:
    """The day of the oldest debit that is open."""
    nothing = cancelled(mine)
    left = balance
    for note in reversed([note for note in mine if note.entry not in nothing]):
        left -= owing(note)
        if left <= 0:
            return note.on
    raise AssertionError


def _ages(mine: list[Noted], balance: int, cut: Cut) -> list[int]:
    """What is open by age, newest debit first."""
    nothing = cancelled(mine)
    ages, left = [0, 0, 0, 0], balance
    for note in reversed([note for note in mine if note.entry not in nothing]):
        part = min(left, owing(note))
        days = (date.fromisoformat(cut.as_on) - date.fromisoformat(note.on)).days
        ages[0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3] += part
        left -= part
    return ages


@everyday
@given(things)
def test_the_last_payment_is_the_last_that_was_not_cancelled(done: list[Did]) -> None:
    shop, notes = play(done)
    views, names = shop.books.cache.connection, {note.name for note in notes}
    for cut in cuts(shop, notes):
        last = {}
        for name in names:
            mine = seen(notes, cut, name)
            paid = [n.on for n in mine if n.money_in > 0 and n.entry not in cancelled(mine) and n.reverses is None]
            if paid:
                last[shop.party(name)] = max(paid)
            one = last_received(views, shop.party(name), cut)
            assert (one.on if one else None) == last.get(shop.party(name))
        assert last_received_on(views, [shop.party(name) for name in names], cut) == last


@everyday
@given(things)
def test_an_account_was_last_settled_when_a_day_ended_with_nothing_owed(done: list[Did]) -> None:
    shop, notes = play(done)
    for name in {note.name for note in notes}:
        for cut in cuts(shop, notes):
            balance, settled = 0, None
            mine = seen(notes, cut, name)
            for day in sorted({note.on for note in mine}):
                balance += sum(note.given - note.received for note in mine if note.on == day)
                settled = settled if balance else day
            assert last_settled_on(shop.books.cache.connection, shop.party(name), cut) == settled


@everyday
@given(things, st.integers(0, len(DAYS) - 1))
def test_a_day_book_has_the_days_entries_and_its_money(done: list[Did], which: int) -> None:
    shop, notes = play(done)
    day = DAYS[which]
    window = (At("2000-01-01T00:00:00.000000Z"), end_of_day(day))
    for cut in cuts(shop, notes):
        mine = [note for note in seen(notes, cut) if note.on == day]
        answer = daybook(shop.books.cache.connection, day, day, cut, window)
        assert [line.row.entry for line in answer.lines] == sorted(note.entry for note in mine)
        assert answer.by_account_paise.get("party", 0) == sum(note.given - note.received for note in mine)
        money = sum(answer.by_account_paise.get(mode, 0) for mode in ("cash", "upi"))
        assert money == sum(note.money_in for note in mine)


def test_what_was_typed_today_for_yesterday_stands_in_todays_day_book_too() -> None:
    shop = in_memory()
    shop.sell("Ramesh", 5)
    shop.sell("Ramesh", 7, on=Day("2026-11-21"))
    shop.books.catch_up()
    connection, today = shop.books.cache.connection, Day("2026-11-22")
    cut = Cut(today, shop.books.cache.position().seq)
    window = (end_of_day(Day("2026-11-21")), end_of_day(today))
    answer = daybook(connection, today, today, cut, window)
    assert [row.entry for row in answer.typed_for_other_days] == [4]
    earlier = Cut(today, Seq(3), everything=False)
    assert daybook(connection, today, today, earlier, window).typed_for_other_days == []


@pytest.mark.parametrize("ask", [lambda c, p, cut: statement(c, p, cut).closing_paise, balance_of])
def test_an_instant_and_an_entry_cut_alike(ask: Callable[..., int]) -> None:
    shop = in_memory()
    shop.sell("Ramesh", 5)
    before = shop.recorded()[-1].at
    shop.sell("Ramesh", 7)
    shop.books.catch_up()
    connection, party = shop.books.cache.connection, Party(1)
    by_instant = Cut(Day("2026-11-22"), known_at(connection, before), everything=False)
    assert ask(connection, party, by_instant) == ask(connection, party, Cut(Day("2026-11-22"), Seq(3), False)) == 500


def test_pairs_that_cancel_each_other_are_found_without_reading_every_entry() -> None:
    connection = in_memory().books.cache.connection
    plan = connection.execute("EXPLAIN QUERY PLAN " + PAIRS, (9, "2026-11-22", "2026-11-22")).fetchall()
    assert next(step[3] for step in plan).startswith("SEARCH r USING INDEX entry_reverses")
    assert not any("SCAN" in step[3] for step in plan)
