"""Folding a tail of the book into the tables of the cache. Loaded only when there is something to fold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from khata.events import codec
from khata.events.base import MalformedError, Recorded, Unknown, mark_of
from khata.events.book import DetailErased
from khata.events.erasure import covers_later
from khata.events.money import EntryReversed
from khata.log.book import Detail, Reading
from khata.log.chain import Entry, Head, all_follow, broken
from khata.log.errors import BookBrokenError
from khata.units import Seq
from khata.views import across, schema
from khata.views.across import Claims
from khata.views.cut import head_of
from khata.views.fold import Fold, FoldedRows, FreeText, key_rows
from khata.views.laws import save
from khata.views.schema import PARTY
from khata.views.stored import event_of


class Tail(NamedTuple):
    """What a book has after a position: entries and details, and the head it had when they were read.

    `earlier` are the entries of before it that its reversals reverse.
    """

    entries: list[Entry]
    details: dict[Seq, Detail]
    before: Head
    head: Head
    earlier: dict[Seq, Entry]

    @property
    def whole(self) -> bool:
        """Whether it reaches to the head."""
        return self.entries[-1].seq == self.head.seq

    def folded(self) -> Folded:
        """What the tail leaves in the views. Raises BookBrokenError, NewerBookError."""
        return Folded(self.entries[0], self.entries[-1], self.head, *fold(self))


class Folded(NamedTuple):
    """The rows of a tail, what they claim, its first and last entry, and the head that the book had: plain values."""

    first: Entry
    last: Entry
    head: Head
    rows: FoldedRows
    claims: Claims

    @classmethod
    def of(cls, plain: tuple[Any, ...]) -> Folded:
        """Made of the tuples that another process tells."""
        first, last, head, rows, claims = plain
        return cls(
            Entry._make(first), Entry._make(last), Head._make(head), FoldedRows._make(rows), Claims._make(claims)
        )

    def plain(self) -> tuple[Any, ...]:
        """What `of` takes."""
        return tuple(map(tuple, self))

    def saving(self, *, large: bool) -> Callable[[sqlite3.Connection], bool]:
        """What writes the rows into a cache, unless another process has, and says whether it did.

        It raises BookBrokenError where they do not follow what the cache has.
        """
        return lambda connection: _save(connection, self, large=large)


MOST_BYTES = 1 << 25
"""Bytes of bodies and details that are read together: 20,000 entries of a shop have a quarter of it."""


def read(reading: Reading, position: Head, most: int, most_bytes: int = MOST_BYTES) -> Tail:
    """The entries after a position, at most so many, from a held book. Raises BookBrokenError if there are none."""
    head, first = reading.head(), position.seq + 1
    entries: list[Entry] = []
    details: dict[Seq, Detail] = {}
    size = 0
    for entry in reading.entries(first, min(head.seq, position.seq + most)):
        entries.append(entry)
        size += len(entry.body)
        if size > most_bytes:
            break
    if not entries:
        raise BookBrokenError(entry=first, reason="missing")
    for detail in reading.details(first, entries[-1].seq):
        size += len(detail.body)
        if size > most_bytes and detail.entry > first:
            del entries[detail.entry - first :]
            break
        details[detail.entry] = detail
    return Tail(entries, details, position, head, _reversed_before(reading, entries))


_REVERSAL = mark_of(EntryReversed)


def _reversed_before(reading: Reading, entries: list[Entry]) -> dict[Seq, Entry]:
    """What the reversals of a batch reverse from before it, read while the book is held."""
    found: dict[Seq, Entry] = {}
    for entry in entries:
        # Not `in`, which tries the bytes as a number first, and makes an error of it each time.
        if entry.body.find(_REVERSAL) >= 0:
            seq = getattr(event_of(entry).event, "entry", None)
            if seq is not None and seq < entries[0].seq:
                found |= {original.seq: original for original in reading.entries(seq, seq)}
    return found


def fold(tail: Tail) -> tuple[FoldedRows, Claims]:
    """What a tail leaves in the views, and what it claims of before. Raises BookBrokenError, NewerBookError."""

    def recorded(seq: Seq) -> Recorded:
        place = seq - tail.entries[0].seq
        if 0 <= place < len(tail.entries):
            return event_of(tail.entries[place])
        if seq in tail.earlier:
            return event_of(tail.earlier[seq])
        raise BookBrokenError(entry=seq, reason="no such entry")

    made = Fold(recorded)
    before, missing = tail.before, list[Seq]()
    for start in range(0, len(tail.entries), PIECE):
        piece = tail.entries[start : start + PIECE]
        events = _events(piece)
        _check(piece, before)
        made.add(events, _words(events, tail.details, missing))
        before = Head(piece[-1].seq, piece[-1].hash)
    rows = made.rows()
    across.check_erased(rows, tail.details)
    return rows, across.claims_of(rows, missing)


def _words(events: Sequence[Recorded], details: dict[Seq, Detail], missing: list[Seq]) -> dict[Seq, FreeText]:
    """The free text of entries, each held against what its entry says of it. Raises BookBrokenError."""
    found: dict[Seq, FreeText] = {}
    for each in events:
        if each.clock is not None and each.clock >= each.at:
            raise BookBrokenError(entry=each.seq, reason="clock_not_behind")
        if type(each.event) is Unknown:
            continue  # for the fold to refuse
        if type(each.event) is DetailErased and covers_later(each.event, each.seq):
            raise BookBrokenError(entry=each.seq, reason="erases_later")
        committed, detail = each.event.detail, details.get(each.seq)
        if detail is None:
            if committed is not None:
                missing.append(each.seq)
        elif committed is None or detail.form == 0:
            try:
                found[each.seq] = codec.said(committed, detail.salt, detail.body)
            except MalformedError as e:
                raise BookBrokenError(entry=each.seq, reason=e.code) from e
    return found


PIECE = 256
"""Entries that are looked at together: few enough to stay in the processor's cache."""


def _check(entries: list[Entry], before: Head) -> None:
    """Raise BookBrokenError for the first entry that does not follow."""
    if all_follow(entries, before):
        return
    for entry in entries:
        if (why := broken(entry, before)) is not None:
            raise BookBrokenError(entry=entry.seq, reason=why)
        before = Head(entry.seq, entry.hash)


def _events(entries: list[Entry]) -> Sequence[Recorded]:
    """What the entries record. Raises BookBrokenError for the first that does not say."""
    try:
        return codec.read_many([entry.body for entry in entries])
    except MalformedError:
        return [event_of(entry) for entry in entries]


def _save(connection: sqlite3.Connection, made: Folded, *, large: bool) -> bool:
    first, last = made.first, made.last
    position = head_of(connection)
    if position.seq != first.seq - 1:
        return False  # another process has caught up meanwhile; look again
    if broken(first, position) is not None:
        return False  # the cache is of another history by now: it followed when it was read
    across.check(connection, made.rows, made.claims)
    if large:
        schema.drop_indexes(connection)
    insert(connection, made.rows)
    across.note(connection, made.rows, made.claims)
    if made.head.seq == last.seq:
        across.settle(connection)
        schema.build_indexes(connection)
    reach = [("position", f"{last.seq} {last.hash.hex()}"), ("last_at", made.rows.entries[-1][schema.AT])]
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", reach)
    return True


_ENTRY = ", ".join(schema.ENTRY)
_WIDTH = len(schema.ENTRY)
_ONE = f"({', '.join('?' * _WIDTH)})"
_TOGETHER = 20


def _bind_nothing() -> None:
    """Tell sqlite3 that None is bound as it is, unless somebody told it otherwise.

    Whatever is not exactly an int, a float, a str or a bytearray has it look through the value's class for a way to
    adapt it, at each value, unless one is registered; some five of an entry's columns are None.
    """
    if (type(None), sqlite3.PrepareProtocol) not in getattr(sqlite3, "adapters", {}):
        sqlite3.register_adapter(type(None), lambda none: none)


def insert(connection: sqlite3.Connection, rows: FoldedRows) -> None:
    """Write a fold's rows into the tables, inside the caller's transaction."""
    _bind_nothing()
    many = connection.executemany
    values = list(chain.from_iterable(rows.entries))
    values[1::_WIDTH] = map(bytearray.fromhex, values[1::_WIDTH])  # type: ignore[arg-type] # ids; see _bind_nothing
    whole = len(rows.entries) // _TOGETHER * _TOGETHER * _WIDTH
    # One statement for some rows at once takes an eighth less than one for each.
    for count, first, end in ((_TOGETHER, 0, whole), (1, whole, len(values))):
        many(
            f"INSERT INTO entry ({_ENTRY}) VALUES {', '.join([_ONE] * count)}",
            [values[at : at + count * _WIDTH] for at in range(first, end, count * _WIDTH)],
        )
    for table in schema.TABLES:
        save(connection, table, rows.made[table.name])
    _insert_names(connection, rows)
    _erase(connection, rows)


def _insert_names(connection: sqlite3.Connection, rows: FoldedRows) -> None:
    """The keys of those whose record was said anew take the place of those that they had."""
    records = {party: text for party, row in rows.made[PARTY.name].items() if (text := row[PARTY.at["record"]])}
    renamed = records.keys() - rows.new_parties
    connection.executemany("DELETE FROM name_key WHERE party = ?", ((party,) for party in renamed))
    keys = (key for party, text in records.items() for key in key_rows(party, json.loads(text)))
    connection.executemany("INSERT INTO name_key VALUES (?, ?, ?)", keys)


def _erase(connection: sqlite3.Connection, rows: FoldedRows) -> None:
    if not rows.erasures:
        return
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('to_purge', '1')")
    for party, upto, _ in rows.erasures:
        if party is None:
            continue
        gone = (party, upto)
        connection.execute(
            "UPDATE entry SET note = NULL, items = NULL, by_hand = NULL WHERE party = ? AND seq <= ?", gone
        )
        if connection.execute("SELECT 1 FROM party WHERE party = ? AND record_entry <= ?", gone).fetchone():
            connection.execute("UPDATE party SET record = '{}', forgotten = 1 WHERE party = ?", gone[:1])
            connection.execute("DELETE FROM name_key WHERE party = ?", gone[:1])
    for _, _, entries in rows.erasures:
        many = [(entry,) for entry in entries or ()]
        connection.executemany("UPDATE entry SET note = NULL, items = NULL, by_hand = NULL WHERE seq = ?", many)
        connection.executemany("UPDATE party SET record = '{}' WHERE record_entry = ?", many)
        connection.executemany(
            "DELETE FROM name_key WHERE party IN (SELECT party FROM party WHERE record_entry = ?)", many
        )
