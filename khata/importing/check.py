"""A file against the book: what is known already, what is doubtful, what is new. Reads the views, holds no lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from khata.events.book import CounterAdded
from khata.events.money import MONEY
from khata.importing.faults import Faults
from khata.importing.people import NewParties, NewParty, resolve
from khata.importing.rows import COUNTER, File
from khata.importing.ways import Row
from khata.rules.base import Command, Named, Who
from khata.rules.importing import StartImport
from khata.units import Party, Seq
from khata.views import known_rows
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
        profile: whose format it is.
    """

    new_parties: NewParties = "none"
    same_rows: SameRows = "refuse"
    dry_run: bool = False
    large: bool = False
    profile: str = "khata"


@dataclass(slots=True)
class Checked:
    """What a check found, against the book as it stood at entry `upto`.

    `duplicates` are rows that are recorded already, with their entries; `parties` the number of each name in the file.
    """

    upto: Seq
    faults: Faults
    duplicates: list[tuple[int, Seq]] = field(default_factory=list)
    parties: list[Party | None] = field(default_factory=list)
    added: list[NewParty] = field(default_factory=list)


def check(file: File, views: Cache, options: Options) -> Checked:
    """Look every row of a file up in the views."""
    upto = position_of(views.connection)
    before = known_rows.import_of(views.connection, file.sha256)
    if before is not None:
        return Checked(upto, Faults(), _all_known(file, views, before))
    checked = Checked(upto, file.faults.copy())
    checked.parties, checked.added = resolve(file, views, options.new_parties, checked.faults)
    matched = _by_ref(file, views, checked)
    if options.same_rows != "record" and known_rows.has_imports(views.connection) and file.rows:
        _by_contents(file, views, checked, matched, skip=options.same_rows == "skip")
    checked.duplicates.sort()
    return checked


def still_holds(checked: Checked, file: File, views: Cache, most: int = 1000) -> bool:
    """Whether what was recorded since the check leaves it as it is; `upto` is moved on then.

    Sales and payments of other counters do, so that an import is not kept from its turn by a busy shop.
    """
    entries = known_rows.since(views.connection, checked.upto, most)
    if len(entries) == most:
        return False
    for kind, ref in entries:
        if kind not in _HARMLESS or (ref is not None and ref in file.refs):
            return False
    checked.upto = position_of(views.connection)
    return True


# A reversal may free a reference or a row, a party's name may be one of the file's; money alone changes nothing.
_HARMLESS = frozenset(event.KIND for event in (*MONEY, CounterAdded))


def _all_known(file: File, views: Cache, before: Seq) -> list[tuple[int, Seq]]:
    """Every row with its entry; a row that was a duplicate then stands where its reference does."""
    entries = known_rows.entries_of(views.connection, before)
    if len(entries) < file.count:
        refs = known_rows.with_refs(views.connection, file.refs)
        for ref, row in file.refs.items():
            if row not in entries and ref in refs:
                entries[row] = refs[ref].entry
    return [(row, entries.get(row, before)) for row in file.numbers]


def _by_ref(file: File, views: Cache, checked: Checked) -> set[Seq]:
    """Rows whose reference is recorded: duplicates, or faults. Returns the entries that they are."""
    known = known_rows.with_refs(views.connection, file.refs)
    matched: set[Seq] = set()
    if not known:
        return matched
    for row in file.rows:
        ref = row[6]
        if ref is None or (stored := known.get(ref)) is None:
            continue
        party = None if row[2] == COUNTER else checked.parties[row[2]]
        if party is None and row[2] != COUNTER:
            continue
        if (stored.on, stored.kind, stored.party, stored.amount_paise) == (row[3], row[1].kind, party, row[4]):
            matched.add(stored.entry)
            checked.duplicates.append((row[0], stored.entry))
        else:
            facts = stored._asdict()
            checked.faults.add(row[0], file.column("ref"), ref, "ref_conflict", facts)
    return matched


def _by_contents(file: File, views: Cache, checked: Checked, matched: set[Seq], *, skip: bool) -> None:
    """Rows without a reference that another file may have brought: as many as stand in the book, the first ones."""
    days = [row[3] for row in file.rows]
    wanted = {_key(row, checked) for row in file.rows if row[6] is None}
    stored: dict[tuple[object, ...], list[Seq]] = {}
    for known in known_rows.imported(views.connection, min(days), max(days)):
        key = known[1:]
        if key in wanted and known.entry not in matched:
            stored.setdefault(key, []).append(known.entry)
    if not stored:
        return
    for entries in stored.values():
        entries.reverse()
    for row in file.rows:
        entries = stored.get(_key(row, checked), []) if row[6] is None else []
        if not entries:
            continue
        entry = entries.pop()
        if skip:
            checked.duplicates.append((row[0], entry))
        else:
            facts = {"entry": entry, "type": row[1].type, "amount_paise": row[4], "on": row[3]}
            checked.faults.add(row[0], "", _shown(file, row), "maybe_duplicate", facts)


def _key(row: Row, checked: Checked) -> tuple[object, ...]:
    """Day, kind, party and amount, as a Known has them; a name that could not be found is nobody's."""
    place = row[2]
    party = None if place == COUNTER else checked.parties[place] or -1
    return (row[3], row[1].kind, party, row[4])


def _shown(file: File, row: Row) -> str:
    return "counter" if row[2] == COUNTER else file.names[row[2]].text


def commands(file: File, checked: Checked, options: Options) -> Iterator[Command]:
    """What is to be recorded, row by row, each command made when it is its turn."""
    yield StartImport(
        sha256=file.sha256, rows=file.count, file=file.name, checked_upto=checked.upto, profile=options.profile
    )
    known = {row for row, _ in checked.duplicates}
    who: list[Who | None] = [*checked.parties, None]  # COUNTER is -1: the last
    for new in checked.added:
        who[new.place] = Named(new.name, add=True, phone=new.phone)
    numbers = {new.place: new.number for new in checked.added}
    for row in file.rows:
        if row[0] in known:
            continue
        place = row[2]
        party = who[place]
        if type(party) is Named:
            # Declared by this row, it has from the next one on the number that the check foresaw: nothing came between.
            who[place] = numbers[place]
        yield row[1].make(party, row)
