"""Files without a name, for what does not fit into memory: gone with the process, however it ends.

SQLite writes nothing of a database until some megabytes have come together.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress


def nameless_database(tables: str = "") -> sqlite3.Connection:
    """A new database, which nobody waits for and from which nothing is taken back.

    Args:
        tables: the statements that make its tables.

    Raises:
        sqlite3.Error: there is no room, or no folder, for temporary files.
    """
    connection = sqlite3.connect("", isolation_level=None)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + tables)
    return connection


def nameless_file() -> int | None:
    """The number of a new open file; None where none can be made."""
    import tempfile  # not at every start

    with suppress(OSError), tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
    return None


def folder() -> str:
    """Where SQLite makes temporary files: the first of these that can be written."""
    named = (os.environ.get(name) for name in ("SQLITE_TMPDIR", "TMPDIR"))
    folders = [each for each in (*named, "/var/tmp", "/usr/tmp", "/tmp") if each]  # noqa: S108 - SQLite's own
    return next((each for each in folders if os.access(each, os.W_OK | os.X_OK)), folders[0])
