"""The floor: what a hand-written script takes that decides nothing and checks nothing.

    python bench/floor.py log CSV BOOK         from the same file the same log as `khata import` writes
    python bench/floor.py views CACHE COPY     the rows of a finished cache into tables like its own, and their indexes
    python bench/floor.py bytes BOOK COPY      the log alone, from bodies that are parsed already: the strictest floor
    python bench/floor.py verify BOOK          read every entry, parse it, emit it again, hash it
    python bench/floor.py commits BOOK COPY GROUP    the last rows of a book, one commit for each group of so many

`log` and `verify` count as whole processes. All print their seconds, in which reading what they start from is not
counted.
"""

from __future__ import annotations

import csv
import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION

BATCH = 1000
MORE = 20_000
KINDS = {"sale": "sale_recorded", "receive": "payment_received", "return": "goods_returned"}

# khata's own engine for bulk: the two differ in what they do, not in who encodes.
encode = msgspec.json.Encoder(order="sorted").encode
parse = msgspec.json.Decoder().decode


COMMITS = 1000
"""Entries that `commits` takes from the end of a book, or all but its first if it has fewer."""


def main(what: str, *words: str) -> None:
    """Run one of the floors."""
    floors: dict[str, Callable[..., float]] = {
        "log": log,
        "views": views,
        "bytes": only_bytes,
        "verify": verify,
        "commits": commits,
    }
    print(floors[what](*words))


def _book(path: str) -> sqlite3.Connection:
    """A new book file with khata's schema, settings and durability, in a transaction."""
    to = sqlite3.connect(path, isolation_level=None)
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "recursive_triggers = ON", "secure_delete = ON"):
        to.execute(f"PRAGMA {setting}")
    to.execute("PRAGMA journal_mode = TRUNCATE")
    to.execute("PRAGMA synchronous = EXTRA")
    to.execute("BEGIN IMMEDIATE")
    to.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    to.execute(f"PRAGMA user_version = {USER_VERSION}")
    for sql in OBJECTS.values():
        to.execute(sql)
    return to


class Log:
    """Seals bodies one after another, and inserts them by the thousand."""

    def __init__(self, path: str) -> None:
        now = datetime.now(UTC)
        self.to = _book(path)
        self.at = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.today = (now + timedelta(hours=5, minutes=30)).date().isoformat()
        self.by = os.urandom(4).hex()
        self.prev = "0" * 64
        self.seq = 0
        self.entries: list[tuple[int, bytes, bytes]] = []
        self.details: list[tuple[int, bytes, bytes]] = []

    def append(self, kind: str, on: str, data: dict[str, Any], words: dict[str, Any] | None = None) -> int:
        """Add one entry, with a fresh id, and salt and commitment where it has words."""
        self.seq += 1
        if words is not None:
            salt, said = os.urandom(16), encode(words)
            data["detail"] = hashlib.sha256(b"khata-detail-v1\x00" + salt + said).hexdigest()
            self.details.append((self.seq, salt, said))
        body = encode(
            {
                "@prev": self.prev,
                "@seq": self.seq,
                "@v": 1,
                "at": self.at,
                "by": self.by,
                "data": data,
                "id": os.urandom(16).hex(),
                "kind": kind,
                "on": on,
                "v": 1,
            }
        )
        digest = hashlib.sha256(b"\x00" + body)
        self.prev = digest.hexdigest()
        self.entries.append((self.seq, body, digest.digest()))
        if len(self.entries) == BATCH:
            self.flush()
        return self.seq

    def flush(self) -> None:
        self.to.executemany("INSERT INTO event VALUES (?, ?, ?)", self.entries)
        self.to.executemany("INSERT INTO detail VALUES (?, ?, ?, 0)", self.details)
        self.entries.clear()
        self.details.clear()

    def close(self) -> None:
        """Commit: on the disk when it returns."""
        self.flush()
        self.to.execute("COMMIT")
        self.to.close()


def log(file: str, path: str) -> float:
    """A book of the rows of a file, as a script writes it."""
    started = time.perf_counter()
    rows = Path(file)
    out = Log(path)
    opened = {"book": os.urandom(16).hex(), "counter": out.by, "currency": "INR", "lang": "en", "min_reader": 1}
    opened |= {"min_writer": 1, "shop": "Bench", "zone": "+05:30"}
    out.append("book_opened", out.today, opened, {"counter": "bench"})
    raw = rows.read_bytes()
    begun = {"profile": "khata", "rows": raw.count(b"\n") - 1, "sha256": hashlib.sha256(raw).hexdigest()}
    del raw
    file_entry = out.append("import_started", out.today, begun, {"file": rows.name})
    numbers: dict[str, int] = {}
    with rows.open(encoding="utf-8", newline="") as text:
        lines = csv.reader(text, strict=True)
        next(lines)
        for row, (on, kind, name, amount, mode, _, ref, note) in enumerate(lines, 2):
            whole, _, part = amount.partition(".")
            paise = int(whole) * 100 + int(part)
            data: dict[str, Any] = {"amount_paise": paise, "import": {"entry": file_entry, "row": row}}
            if name == "counter":
                data["paid"] = [{"amount_paise": paise, "mode": mode}]
            else:
                number = numbers.get(name)
                if number is None:
                    number = numbers[name] = len(numbers) + 1
                    came = {"import": {"entry": file_entry, "row": row}, "party": number}
                    out.append("party_added", out.today, came, {"name": name})
                data["party"] = number
                if kind == "receive":
                    data["mode"] = mode
            if ref:
                data["ref"] = ref
            out.append(KINDS[kind], on, data, {"note": note} if note else None)
    out.close()
    return time.perf_counter() - started


def only_bytes(book: str, path: str) -> float:
    """Seconds to emit, seal and insert the entries of a finished book; parsing them is not counted."""
    source = sqlite3.connect(book)
    started = time.perf_counter()
    to = _book(path)
    prev = "0" * 64
    spent = time.perf_counter() - started
    for batch in _batches(source, "SELECT body FROM event ORDER BY seq"):
        bodies = [parse(body) for (body,) in batch]
        started = time.perf_counter()
        entries = []
        for body in bodies:
            body["@prev"] = prev
            text = encode(body)
            digest = hashlib.sha256(b"\x00" + text)
            prev = digest.hexdigest()
            entries.append((body["@seq"], text, digest.digest()))
        to.executemany("INSERT INTO event VALUES (?, ?, ?)", entries)
        spent += time.perf_counter() - started
    details = source.execute("SELECT * FROM detail ORDER BY entry").fetchall()
    started = time.perf_counter()
    to.executemany("INSERT INTO detail VALUES (?, ?, ?, ?)", details)
    to.execute("COMMIT")
    return spent + time.perf_counter() - started


def commits(book: str, path: str, group: str) -> float:
    """Seconds an entry to commit the last ones of a book in groups, as a bare loop does: on the disk before the next.

    The entries before them are put in first, in one commit that is not counted.
    """
    source = sqlite3.connect(book)
    events = source.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
    at, step = max(len(events) - COMMITS, 1), int(group)
    details = {row[0]: row for row in source.execute("SELECT entry, salt, body, form FROM detail")}
    to = _book(path)
    _put(to, events[:at], details)
    to.execute("COMMIT")
    started = time.perf_counter()
    for first in range(at, len(events), step):
        to.execute("BEGIN IMMEDIATE")
        _put(to, events[first : first + step], details)
        to.execute("COMMIT")
    return (time.perf_counter() - started) / (len(events) - at)


def _put(to: sqlite3.Connection, events: list[Any], details: dict[int, Any]) -> None:
    to.executemany("INSERT INTO event VALUES (?, ?, ?)", events)
    to.executemany("INSERT INTO detail VALUES (?, ?, ?, ?)", [details[row[0]] for row in events if row[0] in details])


def views(cache: str, path: str) -> float:
    """Seconds to make a finished cache's tables and indexes anew; reading the rows is not counted."""
    Path(path).unlink(missing_ok=True)
    source = sqlite3.connect(cache)
    schema = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    to = sqlite3.connect(path, isolation_level=None)
    started = time.perf_counter()
    to.execute("PRAGMA journal_mode = WAL")
    to.execute("PRAGMA synchronous = NORMAL")
    to.execute("BEGIN")
    for kind, _, sql in schema:
        if kind == "table":
            to.execute(sql)
    spent = time.perf_counter() - started
    for kind, name, _ in schema:
        for batch in _batches(source, f'SELECT * FROM "{name}"') if kind == "table" else ():
            started = time.perf_counter()
            to.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(batch[0]))})', batch)
            spent += time.perf_counter() - started
    started = time.perf_counter()
    for kind, _, sql in schema:
        if kind == "index":
            to.execute(sql)
    to.execute("COMMIT")
    return spent + time.perf_counter() - started


def verify(book: str) -> float:
    """Seconds to read every entry, parse it, emit it again and hash it: one process, no meaning looked at."""
    source = sqlite3.connect(book)
    started = time.perf_counter()
    prev = "0" * 64
    for _, body, stored in source.execute("SELECT seq, body, hash FROM event ORDER BY seq"):
        value = parse(body)
        digest = hashlib.sha256(b"\x00" + body)
        if value["@prev"] != prev or encode(value) != body or digest.digest() != stored:
            raise SystemExit("the book does not hold")
        prev = digest.hexdigest()
    return time.perf_counter() - started


def _batches(source: sqlite3.Connection, sql: str) -> Iterator[list[Any]]:
    """The rows of a query, some thousand at a time, so that memory stays flat."""
    rows = source.execute(sql)
    while batch := rows.fetchmany(MORE):
        yield batch


if __name__ == "__main__":
    main(*sys.argv[1:])
