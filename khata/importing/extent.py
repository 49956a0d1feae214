"""How far the sheets of a workbook reach: asked of the ZIP before one is loaded.

A single cell at XFD1048576 would make a table of seventeen thousand million cells. A sheet whose cells all stand in the
first columns is passed by a search, one that cannot be too large by where its cells stand; of any other each is read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from khata.importing.source import MOST_COLUMNS, UnreadableFileError

MOST_CELLS = 20_000_000
"""Cells from A1 to the last one, the empty ones too: eighteen columns of all rows that a spreadsheet has."""

DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, expat.ExpatError)
"""What reading a part of a ZIP raises."""

_CHUNK = 1 << 20
_NOT_NARROW = re.compile(rb'<(?:c(?! r="[A-R](?:[0-9]{1,6}|10[0-9]{5})")[\s/>]|[^<>\s/]*:c[\s/>])')
_NOT_PLAIN = re.compile(rb'<(?:c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s/>]|[^<>\s/]*:c[\s/>])')
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})')
_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})')
_PLACE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})")

Attributes = dict[str, str]


class Extents:
    """How far the sheets of an .xlsx reach; of any other ZIP nothing is known."""

    def __init__(self, packed: ZipFile) -> None:
        self._packed = packed
        self._parts = {_path(each.filename): each for each in packed.infolist()}
        self._sheets = self._named() if "xl/workbook.xml" in self._parts else {}

    def check(self, sheet: str) -> None:
        """Look at a sheet before it is loaded.

        Raises:
            UnreadableFileError: `sheet_too_large` where it has a cell too far from A1; `last` is the corner.
            DAMAGED: it cannot be read.
        """
        for part in self._sheets.get(sheet, ()):
            with self._packed.open(part) as raw:
                if not any(map(_NOT_NARROW.search, _chunks(raw))):
                    continue
            with self._packed.open(part) as raw:
                most = _at_most(raw)
            if most is not None and not too_large(most[1], most[0] * most[1]):
                continue
            cells = _Cells()
            with self._packed.open(part) as raw:
                _parse(raw, cells.begin, cells.end)
            if too_large(cells.columns, cells.rows * cells.columns):
                raise UnreadableFileError(
                    "sheet_too_large", sheet=sheet, last=f"{letters_of(cells.columns)}{cells.rows}"
                )

    def _named(self) -> dict[str, list[ZipInfo]]:
        """The part of each sheet by the sheet's name; all that could be it where that is not plain."""
        every = [each for path, each in self._parts.items() if path.endswith(".xml")]
        targets: dict[str, str] = {}
        sheets: dict[str, list[ZipInfo]] = {}

        def related(name: str, attributes: Attributes) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def named(name: str, attributes: Attributes) -> None:
            if name == "sheet":
                by = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                target = _path(targets.get(by, "")).removeprefix("/")
                part = self._parts.get(target if target.startswith("xl/") else f"xl/{target}")
                sheets[attributes.get("name", "")] = every if part is None else [part]

        for path, taken in (("xl/_rels/workbook.xml.rels", related), ("xl/workbook.xml", named)):
            with self._packed.open(self._parts[path]) as raw:
                _parse(raw, taken)
        return sheets


def too_large(columns: int, cells: int) -> bool:
    """Whether a sheet of so many columns, and cells with the empty ones, is not loaded."""
    return columns > MOST_COLUMNS or cells > MOST_CELLS


def _at_most(raw: IO[bytes]) -> tuple[int, int] | None:
    """The rows and columns beyond which no cell stands, with something in it or without; None if that is not plain."""
    rows = columns = 0
    for chunk in _chunks(raw):
        if _NOT_PLAIN.search(chunk):
            return None
        columns = max(columns, *(_number(each.decode()) for each in set(_COLUMN.findall(chunk))), 0)
        rows = max(rows, *map(int, set(_ROW.findall(chunk))), 0)
    return rows, columns


class _Cells:
    """Where cells with something in them stand; one that does not say where stands behind the one before it."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._column += 1
            if place := _PLACE.fullmatch(attributes.get("r", "")):
                self._column, self._row = _number(place[1]), int(place[2])
        elif name in ("v", "is"):
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1

    def end(self, name: str) -> None:
        if name == "row":
            self._column = 0


def _chunks(raw: IO[bytes]) -> Iterator[bytes]:
    """A part of a ZIP, a mebibyte at a time, each piece up to where a tag begins."""
    kept = b""
    for chunk in iter(partial(raw.read, _CHUNK), b""):
        text = kept + chunk
        cut = max(text.rfind(b"<"), 0)
        yield text[:cut]
        kept = text[cut:]
        if len(kept) > _CHUNK:
            raise BadZipFile  # no cell is as long
    yield kept


def _parse(
    raw: IO[bytes], begin: Callable[[str, Attributes], None], end: Callable[[str], None] = lambda _: None
) -> None:
    """Tell the tags of a part, without their prefixes. Raises ExpatError, also where there is a DOCTYPE."""
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise expat.ExpatError

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda name, attributes: begin(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.ParseFile(raw)


def _path(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _number(letters: str) -> int:
    """The number of a column.

    >>> _number("A"), _number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(number: int) -> str:
    """What a column is called.

    >>> letters_of(26), letters_of(16384)
    ('Z', 'XFD')
    """
    said = ""
    while number:
        number, rest = divmod(number - 1, 26)
        said = chr(65 + rest) + said
    return said
