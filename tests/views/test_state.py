"""What the rules are told: the same, however much of the book the views hold and however much lies over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from khata.events.book import FormatRaised
from khata.log.chain import Head, seal
from khata.log.errors import NewerBookError
from khata.questions.state import State
from khata.rules.base import Command, Named
from khata.rules.book import FixClock
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.importing import StartImport
from khata.rules.party import AmendParty, DeclareParty
from khata.store.memory import MemoryBook
from khata.units import At, Party, Seq
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.books import (
    COUNTER,
    MORNING,
    TODAY,
    Clock,
    Shop,
    event_id,
    file_row,
    file_rows,
    in_memory,
    next_entry,
    payment,
    rs,
    sale,
)

COMMANDS: list[Command] = [
    sale("Ramesh", 450, ref="B-1", id=event_id("first"), note="atta"),
    DeclareParty(name="Suresh", aliases=("Suri",)),
    sale("Suri", 90, paid=[("cash", rs(40))]),
    ReverseEntry(entry=Seq(3), reason="not his"),
    sale("Ramesh", 30, ref="B-1"),
    AmendParty(party=Party(2), name="Mahesh", remove_aliases=("Suri",)),
    CorrectEntry(entry=Seq(5), amount_paise=rs(95), ref="B-2"),
    StartImport(sha256="ab" * 32, rows=1, file="old.csv", checked_upto=Seq(10)),
    file_rows(file_row(2, 3, 5, new="Asha")),
    FixClock(reason="battery"),
    payment("Asha", 5),
    ForgetParty(party=Party(3)),
    DeclareParty(name="Asha"),
    payment("Ramesh", 500, ref="B-3"),
    ReverseEntry(entry=Seq(18)),
]
NAMES = ("Ramesh", "RAMESH", "Suresh", "Suri", "Mahesh", "Asha", "Nobody")
REFS = ("B-1", "B-2", "B-3", "B-9")


@pytest.fixture(scope="module")
def told() -> Shop:
    shop = in_memory(clock=Clock(step=timedelta(seconds=7)))
    shop.record(*COMMANDS)
    shop.at_counter("Sita").sell("Mahesh", 8)
    return shop


def answers(state: State) -> dict[str, Any]:
    """Everything that a rule may ask."""
    entries = [Seq(n) for n in range(state.head + 3)]
    return {
        "head": state.head,
        "book": state.book,
        "opened": state.opened_on,
        "writer": state.min_writer,
        "next": state.next_party(),
        "parties": {n: _party(state, Party(n)) for n in range(7)},
        "names": {name: sorted(state.named(name)) for name in NAMES},
        "refs": {ref: state.seq_of_ref(ref) for ref in REFS},
        "ids": [state.seq_of_id(event_id(name)) for name in ("first", "never")],
        "imports": [state.import_of(sha256 * 32) for sha256 in ("ab", "cd")],
        "recorded": [state.recorded(entry) for entry in entries],
        "reversed": [state.reversed_by(entry) for entry in entries],
        "words": [state.words(entry) for entry in entries],
        "counters": [(state.counter_named(name) is None, name) for name in ("ravi", "SITA", "Gopal")],
        "counter": state.counter_name("c0ffee00"),
    }


def _party(state: State, number: Party) -> object:
    found = state.party(number)
    if found is None:
        return None
    record = dict(found.record)
    kinds = ("sale_recorded", "payment_received", "goods_returned")
    same = [
        list(state.same_since(number, kind, amount, "c0ffee00", At("2026-01-01T00:00:00.000000Z")))
        for kind in kinds
        for amount in (100, 200, 500, 700, 1000, 45000)
    ]
    return record, found.name, found.balance_paise, found.largest_paise, found.forgotten, same


def test_the_rules_are_told_the_same_wherever_the_views_end(told: Shop) -> None:
    entries, details = told.entries(), told.details()
    head, raised = Head(entries[-1].seq, entries[-1].hash), FormatRaised(min_reader=1, min_writer=2)
    entries.append(next_entry(head, raised, at=MORNING + timedelta(days=1)))
    seen = []
    for reach in range(len(entries) + 1):
        book, cache = MemoryBook(), Cache(None)
        for part in (entries[:reach], entries[reach:]):
            with book.writing() as writing:
                writing.append(part, [d for d in details if part and part[0].seq <= d.entry <= part[-1].seq])
            if part is not entries and len(part) == reach and reach:
                catch_up(book, cache)
        with book.reading() as reading:
            seen.append(answers(State(cache.connection, reading, TODAY, At("2026-11-22T05:00:00.000000Z"))))
    for reach, answer in enumerate(seen):
        for what, expected in seen[-1].items():
            assert answer[what] == expected, (reach, what)
    assert seen[0]["writer"] == 2


def test_what_they_are_told_is_right(told: Shop) -> None:
    with told.store.reading() as reading:
        state = State(told.books.cache.connection, reading, TODAY, At("2026-11-22T05:00:00.000000Z"))
        told.books.catch_up()
        told_now = answers(State(told.books.cache.connection, reading, TODAY, state.at))
    assert told_now["names"]["Ramesh"] == told_now["names"]["RAMESH"] == [1]
    assert told_now["names"]["Suri"] == told_now["names"]["Suresh"] == []
    assert told_now["names"]["Mahesh"] == [2]
    assert told_now["names"]["Asha"] == [4]
    assert told_now["next"] == 5
    assert told_now["refs"] == {"B-1": 7, "B-2": 10, "B-3": None, "B-9": None}
    assert told_now["ids"] == [3, None]
    assert told_now["imports"] == [11, None]
    assert told_now["reversed"][3] == 6
    assert told_now["words"][3] == {"note": "atta"}
    assert told_now["words"][12] is None
    assert told_now["parties"][3][:5] == ({}, None, 0, 500, True)
    assert told_now["parties"][0] is told_now["parties"][5] is None
    assert told_now["recorded"][0] is None
    assert told_now["counters"] == [(False, "ravi"), (False, "SITA"), (True, "Gopal")]
    assert told_now["counter"] == "Ravi"


@pytest.mark.parametrize("caught_up", [True, False], ids=["in the views", "in the tail"])
def test_the_same_is_the_latest_after_an_instant_and_no_cancelled_one(shop: Shop, caught_up: bool) -> None:
    shop.record(DeclareParty(name="Ramesh"))
    shop.books.catch_up()
    for _ in range(3):
        shop.sell("Ramesh", 5)
    shop.record(ReverseEntry(entry=Seq(5)))
    moments = {recorded.seq: recorded.at for recorded in shop.recorded()}
    cache = shop.books.cache if caught_up else in_views(shop, 2)
    with shop.store.reading() as reading:
        at = At("2026-11-22T05:00:00.000000Z")
        state = State(cache.connection, reading, TODAY, at)

        def same(since: At, by: str = COUNTER) -> list[Seq]:
            asked = (Party(1), "sale_recorded", rs(5), by, since)
            found = list(state.same_since(*asked))
            # The first question is put to the views alone, all others to what was taken from them.
            assert list(State(cache.connection, reading, TODAY, at).same_since(*asked)) == found
            return found

        assert same(moments[Seq(2)]) == [4, 3]
        assert same(moments[Seq(3)]) == [4], "the fifth is cancelled"
        assert same(moments[Seq(4)]) == [], "it must be later than that"
        assert same(moments[Seq(2)], "5e1f5e1f") == []


def in_views(shop: Shop, reach: int) -> Cache:
    """Views that hold the first entries of a shop's book."""
    book, cache = MemoryBook(), Cache(None)
    with book.writing() as writing:
        writing.append(shop.entries()[:reach], [detail for detail in shop.details() if detail.entry <= reach])
    catch_up(book, cache)
    return cache


def test_an_entry_of_a_newer_khata_after_the_views_is_not_passed_over(shop: Shop) -> None:
    views = in_views(shop, 1)
    with shop.store.writing() as writing:
        head = writing.head()
        body = next_entry(head, FormatRaised(min_reader=1, min_writer=1)).body
        writing.append([seal(body.replace(b"format_raised", b"party_limited"), head)])
    with shop.store.reading() as reading, pytest.raises(NewerBookError) as newer:
        State(views.connection, reading, TODAY, At("2026-11-22T05:00:00.000000Z"))
    assert newer.value.facts == {"entry": 2, "kind": "party_limited", "v": 1}


def test_two_parties_that_came_to_one_name_are_both_told(shop: Shop) -> None:
    shop.record(DeclareParty(name="Ramesh"), DeclareParty(name="Suresh"))
    shop.books.catch_up()
    shop.record(AmendParty(party=Party(1), name="Mahesh"), DeclareParty(name="Ramesh"))
    with shop.store.reading() as reading:
        state = State(shop.books.cache.connection, reading, TODAY, At("2026-11-22T05:00:00.000000Z"))
        assert list(state.named("ramesh")) == [3]
        assert list(state.named("mahesh")) == [1]
    assert shop.record(sale(Named("Ramesh"), 5)).total == 1
