"""Cells into values: every row of a file read by the grammar, faults collected. Asks nothing of the book.

Days, parties, amounts and notes are read once for each distinct text: a hundred thousand rows hold a few hundred.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from khata.grammar.amounts import parse_paise
from khata.grammar.days import parse_day
from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_paid
from khata.grammar.spreadsheet import unguarded
from khata.grammar.text import LONGEST_REF, RESERVED, clean_name, clean_phone, clean_ref, clean_text
from khata.importing.faults import Faults, FileChanged
from khata.importing.file_rows import AT_ONCE, FileRows, Parts, Row
from khata.importing.profile import Arrangement, Profile
from khata.importing.source import LONGEST_CELL, Source, UnreadableFileError, opened
from khata.importing.ways import CREDIT, Way, way_of
from khata.names import exact_key
from khata.units import Day, Paise, Party

COUNTER = -1
"""The place, among a file's names, of nobody in particular."""

_UNREADABLE = -2
_NO_DAY = Day("")
_T = TypeVar("_T")
_REMEMBERED = 1 << 14
_OFTEN = 64
"""Characters of a cell that may come again: a longer one hardly does."""
_NUMBER = re.compile("@0*([1-9][0-9]{0,14})")
_NOTHING_PAID = re.compile(r"0+(?:\.0{1,2})?")


@dataclass(slots=True)
class Name:
    """One party as the file calls it: cleaned, its key, where it first stands, its phone if the file has one.

    `number` is set where the file says `@3`.
    """

    text: str
    key: str
    row: int
    number: Party | None = None
    phone: str | None = None


@dataclass(slots=True)
class File:
    """A file read whole: what it is, its rows with their references, its names, and what is wrong with it.

    `count` is the number of its data rows, empty ones aside; `unread` are those that are not among `rows` for their
    faults; `sha256` is that of its raw bytes, 64 hex. `first` and `last` are the days between which its rows lie.
    """

    name: str = ""
    sha256: str = ""
    profile: str = "khata"
    count: int = 0
    first: Day = _NO_DAY
    last: Day = _NO_DAY
    rows: FileRows = field(default_factory=FileRows)
    unread: array[int] = field(default_factory=lambda: array("q"))
    names: list[Name] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    called: dict[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """What the file calls a column."""
        return self.called.get(name, name)

    def close(self) -> None:
        """Forget its rows."""
        self.rows.close()


Tell = Callable[[int, int | None], None]
"""Is told bytes read and bytes in all."""


def read_file(path: str, today: Day, arrange: Profile, *, large: bool = False, tell: Tell | None = None) -> File:
    """Read a file to its end.

    Args:
        path: a regular file, or `-` for standard input.
        today: the day in the book's zone; later days are faults.
        arrange: the profile.
        large: take amounts up to ₹10,000 crore.
        tell: is told how far the reading is.

    Raises:
        NoFile, NotAFile: it cannot be opened.
        FileChanged: another program wrote to it meanwhile.
        DiskError: the machine would not read it, or had no room for its rows.
    """
    reader = _Reader(File(), today, large=large)
    row = 1
    try:
        with opened(path) as source:
            reader.file.name, row = source.name, source.lines.row
            whole = reader.read(source, arrange, tell)
            if source.has_changed(whole=whole):
                raise FileChanged(path=path)
    except (UnreadableFileError, csv.Error, UnicodeDecodeError) as e:
        # Raised before the first row was read: the header itself.
        reader.stopped(row, e)
    return reader.file


class _Reader:
    """Reads rows into a File."""

    def __init__(self, file: File, today: Day, *, large: bool) -> None:
        self.file = file
        self._faults = file.faults
        self._today, self._date, self._large = today, date.fromisoformat(today), large
        self._days: dict[str, Day] = {}
        self._ways: dict[tuple[str, str], Way] = {}
        self._places: dict[str, int] = {}
        self._by_key: dict[str, int] = {}
        self._amounts: dict[str, Paise] = {}
        self._notes: dict[str, str | None] = {}
        self._phones: dict[str, str | None] = {}
        self._rows: list[Row] = []
        self._refs: list[tuple[str, int]] = []
        self._faults_before: list[int] = []

    def read(self, source: Source, arrange: Profile, tell: Tell | None) -> bool:
        """Take all records; whether the file was read to its end."""
        lines = source.lines
        if not source.header:
            self._faults.add(1, "", "", "empty_file")
            return False
        if lines.bad:
            code, facts = lines.bad
            self._faults.add(lines.row, "", "", code, facts)
            return False
        header = lines.row
        arrangement = arrange(source.header, header, self._faults)
        if arrangement is None:
            return False
        self.file.called = arrangement.called
        whole = True
        try:
            self._check_end(self._records(source, arrangement, tell), source)
        except (UnreadableFileError, csv.Error, UnicodeDecodeError) as e:
            self.stopped(lines.row + 1, e)
            whole = False
        self._set_aside()
        self.file.count = len(self.file.rows) + len(self.file.unread)
        self.file.sha256 = source.sha256
        if not self.file.count and not self._faults.total:
            self._faults.add(header, "", "", "no_rows")
        return whole

    def _records(self, source: Source, arrangement: Arrangement, tell: Tell | None) -> list[str]:
        """The loop that every row runs through; the slow ways are methods. Gives the last row."""
        lines, pick, width = source.lines, arrangement.arrange, len(source.header)
        days, ways, places, amounts, notes = self._days, self._ways, self._places, self._amounts, self._notes
        rows, unread = self._rows, self.file.unread
        number = lines.row
        cells: list[str] = []
        for cells in source.records:
            lines.row = number = number + 1
            if not number % AT_ONCE:
                self._set_aside()
                if tell is not None:
                    tell(source.done, source.size)
            if (len(cells) != width or lines.bad) and not self._even(number, cells, source):
                continue
            cells.append("")
            typed, kind, party, amount, mode, paid, ref, note, phone = pick(cells)
            on = days.get(typed)
            if on is None:
                if not any(map(str.strip, cells)):
                    continue
                on = self._day(number, typed)
            way = ways.get((kind, mode)) or self._way(number, kind, mode)
            place = places.get(party)
            if place is None:
                place = self._place(number, party)
            paise = amounts.get(amount) or self._amount(number, amount)
            if ref:
                ref = self._ref(number, ref)
            words = (notes[note] if note in notes else self._note(number, note)) if note else None
            if phone:
                self._phone(number, place, phone)
            if way is None or paise is None or on is None or place == _UNREADABLE:
                unread.append(number)
                continue
            parts = way.parts
            if paid or place == COUNTER or way.said == "reason":
                fitting = self._fit(number, way, place, paise, paid, words)
                if fitting is None:
                    unread.append(number)
                    continue
                parts = fitting
            rows.append((number, way.place, place, on, paise, parts, ref or None, words))
        return cells

    def _set_aside(self) -> None:
        """Let go of the rows read last, once it is known which of their references stood in earlier rows."""
        file = self.file
        for nth, (place, first) in enumerate(file.rows.add_refs(self._refs)):
            ref, number = self._refs[place]
            before = self._faults_before[place] + nth
            file.faults.insert(before, number, file.column("ref"), ref, "ref_twice", {"first_row": first})
        file.rows.add(self._rows)
        for each in (self._rows, self._refs, self._faults_before):
            each.clear()

    # --- the row as a whole

    def _check_end(self, last: list[str], source: Source) -> None:
        """Of 450 a file that was cut short may have 45; only a last line with nothing in it may go without its end."""
        if source.lines.cut_off and any(map(str.strip, last)):
            shown = source.delimiter.join(last[: len(source.header)])
            self._faults.add(source.lines.row, "", _shown(shown), "no_line_end")

    def _even(self, number: int, cells: list[str], source: Source) -> bool:
        """Whether a row can be read that has a bad byte or not as many cells as the header."""
        if source.lines.bad:
            code, facts = source.lines.bad
            source.lines.bad = None
            value = next((cell for cell in cells if not _well(cell)), "")
            self._faults.add(number, "", _shown(value), code, facts)
            self.file.unread.append(number)
            return False
        if not any(map(str.strip, cells)):
            return False
        self.file.unread.append(number)
        width = len(source.header)
        facts = {"cells": len(cells), "columns": width}
        if len(cells) > width:
            self._faults.add(number, "", cells[width], "too_many_cells", facts)
        else:
            self._faults.add(number, source.header[len(cells)].strip(), "", "missing_cell", facts)
        return False

    def stopped(self, row: int, error: Exception) -> None:
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
        self._faults.add(row, "", "", code, {**facts, "stopped": True})

    def _fault(self, number: int, column: str, value: str, code: str, facts: dict[str, Any] | None = None) -> None:
        self._faults.add(number, self.file.column(column), value, code, facts)

    def _unreadable(self, number: int, column: str, fault: Unreadable) -> None:
        self._fault(number, column, fault.value, fault.code, fault.facts)

    def _filled(self, number: int, column: str, typed: str) -> bool:
        if typed.strip(BLANKS):
            return True
        self._fault(number, column, typed, "empty_cell")
        return False

    # --- its cells

    def _day(self, number: int, typed: str) -> Day | None:
        if not self._filled(number, "date", typed):
            return None
        try:
            on = parse_day(typed, self._date)
        except Unreadable as fault:
            self._unreadable(number, "date", fault)
            return None
        if on > self._today:
            self._fault(number, "date", typed, "future_day", {"on": on, "today": self._today})
            return None
        _keep(self._days, typed, on)
        self.file.first, self.file.last = min(self.file.first or on, on), max(self.file.last, on)
        return on

    def _way(self, number: int, kind: str, mode: str) -> Way | None:
        try:
            way = way_of(kind, mode)
        except Unreadable as fault:
            self._unreadable(number, "mode" if fault.code == "bad_mode" else "type", fault)
            return None
        if len(kind) + len(mode) <= _OFTEN:
            self._ways[kind, mode] = way
        return way

    def _place(self, number: int, typed: str) -> int:
        if not self._filled(number, "party", typed):
            return _UNREADABLE
        declared: Party | None = None
        said = unguarded(typed)
        if match := _NUMBER.fullmatch((ascii_digits(said) or "").strip(BLANKS)):
            declared = Party(int(match[1]))
            text = key = f"@{declared}"
        elif (key := exact_key(said)) in RESERVED:
            _keep(self._places, typed, COUNTER)
            return COUNTER
        else:
            try:
                text = clean_name(said)
            except Unreadable as fault:
                self._unreadable(number, "party", fault)
                return _UNREADABLE
        place = self._by_key.get(key)
        if place is None:
            place = self._by_key[key] = len(self.file.names)
            self.file.names.append(Name(text, key, number, declared))
        if len(typed) <= _OFTEN:
            self._places[typed] = place
        return place

    def _amount(self, number: int, typed: str) -> Paise | None:
        if not self._filled(number, "amount", typed):
            return None
        try:
            paise = parse_paise(typed, large=self._large)
        except Unreadable as fault:
            self._unreadable(number, "amount", fault)
            return None
        _keep(self._amounts, typed, paise)
        return paise

    def _ref(self, number: int, typed: str) -> str:
        """The reference, "" if there is none or it cannot be read."""
        ref = typed
        if not (typed.isalnum() and typed.isascii() and len(typed) <= LONGEST_REF):
            if not typed.strip():
                return ""
            try:
                ref = clean_ref(unguarded(typed))
            except Unreadable as fault:
                self._unreadable(number, "ref", fault)
                return ""
        self._refs.append((ref, number))
        self._faults_before.append(self._faults.total)
        return ref

    def _note(self, number: int, typed: str) -> str | None:
        words = None
        if typed.strip(BLANKS):
            try:
                words = clean_text(unguarded(typed), what="note")
            except Unreadable as fault:
                self._unreadable(number, "note", fault)
                return None
        _keep(self._notes, typed, words)
        return words

    def _phone(self, number: int, place: int, typed: str) -> None:
        if typed in self._phones:
            phone = self._phones[typed]
        else:
            try:
                phone = clean_phone(typed) if typed.strip(BLANKS) else None
            except Unreadable as fault:
                self._unreadable(number, "phone", fault)
                return
            _keep(self._phones, typed, phone)
        if place >= 0 and self.file.names[place].phone is None:
            self.file.names[place].phone = phone

    # --- cells that must fit together

    def _fit(self, number: int, way: Way, place: int, paise: Paise, paid: str, note: str | None) -> Parts | None:
        """What is paid at once of a row; None, and a fault, if its cells contradict each other."""
        if way.said == "reason" and note is None:
            self._fault(number, "note", "", "reason_missing")
            return None
        if place == COUNTER and not way.goods:
            self._fault(number, "party", "counter", "counter_has_no_khata", {"type": way.type})
            return None
        parts = way.parts
        if paid.strip(BLANKS) and not _NOTHING_PAID.fullmatch(paid.strip(BLANKS)):
            if not way.goods:
                self._fault(number, "paid", paid, "paid_not_wanted", {"type": way.type})
                return None
            try:
                parts = self._parts(paid, way)
            except Unreadable as fault:
                self._unreadable(number, "paid", fault)
                return None
        fixed = sum(part for _, part in parts if part is not None)
        facts = {"amount_paise": paise, "paid_paise": fixed}
        whole = any(part is None for _, part in parts)
        if fixed > paise:
            self._fault(number, "paid", paid, "paid_above_amount", facts)
        elif place == COUNTER and not whole and (fixed < paise if parts else way.mode == CREDIT):
            self._fault(number, "paid" if parts else "mode", paid if parts else way.mode, "counter_not_paid", facts)
        else:
            return parts
        return None

    def _parts(self, paid: str, way: Way) -> Parts:
        """`200`, `200:upi`, `all`, or several with their modes: `200:cash 100:upi`."""
        typed = paid.split()
        several = len(typed) > 1 and all(":" in part.strip(":") for part in typed)
        given = way.mode if way.mode != CREDIT else ""
        parts = []
        for text in typed if several else [paid]:
            part = parse_paid(text, large=self._large)
            mode = part.mode
            if given:
                if ":" in text and mode != given:
                    raise Unreadable("mode_twice", paid, mode=given, paid_mode=mode)
                mode = given
            parts.append((mode, part.paise))
        return tuple(parts)


def _keep(known: dict[str, _T], typed: str, value: _T) -> None:
    """Remember what a cell means, as long as there is room."""
    if len(known) < _REMEMBERED and len(typed) <= _OFTEN:
        known[typed] = value


def _shown(text: str) -> str:
    return "".join(character if _well(character) else "\ufffd" for character in text)


def _well(cell: str) -> bool:
    return "\0" not in cell and not any("\ud800" <= character <= "\udfff" for character in cell)
