"""Cells into values: every row of a file read by the grammar, faults collected. Asks nothing of the book.

Days, parties and notes are read once for each distinct text: a hundred thousand rows hold a few hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from khata.events.money import PaymentReceived
from khata.grammar.amounts import parse_paise, plain_paise
from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_paid
from khata.grammar.spreadsheet import number_in, unguarded
from khata.grammar.text import LONGEST_REF, RESERVED, clean_name, clean_phone, clean_ref, clean_text, ref_key
from khata.importing.below import line_of
from khata.importing.columns import COLUMNS, Cells
from khata.importing.days import FileDays
from khata.importing.detecting import detected
from khata.importing.faults import LISTED, Faults, FileChanged
from khata.importing.file import COUNTER, File, Name
from khata.importing.file_rows import AT_ONCE, Parts, ReadRow, Reference
from khata.importing.journal_accounts import Accounts
from khata.importing.opening import AnySource, opened
from khata.importing.profile import EXPORT, JOURNALS, KHATA, TableProfile
from khata.importing.profile import profile as of_kind
from khata.importing.row_types import CREDIT, OPENINGS, ROW_TYPES, RowType, row_type_of
from khata.importing.source import Tell
from khata.importing.table import STOPS, FileTable, Numbered, stopped
from khata.importing.words import TOTAL
from khata.names import exact_key
from khata.units import Day, Paise, Party

_UNREADABLE = -2
_T = TypeVar("_T")
_REMEMBERED = 1 << 14
_OFTEN = 64
"""Characters of a cell that may come again: a longer one hardly does."""
_NUMBER = re.compile("@0*([1-9][0-9]{0,14})")
_NOTHING_PAID = re.compile(r"0+(?:\.0{1,2})?")


class Manner(NamedTuple):
    """How cells are read.

    Attributes:
        large: take amounts up to ₹10,000 crore.
        encoding: of a text file, one of `source.ENCODINGS`; None for UTF-8, or what a byte order mark says.
        keep_time: whether a time behind a day goes before the note.
        words: of words of the trade for a type, ours.
        sheet: the name of a workbook's sheet; None where only one has rows.
        month_first: whether `04/17/2026` was said to have its month first.
        accounts: what was said of a journal, and of its accounts.
    """

    large: bool = False
    encoding: str | None = None
    keep_time: bool = False
    words: Mapping[str, str] = {}
    sheet: str | None = None
    month_first: bool = False
    accounts: Accounts | None = None


def read_file(
    path: str,
    today: Day,
    chosen: TableProfile | None,
    how: Manner | None = None,
    tell: Tell | None = None,
    most: int = LISTED,
) -> File:
    """Read a file to its end.

    Args:
        path: a regular file, or `-` for standard input.
        today: the day in the book's zone; later days are faults.
        chosen: whose file it is; None where its header is to show it.
        how: see there.
        tell: is told how far the reading is.
        most: faults that are kept whole.

    Raises:
        NoFile, NotAFile: it cannot be opened.
        FileChanged: another program wrote to it meanwhile.
        DiskError: the machine would not read it, or had no room for its rows.
    """
    how = how or Manner()
    file = File(faults=Faults(most), encoding=how.encoding, sheet=how.sheet, accounts=how.accounts)
    reader = RowReader(file, today, large=how.large, month_first=how.month_first)
    row = 1
    try:
        with opened(path, how.encoding, today, tell, how.sheet, how.accounts) as source:
            file.name, row, file.found = source.name, source.lines.row, source.found
            table = FileTable(source, file, tell)
            profile = of_kind(source.profile) if source.profile else chosen or detected(source, file)
            if table.arranged(profile.spoken(how.words), keep_time=how.keep_time):
                _take(reader, table, source)
            if source.has_changed(whole=table.whole):
                raise FileChanged(path=path)
    except STOPS as e:
        # Raised before the first row was read: the header itself.
        stopped(file.faults, row, e)
    return file


def _take(reader: RowReader, table: FileTable, source: AnySource) -> None:
    """Read the rows under a header, as far as that goes."""
    file, header = reader.file, source.lines.row
    try:
        reader.read(table)
    except STOPS as e:
        stopped(file.faults, source.lines.row + 1, e)
    reader.ended()
    file.sha256 = source.sha256
    if not file.count and not file.faults.total:
        file.faults.add(header, "", "", "no_rows", {"what": "journal"} if file.profile in JOURNALS else {})


def first_rows(file: File, count: int = 3) -> list[dict[str, object]]:
    """The first rows of a file as they were read: day, type, party and paise."""
    return [
        {
            "on": row.on,
            "type": ROW_TYPES[row.row_type].type,
            "party": None if row.name == COUNTER else file.names[row.name].text,
            "amount_paise": row.amount_paise,
        }
        for row in islice(file.rows, count)
    ]


_FORMULA_ERRORS = ("#n/a", "#null!", "#ref!", "#value!", "#name?", "#div/0!")
PLACEHOLDERS = frozenset(
    (*_FORMULA_ERRORS, "nan", "null", "none", "nil", "undefined", "(blank)", "n/a", "n.a.", "-", "--")
)
"""What spreadsheets and programs write where there is nothing: no name, no reference and no number of a phone."""

_NO_PAISE = Paise(0)

_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}")
_FLOAT = re.compile(r"([0-9]+)\.0+")
_FORMULA_TEXT = re.compile(r'^="(.*)"$')
_BREAKS = re.compile(r"[\t\r\n]+")
"""What somebody presses in a cell to go on below: in a note it parts words, and no more."""


def _bare_ref(typed: str) -> str:
    """A reference without what a spreadsheet or a program puts around it.

    >>> [_bare_ref(each) for each in ('="B-1"', "'B-1", "=431598712004", "431598712004.0", "'=1+1", " B 1 ")]
    ['B-1', 'B-1', '431598712004', '431598712004', '=1+1', 'B 1']
    """
    said = typed.strip()
    if (bare := unguarded(said)) != said:  # khata put that there: what stands behind it is as it was
        return bare
    said = _FORMULA_TEXT.sub(r"\1", said).lstrip("'")
    said = said[1:] if said[:1] == "=" and said[1:].isalnum() else said
    return _FLOAT.sub(r"\1", said) if _FLOAT.fullmatch(said) else said


class RowReader:
    """Reads rows into a File."""

    def __init__(self, file: File, today: Day, *, large: bool, month_first: bool = False) -> None:
        self.file = file
        self._faults = file.faults
        self._large = large
        self._days: dict[str, Day] = {}
        self._row_types: dict[tuple[str, str], RowType] = {}
        self._places: dict[str, int] = {}
        self._by_key: dict[str, int] = {}
        self._amounts: dict[str, Paise] = {}
        self._notes: dict[str, str | None] = {}
        self._phones: dict[str, str | None] = {}
        self._rows: list[ReadRow] = []
        self._refs: list[tuple[str, int]] = []
        self._faults_before: list[int] = []
        self._all_days = FileDays(file, today, turned=month_first)

    def read(self, rows: Iterable[Numbered]) -> None:
        """Take all rows: the loop that each runs through; the slow ways are methods."""
        days, row_types, places, amounts, notes = self._days, self._row_types, self._places, self._amounts, self._notes
        found, unread, doubtful = self._rows, self.file.unread, self._all_days.doubtful
        aside = AT_ONCE
        for number, cells in rows:
            if number >= aside:
                aside = number + AT_ONCE
                self._set_aside()
            typed, kind, party, amount, mode, paid, ref, note, phone, discount = cells
            on = days.get(typed)
            if on is None:
                if not any(map(str.strip, cells)):
                    continue
                if (why := self._no_entry(typed, cells)) is not None:
                    self.file.pass_over(number, why)
                    continue
                on = self._day(number, typed)
            row_type = row_types.get((kind, mode)) or self._row_type(number, kind, mode)
            place = places.get(party)
            if place is None:
                place = self._place(number, party)
            paise = plain_paise(amount) or amounts.get(amount) or self._amount(number, amount)
            ref = self._ref(number, ref) if ref else ref
            words = (notes[note] if note in notes else self._note(number, note)) if note else None
            if phone:
                self._phone(number, place, phone)
            if row_type is None or paise is None or on is None or place == _UNREADABLE:
                unread.append(number)
                continue
            parts = row_type.parts
            if paid or place == COUNTER or row_type.said == "reason":
                fitting = self._fit(number, row_type, place, paise, paid, words)
                if fitting is None:
                    unread.append(number)
                    continue
                parts = fitting
            less = self._discount(number, row_type, discount) if discount else _NO_PAISE
            if less is None:
                unread.append(number)
                continue
            if typed in doubtful:
                self._all_days.meet(number, typed)
            found.append(ReadRow(number, row_type.place, place, on, paise, parts, ref or None, words, less))

    def ended(self) -> None:
        """Set aside what is left, look once more at all days, and count."""
        self._set_aside()
        for number, first in self.file.rows.alike():
            self.file.worth_a_look.note(number, "", "", "same_row", {"first_row": first})
        self._all_days.doubt()
        self.file.count = len(self.file.rows) + len(self.file.unread)

    def _set_aside(self) -> None:
        """Let go of the rows read last, once it is known which of their references stood in earlier rows."""
        file = self.file
        for nth, (place, first) in enumerate(file.rows.add_refs(self._references())):
            ref, number = self._refs[place]
            before = self._faults_before[place] + nth
            file.faults.insert(before, number, file.column("ref"), ref, "ref_twice", {"first_row": first})
        file.rows.add_marks(
            {
                row.number: hash((row.row_type, row.name, row.on, row.amount_paise, row.paid, row.note))
                for row in self._rows
                if row.ref is None
            }
        )
        self._all_days.count(row.on for row in self._rows)
        file.openings = file.openings or any(row.row_type in OPENINGS for row in self._rows)
        file.rows.add(self._rows)
        for each in (self._rows, self._refs, self._faults_before):
            each.clear()

    def _references(self) -> list[Reference]:
        """The references that were read last. In khata's own table payments under one are shares of one payment."""
        rows = self._rows if self.file.profile == EXPORT.name else ()
        payers = {row.number: row.name for row in rows if ROW_TYPES[row.row_type].kind == PaymentReceived.KIND}
        return [Reference(ref_key(ref), number, payers.get(number)) for ref, number in self._refs]

    def _no_entry(self, typed: str, cells: Cells) -> str | None:
        """Why a row without a day is passed over: it sums up those above it, or is a line below them; else None."""
        if (not typed.strip() or TOTAL.match(typed)) and any(map(TOTAL.match, cells)):
            return ""
        return line_of(cells, typed, cells[COLUMNS.index("party")], [cells[COLUMNS.index("amount")]])

    def _discount(self, number: int, row_type: RowType, typed: str) -> Paise | None:
        """What was let go with a payment; 0 for none, None and a fault where it cannot be read."""
        said = typed.strip(BLANKS)
        if not said or _NOTHING_PAID.fullmatch(said):
            return _NO_PAISE
        if row_type.kind != PaymentReceived.KIND:
            self._fault(number, "discount", typed, "discount_not_wanted", {"type": row_type.type})
            return None
        try:
            return parse_paise(number_in(typed), large=self._large)
        except Unreadable as fault:
            self._fault(number, "discount", typed, fault.code, fault.facts)
            return None

    # --- what is wrong with it

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
        on = self._all_days.read(number, typed)
        if on is not None:
            _keep(self._days, typed, on)
        return on

    def _row_type(self, number: int, kind: str, mode: str) -> RowType | None:
        try:
            row_type = row_type_of(kind, mode)
        except Unreadable as fault:
            own = {"what": "own"} if fault.code == "bad_type" and self.file.profile == KHATA.name else {}
            column = "mode" if fault.code == "bad_mode" else "type"
            self._fault(number, column, fault.value, fault.code, fault.facts | own)
            return None
        if len(kind) + len(mode) <= _OFTEN:
            self._row_types[kind, mode] = row_type
        return row_type

    def _place(self, number: int, typed: str) -> int:
        if not self._filled(number, "party", typed):
            return _UNREADABLE
        declared: Party | None = None
        said = unguarded(typed)
        if said.strip(BLANKS).casefold() in PLACEHOLDERS:
            self._fault(number, "party", typed, "placeholder")
            return _UNREADABLE
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
            paise = parse_paise(number_in(typed), large=self._large)
        except Unreadable as fault:
            self._fault(number, "amount", typed, fault.code, fault.facts)
            return None
        _keep(self._amounts, typed, paise)
        return paise

    def _ref(self, number: int, typed: str) -> str:
        """The reference, "" if there is none or it cannot be read."""
        ref = typed
        if not (typed.isalnum() and typed.isascii() and len(typed) <= LONGEST_REF):
            # What khata exported has nothing around it but its own guard.
            said = unguarded(typed.strip()) if self.file.profile == EXPORT.name else _bare_ref(typed)
            if not said or said.casefold() in PLACEHOLDERS:
                return ""
            try:
                ref = clean_ref(said)
            except Unreadable as fault:
                self._unreadable(number, "ref", fault)
                return ""
            if _SHORTENED.fullmatch(ref):
                self._fault(number, "ref", typed, "shortened_ref")
                return ""
        elif typed.casefold() in PLACEHOLDERS:
            return ""
        self._refs.append((ref, number))
        self._faults_before.append(self._faults.total)
        return ref

    def _note(self, number: int, typed: str) -> str | None:
        words = None
        if typed.strip(BLANKS):
            try:
                words = clean_text(_BREAKS.sub(" ", unguarded(typed)), what="note")
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
                said = typed.strip(BLANKS)
                phone = clean_phone(typed) if said and said.casefold() not in PLACEHOLDERS else None
            except Unreadable as fault:
                if self.file.found is None:
                    self._unreadable(number, "phone", fault)
                else:  # nobody can mend it there, and the customer comes without it
                    self.file.worth_a_look.note(number, "phone", typed, "phone_left_out", {})
                return
            _keep(self._phones, typed, phone)
        if place >= 0 and self.file.names[place].phone is None:
            self.file.names[place].phone = phone

    # --- cells that must fit together

    def _fit(
        self, number: int, row_type: RowType, place: int, paise: Paise, paid: str, note: str | None
    ) -> Parts | None:
        """What is paid at once of a row; None, and a fault, if its cells contradict each other."""
        if row_type.said == "reason" and note is None:
            self._fault(number, "note", "", "reason_missing")
            return None
        if place == COUNTER and not row_type.goods:
            self._fault(number, "party", "counter", "counter_has_no_khata", {"type": row_type.type})
            return None
        parts, paid = row_type.parts, number_in(paid)
        if paid.strip(BLANKS) and not _NOTHING_PAID.fullmatch(paid.strip(BLANKS)):
            if not row_type.goods:
                self._fault(number, "paid", paid, "paid_not_wanted", {"type": row_type.type})
                return None
            try:
                parts = self._parts(paid, row_type)
            except Unreadable as fault:
                self._unreadable(number, "paid", fault)
                return None
        fixed = sum(part for _, part in parts if part is not None)
        facts = {"amount_paise": paise, "paid_paise": fixed}
        whole = any(part is None for _, part in parts)
        if fixed > paise:
            self._fault(number, "paid", paid, "paid_above_amount", facts)
        elif place == COUNTER and not whole and (fixed < paise if parts else row_type.mode == CREDIT):
            self._fault(
                number, "paid" if parts else "mode", paid if parts else row_type.mode, "counter_not_paid", facts
            )
        else:
            return parts
        return None

    def _parts(self, paid: str, row_type: RowType) -> Parts:
        """`200`, `200:upi`, `all`, or several with their modes: `200:cash 100:upi`."""
        typed = paid.split()
        several = len(typed) > 1 and all(":" in part.strip(":") for part in typed)
        given = row_type.mode if row_type.mode != CREDIT else ""
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
