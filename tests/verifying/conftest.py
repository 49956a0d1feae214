"""A small book that has a bit of everything, and a hand that changes it behind khata's back."""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest

from khata.rules.correction import ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.store.sqlite.schema import OBJECTS
from khata.units import Seq
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from khata.views.cache import path_for
from tests.books import on_disk

TRIGGERS = [name for name in OBJECTS if name.startswith("event_")]


@cache
def _made() -> tuple[Path, Path]:
    """The book and its views, made once and copied hundreds of times."""
    folder = Path(tempfile.mkdtemp(prefix="khata-"))
    atexit.register(shutil.rmtree, folder)
    return made_in(folder)


def made_in(folder: Path) -> tuple[Path, Path]:
    """Such a book with salts of its own, and its views."""
    book = folder / "shop.khata"
    shop = on_disk(book, folder / "cache")
    for number in range(1, 9):
        shop.sell(f"Party {number % 3}", 100 * number, note=f"note {number}")
    shop.receive("Party 1", 250)
    shop.record(ReverseEntry(entry=Seq(3), reason="wrong"))
    shop.sell("Gone", 70, note="to be forgotten")
    shop.receive("Gone", 70)
    shop.record(ForgetParty(party=shop.party("Gone")))
    shop.sell("Party 0", 55)
    shop.books.catch_up()
    shop.close_views()
    shop.store.close()  # type: ignore[attr-defined]
    return book, path_for(folder / "cache", book)


class Patient:
    """A book file and its cache, to be changed and verified."""

    def __init__(self, folder: Path) -> None:
        book, cache = _made()
        self.book = Path(shutil.copy(book, folder / "shop.khata"))
        self.cache = path_for(folder / "cache", self.book)
        self.cache.parent.mkdir()
        shutil.copy(cache, self.cache)

    def verify(self, *, with_cache: bool = True) -> Verdict:
        return verify(self.book, self.cache if with_cache else None)

    @contextmanager
    def opened(self, *, guards: bool = False) -> Iterator[sqlite3.Connection]:
        """The book as a stranger's program opens it; without the triggers, which are put back at the end."""
        with closing(sqlite3.connect(self.book, isolation_level=None)) as connection:
            if not guards:
                for name in TRIGGERS:
                    connection.execute(f"DROP TRIGGER {name}")
            yield connection
            if not guards:
                for name in TRIGGERS:
                    connection.execute(OBJECTS[name])

    def cached(self, sql: str) -> int:
        """Run a statement on the cache; returns the rows it changed."""
        with closing(sqlite3.connect(self.cache, isolation_level=None)) as connection:
            return connection.execute(sql).rowcount

    def body(self, seq: int) -> bytes:
        with closing(sqlite3.connect(self.book)) as connection:
            found: bytes = connection.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()[0]
            return found

    def size(self) -> int:
        with closing(sqlite3.connect(self.book)) as connection:
            return int(connection.execute("SELECT max(seq) FROM event").fetchone()[0])

    def change(self, seq: int, change: Callable[[bytes], bytes], *, rehash: bool = False) -> None:
        """Give an entry other bytes, and with `rehash` the hash that goes with them."""
        body = change(self.body(seq))
        with self.opened() as connection:
            connection.execute("UPDATE event SET body = ? WHERE seq = ?", (body, seq))
            if rehash:
                made = hashlib.sha256(b"\0" + body).digest()
                connection.execute("UPDATE event SET hash = ? WHERE seq = ?", (made, seq))

    def rechain(self, first: int, change: Callable[[bytes], bytes]) -> None:
        """Change an entry and make everything after it anew, as the owner of the file can."""
        with self.opened() as connection:
            prev = ""
            for seq, body, digest in connection.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall():
                if seq < first:
                    prev = digest.hex()
                    continue
                value = json.loads(change(body) if seq == first else body)
                if prev:
                    value["@prev"] = prev
                made = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
                sealed = hashlib.sha256(b"\0" + made).digest()
                connection.execute("UPDATE event SET body = ?, hash = ? WHERE seq = ?", (made, sealed, seq))
                prev = sealed.hex()


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """A book that verifies."""
    return Patient(tmp_path)
