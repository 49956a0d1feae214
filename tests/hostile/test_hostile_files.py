"""Files in a book's place that are no book, or a damaged one: judged in little memory and time, never believed."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same files in each run
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.store.sqlite import connection
from khata.store.sqlite.schema import OBJECTS
from tests.hostile.books import database
from tests.hostile.judge import COMMANDS, entries_of
from tests.hostile.screen import harmful
from tests.torture.figures import Figures
from tests.torture.till import ROOT
from tests.verifying.conftest import Patient

FOREVER = "WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n)"
EVENT, DETAIL = OBJECTS["event"], OBJECTS["detail"]
TRIGGERS = [OBJECTS[name] for name in ("event_no_update", "event_no_delete", "event_next")]
WHOLE = (EVENT, DETAIL, *TRIGGERS)

SCHEMAS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "views that never end": (
        f"CREATE VIEW event AS {FOREVER} SELECT seq, x'7b7d' AS body, zeroblob(32) AS hash FROM n",
        f"CREATE VIEW detail AS {FOREVER} SELECT seq AS entry, x'00' AS salt, x'7b7d' AS body, 0 AS form FROM n",
    ),
    "a view of details": (EVENT, f"CREATE VIEW detail AS {FOREVER} SELECT seq AS entry, 0 salt, 0 body, 0 form FROM n"),
    "generated columns": (
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB, hash BLOB AS (hex(body)))",
        "INSERT INTO event (seq, body) VALUES (1, x'7b7d')",
        DETAIL,
    ),
    "no rowid": (
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB, hash BLOB) WITHOUT ROWID",
        "INSERT INTO event VALUES (1, x'7b7d', zeroblob(32))",
        DETAIL,
    ),
    "a virtual table": ("CREATE VIRTUAL TABLE event USING fts5(seq, body, hash)", DETAIL),
    "other types": (
        "CREATE TABLE event (seq TEXT, body TEXT, hash TEXT)",
        "INSERT INTO event VALUES ('x', char(27), NULL), (NULL, 5, 5.5)",
        DETAIL,
    ),
    "a trigger that goes on": (
        *WHOLE,
        "CREATE TRIGGER more AFTER INSERT ON event BEGIN INSERT INTO event SELECT NEW.seq + 1, NEW.body, NEW.hash; END",
    ),
    "a trigger under our name": (
        EVENT,
        DETAIL,
        f"CREATE TRIGGER event_next BEFORE INSERT ON event BEGIN SELECT 1 FROM ({FOREVER} SELECT * FROM n); END",
    ),
    "an index with a function": (*WHOLE, "CREATE INDEX i ON event (hex(body))"),
    "a name that steers": (*WHOLE, 'CREATE TABLE "\x1b[2J\u202e" (x)'),
    "a type that steers": (
        *WHOLE,
        "CREATE TABLE x (y)",
        "UPDATE sqlite_master SET type = char(27, 155) WHERE name = 'x'",
    ),
    "one tree for both": (*WHOLE, "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'detail'"),
    "the schema's own tree": (*WHOLE, "UPDATE sqlite_master SET rootpage = 1 WHERE name = 'event'"),
    "a tree far away": (*WHOLE, "UPDATE sqlite_master SET rootpage = 1000000 WHERE name = 'event'"),
    "an index for a table": (
        *WHOLE,
        "CREATE INDEX i ON event (hash)",
        "UPDATE sqlite_master SET rootpage = (SELECT max(rootpage) FROM sqlite_master) WHERE name = 'event'",
    ),
    "text that is no text": (
        *WHOLE,
        "UPDATE sqlite_master SET sql = CAST(x'ff1b9b' AS TEXT) WHERE name = 'event_next'",
    ),
    "a body of megabytes": (
        "PRAGMA ignore_check_constraints = ON",
        *WHOLE,
        "INSERT INTO event VALUES (1, zeroblob(40000000), zeroblob(32))",
    ),
    "the ends of numbers": (
        "PRAGMA ignore_check_constraints = ON",
        EVENT,
        DETAIL,
        "INSERT INTO event VALUES (-9223372036854775808, x'7b7d', zeroblob(32))",
        "INSERT INTO event VALUES (9223372036854775807, x'7b7d', zeroblob(32))",
        "INSERT INTO detail VALUES (-9223372036854775808, x'', x'', 9223372036854775807)",
        *TRIGGERS,
    ),
    "many tables": (*WHOLE, *(f"CREATE TABLE t{number} (x)" for number in range(300))),
}


def judged(files: Sequence[Path], limit_s: float = 60) -> list[dict[str, Any]]:
    """The judgements of a process that has little memory, and is killed if it takes too long."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.judge", *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=limit_s,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[-3000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["file"] for each in found] == [file.name for file in files]
    return found


def assert_harmless(found: dict[str, Any]) -> None:
    assert "Traceback" not in found["said"], found["said"][-2000:]
    assert set(found["codes"].values()) <= {0, 1, 2, 4, 5}, found
    assert harmful(found["said"]) == harmful(found["shown"], terminal=True) == [], found
    assert found["seconds"] < 10, found


def assert_not_believed(found: dict[str, Any], whole: list[str]) -> None:
    """A file passes only if its entries are the book's to the byte; what is answered is from a part that holds."""
    assert_harmless(found)
    if found["verify"] in {"unbroken", "incomplete"} or found["codes"]["verify"] == 0:
        assert found["entries"] == whole, found
    if found["codes"]["export --format jsonl"] == 0:
        assert found["exported"] == whole[: len(found["exported"])], found


def test_a_schema_that_is_not_khatas_is_not_asked(tmp_path: Path) -> None:
    files = [database(tmp_path / f"{n}.khata", *texts) for n, texts in enumerate(SCHEMAS.values())]
    for name, found in zip(SCHEMAS, judged(files), strict=True):
        assert_harmless(found)
        assert found["verify"] == "broken" or found["verify"].startswith("refused"), name
        assert found["codes"]["verify"] in {1, 2, 4, 5}, name
        assert found["codes"]["sale @1 5"] in {1, 2, 4, 5}, (name, found)


def test_without_the_look_at_the_schema_a_stranger_s_trigger_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    from khata.log.errors import BookBrokenError
    from tests.books import on_disk

    patient = Patient(tmp_path)
    with closing(sqlite3.connect(patient.book)) as stranger:
        stranger.execute(
            "CREATE TRIGGER more AFTER INSERT ON event BEGIN INSERT INTO detail VALUES (0, x'', x'', 0); END"
        )
    with pytest.raises(BookBrokenError):
        on_disk(patient.book, tmp_path / "cache").sell("Party 0", 5)
    monkeypatch.setattr("khata.store.sqlite.book.check_schema", lambda *_: None)
    on_disk(patient.book, tmp_path / "cache").sell("Party 0", 5)
    with closing(sqlite3.connect(patient.book)) as stranger:
        assert stranger.execute("SELECT count(*) FROM detail WHERE entry = 0").fetchone() == (1,)


HEADER = [at for at in range(16, 96) if not 60 <= at < 72]
"""Places in the header, but for the two numbers that say whose file it is."""


def with_other_header(content: bytes, dice: random.Random) -> bytes:
    at = dice.choice(HEADER)
    size = dice.choice((1, 2, 4))
    value = dice.choice((0, 1, 2, 3, 0x7F, 0xFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x01000000)) & (256**size - 1)
    bad = bytearray(content)
    bad[at : at + size] = value.to_bytes(size, "big")
    return bytes(bad)


def with_other_pages(content: bytes, dice: random.Random) -> bytes:
    """Pages exchanged, doubled, or one gone."""
    size = 4096
    pages: list[bytes] = [content[at : at + size] for at in range(0, len(content), size)]
    one, other = dice.randrange(1, len(pages)), dice.randrange(len(pages))
    match dice.randrange(3):
        case 0:
            pages[one], pages[other] = (pages[other], pages[one]) if other else (pages[0], pages[one])
        case 1:
            pages[one] = pages[other]
        case _:
            del pages[one]
    return b"".join(pages)


def with_other_pointers(content: bytes, dice: random.Random) -> bytes:
    """A number of a page's own bookkeeping made to point elsewhere: in a circle, too."""
    at = dice.randrange(1, len(content) // 4096) * 4096
    place = at + dice.choice((0, 1, 3, 5, 7, 8, 10, 12, 14))
    return content[:place] + dice.randrange(65536).to_bytes(2, "big") + content[place + 2 :]


def with_other_bytes(content: bytes, dice: random.Random) -> bytes:
    bad = bytearray(content)
    for _ in range(dice.randrange(1, 40)):
        bad[dice.randrange(100, len(bad))] = dice.randrange(256)
    return bytes(bad)


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    with_other_header,
    with_other_pages,
    with_other_pointers,
    with_other_bytes,
]


def deep(path: Path) -> Path:
    """A book of many pages: interior ones, long bodies, details that overflow."""
    from tests.books import on_disk

    shop = on_disk(path, path.with_suffix(".cache"))
    for number in range(40):
        shop.sell(f"Party {number % 5}", 10 + number, note="a long note " * 40)
    shop.close_views()
    shop.store.close()  # type: ignore[attr-defined]
    with closing(sqlite3.connect(path)) as stranger:
        assert stranger.execute("PRAGMA page_count").fetchone()[0] > 10
    return path


def mutants(book: Path, folder: Path, count: int, seed: int) -> Iterator[Path]:
    content, dice = book.read_bytes(), random.Random(seed)
    for number in range(count):
        path = folder / f"m{number}.khata"
        path.write_bytes(MUTATIONS[number % len(MUTATIONS)](content, dice))
        yield path


def try_mutants(tmp_path: Path, count: int, seed: int) -> Counter[str]:
    book = deep(tmp_path / "book.khata")
    whole = entries_of(book) or []
    folder = tmp_path / f"mutants{seed}"
    folder.mkdir()
    results: Counter[str] = Counter()
    for found in judged(list(mutants(book, folder, count, seed)), limit_s=60 + count):
        assert_not_believed(found, whole)
        results[found["verify"].split()[0]] += 1
    shutil.rmtree(folder)
    return results


def test_a_mutated_book_is_never_believed(tmp_path: Path) -> None:
    results = try_mutants(tmp_path, 24, seed=1)
    assert results["broken"] > 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
def test_thousands_of_mutated_books_are_never_believed(tmp_path: Path, seed: int, figures: Figures) -> None:
    results = try_mutants(tmp_path, 500, seed)
    figures(f"{results.total()} mutated books (seed {seed}): {dict(results)}, none believed")


def test_the_judge_believes_an_honest_book(tmp_path: Path) -> None:
    """The control: of the same kind, unmutated."""
    book = deep(tmp_path / "book.khata")
    whole = entries_of(book) or []
    (found,) = judged([book])
    assert_not_believed(found, whole)
    assert found["verify"] == "unbroken"
    assert found["codes"] == dict.fromkeys(COMMANDS, 0) | {"party forget @1 --yes": 2}  # she still owes
    with pytest.raises(AssertionError):
        assert_not_believed(found, [])


def test_a_value_is_never_longer_than_the_limit(tmp_path: Path) -> None:
    with closing(connection.connect(tmp_path / "new", create=True)) as made:
        assert made.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == connection.LARGEST_VALUE
