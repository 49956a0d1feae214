"""Hostile cells and files in an import: recorded exactly, or refused by row and column and nothing recorded."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.grammar.spreadsheet import unguarded
from khata.importing.columns import COLUMNS
from khata.importing.faults import BadRows
from tests.hostile.fuzz_csv import HEADER, VALID, TestOneInput
from tests.hostile.naughty import ALL, kept
from tests.importing.files import Files

GOOD = dict(zip(COLUMNS, ("2026-11-20", "sale", "Ramesh", "5", "", "", "", "", "", ""), strict=True))


def line(**cells: str) -> str:
    to = io.StringIO(newline="")
    csv.writer(to).writerow((GOOD | cells).values())
    return to.getvalue()


def encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_naughty_string_in_every_column(files: Files, column: str) -> None:
    """All of them in one file: each row that is not refused is recorded when it comes alone."""
    texts = [text for text in ALL if encodable(text)]
    path = files.raw((",".join(COLUMNS) + "\r\n" + "".join(line(**{column: text}) for text in texts)).encode())
    with pytest.raises(BadRows) as refused:
        files.take(path)
    faults = refused.value.facts
    assert faults["faults_total"] == sum(faults["faults_by_code"].values())  # type: ignore[attr-defined]
    assert all(fault.column in {column, ""} or fault.code == "counter_not_paid" for fault in refused.value.faults)
    assert len(files.shop.entries()) == 1


def test_names_and_notes_that_are_not_refused_come_back(files: Files) -> None:
    texts = [text for text in ALL if encodable(text) and "\0" not in text]
    rows = [line(note=text) for text in texts]
    path = files.raw((",".join(COLUMNS) + "\r\n" + "".join(rows)).encode())
    with pytest.raises(BadRows) as refused:
        files.take(path)
    bad = {fault.row for fault in refused.value.faults}
    good = [(row, text) for row, text in enumerate(texts, 2) if row not in bad]
    assert len(good) > 400
    files.take(files.raw((",".join(COLUMNS) + "\r\n" + "".join(rows[row - 2] for row, _ in good)).encode()))
    files.shop.books.catch_up()
    stored = files.shop.books.cache.connection.execute("SELECT note FROM entry WHERE kind = 'sale_recorded'").fetchall()
    wanted = [kept(text) or None for _, text in good]
    assert [note for (note,) in stored] == [note and unguarded(note) for note in wanted]


BYTES = st.binary(max_size=300)


@given(BYTES)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    TestOneInput(content)


@given(st.lists(st.tuples(st.integers(0, len(VALID)), st.integers(0, 6), BYTES), max_size=4))
def test_any_change_of_a_good_file_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    content = VALID
    for place, gone, new in changes:
        content = content[:place] + new[:8] + content[place + gone :]
    TestOneInput(content)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(BYTES.map(lambda tail: HEADER + tail) | BYTES)
def test_many_more_bytes(content: bytes) -> None:
    TestOneInput(content)


def test_the_fuzzer_sees_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an import that says it recorded what it did not."""
    monkeypatch.setattr("khata.importing.run.commands", lambda *_: iter(()))
    with pytest.raises(AssertionError):
        TestOneInput(VALID)


def test_a_long_file_of_nothing_ends(tmp_path: Path) -> None:
    TestOneInput(b"\n" * 300_000)
    TestOneInput(HEADER + b'"' * 300_000)
    TestOneInput(HEADER + b"," * 300_000)
    TestOneInput(b"," * 20_000)
