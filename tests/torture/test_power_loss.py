"""The power goes at any moment of a shop's day: whatever was told is there, and nothing else but the next command.

A run of khata is recorded call by call, the states in which a power cut can leave the book's folder are built from the
record, and in each a fresh khata opens the book.
"""

from __future__ import annotations

import hashlib
import json
import random  # noqa: TID251 - seeded: the same states in each run
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from khata.log.errors import BookError, NoBookError
from khata.store.sqlite.book import SqliteBook
from khata.verifying.verify import verify
from tests.torture.crash import Disk, Files
from tests.torture.figures import Figures
from tests.torture.recording import LESS_DURABLE, Op, Recording, need_strace, record
from tests.torture.till import KHATA, Till, balances

SHARDS = 4
"""The long run is done in so many parts."""


def day(till: Till) -> list[tuple[str, ...]]:
    """A shop's day, from the book's first entry on."""
    return [
        ("init", "Sharma Kirana Store", "--book", str(till.book)),
        ("sale", "Ramesh", "100", "--new", "--note", "rice"),
        ("receive", "Ramesh", "40"),
        ("reverse", "3", "--reason", "wrong customer", "--yes"),
        ("import", str(till.rows(100)), "--new-parties", "all"),
        ("sale", "Party 1", "55", "--note", "salt"),
        ("receive", "@3", "911"),
        ("party", "forget", "@3", "--yes"),
    ]


def expected(entries: list[tuple[bytes, bytes]]) -> dict[int, int]:
    """What each party owes after these entries, added up by hand."""
    owed: Counter[int] = Counter()
    moved: dict[int, tuple[int, int]] = {}
    for body, _ in entries:
        said = json.loads(body)
        data = said["data"]
        if said["kind"] == "entry_reversed":
            party, paise = moved[data["entry"]]
            owed[party] -= paise
        elif "amount_paise" in data:
            sign = 1 if said["kind"] == "sale_recorded" else -1
            moved[said["@seq"]] = (data["party"], sign * data["amount_paise"])
            owed[data["party"]] += sign * data["amount_paise"]
    return {party: paise for party, paise in sorted(owed.items()) if paise}


@dataclass
class Judge:
    """Puts states into a folder, lets khata open them, and counts what came of it."""

    recording: Recording
    folder: Path
    states: set[tuple[int, bytes]] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[int, bytes], int] = field(default_factory=dict)

    def judge(self, told: int, state: Files | None) -> None:
        """One state after so many commands were acknowledged."""
        mark = (told, _digest(state or {}) if state is not None else b"no folder")
        if mark in self.states:
            return
        self.states.add(mark)
        count = self.recovered(told, state)
        allowed = self.recording.told[told - 1] if told else 0
        ahead = self.recording.told[told] if told < len(self.recording.told) else allowed
        if count in {allowed, ahead}:
            self.found["as told" if count == allowed else "one command ahead"] += 1
        else:
            self.found["lost" if count < allowed else "half a command"] += 1

    def recovered(self, told: int, state: Files | None) -> int:
        """The entries that khata finds; 0 where there is no book. The folder must not be less than a book."""
        book = self.folder / "shop.khata"
        self._lay_down(state)
        try:
            with_views = SqliteBook(book)
            with with_views.reading() as reading:  # rolls back a journal that was left
                size = reading.head().seq
            with_views.close()
        except NoBookError:
            return 0
        mark = (told, hashlib.sha256(book.read_bytes()).digest())
        if mark not in self.known:
            self.known[mark] = size
            self._look_closely(told, book, size)
        assert self.known[mark] == size
        return size

    def _look_closely(self, told: int, book: Path, size: int) -> None:
        """Everything that must hold of one recovered book: once for all the states that recover to it."""
        verdict = verify(book, alone=True)
        assert (verdict.result, verdict.entries) == ("unbroken", size), verdict
        store = SqliteBook(book)
        with store.reading() as reading:
            entries = [(entry.body, entry.hash) for entry in reading.entries(1, size)]
        store.close()
        assert entries == self.recording.entries[:size]
        right = expected(entries)
        assert balances(book, None) == right
        for cache in self.recording.caches[max(0, told - 1) : told + 1]:
            kept = self.folder / "views.sqlite"
            kept.write_bytes(cache)
            assert balances(book, kept) == right
            assert verify(book, kept, alone=True).result == "unbroken"

    def _lay_down(self, state: Files | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if state is not None:
            self.folder.mkdir(parents=True)
            for name, contents in state.items():
                (self.folder / name).write_bytes(contents)


def _digest(state: Files) -> bytes:
    made = hashlib.sha256()
    for name, contents in sorted(state.items()):
        made.update(f"{name} {len(contents)} ".encode() + contents)
    return made.digest()


def cuts(ops: list[Op]) -> Iterator[tuple[int, int, Disk]]:
    """The disk after each operation, with the operation's place and how many commands were acknowledged by then."""
    disk, told = Disk(), 0
    yield 0, told, disk
    for place, op in enumerate(ops, 1):
        disk.do(op)
        told += op.what == "told"
        yield place, told, disk


def explore(judge: Judge, most: int, *, part: int = 0, parts: int = 1) -> Counter[str]:
    """Cut the power at each operation (of this part), in up to `most` ways."""
    for place, told, disk in cuts(judge.recording.ops):
        if place % parts == part:
            for state in disk.states(random.Random(place), most):
                judge.judge(told, state)
    return judge.found


@pytest.fixture
def new_till(tmp_path: Path) -> Till:
    need_strace()
    till = Till(tmp_path / "till")
    till.folder.mkdir()
    return till


def recorded(till: Till, program: str = KHATA, commands: int | None = None) -> Judge:
    return Judge(record(till, day(till)[:commands], program), till.folder / "after")


def test_the_power_goes_and_nothing_that_was_told_is_lost(new_till: Till) -> None:
    judge = recorded(new_till)
    found = explore(judge, 6)
    assert set(found) <= {"as told", "one command ahead"}, found
    assert found.total() == len(judge.states) > 300
    assert found["one command ahead"] >= 8


def test_a_sync_left_out_is_missed(new_till: Till) -> None:
    """The control of each kind of sync: of a file, of the book's folder, and of the one above it."""
    whole = recorded(new_till, commands=2).recording
    for kind in ("sync", "sync_folder", "sync_parent"):
        less = replace(whole, ops=[op for op in whole.ops if op.what != kind])
        try:
            found = explore(Judge(less, new_till.folder / "after"), 10)
        except (AssertionError, BookError):
            continue
        assert found["lost"] > 0, kind


def test_settings_less_durable_do_lose_what_was_told(new_till: Till) -> None:
    """The control: SQLite's default does not sync the folder after it deletes the journal."""
    judge = recorded(new_till, LESS_DURABLE, 3)
    found = explore(judge, 6)
    assert found["lost"] > 0, found


@pytest.mark.slow
@pytest.mark.parametrize("part", range(SHARDS))
def test_the_power_goes_in_twenty_thousand_ways(new_till: Till, part: int, figures: Figures) -> None:
    judge = recorded(new_till)
    found = explore(judge, 900, part=part, parts=SHARDS)
    figures(f"power loss, part {part}: {len(judge.states)} states: {dict(found)}")
    assert set(found) <= {"as told", "one command ahead"}, found
    assert len(judge.states) >= 20_000 // SHARDS


@pytest.mark.slow
def test_settings_less_durable_lose_in_many_ways(new_till: Till, figures: Figures) -> None:
    judge = recorded(new_till, LESS_DURABLE)
    found = explore(judge, 900)
    figures(f"power loss, control: {len(judge.states)} states: {dict(found)}")
    assert found["lost"] >= 5


def test_a_state_that_lost_an_entry_is_not_taken_for_a_sound_one(new_till: Till) -> None:
    """The control of the oracle itself: the book of before a command that was told."""
    judge = recorded(new_till, commands=2)
    *_, (_, told, disk) = cuts(judge.recording.ops)
    (whole,) = [state for state in disk.states(random.Random(1), 1) if state is not None][:1]
    judge.judge(told, whole)
    assert judge.found == {"as told": 1}
    judge.judge(told, {})
    assert judge.found["lost"] == 1
    torn = whole["shop.khata"][:-512] + bytes(512)
    with pytest.raises((AssertionError, BookError)):
        judge.judge(told, {"shop.khata": torn})
