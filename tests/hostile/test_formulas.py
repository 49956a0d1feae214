"""What is exported for a spreadsheet runs nothing there, stays whole there, and comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from khata.exporting import cells
from khata.grammar.fault import Unreadable
from khata.grammar.spreadsheet import guarded, unguarded
from khata.grammar.text import clean_name, clean_ref
from khata.importing.rows import PLACEHOLDERS
from khata.names import exact_key
from tests.cli.conftest import Counter
from tests.hostile.books import saying
from tests.hostile.naughty import ALL, CONTROLS, FORMULAS, UNSEEN, kept

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
RISKY = st.text(st.sampled_from("='\"+-@;,|\t\r\n x\u00a0" + SIGNS), max_size=8)
NUMBERS = {"entry", "party_number", "amount", "discount", "reverses", "reversed_by", "corrects"}


def runs(cell: str) -> bool:
    """Whether some spreadsheet takes it for a formula: by its first sign, blanks and quotes before it aside."""
    return cell.startswith(("\t", "\r", "\n")) or cell.lstrip('" \t\r\n\u00a0').startswith(tuple(SIGNS))


def parted(text: str) -> Iterator[str]:
    """Every cell, as a spreadsheet parts them: at commas, as we do, or at semicolons."""
    for by in ",;":
        yield from (cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=by) for cell in row)


def assert_safe(text: str) -> None:
    table = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert table
    for row in table:
        assert None not in row
        for column in row.keys() & NUMBERS:
            assert re.fullmatch(r"(?:[0-9]+(?:\.[0-9]{2})?)?", row[column]), (column, row[column])
    assert [cell for cell in parted(text) if runs(cell)] == []


@example("'\t")
@example(";'=1")
@given(RISKY | st.text())
def test_the_guard_is_undone_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(RISKY)
def test_no_cell_runs_wherever_cells_are_parted(text: str) -> None:
    line = cells.line(["1", cells.text(text), "2"])
    assert [cell for cell in parted(line) if runs(cell)] == []
    assert next(csv.reader(io.StringIO(line, newline=""), strict=True)) == ["1", cells.text(text), "2"]


@pytest.mark.parametrize("payload", FORMULAS)
def test_each_payload_is_guarded(payload: str) -> None:
    assert runs(payload) <= guarded(payload).startswith("'")
    assert not runs(cells.text(payload))


@pytest.mark.parametrize("amount", ["0.05", "450.00", "1234567.89", ""])
def test_numbers_stay_numbers(amount: str) -> None:
    assert cells.line([amount]) == amount


def takeable() -> dict[str, str]:
    """Texts that are names, no two of them one name, with the reference that each is, or none."""
    found: dict[str, str] = {}
    keys, refs = set(), set()
    for text in ALL:
        try:
            key = exact_key(clean_name(text))
        except Unreadable:
            continue
        if key in keys or text.strip().casefold() in PLACEHOLDERS:  # those are no names
            continue
        keys.add(key)
        found[text] = ""
        with suppress(Unreadable):
            if (ref := clean_ref(text)) not in refs:
                refs.add(ref)
                # Of a reference that somebody typed, a spreadsheet's apostrophe is no part, nor its `.0`.
                found[text] = "" if re.fullmatch(r"[0-9.]+[eE]\+[0-9]+|'.*|[0-9]+\.0+", ref) else ref
    return found


def test_what_is_exported_is_safe_and_comes_back_as_it_was(khata: Counter) -> None:
    texts = takeable()
    assert len(texts) > 300
    wanted = ("date", "type", "party", "amount", "ref", "note")
    rows = [("2026-11-20", "sale", guarded(text), "5.00", guarded(ref), guarded(text)) for text, ref in texts.items()]
    assert khata("init", "First").code == 0
    import_rows(khata, wanted, rows)
    exported = khata("export").out
    assert_safe(exported)
    assert_safe(khata("statement", "@3", "--format", "csv").out)
    table = csv.DictReader(io.StringIO(exported, newline=""))
    assert khata("init", "Second", "--another").code == 0
    import_rows(khata, wanted, [tuple(row[name] for name in wanted) for row in table])
    lines = [line for line in khata("log", "--json").data["lines"] if line["kind"] == "sale_recorded"]
    stored = [kept(text) for text in texts]
    assert [(line["name"], line["note"]) for line in lines] == [(text, text) for text in stored]
    assert [line["ref"] or "" for line in lines] == list(texts.values())


def import_rows(khata: Counter, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    path = khata.home / f"rows{khata.count}.csv"
    write(path, [header, *rows])
    answer = khata("import", str(path), "--new-parties", "all")
    assert answer.code == 0, answer.err


def write(path: Path, table: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


HOSTILE = ["".join(CONTROLS), "".join(UNSEEN[:20]), "\t=1+1", "\r\n=1+1", 'x"\n=1+1', *FORMULAS]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_hostile_book_is_exported_safely(khata: Counter, text: str) -> None:
    khata.environ["KHATA_BOOK"] = str(saying(khata.home / "hostile.khata", text))
    assert_safe(khata("export").out)
    assert_safe(khata("statement", "@1", "--format", "csv").out)


def test_without_the_guard_it_runs(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    khata.environ["KHATA_BOOK"] = str(saying(khata.home / "hostile.khata", "=1+1"))
    monkeypatch.setattr(cells, "guarded", lambda text: text)
    with pytest.raises(AssertionError):
        assert_safe(khata("export").out)


def test_without_the_guard_within_it_runs_elsewhere(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control for files that are parted at semicolons."""
    khata.environ["KHATA_BOOK"] = str(saying(khata.home / "hostile.khata", "x;=1+1;"))
    monkeypatch.setattr(cells, "guarded", lambda text: "'" + text if text.startswith("=") else text)
    with pytest.raises(AssertionError):
        assert_safe(khata("export").out)
