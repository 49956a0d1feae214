"""A workbook: what is in its cells, and what the cells are. Read back without the library that writes it."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from khata.exporting import excel, plain_csv
from khata.exporting.excel import ExcelMissing, check_installed, write_workbook
from khata.units import Seq
from tests.books import Shop, payment, sale

pytest.importorskip("xlsxwriter")

_NS = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


class Cell(NamedTuple):
    """Its kind (`inlineStr` for text, None for a number), what it shows, its formula, and the number of its style."""

    kind: str | None
    value: str
    formula: str | None
    style: int


def sheets(path: Path) -> list[ET.Element]:
    with ZipFile(path) as parts:
        names = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        return [ET.fromstring(parts.read(name)) for name in sorted(names)]  # noqa: S314 - what we have just written


def rows(sheet: ET.Element) -> Iterator[dict[str, Cell]]:
    """Cells by their columns: `A`, `B`."""
    for row in sheet.iterfind("sheetData/row", _NS):
        found = {}
        for each in row.iterfind("c", _NS):
            value = each.findtext("v", None, _NS) or "".join(each.itertext())
            formula, style = each.findtext("f", None, _NS), int(each.get("s") or 0)
            found[re.sub(r"\d", "", each.get("r") or "")] = Cell(each.get("t"), value, formula, style)
        yield found


def written(shop: Shop, path: Path) -> Path:
    shop.books.catch_up()
    write_workbook(path, plain_csv.rows(shop.books.cache, Seq(10**6)))
    return path


def test_text_is_text_amounts_are_numbers_and_days_are_days(shop: Shop, tmp_path: Path) -> None:
    shop.record(sale("=1+1", 12345678, note='=cmd|"/C calc"!A1', ref="https://x.in", on="2026-11-20"))
    shop.record(payment("रमेश", 1, note="-5"))
    (sheet,) = sheets(written(shop, tmp_path / "x.xlsx"))
    header, first, second = rows(sheet)
    columns = {cell.value: column for column, cell in header.items()}
    assert list(columns) == list(plain_csv.COLUMNS)

    def cell(row: dict[str, Cell], name: str) -> Cell:
        return row[columns[name]]

    assert not [each for row in (header, first, second) for each in row.values() if each.formula is not None]
    assert cell(first, "party")[:2] == ("inlineStr", "=1+1")
    assert cell(first, "note")[:2] == ("inlineStr", '=cmd|"/C calc"!A1')
    assert cell(first, "ref")[:2] == ("inlineStr", "https://x.in")
    assert cell(second, "note")[:2] == ("inlineStr", "-5")
    assert cell(second, "party").value == "रमेश"
    assert cell(first, "amount")[:2] == (None, "12345678.00")
    assert cell(first, "date")[:2] == (None, "46346")  # days since 30 December 1899
    assert cell(first, "date").style != cell(first, "amount").style != 0
    assert cell(first, "entry")[:2] == (None, "3")


def test_the_largest_amount_is_exact(shop: Shop, tmp_path: Path) -> None:
    header = ["amount"]
    write_workbook(tmp_path / "x.xlsx", iter([header, ["90071992547409.91"], ["-0.01"]]))
    (sheet,) = sheets(tmp_path / "x.xlsx")
    assert [row["A"].value for row in rows(sheet)] == ["amount", "90071992547409.91", "-0.01"]


def test_the_header_stays_in_sight(shop: Shop, tmp_path: Path) -> None:
    (sheet,) = sheets(written(shop, tmp_path / "x.xlsx"))
    pane = sheet.find("sheetViews/sheetView/pane", _NS)
    assert pane is not None
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")


def test_what_a_sheet_cannot_hold_goes_on_the_next(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    for _ in range(5):
        shop.sell("Ramesh", 1)
    found = [list(rows(sheet)) for sheet in sheets(written(shop, tmp_path / "x.xlsx"))]
    assert [len(each) for each in found] == [3, 3, 2]
    assert [each[0]["A"].value for each in found] == ["entry"] * 3
    assert [row["A"].value for each in found for row in each[1:]] == ["3", "4", "5", "6", "7"]


def test_days_before_the_calendar_of_excel_and_long_texts_are_text(tmp_path: Path) -> None:
    cells = ["1899-12-31", "x" * 40_000]
    write_workbook(tmp_path / "x.xlsx", iter([["date", "items"], cells]))
    (sheet,) = sheets(tmp_path / "x.xlsx")
    _, row = rows(sheet)
    assert row["A"][:2] == ("inlineStr", "1899-12-31")
    assert row["B"].value == "x" * 32_766 + "…"


def test_nothing_is_left_aside_however_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[list[str]]:
        yield ["entry"]
        yield ["1"]
        raise ZeroDivisionError

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        write_workbook(tmp_path / "x.xlsx", broken())
    assert list(tmp_path.iterdir()) == []
    write_workbook(tmp_path / "x.xlsx", iter([["entry"], ["1"]]))
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]


def test_a_folder_that_is_not_there_is_an_error_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_workbook(tmp_path / "none" / "x.xlsx", iter([["entry"], ["1"]]))


def test_without_the_library_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ExcelMissing):
        check_installed()
