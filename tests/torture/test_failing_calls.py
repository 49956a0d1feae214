"""Every call that touches the book's folder fails in turn, once or from then on, or the process is killed at it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.torture.figures import Figures
from tests.torture.recording import need_strace
from tests.torture.test_full_disk import words_of
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

READ = "pread64"
CALLS = ("openat", READ, "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "link", "rename", "unlink")
ONCE, FOR_EVER = "", "+"
WAYS = {
    "EIO once": ("error=EIO", ONCE),
    "EIO for ever": ("error=EIO", FOR_EVER),
    "ENOSPC once": ("error=ENOSPC", ONCE),
    "ENOSPC for ever": ("error=ENOSPC", FOR_EVER),
    "killed": ("signal=KILL", ONCE),
}


def watched(till: Till, words: Sequence[str], log: Path, *more: str, calls: Sequence[str] = CALLS) -> Told:
    """A command whose calls on the book's folder, and only those, are watched."""
    paths = (till.book, till.book.with_name(till.book.name + "-journal"), till.book.parent)
    only = [word for path in paths for word in ("-P", str(path))]
    traced = ("-e", f"trace={','.join(calls)}")
    # Quicker, but strace 6.1 forgets to send a signal with it.
    quick = () if any("signal=" in word for word in more) else ("--seccomp-bpf",)
    return till.run(words, before=("strace", "-f", *quick, "-o", str(log), *only, *traced, *more))


def calls_of(till: Till, words: Sequence[str]) -> Counter[str]:
    """How often a command that goes well makes each call."""
    log = till.folder.with_name("calls.log")
    told = watched(till, words, log)
    assert told.code == WELL, told
    return Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE))


def fail(till: Till, words: Sequence[str], call: str, place: int, way: str) -> Told:
    """The command, with its n-th such call failing."""
    fault, then = WAYS[way]
    log = till.folder.with_name("failing.log")
    told = watched(till, words, log, "-e", f"inject={call}:{fault}:when={place}{then}", calls=[call])
    failed = told.code == KILLED if way == "killed" else "INJECTED" in log.read_text()
    assert failed, (call, place, way)
    return told


def explore(till: Till, words: Sequence[str], ways: Sequence[str], cases: Iterator[tuple[str, int]]) -> Counter[str]:
    """Fail each of these calls in each of these ways; returns what came of it."""
    till.begin_again()
    before = entries_of(till.book)
    found: Counter[str] = Counter()
    for call, place in cases:
        for way in ways:
            till.begin_again()
            told = fail(till, words, call, place, way)
            try:
                found[assert_outcome(till, words, told, before, reading=call == READ)] += 1
            except AssertionError as e:
                e.add_note(f"{call} number {place}: {way}")
                raise
    return found


def every(counts: Counter[str]) -> Iterator[tuple[str, int]]:
    for call in sorted(counts):
        for place in range(1, counts[call] + 1):
            yield call, place


def test_a_sale_survives_a_call_that_fails(till: Till) -> None:
    need_strace()
    till.begin_again()
    words = words_of(till, "sale")
    counts = calls_of(till, words)
    assert counts["pwrite64"] > 10
    assert counts["fdatasync"] > 3
    last = counts["fdatasync"]
    found = explore(till, words, ["EIO once"], iter([("pwrite64", counts["pwrite64"]), ("ftruncate", 1)]))
    assert found == {"unconfirmed, not recorded": 2}
    found = explore(till, words, ["ENOSPC for ever"], iter([("pwrite64", 1)]))
    assert found == {"not recorded, not recorded": 1}
    found = explore(till, words, ["killed"], iter([("fdatasync", last), ("pwrite64", counts["pwrite64"])]))
    assert found.total() == 2


def test_a_khata_that_hides_a_failure_is_found_out(till: Till) -> None:
    """The control: the oracle does not take an entry that is not there for one that was told, nor the reverse."""
    till.begin_again()
    before, words = entries_of(till.book), words_of(till, "sale")
    with pytest.raises(AssertionError):
        assert_outcome(till, words, Told(WELL, "₹450.00 on khata", ""), before)
    assert till(*words).code == WELL
    not_recorded = "The machine would not do it (disk full): shop.khata. Nothing was recorded."
    with pytest.raises(AssertionError):
        assert_outcome(till, words, Told(MACHINE, "", not_recorded), before)
    with pytest.raises(AssertionError):
        assert_outcome(till, words, Told(MACHINE, "", "Traceback (most recent call last):"), before)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", ["sale", "import", "forget"])
def test_every_call_fails_in_turn(till: Till, command: str, way: str, figures: Figures) -> None:
    need_strace()
    till.begin_again()
    words = words_of(till, command)
    counts = calls_of(till, words)
    found = explore(till, words, [way], every(counts))
    figures(f"{command}, {way}: {found.total()} of {dict(counts)}: {dict(found)}")
    assert found.total() == counts.total() > 20


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_every_call_of_an_init_fails_in_turn(tmp_path: Path, way: str, figures: Figures) -> None:
    """There is a whole book or none, and after a failure one can begin again."""
    need_strace()
    till = Till(tmp_path / "till")
    till.folder.mkdir()
    words = ("init", "Sharma Kirana Store", "--book", str(till.book))
    counts = calls_of(till, words)
    found: Counter[str] = Counter()
    for call, place in every(counts):
        for left in (*till.book.parent.iterdir(),):
            left.unlink()
        told = fail(till, words, call, place, way)
        assert told.code in {WELL, MACHINE, BUSY, KILLED} | ({BROKEN} if call == READ else set()), (call, place, told)
        assert "Traceback" not in told.err
        there = till.book.exists()
        assert told.err or told.code in {WELL, KILLED}
        assert not (there and any(each in told.err for each in NOT_RECORDED)), (call, place, told)
        assert there or told.code != WELL
        if not there:
            assert till(*words).code == WELL
        assert len(assert_sound(till)) == 1
        found[f"{told.code}, {'a book' if there else 'none'}"] += 1
    figures(f"init, {way}: {found.total()} of {dict(counts)}: {dict(found)}")
    assert found.total() == counts.total()
