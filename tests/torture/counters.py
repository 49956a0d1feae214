"""Many counters at one book, each command a process of its own, and somebody who kills them at any moment."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same choices, though not the same moments, in each run
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.books import event_id
from tests.torture.shells import Shell
from tests.torture.till import BUSY, KILLED, REFUSED, WELL, Till, Told, told_by

PARTIES = ("Asha", "Balwant", "Chandrika", "Devendra", "Farida")
DAY = "2024-06-01"
"""Sales are of one day long ago: a run over midnight is like any other."""

KILL_EVERY_S = 0.05
"""Seldomer where the machine is so slow that more than half of the commands would be killed."""

GIVE_UP = 0.3
"""How likely a command that was killed is not typed again."""

LONGEST_S = 180.0
"""No command takes so long."""

LINES = 12
"""What is typed in one shell."""

NEWEST = 3
"""Backups that somebody may want to restore: older ones are cleared away meanwhile."""

REFUSALS = {
    "backup": {"path_taken"},  # the second within one second
    "restore": {"nothing_to_restore"},
    "adopt": {"nothing_to_adopt"},
}
"""What each command may be refused for, where no copy ever holds more than the book."""


@dataclass
class Log:
    """What was tried and what was told.

    Attributes:
        sales: the name and the paise of each sale that was tried, by event id.
        told: the answers to sales.
        killed: sales of which no answer came, and at least one process was killed: recorded or not.
        files: the rows of each file that was imported, and whether it was told of as recorded.
        lines: the name, by paise, of each sale that was typed in a shell, and the entry that was told; 0 where the
            shell was killed before it answered. What was answered in another way is not there.
        forgotten: by event id, whom somebody was told to forget: the name, the number, and whether that was told.
        backups: those that were told.
        answers: the questions that were answered, each with the answer's data.
        ends: how often each command ended with each exit code.
        others: what was typed and said by those that ended in another way than well, busy or killed.
        longest_s: the longest that a sale's process took that told of it.
    """

    sales: dict[str, tuple[str, int]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    killed: set[str] = field(default_factory=set)
    files: dict[int, tuple[int, bool]] = field(default_factory=dict)
    lines: dict[int, tuple[str, int]] = field(default_factory=dict)
    forgotten: dict[str, tuple[str, int, bool]] = field(default_factory=dict)
    backups: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[tuple[str, ...], dict[str, Any]]] = field(default_factory=list)
    ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    others: list[str] = field(default_factory=list)
    longest_s: float = 0.0


def refusal(told: Told) -> str | None:
    """The code for which a command was refused; None if it was not."""
    return str(json.loads(told.out)["refused"]["code"]) if told.code == REFUSED and told.out else None


class Counters:
    """Counters at one till for some time."""

    refusals: Mapping[str, Collection[str]] = REFUSALS

    def __init__(self, till: Till, seconds: float) -> None:
        self.till, self.log = till, Log()
        self._end = time.monotonic() + seconds
        self._running: list[subprocess.Popen[str]] | list[subprocess.Popen[Any]] = []
        self._typed = 0
        self._lock = threading.Lock()

    def work(self, *acts: Callable[[random.Random], None]) -> Log:
        """Let all do their work at once, and kill one or another until the time is over."""
        failed: list[BaseException] = []

        def run(number: int, act: Callable[[random.Random], None]) -> None:
            chance = random.Random(number)
            try:
                while self._open():
                    act(chance)
            except BaseException as e:  # noqa: BLE001 - it must reach the test
                failed.append(e)

        threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
        for thread in threads:
            thread.start()
        self._kill()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        return self.log

    def _open(self) -> bool:
        return time.monotonic() < self._end

    def _kill(self) -> None:
        chance, kills = random.Random("kill"), 0
        while self._open():
            time.sleep(KILL_EVERY_S)
            with self._lock:
                if self._running and 2 * kills <= self.log.ends.total():
                    chance.choice(self._running).kill()
                    kills += 1

    @contextmanager
    def _mortal(self, process: subprocess.Popen[Any]) -> Iterator[None]:
        """A block in which a process may be killed."""
        with self._lock:
            self._running.append(process)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(process)

    def _type(self, words: Sequence[str]) -> Told:
        began = time.monotonic()
        process = self.till.start(words)
        with self._mortal(process):
            told = told_by(process, LONGEST_S)
        with self._lock:
            self.log.ends[words[0], told.code] += 1
            if words[0] == "sale" and told.code == WELL:
                self.log.longest_s = max(self.log.longest_s, time.monotonic() - began)
        if told.code not in (WELL, BUSY, KILLED) and not self._expected(words[0], told):
            self.log.others.append(f"{' '.join(words)} [exit {told.code}]: {told.out}{told.err}")
        return told

    def _expected(self, command: str, told: Told) -> bool:
        """Whether a command may end so, though it was not done."""
        return refusal(told) in self.refusals.get(command, ())

    def _insist(self, words: Sequence[str], chance: random.Random) -> tuple[dict[str, Any] | None, bool]:
        """The same command until it is answered or given up: the answer's data, and whether it was ever killed."""
        killed = False
        while True:
            told = self._type(words)
            killed |= told.code == KILLED
            if told.code == WELL:
                return json.loads(told.out)["data"], killed
            if told.code not in (BUSY, KILLED) or chance.random() < GIVE_UP:
                return None, killed

    # --- what one at a counter does

    def sell(self, counter: str, chance: random.Random) -> None:
        """One sale, now and then to somebody new."""
        party = f"{counter} {len(self.log.sales)}" if chance.random() < 0.1 else chance.choice(PARTIES)
        self._sold(counter, party, chance)

    def _sold(self, counter: str, party: str, chance: random.Random, *more: str) -> dict[str, Any] | None:
        sale, paise = event_id((counter, chance.random())), 100 * chance.randrange(1, 1000)
        words = (
            "sale",
            party,
            f"{paise // 100}",
            "--new",
            "--on",
            DAY,
            "--by",
            counter,
            "--event-id",
            sale,
            "--json",
            *more,
        )
        self.log.sales[sale] = (party, paise)
        data, killed = self._insist(words, chance)
        if data is not None:
            self.log.told.append(data)
        elif killed:
            self.log.killed.add(sale)
        return data

    def forget(self, counter: str, chance: random.Random) -> None:
        """One sale to somebody who pays at once, never comes again, and wants to be forgotten."""
        name = f"Gone {len(self.log.forgotten)} from {counter}"
        sold = self._sold(counter, name, chance, "--paid", "all")
        if sold is None:
            return
        party, forgetting = sold["party"], event_id((name, chance.random()))
        self.log.forgotten[forgetting] = (name, party, False)
        words = ("party", "forget", f"@{party}", "--yes", "--by", counter, "--event-id", forgetting, "--json")
        data, _ = self._insist(words, chance)
        self.log.forgotten[forgetting] = (name, party, data is not None)

    def sit(self, counter: str, chance: random.Random) -> None:
        """A shell, line by line, until somebody kills it or some lines are typed; one of them is only begun."""
        shell = Shell(self.till, counter)
        with self._mortal(shell.process):
            for _ in range(LINES):
                if not self._open() or not self._line(shell, chance.choice(PARTIES)):
                    break
            self._leave(shell, chance)

    def _leave(self, shell: Shell, chance: random.Random) -> None:
        code = shell.end("Asha 99" if chance.random() < 0.5 else "")
        with self._lock:
            self.log.ends["shell", code] += 1
        if code not in (WELL, KILLED) or "Traceback" in shell.shown:
            self.log.others.append(f"shell [exit {code}]: {shell.shown}")

    def _line(self, shell: Shell, party: str) -> bool:
        """One sale in a shell; whether the shell is there still."""
        with self._lock:
            self._typed += 1
            paise = 100 + self._typed + (self._typed - 1) // 99  # never whole rupees
        if not shell.wait():
            return False
        self.log.lines[paise] = (party, 0)
        answer = shell.enter(f"{party} {paise // 100}.{paise % 100:02d}")
        if entry := shell.entry_told(answer):
            self.log.lines[paise] = (party, entry)
        elif answer.endswith(shell.prompt):
            del self.log.lines[paise]  # told otherwise: it is not recorded
        return answer.endswith(shell.prompt)

    def back_up(self, chance: random.Random) -> None:
        """One backup; none is thinned out, so that each that was told is there."""
        data, _ = self._insist(("backup", str(self.till.stick), "--keep", "9999", "--json"), chance)
        if data is not None:
            self.log.backups.append(data)

    def bring_back(self, chance: random.Random) -> None:
        """A backup of this very book, which holds no more than the book does."""
        made = sorted(self.till.stick.glob("*.khata"))[-NEWEST:] if self.till.stick.is_dir() else []
        if made:
            self._type(("restore", str(chance.choice(made)), "--json"))
        else:
            time.sleep(KILL_EVERY_S)

    def adopt(self, _: random.Random) -> None:
        """Going on without what was lost, where nothing was."""
        self._type(("adopt", "--reason", "laptop broke", "--json"))

    def bring_in(self, rows: int, chance: random.Random) -> None:
        """One file that nobody has imported yet."""
        number = len(self.log.files)
        self.log.files[number] = (rows, False)
        file = self.till.folder / f"file{number}.csv"
        lines = [f"2024-01-{1 + n % 20:02d},sale,{PARTIES[n % 5]},{100 + n},{number}-{n}" for n in range(rows)]
        file.write_text("\n".join(["date,type,party,amount,ref", *lines, ""]))
        data, _ = self._insist(("import", str(file), "--json"), chance)
        if data is not None:
            self.log.files[number] = (rows, True)

    def ask(self, chance: random.Random) -> None:
        """One question."""
        party = chance.choice(PARTIES)
        words = chance.choice([("balance",), ("balance", party), ("statement", party), ("verify",), ("rebuild",)])
        told = self._type((*words, "--json"))
        if told.code == WELL:
            self.log.answers.append((words, json.loads(told.out)["data"]))
