"""A statement of a bank or of an app, line by line: what came in, what went out, and what it says of whoever paid.

It is read as a file that is imported is; but a row in which nobody is named is a line like any other.
"""

from __future__ import annotations

from typing import NamedTuple

from khata.grammar.amounts import parse_paise
from khata.grammar.fault import Unreadable
from khata.grammar.spreadsheet import number_in
from khata.importing.arranging import AMOUNT, DATE, IN, MODE, NOTE, PARTY
from khata.importing.days import FileDays
from khata.importing.detecting import detected
from khata.importing.faults import LISTED, Faults
from khata.importing.file import File
from khata.importing.opening import opened
from khata.importing.profile import TableProfile
from khata.importing.rows import Manner
from khata.importing.table import STOPS, FileTable, stopped
from khata.rules.refused import Refused
from khata.units import Day, Paise

_WAY, _VPA, _REFS = -3, -2, -1


class BankLine(NamedTuple):
    """A line of a statement.

    Attributes:
        row: as a spreadsheet counts, what stands above the table included.
        on: its day; `paise` what came in, less than 0 for what went out.
        refs: every reference that it has.
        name, vpa: of whoever paid, as the bank writes them, maybe cut short; "" where it does not.
        mode: `upi`, `bank`, `cheque`, `card`.
        text: the narration.
    """

    row: int
    on: Day
    paise: int
    refs: tuple[str, ...]
    name: str
    vpa: str
    mode: str
    text: str


class NotAStatement(Refused):
    """The file is no statement of a bank or of an app. Facts: `profile`, as what it was read."""

    code = "not_a_statement"


def read_lines(path: str, today: Day, chosen: TableProfile | None, how: Manner) -> tuple[File, list[BankLine]]:
    """Read a statement to its end, in the order of the file. What is wrong with it stands in the file's faults.

    Args:
        path: a regular file, or `-` for standard input.
        today: the day in the book's zone; later days are faults.
        chosen: whose file it is; None where its header is to show it.
        how: how cells are read.

    Raises:
        NoFile, NotAFile, NotAStatement: it cannot be read.
        DiskError: the machine would not read it.
    """
    file = File(faults=Faults(LISTED), encoding=how.encoding, sheet=how.sheet)
    lines: list[BankLine] = []
    row = 1
    try:
        with opened(path, how.encoding, today, None, how.sheet) as source:
            file.name, row = source.name, source.lines.row
            profile = chosen or detected(source, file)
            if not profile.is_statement or source.profile:
                raise NotAStatement(profile=source.profile or profile.name)
            table = FileTable(source, file, None, lines=True)
            if table.arranged(profile.spoken(how.words)):
                lines = _take(table, file, FileDays(file, today, turned=how.month_first))
                file.sha256 = source.sha256
                file.count = len(lines)
    except STOPS as e:
        stopped(file.faults, row, e)
    return file, lines


def _take(table: FileTable, file: File, days: FileDays) -> list[BankLine]:
    lines = []
    for number, cells in table:
        found: tuple[str, ...] = cells
        if not any(cell.strip() for cell in found):
            continue
        on, paise = days.read(number, found[DATE]), _paise(number, found[AMOUNT], file)
        if on is not None and paise is not None:
            signed = paise if found[_WAY] == IN else -paise
            refs = tuple(found[_REFS].split("\n")) if found[_REFS] else ()
            name = found[PARTY].strip()
            lines.append(BankLine(number, on, signed, refs, name, found[_VPA].lower(), found[MODE], found[NOTE]))
    if not file.faults.total and not lines:
        file.faults.add(file.header_row, "", "", "no_rows")
    return lines


def _paise(number: int, typed: str, file: File) -> Paise | None:
    try:
        return parse_paise(number_in(typed), large=True)
    except Unreadable as fault:
        file.faults.add(number, file.column("amount"), fault.value, fault.code, fault.facts)
        return None
