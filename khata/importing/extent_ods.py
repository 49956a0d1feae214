"""How far the sheets of an .ods reach: asked before any is loaded, as all of them are loaded at once.

A cell says how often it is repeated, and so does a row: a few bytes make a table of seventeen thousand million cells.
"""

from __future__ import annotations

import re
from html import unescape
from zipfile import ZipFile

from khata.importing.extent import letters_of, too_large
from khata.importing.source import UnreadableFileError

_CONTENT = "content.xml"
_STARTS = re.compile(rb"<table:table(?=[\s>])|<table:table-row(?=[\s/>])")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell([^<>]*)>")
_NAME = re.compile(rb"""table:name\s*=\s*["']([^"'<>]*)["']""")
_REPEATED = re.compile(rb"""-repeated\s*=\s*["']([0-9]{1,9})["']""")
_MOST_REPEATED = 1 << 30


def check_ods(packed: ZipFile) -> None:
    """Look at the sheets of an .ods; any other ZIP is passed by.

    Raises:
        UnreadableFileError: `sheet_too_large` where cells stand too far from A1, or those of all sheets together are
            too many; `last` is the corner of the sheet that was looked at last.
        DAMAGED: it cannot be read.
    """
    if _CONTENT not in packed.namelist():
        return
    content = packed.read(_CONTENT)
    name, above, row, rows, columns, area = "", 0, 0, 0, 0, 0
    starts = [found.start() for found in _STARTS.finditer(content)]
    for begun, ended in zip(starts, [*starts[1:], len(content)], strict=True):
        piece = content[begun:ended]
        tag, _, cells = piece.partition(b">")
        if not tag.startswith(b"<table:table-row"):
            found = _NAME.search(tag)
            name = unescape(found[1].decode("utf-8", "replace")) if found else ""
            above, row, rows, columns = area, 0, 0, 0
            continue
        row += _times(tag)
        if width := _width(cells):
            rows, columns = row, max(columns, width)
            area = above + rows * columns
            if too_large(columns, area):
                raise UnreadableFileError("sheet_too_large", sheet=name, last=f"{letters_of(columns)}{rows}")


def _width(cells: bytes) -> int:
    """The columns up to the last cell of a row in which anything may stand."""
    if b"-repeated" not in cells and b"/>" not in cells:
        return cells.count(b"<table:table-cell") + cells.count(b"<table:covered-table-cell")
    width = at = 0
    for tag in _CELL.findall(cells.replace(b"></table:table-cell>", b"/>")):
        at += _times(tag)
        if not tag.endswith(b"/") or b"office:" in tag:
            width = at
    return width


def _times(tag: bytes) -> int:
    """How often a row or a cell stands there."""
    if b"-repeated" not in tag:
        return 1
    found = _REPEATED.search(tag)
    return int(found[1]) if found else _MOST_REPEATED
