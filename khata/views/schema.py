"""The tables of the cache. Nothing here is for ever: another VERSION, and the cache is built anew.

Indexes are kept apart: a large tail is folded without those into whose middle rows go, which are built at the end.
"""

from __future__ import annotations

import sqlite3

VERSION = 7

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
        "debited_paise": int,
        "credited_paise": int,
    },
    "total": {"account": str, "debit_paise": int, "credit_paise": int},
    "erasure": {"party": int, "upto": int, "entry": int},
    "missing": {"entry": int, "party": int},
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
    "total": "account",
    "missing": "entry",
}

ENTRY = tuple(column for column in _TABLES["entry"] if column != "reversed_by")
"""The columns of an entry as it is folded; another one is filled in when it is reversed."""

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
_UNIQUE = frozenset(("entry_id",))
"""No id stands twice in a book that is well."""


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
