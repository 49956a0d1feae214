"""The floor: the same bytes, tables and indexes as khata's, written by plain loops with nothing decided or checked.

    python bench/floor.py write BOOK CACHE CSV FOLDER     what an import and a first question write
    python bench/floor.py verify BOOK                     what a verification must at least read and hash

The rows come from a finished book and cache, read before the clock starts; it prints the seconds of each part.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any


def main(what: str, *paths: str) -> None:
    """Run one of the two floors and print its seconds as JSON."""
    print(json.dumps(write(*map(Path, paths)) if what == "write" else verify(Path(paths[0]))))


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()


def write(book: Path, cache: Path, rows: Path, folder: Path) -> dict[str, float]:
    """Seconds to read the CSV, to make and write the log, and to write the views and their indexes."""
    source = sqlite3.connect(book)
    bodies = [json.loads(body) for (body,) in source.execute("SELECT body FROM event ORDER BY seq")]
    details = source.execute("SELECT * FROM detail").fetchall()
    started = time.perf_counter()
    with rows.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file, strict=True):
            pass
    read = time.perf_counter() - started
    started = time.perf_counter()
    _write_log(folder / "floor.khata", _schema(source), bodies, details)
    log = time.perf_counter() - started
    views = sqlite3.connect(cache)
    tables = [name for (name,) in views.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    held = {table: views.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
    started = time.perf_counter()
    _write_views(folder / "floor.sqlite", _schema(views), held)
    return {"read": read, "log": log, "views": time.perf_counter() - started}


def _write_log(path: Path, schema: list[tuple[str, str]], bodies: list[dict[str, Any]], details: list[Any]) -> None:
    to = sqlite3.connect(path, isolation_level=None)
    to.execute("PRAGMA journal_mode = TRUNCATE")
    to.execute("PRAGMA synchronous = EXTRA")
    for _, sql in schema:
        to.execute(sql)
    encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
    prev = "0" * 64
    to.execute("BEGIN IMMEDIATE")
    for body in bodies:
        body["@prev"] = prev
        text = encode(body).encode()
        digest = hashlib.sha256(b"\x00" + text)
        prev = digest.hexdigest()
        to.execute("INSERT INTO event VALUES (?, ?, ?)", (body["@seq"], text, digest.digest()))
    to.executemany("INSERT INTO detail VALUES (?, ?, ?, ?)", details)
    to.execute("COMMIT")


def _write_views(path: Path, schema: list[tuple[str, str]], held: dict[str, list[Any]]) -> None:
    to = sqlite3.connect(path, isolation_level=None)
    to.execute("PRAGMA journal_mode = WAL")
    to.execute("PRAGMA synchronous = NORMAL")
    to.execute("BEGIN")
    for kind, sql in schema:
        if kind == "table":
            to.execute(sql)
    for table, rows in held.items():
        if rows:
            to.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    for kind, sql in schema:
        if kind == "index":
            to.execute(sql)
    to.execute("COMMIT")


def verify(book: Path) -> dict[str, float]:
    """Seconds to read every entry, parse it, emit it again and hash it: one process, no meaning looked at."""
    source = sqlite3.connect(book)
    encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
    started = time.perf_counter()
    prev = "0" * 64
    for _, body, stored in source.execute("SELECT seq, body, hash FROM event ORDER BY seq"):
        value = json.loads(body)
        if value["@prev"] != prev or encode(value).encode() != body:
            raise SystemExit("the book does not hold")
        digest = hashlib.sha256(b"\x00" + body)
        if digest.digest() != stored:
            raise SystemExit("the book does not hold")
        prev = digest.hexdigest()
    return {"verify": time.perf_counter() - started}


if __name__ == "__main__":
    main(*sys.argv[1:])
