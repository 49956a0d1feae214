"""Another copy of a book, or its exported log: one must go on from the other."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import BookBrokenError, NotABookError
from khata.verifying.against import LONGEST_LINE, against
from tests.books import on_disk
from tests.cli.conftest import Counter
from tests.verifying.conftest import TRIGGERS, Patient
from tests.verifying.test_tampering import more


@pytest.fixture
def khata(tmp_path: Path) -> Counter:
    """A counter in an empty home."""
    return Counter(tmp_path)


@pytest.fixture
def copy(patient: Patient, tmp_path: Path) -> Path:
    """A copy of the book, made yesterday."""
    return Path(shutil.copy(patient.book, tmp_path / "copy.khata"))


def log_of(book: Path) -> str:
    """The book as a file of lines, made without khata's exporter."""
    with closing(sqlite3.connect(book)) as connection:
        rows = connection.execute("SELECT body, hash FROM event ORDER BY seq").fetchall()
    return (
        "\n".join([*(body.decode() for body, _ in rows), f'{{"head":"{rows[-1][1].hex()}","size":{len(rows)}}}']) + "\n"
    )


def test_the_same_book(patient: Patient, copy: Path) -> None:
    found = against(patient.book, copy)
    assert (found.result, found.relation, found.entry, found.entries) == ("ok", "same", patient.size(), patient.size())


def test_one_goes_on_from_the_other(patient: Patient, copy: Path) -> None:
    size = patient.size()
    on_disk(patient.book, patient.cache.parent).sell("Party 1", 9)
    longer, shorter = against(patient.book, copy), against(copy, patient.book)
    assert (longer.result, longer.relation, longer.entry, longer.more, longer.missing) == ("ok", "ahead", size, 1, 0)
    assert (shorter.result, shorter.relation, shorter.entry, shorter.more, shorter.missing) == (
        "bad",
        "behind",
        size,
        0,
        1,
    )


def test_two_that_both_went_on(patient: Patient, copy: Path) -> None:
    size = patient.size()
    on_disk(patient.book, patient.cache.parent).sell("Party 1", 9)
    on_disk(copy, copy.parent / "cache2").sell("Party 1", 8)
    found = against(patient.book, copy)
    assert (found.result, found.relation, found.entry) == ("bad", "fork", size)
    assert found.fork is not None
    assert (found.fork.entry, found.fork.upto) == (size + 1, False)
    here, there = (body for body in (found.fork.here, found.fork.there) if body is not None)
    assert (b'"amount_paise":9' in here, b'"amount_paise":8' in there) == (True, True)


def test_a_rechained_book_is_caught_by_any_copy_and_any_log(patient: Patient, copy: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(log_of(patient.book), encoding="utf-8")
    patient.rechain(3, more)
    assert patient.verify().result == "unbroken"
    for other in (copy, log):
        found = against(patient.book, other)
        assert (found.relation, found.fork and found.fork.entry) == ("fork", 3)


def test_a_hash_that_lies_is_not_believed(patient: Patient, copy: Path) -> None:
    patient.change(patient.size(), more)
    assert against(patient.book, copy).relation == "fork"


def test_a_log(patient: Patient, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(log_of(patient.book), encoding="utf-8")
    assert against(patient.book, log).result == "ok"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(BookBrokenError):
        against(patient.book, log)
    log.write_text("".join([*lines[:3], *lines[4:]]), encoding="utf-8")
    with pytest.raises(BookBrokenError):
        against(patient.book, log)


def test_neither_book_nor_log(patient: Patient, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"\x00" * 9999)
    with pytest.raises(NotABookError):
        against(patient.book, other)
    with closing(sqlite3.connect(patient.book)) as connection:
        connection.execute(f"DROP TRIGGER {TRIGGERS[0]}")
        connection.execute("ALTER TABLE event RENAME TO old")
    with pytest.raises(BookBrokenError):
        against(patient.book, patient.book)


def test_the_rest_of_a_line_that_is_too_long_is_no_line(patient: Patient, tmp_path: Path) -> None:
    *bodies, head = log_of(patient.book).splitlines()
    long = '{"entry":1,"body":"'.ljust(LONGEST_LINE, "x") + bodies[0].replace("}", ',"x_more":1}')
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join([*bodies, long, head]), encoding="utf-8")
    assert against(patient.book, log).result == "ok"


def test_a_log_that_goes_on_after_its_head_is_refused(patient: Patient, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(log_of(patient.book) + "\0" * 9, encoding="utf-8")
    with pytest.raises(BookBrokenError, match="goes on after the head"):
        against(patient.book, log)


def test_a_checkpoint_and_a_folder_of_what_was_kept(khata: Counter) -> None:
    for line in ("init Sharma", "sale Ramesh 450 --new", "checkpoint -o 3.checkpoint", "sale ramesh 5", "backup usb"):
        assert khata(*_in(khata, line)).code == 0, line
    usb = khata.home / "usb"
    (usb / "notes.txt").write_text("not of a book")
    for line in (
        "export --format jsonl -o usb/book.jsonl",
        "proof 3 -o usb/3.tlog-proof",
        "checkpoint -o usb/4.checkpoint",
    ):
        assert khata(*_in(khata, line)).code == 0, line
    assert khata("sale", "ramesh", "6").code == 0
    answer = khata("verify", "--against", str(khata.home / "3.checkpoint"), "--against", str(usb), "--json")
    checks = [each for each in answer.data["checks"] if each["check"] == "against"]
    assert [(each["relation"], each["result"], each["entries"]) for each in checks] == [
        ("ahead", "ok", 3),
        *[("ahead", "ok", 4)] * 5,
    ]
    assert answer.data["against"] == checks
    empty = khata.home / "empty"
    empty.mkdir()
    assert khata("verify", "--against", str(empty), "--json").refused == "not_a_book"


def _in(khata: Counter, line: str) -> list[str]:
    return [str(khata.home / word) if "." in word or word.startswith("usb") else word for word in line.split()]
