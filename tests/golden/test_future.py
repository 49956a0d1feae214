"""Books in which a newer khata wrote: what this one still does with them, and what it must not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.cli import registry
from khata.cli.party import PARTY
from khata.events.base import FORMAT
from khata.log.chain import EMPTY, Head, seal
from khata.store import machine
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from tests.disks import device_of
from tests.golden.make import ASKED_AT, BANK, NAME, Till
from tests.golden.test_golden import HERE

SALE = {"amount_paise": 100, "party": 1}

WRITTEN: dict[str, tuple[str, dict[str, Any], int]] = {
    "unknown kind": ("stock_counted", {"party": 1, "sku": "atta"}, 1),
    "unknown key": ("sale_recorded", SALE | {"tax": {"gst_paise": 5}}, 1),
    "unknown mode": ("payment_received", SALE | {"mode": "digital_rupee"}, 1),
    "higher v": ("sale_recorded", SALE, 3),
    "higher min_reader": ("format_raised", {"min_reader": FORMAT + 1, "min_writer": FORMAT + 1}, 1),
    "higher min_writer": ("format_raised", {"min_reader": 1, "min_writer": FORMAT + 1}, 1),
    "a key that may be passed over": ("sale_recorded", SALE | {"x_till": "7"}, 1),
}
"""What stands in the last entry: kind, data, v."""

UNKNOWN = ["unknown kind", "unknown key", "unknown mode", "higher v", "higher min_reader"]
"""Their hashes hold; what they mean is not known."""

WRITTEN_FOR_LATER = ["higher min_writer"]
"""All is understood; only what is written from now on has to obey rules that this khata does not know."""

ASKS = """
balance
balance ramesh
statement ramesh
dues
chart trend
chart dues
every
due-lines
daybook
status
log
show 1
party list
shop show
party show ramesh
export --format csv
rebuild
proof 3 --yes
sales
receipts
returns
discounts
write-offs
charges
openings
trial
modebook
edit-log
imports
pending
changes --since 3
pending
audit cash
batch
use {home}/shop.khata
"""

WRITES = """
sale ramesh 5
receive ramesh 5
return ramesh 5
refund ramesh 5
discount ramesh 5
write-off ramesh 5 --reason gone
opening ramesh 5
party add Nobody
party rename @6 --to Somebody
party alias @6 --add Somebody
party lang @6 ta
party due @6 15d
remind --mark-sent
dispute 6
party merge ramesh @6
party part ramesh @6
party forget @6 --yes
charge ramesh 5
confirm 43
failed 43
bounced 43
reconcile {home}/bank.csv --profile hdfc --yes --answer 2=ramesh
every month ramesh 5
every skip 43
every stop 43
transfer ramesh @6 5
shop set --phone 9876543210
undo --yes
reverse 43 --reason wrong
reverse --import 9 --reason wrong
correct 43 44
receive ramesh 5 --upi-pending
receive --for ramesh=5,@6=5
confirm 43
failed 43 --reason no
bounced 43 --charge 5
clock fix --reason battery
lock --upto 01-11-2026
import {home}/rows.csv
"""

COPIES = """
export --format jsonl
export --format jsonl -o {home}/out.jsonl
backup {home}/usb
checkpoint --yes
key show
witness request
"""

ELSEWHERE = {
    "init",
    "where",
    "languages",
    "qr",
    "receipt",
    "books",
    "completion",
    "demo",
    "pay",
    "doctor",
    "restore",
    "adopt",
    "salvage",
    "shell",
} | {"verify-proof", "timestamp", "unlock", "certificate", "pack", "profiles"}
"""Commands that ask nothing of the book and write nothing into it; or that have tests of their own for such a book."""


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def first_word(line: str) -> str:
    return line.split(maxsplit=1)[0]


def test_every_command_is_in_the_table() -> None:
    tried = {first_word(line) for line in lines(ASKS + WRITES + COPIES)} | {"verify", "import-log"}
    assert registry.COMMANDS.keys() <= tried | ELSEWHERE
    assert {line.split()[1] for line in lines(ASKS + WRITES) if first_word(line) == "party"} == set(PARTY.COMMANDS)


def body(head: Head, like: dict[str, Any], kind: str, data: dict[str, Any], v: int) -> bytes:
    """An envelope as a newer khata would write it after a head."""
    new = {"@prev": head.hash.hex(), "@seq": head.seq + 1, "data": data, "id": "f0" * 16, "kind": kind, "v": v}
    return json.dumps(like | new, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def write(path: Path, kind: str, data: dict[str, Any], v: int) -> None:
    with closing(SqliteBook(path)) as book, book.writing() as pages:
        head = pages.head()
        (last,) = pages.entries(head.seq, head.seq)
        pages.append([seal(body(head, json.loads(last.body), kind, data, v), head)])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a good book and a file of rows."""
    shutil.copyfile(HERE / "0.1.0" / NAME, tmp_path / NAME)
    (tmp_path / "rows.csv").write_text("date,type,party,amount\n2026-11-20,sale,Ramesh Kumar,99\n", encoding="utf-8")
    (tmp_path / "bank.csv").write_text(BANK, encoding="utf-8")
    return tmp_path


def answer(home: Path, line: str) -> tuple[int, dict[str, Any]]:
    code, out, complaint = Till(home)(line.format(home=home) + " --json", ASKED_AT)
    assert complaint == ""
    return code, json.loads(out)


def said(home: Path, line: str) -> str:
    _, out, complaint = Till(home)(f"{line.format(home=home)} --lang en", ASKED_AT)
    return out + complaint


def changing(home: Path) -> Iterator[str]:
    """The lines that write; after each of them the book must be what it was before."""
    before = (home / NAME).read_bytes()
    for line in lines(WRITES):
        yield line
        assert (home / NAME).read_bytes() == before, line


@pytest.mark.parametrize("which", UNKNOWN)
def test_what_is_not_understood_is_not_answered_nor_written_to(home: Path, which: str) -> None:
    write(home / NAME, *WRITTEN[which])
    for line in [*lines(ASKS), *changing(home)]:
        code, envelope = answer(home, line)
        assert (code, envelope["failed"]["code"]) == (4, "newer_book"), line


@pytest.mark.parametrize("which", UNKNOWN)
def test_its_hashes_hold(home: Path, which: str) -> None:
    write(home / NAME, *WRITTEN[which])
    code, envelope = answer(home, "verify")
    verdict = envelope["data"]
    assert (code, verdict["result"], verdict["unknown"], verdict["faults"]) == (4, "incomplete", 1, [])
    checks = {each["check"]: each["result"] for each in verdict["checks"]}
    assert (checks["chain"], checks["details"], checks["replay"]) == ("ok", "ok", "not_checked")
    assert "seals good. From a newer khata, meaning not known: 1 entry" in said(home, "verify")


@pytest.mark.parametrize("which", UNKNOWN)
def test_it_can_be_taken_to_safety_all_the_same(home: Path, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "device_of", device_of)
    write(home / NAME, *WRITTEN[which])
    code, envelope = answer(home, "export --format jsonl -o {home}/out.jsonl")
    assert code == 0
    assert (home / "out.jsonl").read_text(encoding="utf-8").count("\n") > 47
    code, envelope = answer(home, "backup {home}/usb")
    assert (code, envelope["data"]["entries"]) == (0, 47)
    assert [each["code"] for each in envelope["warnings"]] == ["newer_book"]
    code, envelope = answer(home, f"verify --book {envelope['data']['path']}")
    assert (code, envelope["data"]["result"]) == (4, "incomplete")
    # To make a book of its lines one must know what its newest kinds erase.
    code, envelope = answer(home, "import-log {home}/out.jsonl --book {home}/again.khata")
    assert (code, envelope["failed"]["code"]) == (4, "newer_book")
    assert not list(home.glob("*again*"))


@pytest.mark.parametrize("which", WRITTEN_FOR_LATER)
def test_what_asks_for_a_newer_writer_is_read_and_not_written(home: Path, which: str) -> None:
    for typed in ("sale ramesh 5 --by Till", "receive ramesh 5"):  # so that there is something to undo
        assert answer(home, typed)[0] == 0
    write(home / NAME, *WRITTEN[which])
    for line in lines(ASKS + COPIES):
        assert answer(home, line)[0] == 0, line
    code, envelope = answer(home, "verify")
    assert (code, envelope["data"]["result"]) == (0, "unbroken")
    for line in changing(home):
        code, envelope = answer(home, line)
        assert (code, envelope["failed"]["code"]) == (4, "newer_book"), line
    assert answer(home, "import-log {home}/out.jsonl --book {home}/again.khata")[0] == 0
    assert (home / "again.khata").exists()


def test_a_key_that_may_be_passed_over_is(home: Path) -> None:
    write(home / NAME, *WRITTEN["a key that may be passed over"])
    for line in lines(ASKS + COPIES):
        assert answer(home, line)[0] == 0, line
    assert answer(home, "verify")[1]["data"]["result"] == "unbroken"
    assert answer(home, "sale ramesh 5")[0] == 0


def test_a_later_file_version_is_not_even_opened(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = (home / NAME).read_bytes()
    for line in [*lines(ASKS + WRITES + COPIES), "verify"]:
        code, envelope = answer(home, line)
        assert (code, envelope["failed"]["code"]) == (4, "newer_book"), line
    assert (home / NAME).read_bytes() == before
    assert not (home / "out.jsonl").exists()
    assert list((home / "usb").iterdir() if (home / "usb").exists() else ()) == []


def test_a_book_that_began_with_a_newer_khata(home: Path) -> None:
    with closing(SqliteBook(home / NAME)) as book, book.reading() as reading:
        (first,) = reading.entries(1, 1)
        details = list(reading.details(1, 1))
    opened = json.loads(first.body)
    entry = seal(body(EMPTY, opened, "book_opened", opened["data"] | {"min_reader": FORMAT + 1}, 1), EMPTY)
    (home / NAME).unlink()
    create(home / NAME, [entry], details)
    for line in lines(ASKS):
        assert answer(home, line)[0] == 4, line
    assert answer(home, "verify")[1]["data"]["result"] == "incomplete"
    assert answer(home, "backup {home}/usb")[0] == 4  # not even whose backup it would be can be read
    assert answer(home, "export --format jsonl -o {home}/out.jsonl")[0] == 0
