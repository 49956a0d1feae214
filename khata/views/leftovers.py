"""What else of a book is in a folder of caches: of another path that it had, of a copy of it, of a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from khata.views import schema
from khata.views.about import about
from khata.views.cache import Cache


def clear(folder: Path, book: str, own: Path) -> None:
    """Empty the caches of a book (32 hex) other than `own`: they may hold a name that was erased since.

    Not deleted, for somebody may be reading there: whoever asks next builds them anew.
    """
    for path in folder.glob("*.sqlite"):
        if path != own and _is_of(path, book):
            with suppress(sqlite3.Error), closing(Cache(path)) as cache:
                if cache.on_disk:
                    cache.connection.execute("BEGIN IMMEDIATE")
                    schema.empty(cache.connection)
                    cache.connection.execute("COMMIT")
                    cache.rewrite()


def _is_of(path: Path, book: str) -> bool:
    with suppress(sqlite3.Error, OSError, ValueError):
        if path.is_symlink() or not path.is_file():
            return False
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            known = about(connection)
            return known is not None and known.book == book
    return False
