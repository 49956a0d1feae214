"""Recording: all or nothing, once, in the order of the clock, under the right name."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events.base import FORMAT, Imported, MalformedError
from khata.events.book import BookOpened, ClockCorrected, CounterAdded, FormatRaised
from khata.events.money import Line, Paid, SaleRecorded
from khata.grammar.amounts import MAX_LARGE_PAISE
from khata.grammar.items import MAX_QUANTITY_MILLI
from khata.grammar.text import LONGEST_REF
from khata.log.chain import Head
from khata.log.errors import BookBrokenError, NewerBookError
from khata.pen import FLUSH, ID, stamp
from khata.rules.base import Draft, Named
from khata.rules.book import ClockBehind, FixClock
from khata.rules.correction import AlreadyReversed, CorrectEntry, ReverseEntry
from khata.rules.entry import RefTaken
from khata.rules.goods import MOST_ITEMS, TooManyItems
from khata.rules.importing import StartImport
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.refused import Refused, UnknownParty
from khata.store.memory import MemoryBook
from khata.store.sqlite.book import SqliteBook
from khata.units import Paise, Party, Seq
from khata.views.cache import Cache, path_for
from khata.views.catch_up import catch_up
from khata.writing import KEPT, Till, handle
from tests.books import (
    COUNTER,
    MORNING,
    OPENING,
    TODAY,
    Clock,
    Ids,
    Shop,
    event_id,
    faults_of,
    file_row,
    file_rows,
    in_memory,
    named,
    next_entry,
    on_disk,
    opening_command,
    payment,
    rs,
    sale,
)

UNKNOWN = sale(Named("Nobody"), 5)


# --- all or nothing


@pytest.mark.parametrize("kth", range(4))
@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_when_one_of_the_commands_is_refused_nothing_is_recorded(
    shop: Shop, disk_shop: Shop, kept: str, kth: int
) -> None:
    chosen = shop if kept == "in memory" else disk_shop
    chosen.sell("Ramesh", 450)
    before = chosen.entries(), chosen.details(), chosen.balances()
    commands = [sale("Suresh", n, note="x") for n in (1, 2, 3)]
    with pytest.raises(UnknownParty):
        chosen.record(*commands[:kth], UNKNOWN, *commands[kth:])
    assert (chosen.entries(), chosen.details(), chosen.balances()) == before
    assert chosen.sell("Suresh", 1).total == 2


def test_a_refusal_after_a_thousand_rows_takes_them_all_back(disk_shop: Shop) -> None:
    disk_shop.sell("Ramesh", 450)
    with pytest.raises(UnknownParty):
        disk_shop.record(*[sale("Ramesh", 1)] * (FLUSH + 5), UNKNOWN)
    assert len(disk_shop.entries()) == 3


def test_what_the_pen_wrote_is_read_with_the_book_before_it_is_committed(shop: Shop) -> None:
    with shop.books.writing() as pen:
        shop.books.state_at(pen)
        written = pen.append(Draft(SaleRecorded(amount_paise=rs(5), paid=(Paid("cash", rs(5)),)), TODAY))
        head = pen.reading.head()
        assert head.seq == written.seq == 2
        assert [entry.hash for entry in pen.reading.entries(2, 2)] == [head.hash]
    assert shop.kinds() == ["book_opened", "sale_recorded"]


@pytest.mark.parametrize("before", [0, FLUSH])
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_could_not_be_read_again_is_not_written(shop: Shop, before: int, *, dry_run: bool) -> None:
    wrong = sale("Ramesh", 1, ref="B\t1")
    with pytest.raises(MalformedError, match="bad_ref"):
        handle([*[sale("Ramesh", 1)] * before, wrong, sale("Ramesh", 1)], shop.books, dry_run=dry_run)
    assert shop.kinds() == ["book_opened"]


def test_a_sale_too_long_for_an_entry_records_nothing(shop: Shop) -> None:
    lines = [Line(rs(1))] * (MOST_ITEMS + 1)
    with pytest.raises(TooManyItems):
        shop.record(sale("Ramesh", 1), sale("Ramesh", MOST_ITEMS + 1, lines=lines))
    assert shop.kinds() == ["book_opened"]


def test_the_longest_sale_fits_into_an_entry(shop: Shop) -> None:
    largest = MAX_LARGE_PAISE // MOST_ITEMS
    lines = [Line(Paise(largest), MAX_QUANTITY_MILLI, Paise(MAX_LARGE_PAISE))] * MOST_ITEMS
    shop.sell("Ramesh", largest * MOST_ITEMS // 100, lines=lines, ref="B" * LONGEST_REF)
    assert shop.kinds()[-1] == "sale_recorded"


def test_what_goes_wrong_after_the_commit_does_not_call_it_undone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    really, count = shop.books.catch_up, iter(range(9))

    def failing(**more: int) -> object:
        if next(count):
            raise OSError(28, "No space left on device")
        return really(**more)

    monkeypatch.setattr(shop.books, "catch_up", failing)
    assert shop.sell("Ramesh", 450).total == 2


def test_a_dry_run_decides_everything_and_records_nothing(shop: Shop, disk_shop: Shop) -> None:
    for chosen in (shop, disk_shop):
        chosen.sell("Ramesh", 450)
        before = chosen.entries(), chosen.details()
        outcome = handle([sale("Suresh", 9), payment("Ramesh", 1000)], chosen.books, dry_run=True)
        assert [recorded.event.KIND for recorded in outcome.recorded] == [
            "party_added",
            "sale_recorded",
            "payment_received",
        ]
        assert [slip.code for slip in outcome.slips] == ["becomes_advance"]
        with pytest.raises(UnknownParty):
            handle([UNKNOWN], chosen.books, dry_run=True)
        assert (chosen.entries(), chosen.details()) == before


def test_what_was_recorded_is_told_in_counts_and_the_first_entries(shop: Shop) -> None:
    outcome = shop.record(*[sale("Ramesh", 7)] * 30)
    assert outcome.total == 31
    assert len(outcome.recorded) == KEPT
    assert [recorded.seq for recorded in outcome.parties_added] == [2]
    assert outcome.slips_by_code == {"same_as_entry": 29}
    assert outcome.entries_with_slips == 29
    assert len(outcome.slips) == KEPT
    assert outcome.already is None


# --- what one commit records can be seen by what follows in it


def test_a_sale_can_be_cancelled_in_the_commit_that_recorded_it(shop: Shop) -> None:
    shop.record(sale("Ramesh", 450), ReverseEntry(entry=Seq(3)), sale("Ramesh", 540))
    assert shop.kinds()[2:] == ["sale_recorded", "entry_reversed", "sale_recorded"]
    assert shop.balances() == {1: 54000}
    with pytest.raises(AlreadyReversed):
        shop.record(ReverseEntry(entry=Seq(3)))


def test_a_sale_can_be_corrected_in_the_commit_that_recorded_it(shop: Shop) -> None:
    shop.record(sale("Ramesh", 450, note="atta"), CorrectEntry(entry=Seq(3), amount_paise=rs(540)))
    assert shop.balances() == {1: 54000}
    assert [detail.body for detail in shop.details()][-1] == b'{"note":"atta"}'


def test_the_same_id_twice_in_one_commit_records_once(shop: Shop) -> None:
    again = sale("Ramesh", 450, id=event_id("try"))
    outcome = shop.record(again, again)
    assert shop.kinds() == ["book_opened", "party_added", "sale_recorded"]
    assert outcome.already == 3


def test_many_entries_of_one_commit_have_ids_of_their_own(shop: Shop) -> None:
    other = Shop(MemoryBook(), ids=Ids("another"))
    other.record(opening_command())
    for each in (shop, other):
        each.record(*[sale("Ramesh", 1)] * (4 * FLUSH))
    ids = [one.id for each in (shop, other) for one in each.recorded()]
    assert len(set(ids)) == len(ids) == 2 * (4 * FLUSH + 2)
    assert all(len(bytes.fromhex(each)) == ID for each in ids)


def test_the_same_reference_twice_in_one_commit_is_seen(shop: Shop) -> None:
    with pytest.raises(RefTaken):
        shop.record(sale("Ramesh", 450, ref="B-1"), sale("Ramesh", 450, ref="B-1"))
    outcome = shop.record(sale("Ramesh", 450, ref="B-1"), sale("Ramesh", 450, ref="B-1", once=True))
    assert outcome.already == 3
    assert shop.kinds() == ["book_opened", "party_added", "sale_recorded"]


def test_a_party_added_in_a_commit_is_found_by_the_next_command(shop: Shop) -> None:
    shop.record(DeclareParty(name="Ramesh"), sale(Named("ramesh"), 5), AmendParty(party=Party(1), name="Mahesh"))
    shop.record(sale(Named("mahesh"), 5), AmendParty(party=Party(1), name="Suresh"), sale(Named("suresh"), 5))
    with pytest.raises(UnknownParty):
        shop.record(sale(Named("mahesh"), 5))
    assert shop.balances() == {1: 1500}


def test_rows_of_a_file_say_where_they_came_from(shop: Shop) -> None:
    head = Seq(len(shop.entries()))
    start = StartImport(sha256="ab" * 32, rows=2, file="old.csv", checked_upto=head)
    shop.record(start, file_rows(file_row(2, 1, 5, new="Ramesh")), file_rows(file_row(3, 1, 6)))
    imported = [recorded.event.imported for recorded in shop.recorded()]
    assert imported[:2] == [None, None]
    assert imported[2:] == [Imported(entry=Seq(2), row=row) for row in (2, 2, 3)]
    shop.sell("Ramesh", 7)
    assert shop.recorded()[-1].event.imported is None


# --- retries


def test_the_same_command_with_the_same_id_records_once(shop: Shop) -> None:
    again = sale("Ramesh", 450, id=event_id("try"))
    first, second = shop.record(again), shop.record(again)
    assert (first.already, first.total) == (None, 2)
    assert (second.already, second.total) == (3, 0)
    assert shop.balances() == {1: 45000}


def test_a_retry_by_an_unknown_counter_adds_no_counter(shop: Shop) -> None:
    again = sale("Ramesh", 450, id=event_id("try"))
    shop.record(again)
    shop.at_counter("Sita").record(again)
    assert "counter_added" not in shop.kinds()


# --- counters


def test_a_new_counter_is_declared_once_before_its_first_entry(shop: Shop) -> None:
    sita = shop.at_counter("Sita")
    sita.sell("Ramesh", 5)
    sita.sell("Ramesh", 6)
    assert shop.kinds() == ["book_opened", "counter_added", "party_added", "sale_recorded", "sale_recorded"]
    second = shop.recorded()[1]
    assert isinstance(second.event, CounterAdded)
    assert {recorded.by for recorded in shop.recorded()[1:]} == {second.event.counter}
    assert second.by != COUNTER


def test_a_counter_is_found_again_by_its_name_in_any_case(shop: Shop) -> None:
    shop.at_counter("Sita").sell("Ramesh", 5)
    shop.at_counter("SITA ").sell("Ramesh", 6)
    shop.at_counter("ravi").sell("Ramesh", 7)
    assert shop.kinds().count("counter_added") == 1
    assert shop.recorded()[-1].by == shop.recorded()[0].by
    assert shop.recorded()[-2].by == shop.recorded()[1].by


def test_a_counter_known_by_its_eight_hex_keeps_them(shop: Shop) -> None:
    shop.at_counter("Gopal", "0badcafe").sell("Ramesh", 5)
    shop.at_counter("Gopal").sell("Ramesh", 6)
    assert [recorded.by for recorded in shop.recorded()[1:]] == ["0badcafe"] * 4
    assert shop.kinds().count("counter_added") == 1


# --- the clock


def test_what_is_recorded_in_one_commit_has_one_instant(shop: Shop) -> None:
    shop.record(sale("Ramesh", 5), sale("Suresh", 6), sale("Mahesh", 7))
    assert len({recorded.at for recorded in shop.recorded()[1:]}) == 1


def test_an_hour_back_is_held_and_the_real_reading_kept(shop: Shop, clock: Clock) -> None:
    shop.sell("Ramesh", 5)
    last = shop.recorded()[-1].at
    clock.set(hours=-1)
    shop.sell("Ramesh", 6)
    held = shop.recorded()[-1]
    assert held.at == last
    assert held.clock is not None
    assert held.clock < last
    clock.set(hours=2)
    shop.sell("Ramesh", 7)
    assert shop.recorded()[-1].at > last
    assert shop.recorded()[-1].clock is None


@pytest.mark.parametrize(
    ("behind", "refused"),
    [
        (timedelta(hours=24), True),
        (timedelta(hours=24) - timedelta(microseconds=1), False),
        (timedelta(days=400), True),
    ],
)
def test_a_day_behind_is_refused_with_both_times(behind: timedelta, *, refused: bool) -> None:
    clock = Clock(step=timedelta())
    shop = in_memory(clock=clock)
    shop.sell("Ramesh", 5)
    clock.now -= behind
    if not refused:
        shop.sell("Ramesh", 6)
        assert shop.recorded()[-1].at == stamp(MORNING)
        return
    with pytest.raises(ClockBehind) as caught:
        shop.sell("Ramesh", 6)
    assert caught.value.facts == {"clock": stamp(clock.now), "last_at": stamp(MORNING)}
    assert len(shop.entries()) == 3


def test_a_corrected_clock_is_believed_from_there_on() -> None:
    clock = Clock(step=timedelta())
    shop = in_memory(clock=clock)
    clock.set(days=365)
    shop.sell("Ramesh", 5)
    clock.set(days=-365)
    shop.record(FixClock(reason="the battery was flat"), sale("Ramesh", 6))
    corrected, after = shop.recorded()[-2:]
    assert isinstance(corrected.event, ClockCorrected)
    assert corrected.at == after.at == stamp(clock.now)
    assert (corrected.clock, after.clock) == (None, None)
    shop.sell("Ramesh", 7)
    assert shop.recorded()[-1].at == stamp(clock.now)


def test_a_clock_that_is_right_can_be_confirmed(shop: Shop) -> None:
    shop.record(FixClock(reason="just to be sure"))
    assert shop.recorded()[-1].at > shop.recorded()[0].at


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(-200_000, 200_000), st.booleans()), max_size=12))
def test_recording_never_goes_back_in_time_unless_the_clock_was_corrected(moves: list[tuple[int, bool]]) -> None:
    clock = Clock()
    shop = in_memory(clock=clock)
    for seconds, fix in moves:
        clock.set(seconds=seconds)
        real = clock.now + clock.step
        last = datetime.fromisoformat(shop.recorded()[-1].at)
        try:
            shop.record(FixClock(reason="x") if fix else sale(None, 5))
        except ClockBehind:
            assert last - real >= timedelta(hours=24)
            continue
        newest = shop.recorded()[-1]
        if fix:
            assert (newest.at, newest.clock) == (stamp(real), None)
        elif real < last:
            assert (newest.at, newest.clock) == (stamp(last), stamp(real))
        else:
            assert (newest.at, newest.clock) == (stamp(real), None)
    assert not list(faults_of(shop.entries()))


def test_nobody_but_the_books_own_clock_is_asked_what_time_it_is() -> None:
    asking = ("time.time(", ".now(", ".today(", "utcnow", "localtime", "gmtime", "monotonic()", "'now'")
    allowed = {
        "writing.py": {".now("},  # Books.now, which is given from outside
        "store/sqlite/turns.py": {"monotonic()"},  # how long one waits, never what time it is
    }
    core = Path(__file__).parent.parent / "khata"
    files = [
        path
        for folder in ("events", "log", "store", "postings", "rules", "views")
        for path in (core / folder).rglob("*.py")
    ]
    found = {
        str(path.relative_to(core)): hits
        for path in [*files, core / "writing.py"]
        if (hits := {word for word in asking if word in path.read_text(encoding="utf-8")})
    }
    assert found == allowed


# --- the day


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 3, 31, 18, 29, 59, 999_999, MORNING.tzinfo), "2026-03-31"),
        (datetime(2026, 3, 31, 18, 30, tzinfo=MORNING.tzinfo), "2026-04-01"),
    ],
)
def test_the_business_day_turns_at_midnight_in_india(utc: datetime, day: str) -> None:
    shop = in_memory(clock=Clock(utc, timedelta()))
    shop.sell("Ramesh", 5)
    assert {recorded.on for recorded in shop.recorded()} == {day}


# --- who may write, and what the views have to do with it


def test_a_book_that_asks_for_a_newer_writer_is_not_written(shop: Shop) -> None:
    with shop.store.writing() as writing:
        head = writing.head()
        writing.append(
            [next_entry(head, FormatRaised(min_reader=1, min_writer=FORMAT + 1), at=MORNING + timedelta(minutes=1))]
        )
    with pytest.raises(NewerBookError):
        shop.sell("Ramesh", 5)
    with pytest.raises(NewerBookError):
        shop.at_counter("Sita").sell("Ramesh", 5)
    assert shop.balances() == {}


def test_a_book_opened_for_a_newer_writer_is_not_written(shop: Shop) -> None:
    other = Shop(MemoryBook())
    with other.store.writing() as writing:
        event = BookOpened(**OPENING | {"book": "b0" * 16, "shop": "New", "min_writer": FORMAT + 1})
        writing.append([next_entry(writing.head(), event)])
    with pytest.raises(NewerBookError):
        other.sell("Ramesh", 5)


def test_an_entry_is_recorded_even_when_the_views_cannot_follow(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, at_most: int | None = None) -> None:
        if at_most is not None:
            raise BookBrokenError

    monkeypatch.setattr(shop.books, "catch_up", fail)
    assert shop.sell("Ramesh", 5).total == 2
    assert len(shop.entries()) == 3
    shop.sell("Ramesh", 6)
    monkeypatch.undo()
    assert shop.balances() == {1: 1100}


def test_views_that_another_process_brings_up_meanwhile_are_not_counted_twice(disk_shop: Shop) -> None:
    disk_shop.sell("Ramesh", 100)
    disk_shop.balances()
    store = disk_shop.store
    assert isinstance(store, SqliteBook)
    path, folder = store.path, disk_shop.books.cache.path
    assert folder is not None
    entry = next_entry(
        _head(disk_shop), SaleRecorded(party=Party(1), amount_paise=rs(50)), at=MORNING + timedelta(hours=1)
    )
    with store.writing() as writing:
        writing.append([entry])
    books = disk_shop.books
    with books.writing() as pen:
        with_tail = pen.reading.head

        def head() -> Head:
            catch_up(SqliteBook(path), Cache(path_for(folder.parent, path)))
            return with_tail()

        pen.reading.head = head  # type: ignore[method-assign]
        known = books.state_at(pen).party(Party(1))
        assert known is not None
        assert known.balance_paise == rs(150)


def _head(shop: Shop) -> Head:
    with shop.store.reading() as reading:
        return reading.head()


def test_views_of_another_history_are_not_asked_while_the_book_is_held(tmp_path: Path, book_path: Path) -> None:
    mine, other = on_disk(book_path, tmp_path / "cache"), in_memory()
    mine.sell("Ramesh", 100)
    for name in ("Suresh", "Mahesh", "Dinesh"):
        other.sell(name, 900)
    other.books.catch_up()
    mine.books._cache = other.books.cache
    with mine.books.writing() as pen:
        state = mine.books.state_at(pen)
        known = state.party(Party(1))
        assert known is not None
        assert (known.name, known.balance_paise, state.next_party()) == ("Ramesh", 10000, 2)


def test_a_refusal_is_a_code_and_facts(shop: Shop) -> None:
    with pytest.raises(Refused) as caught:
        shop.record(UNKNOWN)
    assert caught.value.code == "unknown_party"
    assert caught.value.facts["name"] == "Nobody"
    assert "unknown_party" in str(caught.value)


def test_a_book_is_opened_once(shop: Shop) -> None:
    with pytest.raises(Refused) as caught:
        shop.record(opening_command())
    assert caught.value.code == "book_not_empty"
    assert shop.recorded()[0].on == TODAY
    assert shop.recorded()[0].by == COUNTER


def test_who_records_is_asked_of_the_book_by_name_only_when_it_is_not_known() -> None:
    shop = in_memory(till=Till("Ravi"))
    shop.sell("Ramesh", 5, on=TODAY)
    assert len({recorded.by for recorded in shop.recorded()}) == 1
    assert named("Ramesh").add
