"""A book file cut short at any length: never believed to be whole, never a traceback, never a long wait."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.chain import Entry
from khata.log.errors import BookError
from khata.store.sqlite.schema import OBJECTS
from khata.verifying.verify import verify
from tests.torture.figures import Figures
from tests.torture.till import ROOT, entries_of
from tests.verifying.conftest import Patient

SECTOR = 512
MEMORY = 512 << 20
"""Address space that a process has for verifying a book of some tens of KiB."""

JUDGE = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from pathlib import Path
from tests.torture.test_cut_short import judged
book, sizes = Path(sys.argv[1]), json.loads(sys.argv[2])
whole = book.read_bytes()
for size in sizes:
    cut = book.with_name("cut.khata")
    cut.write_bytes(whole[:size])
    print(size, judged(cut))
"""


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


def judged(book: Path) -> str:
    """What `verify` says of a file: refused, broken, incomplete or unbroken."""
    try:
        return verify(book, alone=True).result
    except BookError as e:
        return f"refused {e.code}"


def readable(book: Path) -> list[Entry] | None:
    """The entries that any SQLite reads from a file; None if it reads none."""
    try:
        return entries_of(book)
    except (sqlite3.DatabaseError, AssertionError):
        return None


def assert_not_believed(book: Path, whole: list[Entry]) -> str:
    """A cut file fails, is refused, or holds a prefix of the book to the byte."""
    said = judged(book)
    if said in {"unbroken", "incomplete"}:
        entries = readable(book)
        assert entries is not None
        assert entries == whole[: len(entries)]
    return said


def cut(patient: Patient, sizes: Iterable[int]) -> Counter[str]:
    """The book at each of these lengths, and what was said of them."""
    content, whole = patient.book.read_bytes(), entries_of(patient.book)
    path = patient.book.with_name("cut.khata")
    found: Counter[str] = Counter()
    # SQLite takes the missing end of a page for zeros: where nothing else is cut off, nothing is lost.
    whole_from = len(content.rstrip(b"\0"))
    for size in sizes:
        if size < whole_from:
            path.write_bytes(content[:size])
            found[assert_not_believed(path, whole)] += 1
    assert assert_not_believed(patient.book, whole) == "unbroken"
    return found


def test_a_book_cut_at_any_sector_is_never_believed_to_be_whole(patient: Patient) -> None:
    size = patient.book.stat().st_size
    found = cut(patient, range(0, size, SECTOR))
    assert found.total() == size // SECTOR
    assert found["unbroken"] == found["incomplete"] == 0


def test_a_book_cut_at_odd_lengths_is_never_believed_to_be_whole(patient: Patient) -> None:
    """Around each page's and sector's edge, and in the header."""
    edges = (at + off for at in range(0, 1 << 17, 2 * SECTOR) for off in (-1, 1, 99))
    found = cut(patient, [*range(0, 101, 9), *(size for size in edges if size > 101)])
    assert found.total() > 40
    assert found["unbroken"] == found["incomplete"] == 0


@pytest.mark.slow
def test_a_book_cut_at_every_byte_is_never_believed_to_be_whole(patient: Patient, figures: Figures) -> None:
    found = cut(patient, range(patient.book.stat().st_size))
    figures(f"a book cut at each of {found.total()} lengths: {dict(found)}")
    assert found["unbroken"] == found["incomplete"] == 0


def test_the_lengths_are_judged_in_bounded_time_and_memory(patient: Patient) -> None:
    """One process for all of them, with a limit on its memory, and killed if it takes too long."""
    size = patient.book.stat().st_size
    sizes = [*range(0, size, SECTOR * 3), len(patient.book.read_bytes().rstrip(b"\0")) - 1, size]

    done = subprocess.run(
        [sys.executable, "-c", JUDGE, str(patient.book), json.dumps(sizes)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert len(said) == len(sizes)
    assert [length for length, result in said.items() if result == "unbroken"] == [str(size)]


def test_the_oracle_lets_a_prefix_pass_and_nothing_else(patient: Patient) -> None:
    """The control: a shorter book that holds together is unbroken, and only its bytes tell whose prefix it is."""
    whole = entries_of(patient.book)
    older = patient.book.with_name("older.khata")
    shutil.copy(patient.book, older)
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("DELETE FROM event WHERE seq > 7")
        connection.execute("DELETE FROM detail WHERE entry > 7")
        connection.execute(OBJECTS["event_no_delete"])
    assert assert_not_believed(older, whole) == "unbroken"
    with pytest.raises(AssertionError):
        assert_not_believed(older, [whole[0]._replace(body=b"{}"), *whole[1:]])
