"""A book that was made without some of its names and notes says so itself, in an entry of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from khata.cli.env import Env
from khata.rules.erasure import DeclareLost
from khata.store.sqlite.book import SqliteBook
from khata.units import Seq
from khata.views.cache import Cache
from khata.writing import Books, handle

DECLARED = 4000
"""Lost details that one entry names: its body has at most 65,535 bytes."""


def declare_lost(env: Env, path: Path, lost: Sequence[Seq]) -> None:
    """Add to a new book which of its entries have no name and no note any more.

    Raises:
        BookError: as any entry does.
    """
    parts = [tuple(lost[first : first + DECLARED]) for first in range(0, len(lost), DECLARED)]
    if parts:
        with closing(SqliteBook(path)) as book, closing(Cache(None)) as views:
            books = Books(book, lambda: views, env.now, env.new_id, env.till)
            handle([DeclareLost(entries=part) for part in parts], books)
