"""The tables of the cache. Nothing here is for ever: another VERSION, and the cache is built anew.

Indexes are kept apart: a large tail is folded without those into whose middle rows go, which are built at the end.
"""

from __future__ import annotations

import sqlite3

VERSION = 5

_TABLES: dict[str, dict[str, type]] = {
    "meta": {"key": str, "value": str},
    "entry": {
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
        "reversed_by": int,
        "corrects": int,
        "import_entry": int,
        "import_row": int,
        "note": str,
        "items": str,
    },
    "party": {
        "party": int,
        "id": str,
        "entry": int,
        "record": str,
        "record_entry": int,
        "forgotten": int,
        "largest_paise": int,
        "last_entry": int,
    },
    "name_key": {"kind": str, "key": str, "party": int},
    "counter": {"by": str, "name": str, "entry": int},
    "import": {"entry": int, "sha256": str, "rows": int, "profile": str, "file": str},
    "clock": {"seq": int, "at": str},
}
_KEYS = {
    "meta": "key",
    "entry": "seq",
    "party": "party",
    "counter": "by",
    "import": "entry",
    "clock": "seq",
}

_MONTH = (
    "CREATE TABLE month (party INTEGER NOT NULL, account TEXT NOT NULL, month TEXT NOT NULL,"
    " debit_paise INTEGER NOT NULL, credit_paise INTEGER NOT NULL, PRIMARY KEY (party, account, month)) WITHOUT ROWID"
)

# An entry's number is the row's own, and so stands at the end of each index.
_SCATTERED = {
    "entry_party": "entry (party, day, debit_paise, credit_paise) WHERE debit_paise IS NOT NULL",
    "entry_id": "entry (id)",
    "entry_ref": "entry (ref) WHERE ref IS NOT NULL",
    "name_key_key": "name_key (kind, key, party)",
}
_GROWING = {
    "entry_day": "entry (day)",
    "entry_reverses": "entry (reverses) WHERE reverses IS NOT NULL",
    "entry_corrects": "entry (corrects) WHERE corrects IS NOT NULL",
    "entry_typed": "entry (seq) WHERE import_entry IS NULL",
}
"""Rows come nearly in the order of these."""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, without indexes, in an empty cache."""
    from sqlite_utils import Database

    db = Database(connection, execute_plugins=False)
    for table, columns in _TABLES.items():
        db.table(table).create(columns, pk=_KEYS.get(table), strict=True)
    db.execute(_MONTH)
    db.execute("INSERT INTO meta VALUES ('version', ?)", [str(VERSION)])


def build_indexes(connection: sqlite3.Connection) -> None:
    """Make the indexes that are not there yet."""
    _build(connection, _GROWING | _SCATTERED)


def drop_indexes(connection: sqlite3.Connection) -> None:
    """Before a large tail is folded in: take those away that would be written all over, and make the others."""
    for name in _SCATTERED:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    _build(connection, _GROWING)


def _build(connection: sqlite3.Connection, indexes: dict[str, str]) -> None:
    for name, what in indexes.items():
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")


def empty(connection: sqlite3.Connection) -> None:
    """Throw every table away, with the bytes that stood in them."""
    connection.execute("PRAGMA secure_delete = ON")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for (name,) in names.fetchall():
        connection.execute(f'DROP TABLE "{name}"')
