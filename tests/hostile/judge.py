"""Judges book files in a process of its own, with little memory: `python -m tests.hostile.judge FILE…`, a line each."""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from khata.log.errors import BookError
from khata.verifying.verify import verify
from tests.cli.conftest import Counter

MEMORY = 512 << 20
"""Address space for books of some tens of KiB."""

COMMANDS = (
    "balance",
    "statement @1",
    "show 2",
    "export",
    "export --format jsonl",
    "verify",
    "sale @1 5",
    "party forget @1 --yes",
)


def judged(book: Path) -> dict[str, Any]:
    """What `verify` says of a file, the exit codes of commands, what they printed, and the seconds it took."""
    started = time.perf_counter()
    entries = entries_of(book)
    try:
        result = str(verify(book, alone=True).result)
    except BookError as e:
        result = f"refused {e.code}"
    home = book.with_suffix(".home")
    home.mkdir()
    counter = Counter(home, environ={"KHATA_BOOK": str(book), "KHATA_DEBUG": "1"})
    answers = {words: counter(*words.split(), terminal=True) for words in COMMANDS}
    return {
        "file": book.name,
        "verify": result,
        "entries": entries,
        "exported": bodies_in(answers["export --format jsonl"].out),
        "codes": {words: answer.code for words, answer in answers.items()},
        "said": "".join(answer.err for answer in answers.values()),
        "shown": "".join(answer.out for answer in answers.values()),
        "seconds": time.perf_counter() - started,
    }


def bodies_in(log: str) -> list[str]:
    """The bodies of an exported log, in hex."""
    return [line.encode().hex() for line in log.splitlines() if line.startswith('{"@prev"')]


def entries_of(book: Path) -> list[str] | None:
    """The bodies that any SQLite reads from a file, the first few thousand, in hex; None if it reads none."""
    try:
        with closing(sqlite3.connect(book)) as connection:
            connection.text_factory = bytes
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'event' AND type = 'table'").fetchone():
                return None
            rows = connection.execute("SELECT body FROM event ORDER BY seq").fetchmany(2000)
            # A changed byte can make a number of a body.
            return [body.hex() if isinstance(body, bytes) else repr(body) for (body,) in rows]
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def main(files: Sequence[str]) -> None:
    """Judge the files one after the other."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for file in files:
        print(json.dumps(judged(Path(file))), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1:])
