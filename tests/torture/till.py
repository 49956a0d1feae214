"""A till: khata in a process of its own, on a book in a folder of its own, and what must hold of both afterwards."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from khata.log.chain import Entry
from khata.units import Seq
from khata.verifying.verify import verify
from khata.views.cache import Cache, path_for
from tests.books import Shop, faults_of

KHATA = "from khata.cli.main import main; main()"

LIMITED = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
{KHATA}
"""
"""No file of the process may grow beyond the first argument: a write there fails with EFBIG."""

ROOT = Path(__file__).parent.parent.parent
DONE = ("It is done", "Everything is recorded")
WELL, BROKEN, REFUSED, BUSY, NEWER, MACHINE, KILLED = 0, 1, 2, 3, 4, 5, 137
SEEMS_BROKEN = "The book is not as it was written. Stop writing"
UNCONFIRMED = "The disk did not confirm"
NOT_RECORDED = ("The computer could not do this", "Another counter has held the book")


@dataclass(frozen=True)
class Told:
    """What a process said, and how it ended; a signal's number counts from 128, as a shell counts."""

    code: int
    out: str
    err: str


def told_by(process: subprocess.Popen[str], most_s: float) -> Told:
    """What a process says until its end. Raises subprocess.TimeoutExpired when that takes too long."""
    with process:
        try:
            out, err = process.communicate(timeout=most_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Told(process.returncode if process.returncode >= 0 else 128 - process.returncode, out, err)


@dataclass
class Till:
    """A home, a folder with one book, and the khata that is typed there."""

    folder: Path
    kept: Path | None = field(default=None)

    @property
    def book(self) -> Path:
        return self.folder / "books" / "shop.khata"

    @property
    def stick(self) -> Path:
        """The folder where its backups go."""
        return self.folder / "stick"

    @property
    def cache(self) -> Path:
        return path_for(self.folder / ".cache" / "khata", self.book)

    def rows(self, count: int) -> Path:
        """A CSV file of so many sales and payments."""
        file = self.folder / f"rows{count}.csv"
        lines = [
            f"2024-01-{1 + n % 20:02d},{'sale' if n % 3 else 'receive'},Party {n % 5},{100 + n}.00,,,,row {n},"
            for n in range(count)
        ]
        file.write_text("\n".join(["date,type,party,amount,mode,paid,ref,note,phone", *lines, ""]))
        return file

    def bring_in(self, count: int) -> tuple[str, ...]:
        """The words that import such a file."""
        return ("import", str(self.rows(count)), "--new-parties", "all", "--large")

    @property
    def environ(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "USER": "asha",
            "KHATA_BOOK": str(self.book),
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "PYTHONSAFEPATH": "1",  # Python itself must not read the folder that is made to fail
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
        }

    def start(
        self, words: Sequence[str], *, before: Sequence[str] = (), program: Sequence[str] = ("-c", KHATA)
    ) -> subprocess.Popen[str]:
        """One command in a process of its own; `before`: what starts it."""
        return subprocess.Popen(
            [*before, sys.executable, *program, *words],
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, words: Sequence[str], *, before: Sequence[str] = (), program: Sequence[str] = ("-c", KHATA)) -> Told:
        """The same, and what came of it."""
        return told_by(self.start(words, before=before, program=program), 60)

    def __call__(self, *words: str) -> Told:
        return self.run(words)

    def limited(self, most: int, words: Sequence[str]) -> Told:
        """The same where no file may be longer than `most`."""
        return self.run((str(most), *words), program=("-c", LIMITED))

    def open(self) -> Till:
        """A shop with three customers and a day behind it, to come back to with `begin_again`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for words in (
            ("init", "Sharma Kirana Store", "--book", str(self.book)),
            ("sale", "Ramesh", "100", "--new", "--note", "rice"),
            ("sale", "Gita", "200", "--new", "--note", "salt"),
            ("receive", "Gita", "200"),
            ("balance",),
        ):
            told = self(*words)
            assert told.code == WELL, told
        self.rows(20)
        self.kept = self.folder.with_name(self.folder.name + ".kept")
        shutil.copytree(self.folder, self.kept)
        return self

    def begin_again(self) -> None:
        """Everything as it was, in the same place: the views go by the book's path."""
        assert self.kept is not None
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)


def kind_of_sentence(told: Told) -> str:
    """What a process that did not end well says of the entry: unconfirmed, or not recorded."""
    if UNCONFIRMED in told.err:
        return "unconfirmed"
    assert any(each in told.err for each in NOT_RECORDED), told
    return "not recorded"


def entries_of(book: Path) -> list[Entry]:
    """The entries of a book whose journal has been rolled back."""
    with closing(sqlite3.connect(book)) as connection:
        rows = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return [Entry(Seq(seq), body, digest) for seq, body, digest in rows]


def assert_sound(till: Till) -> list[Entry]:
    """The book is whole, and its views, kept or made anew, agree; returns the entries."""
    verdict = verify(till.book, till.cache, alone=True)
    assert verdict.result == "unbroken", verdict
    entries = entries_of(till.book)
    assert not list(faults_of(entries))
    assert balances(till.book, till.cache) == balances(till.book, None)
    return entries


def balances(book: Path, cache: Path | None) -> dict[int, int]:
    """What the views say, from the cache as it was left (or from none), caught up."""
    from khata.store.sqlite.book import SqliteBook

    store = SqliteBook(book)
    shop = Shop(store, lambda: Cache(cache))
    try:
        return shop.balances()
    finally:
        shop.close_views()
        store.close()


def ids_in(entries: Sequence[Entry]) -> list[str]:
    """The event ids, in order."""
    return [re.findall(rb'"id":"([0-9a-f]{32})"', entry.body)[-1].decode() for entry in entries]


def imported_rows(entries: Sequence[Entry]) -> list[int]:
    """The rows of files that sales and payments came from, in order."""
    found = (re.search(rb'"import":\{"entry":\d+,"row":(\d+)\}', entry.body) for entry in entries)
    kept = [
        int(each[1])
        for each, entry in zip(found, entries, strict=True)
        if each and b'"kind":"party_added"' not in entry.body
    ]
    return sorted(kept)


def assert_outcome(
    till: Till, words: Sequence[str], told: Told, before: Sequence[Entry], *, reading: bool = False
) -> str:
    """What must hold after a command that the machine failed; returns what it told and what was so.

    `reading`: it failed to read, which SQLite does not tell from a damaged page: khata says, stop writing and look.
    Then it is typed again, on a machine that is well: everything is there, once.
    """
    assert "Traceback" not in told.err + told.out, told
    entries = assert_sound(till)
    assert entries[: len(before)] == list(before)
    recorded = len(entries) > len(before)
    if told.code == WELL:
        assert recorded, told
        said = "told"
    elif told.code == KILLED:
        said = "killed"
    elif told.code == BROKEN and reading:
        assert SEEMS_BROKEN in told.err, told
        said = "seems broken"
    elif any(each in told.err for each in DONE):
        assert (told.code, recorded) == (MACHINE, True), told
        said = "done"
    else:
        assert told.code in (MACHINE, BUSY), told
        assert told.err.strip(), told
        said = kind_of_sentence(told)
        assert not (recorded and said == "not recorded"), told
    assert_once_after_retry(till, words, entries if recorded else None)
    return f"{said}, {'recorded' if recorded else 'not recorded'}"


def assert_once_after_retry(till: Till, words: Sequence[str], recorded: Sequence[Entry] | None) -> None:
    """The same again: what was recorded stays alone, what was not is recorded now."""
    again = till(*words)
    entries = assert_sound(till)
    if words[0] == "import":
        assert imported_rows(entries) == [*range(2, 22)], again
    else:
        assert again.code == WELL, again
        assert ids_in(entries).count(words[-1]) == 1
        if recorded is not None:
            assert len(entries) == len(recorded), again
