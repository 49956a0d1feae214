"""Catching up: the one act behind a first question, a rebuild, an upgrade, a restored copy, another counter's entries.

The tail is read while the book is held for reading, then the book is let go, and only then is the cache locked and
looked at again: nobody ever holds one lock while waiting for the other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any, NamedTuple, Protocol

from khata.events import codec
from khata.events.base import MalformedError, Recorded
from khata.log.book import Detail, Reading
from khata.log.bulk import no_collector
from khata.log.chain import EMPTY, Entry, Head, broken
from khata.log.errors import BookBrokenError, BusyError
from khata.units import Seq
from khata.views import schema
from khata.views.cache import Cache, discard
from khata.views.fold import Fold, Row, key_rows

BATCH = 20_000
"""Entries read at a time: about 8 MB of bodies."""

LARGE = 5_000
"""A tail above this is folded in without indexes, with the faster JSON engine, and not by the command that made it."""


class Readable(Protocol):
    """What catching up needs of a book."""

    def reading(self) -> AbstractContextManager[Reading]:
        """A block in which the book stands still; raises BusyError if another process holds it."""


class Reach(NamedTuple):
    """How far the views reach, and whether the book may hold more because another process was saving."""

    position: Head
    held: bool = False


def event_of(entry: Entry, engine: codec.Engine = codec.PLAIN) -> Recorded:
    """What an entry records. Raises BookBrokenError."""
    try:
        return codec.decode(engine.parse(entry.body))
    except (MalformedError, ValueError, TypeError, AttributeError, RecursionError) as e:
        raise BookBrokenError(entry=entry.seq, reason=str(e)) from e


def words_in(detail: Detail) -> dict[str, Any]:
    """The free text that a detail holds; empty for a form that this khata cannot read."""
    with suppress(ValueError, RecursionError):
        words = json.loads(detail.body)
        if detail.form == 0 and isinstance(words, dict):
            return words
    return {}


def recorded_by(reading: Reading) -> Callable[[Seq], Recorded]:
    """A look-up of earlier entries in a book."""

    def recorded(seq: Seq) -> Recorded:
        for entry in reading.entries(seq, seq):
            return event_of(entry)
        raise BookBrokenError(entry=seq, reason="no such entry")

    return recorded


class Tail(NamedTuple):
    """What a book has after a position: entries and details, and the head it had when they were read."""

    entries: list[Entry]
    details: dict[Seq, Detail]
    before: Head
    head: Head
    earlier: dict[Seq, Recorded]


def _read_tail(book: Readable, cache: Cache) -> Tail | None:
    """The next batch of entries after the views' position; None if there is nothing to do.

    Views of another history are thrown away here: the book must hold, at the position, the hash that the views saw.
    """
    with book.reading() as reading:
        head, position = reading.head(), cache.position()
        if not belongs(cache, reading):
            return Tail([], {}, position, head, {})
        if position == head:
            return None
        last = min(head.seq, position.seq + BATCH)
        entries = list(reading.entries(position.seq + 1, last))
        details = {detail.entry: detail for detail in reading.details(position.seq + 1, last)}
        return Tail(entries, details, position, head, _reversed_before(reading, entries))


def belongs(cache: Cache, reading: Reading) -> bool:
    """Whether the views are of this version, and of this book's history."""
    position = cache.position()
    if cache.version() != schema.VERSION:
        return False
    if position == EMPTY:
        return True
    return any(entry.hash == position.hash for entry in reading.entries(position.seq, position.seq))


def _reversed_before(reading: Reading, entries: list[Entry]) -> dict[Seq, Recorded]:
    """What the reversals of a batch reverse from before it, read while the book is held."""
    found: dict[Seq, Recorded] = {}
    for entry in entries:
        if b'"kind":"entry_reversed"' in entry.body:
            seq = getattr(event_of(entry).event, "entry", None)
            if seq is not None and seq < entries[0].seq:
                found[seq] = recorded_by(reading)(seq)
    return found


@no_collector()
def catch_up(book: Readable, cache: Cache, *, at_most: int | None = None) -> Reach:
    """Fold what the book has added into the views.

    Args:
        book: the book.
        cache: its views; thrown away first if they are of another history or version.
        at_most: leave a longer tail (entries) to whoever asks next.

    Raises:
        BookBrokenError: the tail does not follow, or does not say what an event says.
        NewerBookError: an event of a newer khata.
    """
    while True:
        seen = cache.version(), cache.position()
        try:
            tail = _read_tail(book, cache)
        except BusyError:
            return Reach(cache.position(), held=True)
        if tail is None:
            _purge(cache)
            return Reach(cache.position())
        if not tail.entries:
            _begin_again(cache, seen)
            continue
        left = tail.head.seq - tail.entries[0].seq + 1
        if at_most is not None and left > at_most:
            return Reach(cache.position())
        rows = _fold(tail, bulk=left > LARGE)
        try:
            _write(cache, lambda connection: _save(connection, tail, rows, left))  # noqa: B023 - called at once
        except sqlite3.IntegrityError as e:  # a number declared twice
            raise BookBrokenError(entry=tail.entries[0].seq, reason=str(e)) from e
        except sqlite3.DatabaseError as e:
            _do_without(cache, e)


def _begin_again(cache: Cache, seen: tuple[int, Head]) -> None:
    """Throw the views away, unless another process has done so since they were seen."""

    def anew(connection: sqlite3.Connection) -> None:
        if (cache.version(), cache.position()) == seen:
            schema.empty(connection)
            schema.create(connection)

    try:
        _write(cache, anew)
    except sqlite3.DatabaseError as e:
        _do_without(cache, e)


def _purge(cache: Cache) -> None:
    """Rewrite the file after an erasure: SQLite leaves copies of a row where pages were split, and beside the cache."""
    connection = cache.connection
    if not connection.execute("SELECT 1 FROM meta WHERE key = 'to_purge'").fetchone():
        return
    with suppress(sqlite3.OperationalError):  # somebody is reading: the mark stays for whoever comes next
        if cache.on_disk:
            connection.execute("VACUUM")
            if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
        connection.execute("DELETE FROM meta WHERE key = 'to_purge'")


def _do_without(cache: Cache, error: sqlite3.DatabaseError) -> None:
    """Go on in memory when the cache cannot be written; a damaged file is deleted, for whoever comes next."""
    if not cache.on_disk or cache.path is None:
        raise error
    cache.go_without()
    if not isinstance(error, sqlite3.OperationalError):
        discard(cache.path)


def _write(cache: Cache, act: Callable[[sqlite3.Connection], None]) -> None:
    connection = cache.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        act(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _fold(tail: Tail, *, bulk: bool) -> Fold:
    engine = codec.bulk() if bulk else codec.PLAIN

    def recorded(seq: Seq) -> Recorded:
        if seq in tail.earlier:
            return tail.earlier[seq]
        raise BookBrokenError(entry=seq, reason="no such entry")

    fold = Fold(recorded)
    before = tail.before
    for entry in tail.entries:
        if (why := broken(entry, before)) is not None:
            raise BookBrokenError(entry=entry.seq, reason=why)
        detail = tail.details.get(entry.seq)
        fold.add(event_of(entry, engine), words_in(detail) if detail else None)
        before = Head(entry.seq, entry.hash)
    return fold


def _save(connection: sqlite3.Connection, tail: Tail, rows: Fold, left: int) -> None:
    first, last = tail.entries[0], tail.entries[-1]
    position = connection.execute("SELECT value FROM meta WHERE key = 'position'").fetchone()
    here = int(position[0].partition(" ")[0]) if position else 0
    if here != first.seq - 1:
        return  # another process has caught up meanwhile; look again
    digest = bytes.fromhex(position[0].partition(" ")[2]) if position else EMPTY.hash
    if (why := broken(first, Head(Seq(here), digest))) is not None:
        raise BookBrokenError(entry=first.seq, reason=why)
    if left > LARGE:
        schema.drop_indexes(connection)
    insert(connection, rows)
    if tail.head.seq == last.seq:
        schema.build_indexes(connection)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('position', ?)", (f"{last.seq} {last.hash.hex()}",))
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('last_at', ?)", (_at(last),))


def _at(entry: Entry) -> str:
    return event_of(entry).at


_ENTRY = (
    "seq, id, kind, day, at, by, party, amount_paise, ref, reverses, corrects, import_entry, import_row, note, items"
)


def insert(connection: sqlite3.Connection, rows: Fold) -> None:
    """Write a fold's rows into the tables, inside the caller's transaction."""
    many = connection.executemany
    many("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows.meta.items())
    marks = ", ".join("?" * 14)
    columns = (
        "seq, id, kind, day, at, by, party, amount_paise, ref, reverses,"
        " corrects, import_entry, import_row, note, items"
    )
    many(f"INSERT INTO entry ({columns}) VALUES ({marks}, ?)", rows.entries)
    many("INSERT INTO posting (id, entry, day, account, party, amount_paise) VALUES (?, ?, ?, ?, ?, ?)", rows.postings)
    many("UPDATE entry SET reversed_by = ? WHERE seq = ?", rows.reversed)
    many(
        "INSERT INTO month VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " debit_paise = debit_paise + excluded.debit_paise, credit_paise = credit_paise + excluded.credit_paise",
        ((*key, *sums) for key, sums in rows.months.items()),
    )
    many("INSERT OR REPLACE INTO counter VALUES (?, ?, ?)", rows.counters)
    many("INSERT INTO import VALUES (?, ?, ?, ?, ?)", rows.imports)
    many("INSERT INTO clock VALUES (?, ?)", rows.clocks)
    _insert_parties(connection, rows)
    _erase(connection, rows)


def _insert_parties(connection: sqlite3.Connection, rows: Fold) -> None:
    many = connection.executemany
    many(
        "INSERT INTO party (party, id, entry, record, record_entry, forgotten, largest_paise, last_entry)"
        " VALUES (?, ?, ?, '{}', 0, 0, 0, 0)",
        rows.new_parties.values(),
    )
    renamed = ((party,) for party in rows.parties if party not in rows.new_parties)
    many("DELETE FROM name_key WHERE party = ?", renamed)
    many(
        "UPDATE party SET record = ?, record_entry = ? WHERE party = ?",
        (
            (json.dumps(now["record"], ensure_ascii=False, sort_keys=True), now["entry"], party)
            for party, now in rows.parties.items()
        ),
    )
    many("INSERT INTO name_key VALUES (?, ?, ?)", _keys(rows))
    many("UPDATE party SET last_entry = ? WHERE party = ?", ((last, party) for party, last in rows.last.items()))
    many(
        "UPDATE party SET largest_paise = max(largest_paise, ?) WHERE party = ?",
        ((largest, party) for party, largest in rows.largest.items()),
    )


def _keys(rows: Fold) -> Iterator[Row]:
    for party, now in rows.parties.items():
        yield from key_rows(party, now["record"])


def _erase(connection: sqlite3.Connection, rows: Fold) -> None:
    if not rows.erasures:
        return
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('to_purge', '1')")
    for event in rows.erasures:
        if event.party is None:
            continue
        gone = (event.party, event.upto)
        connection.execute("UPDATE entry SET note = NULL, items = NULL WHERE party = ? AND seq <= ?", gone)
        if connection.execute("SELECT 1 FROM party WHERE party = ? AND record_entry <= ?", gone).fetchone():
            connection.execute("UPDATE party SET record = '{}', forgotten = 1 WHERE party = ?", gone[:1])
            connection.execute("DELETE FROM name_key WHERE party = ?", gone[:1])
    for event in rows.erasures:
        many = [(entry,) for entry in event.entries or ()]
        connection.executemany("UPDATE entry SET note = NULL, items = NULL WHERE seq = ?", many)
        connection.executemany("UPDATE party SET record = '{}' WHERE record_entry = ?", many)
        connection.executemany(
            "DELETE FROM name_key WHERE party IN (SELECT party FROM party WHERE record_entry = ?)", many
        )
