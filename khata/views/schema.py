"""The tables of the cache. Nothing here is for ever: another VERSION, and the cache is built anew.

Indexes are kept apart: a large tail is folded without those into whose middle rows go, which are built at the end.
"""

from __future__ import annotations

import sqlite3
from functools import cache

from khata.views.laws import FIRST, LAST, PEAK, SUM, ViewTable, goes_with, once

VERSION = 16

_ENTRY: dict[str, type] = {
    "seq": int,
    "id": bytes,
    "kind": str,
    "day": str,
    "at": str,
    "by": str,
    "party": int,
    "amount_paise": int,
    "debit_paise": int,
    "credit_paise": int,
    "postings": str,
    "ref": str,
    "reverses": int,
    "corrects": int,
    "import_entry": int,
    "import_row": int,
    "note": str,
    "items": str,
    "by_hand": str,
}
ENTRY = tuple(_ENTRY)
"""The columns of an entry as it is folded; another one is filled in when it is reversed."""
SEQ, KIND, AT, BY, WHOSE, POSTINGS, REVERSES, CORRECTS, BY_IMPORT = map(
    ENTRY.index,
    ("seq", "kind", "at", "by", "party", "postings", "reverses", "corrects", "import_entry"),
)
"""Where some of them stand."""

REVERSED = ViewTable("entry", {"seq": int}, {"reversed_by": FIRST}, entry="seq", part="reversed")

FACT = ViewTable("fact", {"key": str}, {"value": goes_with("entry", str, words=True), "entry": LAST}, entry="entry")
"""What the book says of itself: its id, its shop, its language."""

_SUMS = {"debit_paise": SUM, "credit_paise": SUM}

MONTH = ViewTable("month", {"party": int, "account": str, "month": str}, _SUMS)
"""What each account was debited and credited in a month; party 0 for accounts that are nobody's."""

TOTAL = ViewTable("total", {"account": str}, _SUMS)
"""What each account was debited and credited in all months, with the accounts of all parties as one."""

PARTY = ViewTable(
    "party",
    {"party": int},
    {
        "id": goes_with("entry", str),
        "entry": FIRST,
        "record": goes_with("record_entry", str, words=True),
        "record_entry": LAST,
        "forgotten": goes_with("record_entry", int, words=True),
        "largest_paise": PEAK,
        "last_entry": LAST,
        "debited_paise": SUM,
        "credited_paise": SUM,
    },
    entry="entry",
)
"""A party: the entry that declares it, what is known of it and since which entry, its largest and its last entry."""

COUNTER = ViewTable(
    "counter", {"by": str}, {"name": goes_with("entry", str, words=True), "entry": FIRST}, entry="entry"
)

IMPORT = ViewTable(
    "import",
    {"entry": int},
    {"sha256": once(str), "rows": once(int), "profile": once(str), "file": once(str, words_of="entry")},
    entry="entry",
)

MERGE = ViewTable("merge", {"entry": int}, {"party": once(int), "same": once(str), "joined": once(int)}, entry="entry")
"""What was said of two khatas: that `same`, the id of a party, belongs to `party`, or (0) does not any more."""

CLOCK = ViewTable("clock", {"seq": int}, {"at": once(str)}, entry="seq")

LOCK = ViewTable("lock", {"entry": int}, {"upto": once(str), "cut": once(int)}, entry="entry")
"""Up to which day the days were locked, and what counted in what was filed of them; `upto` is null where all opened."""

PENDING = ViewTable(
    "pending",
    {"entry": int},
    {
        "party": once(int),
        "amount_paise": once(int),
        "mode": once(str),
        "ref": once(str),
    },
    entry="entry",
)
"""A payment that began, by the entry with which it did."""

SETTLED = ViewTable("settled", {"entry": int}, {"by": FIRST, "outcome": goes_with("by", str)}, entry="entry")
"""What came of it, and by which entry."""

BOUNCE = ViewTable("bounce", {"entry": int}, {"of": once(int)}, entry="entry")
"""A reversal of a payment that came back unpaid, and that payment."""

MATCH = ViewTable("match", {"sha256": str, "row": int, "entry": int, "ref": str}, {"by": FIRST}, entry="by")
"""A line of a statement and the entry that it was matched with, its reference ("" for none), and who first says so."""

RECURRING = ViewTable(
    "recurring",
    {"entry": int},
    {
        "party": once(int),
        "amount_paise": once(int),
        "every": once(str),
        "first": once(str),
        "made_as": once(str),
    },
    entry="entry",
)
"""What comes again, by the entry with which it began."""

ENDED = ViewTable("ended", {"entry": int}, {"by": FIRST, "day": goes_with("by", str)}, entry="entry")
"""From which day on it does not come again, and by which entry."""

SKIPPED = ViewTable("skipped", {"entry": int}, {"of": once(int), "first": once(str), "last": once(str)}, entry="entry")
"""From which day to which what began with the entry `of` is left out."""

DUE = ViewTable("due", {"entry": int}, {"party": once(int), "day": once(str)}, entry="entry")
"""By which day what was not paid of a sale is due, where it says so, and whose sale it is; never before its own day."""

REMINDER = ViewTable(
    "reminder", {"entry": int}, {"party": once(int), "amount_paise": once(int), "day": once(str)}, entry="entry"
)
"""Who was asked for what is owed, for how much, and on which day."""

DISPUTE = ViewTable("dispute", {"entry": int}, {"of": once(int), "status": once(str)}, entry="entry")
"""Of which entry a customer says that he denies it, or does so no more."""

TABLES: list[ViewTable] = [
    REVERSED,
    FACT,
    MONTH,
    TOTAL,
    PARTY,
    COUNTER,
    IMPORT,
    MERGE,
    CLOCK,
    LOCK,
    PENDING,
    SETTLED,
    BOUNCE,
    MATCH,
    RECURRING,
    ENDED,
    SKIPPED,
    DUE,
    REMINDER,
    DISPUTE,
]
"""What is folded by law. A topic with something of its own to remember adds a table, and a fold (views/fold.py)."""

_KEPT: dict[str, dict[str, type]] = {
    "meta": {"key": str, "value": str},
    "entry": _ENTRY | {"reversed_by": int},
    "erasure": {"party": int, "upto": int, "entry": int},
    "missing": {"entry": int, "party": int},
    "name_key": {"kind": str, "key": str, "party": int},
}
"""What is kept by code: the cache's own position, entries, what was erased, and how a party is found."""
_TYPES = {int: "INTEGER", str: "TEXT", bytes: "BLOB"}
_KEYS = {"meta": "key", "entry": "seq", "missing": "entry"}

REF_KEY = "lower(replace(ref, ' ', ''))"
"""A reference as `grammar.text.ref_key` has it."""

# An entry's number is the row's own, and so stands at the end of each index.
_SCATTERED = {
    "entry_party": "entry (party, day, debit_paise, credit_paise) WHERE debit_paise IS NOT NULL",
    "entry_id": "entry (id)",
    "entry_ref": f"entry ({REF_KEY}) WHERE ref IS NOT NULL",
    "name_key_key": "name_key (kind, key, party)",
    "due_party": "due (party)",
    "reminder_party": "reminder (party, day)",
}
_GROWING = {
    "entry_day": "entry (day)",
    "entry_reverses": "entry (reverses) WHERE reverses IS NOT NULL",
    "entry_corrects": "entry (corrects) WHERE corrects IS NOT NULL",
    "settled_by": 'settled ("by")',
    "match_entry": "match (entry)",
    "match_ref": "match (ref)",
    "entry_typed": "entry (seq) WHERE import_entry IS NULL",
}
"""Rows come nearly in the order of these."""
_UNIQUE = frozenset(("entry_id",))
"""No id stands twice in a book that is well."""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, without indexes, in an empty cache."""
    for text in _tables():
        connection.execute(text)
    connection.execute("INSERT INTO meta VALUES ('version', ?)", [str(VERSION)])


@cache
def _tables() -> tuple[str, ...]:
    """The SQL of each table; worded once in a process, which takes several times as long as making the tables."""
    from sqlite_utils import Database

    db = Database(memory=True, execute_plugins=False)
    for name, columns in _KEPT.items():
        db.table(name).create(columns, pk=_KEYS.get(name), strict=True)
    for table in TABLES:
        columns = table.key | {name: law.kind for name, law in table.laws.items()}
        if len(table.key) > 1:  # what is looked up by several columns is kept by them
            texts = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in columns.items())
            key = f"PRIMARY KEY ({', '.join(table.key)})"
            db.execute(f"CREATE TABLE {table.name} ({texts}, {key}) STRICT, WITHOUT ROWID")
        elif not table.part:
            db.table(table.name).create(columns, pk=next(iter(table.key)), strict=True)
    made = tuple(text for (text,) in db.execute("SELECT sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid"))
    db.close()
    return made


def build_indexes(connection: sqlite3.Connection) -> None:
    """Make the indexes that are not there yet."""
    every = _GROWING | _SCATTERED
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    if not every.keys() <= there:
        _build(connection, every)


def drop_indexes(connection: sqlite3.Connection) -> None:
    """Before a large tail is folded in: take those away that would be written all over, and make the others."""
    for name in _SCATTERED:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    _build(connection, _GROWING)


def _build(connection: sqlite3.Connection, indexes: dict[str, str]) -> None:
    for name, what in indexes.items():
        kind = "UNIQUE INDEX" if name in _UNIQUE else "INDEX"
        connection.execute(f"CREATE {kind} IF NOT EXISTS {name} ON {what}")


def empty(connection: sqlite3.Connection, of: str = "main") -> None:
    """Throw every table away, with the bytes that stood in them. Raises sqlite3.Error."""
    connection.execute(f"PRAGMA {of}.secure_delete = ON")
    names = connection.execute(f"SELECT name FROM {of}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for (name,) in names.fetchall():
        connection.execute(f'DROP TABLE {of}."{name}"')


def copy(connection: sqlite3.Connection, to: str) -> None:
    """Copy every table and index of a connection's own database into an empty one that is attached to it.

    The tables are alike to the letter, and so SQLite copies whole rows and index entries without a look into them.
    """
    texts = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index'"
    ).fetchall()
    for kind, _, text in texts:
        made = f"CREATE {'UNIQUE ' if text.startswith('CREATE UNIQUE') else ''}{kind.upper()} "
        connection.execute(made + f"{to}." + text[len(made) :])
    for kind, name, _ in texts:
        if kind == "table":
            connection.execute(f'INSERT INTO {to}."{name}" SELECT * FROM main."{name}"')
