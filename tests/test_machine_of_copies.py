"""A book that is copied, lost, damaged, restored and gone on with, as somebody at the counter would do it.

The model knows histories as lists: one goes on from another if it begins with the very same lines.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from khata.grammar.days import business_day
from khata.store.sqlite.schema import OBJECTS
from tests.cli.conftest import Answer, Counter

pytestmark = pytest.mark.wide

NAMES = ("Asha", "Bina", "Chand")
TRIGGERS = [name for name, text in OBJECTS.items() if text.startswith("CREATE TRIGGER")]


@dataclass(eq=False)
class Line:
    """One entry: its day, whose, and what it adds to the debt in paise. Two lines are the same only if they are one."""

    on: str = ""
    party: int | None = None
    owed: int = 0
    money: bool = False
    cancels: Line | None = None
    gives_up: History | None = None


History = list[Line]


def begins_with(history: History, start: History) -> bool:
    return history[: len(start)] == start


def given_up(history: History, lost: History, at: int) -> bool:
    """Whether giving up one history in entry `at` gives up the last entry of another one."""
    return lost[-1] == history[-1] if len(lost) == len(history) else at <= len(lost) < len(history)


class BookLife(RuleBasedStateMachine):
    """One book file, its copies, and what this computer remembers of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.khata = Counter(Path(self.folder.name))
        self.path = self.khata.home / "Khata" / "shop.khata"
        self.copies: list[tuple[Path, History]] = []
        self.others = 0
        assert self.khata("init", "Shop").code == 0
        self.book: History | None = [Line(self.today())]
        self.mark: History = self.book
        self.verified: History = self.book
        for number, name in enumerate(NAMES, 1):
            assert self.khata("party", "add", name).code == 0
            self.book = self.mark = [*self.book, Line(self.today(), number)]
        self.backed_up()

    def teardown(self) -> None:
        self.folder.cleanup()

    def today(self) -> str:
        return business_day(self.khata.now)

    @property
    def missed(self) -> bool:
        """Whether the book lacks what this computer wrote last."""
        return self.book is not None and not begins_with(self.book, self.mark)

    @property
    def unverified(self) -> bool:
        """Whether the book lacks what this computer verified last, and nothing in it gives that up."""
        book = self.book or []
        adoptions = [(at, line.gives_up) for at, line in enumerate(book, 1) if line.gives_up]
        explained = any(given_up(history, self.verified, at) for at, history in adoptions)
        return not begins_with(book, self.verified) and not explained

    def write(self, words: str, *lines: Line, khata: Counter | None = None) -> Answer:
        """Record something; the model goes on if it was recorded, and knows why if not."""
        khata = khata or self.khata
        answer = khata(*words.split(), "--json")
        if self.book is None:
            assert answer.refused == "no_book"
        elif khata is self.khata and self.missed:
            assert answer.refused == "book_behind"
        elif answer.code:
            assert answer.refused == "clock_behind"
        else:
            self.book = [*self.book, *lines]
            if khata is self.khata:
                self.mark = self.book
        return answer

    # --- a day at the counter

    @rule(party=st.integers(1, 3), rupees=st.integers(1, 500), back=st.sampled_from([0, 0, 1, 40]))
    def sell(self, party: int, rupees: int, back: int) -> None:
        on = business_day(self.khata.now + timedelta(minutes=1) - timedelta(days=back))
        self.write(f"sale @{party} {rupees} --on {on}", Line(on, party, rupees * 100, money=True))

    @rule(party=st.integers(1, 3), rupees=st.integers(1, 500))
    def receive(self, party: int, rupees: int) -> None:
        on = business_day(self.khata.now + timedelta(minutes=1))
        self.write(f"receive @{party} {rupees}", Line(on, party, -rupees * 100, money=True))

    @rule(which=st.integers(0, 99))
    def take_back(self, which: int) -> None:
        cancelled = {each.cancels for each in self.book or []}
        standing = [(seq, line) for seq, line in enumerate(self.book or [], 1) if line.money and line not in cancelled]
        if standing:
            seq, line = standing[which % len(standing)]
            self.write(f"reverse {seq} --reason wrong", Line(line.on, line.party, -line.owed, cancels=line))

    @rule(rupees=st.integers(1, 500))
    def another_computer(self, rupees: int) -> None:
        """One that never saw this book before, with a counter of its own."""
        self.others += 1
        other = Counter(
            self.khata.home,
            self.khata.now,
            {"XDG_STATE_HOME": str(self.khata.home / f"other-{self.others}"), "KHATA_BOOK": str(self.path)},
            count=1000 * self.others,
        )
        on = business_day(other.now + timedelta(minutes=1))
        self.write(f"sale @1 {rupees}", Line(on), Line(on, 1, rupees * 100, money=True), khata=other)

    @rule(hours=st.sampled_from([-1, -5, -30, 1, 24, 700]))
    def the_clock_jumps(self, hours: int) -> None:
        self.khata.now += timedelta(hours=hours)

    @rule()
    def the_views_are_lost(self) -> None:
        shutil.rmtree(self.khata.home / ".cache", ignore_errors=True)

    # --- copies, and what becomes of the book

    @precondition(lambda self: self.book is not None)
    @rule()
    def backed_up(self) -> None:
        to = self.khata.home / f"usb-{len(self.copies)}"
        answer = self.khata("backup", str(to), "--json")
        assert answer.data["entries"] == len(self.book or [])
        self.copies.append((Path(answer.data["path"]), self.book or []))

    @precondition(lambda self: self.book is not None)
    @rule()
    def lost(self) -> None:
        self.path.unlink()
        self.book = None

    @rule(which=st.integers(0, 99))
    def an_old_file_is_put_back_by_hand(self, which: int) -> None:
        copy, history = self.copies[which % len(self.copies)]
        shutil.copyfile(copy, self.path)
        self.book = history

    @rule(which=st.integers(0, 99))
    def restored(self, which: int) -> None:
        copy, history = self.copies[which % len(self.copies)]
        answer = self.khata("restore", str(copy), "--json")
        self._restored(answer, history)

    def _restored(self, answer: Answer, history: History, *, damaged: bool = False) -> None:
        if not damaged and self.book is not None and begins_with(self.book, history):
            assert answer.refused == "nothing_to_restore"
        elif not damaged and self.book is not None and not begins_with(history, self.book):
            assert answer.refused == "other_history"
        else:
            assert answer.data["entries"] == len(history)
            self.book = history
            if not self.missed and len(history) > len(self.mark):
                self.mark = history

    @precondition(lambda self: self.book is not None)
    @rule()
    def adopted(self) -> None:
        book = self.book or []
        lost = [self.mark] * self.missed + [self.verified] * self.unverified
        answer = self.khata("adopt", "--reason", "it is all there is", "--json")
        if not lost:
            assert answer.refused == "nothing_to_adopt"
        elif answer.code:
            assert answer.refused == "clock_behind"
        else:
            if given_up(lost[0], lost[-1], len(book) + 2):
                lost = lost[:1]
            self.book = self.mark = [*book, *(Line(self.today(), gives_up=history) for history in lost)]

    @precondition(lambda self: self.book is not None and len(self.book) > 5)
    @rule(which=st.integers(0, 99))
    def damaged_and_salvaged(self, which: int) -> None:
        assert self.book is not None
        bad = 5 + which % (len(self.book) - 4)  # the customers stay
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            for name in TRIGGERS:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("UPDATE event SET body = CAST(body || ' ' AS BLOB) WHERE seq = ?", (bad,))
            for name in TRIGGERS:
                connection.execute(OBJECTS[name])
        assert self.khata("verify").code == 1
        salvaged = self.khata("salvage", str(self.path), "--json").data
        assert salvaged["kept"] == salvaged["entries"] == bad - 1
        self._restored(self.khata("restore", salvaged["path"], "--json"), self.book[: bad - 1], damaged=True)

    # --- what must always hold

    @invariant()
    def every_answer_is_what_the_model_says(self) -> None:
        if self.book is None:
            assert self.khata("balance", "--json").refused == "no_book"
            return
        answer = self.khata("balance", "--json").envelope
        assert ("book_behind" in [each["code"] for each in answer["warnings"]]) == self.missed
        assert answer["data"]["known_at_entry"] == len(self.book)
        assert balances(answer["data"]) == self.expected(self.book)
        known = len(self.book) // 2 + 1
        day = min(self.book[known - 1].on, self.today())  # a later day means today
        asked = self.khata("balance", "--known-at", f"{known}", "--as-on", day, "--json").data
        assert balances(asked) == self.expected(self.book[:known], day)

    @invariant()
    def verification_says_whether_this_is_the_book(self) -> None:
        if self.book is not None:
            verdict = self.khata("verify", "--json")
            bad = self.missed or self.unverified
            assert verdict.data["result"] == ("broken" if bad else "unbroken")
            # What was signed, a backup brings a checkpoint, is missed only where something else is, too.
            faults = [fault for fault in verdict.data["faults"] if fault["check"] != "checkpoint"]
            assert {fault["check"] for fault in faults} == ({"anchor"} if bad else set())
            codes = {fault["code"] for fault in faults}
            assert ("not_as_verified" in codes, bool(codes - {"not_as_verified"})) == (self.unverified, self.missed)
            if not bad:
                self.verified = self.book

    def expected(self, history: History, as_on: str = "9999-12-31") -> dict[int, int]:
        sums = dict.fromkeys(range(1, len(NAMES) + 1), 0)
        for line in history:
            if line.party and line.on <= as_on:
                sums[line.party] += line.owed
        return {party: owed for party, owed in sums.items() if owed}


def balances(data: dict[str, Any]) -> dict[int, int]:
    return {each["party"]: each["balance_paise"] for each in data["parties"]}


EVERYDAY = settings(
    max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
LONG = settings(EVERYDAY, max_examples=150, stateful_step_count=50)


class TestCopies(BookLife.TestCase):  # type: ignore[valid-type,misc]
    settings = EVERYDAY


@pytest.mark.slow
class TestManyCopies(BookLife.TestCase):  # type: ignore[valid-type,misc]
    settings = LONG
