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
    DONE,
    KHATA,
    KILLED,
    MACHINE,
    REFUSED,
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


def nothing(_: Till) -> None:
    """The till is as it should be."""


class Trial(NamedTuple):
    """A command to fail.

    Attributes:
        words: what is typed.
        outcome: what must hold afterwards.
        paths: the files that it touches, beside the book's.
        program: what runs it.
        grows: the bytes by which the largest file that it writes may be larger than the book was.
        prepare: puts into the till what the command needs.
    """

    words: tuple[str, ...]
    outcome: Outcome = assert_outcome
    paths: tuple[Path, ...] = ()
    program: str = KHATA
    grows: int = 16 * PAGE
    prepare: Callable[[Till], None] = nothing

    def begin(self, till: Till) -> None:
        """Everything as it was before the command."""
        till.begin_again()
        self.prepare(till)


def _beside(path: Path) -> tuple[Path, ...]:
    """A file that is laid down by the pinned program, and those that stand there until it is."""
    temporary = path.with_name(f".{path.name}.4711.new")
    return path, temporary, temporary.with_name(temporary.name + "-journal")


def _backup(till: Till) -> Trial:
    made = till.stick / f"{till.book.stem}.2024-02-03-093506.khata"
    words = ("backup", str(till.stick), "--json")
    return Trial(words, assert_backup_outcome, (till.folder, till.stick, *_beside(made)), PINNED, grows=PAGE)


def _restore(till: Till) -> Trial:
    """A backup with an entry that the book at its place does not have."""
    till.begin_again()
    assert till("sale", "Ramesh", "450").code == WELL
    newer = till.book.read_bytes()
    copied = till.stick / "newer.khata"

    def prepare(till: Till) -> None:
        till.stick.mkdir()
        copied.write_bytes(newer)

    incoming = till.book.with_name(f".{till.book.name}.4711.incoming")
    aside = till.book.with_name(f"{till.book.name}.before-2024-02-03-093506")
    paths = (till.stick, copied, copied.with_name(copied.name + "-journal"), *_beside(incoming), aside)
    words = ("restore", str(copied), "--json")
    return Trial(words, assert_restore_outcome, paths, PINNED, grows=2 * PAGE, prepare=prepare)


TRIALS: dict[str, Callable[[Till], Trial]] = {
    "sale": lambda _: Trial(("sale", "Ramesh", "450", "--note", "atta", "--yes", "--event-id", SALE_ID)),
    "import": lambda till: Trial(till.bring_in(20)),
    "forget": lambda _: Trial(("party", "forget", "@2", "--yes", "--event-id", FORGET_ID)),
    "backup": _backup,
    "restore": _restore,
}
"""By name. Whoever tries one lets it begin."""


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


def assert_restore_outcome(
    till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
) -> str:
    """The old book or the restored one stands there, whole; so does what was put aside; and again it works."""
    assert "Traceback" not in told.err + told.out, told
    copied = Path(words[1])
    restored = entries_of(copied)
    assert restored[: len(before)] == list(before) != restored
    stands = assert_sound(till)
    assert stands in (list(before), restored)
    aside = list(till.book.parent.glob(f"{till.book.name}.before-*"))
    for each in aside:
        assert verify(each, alone=True).result == "unbroken", each
        assert entries_of(each) == list(before)
    assert not [each for each in till.book.parent.glob("*.khata") if each != till.book]
    if told.code == WELL:
        assert (stands, len(aside)) == (restored, 1), told
        said = "told"
    elif told.code == KILLED:
        said = "killed"
    elif told.code in (BROKEN, REFUSED) and reading:
        failed = json.loads(told.out)
        assert told.code == BROKEN or failed["refused"]["code"] == "copy_broken", told
        said = "seems broken"
    else:
        assert told.code in (MACHINE, BUSY), told
        message = json.loads(told.out)["failed"]["message"]
        assert stands == (restored if any(each in message for each in DONE) else list(before)), told
        said = "not restored" if stands != restored else "done"
    again = json.loads(till(*words).out)
    assert ("data" in again) == (stands != restored), again
    assert "data" in again or again["refused"]["code"] == "nothing_to_restore", again
    assert assert_sound(till) == restored
    return f"{said}, {'restored' if stands == restored else 'as it was'}"
