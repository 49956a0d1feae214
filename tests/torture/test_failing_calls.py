"""Every call on the folders of a book and its backups fails in turn, once or from then on, or kills the process."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from sqlite3 import DatabaseError

import pytest

from khata.log.errors import BookError
from tests.torture.figures import Figures
from tests.torture.recording import need_strace
from tests.torture.till import (
    BROKEN,
    BUSY,
    KILLED,
    MACHINE,
    NOT_RECORDED,
    WELL,
    Till,
    Told,
    assert_outcome,
    assert_sound,
    entries_of,
)
from tests.torture.trials import TRIALS, Trial, assert_backup_outcome, assert_restore_outcome

READ = "pread64"
CALLS = ("openat", READ, "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "link", "rename", "unlink", "mkdir")
ONCE, FOR_EVER = "", "+"
WAYS = {
    "EIO once": ("error=EIO", ONCE),
    "EIO for ever": ("error=EIO", FOR_EVER),
    "ENOSPC once": ("error=ENOSPC", ONCE),
    "ENOSPC for ever": ("error=ENOSPC", FOR_EVER),
    "killed": ("signal=KILL", ONCE),
}


def watched(till: Till, trial: Trial, log: Path, *more: str, calls: Sequence[str] = CALLS) -> Told:
    """A command whose calls on the book's folder and its own files, and only those, are watched."""
    paths = (till.book, till.book.with_name(till.book.name + "-journal"), till.book.parent, *trial.paths)
    only = [word for path in paths for word in ("-P", str(path))]
    traced = ("-e", f"trace={','.join(calls)}")
    # Quicker, but strace 6.1 forgets to send a signal with it.
    quick = () if any("signal=" in word for word in more) else ("--seccomp-bpf",)
    before = ("strace", "-f", "-y", *quick, "-o", str(log), *only, *traced, *more)
    return till.run(trial.words, before=before, program=("-c", trial.program))


def calls_of(till: Till, trial: Trial) -> Counter[str]:
    """How often a command that goes well makes each call."""
    log = till.folder.with_name("calls.log")
    told = watched(till, trial, log)
    assert told.code == WELL, told
    return Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE))


def fail(till: Till, trial: Trial, call: str, place: int, way: str) -> tuple[Told, bool]:
    """The command, with its n-th such call failing; and whether that was to read a book or a backup that stands."""
    fault, then = WAYS[way]
    log = till.folder.with_name("failing.log")
    told = watched(till, trial, log, "-e", f"inject={call}:{fault}:when={place}{then}", calls=[call])
    failed = [line for line in log.read_text().splitlines() if "INJECTED" in line]
    assert told.code == KILLED if way == "killed" else failed, (call, place, way)
    path = re.search(r"\d<([^>]*)>", failed[0]) if failed else None
    return told, call == READ and path is not None and not Path(path[1]).name.startswith(".")


def explore(till: Till, trial: Trial, ways: Sequence[str], cases: Iterable[tuple[str, int]]) -> Counter[str]:
    """Fail each of these calls in each of these ways; returns what came of it."""
    trial.begin(till)
    before = entries_of(till.book)
    found: Counter[str] = Counter()
    for call, place in cases:
        for way in ways:
            trial.begin(till)
            told, reading = fail(till, trial, call, place, way)
            try:
                found[trial.outcome(till, trial.words, told, before, reading=reading)] += 1
            except AssertionError as e:
                e.add_note(f"{call} number {place}: {way}")
                raise
    return found


def every(counts: Counter[str], step: int = 1) -> list[tuple[str, int]]:
    return [(call, place) for call in sorted(counts) for place in range(1, counts[call] + 1)][::step]


def test_a_sale_survives_a_call_that_fails(till: Till) -> None:
    need_strace()
    trial = TRIALS["sale"](till)
    trial.begin(till)
    counts = calls_of(till, trial)
    assert counts["pwrite64"] > 10
    assert counts["fdatasync"] > 3
    last = counts["fdatasync"]
    found = explore(till, trial, ["EIO once"], iter([("pwrite64", counts["pwrite64"]), ("ftruncate", 1)]))
    assert found == {"unconfirmed, not recorded": 2}
    found = explore(till, trial, ["ENOSPC for ever"], iter([("pwrite64", 1)]))
    assert found == {"not recorded, not recorded": 1}
    found = explore(till, trial, ["killed"], iter([("fdatasync", last), ("pwrite64", counts["pwrite64"])]))
    assert found.total() == 2


def test_a_khata_that_hides_a_failure_is_found_out(till: Till) -> None:
    """The control: the oracle does not take an entry that is not there for one that was told, nor the reverse."""
    till.begin_again()
    before, words = entries_of(till.book), TRIALS["sale"](till).words
    with pytest.raises(AssertionError):
        assert_outcome(till, words, Told(WELL, "on khata: ₹450.00", ""), before)
    assert till(*words).code == WELL
    not_recorded = "The computer could not do this (disk full): shop.khata. Nothing was recorded."
    with pytest.raises(AssertionError):
        assert_outcome(till, words, Told(MACHINE, "", not_recorded), before)
    with pytest.raises(AssertionError):
        assert_outcome(till, words, Told(MACHINE, "", "Traceback (most recent call last):"), before)


def test_a_backup_and_a_restore_survive_a_call_that_fails(till: Till) -> None:
    need_strace()
    backup, restore = TRIALS["backup"](till), TRIALS["restore"](till)
    assert explore(till, backup, ["EIO once"], iter([("link", 1)])) == {"not made, none": 1}
    assert explore(till, restore, ["killed"], iter([("rename", 1)])) == {"killed, as it was": 1}
    restore.begin(till)
    last = calls_of(till, restore)["fsync"]
    assert explore(till, restore, ["EIO once"], iter([("fsync", last)])) == {"done, restored": 1}


def test_a_backup_that_is_not_one_is_found_out(till: Till) -> None:
    """The control: what has a backup's name must hold all that the book does, and must not be told as not made."""
    till.begin_again()
    before, words = entries_of(till.book), TRIALS["backup"](till).words
    told = till(*words)
    (made,) = till.stick.glob("*.khata")
    whole = made.read_bytes()
    assert assert_backup_outcome(till, words, told, before) == "told, a backup"
    failed = Told(MACHINE, '{"failed": {"message": "The computer could not do this. Nothing was recorded."}}', "")
    for contents, said in ((whole, failed), (whole[:-4096], told), (b"", told), (None, told)):
        till.begin_again()
        till.stick.mkdir()
        if contents is not None:
            made.write_bytes(contents)
        with pytest.raises((AssertionError, BookError)):
            assert_backup_outcome(till, words, said, before)
    till.begin_again()
    assert till("sale", "Ramesh", "1").code == WELL
    with pytest.raises(AssertionError):
        assert_backup_outcome(till, words, Told(KILLED, "", ""), before)


def test_a_restore_that_left_half_a_book_is_found_out(till: Till) -> None:
    """The control: a book that is neither, one that is told as restored and is not, and the reverse."""
    trial = TRIALS["restore"](till)
    trial.begin(till)
    before, whole = entries_of(till.book), (till.stick / "newer.khata").read_bytes()
    failed = Told(MACHINE, '{"failed": {"message": "The computer could not do this. Nothing was recorded."}}', "")
    for contents, said in ((whole[:-4096], failed), (whole, failed), (till.book.read_bytes(), Told(WELL, "{}", ""))):
        trial.begin(till)
        till.book.write_bytes(contents)
        with pytest.raises((AssertionError, DatabaseError, BookError)):
            assert_restore_outcome(till, trial.words, said, before)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", TRIALS)
def test_every_call_fails_in_turn(till: Till, command: str, way: str, figures: Figures) -> None:
    need_strace()
    trial = TRIALS[command](till)
    trial.begin(till)
    counts = calls_of(till, trial)
    cases = every(counts, trial.step)
    found = explore(till, trial, [way], cases)
    figures(f"{command}, {way}: {found.total()} of {dict(counts)}: {dict(found)}")
    assert found.total() == len(cases) > 20


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_every_call_of_an_init_fails_in_turn(tmp_path: Path, way: str, figures: Figures) -> None:
    """There is a whole book or none, and after a failure one can begin again."""
    need_strace()
    till = Till(tmp_path / "till")
    till.folder.mkdir()
    trial = Trial(("init", "Sharma Kirana Store", "--book", str(till.book)), paths=(till.folder,))
    counts = calls_of(till, trial)
    found: Counter[str] = Counter()
    for call, place in every(counts):
        shutil.rmtree(till.book.parent)
        told, _ = fail(till, trial, call, place, way)
        assert told.code in {WELL, MACHINE, BUSY, KILLED} | ({BROKEN} if call == READ else set()), (call, place, told)
        assert "Traceback" not in told.err
        there = till.book.exists()
        assert told.err or told.code in {WELL, KILLED}
        assert not (there and any(each in told.err for each in NOT_RECORDED)), (call, place, told)
        assert there or told.code != WELL
        if not there:
            assert till(*trial.words).code == WELL
        assert len(assert_sound(till)) == 1
        found[f"{told.code}, {'a book' if there else 'none'}"] += 1
    figures(f"init, {way}: {found.total()} of {dict(counts)}: {dict(found)}")
    assert found.total() == counts.total()
