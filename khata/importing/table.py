"""A CSV as rows with their numbers and their cells: all that the row reader is given, whatever a file is made of.

Another kind of file (a workbook, a voucher of several lines) is another iterable of the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace

from khata.importing.arranging import Arranger
from khata.importing.below import is_alone
from khata.importing.columns import BALANCE, BELOW, COLUMNS, GAVE, GOT, Aside, Cells, Wrong
from khata.importing.faults import Faults
from khata.importing.file import File
from khata.importing.file_rows import AT_ONCE
from khata.importing.opening import AnySource, look_for, near_the_top
from khata.importing.profile import Arrangement, TableProfile
from khata.importing.running import Running
from khata.importing.sheet import SheetSource, day_of_serial
from khata.importing.source import LONGEST_CELL, Tell, UnreadableFileError
from khata.importing.times import timed
from khata.importing.undone import UndoneRows

Numbered = tuple[int, Cells]
"""A row of the file: its number (the header is row 1), and its cells as COLUMNS names them."""

_NOTE = COLUMNS.index("note")

STOPS = (UnreadableFileError, csv.Error, UnicodeDecodeError)
"""After these there is no knowing where rows begin and end."""


class FileTable:
    """The rows under the header of a file; what is wrong with one as a whole is noted as it is met.

    `lines`: of a statement, each row is to be what `Arranger.line` makes of it.

    Attributes:
        whole: whether the file was read to its end.
    """

    def __init__(self, source: AnySource, file: File, tell: Tell | None, *, lines: bool = False) -> None:
        self._lines = lines
        self._source, self._file, self._tell = source, file, tell
        self._arrangement = Arrangement(lambda _: Aside(), {})
        self._running = Running()
        self._undone = UndoneRows()
        self._keep_time = False
        self.whole = False

    def arranged(self, profile: TableProfile, *, keep_time: bool = False) -> bool:
        """Whether rows can be read under a header near the top; if not, that is a fault."""
        self._keep_time = keep_time or profile.keep_time
        self._file.profile = profile.name
        lines, faults = self._source.lines, self._file.faults
        if not self._source.header:
            faults.add(1, "", "", "empty_file")
            return False
        if lines.bad:
            code, facts = lines.bad
            faults.add(lines.row, "", "", code, facts)
            return False
        if not look_for(self._source, profile.fits) and not self._likely(profile):
            return False
        arrangement = profile.arranged(self._source.header, lines.row, faults)
        if arrangement is None:
            return False
        self._file.header_row = lines.row
        self._file.called, self._arrangement = arrangement.called, arrangement
        if self._lines and isinstance(arrangement.arrange, Arranger):
            self._arrangement = replace(arrangement, arrange=arrangement.arrange.line)  # type: ignore[arg-type]
        return True

    def _likely(self, profile: TableProfile) -> bool:
        """Whether a row near the top has heads that are known, though not all that are needed: that is the header.

        A file in which there is none is a fault, which names the row that has the most cells.
        """
        source = self._source
        seen = near_the_top(source)
        best = max(seen, key=profile.knows)
        if not profile.knows(best):
            best = max(seen, key=lambda row: sum(map(bool, map(str.strip, row))))
            heads = [head.strip() for head in best if head.strip()]
            self._file.faults.add(source.lines.row + seen.index(best), "", ", ".join(heads), "no_header")
            return False
        return look_for(source, lambda row: row is best)

    def __iter__(self) -> Iterator[Numbered]:
        """Raises one of STOPS."""
        source, lines, width = self._source, self._source.lines, len(self._source.header)
        pick, unnamed, steps = self._arrangement.arrange, self._arrangement.unnamed, self._arrangement.steps
        serials, keep_time = isinstance(source, SheetSource), self._keep_time
        number = lines.row
        cells: list[str] = []
        for cells in source.records:
            lines.row = number = number + 1
            if self._tell is not None and not number % AT_ONCE:
                self._tell(source.done, source.size)
            if (len(cells) != width or lines.bad) and not self._even(number, cells):
                continue
            cells.append("")
            if unnamed and any(cells[place].strip() for place in unnamed):
                self._nameless(number, cells)
                continue
            found = pick(cells)
            if steps is not None:
                self._run(number, cells, found, steps)
            if type(found) is not tuple:
                self._put_aside(number, found)
                continue
            if keep_time:
                found = _timed(found)
            yield number, (day_of_serial(found[0]), *found[1:]) if serials else found
        self._check_end(cells)
        self._check_running()
        self._check_undone()
        self.whole = True

    def _put_aside(self, number: int, found: Cells | Aside | Wrong) -> None:
        """Note a row of which no entry can be made."""
        if isinstance(found, Aside):
            self._file.pass_over(number, found.why)
            if found.undone is not None:
                self._undone.add(number, found.undone)
        elif isinstance(found, Wrong):
            self._file.unread.append(number)
            self._file.faults.add(number, self._file.column(found.column), found.value, found.code, dict(found.facts))

    def _run(self, number: int, cells: list[str], found: Cells | Aside | Wrong, steps: Arranger) -> None:
        """Add what a row of a statement moved to what came before."""
        if not (isinstance(found, Aside) and found.why in ("", BELOW)) and any(map(str.strip, cells)):
            self._running.take(number, *steps.step(cells))

    def _check_running(self) -> None:
        """A fault for each row of a statement whose balance is not what it comes to."""
        self._file.balance_checked = self._running.adds_up
        if self._running.turned_round:
            facts: dict[str, object] = {"gave": self._file.column(GAVE), "got": self._file.column(GOT)}
            self._file.faults.add(self._file.header_row, self._file.column(GOT), "", "columns_turned", facts)
            return
        for each in self._running.differing():
            facts = {"expected_paise": each.expected_paise, "head": self._file.column(BALANCE)}
            self._file.faults.add(each.row, self._file.column(BALANCE), each.typed, "balance_differs", facts)

    def _check_undone(self) -> None:
        """A fault for each row that was taken back, or takes one back, where the other one is not in the file."""
        file = self._file
        for each in self._undone.halves():
            file.unread.append(each.row)
            file.take_up(each.row)
            file.faults.add(each.row, "", each.value, each.code, each.facts)
        for row, on, facts in self._undone.later():
            file.worth_a_look.note(row, file.column("date"), on, "taken_back_later", facts)

    def _nameless(self, number: int, cells: list[str]) -> None:
        """A fault for a cell under no head: nobody knows what it says."""
        place = next(place for place in self._arrangement.unnamed if cells[place].strip())
        self._file.unread.append(number)
        facts = {"cells": place + 1, "columns": len(self._source.header)}
        self._file.faults.add(number, "", cells[place], "too_many_cells", facts)

    def _check_end(self, last: list[str]) -> None:
        """Of 450 a file that was cut short may have 45; only a last line with nothing in it may go without its end.

        So may the last row of a statement that ends in a balance, and adds up, and what stands below a table.
        """
        steps, row = self._arrangement.steps, self._source.lines.row
        proved = steps is not None and steps.ends_in_balance and self._running.adds_up and self._running.last_row == row
        if proved or row in self._file.passed_for.get(BELOW, ())[-1:]:
            return
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
        steps = self._arrangement.steps
        if (len(cells) < width and is_alone(cells)) or (steps is not None and steps.is_text(cells)):
            cells[:] = [*cells, *[""] * width][:width]
            return True
        self._file.unread.append(number)
        facts = {"cells": len(cells), "columns": width}
        if len(cells) > width:
            self._file.faults.add(number, "", cells[width], "too_many_cells", facts)
        else:
            self._file.faults.add(number, self._source.header[len(cells)].strip(), "", "missing_cell", facts)
        return False


def _timed(cells: Cells) -> Cells:
    """A row with the time of its day before its note."""
    found = list(cells)
    found[_NOTE] = timed(found[0], found[_NOTE])
    return tuple(found)  # type: ignore[return-value] # as many as there are columns


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
