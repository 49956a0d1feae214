"""What an import asks of the book: which of a file's names, references and rows does it know already?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from khata.events.money import OpeningRecorded
from khata.grammar.text import ref_key
from khata.questions.parties import highest_party
from khata.questions.pending import unsettled
from khata.questions.persons import persons
from khata.units import Day, Paise, Party, Seq
from khata.views.schema import REF_KEY

_AT_A_TIME = 500


class KnownEntry(NamedTuple):
    """An entry that moved money: where it stands, and what makes two entries the same (a `Signature`); paise."""

    entry: Seq
    on: Day
    kind: str
    party: Party | None
    amount_paise: Paise


def _portions(values: Iterable[object]) -> Iterator[tuple[str, list[object]]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_A_TIME)):
        yield ", ".join("?" * len(some)), some


def called(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, list[Party]]:
    """Exact key -> the parties that have it as name or alias; keys that nobody has are left out."""
    found: dict[str, list[Party]] = {}
    for marks, some in _portions(keys):
        rows = connection.execute(
            f"SELECT key, party FROM name_key WHERE kind = 'exact' AND key IN ({marks}) ORDER BY party", some
        )
        for key, party in rows:
            found.setdefault(key, []).append(Party(party))
    return found


def declared(connection: sqlite3.Connection, numbers: Iterable[Party]) -> dict[Party, bool]:
    """Those of the numbers that belong to a party, and whether it is forgotten."""
    found: dict[Party, bool] = {}
    for marks, some in _portions(numbers):
        rows = connection.execute(f"SELECT party, forgotten FROM party WHERE party IN ({marks})", some)
        found |= {Party(party): bool(forgotten) for party, forgotten in rows}
    return found


class Begun(NamedTuple):
    """The first day of an account, and whether something was brought forward to it."""

    first: Day
    brought: bool


def begun(connection: sqlite3.Connection, parties: Iterable[Party | None]) -> dict[Party, Begun]:
    """Those of the parties on whose account something stands."""
    found: dict[Party, Begun] = {}
    for marks, some in _portions(party for party in parties if party is not None):
        rows = connection.execute(
            f"SELECT party, min(day), max(kind = ?) FROM entry WHERE party IN ({marks})"
            " AND amount_paise IS NOT NULL AND reversed_by IS NULL GROUP BY party",
            [OpeningRecorded.KIND, *some],
        )
        found |= {Party(party): Begun(Day(first), bool(brought)) for party, first, brought in rows}
    return found


def names(connection: sqlite3.Connection) -> Iterator[tuple[Party, str]]:
    """Every party with its name, and again with each alias."""
    for party, record in connection.execute("SELECT party, record FROM party ORDER BY party"):
        words = json.loads(record)
        yield from ((Party(party), name) for name in (words.get("name"), *words.get("aliases", ())) if name)


def next_party(connection: sqlite3.Connection) -> Party:
    """The next free number. Raises ViewsDifferError."""
    return Party(highest_party(connection) + 1)


_CAME_BACK = "reversed_by IN (SELECT entry FROM bounce)"
"""A payment that came back is cancelled, and yet it had come: a row that says so is known."""


def with_refs(
    connection: sqlite3.Connection, keys: Iterable[str], *, came_back: bool = False
) -> dict[str, list[KnownEntry]]:
    """Key of a reference -> the entries that have it, reversed ones aside; what nothing has is left out.

    `came_back`: instead of these the payments that came back, whose reference is free again. They are several where
    they are shares of one payment. Of several khatas of one person it is the number that stands for all.
    """
    found: dict[str, list[KnownEntry]] = {}
    any_of_them = "SELECT 1 FROM bounce LIMIT 1" if came_back else "SELECT 1 FROM entry WHERE ref IS NOT NULL LIMIT 1"
    if connection.execute(any_of_them).fetchone() is None:
        return found
    who, which = persons(connection), _CAME_BACK if came_back else "reversed_by IS NULL"
    for marks, some in _portions(keys):
        rows = connection.execute(
            f"SELECT {REF_KEY}, seq, day, kind, party, amount_paise FROM entry"
            f" WHERE {REF_KEY} IN ({marks}) AND ref IS NOT NULL AND {which} ORDER BY seq",
            some,
        )
        for key, seq, day, kind, party, amount in rows:
            known = KnownEntry(seq, day, kind, who.of(party) if party is not None else None, amount)
            found.setdefault(key, []).append(known)
    return found


def on_their_way(connection: sqlite3.Connection) -> dict[str, Seq]:
    """Key of a reference -> the payment on its way that has it."""
    return {ref_key(begun.ref): entry for entry, begun in unsettled(connection) if begun.ref is not None}


def found_by_ref(connection: sqlite3.Connection, keys: Iterable[tuple[str, int]]) -> Iterator[tuple[int, Seq]]:
    """Rows whose reference stands in the book, with its entry."""
    rest = iter(keys)
    while some := dict(islice(rest, _AT_A_TIME)):
        for key, known in with_refs(connection, some).items():
            if len(known) == 1:  # of several shares each is held against the book by all that it says
                yield some[key], known[0].entry


def recorded(
    connection: sqlite3.Connection, first: Day, last: Day, *, with_ref: bool, cancelled: bool = False
) -> Iterator[KnownEntry]:
    """What stands in the book for the days from `first` to `last`, both included, however it came; by entry.

    `with_ref`: those that have a reference, or those that have none. Cancelled entries are left out, but not those that
    were corrected, however often: the money is still there; nor payments that came back. Of several khatas of one
    person it is the number that stands for all.
    `cancelled`: cancelled ones as well.
    """
    who = persons(connection)
    rows = connection.execute(
        "WITH RECURSIVE put_right(seq) AS ("
        "SELECT corrects FROM entry WHERE corrects IS NOT NULL AND reversed_by IS NULL"
        " UNION SELECT e.corrects FROM put_right JOIN entry e ON e.seq = put_right.seq WHERE e.corrects IS NOT NULL)"
        " SELECT seq, day, kind, party, amount_paise FROM entry WHERE day BETWEEN ? AND ?"
        f" AND amount_paise IS NOT NULL AND ref IS {'NOT ' if with_ref else ''}NULL"
        f" AND (reversed_by IS NULL OR seq IN put_right OR {_CAME_BACK} OR ?) ORDER BY day, seq",
        (first, last, cancelled),
    )
    for seq, day, kind, party, amount in rows:
        yield KnownEntry(seq, day, kind, who.of(party) if party is not None else None, amount)


def how_recorded(connection: sqlite3.Connection, entries: Iterable[Seq]) -> dict[Seq, str]:
    """How each of some entries came: `typed` by somebody, or `file`."""
    found: dict[Seq, str] = {}
    for marks, some in _portions(entries):
        rows = connection.execute(f"SELECT seq, import_entry IS NULL FROM entry WHERE seq IN ({marks})", some)
        found |= {Seq(seq): "typed" if typed else "file" for seq, typed in rows}
    return found


def since(connection: sqlite3.Connection, seq: Seq, most: int) -> list[tuple[str, str | None]]:
    """Kind and reference of the entries after `seq`, no more than `most` of them."""
    rows = connection.execute("SELECT kind, ref FROM entry WHERE seq > ? ORDER BY seq LIMIT ?", (seq, most))
    return rows.fetchall()
