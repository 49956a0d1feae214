"""A workbook as a source of rows: .xlsx, .xls and .ods, read by python-calamine.

A workbook is read whole: what it may unpack to, and how far its sheets reach, is asked before. A number comes with the
fifteen digits that a spreadsheet keeps, a date as 2026-11-20, with its time of day behind it if it has one.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from zipfile import ZipFile

from khata.importing.extent import DAMAGED, Extents
from khata.importing.extent_ods import check_ods
from khata.importing.given import Given
from khata.importing.source import LONGEST_CELL, MAGIC, UnreadableFileError

LARGEST = 512 << 20
"""Bytes to which a workbook may unpack; a hundred thousand rows of a shop have twenty million."""


class SheetSource(Given):
    """The one sheet of a workbook that has rows, or the one that was named: as `Source`, with cells in place of text.

    A name is compared without case and the blanks around it; sheets that are hidden do not count.

    Raises:
        UnreadableFileError: it is damaged, locked by a password, or unpacks to more than is read; `several_sheets`
            where more than one has rows and none was named, `no_such_sheet`.
    """

    serials = True

    def __init__(self, raw: BinaryIO, name: str, sheet: str | None = None) -> None:
        super().__init__(raw, name)
        content = raw.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnreadableFileError("too_large_unpacked", longest=LARGEST >> 20)
        self.size = self.done = len(content)
        named, rows = _rows(content, sheet)
        found = hashlib.sha256(content)
        if sheet is not None:  # it is a file of its own: what another sheet brought says nothing of its rows
            found.update(b"\0" + named.encode())
        self.sha256 = found.hexdigest()
        self._of_rows(rows)


def _rows(content: bytes, wanted: str | None) -> tuple[str, list[list[str]]]:
    """The name of the sheet that is read, and its rows."""
    if not content.startswith(MAGIC[0]):
        return _read(content, wanted, lambda _: None)
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST:
                raise UnreadableFileError("too_large_unpacked", longest=LARGEST >> 20)
            check_ods(packed)
            return _read(content, wanted, Extents(packed).check)
    except DAMAGED as e:
        raise UnreadableFileError("bad_workbook") from e


def _read(content: bytes, wanted: str | None, check: Callable[[str], None]) -> tuple[str, list[list[str]]]:
    """As `_rows`; `check` is asked before a sheet is loaded. Raises also what it does."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    found: dict[str, list[list[Any]]] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            each.name
            for each in book.sheets_metadata
            if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
        ]
        for name in names if wanted is None else [_named(wanted, names)]:
            check(name)
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(any(cell != "" for cell in row) for row in rows):
                found[name] = rows if not found else []
    except PasswordError as e:
        raise UnreadableFileError("workbook_locked") from e
    except (CalamineError, OSError, ValueError) as e:
        raise UnreadableFileError("bad_workbook") from e
    if len(found) > 1:
        raise UnreadableFileError("several_sheets", sheets=[*found])
    return next(((name, [[_said(cell) for cell in row] for row in rows]) for name, rows in found.items()), ("", []))


def _named(wanted: str, names: Sequence[str]) -> str:
    """The sheet that is meant, the very same name first. Raises UnreadableFileError."""
    meant = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
    if not meant:
        raise UnreadableFileError("no_such_sheet", sheet=wanted, sheets=list(names))
    return wanted if wanted in meant else meant[0]


_MIDNIGHT = time(0)


def _said(cell: object) -> str:
    """A cell as it could have been typed."""
    if isinstance(cell, str):
        if len(cell) > LONGEST_CELL:
            raise UnreadableFileError("cell_too_long", longest=LONGEST_CELL)
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return format(cell, ".15g")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if isinstance(cell, (time, timedelta)) else str(cell)


def day_of_serial(typed: str) -> str:
    """A day that a workbook keeps as a number, counted from 30 December 1899; any other text as it is.

    >>> day_of_serial("45982"), day_of_serial("20-11-2026")
    ('2025-11-21', '20-11-2026')
    """
    if len(typed) == 5 and typed.isdecimal() and typed.isascii() and 20_000 <= int(typed) <= 80_000:
        return (date(1899, 12, 30) + timedelta(days=int(typed))).isoformat()
    return typed
