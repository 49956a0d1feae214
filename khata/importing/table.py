"""A CSV as rows with their numbers and their cells: all that the row reader is given, whatever a file is made of.

Another kind of file (a workbook, a voucher of several lines) is another iterable of the same.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator

from khata.importing.faults import Faults
from khata.importing.file import File
from khata.importing.file_rows import AT_ONCE
from khata.importing.opening import AnySource, look_for
from khata.importing.profile import Arrange, Cells, TableProfile
from khata.importing.sheet import SheetSource, day_of_serial
from khata.importing.source import LONGEST_CELL, UnreadableFileError

Numbered = tuple[int, Cells]
"""A row of the file: its number (the header is row 1), and its cells as COLUMNS names them."""

Tell = Callable[[int, int | None], None]
"""Is told bytes read and bytes in all."""

STOPS = (UnreadableFileError, csv.Error, UnicodeDecodeError)
"""After these there is no knowing where rows begin and end."""


class FileTable:
    """The rows under the header of a file; what is wrong with one as a whole is noted as it is met.

    Attributes:
        whole: whether the file was read to its end.
    """

    def __init__(self, source: AnySource, file: File, tell: Tell | None) -> None:
        self._source, self._file, self._tell = source, file, tell
        self._arrange: Arrange | None = None
        self._unnamed: tuple[int, ...] = ()
        self.whole = False

    def arranged(self, profile: TableProfile) -> bool:
        """Whether rows can be read under a header near the top; if not, that is a fault."""
        lines, faults = self._source.lines, self._file.faults
        if not self._source.header:
            faults.add(1, "", "", "empty_file")
            return False
        if lines.bad:
            code, facts = lines.bad
            faults.add(lines.row, "", "", code, facts)
            return False
        look_for(self._source, profile.fits)
        arrangement = profile.arranged(self._source.header, lines.row, faults)
        if arrangement is None:
            return False
        self._file.header_row, self._file.profile = lines.row, profile.name
        self._file.called, self._arrange, self._unnamed = arrangement.called, arrangement.arrange, arrangement.unnamed
        return True

    def __iter__(self) -> Iterator[Numbered]:
        """Raises one of STOPS."""
        source, lines, pick, width = self._source, self._source.lines, self._arrange, len(self._source.header)
        self._serials = isinstance(source, SheetSource)
        assert pick is not None  # noqa: S101 - `arranged` was true
        number = lines.row
        cells: list[str] = []
        for cells in source.records:
            lines.row = number = number + 1
            if self._tell is not None and not number % AT_ONCE:
                self._tell(source.done, source.size)
            if (len(cells) != width or lines.bad) and not self._even(number, cells):
                continue
            cells.append("")
            if self._unnamed and any(cells[place].strip() for place in self._unnamed):
                self._nameless(number, cells)
                continue
            found = pick(cells)
            if found is None:
                self._file.passed_over.append(number)
                continue
            yield number, (day_of_serial(found[0]), *found[1:]) if self._serials else found
        self._check_end(cells)
        self.whole = True

    def _nameless(self, number: int, cells: list[str]) -> None:
        """A fault for a cell under no head: nobody knows what it says."""
        place = next(place for place in self._unnamed if cells[place].strip())
        self._file.unread.append(number)
        facts = {"cells": place + 1, "columns": len(self._source.header)}
        self._file.faults.add(number, "", cells[place], "too_many_cells", facts)

    def _check_end(self, last: list[str]) -> None:
        """Of 450 a file that was cut short may have 45; only a last line with nothing in it may go without its end."""
        if self._source.lines.cut_off and any(map(str.strip, last)):
            shown = self._source.delimiter.join(last[: len(self._source.header)])
            self._file.faults.add(self._source.lines.row, "", _shown(shown), "no_line_end")

    def _even(self, number: int, cells: list[str]) -> bool:
        """Whether a row can be read that has a bad byte or not as many cells as the header."""
        if self._source.lines.bad:
            code, facts = self._source.lines.bad
            self._source.lines.bad = None
            value = str(facts.get("value") or next((cell for cell in cells if not _well(cell)), ""))
            self._file.faults.add(number, str(facts.get("column", "")), _shown(value), code, facts)
            self._file.unread.append(number)
            return False
        if not any(map(str.strip, cells)):
            return False
        width = len(self._source.header)
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            del cells[width:]  # a comma too many at the end of each row holds nothing
            return True
        self._file.unread.append(number)
        facts = {"cells": len(cells), "columns": width}
        if len(cells) > width:
            self._file.faults.add(number, "", cells[width], "too_many_cells", facts)
        else:
            self._file.faults.add(number, self._source.header[len(cells)].strip(), "", "missing_cell", facts)
        return False


def stopped(faults: Faults, row: int, error: Exception) -> None:
    """A fault after which there is no knowing where rows begin and end."""
    if isinstance(error, UnreadableFileError):
        code, facts = error.code, error.facts
    elif isinstance(error, UnicodeDecodeError):
        code, facts = "not_utf16", {}
    elif "field limit" in str(error):
        code, facts = "cell_too_long", {"longest": LONGEST_CELL}
    elif "unexpected end" in str(error):
        code, facts = "quote_not_closed", {}
    else:
        code, facts = "bad_quotes", {}
    faults.add(row, "", "", code, {**facts, "stopped": True})


def _shown(text: str) -> str:
    return "".join(character if _well(character) else "\ufffd" for character in text)


def _well(cell: str) -> bool:
    return "\0" not in cell and not any("\ud800" <= character <= "\udfff" for character in cell)
