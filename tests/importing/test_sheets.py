"""Which sheet of a workbook is read, and how far it may reach."""

from __future__ import annotations

import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from khata.importing import extent
from khata.importing.making import made
from khata.importing.source import UnreadableFileError
from tests.importing.files import Files
from tests.importing.workbooks import Row, ods, ods_row, workbook_of

HEADS = ["date", "type", "party", "amount"]
HEAD_XML = "".join(
    f'<c r="{letter}1" t="inlineStr"><is><t>{head}</t></is></c>' for letter, head in zip("ABCD", HEADS, strict=True)
)
MONTHS = workbook_of(
    {
        "April": [HEADS, ["2026-04-03", "sale", "Ramesh", 450]],
        "May": [HEADS, ["2026-05-03", "sale", "Ramesh", 70], ["2026-05-04", "sale", "Ramesh", 80]],
        " June ": [HEADS, ["2026-06-03", "sale", "Ramesh", 5]],
    }
)


def reaching(*cells: str) -> bytes:
    """A sheet of a head and these cells, as they stand in its XML."""
    return workbook_of({"April": f'<row r="1">{HEAD_XML}</row><row r="2">{"".join(cells)}</row>'})


def wrong(files: Files, contents: bytes, **options: object) -> tuple[str, dict[str, object]]:
    """The code and the facts of the one thing that is wrong."""
    (fault,) = files.faults(files.raw(contents), **options)
    return fault.code, {name: value for name, value in fault.facts.items() if name != "stopped"}


# --- which one


def test_of_several_sheets_none_is_taken_without_a_word(files: Files) -> None:
    assert wrong(files, MONTHS) == ("several_sheets", {"sheets": ["April", "May", " June "]})


@pytest.mark.parametrize(("named", "rows"), [("April", 1), (" mAY", 2), ("june", 1)])
def test_the_one_that_is_named_is_read(files: Files, named: str, rows: int) -> None:
    assert files.take(files.raw(MONTHS), sheet=named).recorded == rows


def test_each_sheet_of_a_file_is_a_file_of_its_own(files: Files) -> None:
    path = files.raw(MONTHS)
    assert files.take(path, sheet="April").recorded == 1
    assert files.take(path, sheet="May").recorded == 2
    again = files.take(path, sheet="may")
    assert (again.recorded, len(again.duplicates)) == (0, 2)


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(files: Files) -> None:
    facts = {"sheet": "July", "sheets": ["April", "May", " June "]}
    assert wrong(files, MONTHS, sheet="July") == ("no_such_sheet", facts)


@pytest.mark.parametrize("text", [b"date,type,party,amount\n", b"<table><tr><td>date</td></tr></table>"])
def test_a_file_that_is_no_workbook_has_no_sheets(files: Files, text: bytes) -> None:
    assert wrong(files, text, sheet="April") == ("no_sheets", {})


def test_sheets_that_are_hidden_or_empty_do_not_count(files: Files) -> None:
    rows: list[Row] = [HEADS, ["2026-04-03", "sale", "Ramesh", 450]]
    contents = workbook_of(
        {"Lists": rows, "Notes": [], "April": rows, "Sheet3": '<row r="1"><c r="A1"/></row>'}, ["Lists"]
    )
    assert files.take(files.raw(contents)).recorded == 1
    assert wrong(files, contents, sheet="Lists")[0] == "no_such_sheet"


def test_rows_that_are_set_aside_are_those_of_the_same_sheet(files: Files, tmp_path: Path) -> None:
    contents = workbook_of(
        {
            "April": [HEADS, ["2026-04-03", "sale", "Ramesh", 1], ["2026-04-04", "sale", "Ramesh", 2]],
            "May": [HEADS, ["2026-05-03", "sale", "Ramesh", 3], ["2026-05-04", "sale", "Ramesh", "x"]],
        }
    )
    rejects = tmp_path / "bad.csv"
    assert files.take(files.raw(contents), sheet="May", rejects=rejects).recorded == 1
    assert rejects.read_text(encoding="utf-8-sig").splitlines()[1].startswith("2026-05-04,sale,Ramesh,x,")


def test_a_profile_is_made_of_the_sheet_that_is_named(files: Files) -> None:
    path = files.raw(workbook_of({"April": [HEADS], "May": [["Paid on", *HEADS]]}))
    assert made(path, sheet="may").unknown == ["Paid on"]
    with pytest.raises(UnreadableFileError):
        made(path)


# --- how far it reaches


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ('<c r="XFD1048576"><v>1</v></c>', "XFD1048576"),
        ('<c r="BZ1048576"><v>1</v></c>', "BZ1048576"),
        ('<c r="ALM2"><v>1</v></c>', "ALM2"),
        ('<c s="0" r="xfd1048576"><v>1</v></c>', "XFD1048576"),
        ("<c\n r='XFD1048576'><v>1</v></c>", "XFD1048576"),
        ('<c r="&#88;FD1048576"><v>1</v></c>', "XFD1048576"),
        ('<c r="ALL2"><v>1</v></c><c><v>1</v></c>', "ALM2"),
        ('<c r="D9999999"><v>1</v></c>', "D9999999"),
        ('</row><row r="1048576">' + "<c><v>1</v></c>" * 20, "T1048576"),
    ],
)
def test_a_cell_far_from_the_table_is_refused_before_it_is_loaded(files: Files, cell: str, last: str) -> None:
    assert wrong(files, reaching(cell)) == ("sheet_too_large", {"sheet": "April", "last": last})


ROW = '<c r="A2" t="inlineStr"><is><t>2026-04-03</t></is></c><c r="B2" t="inlineStr"><is><t>sale</t></is></c>'
ROW += '<c r="C2" t="inlineStr"><is><t>Ramesh</t></is></c><c r="D2"><v>450</v></c>'


@pytest.mark.parametrize(
    "cell", ['<c r="XFD2" s="1"/>', '<c r="XFD2" s="1"></c>', '</row><row r="1048576" hidden="1"><c r="XFD1048576"/>']
)
def test_cells_with_nothing_in_them_may_stand_anywhere(files: Files, cell: str) -> None:
    assert files.take(files.raw(reaching(ROW, cell))).recorded == 1


@pytest.mark.parametrize("chunk", [1 << 9, 513, 600, 1 << 10])
def test_where_the_reading_pauses_hides_no_cell(files: Files, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "_CHUNK", chunk)
    for shift in range(24):
        contents = reaching(ROW, "<c/>" * shift, '<c r="BZ1048576"><v>1</v></c>')
        with pytest.raises(UnreadableFileError):
            extent.Extents(ZipFile(io.BytesIO(contents))).check("April")


def test_tags_may_have_a_prefix(files: Files) -> None:
    plain = f'<row r="1">{HEAD_XML}</row><row r="2">{ROW}{{}}</row>'
    named = re.sub("<(/?)", r"<\1x:", plain)
    space = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with_prefix = f"</sheetData><x:sheetData {space}>{named}</x:sheetData><sheetData>"
    far = '<x:c r="BZ1048576"><x:v>1</x:v></x:c>'
    assert wrong(files, workbook_of({"April": with_prefix.format(far)}))[0] == "sheet_too_large"


def test_a_hidden_sheet_is_not_looked_at(files: Files) -> None:
    rows: list[Row] = [HEADS, ["2026-04-03", "sale", "Ramesh", 450]]
    far = '<row r="1"><c r="XFD1048576"><v>1</v></c></row>'
    assert files.take(files.raw(workbook_of({"April": rows, "Lists": far}, ["Lists"]))).recorded == 1
    assert wrong(files, workbook_of({"April": rows, "Lists": far}))[0] == "sheet_too_large"
    assert files.take(files.raw(workbook_of({"April": rows, "Lists": far})), sheet="April", same_rows="skip").rows == 1


# --- .ods


def empty(times: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{times}"/>'


SALE = ("2026-04-03", "sale", "Ramesh", "450")


def test_an_ods_has_sheets_too(files: Files) -> None:
    ending = ods_row(empty(16_384), repeated=1_048_574)
    open_ending = ending.replace("/></table:table-row>", "></table:table-cell></table:table-row>")
    sheets = {"April": ods_row(*HEADS) + ods_row(*SALE, empty(16_380)) + ending, "Empty": open_ending}
    assert files.take(files.raw(ods(sheets))).recorded == 1
    sheets["May"] = ods_row(*HEADS) + ods_row(*SALE) * 2
    assert wrong(files, ods(sheets)) == ("several_sheets", {"sheets": ["April", "May"]})
    assert files.take(files.raw(ods(sheets)), sheet="may", same_rows="record").recorded == 2


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        (ods_row(empty(5), repeated=1_048_000) + ods_row(empty(19), "x"), "T1048002"),
        (ods_row(empty(1_000), "x"), "ALM2"),
        (ods_row(*SALE * 10, repeated=600_000), "AN600001"),
        (
            ods_row(
                '<table:table-cell table:number-columns-repeated="900" office:value-type="float" office:value="1"/>'
            )
            + ods_row("x", repeated=100_000),
            "AHP100002",
        ),
    ],
)
def test_what_is_repeated_too_often_is_refused_before_it_is_loaded(files: Files, rows: str, last: str) -> None:
    assert wrong(files, ods({"April": ods_row(*HEADS) + rows})) == ("sheet_too_large", {"sheet": "April", "last": last})


def test_all_sheets_of_an_ods_are_counted_together(files: Files) -> None:
    rows = ods_row(*HEADS) + ods_row("x", repeated=1_000_000)
    several = ods({f"Month {nth}": rows for nth in range(6)})
    assert wrong(files, several) == ("sheet_too_large", {"sheet": "Month 4", "last": "D1000001"})
