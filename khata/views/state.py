"""What the rules may ask while entries are being recorded: the views as far as they reach, the tail in memory.

It satisfies the rules' `Facts` by shape. The views are only read; what is appended meanwhile is folded into
dictionaries laid over them.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from khata import names
from khata.events.base import Recorded
from khata.events.book import BookOpened, CopyAdopted, CounterAdded, DetailErased, FormatRaised, ImportStarted
from khata.events.money import MONEY, EntryReversed
from khata.events.party import PartyAdded, PartyChanged
from khata.log.book import Reading
from khata.log.chain import Head
from khata.log.errors import BookBrokenError, ViewsDifferError
from khata.postings.base import PARTY
from khata.postings.of_event import from_book, postings
from khata.units import LARGEST, At, Day, Party, Seq
from khata.views.balances import check
from khata.views.cut import first_lost, head_of
from khata.views.parties import highest_party
from khata.views.stored import event_of, recorded_by, words_in

LATELY = 300
"""Entries at the end of the book among which a slip of the hand is looked for: many times two minutes' worth."""


_NOTHING = (0, 0)


@dataclass(slots=True)
class PartyState:
    """A party as the rules see it; paise, the balance positive when the party owes the shop."""

    record: Mapping[str, Any] = field(default_factory=dict)
    balance_paise: int = 0
    largest_paise: int = 0
    forgotten: bool = False

    @property
    def name(self) -> str | None:
        """The name, None once forgotten."""
        return self.record.get("name")


class State:
    """The book's facts at its head.

    Args:
        connection: the views.
        reading: the book, held by the caller.
        today: the business day of the clock.
        at: the instant at which what follows is recorded.
        by: the counter that records, 8 hex; set once the book has been asked for it.
    """

    def __init__(self, connection: sqlite3.Connection, reading: Reading, today: Day, at: At, by: str = "") -> None:
        self._views = connection
        self._reading = reading
        self._recorded = recorded_by(reading)
        self._earlier = from_book(self._found)
        self.today, self.at, self.by = today, at, by
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        self.opened_on: Day | None = Day(meta["opened_on"]) if "opened_on" in meta else None
        self.min_writer = int(meta.get("min_writer", 1))
        self.book = str(meta.get("book", ""))
        self.importing: Seq | None = None
        self.missed: Head | None = None
        self.lost = first_lost(connection)
        rows = connection.execute("SELECT account, debit_paise, credit_paise FROM total")
        self.totals: dict[str, Sequence[int]] = {account: both for account, *both in rows}
        self.largest_sum_paise = max((max(both) for both in self.totals.values()), default=0)
        position = head_of(connection)
        self.head = self._base = position.seq
        self._parties: dict[Party, PartyState | None] = {}
        self._added: dict[str, list[Party]] = {}
        self._renamed: set[Party] = set()
        self._reversed: dict[Seq, Seq] = {}
        rows = connection.execute(
            "SELECT party, kind, amount_paise, by, seq, at FROM entry WHERE seq > ? AND amount_paise IS NOT NULL"
            " AND party IS NOT NULL AND import_entry IS NULL AND reversed_by IS NULL ORDER BY seq",
            (self._base - LATELY,),
        )
        self._lately: dict[tuple[Party, str, int, str], list[tuple[Seq, At]]] = {}
        for *what, seq, then in rows:
            self._lately.setdefault(tuple(what), []).append((seq, then))
        self._ids: dict[str, Seq] = {}
        self._refs: dict[str, Seq] = {}
        self._imports: dict[str, Seq] = {}
        self._counters: dict[str, str | None] = dict(connection.execute("SELECT by, name FROM counter").fetchall())
        self._own: dict[Seq, tuple[Recorded, Mapping[str, Any] | None]] = {}
        self._highest: Party | None = None
        self._newest = Party(0)
        # A book without references is the common case, and a million imported rows ask for each of theirs.
        self._has_refs = connection.execute("SELECT 1 FROM entry WHERE ref IS NOT NULL LIMIT 1").fetchone() is not None
        self._came_with = reading.head().seq
        if self._came_with > self._base:
            self._take_in(position)

    def _take_in(self, position: Head) -> None:
        """Fold in what was recorded between catching up and the lock, checked as catching up checks it."""
        from khata.views import across
        from khata.views.tail import read

        tail = read(self._reading, position, self._came_with - position.seq, sys.maxsize)
        folded = tail.folded(bulk=False)
        across.check(self._views, folded.rows, folded.claims)
        for entry in tail.entries:
            detail, recorded = tail.details.get(entry.seq), event_of(entry)
            if self.seq_of_id(recorded.id) is not None:
                raise BookBrokenError(entry=entry.seq, reason="id_twice")
            self.apply(recorded, words_in(detail) if detail else None)

    # --- what has happened since

    def apply(self, recorded: Recorded, words: Mapping[str, Any] | None) -> None:
        """Fold one more event in."""
        event, seq = recorded.event, recorded.seq
        self.head = seq
        # A million rows of the import that is being recorded: nobody asks again for an id of fresh random bits, and
        # each reference was held against the whole file and the book. What came with the book is remembered.
        remembered = event.imported is None or event.imported.entry <= self._came_with
        if remembered:
            self._ids[recorded.id] = seq
        if isinstance(event, MONEY):
            ref = event.ref
            if ref is not None and remembered:
                self._refs[ref] = seq
            self._move(recorded)
        elif isinstance(event, EntryReversed):
            self._reversed[event.entry] = seq
            self._move(recorded)
            self._own[seq] = (recorded, words)
        elif isinstance(event, PartyAdded | PartyChanged):
            self._called(event.party, dict(words or {}), new=isinstance(event, PartyAdded))
        elif isinstance(event, ImportStarted):
            self.importing = seq
            self._imports[event.sha256] = seq
        elif isinstance(event, BookOpened | CounterAdded):
            self._counters[event.counter] = (words or {}).get("counter")
            if isinstance(event, BookOpened):
                self.book = event.book
                self.opened_on = recorded.on
                self.min_writer = event.min_writer
        elif isinstance(event, CopyAdopted):
            self.missed = None
        elif isinstance(event, FormatRaised):
            self.min_writer = event.min_writer
        elif isinstance(event, DetailErased) and event.party is not None:
            known = self.party(event.party)
            if known is not None:
                known.record, known.forgotten = {}, True
                self._renamed.add(event.party)
                self._drop_keys(event.party)

    def _move(self, recorded: Recorded) -> None:
        event = recorded.event
        known: PartyState | None = None
        for account, party, amount in postings(event, self._earlier):
            debit, credit = self.totals.get(account, _NOTHING)
            debit, credit = (debit + amount, credit) if amount > 0 else (debit, credit - amount)
            self.totals[account] = debit, credit
            self.largest_sum_paise = max(self.largest_sum_paise, debit, credit)
            if account == PARTY and party is not None:
                known = self.party(party)
                if known is not None:
                    known.balance_paise += amount
        if known is not None and not isinstance(event, EntryReversed):
            money: Any = event  # nothing else moves a party's
            amount = money.amount_paise
            known.largest_paise = max(known.largest_paise, amount)
            if event.imported is None:
                same = self._lately.setdefault((money.party, event.KIND, amount, recorded.by), [])
                same.append((recorded.seq, recorded.at))

    def _drop_keys(self, number: Party) -> None:
        for parties in self._added.values():
            if number in parties:
                parties.remove(number)

    def _called(self, number: Party, record: Mapping[str, Any], *, new: bool) -> None:
        if new:
            self._parties[number] = PartyState(record)
            self._newest = max(self._newest, number)
        else:
            known = self.party(number)
            if known is not None:
                known.record = record
            self._renamed.add(number)
            self._drop_keys(number)
        for key in {names.exact_key(name) for name in (record.get("name"), *record.get("aliases", ())) if name}:
            self._added.setdefault(key, []).append(number)

    # --- what a rule may ask

    def party(self, number: Party) -> PartyState | None:
        """What is known of a party; None if the number was never declared. Raises ViewsDifferError."""
        if number in self._parties:
            return self._parties[number]
        row = self._views.execute(
            "SELECT record, forgotten, largest_paise FROM party WHERE party = ?", (number,)
        ).fetchone()
        found = None
        if row is not None:
            found = PartyState(json.loads(row[0]), check(self._views, number), row[2], bool(row[1]))
        self._parties[number] = found
        return found

    def named(self, name: str) -> Sequence[Party]:
        """The parties that have exactly this name or alias, in any case and Unicode form."""
        key = names.exact_key(name)
        rows = self._views.execute("SELECT party FROM name_key WHERE kind = 'exact' AND key = ?", (key,))
        found = [Party(row[0]) for row in rows if row[0] not in self._renamed]
        return found + [number for number in self._added.get(key, ()) if number not in found]

    def next_party(self) -> Party:
        """The next free number. Raises ViewsDifferError."""
        if self._highest is None:
            self._highest = highest_party(self._views)
        number = max(self._highest, self._newest) + 1
        if number > LARGEST:  # a book that goes on from another one keeps its numbers, and may have left some out
            number = next(free for free in count(1) if self.party(Party(free)) is None)
        return Party(number)

    def same_since(self, party: Party, kind: str, amount_paise: int, by: str, since: At) -> Seq | None:
        """The latest typed entry of this kind and amount with a party, by a counter, recorded after an instant."""
        for seq, at in reversed(self._lately.get((party, kind, amount_paise, by), ())):
            if at > since and seq not in self._reversed:
                return seq
        return None

    def _found(self, entry: Seq) -> Recorded:
        own = self._own.get(entry)
        return own[0] if own else self._recorded(entry)

    def recorded(self, entry: Seq) -> Recorded | None:
        """An entry as it stands in the book; None if there is none."""
        return self._found(entry) if 0 < entry <= self.head else None

    def words(self, entry: Seq) -> Mapping[str, Any] | None:
        """The free text of an entry; None if there is none, or it was erased."""
        for detail in self._reading.details(entry, entry):
            return words_in(detail)
        return None

    def reversed_by(self, entry: Seq) -> Seq | None:
        """The entry that reversed this one."""
        if entry in self._reversed:
            return self._reversed[entry]
        # Both where it is noted and where it was done: what is reversed twice makes a book that no khata believes.
        rows = self._views.execute(
            "SELECT reversed_by FROM entry WHERE seq = ? UNION ALL SELECT seq FROM entry WHERE reverses = ?",
            (entry, entry),
        )
        return next((Seq(by) for (by,) in rows if by), None)

    def seq_of_id(self, event_id: str) -> Seq | None:
        """The entry that has this event id."""
        if event_id in self._ids:
            return self._ids[event_id]
        row = self._views.execute("SELECT seq FROM entry WHERE id = ?", (bytes.fromhex(event_id),)).fetchone()
        return Seq(row[0]) if row else None

    def seq_of_ref(self, ref: str) -> Seq | None:
        """The entry that has this reference, reversed ones aside."""
        seq = self._refs.get(ref)
        if seq is not None and seq not in self._reversed:
            return seq
        if self._has_refs:
            rows = self._views.execute("SELECT seq FROM entry WHERE ref = ? AND reversed_by IS NULL", (ref,))
            for (found,) in rows:
                if found not in self._reversed:
                    return Seq(found)
        return None

    def import_of(self, sha256: str) -> Seq | None:
        """The entry of the import whose file had this SHA-256."""
        if sha256 in self._imports:
            return self._imports[sha256]
        row = self._views.execute("SELECT entry FROM import WHERE sha256 = ?", (sha256,)).fetchone()
        return Seq(row[0]) if row else None

    def check_counter(self) -> None:
        """Hold what the views say of the counter that records against the book. Raises ViewsDifferError."""
        for (entry,) in self._views.execute("SELECT entry FROM counter WHERE by = ?", (self.by,)):
            declaring = self.recorded(Seq(entry))
            if declaring is None or getattr(declaring.event, "counter", None) != self.by:
                raise ViewsDifferError(by=self.by)

    def counter_name(self, by: str) -> str | None:
        """A counter's name; None if the book does not know the counter. "" if its name is not known."""
        return (self._counters[by] or "") if by in self._counters else None

    def counter_named(self, name: str) -> str | None:
        """The counter (8 hex) that has this name."""
        key = names.exact_key(name)
        for by, called in self._counters.items():
            if called and names.exact_key(called) == key:
                return by
        return None
