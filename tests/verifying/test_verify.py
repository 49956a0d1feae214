"""What an entry may say, two processes instead of one, media that cannot be written, and files that are not well."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khata import process
from khata.events import codec
from khata.events.base import Event, Imported, Recorded
from khata.events.book import BookOpened, ClockCorrected, Continues, CounterAdded
from khata.events.money import EntryReversed, SaleRecorded
from khata.events.party import PartyAdded
from khata.log.chain import EMPTY, Entry, Head, seal
from khata.log.errors import BookError, NewerBookError, NoBookError, NotABookError
from khata.rules.correction import ReverseEntry
from khata.store.sqlite.create import create
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Paise, Party, Seq
from khata.verifying import crew, ids, pages
from khata.verifying.verify import verify
from khata.views import compare
from tests.books import BOOK_ID, COUNTER, MORNING, OPENING, TODAY, at, event_id, new_file, on_disk
from tests.verifying.conftest import Patient, made_in

LATER = event_id("somebody else")[:8]


def opened(**more: Any) -> BookOpened:
    return BookOpened(**OPENING | more)


def sold(party: int = 1, **more: Any) -> SaleRecorded:
    return SaleRecorded(party=Party(party), amount_paise=Paise(100), **more)


def book_of(path: Path, *events: Event | tuple[Event, dict[str, Any]]) -> Path:
    """A book of these events, sealed without asking any rule; a dict changes the envelope."""
    head, entries = EMPTY, list[Entry]()
    for place, each in enumerate(events):
        event, change = each if isinstance(each, tuple) else (each, {})
        moment = at((MORNING + timedelta(minutes=place)).strftime("%Y-%m-%d %H:%M"))
        recorded = Recorded(Seq(head.seq + 1), moment, TODAY, COUNTER, event_id(("made", place)), event)
        for key, value in change.items():
            setattr(recorded, key, value)
        entry = seal(codec.encode(recorded, head.hash.hex()), head)
        entries.append(entry)
        head = Head(entry.seq, entry.hash)
    create(path, entries)
    return path


ONE = PartyAdded(party=Party(1))
ANOTHER = Continues(book=BOOK_ID, size=9, head="a" * 64)
"""What a book goes on from."""


@pytest.mark.parametrize(
    ("events", "entry", "code"),
    [
        ([ONE], 1, "not_opened"),
        ([opened(), opened()], 2, "opened_twice"),
        ([opened(), ONE, sold(2)], 3, "party_not_declared"),
        ([opened(), sold(1), ONE], 2, "party_not_declared"),
        ([opened(), PartyAdded(party=Party(2))], 2, "party_not_next"),
        ([opened(), ONE, ONE], 3, "party_not_next"),
        ([opened(continues=ANOTHER), PartyAdded(party=Party(7)), PartyAdded(party=Party(7))], 3, "party_not_next"),
        ([opened(continues=ANOTHER), PartyAdded(party=Party(7)), sold(6)], 3, "party_not_declared"),
        ([opened(), (ONE, {"by": LATER})], 2, "counter_not_declared"),
        ([opened(), (ONE, {"by": LATER}), CounterAdded(counter=LATER)], 2, "counter_not_declared"),
        ([opened(), ONE, sold(), EntryReversed(entry=Seq(2))], 4, "reverses_nothing"),
        ([opened(), ONE, sold(), EntryReversed(entry=Seq(4))], 4, "reverses_nothing"),
        ([opened(), ONE, sold(), EntryReversed(entry=Seq(9))], 4, "reverses_nothing"),
        ([opened(), ONE, sold(), EntryReversed(entry=Seq(3)), EntryReversed(entry=Seq(3))], 5, "reversed_twice"),
        ([opened(), ONE, sold(), EntryReversed(entry=Seq(3)), EntryReversed(entry=Seq(4))], 5, "reverses_nothing"),
        ([opened(), ONE, sold(corrects=3)], 3, "corrects_later"),
        ([opened(), ONE, sold(imported=Imported(Seq(2), 2))], 3, "import_not_started"),
        ([opened(), (ONE, {"id": event_id(("made", 0))})], 2, "id_twice"),
        ([opened(), (ONE, {"at": at("2026-01-01 10:00")})], 2, "at_goes_back"),
        ([opened(), (ONE, {"clock": at("2027-01-01 10:00")})], 2, "clock_not_behind"),
    ],
)
def test_what_no_khata_would_have_recorded(tmp_path: Path, events: list[Event], entry: int, code: str) -> None:
    verdict = verify(book_of(tmp_path / "book.khata", *events))
    assert verdict.result == "broken"
    assert ("chain", entry, code) in verdict.faults
    assert verdict.first_bad_entry == entry


@pytest.mark.parametrize(
    "events",
    [
        [opened()],
        [opened(), ONE, (ClockCorrected(), {"at": at("2026-01-01 10:00")}), (sold(), {"at": at("2026-01-02 10:00")})],
        [opened(), (CounterAdded(counter=LATER), {"by": LATER}), (ONE, {"by": LATER})],
        [opened(continues=ANOTHER), PartyAdded(party=Party(7)), sold(7)],
    ],
)
def test_what_is_rare_and_right(tmp_path: Path, events: list[Event]) -> None:
    verdict = verify(book_of(tmp_path / "book.khata", *events))
    assert (verdict.result, verdict.faults) == ("unbroken", ())


def test_two_processes_find_what_one_finds(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "RANGE", 3)
    monkeypatch.setattr(crew, "LARGE", 1)
    told: list[tuple[int, int]] = []
    good = verify(patient.book, patient.cache, progress=lambda done, total: told.append((done, total)))
    assert good == verify(patient.book, patient.cache, alone=True)
    assert good.result == "unbroken"
    assert told[-1] == (good.entries, good.entries)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    patient.change(7, lambda body: body.replace(b'"amount_paise":', b'"amount_paise":1'))
    bad = verify(patient.book, patient.cache)
    assert bad == verify(patient.book, patient.cache, alone=True)
    assert bad.first_bad_entry == 7


@pytest.mark.parametrize("most", [1, 1 << 16], ids=["kept in a file", "kept in memory"])
def test_an_id_that_stands_twice_in_what_two_processes_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(crew, "RANGE", 2)
    monkeypatch.setattr(crew, "LARGE", 1)
    monkeypatch.setattr(ids, "_MOST", most)
    later: list[Event | tuple[Event, dict[str, Any]]] = [sold() for _ in range(20)]
    assert verify(book_of(tmp_path / "good.khata", opened(), ONE, *later)).result == "unbroken"
    # The second process is given the first four entries before it has started.
    later[1] = (sold(), {"id": event_id(("made", 1))})
    later[18] = (sold(), {"id": event_id(("made", 2))})
    bad = book_of(tmp_path / "bad.khata", opened(), ONE, *later)
    twice = [("chain", 4, "id_twice"), ("chain", 21, "id_twice")]
    assert [fault for fault in verify(bad).faults if fault[2] == "id_twice"] == twice
    monkeypatch.setattr(crew, "nameless_file", lambda: None)
    assert [fault for fault in verify(bad).faults if fault[2] == "id_twice"] == twice


def test_months_that_are_put_together_on_the_way(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = verify(patient.book, patient.cache)
    monkeypatch.setattr(crew, "RANGE", 2)
    monkeypatch.setattr(pages, "_MONTHS", 0)
    assert verify(patient.book, patient.cache) == expected
    patient.cached("UPDATE month SET debit_paise = debit_paise + 1 WHERE party = 0 AND debit_paise > 0")
    assert ("replay", None, "month_differs") in verify(patient.book, patient.cache).faults


@pytest.mark.parametrize("start", ["raise SystemExit(3)", "print('nonsense')", "import time; time.sleep(0.2)"])
def test_a_second_process_that_fails_is_done_without(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    expected = verify(patient.book, patient.cache)
    monkeypatch.setattr(crew, "RANGE", 3)
    monkeypatch.setattr(crew, "LARGE", 1)
    monkeypatch.setattr(process, "START", start)
    assert verify(patient.book, patient.cache) == expected


def test_the_second_process_imports_little() -> None:
    code = "import sys, khata.verifying.worker; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"typer", "rich", "babel", "pydantic", "sqlite_utils", "khata.writing", "khata.rules", "khata.cli"}
    assert heavy.isdisjoint(loaded)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_nothing_is_written(patient: Patient, tmp_path: Path) -> None:
    with closing(sqlite3.connect(patient.cache)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    before = everything_in(tmp_path)
    assert patient.verify().result == "unbroken"
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("damage", ["gone", "garbage", "folder", "empty", "foreign", "unreadable", "older", "newer"])
def test_a_cache_that_is_none_is_no_fault(patient: Patient, tmp_path: Path, damage: str) -> None:
    changes: dict[str, Callable[[], object]] = {
        "gone": lambda: None,
        "garbage": lambda: patient.cache.write_bytes(b"garbage" * 999),
        "folder": patient.cache.mkdir,
        "empty": patient.cache.touch,
        "foreign": lambda: shutil.copy(made_in(_made(tmp_path / "other"))[1], patient.cache),
        "unreadable": lambda: patient.cache.touch(mode=0),
        "older": lambda: _versioned(patient, kept, "0"),
        "newer": lambda: _versioned(patient, kept, "99"),
    }
    kept = patient.cache.read_bytes()
    for path in patient.cache.parent.iterdir():
        path.unlink()
    changes[damage]()
    verdict = patient.verify()
    assert (verdict.result, verdict.faults) == ("unbroken", ())
    assert dict(verdict.checks)["replay"] == "ok"
    assert verdict.to_receive_paise == 330500
    assert verdict.compared_upto == 0


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _versioned(patient: Patient, cache: bytes, version: str) -> None:
    patient.cache.write_bytes(cache)
    patient.cached(f"UPDATE meta SET value = '{version}' WHERE key = 'version'")


def test_a_cache_that_is_behind_is_compared_as_far_as_it_reaches(patient: Patient) -> None:
    from tests.books import on_disk, sale

    shop = on_disk(patient.book, patient.cache.parent)
    entries = patient.size()
    kept = {path: path.read_bytes() for path in patient.cache.parent.iterdir()}
    shop.record(sale("Party 1", 5))
    shop.close_views()
    for path, content in kept.items():
        path.write_bytes(content)
    verdict = patient.verify()
    assert (verdict.result, verdict.entries, verdict.compared_upto) == ("unbroken", entries + 1, entries)
    patient.cached("UPDATE entry SET debit_paise = 1 WHERE seq = 5")
    assert ("replay", 5, "entry_differs") in patient.verify().faults


def test_an_id_in_the_cache_that_is_text_is_told_from_the_same_bytes(patient: Patient) -> None:
    patient.cached("CREATE TABLE loose AS SELECT * FROM entry")
    patient.cached("DROP TABLE entry")
    patient.cached("ALTER TABLE loose RENAME TO entry")
    assert patient.verify().result == "unbroken"
    patient.cached("UPDATE entry SET id = CAST(id AS TEXT) WHERE seq = 5")
    assert ("replay", 5, "entry_differs") in patient.verify().faults


def test_where_sqlite_makes_no_json_the_cache_is_compared_all_the_same(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "_AS_ONE_TEXT", "SELECT no_such_function(?, ?)")
    assert patient.verify().result == "unbroken"
    patient.cached("UPDATE entry SET debit_paise = 1 WHERE seq = 5")
    assert ("replay", 5, "entry_differs") in patient.verify().faults


@pytest.mark.skipif(os.getuid() != 0, reason="needs to become nobody")
def test_read_only_media(patient: Patient, tmp_path: Path) -> None:
    for path in [tmp_path, *tmp_path.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        # Nobody may not be allowed to read where Python keeps its own modules.
        "import os, sys, urllib.parse; from pathlib import Path; from khata.verifying.verify import verify;"
        "os.setuid(65534);"
        "print(verify(Path(sys.argv[1]), Path(sys.argv[2])).result)"
    )
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code, patient.book, patient.cache], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "unbroken", done.stderr


KILLED = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size=1")
c.execute("BEGIN IMMEDIATE")
c.execute("DELETE FROM detail")
c.execute("CREATE TABLE a (x)")
c.execute("INSERT INTO a VALUES (zeroblob(99999))")
os._exit(9)
"""
"""A process that is killed while it writes, and leaves a journal."""


def begin_and_be_killed(book: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, book], check=False)
    assert book.with_name(book.name + "-journal").stat().st_size > 0


def test_a_journal_that_a_killed_process_left_is_rolled_back(patient: Patient) -> None:
    before = patient.verify()
    begin_and_be_killed(patient.book)
    assert patient.verify() == before


def test_a_counter_may_be_killed_between_two_reads_of_a_verification(patient: Patient) -> None:
    with closing(ReadOnlyBook(patient.book)) as pages:
        questions: list[Callable[[], object]] = [
            pages.standing,
            pages.sound,
            lambda: pages.pages(1, 9),
            lambda: pages.body(Seq(2)),
            lambda: pages.has_detail(Seq(1)),
        ]
        for ask in questions:
            before = ask()
            begin_and_be_killed(patient.book)
            assert ask() == before


def test_what_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(NoBookError):
        verify(tmp_path / "none")
    with pytest.raises(NotABookError):
        verify(tmp_path)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(NotABookError):
        verify(tmp_path / "text")
    later = new_file(tmp_path / "later.khata")
    with closing(sqlite3.connect(later)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(NewerBookError):
        verify(later)


def test_a_counter_can_save_while_a_book_is_verified(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    from khata.rules.erasure import ForgetParty

    monkeypatch.setattr(crew, "RANGE", 2)
    shop = on_disk(patient.book, patient.cache.parent)
    saved: list[float] = []

    def meanwhile(done: int, total: int) -> None:
        started = time.perf_counter()
        if done == 4:
            party = shop.party("Party 2")
            shop.receive("Party 2", shop.balances()[party] // 100)
            shop.record(ForgetParty(party=party))  # its notes vanish from entries that are still to be read
        saved.append(time.perf_counter() - started)

    entries = patient.size()
    verdict = verify(patient.book, patient.cache, progress=meanwhile)
    assert (verdict.result, verdict.faults, verdict.entries) == ("unbroken", (), entries)
    assert max(saved) < 5
    assert patient.verify().entries == entries + 2


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE entry SET reversed_by = NULL", (3, "reversed_differs")),
        ("UPDATE entry SET reversed_by = 5 WHERE seq = 4", (4, "reversed_differs")),
        ("INSERT INTO clock VALUES (5, '2026-11-22T00:00:00.000000Z')", (5, "clock_differs")),
        ("INSERT INTO import VALUES (6, 'ab', 1, 'khata', NULL)", (6, "import_differs")),
    ],
)
def test_what_stands_by_entry_is_compared_though_the_views_go_on(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, sql: str, fault: tuple[int, str]
) -> None:
    monkeypatch.setattr(crew, "RANGE", 2)
    shop = on_disk(patient.book, patient.book.parent / "cache")

    def meanwhile(done: int, total: int) -> None:
        if done == 4:
            shop.record(ReverseEntry(entry=Seq(5)))
            shop.books.catch_up()

    assert patient.cached(sql) > 0
    verdict = verify(patient.book, patient.cache, progress=meanwhile)
    assert [(each.check, each.entry, each.code) for each in verdict.faults] == [("replay", *fault)]
    assert patient.size() == verdict.entries + 1


def assert_judged(path: Path, original: list[Any], limit_s: float = 10) -> None:
    """A changed file is found out, or says the same as before; in time, and without a traceback."""
    started = time.perf_counter()
    try:
        verdict = verify(path, alone=True)
    except BookError:
        return
    assert time.perf_counter() - started < limit_s
    if verdict.result == "unbroken":
        assert rows_of(path) == original


def rows_of(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        events = connection.execute("SELECT * FROM event ORDER BY seq").fetchall()
        return [events, connection.execute("SELECT * FROM detail ORDER BY entry").fetchall()]


def flip(patient: Patient, places: range, change: int) -> None:
    content = patient.book.read_bytes()
    original = rows_of(patient.book)
    changed = patient.book.with_name("changed.khata")
    for place in places[: len(content)]:
        if place < len(content):
            bad = bytearray(content)
            bad[place] ^= change
            changed.write_bytes(bad)
            assert_judged(changed, original)


@pytest.mark.parametrize("start", range(4))
def test_a_sample_of_changed_bytes(patient: Patient, start: int) -> None:
    flip(patient, range(start * 37, 1 << 20, 211), 1 << (start * 2))


@pytest.mark.parametrize("change", [0x01, 0xFF])
def test_every_byte_of_the_pages_own_bookkeeping(patient: Patient, change: int) -> None:
    """A page that counts one row less hides the last entry, and no entry is there to tell."""
    for place in range(12):
        flip(patient, range(place, 1 << 20, 4096), change)


@pytest.mark.slow
@pytest.mark.parametrize("change", [0x01, 0x20, 0x80, 0xFF])
def test_every_byte_changed_in_turn(patient: Patient, change: int) -> None:
    flip(patient, range(1 << 20), change)


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_a_file_that_was_cut_short_or_holds_garbage(patient: Patient, pages: int) -> None:
    content = patient.book.read_bytes()
    original = rows_of(patient.book)
    for bad in (
        content[: 4096 * (pages + 1)],
        content[: 4096 * pages] + b"\xff" * 4096 + content[4096 * (pages + 1) :],
        content[: 4096 * pages + 2000],
    ):
        patient.book.write_bytes(bad)
        assert_judged(patient.book, original)


def test_what_can_still_be_read_of_a_torn_file_is_said(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, *[sold() for _ in range(60)])
    size = path.stat().st_size // 4096
    content = path.read_bytes()
    held = set()
    for bad in range(1, size):
        path.write_bytes(content[: 4096 * bad] + b"\xff" * 4096 + content[4096 * (bad + 1) :])
        verdict = verify(path)
        assert verdict.result == "broken"
        assert any(fault.code == "unreadable" for fault in verdict.faults)
        held.add(verdict.holds_upto)
    assert len(held) > 2


def test_the_verdict_is_plain_values(patient: Patient) -> None:
    verdict = patient.verify()
    said = json.dumps({"checks": [check._asdict() for check in verdict.checks], "head": verdict.head})
    assert json.loads(said)["head"] == verdict.head
    assert len(verdict.head) == 64
