"""A file against the book: what is known already, what is doubtful, what is new. Reads the views, holds no lock."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from khata.events.book import CounterAdded
from khata.grammar.text import ref_key
from khata.importing import known_rows
from khata.importing.before import NO_MORE, BroughtBefore, not_among
from khata.importing.duplicates import Duplicates
from khata.importing.faults import MOST, Faults, FileFault
from khata.importing.file import COUNTER, File
from khata.importing.file_rows import AT_ONCE, ReadRow, Signature
from khata.importing.people import NewParties, NewParty, resolve
from khata.importing.rejecting import Rejected
from khata.importing.row_types import OPENINGS, ROW_TYPES
from khata.pen import FLUSH
from khata.postings.kinds import MONEY
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
        listed: of new names that somebody looked through, by key, who it is; "" for somebody new.
        names_to: a file into which the new names are written to be looked through; None for none.
        same_rows: `refuse` refuses rows that may stand in the book.
        again: whether customers who have an account already are brought forward once more.
        dry_run: check and decide everything, record nothing.
        large: amounts up to ₹10,000 crore.
        rejects: the file to which rows go that are wrong, while the others are recorded; None: then nothing is.
        every: whether every fault is kept, and not only as many as somebody would read.
        said: what to write in place of what is wrong, as a sentence.
        profile: whose format it is; None where the header is to show it.
        mapping: heads of columns that were said for once, each with what it is.
        ignored: heads of columns that are passed over.
        words: of words of the trade for a type, ours; files that are not khata's own may use them.
        encoding: of a text file, one of `source.ENCODINGS`; None for UTF-8, or what a byte order mark says.
        keep_time: whether a time behind a day goes before the note.
        month_first: whether days such as `04/17/2026` have their month first, in the whole file.
        sheet: the name of a workbook's sheet; None where only one has rows.
    """

    new_parties: NewParties = "none"
    listed: Mapping[str, str] = field(default_factory=dict)
    names_to: Path | None = None
    same_rows: SameRows = "refuse"
    again: bool = False
    dry_run: bool = False
    large: bool = False
    rejects: Path | None = None
    every: bool = False
    said: Callable[[FileFault], str] = operator.attrgetter("code")
    profile: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    keep_time: bool = False
    month_first: bool = False
    sheet: str | None = None


@dataclass(slots=True)
class Checked:
    """What a check found, against the book as it stood at entry `upto`.

    `duplicates` are rows that are recorded already, with their entries, by row; `parties` the number of each name in
    the file. `again`: an earlier import of this very file stands, which left out the rows that are new.
    """

    upto: Seq
    faults: Faults
    duplicates: Duplicates = field(default_factory=Duplicates)
    parties: list[Party | None] = field(default_factory=list)
    added: list[NewParty] = field(default_factory=list)
    again: bool = False
    rejected: Rejected = field(default_factory=Rejected)

    def new_rows(self, file: File) -> Iterator[ReadRow]:
        """The rows that are to be recorded."""
        without = self.rejected.rows
        return (row for row in not_among(self.duplicates, file.rows) if row.number not in without)


def check(file: File, views: Cache, options: Options) -> Checked:
    """Look every row of a file up in the views."""
    upto = position_of(views.connection)
    before = BroughtBefore(file, views)
    if before.all_of(file):
        return Checked(upto, Faults(), before.rows)
    checked = Checked(upto, file.faults.without(before.rows), before.rows, again=bool(before.standing))
    places = {row.name for row in not_among(before.rows, file.rows)} if before.standing else None
    checked.parties, checked.added = resolve(file, views, options.new_parties, checked.faults, places, options.listed)
    _by_ref(file, views, checked)
    if before.standing:
        alike = _by_contents(file, views, checked, before, cancelled=True)
        checked.duplicates = Duplicates(merge(checked.duplicates, alike))
    elif options.same_rows != "record" and file.rows:
        alike = _by_contents(file, views, checked, before)
        if options.same_rows == "skip":
            checked.duplicates = Duplicates(merge(checked.duplicates, alike))
        elif alike:
            _doubt(file, alike, views, checked.faults)
    if options.same_rows != "record" and not options.again and file.openings:
        _brought_again(file, views, checked)
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
        if kind not in _HARMLESS or (ref is not None and file.rows.has_ref(ref_key(ref))):
            return False
    checked.upto = position_of(views.connection)
    return True


# A reversal may free a reference or a row, a party's name may be one of the file's; money alone changes nothing.
_HARMLESS = frozenset((*MONEY, CounterAdded.KIND))


def _by_ref(file: File, views: Cache, checked: Checked) -> None:
    """Rows whose reference is recorded: duplicates, or faults; those that are known already aside."""
    rest = not_among(checked.duplicates, file.rows)
    found, coming = Duplicates(), known_rows.on_their_way(views.connection)
    while rows := list(islice(rest, AT_ONCE)):
        keys = [ref_key(row.ref) for row in rows if row.ref is not None]
        known, gone = (known_rows.with_refs(views.connection, keys, came_back=back) for back in (False, True))
        for row in rows if known or gone or coming else ():
            ref = row.ref
            if ref is None:
                continue
            if (begun := coming.get(ref_key(ref))) is not None:
                checked.faults.add(row.number, file.column("ref"), ref, "ref_pending", {"entry": begun})
            stored, back = known.get(ref_key(ref), ()), gone.get(ref_key(ref), ())
            if not stored and not back:
                continue
            party = None if row.name == COUNTER else checked.parties[row.name]
            if party is None and row.name != COUNTER:
                continue
            said = (row.on, ROW_TYPES[row.row_type].kind, party, row.amount_paise)
            if (same := next((each for each in (*stored, *back) if each[1:] == said), None)) is not None:
                found.add(row.number, same.entry)
            elif stored:
                checked.faults.add(row.number, file.column("ref"), ref, "ref_conflict", stored[0]._asdict())
    checked.duplicates = Duplicates(merge(checked.duplicates, found)) if len(checked.duplicates) else found


def _brought_again(file: File, views: Cache, checked: Checked) -> None:
    """A fault for what is brought forward to an account that has begun by that day: with it, that would count twice.

    Nothing says on which day it stands what another program's ledgers begin with, so any entry is one too many there.
    """
    undated = (file.found or {}).get("openings_on")
    column = file.column("party") if undated is None else "OPENINGBALANCE"
    openings = (row for row in not_among(checked.duplicates, file.rows) if row.row_type in OPENINGS)
    doubted = {fault.row for fault in checked.faults.listed if fault.code == "maybe_duplicate"}
    above = set[int]()
    while rows := list(islice(openings, AT_ONCE)):
        known = known_rows.begun(views.connection, {checked.parties[row.name] for row in rows})
        for row in rows:
            party = checked.parties[row.name]
            account = known.get(party) if party is not None else None
            key = row.name if party is None else -party
            # Another program's vouchers may move an account more than once.
            twice = key in above and file.found is None
            above.add(key)
            if row.number in doubted or (account is None and not twice):
                continue
            begun = account is not None and (account.brought or account.first <= row.on)
            if twice or begun or (row.on == undated and row.ref is None):
                facts = {"amount_paise": row.amount_paise, "on": row.on}
                checked.faults.add(row.number, column, file.names[row.name].text, "brought_again", facts)


def _on_locked_days(file: File, views: Cache, checked: Checked) -> None:
    """A fault for each new row whose day is locked: a file's rows are never moved to another day."""
    upto = locked_upto(views.connection, checked.upto)
    if upto is None or not file.first or file.first > upto:
        return
    for row in not_among(checked.duplicates, file.rows):
        if row.on <= upto:
            checked.faults.add(row.number, file.column("date"), row.on, "period_locked", {"on": row.on, "upto": upto})


def _by_contents(
    file: File, views: Cache, checked: Checked, before: BroughtBefore, *, cancelled: bool = False
) -> Duplicates:
    """Rows that may stand in the book already, however that came there: as many as stand there, the first ones; by row.

    Two references that differ are two sales. Where only one of the two has one, nobody knows; so a row without may be
    any entry, and one with a reference an entry that has none. `cancelled`: what was cancelled counts, too.
    """
    days = file.first, file.last
    known = Duplicates(chain(checked.duplicates, before.as_recorded))
    bare = (_signature(row, checked) for row in file.rows if row.ref is None)
    theirs = known_rows.recorded(views.connection, *days, with_ref=True, cancelled=cancelled)
    found = file.rows.pairs(bare, theirs, known)
    every = (_signature(row, checked) for row in file.rows)
    theirs = known_rows.recorded(views.connection, *days, with_ref=False, cancelled=cancelled)
    more = file.rows.pairs(every, theirs, Duplicates(chain(known, found)))
    return Duplicates(merge(found, more))


def _signature(row: ReadRow, checked: Checked) -> Signature:
    """A row as a Known has it; a name that could not be found is nobody's."""
    party = None if row.name == COUNTER else checked.parties[row.name] or _NOBODY
    return (row.number, row.on, ROW_TYPES[row.row_type].kind, party, row.amount_paise)


_NOBODY = Party(-1)


def _doubt(file: File, pairs: Sequence[tuple[int, Seq]], views: Cache, faults: Faults) -> None:
    """A fault for each row that may stand in the book."""
    how = known_rows.how_recorded(views.connection, (entry for _, entry in pairs[:MOST]))
    alike = iter(pairs)
    number, entry = next(alike, NO_MORE)
    for row in file.rows if number < NO_MORE[0] else ():
        if row.number != number:
            continue
        shown = "counter" if row.name == COUNTER else file.names[row.name].text
        facts = {"entry": entry, "type": ROW_TYPES[row.row_type].type, "amount_paise": row.amount_paise, "on": row.on}
        facts |= {"typed": True} if how.get(entry) == "typed" else {}
        faults.add(number, "", shown, "maybe_duplicate", facts)
        number, entry = next(alike, NO_MORE)


def commands(file: File, checked: Checked) -> Iterator[Command]:
    """What is to be recorded: the beginning, and then the rows, some hundred at a time, made when it is their turn."""
    yield StartImport(
        sha256=file.sha256,
        rows=file.count,
        file=file.name,
        checked_upto=checked.upto,
        profile=file.profile,
        again=checked.again,
    )
    parties = [*checked.parties, None]  # COUNTER is -1: the last
    added = {new.place: Named(new.name, add=True, phone=new.phone) for new in checked.added}
    rows, terms = list[FileRow](), dict[Party, int | None]()
    for row in checked.new_rows(file):
        new = added.pop(row.name, None) if added else None
        words = {_SAID[row.row_type]: row.note} if row.note else None
        rows.append(FileRow(row.number, row.on, ROW_TYPES[row.row_type].make(row, parties[row.name]), words, new))
        # What follows is decided once the party is declared.
        if new is not None or len(rows) == FLUSH:
            yield RecordRows(rows=rows, terms=terms)
            rows = []
    if rows:
        yield RecordRows(rows=rows, terms=terms)


_SAID = [row_type.said for row_type in ROW_TYPES]
