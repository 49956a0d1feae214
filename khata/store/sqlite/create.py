"""Making a book file: whole or not at all, and never over another file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from khata.log.book import Detail
from khata.log.chain import Entry
from khata.log.errors import DiskError, PathTakenError
from khata.store.sqlite.connection import connect, make_durable, meaning
from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION


def create(path: Path, entries: Iterable[Entry], details: Iterable[Detail] = ()) -> None:
    """Make a book file that holds these entries (at least the first) and details.

    It is written beside the path under another name and linked into place, so that a killed process leaves no half a
    book and two `init` at once do not write over each other.

    Raises:
        PathTakenError: a file is already there.
        DiskError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if os.path.lexists(path):
            raise PathTakenError(path=str(path))
        _make_folder(path.parent)
        temporary.unlink(missing_ok=True)
        _write(temporary, entries, details)
        os.link(temporary, path)
        _sync(path.parent)
    except FileExistsError as e:
        raise PathTakenError(path=str(path)) from e
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    finally:
        for left in (temporary, temporary.with_name(temporary.name + "-journal")):
            with suppress(OSError):
                left.unlink()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as e:  # a file in the folder's place is not a book in the path's
        raise DiskError(path=str(folder), reason=e.strerror) from e


def _write(path: Path, entries: Iterable[Entry], details: Iterable[Detail]) -> None:
    connection = connect(path, create=True)
    try:
        with meaning(path):
            connection.execute("PRAGMA encoding = 'UTF-8'")
            make_durable(connection, path)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {USER_VERSION}")
            for text in OBJECTS.values():
                connection.execute(text)
            connection.executemany("INSERT INTO event (seq, body, hash) VALUES (?, ?, ?)", entries)
            connection.executemany("INSERT INTO detail (entry, salt, body, form) VALUES (?, ?, ?, ?)", details)
            connection.execute("COMMIT")
    except sqlite3.Error as e:  # pragma: no cover - meaning() has said it already
        raise DiskError(path=str(path), reason=str(e)) from e
    finally:
        connection.close()


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
