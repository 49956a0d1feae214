"""The commands that a failing machine is tried with: what is typed, the files it touches, what must hold afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from khata.log.chain import Entry
from khata.verifying.verify import verify
from tests.torture.till import (
    BROKEN,
    BUSY,
    KHATA,
    KILLED,
    MACHINE,
    WELL,
    Till,
    Told,
    assert_outcome,
    assert_sound,
    entries_of,
)

PINNED = """
import os, sys
from datetime import UTC, datetime
from khata.cli.env import Env
from khata.cli.main import run
os.getpid = lambda: 4711
sys.exit(run(sys.argv[1:], Env(now=lambda: datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC))))
"""
"""khata always at one instant and as one process: what it calls its files is known before."""

PAGE = 4096
SALE_ID, FORGET_ID = "5a" * 16, "f0" * 16


class Outcome(Protocol):
    """What must hold after a command that the machine failed; returns what it told and what was so."""

    def __call__(
        self, till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
    ) -> str: ...


class Trial(NamedTuple):
    """A command to fail.

    Attributes:
        words: what is typed.
        outcome: what must hold afterwards.
        paths: the files that it touches, beside the book's.
        program: what runs it.
        grows: the bytes by which the largest file that it writes may be larger than the book was.
    """

    words: tuple[str, ...]
    outcome: Outcome = assert_outcome
    paths: tuple[Path, ...] = ()
    program: str = KHATA
    grows: int = 16 * PAGE


def _backup(till: Till) -> Trial:
    made = till.stick / f"{till.book.stem}.2024-02-03-093506.khata"
    temporary = made.with_name(f".{made.name}.4711.new")
    journal = temporary.with_name(temporary.name + "-journal")
    words = ("backup", str(till.stick), "--json")
    paths = (till.folder, till.stick, made, temporary, journal)
    return Trial(words, assert_backup_outcome, paths, PINNED, grows=PAGE)


TRIALS: dict[str, Callable[[Till], Trial]] = {
    "sale": lambda _: Trial(("sale", "Ramesh", "450", "--note", "atta", "--yes", "--event-id", SALE_ID)),
    "import": lambda till: Trial(till.bring_in(20)),
    "forget": lambda _: Trial(("party", "forget", "@2", "--yes", "--event-id", FORGET_ID)),
    "backup": _backup,
}
"""By name. Whoever tries one has begun the till again."""


def assert_backup_outcome(
    till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
) -> str:
    """A backup that was told is whole; what has a backup's name is one; the book is as it was; and again it works."""
    assert "Traceback" not in told.err + told.out, told
    assert till.kept is not None
    assert till.book.read_bytes() == (till.kept / till.book.relative_to(till.folder)).read_bytes()
    assert assert_sound(till) == list(before)
    made = [str(each) for each in whole_backups(till, before)]
    if told.code == WELL:
        assert made == [json.loads(told.out)["data"]["path"]], told
        said = "told"
    elif told.code == KILLED:
        said = "killed"
    else:
        assert told.code in {MACHINE, BUSY} | ({BROKEN} if reading else set()), told
        assert json.loads(told.out)["failed"]["message"]
        assert not made, told
        said = "seems broken" if told.code == BROKEN else "not made"
    again = json.loads(till(*words).out)
    # Within the same second the name of the one that is there already is meant.
    path = again["data"]["path"] if "data" in again else again["refused"]["facts"]["path"]
    assert path in (made if "refused" in again else map(str, whole_backups(till, before))), again
    return f"{said}, {'a backup' if made else 'none'}"


def whole_backups(till: Till, entries: Sequence[Entry]) -> list[Path]:
    """The files with a backup's name, each of them whole."""
    made = sorted(till.stick.glob("*.khata")) if till.stick.is_dir() else []
    for each in made:
        assert verify(each, alone=True).result == "unbroken", each
        assert entries_of(each) == list(entries)
    return made
