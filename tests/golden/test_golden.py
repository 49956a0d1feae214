"""A book of every released version opens, verifies, and answers as it did then."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.events.registry import KINDS
from khata.exporting import plain_csv
from khata.log.book import Detail
from khata.log.chain import Entry
from khata.store.sqlite.book import SqliteBook
from tests.golden.make import ASKED_AT, NAME, TEXTS, Till

HERE = Path(__file__).parent

RELEASES = {
    "0.1.0": (
        "d153f5393dbde7d5f292d4c208a7f8d6098951cbe5f7167767a52fbe95b6fbaf",
        "78342b933db0ad7cdf8d352e8d29d126a2e24ab59b74836df78c3e730098b427",
    ),
}
"""By version: the SHA-256 of the committed file, and the book's head."""

FORMATS = {
    "format-3": (
        "fbea88688d6c0fa393e92df27278ddc59a2e19319ab2836ba05c70ab85070e85",
        "cd3d3211d670ebcd50dc56fdb2647ee66dd6c71319f3f438427b05aff7c09b77",
    ),
    "format-3-locked": (
        "3f027a6d41674020f7232f448dd2b7cc87f43fa6ceef7a7c3c6a14404941a0e9",
        "f528f36fc8bcb7d8c0eebbecf23eb47223894aca6c1c34583a69056c4d2161b7",
    ),
    "format-4": (
        "2a094ed7b857514b85ff4eb7c6bc3917c2328d5f292b4812730c39d06901731a",
        "51e69f84f160d2af5e4030b9ccb2dbaeac7f3407973f2d601f84ea4cbe857777",
    ),
    "format-4-asked": (
        "5a878af0deccc0bbc1bb94b7471fd7ffef91026fba269bed1f824d763c8b8b97",
        "9e8ebee7b7cda55fbdd8e1d8f62c295433bf3aa6cec5ae5b3c39745415dbdd74",
    ),
}
"""The same of a version of the format that no release has yet, with the evidence that was handed out."""

BOOKS = RELEASES | FORMATS

BEFORE_ITEMS: dict[str, tuple[str, ...]] = {"book.csv": plain_csv.COLUMNS[: plain_csv.COLUMNS.index("items")]}
"""What `export` says has got the column `items` at its end."""

REWORDED: dict[str, dict[str, tuple[str, ...]]] = {
    "0.1.0": {
        "statement.csv": ("date", "entry", "given", "received", "balance", "ref", "note", "reverses", "reversed_by")
    }
    | BEFORE_ITEMS,
    "format-3": BEFORE_ITEMS,
    "format-3-locked": BEFORE_ITEMS,
    "format-4": {},
    "format-4-asked": {},
}
"""By version: what is written out with other columns since, and those that still say the same."""

AGED_ANEW: dict[str, dict[str, tuple[str, ...]]] = {
    "0.1.0": {"dues": ("by_age_paise", "oldest_on")},
    "format-3": {"verify": ("checks", "not_checked", "signed_upto", "mark", "verified_before")},
    "format-3-locked": {"verify": ("checks", "not_checked", "signed_upto", "mark", "verified_before")},
    "format-4": {"verify": ("checks", "not_checked", "signed_upto", "mark", "verified_before")},
    "format-4-asked": {"verify": ("checks", "not_checked", "signed_upto", "mark", "verified_before")},
}
"""By version: what is answered otherwise since: what is paid at once is paid for that sale (docs/decisions/0036); and
what the machine on which it was made knew besides."""

OF_VERSION_4 = {event.KIND for event in KINDS.values() if event.NEEDS == 4 and event.V == 1}

SINCE: dict[str, set[str]] = {
    "0.1.0": {
        "copy_adopted",
        "charge_made",
        "balance_transferred",
        "party_merged",
        "party_parted",
        "shop_changed",
        "key_rotated",
        "key_lost",
        "balances_sealed",
        "period_locked",
        "period_unlocked",
        *OF_VERSION_4,
    },
    "format-3": {"period_locked", "period_unlocked", *OF_VERSION_4},
    "format-3-locked": OF_VERSION_4,
    "format-4": {"reminder_sent", "entry_disputed"},
    "format-4-asked": set(),
}
"""Kinds that a release did not have yet."""


@pytest.fixture(params=sorted(BOOKS))
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def till(release: str, tmp_path: Path) -> Till:
    """A counter with a copy of that release's book, on a machine that has not seen it before."""
    shutil.copyfile(HERE / release / NAME, tmp_path / NAME)
    return Till(tmp_path)


def data(till: Till, line: str) -> Any:
    code, out, complaint = till(f"{line} --json", ASKED_AT)
    assert (code, complaint) == (0, ""), (line, out, complaint)
    return json.loads(out)["data"]


def contents(path: Path) -> tuple[list[Entry], list[Detail]]:
    with closing(SqliteBook(path)) as book, book.reading() as reading:
        last = reading.head().seq
        return list(reading.entries(1, last)), list(reading.details(1, last))


def without(keys: Sequence[str], value: Any) -> Any:
    """An answer without some of its keys, wherever they stand."""
    if isinstance(value, dict):
        return {key: without(keys, each) for key, each in value.items() if key not in keys}
    return [without(keys, each) for each in value] if isinstance(value, list) else value


def is_said_again(then: Any, now: Any) -> bool:
    """Whether all that was answered then is answered now; an answer may have got further keys."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(key in now and is_said_again(value, now[key]) for key, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(then) == len(now) and all(map(is_said_again, then, now))
    return type(then) is type(now) and then == now


def by_check(answer: dict[str, Any]) -> dict[str, Any]:
    """A verdict's checks by their names, since there may be further ones; any other answer as it is."""
    if "checks" not in answer:
        return answer
    checks = {each["check"]: each["result"] for each in answer["checks"]}
    return answer | {"checks": checks, "not_checked": dict.fromkeys(answer["not_checked"])}


def test_every_release_has_its_book() -> None:
    assert sorted(path.name for path in HERE.iterdir() if path.name[0].isdigit()) == sorted(RELEASES)
    log = (HERE.parent.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    released = {line.split()[1] for line in log.splitlines() if line.startswith("## ") and line[3].isdigit()}
    assert released == set(RELEASES)


def test_the_file_is_the_one_that_was_made_then(release: str) -> None:
    assert hashlib.sha256((HERE / release / NAME).read_bytes()).hexdigest() == BOOKS[release][0]


def test_it_holds_every_kind_of_then(release: str) -> None:
    entries, _ = contents(HERE / release / NAME)
    kinds = {json.loads(entry.body)["kind"] for entry in entries}
    assert kinds == {kind for kind, _ in KINDS} - SINCE[release]


def test_it_answers_as_it_did(till: Till, release: str) -> None:
    before = (till.home / NAME).read_bytes()
    asked = json.loads((HERE / release / "answers.json").read_text(encoding="utf-8"))
    assert len(asked) > 20
    for each in asked:
        anew = AGED_ANEW[release].get(each["asked"].split()[0], ())
        then, now = by_check(each["data"]), by_check(data(till, each["asked"]))
        assert is_said_again(without(anew, then), without(anew, now)), each["asked"]
    assert (till.home / NAME).read_bytes() == before


def test_it_is_written_out_to_the_byte_as_it_was(till: Till, release: str) -> None:
    for name, line in TEXTS.items():
        code, out, complaint = till(line, ASKED_AT)
        assert (code, complaint) == (0, "")
        then = (HERE / release / name).read_bytes()
        if name in REWORDED[release]:
            assert cells(out, REWORDED[release][name]) == cells(then.decode(), REWORDED[release][name]), name
        else:
            assert out.encode() == then, name


def cells(text: str, columns: Sequence[str]) -> list[list[str]]:
    return [[row[column] for column in columns] for row in csv.DictReader(text.splitlines())]


def test_it_verifies_and_goes_on(till: Till, release: str) -> None:
    entries, details = contents(till.home / NAME)
    verdict = data(till, "verify")
    assert (verdict["result"], verdict["head"]) == ("unbroken", BOOKS[release][1])
    owed = data(till, "balance @1")["parties"][0]["balance_paise"]
    sold = data(till, "sale @1 12.34 --note आज")
    assert data(till, "balance @1")["parties"][0]["balance_paise"] == owed + 1234
    verdict = data(till, "verify")
    assert (verdict["result"], verdict["entries"]) == ("unbroken", sold["entry"])
    now = contents(till.home / NAME)
    assert (now[0][: len(entries)], now[1][: len(details)]) == (entries, details)
    assert {detail.entry for detail in now[1][len(details) :]} > {sold["entry"]}


def test_its_lines_make_the_same_book(till: Till, release: str) -> None:
    log, again = HERE / release / "book.jsonl", till.home / "again.khata"
    assert data(till, f"import-log {log} --book {again}")["entries"] == len(contents(till.home / NAME)[0])
    assert contents(again) == contents(till.home / NAME)


def test_a_changed_answer_is_noticed() -> None:
    then = {"parties": [{"party": 1, "balance_paise": 100}], "head": "aa"}
    assert is_said_again(then, then | {"more": 1})
    assert not is_said_again(then, {"head": "aa"})
    assert not is_said_again(then, {"parties": [{"party": 1, "balance_paise": 101}], "head": "aa"})
    assert not is_said_again(then, {"parties": [], "head": "aa"})
    assert not is_said_again({"paid": 1}, {"paid": True})


EVIDENCE = ("30.tlog-proof", "ramesh.statement", "ramesh.balance", "shop.checkpoint")


@pytest.mark.parametrize("name", EVIDENCE)
def test_what_was_handed_out_holds_for_ever_and_against_its_book(tmp_path: Path, name: str) -> None:
    shutil.copyfile(HERE / "format-3" / NAME, tmp_path / NAME)
    till, file = Till(tmp_path), str(HERE / "format-3" / name)
    if name != "shop.checkpoint":  # which brings no key along
        assert data(till, f"verify-proof {file}")["result"] == "holds"
    (compared,) = data(till, f"verify --against {file}")["against"]
    assert (compared["relation"], compared["result"]) == ("ahead", "ok")
