"""What the rules may ask while entries are being recorded: the views as far as they reach, the tail in memory.

It satisfies the rules' `Facts` by shape. The views are only read: what is appended meanwhile goes through the same
fold, into rows that begin as the views have them.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from khata import names
from khata.events.base import Event, Recorded
from khata.events.book import CopyAdopted, DetailErased, ImportStarted
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded, PartyChanged, PartyMerged, PartyParted
from khata.events.shop import IN_WORDS
from khata.grammar.text import ref_key
from khata.log.book import Reading
from khata.log.chain import Head
from khata.log.errors import BookBrokenError, ViewsDifferError
from khata.postings.kinds import MONEY
from khata.questions.balances import MOVED, NET, among
from khata.questions.collecting import disputes, last_reminded
from khata.questions.imports import begun_by, stands
from khata.questions.parties import highest_party, with_identity
from khata.questions.party_state import DECLARED, FORGOTTEN, RECORD, PartiesOver, PartyState
from khata.questions.pending import BegunPayment, unsettled
from khata.questions.persons import after, persons
from khata.questions.typed import TypedLately
from khata.units import DISPUTE_STATUS, LARGEST, At, Day, Paise, Party, Seq
from khata.views.cut import first_lost, head_of
from khata.views.fold import Fold, totals_of
from khata.views.laws import Gathered, Rows, RowsOver, merge
from khata.views.schema import (
    COUNTER,
    DISPUTE,
    ENDED,
    FACT,
    IMPORT,
    LOCK,
    MERGE,
    MONTH,
    PARTY,
    PENDING,
    REF_KEY,
    REMINDER,
    REVERSED,
    SETTLED,
    SKIPPED,
    TABLES,
    TOTAL,
)
from khata.views.stored import event_of, recorded_by, words_in

_KEPT = 1024
"""Entries of the book that are remembered."""


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
        # What takes back many entries asks for each of them several times.
        self._recorded = lru_cache(maxsize=_KEPT)(recorded_by(reading))
        self.today, self.at, self.by = today, at, by
        self._made: Gathered = {table.name: RowsOver(table, connection) for table in TABLES} | {
            PARTY.name: PartiesOver(PARTY, connection),
            FACT.name: RowsOver(FACT, connection).load(),
            COUNTER.name: RowsOver(COUNTER, connection).load(),
            MONTH.name: Rows(MONTH),  # only what is added to the totals is asked for
        }
        self._fold = Fold(self._found, self._made)
        self.importing: Seq | None = None
        self._persons = persons(connection)
        self._known: dict[Party, PartyState] = {}
        self.missed: Head | None = None
        self.lost = first_lost(connection)
        self._totals = RowsOver(TOTAL, connection).load()
        self.largest_sum_paise = self._largest_sum()
        position = head_of(connection)
        self.head = self._base = position.seq
        self._added: dict[str, list[Party]] = {}
        self._renamed: set[Party] = set()
        self._reversed = self._made[REVERSED.name]
        self._brought: dict[Party, list[tuple[Day, int]]] = {}
        self._typed = TypedLately(connection, self._base)
        self._ids: dict[str, Seq] = {}
        self._refs: dict[str, list[Seq]] = {}
        self._own: dict[Seq, Recorded] = {}
        self._pending: dict[Seq, BegunPayment] | None = None
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
        folded = tail.folded()
        across.check(self._views, folded.rows, folded.claims)
        for entry in tail.entries:
            detail, recorded = tail.details.get(entry.seq), event_of(entry)
            if self.seq_of_id(recorded.id) is not None:
                raise BookBrokenError(entry=entry.seq, reason="id_twice")
            self.apply(recorded, words_in(detail) if detail else None)

    # --- what has happened since

    def apply(self, recorded: Recorded, words: Mapping[str, Any] | None, *, bulk: bool = False) -> None:
        """Fold one more event in. `bulk`: it is a reversal of which nobody asks any more."""
        event, seq, imported = recorded.event, recorded.seq, recorded.event.imported
        self.head = seq
        if isinstance(event, PartyAdded):  # the number is free: the views need not be asked
            self._made[PARTY.name][event.party] = PARTY.row()
        party, debit, credit, posted = self._fold.take(recorded, words or {})
        if posted is not None:
            self._moved(recorded, party, debit, credit)
        # A million rows of the import that is being recorded: nobody asks again for an id of fresh random bits, and
        # each reference was held against the whole file and the book. What came with the book is remembered.
        now_imported = imported is not None and imported.entry > self._came_with
        if now_imported and posted is not None:
            return
        if bulk and isinstance(event, EntryReversed):  # the counter that begins here is declared along with it
            del self._reversed[event.entry]
            return
        if not now_imported:
            self._ids[recorded.id] = seq
            if posted is not None and (ref := getattr(event, "ref", None)) is not None:
                self._refs.setdefault(ref_key(ref), []).append(seq)
        self._learn(recorded, words)

    def _learn(self, recorded: Recorded, words: Mapping[str, Any] | None) -> None:
        """Take in what an event says beside the money that it moved."""
        event, seq = recorded.event, recorded.seq
        if isinstance(event, EntryReversed):
            self._own[seq] = recorded
        elif isinstance(event, PartyAdded | PartyChanged):
            self._called(event.party, dict(words or {}), new=isinstance(event, PartyAdded))
        elif isinstance(event, PartyMerged | PartyParted):
            other = self._with_identity(event.same)
            if other is not None:  # it may stand in another book
                self._persons = after(self._persons, [(other, event.party, isinstance(event, PartyMerged))])
                self._known.clear()
        elif isinstance(event, ImportStarted):
            self.importing = seq
        elif isinstance(event, CopyAdopted):
            self.missed = None
        elif isinstance(event, DetailErased) and event.party is not None and self.party(event.party) is not None:
            row = self._made[PARTY.name][event.party]
            row[RECORD], row[FORGOTTEN] = "{}", 1
            self._renamed.add(event.party)
            self._drop_keys(event.party)

    def _moved(self, recorded: Recorded, party: Party | None, debit: int | None, credit: int | None) -> None:
        event = recorded.event
        original = self._found(event.entry).event if isinstance(event, EntryReversed) else event
        amount: int = getattr(original, "amount_paise", None) or 0
        # It is at least the largest one: all sums are added up where that is not enough to know that they fit.
        self.largest_sum_paise += amount + (getattr(original, "discount_paise", None) or 0)
        if original is not event or party is None:
            return
        if MONEY[event.KIND].brought:
            self._brought.setdefault(party, []).append((recorded.on, (debit or 0) - (credit or 0)))
        if event.imported is None:
            self._typed.add((party, event.KIND, amount, recorded.by), recorded.seq, recorded.at)

    @property
    def totals(self) -> Mapping[str, Sequence[int]]:
        """What each account was debited and credited in all, in paise; those of all parties are one."""
        totals = {account: list(both) for account, both in self._totals.items()}
        merge((TOTAL,), {TOTAL.name: totals}, {TOTAL.name: totals_of(self._made[MONTH.name])})
        return totals

    def _largest_sum(self) -> int:
        return max((max(both) for both in self.totals.values()), default=0)

    @property
    def opened_on(self) -> Day | None:
        """The day on which the book was opened; None before."""
        on = self._fact("opened_on")
        return None if on is None else Day(on)

    @property
    def min_writer(self) -> int:
        """Which version of the format is needed to write."""
        return int(self._fact("min_writer") or 1)

    @property
    def book(self) -> str:
        """The book's id, 32 hex; "" before it is opened."""
        return self._fact("book") or ""

    @property
    def shop(self) -> Mapping[str, str]:
        """What the shop says of itself."""
        said = {key: self._fact(key) for key in ("shop", "lang", "state", "gstin", *IN_WORDS)}
        return {key: value for key, value in said.items() if value}

    @property
    def signing_key(self) -> str | None:
        """The verifier key that signs for the book, where an entry says so."""
        return self._fact("signing_key")

    @property
    def locked_upto(self) -> Day | None:
        """The last day that is locked; None where none is."""
        return Day(upto) if (upto := self._fact("locked_upto")) else None

    def locked_before(self, entry: Seq) -> Day | None:
        """The last day that was locked when an entry was recorded; None where none was."""
        rows = self._views.execute("SELECT entry, upto FROM lock WHERE entry < ?", (entry,)).fetchall()
        rows += [(seq, row[0]) for seq, row in self._made[LOCK.name].items() if seq < entry]
        upto = max(rows, key=lambda row: row[0], default=(0, None))[1]
        return Day(upto) if upto else None

    def _fact(self, key: str) -> str | None:
        row = self._made[FACT.name].get(key)
        return None if row is None else str(row[0])

    def _drop_keys(self, number: Party) -> None:
        for parties in self._added.values():
            if number in parties:
                parties.remove(number)

    def _called(self, number: Party, record: Mapping[str, Any], *, new: bool) -> None:
        if new:
            self._newest = max(self._newest, number)
        else:
            self._renamed.add(number)
            self._drop_keys(number)
        for key in {names.exact_key(name) for name in (record.get("name"), *record.get("aliases", ())) if name}:
            self._added.setdefault(key, []).append(number)

    # --- what a rule may ask

    def party(self, number: Party) -> PartyState | None:
        """What is known of a party; None if the number was never declared. Raises ViewsDifferError."""
        known = self._known.get(number)  # each row of an import asks for its own
        if known is None:
            rows = self._made[PARTY.name]
            if rows[number][DECLARED] is None:
                return None
            others = [rows[each] for each in self.khatas(number) if each != number] if self._persons.joined else ()
            known = self._known[number] = PartyState(rows[number], others)
        return known

    def person(self, number: Party) -> Party:
        """The number that stands for a party."""
        return self._persons.of(number)

    def khatas(self, number: Party) -> Sequence[Party]:
        """All numbers that one number stands for, itself first."""
        return self._persons.khatas(number)

    def joined_to(self, number: Party) -> Party | None:
        """The party to which this one was joined; None for one that stands by itself."""
        return self._persons.joined.get(number)

    def joined_abroad(self, identity: str) -> Party | None:
        """The party to which another book's party, of this id, was joined; None if it was not, or is no more."""
        rows = self._views.execute("SELECT entry, party, joined FROM merge WHERE same = ?", (identity,)).fetchall()
        rows += [(entry, row[0], row[2]) for entry, row in self._made[MERGE.name].items() if row[1] == identity]
        _, party, joined = max(rows, default=(0, 0, 0))
        return Party(party) if joined else None

    def identity(self, number: Party) -> str:
        """The id (32 hex) of the entry that declares a party."""
        return str(self._made[PARTY.name][number][PARTY.at["id"]])

    def _with_identity(self, identity: str) -> Party | None:
        row = with_identity(self._views, identity)
        own = (number for number, each in self._made[PARTY.name].items() if each[PARTY.at["id"]] == identity)
        return row.party if row else next(own, None)

    def row(self, table: str, key: Any) -> list[Any]:
        """What a topic remembers under a key, with all that is recorded; as a row begins, if nothing."""
        return self._made[table][key]

    def named(self, name: str) -> Sequence[Party]:
        """The parties that have exactly this name or alias, in any case and Unicode form."""
        key = names.exact_key(name)
        rows = self._views.execute("SELECT party FROM name_key WHERE kind = 'exact' AND key = ?", (key,))
        found = [Party(row[0]) for row in rows if row[0] not in self._renamed]
        found += [number for number in self._added.get(key, ()) if number not in found]
        return list(dict.fromkeys(map(self._persons.of, found))) if self._persons.joined else found

    def next_party(self) -> Party:
        """The next free number. Raises ViewsDifferError."""
        if self._highest is None:
            self._highest = highest_party(self._views)
        number = max(self._highest, self._newest) + 1
        if number > LARGEST:  # a book that goes on from another one keeps its numbers, and may have left some out
            number = next(free for free in count(1) if self.party(Party(free)) is None)
        return Party(number)

    def same_since(self, party: Party, kind: str, amount_paise: int, by: str, since: At) -> Iterator[Seq]:
        """The typed entries of this kind and amount with a party, by a counter, after an instant, the latest first."""
        such = self._typed.like((party, kind, amount_paise, by))
        return (seq for seq, at in such if at > since and seq not in self._reversed)

    def owed_on(self, party: Party, day: Day) -> Paise | None:
        """What a party owed at the end of a day, in paise; None if it had no account by then.

        Of what one commit records, only what is brought forward is looked at.
        """
        count, owed, since = 0, 0, []
        for each in self.khatas(party):
            found, paise = self._views.execute(
                "SELECT count(*) FILTER (WHERE reverses IS NULL AND reversed_by IS NULL),"
                f" coalesce(sum({NET}), 0) FROM entry WHERE party = ? AND day <= ? AND {MOVED}",
                (each, day),
            ).fetchone()
            count, owed = count + found, owed + paise
            since += [paise for on, paise in self._brought.get(each, ()) if on <= day]
        return Paise(owed + sum(since)) if count or since else None

    def of_kind(self, party: Party, kind: type[Event]) -> Sequence[Recorded]:
        """The entries of one kind of a party, in order, those of this commit aside."""
        such = "SELECT seq FROM entry WHERE party = ? AND kind = ? ORDER BY seq"
        return [self._found(Seq(seq)) for (seq,) in self._views.execute(such, (party, kind.KIND)).fetchall()]

    def brought_on(self, party: Party) -> Day | None:
        """The latest day for which something that stands was brought forward for a party; None if nothing was."""
        khatas, kinds = self.khatas(party), [kind for kind, about in MONEY.items() if about.brought]
        (last,) = self._views.execute(
            f"SELECT max(day) FROM entry WHERE {among('party', khatas)} AND {among('kind', kinds)}"
            " AND reversed_by IS NULL",
            (*khatas, *kinds),
        ).fetchone()
        since = [on for each in khatas for on, _ in self._brought.get(each, ())]
        return max([*since, *([Day(last)] if last else [])], default=None)

    def _found(self, entry: Seq) -> Recorded:
        return self._own.get(entry) or self._recorded(entry)

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
            return Seq(self._reversed[entry][0])
        # Both where it is noted and where it was done: what is reversed twice makes a book that no khata believes.
        rows = self._views.execute(
            "SELECT reversed_by FROM entry WHERE seq = ? UNION ALL SELECT seq FROM entry WHERE reverses = ?",
            (entry, entry),
        )
        return next((Seq(by) for (by,) in rows if by), None)

    def ended_on(self, entry: Seq) -> Day | None:
        """From which day on what began with an entry does not come again; None while it does."""
        day = self._made[ENDED.name][entry][ENDED.at["day"]]
        return Day(day) if day else None

    def left_out(self, entry: Seq) -> Sequence[tuple[Day, Day]]:
        """From which days to which, both included, what began with an entry is left out."""
        rows = self._views.execute("SELECT first, last FROM skipped WHERE of = ?", (entry,)).fetchall()
        rows += [(first, last) for of, first, last in self._made[SKIPPED.name].values() if of == entry]
        return [(Day(first), Day(last)) for first, last in rows]

    def reminded_on(self, party: Party) -> Day | None:
        """The last day on which a person was asked for what is owed; None if never."""
        khatas = self.khatas(party)
        own = [row[REMINDER.at["day"]] for row in self._made[REMINDER.name].values() if row[0] in khatas]
        return max([*own, *filter(None, [last_reminded(self._views, khatas)])], default=None)

    def disputed_by(self, entry: Seq) -> Seq | None:
        """The entry by which a customer denies this one; None if he does not, or not any more."""
        said = disputes(self._views, self._base).get(entry)
        own = [(seq, row[1] == DISPUTE_STATUS[0]) for seq, row in self._made[DISPUTE.name].items() if row[0] == entry]
        return (own[-1][0] if own[-1][1] else None) if own else said

    def seq_of_id(self, event_id: str) -> Seq | None:
        """The entry that has this event id."""
        if event_id in self._ids:
            return self._ids[event_id]
        row = self._views.execute("SELECT seq FROM entry WHERE id = ?", (bytes.fromhex(event_id),)).fetchone()
        return Seq(row[0]) if row else None

    def seq_of_ref(self, ref: str) -> Seq | None:
        """The last entry that has this reference, in whatever case and with whatever blanks; reversed ones aside."""
        found = self.all_with_ref(ref)
        return found[-1] if found else None

    def all_with_ref(self, ref: str) -> Sequence[Seq]:
        """The entries that have this reference, reversed ones aside, in order: several for shares of a payment."""
        key = ref_key(ref)
        found: list[Seq] = []
        if self._has_refs:
            rows = self._views.execute(
                f"SELECT seq FROM entry WHERE {REF_KEY} = ? AND ref IS NOT NULL AND reversed_by IS NULL ORDER BY seq",
                (key,),
            )
            found = [Seq(seq) for (seq,) in rows]
        return [seq for seq in (*found, *self._refs.get(key, ())) if seq not in self._reversed]

    def pending(self) -> Mapping[Seq, BegunPayment]:
        """The payments on their way, each by the entry with which it began."""
        if self._pending is None:
            self._pending = dict(unsettled(self._views))
        since = {Seq(seq): BegunPayment(*row) for seq, row in self._made[PENDING.name].items() if row[0] is not None}
        found = self._pending | since
        return {seq: row for seq, row in found.items() if self.settled(seq)[0] is None}

    def settled(self, entry: Seq) -> tuple[Seq | None, str | None]:
        """By which entry a payment on its way was settled, and what came of it."""
        by, outcome = self._made[SETTLED.name][entry]
        return by, outcome

    def import_of(self, sha256: str) -> Seq | None:
        """The entry of the import whose file had this SHA-256, if anything that it recorded still stands."""
        for entry, begun in self._made[IMPORT.name].items():
            if begun[0] == sha256:
                return Seq(entry)
        return next((each for each in begun_by(self._views, sha256) if stands(self._views, each)), None)

    def check_counter(self) -> None:
        """Hold what the views say of the counter that records against the book. Raises ViewsDifferError."""
        for (entry,) in self._views.execute("SELECT entry FROM counter WHERE by = ?", (self.by,)):
            declaring = self.recorded(Seq(entry))
            if declaring is None or getattr(declaring.event, "counter", None) != self.by:
                raise ViewsDifferError(by=self.by)

    def counter_name(self, by: str) -> str | None:
        """A counter's name; None if the book does not know the counter. "" if its name is not known."""
        row = self._made[COUNTER.name].get(by)
        return None if row is None else row[0] or ""

    def counter_named(self, name: str) -> str | None:
        """The counter (8 hex) that has this name."""
        key = names.exact_key(name)
        for by, (called, _) in self._made[COUNTER.name].items():
            if called and names.exact_key(called) == key:
                return str(by)
        return None
