"""The table of plain_csv.py as a workbook: text is text, amounts are numbers, days are days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from khata.grammar.spreadsheet import unguarded
from khata.rules.refused import Refused

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header included (Excel's specifications and limits)."""

LONGEST_CELL = 32_767
"""Characters of a cell (the same)."""

FIRST_YEAR = 1900
"""Excel knows no earlier days; they are written as text."""

NUMBERS = frozenset(("entry", "party_number", "reverses", "reversed_by", "corrects"))
AMOUNTS = frozenset(("amount", "discount"))
WIDTHS = {"date": 11, "party": 24, "amount": 12, "paid": 18, "ref": 16, "note": 28, "at": 27, "items": 40}


class ExcelMissing(Refused):
    """XlsxWriter is not installed."""

    code = "excel_missing"


def check_installed() -> None:
    """Raises ExcelMissing."""
    try:
        import xlsxwriter  # noqa: F401
    except ImportError as e:
        raise ExcelMissing from e


def write_workbook(path: Path, rows: Iterable[list[str]]) -> None:
    """Write the rows of `plain_csv.rows`, the header first, into a file; what does not fit goes on a further sheet.

    Raises:
        ExcelMissing: XlsxWriter is not installed.
        OSError: the file cannot be written.
    """
    check_installed()
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    left = iter(rows)
    header = next(left)
    # What it lays aside meanwhile is as private as the book, and must be gone however this ends.
    with TemporaryDirectory() as aside:
        book = Workbook(str(path), {"constant_memory": True, "tmpdir": aside})
        book.use_zip64()
        try:
            _sheet(book, header, islice(left, MOST_ROWS - 1))
            while (further := next(left, None)) is not None:
                _sheet(book, header, chain([further], islice(left, MOST_ROWS - 2)))
            book.close()
        except FileCreateError as e:
            raise OSError(*e.args[0].args) from e
        finally:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()


def _sheet(book: Workbook, header: list[str], rows: Iterable[list[str]]) -> None:
    """A sheet, row by row: what is written cannot be written to again."""
    bold = book.add_format({"bold": True})
    rupees, days = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(header):
        sheet.set_column(place, place, WIDTHS.get(name, 10))
    for place, name in enumerate(header):
        sheet.write_string(0, place, name, bold)
    writers = [_writer(sheet, name, rupees, days) for name in header]
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if cell:
                writers[place](number, place, cell)


def _writer(sheet: Any, name: str, rupees: Any, days: Any) -> Callable[[int, int, str], None]:
    """What writes the cells of a column."""

    def number(row: int, column: int, cell: str) -> None:
        sheet.write_number(row, column, int(cell))

    def amount(row: int, column: int, cell: str) -> None:
        sheet.write_number(row, column, Decimal(cell), rupees)

    def day(row: int, column: int, cell: str) -> None:
        with suppress(ValueError):
            if (on := date.fromisoformat(cell)).year >= FIRST_YEAR:
                sheet.write_datetime(row, column, on, days)
                return
        sheet.write_string(row, column, cell)

    def text(row: int, column: int, cell: str) -> None:
        said = unguarded(cell)
        sheet.write_string(row, column, said if len(said) <= LONGEST_CELL else said[: LONGEST_CELL - 1] + "…")

    if name in NUMBERS:
        return number
    if name in AMOUNTS:
        return amount
    return day if name == "date" else text
