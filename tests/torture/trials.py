"""The commands that a failing machine is tried with: what is typed, the files it touches, what must hold afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from khata.log.chain import Entry
from khata.verifying.verify import verify
from tests.books import faults_of
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

AS_ONE = f"import os; os.getpid = lambda: 4711; {KHATA}"
"""khata as that process, at the real time: for what goes on from the book's last entry."""

PAGE = 4096
SALE_ID, FORGET_ID, ADOPT_ID = "5a" * 16, "f0" * 16, "ad" * 16
DAMAGES = {b'"amount_paise":20000,"mode"': b'"amount_paise":30000,"mode"', b'"note":"rice"': b'"note":"dice"'}
"""What is changed in a book that is to be damaged: Gita's payment, the last entry, and a note of before."""


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
        step: 1 to fail every call, 3 to fail every third.
    """

    words: tuple[str, ...]
    outcome: Outcome = assert_outcome
    paths: tuple[Path, ...] = ()
    program: str = KHATA
    grows: int = 16 * PAGE
    prepare: Callable[[Till], None] = nothing
    step: int = 1

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


def _restore(till: Till, *, damaged: bool = False) -> Trial:
    """A backup with an entry that the book at its place does not have."""
    till.begin_again()
    assert till("sale", "Ramesh", "450").code == WELL
    newer = till.book.read_bytes()
    copied = till.stick / "newer.khata"

    def prepare(till: Till) -> None:
        till.stick.mkdir()
        copied.write_bytes(newer)
        if damaged:
            damage(till)

    incoming = till.book.with_name(f".{till.book.name}.4711.incoming")
    aside = till.book.with_name(f"{till.book.name}.before-2024-02-03-093506")
    paths = (till.stick, copied, copied.with_name(copied.name + "-journal"), *_beside(incoming), aside)
    words = ("restore", str(copied), "--json")
    return Trial(words, assert_restore_outcome, paths, PINNED, grows=2 * PAGE, prepare=prepare)


def damage(till: Till) -> None:
    """Change the book so that an entry and a detail are not what was hashed."""
    contents = till.book.read_bytes()
    for was, becomes in DAMAGES.items():
        assert contents.count(was) == 1
        contents = contents.replace(was, becomes)
    till.book.write_bytes(contents)


def _adopt(till: Till) -> Trial:
    """The book without an entry that this machine wrote in it."""
    till.begin_again()
    state = till.folder / ".local"
    assert till("sale", "Ramesh", "450").code == WELL
    remembered = till.folder.with_name("remembered")
    shutil.rmtree(remembered, ignore_errors=True)
    shutil.copytree(state, remembered)

    def prepare(_: Till) -> None:
        shutil.rmtree(state)
        shutil.copytree(remembered, state)

    words = ("adopt", "--reason", "laptop broke", "--event-id", ADOPT_ID)
    return Trial(words, assert_adopt_outcome, prepare=prepare)


def _rebuild(till: Till) -> Trial:
    cache = till.cache
    paths = (cache.parent, cache, *(cache.with_name(cache.name + each) for each in ("-wal", "-shm", "-journal")))
    return Trial(("rebuild", "--json"), assert_rebuild_outcome, paths, grows=32 * PAGE, step=3)


def _salvage(till: Till) -> Trial:
    made = till.stick / "salvaged.khata"
    paths = (till.folder, till.stick, *_beside(made), made.with_name(made.name + "-journal"))
    words = ("salvage", str(till.book), "-o", str(made), "--json")
    return Trial(words, assert_salvage_outcome, paths, AS_ONE, grows=4 * PAGE, prepare=damage)


TRIALS: dict[str, Callable[[Till], Trial]] = {
    "sale": lambda _: Trial(("sale", "Ramesh", "450", "--note", "atta", "--yes", "--event-id", SALE_ID)),
    "import": lambda till: Trial(till.bring_in(20)),
    "forget": lambda _: Trial(("party", "forget", "@2", "--yes", "--event-id", FORGET_ID)),
    "backup": _backup,
    "restore": _restore,
    "restore over damage": partial(_restore, damaged=True),
    "adopt": _adopt,
    "rebuild": _rebuild,
    "salvage": _salvage,
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
    """The old book or the restored one stands there, to the byte or whole; so does what was put aside; again it works.

    What the old one was it is still, damaged or not.
    """
    assert "Traceback" not in told.err + told.out, told
    copied = Path(words[1])
    restored, whole = entries_of(copied), not list(faults_of(before))
    assert len(before) < len(restored)
    assert (restored[: len(before)] == list(before)) == whole
    stands = assert_sound(till) if whole else entries_of(till.book)
    assert stands in (list(before), restored)
    aside = list(till.book.parent.glob(f"{till.book.name}.before-*"))
    for each in aside:
        assert verify(each, alone=True).result == ("unbroken" if whole else "broken"), each
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


def assert_adopt_outcome(
    till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
) -> str:
    """As of any entry; and once it is recorded the next sale is."""
    came = assert_outcome(till, words, told, before, reading=reading)
    sold = till("sale", "Ramesh", "5", "--yes")
    assert sold.code == WELL, sold
    return came


def assert_rebuild_outcome(
    till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
) -> str:
    """The book is as it was to the byte; the views that are left give the right balances; and again it works."""
    assert "Traceback" not in told.err + told.out, told
    assert till.kept is not None
    assert till.book.read_bytes() == (till.kept / till.book.relative_to(till.folder)).read_bytes()
    assert assert_sound(till) == list(before)
    if told.code == WELL:
        data = json.loads(told.out)["data"]
        assert data["entries"] == len(before), told
        said = "told" if data["on_disk"] else "not on disk"
    elif told.code == KILLED:
        said = "killed"
    else:
        assert told.code in {MACHINE, BUSY} | ({BROKEN} if reading else set()), told
        assert json.loads(told.out)["failed"]["message"]
        said = "seems broken" if told.code == BROKEN else "not rebuilt"
    again = json.loads(till(*words).out)["data"]
    assert (again["entries"], again["on_disk"]) == (len(before), True)
    return said


def assert_salvage_outcome(
    till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
) -> str:
    """The damaged book is as it was; what has the new one's name is whole and holds all that can be kept, or nothing is
    there; and again it works."""
    assert "Traceback" not in told.err + told.out, told
    made = Path(words[3])
    assert entries_of(till.book) == list(before)
    holds = next(entry.seq - 1 for entry in before if seal_differs(entry))
    there = made.exists()
    if told.code == WELL:
        assert there, told
        said = "told"
    elif told.code == KILLED:
        said = "killed"
    else:
        assert told.code in {MACHINE, BUSY} | ({BROKEN, REFUSED} if reading else set()), told
        assert not there, told
        said = "seems broken" if told.code in (BROKEN, REFUSED) else "not made"
    again = till(*words)
    assert again.code == (REFUSED if there else WELL), again
    assert verify(made, alone=True).result == "unbroken", made
    kept = entries_of(made)
    assert kept[:holds] == list(before[:holds])
    assert len(kept) == holds + 1  # which details are lost
    return f"{said}, {'salvaged' if there else 'none'}"


def seal_differs(entry: Entry) -> bool:
    """Whether an entry's hash is not that of its body."""
    return sha256(b"\0" + entry.body).digest() != entry.hash
