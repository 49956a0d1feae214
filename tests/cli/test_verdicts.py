"""What `khata verify` says: each line only what was done in this run, and the last word what the exit code says."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pytest

from khata.i18n.messages import words_for
from khata.store.sqlite.schema import OBJECTS
from khata.verifying import stored
from tests.cli.conftest import Answer, Counter

TRIGGERS = [name for name in OBJECTS if name.startswith("event_")]
WAYS = [(), ("--since", "last"), ("--check", "chain")]
LAST_WORD = {0: "UNBROKEN", 1: "BROKEN", 4: "INCOMPLETE"}


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


def kept(shop: Counter, folder: str) -> Path:
    """The one file of this book in a folder of the state: its mark, or its verified point."""
    (found,) = (shop.home / ".local/state/khata" / folder).iterdir()
    return found


def run_sql(path: Path, *statements: str, guards: bool = False) -> None:
    """Statements on a book, as a stranger's program runs them; the triggers are put back at the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in () if guards else TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for name in () if guards else TRIGGERS:
            connection.execute(OBJECTS[name])


def cut(path: Path, after: int) -> None:
    run_sql(path, f"DELETE FROM event WHERE seq > {after}", f"DELETE FROM detail WHERE entry > {after}")


def rewritten(path: Path, entry: int, was: bytes, becomes: bytes) -> None:
    """An entry made into another one, and all after it sealed anew, as the owner of the file can."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        rows = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
        prev = "0" * 64
        for seq, body, digest in rows:
            if seq >= entry:
                changed = body.replace(was, becomes) if seq == entry else body
                value = json.loads(changed) | {"@prev": prev}
                body = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()  # noqa: PLW2901
                digest = sha256(b"\0" + body).digest()  # noqa: PLW2901
                connection.execute("UPDATE event SET body = ?, hash = ? WHERE seq = ?", (body, digest, seq))
            prev = digest.hex()
        connection.execute(OBJECTS["event_no_update"])


def newer(path: Path) -> None:
    """The last entry made into one of a later khata."""
    last = sqlite3.connect(path).execute("SELECT max(seq) FROM event").fetchone()[0]
    rewritten(path, last, b'"v":1}', b'"v":2}')


def line(answer: Answer, check: str) -> str:
    """What a page says of a check."""
    (found,) = [each for each in answer.out.splitlines() if f"  {check}  " in each and not each.startswith(" ")]
    return found


STATES: dict[str, Callable[[Counter], object]] = {
    "well": lambda _: None,
    "cut off": lambda shop: cut(book(shop), 3),
    "without an entry": lambda shop: run_sql(book(shop), "DELETE FROM event", "DELETE FROM detail"),
    "rewritten": lambda shop: rewritten(book(shop), 3, b"45000", b"15000"),
    "damaged": lambda shop: run_sql(book(shop), "UPDATE event SET hash = zeroblob(32) WHERE seq = 3"),
    "unreadable": lambda shop: run_sql(book(shop), "ALTER TABLE detail RENAME TO old", guards=True),
    "unguarded": lambda shop: run_sql(book(shop), "DROP TRIGGER event_next", guards=True),
    "of a newer khata": lambda shop: newer(book(shop)),
    "with a note of a newer khata": lambda shop: run_sql(book(shop), "UPDATE detail SET form = 1", guards=True),
    "without views": lambda shop: shutil.rmtree(shop.home / ".cache"),
    "without a mark": lambda shop: kept(shop, "anchors").unlink(),
    "with a damaged mark": lambda shop: kept(shop, "anchors").write_bytes(b"17 nonsense"),
    "with a damaged point": lambda shop: kept(shop, "verified").write_bytes(b"nonsense"),
    "without a state": lambda shop: shutil.rmtree(shop.home / ".local"),
}


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_last_word_is_what_the_exit_code_says(
    shop: Counter, state: str, way: tuple[str, ...], language: str
) -> None:
    shop("sale", "ramesh", "30", "--note", "atta")
    assert shop("verify").code == 0
    STATES[state](shop)
    words = words_for(language)
    shop.environ |= {"KHATA_LANG": language, "KHATA_DEBUG": "1"}  # a message that is missing is a fault then
    answer = shop("verify", *way)
    assert shop("verify", *way, "-q").out == ""
    last = answer.out.splitlines()[-1]
    assert last.startswith(words.say(f"verify.{LAST_WORD[answer.code].lower()}") + "  ")
    data = shop("verify", *way, "--json").envelope["data"]
    assert data["result"] == LAST_WORD[answer.code].lower()
    results = {each["check"]: each["result"] for each in data["checks"]}
    assert ("bad" in results.values()) == (answer.code == 1)
    if not data["read"]:
        assert not {results[each] for each in ("chain", "details", "replay")} & {"ok"}
        assert data["to_receive_paise"] is None
        for key in ("verify.chain.ok", "verify.unbroken.text", "verify.held"):
            said = words.say(key, n="4", first=1, last=4, at="⁂", seal="⁂").partition("⁂")[0]
            assert said.split(" ", 1)[1] not in answer.out


def test_nothing_new_is_called_not_read(shop: Counter) -> None:
    shop("verify")
    answer = shop("verify", "--since", "last")
    assert line(answer, "chain").startswith("NOT CHECKED  chain")
    assert "no new entry · not read again: 1 – 3 " in answer.out
    assert answer.out.splitlines()[-1].startswith("UNBROKEN     nothing new after entry: 3 · ")
    shop.now += timedelta(days=1)
    shop("verify", "--since", "last")
    data = shop("verify", "--since", "last", "--json").data
    assert data["since"]["at"].startswith("2026-11-22"), "the day on which something was read"
    assert data["not_checked"] == ["chain", "details", "replay", "checkpoint"]
    assert (data["read"], data["entries"]) == (0, 3)


def test_where_the_schema_is_not_as_it_must_be_everything_is_read(shop: Counter) -> None:
    shop("verify")
    STATES["unguarded"](shop)
    answer = shop("verify", "--since", "last")
    assert answer.out.splitlines()[-1].startswith("BROKEN       Entries 1 – 3: good. The file itself")


def test_where_no_entry_was_read_none_is_said_to_hold(shop: Counter) -> None:
    shop("verify")
    STATES["unreadable"](shop)
    assert shop("verify").out.splitlines()[-1].startswith("BROKEN       No entry was read.")


def test_balances_are_said_to_be_compared_only_where_they_were(shop: Counter) -> None:
    assert line(shop("verify"), "replay").endswith("added up again")
    STATES["without views"](shop)
    assert line(shop("verify"), "replay").endswith("added up again · not compared with the balances shown")


def test_seals_alone_are_said_to_be_seals_alone(shop: Counter) -> None:
    assert "3 entries, only the seals" in shop("verify", "--check", "chain").out
    run_sql(book(shop), "UPDATE event SET hash = zeroblob(32) WHERE seq = 3")
    assert "Entries 1 – 2: seals good." in shop("verify", "--check", "chain").out


# --- the mark


def test_a_mark_that_is_gone_is_not_taken_for_never_having_written(shop: Counter) -> None:
    shop("verify")
    kept(shop, "anchors").unlink()
    answer = shop("verify")
    assert "entries by this computer are here, but its mark is missing" in line(answer, "last seen")
    data = shop("verify", "--json").data
    assert data["mark"] == {"result": "gone", "entry": None}
    assert "anchor" in data["not_checked"], "though what was verified here before still stands"
    assert "in use here, but there is no mark" in shop("verify", "--check", "chain").out


def test_where_no_mark_is_known_nothing_is_said_of_who_wrote(shop: Counter) -> None:
    accountant = Counter(shop.home / "accountant")
    accountant.home.mkdir()
    where = ("--book", str(book(shop)))
    assert "no mark of this computer: nothing to compare with" in accountant("verify", *where).out
    accountant("use", str(book(shop)))
    assert "in use here, but there is no mark" in accountant("verify").out


@pytest.mark.parametrize("garbage", [b"", b"17 nonsense", b"9" * 16 + b" " + b"f" * 64 + b" /a\n"])
def test_a_mark_that_cannot_be_read_is_said_to_be_one(shop: Counter, garbage: bytes) -> None:
    kept(shop, "anchors").write_bytes(garbage)
    assert "the mark of this computer is not readable" in line(shop("verify"), "last seen")


def test_a_damaged_last_entry_is_not_called_the_one_that_was_written(shop: Counter) -> None:
    run_sql(book(shop), "UPDATE event SET body = CAST(body || ' ' AS BLOB) WHERE seq = 3")
    answer = shop("verify")
    assert line(answer, "last seen").startswith("BAD  ")
    assert "not the entries of this computer" not in answer.out, "the chain says where"
    assert {"check": "anchor", "result": "bad"} in shop("verify", "--json").data["checks"]


def test_another_book_in_its_place_is_told(shop: Counter) -> None:
    shop("init", "Second", "--another")
    (shop.home / "Khata/second.khata").replace(book(shop))
    where = ("--book", str(book(shop)))
    answer = shop("verify", *where)
    assert "another book in this place now. Last entry by this computer in the earlier book: 3" in answer.out
    assert shop("verify", *where, "--json").data["other_book"] == {"entry": 3}
    asked = shop("balance", *where, "--json").envelope
    assert [(each["code"], each["facts"]) for each in asked["warnings"]] == [("other_book", {"written": 3})]
    shop("party", "add", "Gita", *where)
    assert shop("balance", *where, "--json").envelope["warnings"] == []
    assert "another book" not in shop("verify", *where).out, "this computer has written in it since"


# --- the verified point


def test_a_book_that_was_cut_off_is_broken_for_whoever_verified_it(shop: Counter) -> None:
    shop("sale", "ramesh", "30")
    shop("verify")
    kept(shop, "anchors").unlink()
    cut(book(shop), 3)
    for way in WAYS:
        data = shop("verify", *way, "--json").data
        assert data["faults"] == [{"check": "anchor", "entry": 4, "code": "not_as_verified"}]
        assert (data["verified_before"]["result"], data["verified_before"]["entry"]) == ("bad", 4)
    shop("sale", "ramesh", "31")
    data = shop("verify", "--json").data
    assert data["faults"] == [{"check": "anchor", "entry": 4, "code": "not_as_verified"}], "and it stays so"
    assert "Entry 4: not the same as at the verification here." in shop("verify").out.splitlines()[-1]


def test_what_was_given_up_is_told_and_the_point_is_set_anew(shop: Counter) -> None:
    copy = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    shop("sale", "ramesh", "30")
    shop("sale", "ramesh", "31")
    shop("verify")
    book(shop).unlink()
    shop("restore", str(copy))
    assert {each["code"] for each in shop("verify", "--json").data["faults"]} == {"cut_off", "not_as_verified"}
    assert shop("adopt", "--reason", "laptop broke").code == 0
    for _ in range(4):
        shop("sale", "ramesh", "1")
    answer = shop("verify")
    assert answer.code == 0
    assert "verified here: entry 5 (22 Nov 2026) · given up: entry 4, 22 Nov 2026 (khata adopt)" in answer.out
    assert "verified here: entry 8 (22 Nov 2026) · still the same" in shop("verify").out


def test_a_loss_and_another_key_are_told_by_every_verification(shop: Counter) -> None:
    copy = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    shop("sale", "ramesh", "30")
    shop("sale", "ramesh", "31")
    shutil.copyfile(copy, book(shop))
    assert shop("adopt", "--reason", "laptop broke").code == 0
    assert shop("key", "rotate").code == 0
    assert shop("key", "lost", "--reason", "stolen").code == 0
    entries = [each["entry"] for each in shop("log", "--json").data["lines"][-4:]]
    adopted, raised, rotated, lost = entries
    said = [
        {"entry": adopted, "notice": "adopted", "upto": 5},
        {"entry": rotated, "notice": "rotated", "upto": None},
        {"entry": lost, "notice": "lost", "upto": None},
    ]
    assert raised < rotated
    for words in ((), ("--since", "last"), ("--since", "last"), ("--for-filing", "--period", "FY2026-27")):
        found = shop("verify", *words, "--json").data
        assert found["notices"] == said, words
        shown = shop("verify", *words).out
        for line in (
            "older copy taken up: entry 4 · not here: entries 4 – 5 of the newer one",
            f"key changed, signed by the one before · from: entry {rotated}",
            f"key lost · another one signs from: entry {lost}",
        ):
            assert line in " ".join(shown.split()), (words, shown)
    assert shop("verify", "--check", "chain", "--json").data["notices"] == []


def test_to_go_on_from_a_point_no_entry_before_it_is_looked_at(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every checkpoint all entries were searched for an adoption that gives it up."""
    assert shop("checkpoint").code == 0
    assert shop("verify").code == 0
    assert shop("sale", "ramesh", "5").code == 0

    def searched(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(stored, "of_kind", searched)
    found = shop("verify", "--since", "last", "--json").data
    assert (found["result"], found["signed_upto"]) == ("unbroken", 3)


def test_a_copy_of_another_history_that_was_taken_up_is_told(shop: Counter) -> None:
    copy = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    shop("sale", "ramesh", "30")
    shutil.copyfile(copy, book(shop))
    helper = Counter(shop.home / "helper", count=100)
    helper.home.mkdir()
    helper("sale", "ramesh", "31", "--book", str(book(shop)))
    assert shop("adopt", "--reason", "the helper's is right").code == 0
    assert "another copy taken up: entry 6 · entries of the one given up: 4" in shop("verify").out


def test_what_others_wrote_and_was_verified_here_is_given_up_too(shop: Counter) -> None:
    """The mark is in the copy; what was verified after it is not."""
    copy = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    helper = Counter(shop.home / "helper", count=100)
    helper.home.mkdir()
    helper("sale", "ramesh", "30", "--book", str(book(shop)))
    shop("verify")
    shutil.copyfile(copy, book(shop))
    assert shop("verify", "--json").data["faults"] == [{"check": "anchor", "entry": 4, "code": "not_as_verified"}]
    data = shop("adopt", "--reason", "the helper's entries are lost", "--json").data
    assert (data["written"], data["verified"]) == (None, 5)
    assert shop("verify").code == 0
    assert shop("adopt", "--reason", "again", "--json").refused == "nothing_to_adopt"


def test_an_adoption_excuses_nothing_that_stood_before_it(shop: Counter) -> None:
    copy = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    shop("sale", "ramesh", "30")
    shutil.copyfile(copy, book(shop))
    shop("adopt", "--reason", "laptop broke")
    accountant = Counter(shop.home / "accountant")
    accountant.home.mkdir()
    where = ("--book", str(book(shop)))
    cut(book(shop), 3)
    assert accountant("verify", *where).code == 0
    shutil.copyfile(copy, book(shop))
    kept(shop, "anchors").write_text(f"4 {'f' * 64} {book(shop)}\n")
    shop("adopt", "--reason", "laptop broke")
    rewritten(book(shop), 3, b"45000", b"15000")
    assert [each["code"] for each in accountant("verify", *where, "--json").data["faults"]] == ["not_as_verified"]


def test_a_point_that_cannot_be_read_is_said_to_be_one(shop: Counter) -> None:
    shop("verify")
    for damage in (lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]), lambda _: b"", lambda kept: kept[32:]):
        point = kept(shop, "verified")
        point.write_bytes(damage(point.read_bytes()))
        answer = shop("verify", "--since", "last", "--json").envelope
        assert (answer["warnings"], answer["data"]["since"]) == ([], None)
        assert answer["data"]["verified_before"]["result"] == "unreadable"
        assert shop("verify", "--json").data["verified_before"]["result"] == "ok", "it was set anew"


def test_a_copy_beside_the_book_moves_no_point(shop: Counter) -> None:
    copy = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    shop("sale", "ramesh", "30")
    shop("verify")
    before = kept(shop, "verified").read_bytes()
    shop.now += timedelta(days=1)
    answer = shop("verify", "--book", str(copy))
    assert answer.code == 0
    assert "another copy, with an earlier end. Verified here: entry 4 (22 Nov 2026)" in answer.out
    assert kept(shop, "verified").read_bytes() == before
    helper = Counter(shop.home / "helper", count=100)
    helper.home.mkdir()
    shutil.copyfile(book(shop), copy)
    helper("sale", "ramesh", "1", "--book", str(copy))
    assert shop("verify", "--book", str(copy)).code == 0
    assert kept(shop, "verified").read_bytes() == before, "the book itself may go on in another way"


def test_a_damaged_first_entry_is_no_reason_to_read_less(shop: Counter) -> None:
    shop("verify")
    content = book(shop).read_bytes()
    book(shop).write_bytes(content.replace(b"book_opened", b"book_upened"))
    assert shop("verify", "--since", "last", "--json").data["first_bad_entry"] == 1


def test_a_doctor_says_what_verify_says(shop: Counter) -> None:
    shop("sale", "ramesh", "30")
    shop("verify")
    kept(shop, "anchors").unlink()
    cut(book(shop), 3)
    found = {each["check"]: each["code"] for each in shop("doctor", "--json").envelope["data"]["checks"]}
    assert found["book"] == "not_as_verified"


# --- other copies


def test_a_fork_is_the_last_word(shop: Counter) -> None:
    copy = shop.home / "copy.khata"
    shutil.copyfile(book(shop), copy)
    rewritten(copy, 3, b"45000", b"15000")
    answer = shop("verify", "--against", str(copy))
    assert answer.code == 1
    assert answer.out.splitlines()[-1].startswith("BROKEN       ")
    assert shop("verify", "--against", str(copy), "--json").data["result"] == "broken"
    assert not (shop.home / ".local/state/khata/verified").exists(), "nor is it gone on from"


@pytest.mark.parametrize("state", ["without an entry", "unreadable"])
def test_a_copy_that_does_not_hold_is_told_from_the_book(shop: Counter, state: str) -> None:
    copy = shop.home / "copy.khata"
    book(shop).rename(copy)
    shutil.copyfile(copy, book(shop))
    copy, there = book(shop), copy
    STATES[state](shop)
    where = ("--book", str(there))
    answer = shop("verify", *where, "--against", str(copy))
    assert answer.code == 1
    assert "3 entries · every link" in answer.out
    last = answer.out.splitlines()[-1]
    assert "This book by itself: see above. Compared: " in last
    assert last.endswith(" · not compared: this file is broken by itself")
    data = shop("verify", "--book", str(copy), "--against", str(there), "--json").data
    if state == "unreadable":
        assert [(each["result"], each["why"]) for each in data["against"]] == [("bad", "not_compared")]
    assert data["result"] == "broken"


def test_a_book_is_not_compared_with_itself(shop: Counter) -> None:
    link = shop.home / "link.khata"
    link.symlink_to(book(shop))
    answer = shop("verify", "--against", str(link))
    assert answer.code == 0
    assert line(answer, "against").startswith("NOT CHECKED  against")
