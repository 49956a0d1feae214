"""Days and instants at the ends of the calendar are valid: such a book verifies, and every question has an answer."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from khata.api import asked
from khata.events.base import Event
from khata.events.book import ClockCorrected
from khata.events.money import EntryReversed, OpeningRecorded, PaymentReceived, SaleRecorded
from khata.grammar.days import (
    BEFORE_ALL,
    LAST_DAY,
    business_day,
    business_day_of,
    earlier,
    end_of_day,
    later,
    moment,
    parse_day,
)
from khata.grammar.fault import Unreadable
from khata.i18n import dates
from khata.i18n.messages import words_for
from khata.pen import stamp
from khata.questions.daybook import daybook
from khata.questions.dues import dues
from khata.questions.statement import statement
from khata.store.sqlite.book import SqliteBook
from khata.units import At, Day, Paise, Party, Seq
from khata.verifying.verify import verify
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import Cut
from tests.cli.conftest import Answer, Counter
from tests.verifying.test_verify import ONE, book_of, opened, sold

FIRST = Day("0001-01-01")
USUAL = Day("2026-11-20")
AT_FIRST, AT_USUAL = At("0001-01-01T00:00:00.000000Z"), At("2026-11-20T10:00:00.000000Z")
AT_LAST = At("9999-12-31T23:59:59.999999Z")
"""In the book's zone this is a day of the year 10000."""

TIMES = list(product((FIRST, USUAL, LAST_DAY), (AT_FIRST, AT_USUAL, AT_LAST)))

ASKED = """
verify; verify --since last; verify --check chain; balance; balance --all; balance @1
balance --as-on {day}; balance --known-at {day}; balance --as-on {day} --known-at 4
statement @1; statement @1 --from {day}; statement @1 --to {day}; statement @1 --from {day} --to {day}
statement @1 --as-on {day}; statement @1 --known-at {day}; statement @1 --format csv; statement @1 --format json
dues; dues --over 30; dues --over 999999; dues --as-on {day}; dues --known-at {day}
daybook; daybook --on {day}; daybook --from {day}; daybook --to {day}; daybook --known-at {day}
log; log --party @1; log --as-on {day}; show 3; show 5; status; export; export --as-on {day}
export --format jsonl -o {home}/all.jsonl; backup {home}/usb; doctor; party list; rebuild; undo --yes
sale @1 5; sale @1 5 --on {day}; receive @1 5; reverse 6 --reason wrong; clock fix --reason battery
sale @1 5; sale @1 5 --on yesterday; receive @1 --full; undo --yes; correct 3 60 --reason wrong; statement @1; daybook
"""


def all_asked(day: str, home: Path) -> list[list[str]]:
    lines = ASKED.format(day=day, home=home).replace("\n", ";").split(";")
    return [words for line in lines if (words := line.split())]


def book_at(path: Path, on: Day, at: At) -> Path:
    here = {"on": on, "at": at}
    events: list[Event] = [
        opened(),
        ONE,
        sold(),
        PaymentReceived(amount_paise=Paise(30), party=Party(1), mode="cash"),
        EntryReversed(entry=Seq(3)),
        OpeningRecorded(amount_paise=Paise(99), party=Party(1), side="receive"),
    ]
    return book_of(path, *[(event, here) for event in events])


def typed(home: Path, words: list[str], *more: str) -> Answer:
    counter = Counter(home, environ={"KHATA_BOOK": str(home / "book.khata"), "KHATA_DEBUG": "1"})
    return counter(*words, *more)


@pytest.mark.parametrize(("on", "at"), TIMES)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_question_is_answered_or_refused(tmp_path: Path, on: Day, at: At, language: str) -> None:
    book = book_at(tmp_path / "book.khata", on, at)
    assert verify(book).result == "unbroken"
    shop = Counter(tmp_path, environ={"KHATA_BOOK": str(book), "KHATA_DEBUG": "1", "KHATA_LANG": language})
    for words in all_asked("2026-11-20", tmp_path):
        for more in ((), ("--json",)):
            answer = shop(*words, *more)
            assert answer.code in ((0, 1) if words == ["doctor"] else (0, 2)), (words, answer.err)
            assert "Traceback" not in answer.err
    again = shop("import-log", str(tmp_path / "all.jsonl"), "--book", str(tmp_path / "again.khata"))
    assert again.code == 0
    assert verify(book).result == verify(tmp_path / "again.khata").result == "unbroken"


def test_a_book_that_goes_from_one_end_to_the_other(tmp_path: Path) -> None:
    made = [
        (opened(), {"on": FIRST, "at": AT_FIRST}),
        (ONE, {"on": LAST_DAY, "at": AT_FIRST}),
        (sold(), {"on": FIRST, "at": AT_FIRST}),
        (sold(), {"on": LAST_DAY, "at": AT_LAST}),
        (ClockCorrected(), {"on": FIRST, "at": AT_FIRST}),
        (sold(), {"on": USUAL, "at": AT_USUAL}),
    ]
    book = book_of(tmp_path / "book.khata", *made)
    assert verify(book).result == "unbroken"
    for day in ("1900-01-01", "2199-12-31", "kal", "FY2025-26"):
        for words in all_asked(day, tmp_path):
            shutil.rmtree(tmp_path / "usb", ignore_errors=True)
            answer = typed(tmp_path, words)
            assert answer.code in ((0, 1) if words == ["doctor"] else (0, 2)), (words, answer.err)


# --- what the answers are


def viewed(tmp_path: Path, *made: tuple[Event, Day, At]) -> Cache:
    here = {"on": FIRST, "at": AT_FIRST}
    rest = [(event, {"on": on, "at": at}) for event, on, at in made]
    book = book_of(tmp_path / "book.khata", (opened(), here), (ONE, here), *rest)
    cache = Cache(None)
    catch_up(SqliteBook(book), cache)
    return cache


def test_the_first_day_is_not_brought_forward_to_itself(tmp_path: Path) -> None:
    cache = viewed(tmp_path, (sold(), FIRST, AT_FIRST), (sold(), LAST_DAY, AT_LAST))
    for everything in (True, False):
        cut = Cut(LAST_DAY, Seq(4), everything=everything)
        found = statement(cache.connection, Party(1), cut, FIRST, LAST_DAY)
        assert (found.opening_paise, len(found.lines), found.closing_paise) == (0, 2, 200)


def test_what_is_owed_since_the_first_day_is_as_old_as_it_is(tmp_path: Path) -> None:
    cache = viewed(tmp_path, (sold(), FIRST, AT_FIRST))
    for as_on, bucket in ((FIRST, 0), (Day("0001-01-31"), 0), (Day("0001-02-01"), 1), (Day("0001-03-03"), 2)):
        for everything in (True, False):
            (due,) = dues(cache.connection, Cut(as_on, Seq(3), everything=everything))
            assert (due.oldest_on, due.by_age_paise.index(100)) == (FIRST, bucket), as_on
    (due,) = dues(cache.connection, Cut(LAST_DAY, Seq(3)))
    assert due.by_age_paise == (0, 0, 0, 100)


def test_what_was_typed_on_the_first_and_the_last_day_was_typed_then(tmp_path: Path) -> None:
    sale: Event = SaleRecorded(amount_paise=Paise(100), party=Party(1))
    cache = viewed(tmp_path, (sale, LAST_DAY, AT_FIRST), (sale, FIRST, AT_LAST))
    first = daybook(cache.connection, FIRST, FIRST, Cut(LAST_DAY, Seq(4)), asked.between(FIRST, FIRST))
    assert [row.entry for row in first.typed_for_other_days] == [3]
    last = daybook(cache.connection, LAST_DAY, LAST_DAY, Cut(LAST_DAY, Seq(4)), asked.between(LAST_DAY, LAST_DAY))
    assert [row.entry for row in last.typed_for_other_days] == [4]


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_end_of_the_calendar_is_shown(language: str) -> None:
    words = words_for(language, strict=True)
    assert dates.clock(At("9999-12-31T18:29:59.999999Z"), words) == f"{dates.day(LAST_DAY, words)} 23:59"
    assert dates.clock(AT_LAST, words) == f"{dates.day(LAST_DAY, words)} 23:59"
    assert dates.clock(AT_FIRST, words).endswith("05:30")


def test_days_stop_where_the_calendar_does() -> None:
    assert (later(LAST_DAY, 1), later(Day("9999-12-30"), 1), later(Day("9999-12-30"), 9999)) == (LAST_DAY,) * 3
    assert (earlier(FIRST, 1), earlier(Day("0001-01-02"), 1), earlier(LAST_DAY, 10**7)) == (
        BEFORE_ALL,
        FIRST,
        BEFORE_ALL,
    )
    assert BEFORE_ALL < FIRST
    assert end_of_day(BEFORE_ALL) < AT_FIRST
    assert (business_day_of(AT_LAST), end_of_day(LAST_DAY)) == (LAST_DAY, AT_LAST)
    assert business_day_of(AT_FIRST) == FIRST


def test_a_clock_at_the_end_of_the_calendar_has_a_day() -> None:
    end, start = datetime.max.replace(tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
    assert (business_day(end), moment(end)) == (LAST_DAY, "9999-12-31-235959")
    assert (business_day(start), stamp(start)) == (FIRST, AT_FIRST)
    with pytest.raises(Unreadable):
        parse_day("kal", date.min)
