"""The power goes at any moment of a shop's day: whatever was told is there, and nothing else but the next command.

A run of khata is recorded call by call, the states in which a power cut can leave the folders of the book and of its
backups are built from the record, and in each a fresh khata opens the book and looks at the backups and at a copy that
was restored.
"""

from __future__ import annotations

import hashlib
import json
import random  # noqa: TID251 - seeded: the same states in each run
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from khata.log.checkpoint import read_checkpoint
from khata.log.errors import BookError, NoBookError
from khata.store.sqlite.book import SqliteBook
from khata.verifying.verify import verify
from tests.torture.crash import Disk, Files, folder_of
from tests.torture.figures import Figures
from tests.torture.recording import LESS_DURABLE, Op, Recording, need_strace, record
from tests.torture.replay import Replay
from tests.torture.till import KHATA, Till, balances

SHARDS = 4
"""The long run is done in so many parts."""


SECOND = "books/second.khata"
"""A copy of the book, put there by `khata restore`, and a newer one later in its place."""


def day(till: Till) -> list[tuple[str, ...]]:
    """A shop's day, from the book's first entry on."""
    restore = ("restore", str(till.book), "--book", str(till.book.with_name("second.khata")), "--json")
    return [
        ("init", "Sharma Kirana Store", "--book", str(till.book)),
        ("sale", "Ramesh", "100", "--new", "--note", "rice"),
        ("receive", "Ramesh", "40"),
        ("reverse", "3", "--reason", "wrong customer", "--yes"),
        ("backup", str(till.stick), "--json"),
        restore,
        ("import", str(till.rows(100)), "--new-parties", "all"),
        ("sale", "Party 1", "55", "--note", "salt"),
        restore,
        ("receive", "@3", "911"),
        ("party", "forget", "@3", "--yes"),
        ("backup", str(till.stick), "--keep", "1", "--json"),
    ]


@dataclass(frozen=True)
class Backup:
    """A backup that was told: by which command, under which name, and the entries that it must hold."""

    command: int
    name: str
    entries: int


def commands_in(recording: Recording, name: str) -> list[int]:
    """The places of the commands of one name that answered in JSON."""
    return [place for place, said in enumerate(recording.said) if f'"command": "{name}"' in said]


def backups_of(recording: Recording) -> list[Backup]:
    """Those that the commands named."""
    found = []
    for command in commands_in(recording, "backup"):
        path = Path(json.loads(recording.said[command])["data"]["path"])
        found.append(Backup(command, f"{path.parent.name}/{path.name}", recording.told[command]))
    return found


@dataclass
class Judge:
    """Puts states into a folder, lets khata open them, and counts what came of it."""

    recording: Recording
    folder: Path
    states: set[tuple[int, bytes]] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[int, bytes], int] = field(default_factory=dict)
    verified: dict[bytes, int] = field(default_factory=dict)

    def judge(self, told: int, state: Files) -> None:
        """One state after so many commands were acknowledged."""
        mark = (told, _digest(state))
        if mark in self.states:
            return
        self.states.add(mark)
        books = f"{self.recording.book.parent.name}/"
        count = self.recovered(told, {name: state[name] for name in state if name.startswith(books)})
        allowed = self.recording.told[told - 1] if told else 0
        ahead = self.recording.told[told] if told < len(self.recording.told) else allowed
        if count in {allowed, ahead}:
            self.found["as told" if count == allowed else "one command ahead"] += 1
        else:
            self.found["lost" if count < allowed else "half a command"] += 1
        self.copies[self.copied(told, {name: state[name] for name in state if not name.startswith(books)})] += 1

    def recovered(self, told: int, state: Files) -> int:
        """The entries that khata finds; 0 where there is no book. The folder must not be less than a book."""
        mark = (told, _digest(state))
        if mark not in self.known:
            self.known[mark] = self._recovered(told, state)
        return self.known[mark]

    def _recovered(self, told: int, state: Files) -> int:
        self.restored(told, state)
        self._lay_down(state)
        book = self.folder / self.recording.book.parent.name / self.recording.book.name
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
        right = self._whole(book, size)
        for cache in self.recording.caches[max(0, told - 1) : told + 1]:
            kept = self.folder / "views.sqlite"
            kept.write_bytes(cache)
            assert balances(book, kept) == right
            assert verify(book, kept, alone=True).result == "unbroken"

    def _whole(self, book: Path, size: int) -> dict[int, int]:
        """The balances of a file that must be the day's first so many entries."""
        verdict = verify(book, alone=True)
        assert (verdict.result, verdict.entries) == ("unbroken", size), verdict
        store = SqliteBook(book)
        with store.reading() as reading:
            entries = [(entry.body, entry.hash) for entry in reading.entries(1, size)]
        store.close()
        assert entries == self.recording.entries[:size]
        replay = Replay()
        for body, _ in entries:
            replay.add(body)
        assert balances(book, None) == replay.balances()
        return replay.balances()

    def restored(self, told: int, state: Files) -> None:
        """Where a copy was restored stands the last one that was told, or the one that is just being; whole."""
        sizes = self.recording.told
        made = {command: sizes[command] for command in commands_in(self.recording, "restore")}
        due = [size for command, size in made.items() if command < told][-1:]
        assert SECOND in state or not due, told
        for name in state:
            if name == SECOND:
                assert self._size(state[name]) in {*due, made.get(told)}, told
            elif name.startswith(SECOND):  # what it took the place of
                assert self._size(state[name]) in made.values(), name

    def _size(self, contents: bytes) -> int:
        """The entries of a file that must be whole: looked at once."""
        mark = hashlib.sha256(contents).digest()
        if mark not in self.verified:
            self._lay_down({"looked.khata": contents})
            looked = self.folder / "looked.khata"
            self.verified[mark] = verify(looked, alone=True).entries
            self._whole(looked, self.verified[mark])
        return self.verified[mark]

    def copied(self, told: int, state: Files) -> str:
        """What became of the backups. What has a backup's name must be one, whole, whether it was told or not."""
        named = {each.name: each for each in backups_of(self.recording)}
        laid = [name for name in state if not name.endswith("/") and not name.split("/")[1].startswith(".")]
        for name in laid:
            if name.endswith(".checkpoint"):  # beside a copy, and there once that is
                assert name.replace(".checkpoint", ".khata") in named
                read_checkpoint(state[name])
        seen = [name for name in laid if not name.endswith(".checkpoint")]
        assert named.keys() >= set(seen)
        there = [named[name] for name in seen]
        for each in there:
            assert self._size(state[each.name]) == each.entries
        due = [each for each in named.values() if each.command < told][-1:]
        # The next one takes the place of the one before, which goes as soon as it is there.
        if due and not any(each.command >= due[0].command for each in there):
            return "lost"
        if any(each.command == told for each in there):
            return "one command ahead"
        return "as told" if due else "none"

    def _lay_down(self, state: Files) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name, contents in sorted(state.items()):
            if name.endswith("/"):
                (self.folder / name).mkdir()
            else:
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


def recorded(till: Till, program: str = KHATA, commands: Sequence[int] = ()) -> Judge:
    """The day, or some of its commands."""
    whole = day(till)
    return Judge(record(till, [whole[n] for n in commands] or whole, program), till.folder / "after")


def left_out(whole: Recording, command: int, kind: str, folder: str) -> Recording:
    """The record up to a command, without one kind of its syncs: of files in a folder, of it, or of the one above."""

    def is_it(op: Op) -> bool:
        if kind == "sync":
            return op.what == kind and folder_of(op.name) == folder
        return op.what == "sync_folder" and op.name == (folder if kind == "sync_folder" else "")

    *before, last = whole.by_command[: command + 1]
    less = [op for op in last if not is_it(op)]
    assert len(less) < len(last), kind
    upto = command + 1
    return replace(whole, by_command=[*before, less], told=whole.told[:upto], said=whole.said[:upto])


def test_the_power_goes_and_nothing_that_was_told_is_lost(new_till: Till) -> None:
    judge = recorded(new_till)
    found = explore(judge, 4)
    assert set(found) <= {"as told", "one command ahead"}, found
    assert found.total() == judge.copies.total() == len(judge.states) > 300
    assert found["one command ahead"] >= 8
    assert set(judge.copies) == {"none", "as told", "one command ahead"}, judge.copies
    for command, done in enumerate(judge.recording.by_command):
        wrote_a_book = any(op.name.startswith("books/") for op in done)
        assert wrote_a_book == (day(new_till)[command][0] != "backup")


SHORT_DAY = {
    0: ("books/", ("sync", "sync_folder", "sync_above")),
    1: ("books/", ("sync", "sync_folder")),
    4: ("stick/", ("sync", "sync_folder", "sync_above")),
    5: ("books/", ("sync", "sync_folder")),
}
"""An init, a sale, a backup, a restore, by their places in the day: where they write, and the syncs that they need."""


@pytest.fixture(scope="module")
def short_day(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    need_strace()
    till = Till(tmp_path_factory.mktemp("short") / "till")
    till.folder.mkdir()
    return recorded(till, commands=tuple(SHORT_DAY))


def test_a_sync_left_out_is_missed(short_day: Judge) -> None:
    """The control of each kind of sync: of a file, of its folder, and of the one above it."""
    for command, (folder, kinds) in enumerate(SHORT_DAY.values()):
        for kind in kinds:
            judge = Judge(left_out(short_day.recording, command, kind, folder), short_day.folder)
            try:
                found = explore(judge, 10)
            except (AssertionError, BookError):
                continue
            assert (judge.copies if folder == "stick/" else found)["lost"] > 0, (command, kind)


def test_settings_less_durable_do_lose_what_was_told(new_till: Till) -> None:
    """The control: SQLite's default does not sync the folder after it deletes the journal."""
    judge = recorded(new_till, LESS_DURABLE, range(3))
    found = explore(judge, 6)
    assert found["lost"] > 0, found


@pytest.mark.slow
@pytest.mark.parametrize("part", range(SHARDS))
def test_the_power_goes_in_twenty_thousand_ways(new_till: Till, part: int, figures: Figures) -> None:
    judge = recorded(new_till)
    found = explore(judge, 900, part=part, parts=SHARDS)
    figures(f"power loss, part {part}: {len(judge.states)} states: {dict(found)}; backups: {dict(judge.copies)}")
    assert set(found) <= {"as told", "one command ahead"}, found
    assert set(judge.copies) <= {"none", "as told", "one command ahead"}, judge.copies
    assert len(judge.states) >= 20_000 // SHARDS


@pytest.mark.slow
def test_settings_less_durable_lose_in_many_ways(new_till: Till, figures: Figures) -> None:
    judge = recorded(new_till, LESS_DURABLE)
    found = explore(judge, 900)
    figures(f"power loss, control: {len(judge.states)} states: {dict(found)}")
    assert found["lost"] >= 5


def test_a_state_that_lost_an_entry_is_not_taken_for_a_sound_one(short_day: Judge) -> None:
    """The control of the oracle itself: a folder from before what was told, and files that are less than was told."""
    judge = Judge(short_day.recording, short_day.folder)
    *_, (_, told, disk) = cuts(judge.recording.ops)
    whole = next(disk.states(random.Random(1), 1))
    (copied,) = (name for name in whole if name.startswith("stick/") and name.endswith(".khata"))
    judge.judge(told, whole)
    assert judge.found == judge.copies == {"as told": 1}
    judge.judge(told, {"books/": b"", SECOND: whole[SECOND]})
    assert judge.found["lost"] == judge.copies["lost"] == 1
    opened = judge.recording.by_command[0]
    *_, (_, _, first) = cuts(opened)
    before_the_sale = next(first.states(random.Random(1), 1))["books/shop.khata"]
    for name, contents in (
        ("books/shop.khata", whole["books/shop.khata"][:-512] + bytes(512)),
        (copied, whole[copied][:-512] + bytes(512)),
        (copied, before_the_sale),
        ("stick/other.khata", before_the_sale),
        (SECOND, before_the_sale),
        (SECOND, None),
    ):
        state = {**whole, name: contents} if contents else {each: whole[each] for each in whole if each != name}
        with pytest.raises((AssertionError, BookError)):
            judge.judge(told, state)
