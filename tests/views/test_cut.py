"""Two clocks: what is asked about a day, and what the book knew at an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events.base import Recorded
from khata.events.book import ClockCorrected
from khata.events.money import EntryReversed, OpeningRecorded, PaymentReceived, SaleRecorded
from khata.pen import stamp
from khata.questions.balances import balance_of, balances
from khata.rules.base import Command
from khata.rules.book import FixClock
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.units import At, Day, Seq
from khata.views.cut import Cut, known_at, latest_day, position_of
from tests.books import MORNING, Clock, Shop, at, in_memory, payment, rs, sale

LAST_DAY = Day("9999-12-31")


def naive_known_at(recorded: list[Recorded], instant: At) -> list[int]:
    """The definition: an entry counts with its own `at` or that of a later correction, whichever is the earliest."""
    known = []
    for entry in recorded:
        later = [other.at for other in recorded if other.seq > entry.seq and isinstance(other.event, ClockCorrected)]
        if min([entry.at, *later]) <= instant:
            known.append(int(entry.seq))
    return known


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-3_000_000, 3_000_000), st.sampled_from(["sell", "sell", "fix"])), max_size=10),
    st.lists(st.integers(-4_000_000, 4_000_000), max_size=4),
)
def test_what_was_known_at_an_instant_is_always_a_beginning_of_the_book(
    moves: list[tuple[int, str]], offsets: list[int]
) -> None:
    clock = Clock()
    shop = in_memory(clock=clock)
    for seconds, what in moves:
        clock.set(seconds=seconds)
        if what == "sell" and stamp(clock.now) >= shop.recorded()[-1].at:
            shop.sell("Ramesh", 5)
        elif what == "fix":
            shop.record(FixClock(reason="x"))
    shop.books.catch_up()
    recorded = shop.recorded()
    around = [datetime.fromisoformat(entry.at) + timedelta(microseconds=d) for entry in recorded for d in (-1, 0, 1)]
    for instant in [*around, *(MORNING + timedelta(seconds=offset) for offset in offsets)]:
        known = naive_known_at(recorded, stamp(instant))
        assert known == list(range(1, len(known) + 1))
        assert known_at(shop.books.cache.connection, stamp(instant)) == len(known)


def test_the_very_instant_of_an_entry_counts(shop: Shop) -> None:
    shop.sell("Ramesh", 5)
    shop.books.catch_up()
    connection, moment = shop.books.cache.connection, shop.recorded()[-1].at
    before = stamp(datetime.fromisoformat(moment) - timedelta(microseconds=1))
    assert known_at(connection, moment) == 3
    assert known_at(connection, before) == 1
    assert known_at(connection, at("2000-01-01")) == 0
    assert known_at(connection, at("2999-01-01")) == 3


def test_views_that_hold_nothing_know_nothing() -> None:
    from khata.views.cache import Cache

    connection = Cache(None).connection
    assert position_of(connection) == 0
    assert latest_day(connection, Day("2026-11-22")) == "2026-11-22"
    assert known_at(connection, at("2999-01-01")) == 0


def test_after_a_clock_that_ran_a_year_ahead_the_entries_count_from_its_correction() -> None:
    clock = Clock(step=timedelta())
    shop = in_memory(clock=clock)
    clock.set(days=365)
    shop.sell("Ramesh", 5)
    clock.now = MORNING + timedelta(hours=1)
    shop.record(FixClock(reason="battery"))
    clock.set(hours=1)
    shop.sell("Ramesh", 6)
    shop.books.catch_up()
    connection = shop.books.cache.connection
    expected = {0: 1, 59: 1, 60: 4, 119: 4, 120: 5}
    for minutes, known in expected.items():
        assert known_at(connection, stamp(MORNING + timedelta(minutes=minutes))) == known


def test_the_latest_day_is_that_of_the_last_entry_or_of_one_before_a_clock_was_put_back() -> None:
    clock = Clock(step=timedelta())
    shop = in_memory(clock=clock)
    clock.set(days=3)
    shop.sell("Ramesh", 5)
    clock.set(days=-2)
    shop.record(FixClock(reason="battery"))
    shop.sell("Ramesh", 6)
    shop.books.catch_up()
    connection = shop.books.cache.connection
    assert latest_day(connection, Day("2026-11-22")) == "2026-11-25"
    assert latest_day(connection, Day("2026-12-01")) == "2026-12-01"


# --- balances, by both clocks


def naive_balance(recorded: list[Recorded], party: int, as_on: str, known: int) -> int:
    """What a party owes, read off the events one by one."""
    total = 0
    effect: dict[int, int] = {}
    for entry in recorded:
        event = entry.event
        moved = 0
        if isinstance(event, SaleRecorded) and event.party == party:
            moved = event.amount_paise - sum(part.amount_paise for part in event.paid or ())
        elif isinstance(event, PaymentReceived) and event.party == party:
            moved = -event.amount_paise - (event.discount_paise or 0)
        elif isinstance(event, OpeningRecorded) and event.party == party:
            moved = event.amount_paise if event.side == "receive" else -event.amount_paise
        elif isinstance(event, EntryReversed):
            moved = -effect.get(event.entry, 0)
        effect[entry.seq] = moved
        if entry.on <= as_on and entry.seq <= known:
            total += moved
    return total


def story() -> list[list[Command]]:
    """A month with entries typed late, cancelled on another day, and corrected."""
    return [
        [sale("Ramesh", 450, on=Day("2026-10-30"))],
        [sale("Ramesh", 90, paid=[("cash", rs(40))], on=Day("2026-11-01"))],
        [payment("Ramesh", 200, on=Day("2026-11-20"))],
        [sale("Ramesh", 70, on=Day("2026-10-31"))],
        [ReverseEntry(entry=Seq(4), reason="not his")],
        [ReverseEntry(entry=Seq(5), reason="bounced", on=Day("2026-11-22"))],
        [CorrectEntry(entry=Seq(3), amount_paise=rs(540))],
        [sale("Suresh", 5, on=Day("2026-11-01")), payment("Suresh", 9, on=Day("2026-11-02"))],
        [FixClock(reason="battery")],
        [payment("Ramesh", 1, on=Day("2026-10-30"))],
    ]


@pytest.fixture(scope="module")
def told() -> Shop:
    clock = Clock(step=timedelta(minutes=10))
    shop = in_memory(clock=clock)
    for commands in story():
        if isinstance(commands[0], FixClock):
            clock.set(hours=-3)
        shop.record(*commands)
    shop.books.catch_up()
    return shop


DAYS = [
    "2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-19", "2026-11-20", "2026-11-21",
    "2026-11-22", "2026-11-30", "9999-12-31",
]  # fmt: skip


def checked(told: Shop, cut: Cut) -> None:
    connection, recorded = told.books.cache.connection, told.recorded()
    expected = {party: amount for party in (1, 2) if (amount := naive_balance(recorded, party, cut.as_on, cut.known))}
    assert {each.party: each.balance_paise for each in balances(connection, cut)} == expected, cut
    for party in (1, 2):
        assert balance_of(connection, told.party(("Ramesh", "Suresh")[party - 1]), cut) == expected.get(party, 0)


def test_with_neither_clock_everything_counts(told: Shop) -> None:
    last = position_of(told.books.cache.connection)
    checked(told, Cut(LAST_DAY, last))
    checked(told, Cut(LAST_DAY, last, everything=False))
    assert naive_balance(told.recorded(), 1, LAST_DAY, last) != 0


@pytest.mark.parametrize("day", DAYS)
def test_as_on_a_day_counts_what_happened_by_its_end_with_all_that_is_known_now(told: Shop, day: str) -> None:
    last = position_of(told.books.cache.connection)
    checked(told, Cut(Day(day), last))
    checked(told, Cut(Day(day), last, everything=False, given=True))


@pytest.mark.parametrize("day", DAYS)
def test_as_on_a_day_as_known_at_each_entry(told: Shop, day: str) -> None:
    for known in range(position_of(told.books.cache.connection) + 1):
        checked(told, Cut(Day(day), Seq(known), everything=False, given=True))


@pytest.mark.parametrize("day", ["2026-11-01", LAST_DAY])
def test_as_known_at_each_instant(told: Shop, day: str) -> None:
    recorded = told.recorded()
    for minutes in range(-5, 200, 5):
        instant = stamp(datetime(2026, 11, 22, 1, 30, tzinfo=UTC) + timedelta(minutes=minutes))
        known = known_at(told.books.cache.connection, instant)
        assert known == len(naive_known_at(recorded, instant))
        checked(told, Cut(Day(day), known, everything=False, given=True))


def test_what_the_book_said_is_what_it_said_then() -> None:
    """The balance as known at an entry is the balance that was shown when the book ended there."""
    shop, shown = in_memory(clock=Clock(step=timedelta(minutes=10))), {}
    for commands in story():
        shop.record(*commands)
        shown[len(shop.entries())] = shop.balances()
    for known, then in shown.items():
        cut = Cut(LAST_DAY, Seq(known), everything=False, given=True)
        now = {int(each.party): each.balance_paise for each in balances(shop.books.cache.connection, cut)}
        assert now == then


def test_a_party_that_was_not_known_then_is_not_listed_even_when_all_are_asked_for(told: Shop) -> None:
    connection = told.books.cache.connection
    then = balances(connection, Cut(LAST_DAY, Seq(3), everything=False), settled=True)
    now = balances(connection, Cut(LAST_DAY, position_of(connection)), settled=True)
    assert [each.name for each in then] == ["Ramesh"]
    assert sorted(each.name or "" for each in now) == ["Ramesh", "Suresh"]
    assert now == sorted(now, key=lambda each: -each.balance_paise)
