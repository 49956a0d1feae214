"""A book that is restored, lost and adopted while others sell from it, and killed at any moment.

Now and then everybody stops for a moment, while somebody carries files about: a copy that another computer has gone
on with, or an old one that is put in the book's place by hand.
"""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same choices, though not the same moments, in each run
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from khata.log.chain import Entry
from khata.verifying.verify import verify
from tests.books import event_id
from tests.torture.counters import PARTIES, REFUSALS, Counters, refusal
from tests.torture.oracle import faults
from tests.torture.shells import Shell
from tests.torture.till import BROKEN, BUSY, KILLED, REFUSED, WELL, Till, Told, entries_of, ids_in

Act = Callable[[random.Random], None]

REST_S = 1.5
"""The longest rest between two acts at one desk."""

AWAKE = (0, 0, 1)
"""How many desks go on while a copy is restored, which is refused once somebody has sold first."""


class Copies(Counters):
    """Counters at a till whose book is not always the same file.

    Attributes:
        elsewhere: another computer, new at each time.
        found: what came of each copy that was carried about.
    """

    refusals: Mapping[str, Collection[str]] = {
        **REFUSALS,
        "restore": {"nothing_to_restore", "other_history", "path_taken"},  # the second within one second
    }

    def __init__(self, till: Till, seconds: float, elsewhere: Till, desks: int) -> None:
        super().__init__(till, seconds)
        self.elsewhere = elsewhere
        self.found: Counter[str] = Counter()
        self._desks = [threading.Lock() for _ in range(desks)]
        self._older: tuple[bytes, int] | None = None
        self._behind = False
        self._restore_s = 1.0
        self._asides: set[Path] = set()

    # --- who may do what when

    def at(self, desk: int, act: Act) -> Act:
        """An act as it is done at one desk, with a rest after it."""

        def acting(chance: random.Random) -> None:
            with self._desks[desk]:
                act(chance)
            time.sleep(chance.uniform(0, REST_S))

        return acting

    def sit_at(self, desk: int, counter: str) -> Act:
        """A shell at one desk that stays open while files are carried about."""

        def acting(chance: random.Random) -> None:
            shell, there = Shell(self.till, counter), True
            while there and self._open() and chance.random() > 0.1:
                with self._desks[desk], self._mortal(shell.process):
                    there = self._line(shell, chance.choice(PARTIES))
                time.sleep(chance.uniform(0, REST_S))
            self._leave(shell, chance)

        return acting

    @contextmanager
    def _all_but(self, awake: int, chance: random.Random) -> Iterator[None]:
        """A block in which only so many do anything."""
        with ExitStack() as stack:
            for desk in chance.sample(self._desks, len(self._desks) - awake):
                stack.enter_context(desk)
            yield

    @contextmanager
    def _quiet(self, chance: random.Random) -> Iterator[list[Entry]]:
        """A block in which nobody does anything; gives the book's entries, a killed writer's journal rolled back."""
        with self._all_but(0, chance):
            yield entries_of(self.till.book)

    def _expected(self, command: str, told: Told) -> bool:
        return super()._expected(command, told) or (self._behind and _says_behind(told))

    # --- what is carried about

    def carry(self, chance: random.Random) -> None:
        """Restore a copy with which another computer has gone on, or put back what was lost: the one or the other."""
        if self._older is not None and chance.random() < 0.25:
            self._lose(chance)
        else:
            self._bring(chance)
        time.sleep(chance.uniform(0, REST_S))

    def _bring(self, chance: random.Random) -> None:
        with self._quiet(chance) as entries:
            self._older = self.till.book.read_bytes(), len(entries)
            sold = self._sell_elsewhere(chance)
        sold_late = partial(self._sell_late, random.Random(chance.random()))
        with self._all_but(chance.choice(AWAKE), chance), _at_once(sold_late):
            there = self._restored()
        if there:
            self.log.told += sold
        self.found["restored" if there else "somebody sold first"] += 1

    def _sell_late(self, chance: random.Random) -> None:
        """One sale, mostly while a restore has looked at the book and has not yet put another in its place."""
        time.sleep(chance.uniform(0, self._restore_s))
        self.sell("Counter at the door", chance)

    def _sell_elsewhere(self, chance: random.Random) -> list[dict[str, Any]]:
        """Some sales in a copy of the book on a computer that has never seen it; gives what was told."""
        shutil.rmtree(self.elsewhere.folder, ignore_errors=True)
        self.elsewhere.book.parent.mkdir(parents=True)
        shutil.copyfile(self.till.book, self.elsewhere.book)
        sold = []
        for _ in range(chance.randrange(1, 3)):
            sale, paise, party = event_id(("elsewhere", chance.random())), 100 * chance.randrange(1, 1000), PARTIES[0]
            self.log.sales[sale] = (party, paise)
            told = self.elsewhere("sale", party, f"{paise // 100}", "--event-id", sale, "--by", "Elsewhere", "--json")
            sold.append(json.loads(told.out)["data"])
        return sold

    def _restored(self) -> bool:
        """Restore the other computer's book, again where it was killed; whether it is there, or else refused."""
        while True:
            began = time.monotonic()
            told = self._type(("restore", str(self.elsewhere.book), "--json"))
            if told.code == WELL:
                self._restore_s = time.monotonic() - began
                aside = json.loads(told.out)["data"]["aside"]
                assert aside is None or Path(aside).exists(), told
                return True
            if told.code == REFUSED and refusal(told) != "path_taken":
                return refusal(told) == "nothing_to_restore"

    # --- what is lost

    def _lose(self, chance: random.Random) -> None:
        """Put an old copy in the book's place by hand; one brings the book back, another adopts the loss."""
        assert self._older is not None
        with self._quiet(chance) as entries:
            self.settle(entries)
            contents, kept = self._older
            tail = [told for told in self.log.told if told["entry"] > kept]
            lines = {paise: line for paise, line in self.log.lines.items() if line[1] > kept}
            self.log.told = [told for told in self.log.told if told["entry"] <= kept]
            for paise in lines:
                del self.log.lines[paise]
            shutil.rmtree(self.elsewhere.folder, ignore_errors=True)
            self.elsewhere.book.parent.mkdir(parents=True)
            shutil.copyfile(self.till.book, self.elsewhere.book)
            put = self.till.book.with_name(".by-hand")
            put.write_bytes(contents)
            put.rename(self.till.book)
            self._behind = True
        adopted: list[str] = []
        with _at_once(lambda: self._adopted(adopted, chance.uniform(0, 1))):
            time.sleep(chance.uniform(0, 1))
            self._restored()
        with self._quiet(chance) as after:
            self._behind = False
            back = after[: len(entries)] == entries
            if back:
                self.log.told += tail
                self.log.lines |= lines
            elif len(entries) > kept:
                self._older = None
                if b'"kind":"copy_adopted"' not in after[kept].body:
                    self.log.others.append(f"entry {kept + 1}: the book went on, and nobody had adopted it")
            if adopted and adopted[0] not in ids_in(after):
                self.log.others.append("an adoption that was told is not in the book")
            self.found["lost and brought back" if back else "lost and adopted"] += 1

    def _adopted(self, adopted: list[str], after_s: float) -> None:
        """Adopt until it is told, or there is nothing to adopt."""
        time.sleep(after_s)
        told = self._type(("adopt", "--reason", "laptop broke", "--json"))
        while told.code in (BUSY, KILLED):
            told = self._type(("adopt", "--reason", "laptop broke", "--json"))
        if told.code == WELL:
            adopted.append(json.loads(told.out)["data"]["event_id"])

    # --- what must hold whenever nobody does anything

    def settle(self, entries: list[Entry]) -> None:
        """Hold all that was told against the book; answers are done with then, for it may go another way."""
        self.log.others += faults(entries, self.log)
        self.log.answers.clear()
        for each in sorted(self.till.book.parent.glob(f"{self.till.book.name}.before-*")):
            if each not in self._asides:
                self._asides.add(each)
                held = entries_of(each)
                if verify(each, alone=True).result != "unbroken" or held != entries[: len(held)]:
                    self.log.others.append(f"{each.name}: put aside, and not the book of then")

    @property
    def asides(self) -> set[str]:
        """The names of what was put aside, as far as it was looked at."""
        return {each.name for each in self._asides}


def _says_behind(told: Told) -> bool:
    """Whether a command said that the book is behind: refused for it, or found by `verify` and nothing else."""
    if told.code == REFUSED:
        return refusal(told) == "book_behind"
    if told.code != BROKEN:
        return False
    data = json.loads(told.out).get("data", {"faults": []})
    return bool(data["faults"]) and all(fault["check"] == "anchor" for fault in data["faults"])


@contextmanager
def _at_once(act: Callable[[], None]) -> Iterator[None]:
    """A block while which something else is done."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as e:  # noqa: BLE001 - it must reach the test
            failed.append(e)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failed:
        raise failed[0]
