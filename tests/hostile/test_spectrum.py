"""The public CSV files, read by khata's reader: the same cells as their authors say."""

from __future__ import annotations

import json

import pytest

from khata.importing.opening import opened
from tests.hostile.naughty import CORPORA
from tests.importing.files import Files

SPECTRUM = CORPORA / "csv-spectrum"
NAMES = sorted(path.stem for path in (SPECTRUM / "csvs").iterdir())


def said(name: str) -> list[dict[str, str]]:
    """What is in a file, as its authors say."""
    found: list[dict[str, str]] = json.loads((SPECTRUM / "json" / f"{name}.json").read_text("utf-8"))
    return found


def test_they_are_all_there() -> None:
    assert len(NAMES) == 11


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_is_read_as_its_authors_say(name: str) -> None:
    with opened(str(SPECTRUM / "csvs" / f"{name}.csv")) as source:
        rows = [dict(zip(source.header, cells, strict=True)) for cells in source.records]
        assert source.lines.bad is None
    assert rows == said(name)


@pytest.mark.parametrize("name", NAMES)
def test_none_of_them_is_taken_for_a_khata(files: Files, name: str) -> None:
    """Their columns are not ours: refused, and their heads repeated, whatever is in them."""
    faults = files.faults(str(SPECTRUM / "csvs" / f"{name}.csv"))
    assert [(fault.row, fault.value, fault.code) for fault in faults] == [(1, ", ".join(said(name)[0]), "no_header")]


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_is_a_note_of_one_line(files: Files, name: str) -> None:
    """Under our columns: a note is one line, and what somebody pressed to go on below parts its words."""
    cells = [cell for row in said(name) for cell in row.values()]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    rows = [f"2026-11-20,sale,counter,5,cash,{cell}" for cell in quoted]
    files.take(files.raw("".join(f"{line}\n" for line in ("date,type,party,amount,mode,note", *rows)).encode()))
    kept = [json.loads(detail.body).get("note") for detail in files.shop.details()]
    assert [note for note in kept if note] == [" ".join(cell.split()) for cell in cells if cell]


def test_the_reader_is_held_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a reader that takes another delimiter does not agree."""
    monkeypatch.setattr("khata.importing.source.delimiter_of", lambda _: ";")
    with pytest.raises((AssertionError, ValueError)):
        test_each_cell_is_read_as_its_authors_say("simple")
