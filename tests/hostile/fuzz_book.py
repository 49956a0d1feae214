"""`verify` on any file with a book's first bytes. By itself: `python -m tests.hostile.fuzz_book` where atheris is."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from khata.log.errors import BookError
from khata.verifying.verify import verify
from tests.hostile.fuzzing import fuzz
from tests.verifying.conftest import Patient


@cache
def good() -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A book file that verifies, and its entries."""
    with tempfile.TemporaryDirectory() as folder:
        book = Patient(Path(folder)).book
        return book.read_bytes(), entries_of(book)


def entries_of(book: Path) -> list[tuple[bytes, bytes]]:
    """What any SQLite reads from a file, a thousand rows at most."""
    with closing(sqlite3.connect(book)) as connection:
        return connection.execute("SELECT body, hash FROM event ORDER BY seq").fetchmany(1000)


def TestOneInput(content: bytes) -> None:  # noqa: N802 - the name that fuzzers call
    """Broken, or refused; unbroken only if its entries are the book's, or the first of them, to the byte."""
    header, entries = good()
    with tempfile.NamedTemporaryFile(suffix=".khata") as file:
        file.write(header[:96] + content[96:])
        file.flush()
        path = Path(file.name)
        try:
            result = verify(path, alone=True).result
        except BookError:
            return
        if result != "broken":
            found = entries_of(path)
            assert found == entries[: len(found)]


if __name__ == "__main__":
    os.environ["TMPDIR"] = "/dev/shm"  # noqa: S108 - a thousand files a second
    fuzz(TestOneInput, [good()[0]])
