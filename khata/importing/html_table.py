"""A page of HTML as a source of rows: what banks and billing programs call `.xls`.

Only what is simple is read: rows of cells with text in them. Cells over several rows, and tables in tables, are left
to whoever can see the page. Source: the table model of HTML (WHATWG, 4.9), of which `colspan` is kept.
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from typing import BinaryIO

from khata.importing.given import Given
from khata.importing.kinds import NotATable, encoding_of
from khata.importing.source import LONGEST_CELL, MOST_COLUMNS, UnreadableFileError

LARGEST = 64 << 20
"""Bytes of a page; a year of a bank's has two million."""

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_WESTERN = ("windows-1252", "iso-8859-1", "latin1")
_UNSEEN = ("script", "style", "title", "head")


class HtmlSource(Given):
    """The rows of all tables of a page, in their order.

    Raises:
        UnreadableFileError: it is too large, or its letters cannot be read.
        NotATable: `html` where no rows are in it, or cells that are not simple.
    """

    def __init__(self, raw: BinaryIO, name: str) -> None:
        super().__init__(raw, name)
        content = raw.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnreadableFileError("too_large_unpacked", longest=LARGEST >> 20)
        self.size = self.done = len(content)
        self.sha256 = hashlib.sha256(content).hexdigest()
        page = _Page()
        page.feed(_decoded(content))
        page.close()
        if not page.simple or not page.rows:
            raise NotATable(path=name, what="html")
        self._of_rows(page.rows)


def _decoded(content: bytes) -> str:
    encoding = encoding_of(content[:2])
    said = _CHARSET.search(content[:4096])
    if encoding == "utf-8-sig" and said and said[1].decode().casefold() in _WESTERN:
        encoding = "cp1252"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as e:
        raise UnreadableFileError("not_utf8", byte=f"{content[e.start]:02x}", at=e.start) from e


class _Page(HTMLParser):
    """Gathers the rows of a page; `simple` is whether they are all that is in its tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.simple = True
        self._depth = self._unseen = 0
        self._cell: list[str] | None = None
        self._length = 0
        self._wide = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._depth += 1
            self.simple = self.simple and self._depth == 1
        elif tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.rows:
                self.rows.append([])
            self.simple = self.simple and (said.get("rowspan") or "1").strip() in ("1", "0")
            wide = (said.get("colspan") or "1").strip()
            self._wide = min(int(wide), MOST_COLUMNS) if wide.isdecimal() and wide.isascii() else 1
            self._cell, self._length = [], 0
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in ("td", "th", "tr", "table"):
            self._end_cell()
            if tag == "table":
                self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        if self._cell is None or self._unseen:
            return
        self._length += len(data)
        if self._length > LONGEST_CELL:
            raise UnreadableFileError("cell_too_long", longest=LONGEST_CELL)
        self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        said = " ".join("".join(self._cell).split())
        self.rows[-1] += [said, *[""] * (max(1, self._wide) - 1)]
        self._cell = None
