"""A file against the book: what is known already, what is doubtful, what is new. Reads the views, holds no lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Literal

from khata.events.book import CounterAdded
from khata.importing import known_rows
from khata.importing.duplicates import Duplicates
from khata.importing.faults import LISTED, Faults
from khata.importing.file import COUNTER, File
from khata.importing.file_rows import ReadRow, Signature
from khata.importing.people import NewParties, NewParty, resolve
from khata.importing.row_types import ROW_TYPES
from khata.pen import FLUSH
from khata.postings.kinds import MONEY
from khata.questions import imports
from khata.questions.imports import CorrectedRow
from khata.questions.locks import locked_upto
from khata.rules.base import Command, Named
from khata.rules.importing import FileRow, RecordRows, StartImport
from khata.units import Party, Seq
from khata.views.cache import Cache
from khata.views.cut import position_of

SameRows = Literal["refuse", "skip", "record"]
"""What becomes of rows without a reference that look like rows which another file brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a file is to be taken.

    Attributes:
        new_parties: `none` refuses names that nobody has.
        same_rows: `refuse` refuses rows that may stand in the book.
        dry_run: check and decide everything, record nothing.
        large: amounts up to ₹10,000 crore.
        profile: whose format it is; None where the header is to show it.
        mapping: heads of columns that were said for once, each with what it is.
        ignored: heads of columns that are passed over.
        words: of words of the trade for a type, ours; files that are not khata's own may use them.
        encoding: of a text file, one of `source.ENCODINGS`; None for UTF-8, or what a byte order mark says.
        keep_time: whether a time behind a day goes before the note.
    """

    new_parties: NewParties = "none"
    same_rows: SameRows = "refuse"
    dry_run: bool = False
    large: bool = False
    profile: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    keep_time: bool = False


@dataclass(slots=True)
class Checked:
    """What a check found, against the book as it stood at entry `upto`.

    `duplicates` are rows that are recorded already, with their entries, by row; `parties` the number of each name in
    the file. `put_right` are those of the duplicates that this very file had brought before: that import was taken
    back, and they stand all the same, as somebody had corrected them.
    """

    upto: Seq
    faults: Faults
    duplicates: Duplicates = field(default_factory=Duplicates)
    put_right: Sequence[CorrectedRow] = ()
    parties: list[Party | None] = field(default_factory=list)
    added: list[NewParty] = field(default_factory=list)


def check(file: File, views: Cache, options: Options) -> Checked:
    """Look every row of a file up in the views."""
    upto = position_of(views.connection)
    before = imports.begun_by(views.connection, file.sha256)
    standing = next((each for each in before if imports.stands(views.connection, each)), None)
    if standing is not None:
        return Checked(upto, Faults(), _all_known(file, views, standing, before))
    checked = Checked(upto, file.faults.copy(), put_right=_put_right(views, before))
    checked.parties, checked.added = resolve(file, views, options.new_parties, checked.faults)
    _by_ref(file, views, checked)
    if options.same_rows != "record" and file.rows:
        alike = _by_contents(file, views, checked)
        if options.same_rows == "skip":
            checked.duplicates = Duplicates(merge(checked.duplicates, alike))
        elif alike:
            _doubt(file, alike, views, checked.faults)
    _on_locked_days(file, views, checked)
    return checked


def still_holds(checked: Checked, file: File, views: Cache, most: int = 1000) -> bool:
    """Whether what was recorded since the check leaves it as it is; `upto` is moved on then.

    Sales and payments of other counters do, so that an import is not kept from its turn by a busy shop.
    """
    entries = known_rows.since(views.connection, checked.upto, most)
    if len(entries) == most:
        return False
    for kind, ref in entries:
        if kind not in _HARMLESS or (ref is not None and file.rows.has_ref(ref)):
            return False
    checked.upto = position_of(views.connection)
    return True


# A reversal may free a reference or a row, a party's name may be one of the file's; money alone changes nothing.
_HARMLESS = frozenset((*MONEY, CounterAdded.KIND))


def _put_right(views: Cache, before: Iterable[Seq]) -> list[CorrectedRow]:
    """Of imports that were taken back, the rows that stand all the same, as somebody had corrected them; by row."""
    rows: dict[int, CorrectedRow] = {}
    for each in before:
        rows |= {found.row: found for found in imports.corrected(views.connection, each, imports.NOW)}
    return [rows[row] for row in sorted(rows)]


def _stands_as(corrected: Iterable[CorrectedRow]) -> Iterator[tuple[int, Seq]]:
    """The rows, each with the entry that stands for it."""
    return ((each.row, each.entry) for each in corrected)


def _all_known(file: File, views: Cache, standing: Seq, every: Iterable[Seq]) -> Duplicates:
    """Every row with its entry; a row that was a duplicate then stands where its reference does, or was corrected."""
    if file.rows.find(imports.rows_of(views.connection, standing)) < file.count:
        file.rows.find(_stands_as(_put_right(views, every)))
        file.rows.find(known_rows.found_by_ref(views.connection, file.rows.refs()))
    numbers = merge((row.number for row in file.rows), file.unread)
    return Duplicates((number, entry or standing) for number, entry in _beside(numbers, file.rows.found()))


def _beside(numbers: Iterable[int], entries: Iterable[tuple[int, Seq]]) -> Iterator[tuple[int, Seq | None]]:
    """Each row with its entry, where it has one; both come by row."""
    rest = iter(entries)
    row, entry = next(rest, _NO_MORE)
    for number in numbers:
        while row < number:
            row, entry = next(rest, _NO_MORE)
        yield number, entry if row == number else None


_NO_MORE = (1 << 62, Seq(0))


def _by_ref(file: File, views: Cache, checked: Checked) -> None:
    """Rows whose reference is recorded: duplicates, or faults; those that are known already aside."""
    right = dict(_stands_as(checked.put_right))
    found = Duplicates()
    for rows in file.rows.portions():
        known = known_rows.with_refs(views.connection, (row.ref for row in rows if row.ref is not None))
        for row in rows if known else ():
            ref = row.ref
            if ref is None or (stored := known.get(ref)) is None or row.number in right:
                continue
            party = None if row.name == COUNTER else checked.parties[row.name]
            if party is None and row.name != COUNTER:
                continue
            if stored[1:] == (row.on, ROW_TYPES[row.row_type].kind, party, row.amount_paise):
                found.add(row.number, stored.entry)
            else:
                checked.faults.add(row.number, file.column("ref"), ref, "ref_conflict", stored._asdict())
    checked.duplicates = Duplicates(merge(right.items(), found)) if right else found


def _on_locked_days(file: File, views: Cache, checked: Checked) -> None:
    """A fault for each new row whose day is locked: a file's rows are never moved to another day."""
    upto = locked_upto(views.connection, checked.upto)
    if upto is None or not file.first or file.first > upto:
        return
    known = iter(checked.duplicates)
    duplicate, _ = next(known, _NO_MORE)
    for row in file.rows:
        if row.number == duplicate:
            duplicate, _ = next(known, _NO_MORE)
        elif row.on <= upto:
            checked.faults.add(row.number, file.column("date"), row.on, "period_locked", {"on": row.on, "upto": upto})


def _by_contents(file: File, views: Cache, checked: Checked) -> list[tuple[int, Seq]]:
    """Rows that may stand in the book already, however that came there: as many as stand there, the first ones; by row.

    Two references that differ are two sales. Where only one of the two has one, nobody knows; so a row without may be
    any entry, and one with a reference an entry that has none.
    """
    days = file.first, file.last
    known = [*checked.duplicates, *((row, of) for row, of, _ in checked.put_right)]
    bare = (_signature(row, checked) for row in file.rows if row.ref is None)
    theirs = known_rows.recorded(views.connection, *days, with_ref=True)
    found = file.rows.pairs(bare, theirs, known)
    every = (_signature(row, checked) for row in file.rows)
    theirs = known_rows.recorded(views.connection, *days, with_ref=False)
    return sorted(found + file.rows.pairs(every, theirs, [*known, *found]))


def _signature(row: ReadRow, checked: Checked) -> Signature:
    """A row as a Known has it; a name that could not be found is nobody's."""
    party = None if row.name == COUNTER else checked.parties[row.name] or _NOBODY
    return (row.number, row.on, ROW_TYPES[row.row_type].kind, party, row.amount_paise)


_NOBODY = Party(-1)


def _doubt(file: File, pairs: Sequence[tuple[int, Seq]], views: Cache, faults: Faults) -> None:
    """A fault for each row that may stand in the book."""
    how = known_rows.how_recorded(views.connection, (entry for _, entry in pairs[:LISTED]))
    alike = iter(pairs)
    number, entry = next(alike, _NO_MORE)
    for row in file.rows if number < _NO_MORE[0] else ():
        if row.number != number:
            continue
        shown = "counter" if row.name == COUNTER else file.names[row.name].text
        facts = {"entry": entry, "type": ROW_TYPES[row.row_type].type, "amount_paise": row.amount_paise, "on": row.on}
        facts |= {"typed": True} if how.get(entry) == "typed" else {}
        faults.add(number, "", shown, "maybe_duplicate", facts)
        number, entry = next(alike, _NO_MORE)


def commands(file: File, checked: Checked) -> Iterator[Command]:
    """What is to be recorded: the beginning, and then the rows, some hundred at a time, made when it is their turn."""
    yield StartImport(
        sha256=file.sha256, rows=file.count, file=file.name, checked_upto=checked.upto, profile=file.profile
    )
    known = iter(checked.duplicates)
    duplicate, _ = next(known, _NO_MORE)
    parties = [*checked.parties, None]  # COUNTER is -1: the last
    added = {new.place: Named(new.name, add=True, phone=new.phone) for new in checked.added}
    rows: list[FileRow] = []
    for row in file.rows:
        if row.number == duplicate:
            duplicate, _ = next(known, _NO_MORE)
            continue
        new = added.pop(row.name, None) if added else None
        words = {_SAID[row.row_type]: row.note} if row.note else None
        rows.append(FileRow(row.number, row.on, ROW_TYPES[row.row_type].make(row, parties[row.name]), words, new))
        # What follows is decided once the party is declared.
        if new is not None or len(rows) == FLUSH:
            yield RecordRows(rows=rows)
            rows = []
    if rows:
        yield RecordRows(rows=rows)


_SAID = [row_type.said for row_type in ROW_TYPES]
