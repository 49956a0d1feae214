"""What comes again, in the views: in whatever parts a book is read, and against a reader that knows no khata."""

from __future__ import annotations

import importlib.util
import json
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events.base import Event, Recorded
from khata.events.recurring import RecurringBegun, RecurringEnded, RecurringSkipped
from khata.grammar.days import later
from khata.questions.recurring import due, recurring
from khata.rules.base import Command, Named
from khata.rules.correction import ReverseEntry
from khata.rules.recurring import BeginRecurring, DueTime, EndRecurring, RecordDue, SkipRecurring
from khata.rules.refused import Refused
from khata.units import EVERY, At, Day, Paise, Party, Seq
from khata.views.cut import Cut
from khata.views.fold import FOLDS
from khata.views.laws import Gathered, gathering, merge, plain
from khata.views.schema import ENDED, RECURRING, SKIPPED
from tests.books import TODAY, in_memory, rs

TABLES = (RECURRING, ENDED, SKIPPED)
FIRST = Day("2026-08-31")

_SPEC = importlib.util.spec_from_file_location(
    "read_vectors", Path(__file__).parents[1] / "vectors" / "read_vectors.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
stranger: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(stranger)
"""The second reader of the format, in the standard library alone."""

EVENTS = st.one_of(
    st.builds(
        RecurringBegun,
        party=st.just(Party(1)),
        amount_paise=st.integers(1, 9).map(Paise),
        every=st.sampled_from(EVERY),
        first=st.just(FIRST),
        made_as=st.just("sale"),
    ),
    st.builds(RecurringEnded, party=st.just(Party(1)), entry=st.integers(1, 9).map(Seq)),
    st.builds(
        RecurringSkipped,
        party=st.just(Party(1)),
        entry=st.integers(1, 9).map(Seq),
        first=st.just(FIRST),
        last=st.just(TODAY),
    ),
)


def folded(events: list[tuple[int, Event]]) -> Gathered:
    made = gathering(TABLES)
    for seq, event in events:
        at, on = At("2026-11-22T05:00:00.000000Z"), Day(f"2026-11-{seq:02}")
        for folding in FOLDS[type(event)]:
            folding(Recorded(Seq(seq), at, on, "c0ffee00", "0" * 32, event), {}, made)
    return plain(made)


@given(st.lists(EVENTS, max_size=9), st.integers(0, 9), st.integers(0, 9))
def test_parts_of_a_book_come_to_the_whole_in_any_order(said: list[Event], one: int, other: int) -> None:
    events = list(enumerate(said, start=1))
    first, second = sorted((one, other))
    for order in permutations([folded(events[:first]), folded(events[first:second]), folded(events[second:])]):
        made: Gathered = {table.name: {} for table in TABLES}
        for part in order:
            merge(TABLES, made, part)
        assert made == folded(events)


DAYS = st.integers(-40, 120).map(lambda days: later(Day("2026-08-10"), days + 40))
ENTRIES = st.integers(4, 14).map(Seq)
COMMANDS = st.one_of(
    st.builds(
        BeginRecurring,
        party=st.just(Party(1)),
        amount_paise=st.just(rs(5)),
        every=st.sampled_from(EVERY),
        first=DAYS,
        made_as=st.sampled_from(("sale", "charge")),
    ),
    st.builds(EndRecurring, entry=ENTRIES, on=DAYS),
    st.builds(SkipRecurring, entry=ENTRIES, first=DAYS, last=DAYS),
    st.builds(SkipRecurring, entry=ENTRIES),
    st.builds(lambda entry, on: RecordDue(times=[DueTime(entry, on)]), ENTRIES, DAYS),
    st.builds(ReverseEntry, entry=ENTRIES),
)


@settings(max_examples=150)
@given(st.lists(COMMANDS, min_size=2, max_size=12), DAYS)
def test_what_is_due_is_what_a_stranger_works_out(wanted: list[Command], day: Day) -> None:
    shop = in_memory()
    shop.record(BeginRecurring(party=Named("Ramesh", add=True), amount_paise=rs(9), every="month", first=FIRST))
    for command in wanted:
        with suppress(Refused):
            shop.record(command)
    shop.books.catch_up()
    views = shop.books.cache.connection
    bodies = [json.loads(entry.body) for entry in shop.entries()]
    for known in range(4, len(bodies) + 1):
        found = due(views, Cut(day, Seq(known)))
        assert sorted(each.ref for each in found) == sorted(stranger.due(bodies[:known], day))
    whole = Cut(TODAY, Seq(len(bodies)))
    late = {each.line.entry: each.on for each in reversed(due(views, whole))}
    for line in recurring(views, whole, ended=True):
        if line.entry in late:
            assert line.next_on == late[line.entry]
        else:
            assert line.next_on is None or line.next_on > TODAY
    outcome = shop.record(RecordDue(times=[DueTime(each.line.entry, each.on) for each in due(views, whole)]))
    assert outcome.total == len(due(views, whole))
    shop.books.catch_up()
    assert due(views, Cut(TODAY, Seq(len(shop.entries())))) == []
