"""What is done many at once, for speed, is what is done one by one: on good books and on bad ones, at every border."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from khata.events import codec
from khata.log.chain import EMPTY, Entry, Head, all_follow, broken, leaf, seal
from khata.store.sqlite import book as book_module
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.units import Seq
from khata.verifying import against as against_module
from khata.verifying import crew, stored
from khata.verifying.against import against
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.any_book import Deed, deeds, entries_of
from tests.views.test_accounts import EVERY_KIND

Json = dict[str, Any]

books = st.lists(deeds, min_size=1, max_size=12)
places = st.integers(0, 99)


# --- entries that follow each other

SPOILED = ["nothing", "hash", "body", "rehashed", "number", "text", "none", "swapped", "gone", "twice"]


def spoiled(entries: Sequence[Entry], how: str, place: int) -> list[Any]:
    """Rows of which one is not as it should be."""
    rows: list[Any] = list(entries)
    at = place % len(rows)
    seq, body, digest = rows[at]
    other = body.replace(b'"v":1', b'"v":2')
    changed: dict[str, list[Any]] = {
        "nothing": [rows[at]],
        "hash": [(seq, body, leaf(other))],
        "body": [(seq, other, digest)],
        "rehashed": [(seq, other, leaf(other))],
        "number": [(seq + 1, body, digest)],
        "text": [(seq, body.decode(), digest)],
        "none": [(seq, body, None)],
        "swapped": [rows[(at + 1) % len(rows)]],
        "gone": [],
        "twice": [rows[at], rows[at]],
    }
    return [*rows[:at], *changed[how], *rows[at + 1 :]]


def follow_one_by_one(rows: Sequence[Any], before: Head) -> bool:
    for row in rows:
        entry = Entry(*row)
        if type(entry.body) is not bytes or type(entry.hash) is not bytes or broken(entry, before) is not None:
            return False
        before = Head(entry.seq, entry.hash)
    return True


@settings(deadline=None, max_examples=200)
@given(books, st.sampled_from(SPOILED), places, places)
def test_rows_follow_together_as_they_follow_one_by_one(done: list[Deed], how: str, place: int, cut: int) -> None:
    entries = entries_of(done)
    first = cut % len(entries)
    before = Head(entries[first - 1].seq, entries[first - 1].hash) if first else EMPTY
    rows = spoiled(entries[first:], how, place)
    assert all_follow(rows, before) == follow_one_by_one(rows, before)
    assert all_follow(entries[first:], before)


# --- a verification in ranges


def chained(bodies: Sequence[Json]) -> list[Entry]:
    """Bodies, each of which links to the one before it, as the owner of a file can make them."""
    head, made = EMPTY, list[Entry]()
    for seq, body in enumerate(bodies, 1):
        value = body | {"@prev": head.hash.hex(), "@seq": seq}
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        made.append(seal(text.encode(), head))
        head = Head(Seq(seq), made[-1].hash)
    return made


CHANGES: list[Json] = [
    {"at": "2026-11-22T04:00:00.000000Z"},
    {"clock": "2026-11-22T06:00:00.000000Z"},
    {"by": "51fa51fa"},
    {"id": "6b86b273ff34fce19d6b804eff5a3f57"},
    {"kind": "clock_corrected", "data": {}},
    {"kind": "party_limited"},
    {"kind": "entry_reversed", "data": {"entry": 3}},
    {"kind": "entry_reversed", "data": {"entry": 40}},
    {"kind": "party_added", "data": {"party": 2}},
    {"kind": "sale_recorded", "data": {"amount_paise": 5, "party": 9}},
    {"kind": "sale_recorded", "data": {"amount_paise": 5, "party": 1, "corrects": 30}},
    {"kind": "sale_recorded", "data": {"amount_paise": 5, "party": 1, "import": {"entry": 2, "row": 2}}},
    {"kind": "sale_recorded", "data": {"amount_paise": 5, "party": 1, "detail": "ab" * 32}},
    {"kind": "sale_recorded", "data": {"amount_paise": 5}},
    {"on": "2026-02-30"},
]
"""What no khata would have written, and some things that it would."""


def verdicts(path: Path, *, links: bool) -> list[Verdict]:
    """What is found in ranges of one entry, of a few, and of all together.

    The moment of an entry that is bad itself says nothing of the next one, and whether it is held against it depends on
    where a range ends.
    """
    found = []
    for size in (1, 2, 3, 256):
        with patch.object(crew, "RANGE", size):
            verdict = verify(path, links=links)
        bad = {fault.entry for fault in verdict.faults}
        unsure = [each for each in verdict.faults if each.code == "at_goes_back" and (each.entry or 0) - 1 in bad]
        verdict.faults = tuple(each for each in verdict.faults if each not in unsure)
        verdict.fault_count -= len(unsure)
        found.append(verdict)
    return found


@pytest.mark.wide
@settings(deadline=None, max_examples=60)
@example(EVERY_KIND, {}, 0, "nothing", 0)
@example([Deed("sale_recorded", 0, 1, 0)], CHANGES[0], 1, "hash", 0)
@given(books, st.sampled_from(CHANGES), places, st.sampled_from([*SPOILED[:4], "gone"]), places)
def test_a_book_is_judged_alike_in_ranges_of_any_length(
    done: list[Deed], change: Json, at: int, how: str, place: int
) -> None:
    entries = entries_of(done)
    bodies = [json.loads(entry.body) for entry in entries]
    bodies[at % len(bodies)] |= change
    entries = chained(bodies)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.khata"
        create(path, entries if how == "gone" else [Entry(*row) for row in spoiled(entries, how, place)])
        if how == "gone":
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("DROP TRIGGER event_no_delete")
                connection.execute("DELETE FROM event WHERE seq = ?", (place % len(entries) + 1,))
        for links in (True, False):
            first, *others = verdicts(path, links=links)
            for other in others:
                assert other == first


@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_two_processes_judge_a_bad_book_as_one_does(tmp_path: Path, change: int) -> None:
    bodies = [json.loads(entry.body) for entry in entries_of(EVERY_KIND)]
    bodies[9] |= CHANGES[change]
    create(tmp_path / "any.khata", chained(bodies))
    alone = verify(tmp_path / "any.khata", alone=True)
    with patch.object(crew, "RANGE", 2), patch.object(crew, "LARGE", 1):
        assert verify(tmp_path / "any.khata") == alone


# --- reading in portions


@pytest.mark.parametrize("portion", [1, 2, 3, 7, 1024])
def test_entries_are_read_in_portions_of_any_size(
    book_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    entries = entries_of(EVERY_KIND)
    path = tmp_path / "every.khata"
    create(path, entries)
    monkeypatch.setattr(book_module, "AT_ONCE", portion)
    with SqliteBook(path).reading() as reading:
        for first, last in ((1, len(entries)), (1, portion), (2, portion + 1), (portion, portion), (5, 4), (9, 10**6)):
            assert list(reading.entries(first, last)) == entries[first - 1 : last]


@pytest.mark.parametrize("step", [1, 2, 3, 4096])
@pytest.mark.parametrize("fork", [2, 3, 4, 24])
def test_the_first_entry_of_which_two_copies_say_something_else_is_found_at_any_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, fork: int
) -> None:
    monkeypatch.setattr(against_module, "STEP", step)
    entries = entries_of(EVERY_KIND)
    bodies = [json.loads(entry.body) for entry in entries]
    bodies[fork - 1]["id"] = "ab" * 16
    create(tmp_path / "one.khata", entries)
    create(tmp_path / "two.khata", chained(bodies))
    found = against(tmp_path / "one.khata", tmp_path / "two.khata")
    assert found.fork is not None
    assert (found.relation, found.fork.entry, found.entries) == ("fork", fork, len(entries))
    create(tmp_path / "short.khata", entries[:fork])
    found = against(tmp_path / "short.khata", tmp_path / "one.khata")
    relation = "same" if fork == len(entries) else "behind"
    assert (found.relation, found.entry, found.entries) == (relation, fork, len(entries))


@pytest.mark.parametrize("step", [1, 2, 3, 1024])
def test_an_id_that_stands_twice_is_found_at_any_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(stored, "_STEP", step)
    bodies = [json.loads(entry.body) for entry in entries_of(EVERY_KIND)]
    last = len(bodies)
    for place in (2, 3, 4, last):
        path = tmp_path / f"{place}.khata"
        twice = [body | ({"id": bodies[0]["id"]} if seq == place else {}) for seq, body in enumerate(bodies, 1)]
        create(path, chained(twice))
        assert verify(path).faults == (("chain", place, "id_twice"),)


# --- known keys, and those of a plugin


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "frozen").iterdir()), ids=lambda path: path.stem)
def test_an_event_is_read_by_its_plan_as_it_is_key_by_key(path: Path) -> None:
    """A key of a plugin has no plan: what it stands beside is read one by one."""
    body = path.read_bytes()
    value = json.loads(body)
    value["data"] |= {"x_plugin": 1}
    beside = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert codec.read(beside) == codec.read(body)
