"""`restore`, `adopt`, `salvage`: what goes in the book's place, what is kept, and what a script is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from khata.cli import losing, salvaging
from khata.log.errors import UnconfirmedError
from khata.store import machine
from khata.store.anchor import Anchor
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify as really_verify
from tests.cli.conftest import Counter
from tests.disks import device_of


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


def backed_up(shop: Counter) -> Path:
    """A backup with three entries; the book has four then."""
    path = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    assert shop("sale", "ramesh", "30").code == 0
    return path


def damage(path: Path, was: bytes, becomes: bytes) -> None:
    body = path.read_bytes()
    assert body.count(was) == 1
    path.write_bytes(body.replace(was, becomes))


def codes(shop: Counter, *words: str) -> list[str]:
    return [each["code"] for each in shop(*words, "--json").envelope["warnings"]]


def test_an_older_backup_is_restored_and_every_answer_says_so(shop: Counter) -> None:
    copy = backed_up(shop)
    book(shop).unlink()
    answer = shop("restore", str(copy), "--json")
    assert answer.data["entries"] == 3
    assert answer.data["written"] == 4
    assert answer.data["aside"] is None
    assert [each["facts"] for each in answer.envelope["warnings"]] == [{"entries": 3, "written": 4}]
    for question in ("balance", "statement ramesh", "dues", "daybook", "log", "status"):
        assert "book_behind" in codes(shop, *question.split())
    assert shop("sale", "ramesh", "5", "--json").refused == "book_behind"
    rows = shop.home / "rows.csv"
    rows.write_text("date,type,party,amount\n2026-11-20,sale,Ramesh Kumar,99\n", encoding="utf-8")
    assert shop("import", str(rows), "--json").refused == "book_behind"
    assert shop("adopt", "--json").refused == "reason_missing"
    adopted = shop("adopt", "--reason", "laptop broke", "--json")
    assert (adopted.data["entry"], adopted.data["written"]) == (4, 4)
    assert adopted.envelope["warnings"] == []
    assert shop("sale", "ramesh", "5").code == 0
    assert codes(shop, "balance") == []
    assert shop("verify").code == 0


def test_whoever_sits_at_a_terminal_is_shown_what_is_given_up(shop: Counter) -> None:
    shutil.copyfile(backed_up(shop), book(shop))
    answer = shop("adopt", "--reason", "laptop broke", typed="n\n")
    assert "not in this copy: entries 4 – 4. Go on without them? [y/N]" in answer.err
    assert (answer.code, shop("balance", "--json").data["known_at_entry"]) == (2, 3)
    assert shop("adopt", "--reason", "laptop broke", typed="y\n").code == 0
    assert shop("balance", "--json").data["known_at_entry"] == 4


def test_of_another_history_it_is_asked_too(shop: Counter) -> None:
    shutil.copyfile(backed_up(shop), book(shop))
    helper = Counter(shop.home / "helper", count=100)
    helper.home.mkdir()
    helper("sale", "ramesh", "31", "--book", str(book(shop)))
    answer = shop("adopt", "--reason", "the helper's is right", typed="n\n")
    assert "This computer wrote another book, up to: entry 4. Go on with this copy instead?" in answer.err


def test_nothing_is_laid_on_top_of_what_does_not_verify(shop: Counter) -> None:
    """The views have all of the copy already, so no question and no sale looks at it."""
    copy = shop("backup", str(shop.home / "usb"), "--json").data["path"]
    helper = Counter(shop.home / "helper", count=100)
    helper.home.mkdir()
    helper("sale", "ramesh", "31", "--book", str(book(shop)))
    shop("verify")
    shutil.copyfile(copy, book(shop))
    damage(book(shop), b"Ramesh Kumar", b"Suresh Kumar")
    before = book(shop).read_bytes()
    answer = shop("adopt", "--reason", "laptop broke", "--json")
    assert (answer.code, answer.envelope["failed"]["code"]) == (1, "book_broken")
    assert book(shop).read_bytes() == before


def test_the_copy_beside_which_the_book_stands_may_be_old(shop: Counter) -> None:
    copy = backed_up(shop)
    asked = shop("verify", "--book", str(copy), "--json").data
    assert (asked["result"], asked["not_checked"]) == ("unbroken", ["anchor"])
    assert codes(shop, "balance", "--book", str(copy)) == ["book_behind"]


def test_verify_finds_a_tail_that_was_cut_off_and_a_book_that_was_exchanged(shop: Counter) -> None:
    copy = backed_up(shop)
    shutil.copyfile(copy, book(shop))
    cut = shop("verify", "--json")
    assert cut.code == 1
    assert (cut.data["result"], cut.data["first_bad_entry"]) == ("broken", 4)
    assert cut.data["faults"] == [{"check": "anchor", "entry": 4, "code": "cut_off"}]
    assert shop("sale", "ramesh", "9", environ={"XDG_STATE_HOME": str(shop.home / "other")}).code == 0
    exchanged = shop("verify", "--json")
    assert exchanged.code == 1
    assert exchanged.data["faults"] == [{"check": "anchor", "entry": None, "code": "other_history"}]
    assert exchanged.data["first_bad_entry"] is None
    assert "Another book is in its place." in shop("verify").out


def test_a_damaged_book_is_kept_when_a_backup_takes_its_place(shop: Counter) -> None:
    copy = backed_up(shop)
    shutil.copyfile(book(shop), copy)
    damage(book(shop), b'"amount_paise":45000', b'"amount_paise":45009')
    before = book(shop).read_bytes()
    data = shop("restore", str(copy), "--json").data
    assert data["entries"] == data["written"] == 4
    assert Path(data["aside"]).read_bytes() == before
    assert not data["aside"].endswith(".khata")  # nobody is asked to choose between them
    assert shop("sale", "ramesh", "5").code == 0


def test_a_file_that_is_no_database_any_more_is_replaced_too(shop: Counter) -> None:
    copy = backed_up(shop)
    content = bytearray(book(shop).read_bytes())
    content[100:] = b"\x55" * (len(content) - 100)
    book(shop).write_bytes(content)
    assert shop("restore", str(copy)).code == 0
    assert shop("adopt", "--reason", "disk").code == 0


def test_a_machine_without_any_book_gets_one(shop: Counter, tmp_path: Path) -> None:
    copy = backed_up(shop)
    fresh = Counter(tmp_path / "new-home", count=100)
    fresh.home.mkdir()
    data = fresh("restore", str(copy), "--json").data
    assert data["path"] == str(fresh.home / "Khata" / "sharma-kirana-store.khata")
    assert fresh("sale", "ramesh", "5").code == 0


def test_of_several_books_the_same_shops_is_meant(shop: Counter) -> None:
    copy = backed_up(shop)
    shop("init", "Second", "--another")
    (shop.home / ".local/state/khata/chosen").unlink()
    assert shop("balance", "--json").refused == "several_books"
    assert shop("restore", str(copy), "--json").refused == "nothing_to_restore"
    book(shop).unlink()
    assert shop("restore", str(copy), "--json").refused == "other_book"


def test_through_a_link_the_file_itself_is_replaced(shop: Counter) -> None:
    copy = backed_up(shop)
    there = shop.home / "disk" / "real.khata"
    there.parent.mkdir()
    book(shop).rename(there)
    book(shop).symlink_to(there)
    damage(there, b'"amount_paise":3000', b'"amount_paise":3009')
    assert shop("restore", str(copy)).code == 0
    assert book(shop).is_symlink()
    assert shop("balance", "--json").data["known_at_entry"] == 3


@pytest.mark.parametrize("there", ["whole", "gone"])
def test_a_dry_run_of_adopting_changes_nothing(shop: Counter, there: str) -> None:
    copy = backed_up(shop)
    if there == "gone":
        book(shop).unlink()
        shop("restore", str(copy))
        assert shop("adopt", "--reason", "x", "--dry-run").code == 0
        assert shop("sale", "ramesh", "5", "--json").refused == "book_behind"
    else:
        assert shop("adopt", "--reason", "x", "--dry-run", "--json").refused == "nothing_to_adopt"


def test_what_holds_is_salvaged_and_what_can_be_read_is_listed(shop: Counter) -> None:
    backed_up(shop)
    shop("sale", "ramesh", "70")
    shop("receive", "ramesh", "40")
    damage(book(shop), b'"amount_paise":3000', b'"amount_paise":3009')
    data = shop("salvage", str(book(shop)), "--json").data
    assert (data["kept"], data["entries"], data["missing"]) == (3, 3, {"from": 4, "to": 6})
    assert [(each["entry"], each["kind"], each["amount_paise"]) for each in data["readable"]] == [
        (5, "sale_recorded", 7000),
        (6, "payment_received", 4000),
    ]
    assert shop("verify", "--book", data["path"]).code == 0
    assert shop("restore", data["path"]).code == 0
    assert shop("adopt", "--reason", "disk").code == 0
    assert shop("sale", "ramesh", "70").code == 0


def test_everything_before_a_last_page_that_cannot_be_read_is_salvaged(shop: Counter) -> None:
    for _ in range(20):
        shop("sale", "ramesh", "70")
    content = book(shop).read_bytes()
    page = content.rindex(b'{"@prev"') // 4096
    assert page, "the first page has the schema"
    book(shop).write_bytes(content[: 4096 * page] + b"\xff" * 4096 + content[4096 * (page + 1) :])
    data = shop("salvage", str(book(shop)), "--json").data
    assert data["kept"] > 3
    assert shop("verify", "--book", data["path"]).code == 0


def test_words_that_cannot_be_read_are_declared_lost(shop: Counter) -> None:
    shop("sale", "ramesh", "30", "--note", "atta and salt")
    shop("party", "add", "Suresh")
    damage(book(shop), b"atta and salt", b"atta and fish")
    damage(book(shop), b'{"name":"Suresh"}', b'{"name":"Surash"}')
    data = shop("salvage", str(book(shop)), "-o", str(shop.home / "kept.khata"), "--json").data
    assert (data["kept"], data["entries"], data["details_lost"], data["missing"]) == (5, 6, [4, 5], None)
    assert shop("verify", "--book", data["path"]).code == 0
    assert shop("restore", data["path"]).code == 0
    shown = shop("party", "list", "--json").data["parties"]
    assert [each["name"] for each in shown] == ["Ramesh Kumar", None]
    assert shop("sale", "ramesh", "70").code == 0


def test_a_detail_whose_erasure_is_in_the_lost_part_is_declared_lost_again(shop: Counter) -> None:
    shop("receive", "ramesh", "450")
    shop("party", "forget", "ramesh", "--yes")
    damage(book(shop), b'"kind":"detail_erased"', b'"kind":"detail_erazed"')
    data = shop("salvage", str(book(shop)), "--json").data
    assert data["details_lost"] == [2]
    assert shop("verify", "--book", data["path"]).code == 0


def test_a_damaged_file_that_is_another_one_by_now_is_not_salvaged_by_what_was_seen_of_the_first(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = backed_up(shop)
    damage(book(shop), b'"amount_paise":3000', b'"amount_paise":9000')

    def verified_and_replaced(path: Path, **more: Any) -> Verdict:
        verdict = really_verify(path, **more)
        if path == book(shop):
            path.write_bytes(copy.read_bytes())
        return verdict

    monkeypatch.setattr(salvaging, "verify", verified_and_replaced)
    to = shop.home / "saved.khata"
    assert shop("salvage", str(book(shop)), "-o", str(to)).code == 3
    assert not to.exists()


def test_a_salvaged_book_is_never_written_over_another(shop: Counter) -> None:
    backed_up(shop)
    damage(book(shop), b'"amount_paise":3000', b'"amount_paise":3009')
    (shop.home / "mine.txt").write_text("mine")
    assert shop("salvage", str(book(shop)), "-o", str(shop.home / "mine.txt"), "--json").refused == "path_taken"
    assert (shop.home / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("command", ["restore", "salvage"])
def test_what_is_no_book(shop: Counter, command: str) -> None:
    (shop.home / "notes.txt").write_text("atta")
    assert shop(command, str(shop.home / "notes.txt"), "--json").refused == "not_a_book"
    assert shop(command, str(shop.home / "nothing.khata"), "--json").refused == "no_book"
    assert shop(command, str(shop.home), "--json").refused == "not_a_book"
    assert shop("balance").code == 0


def test_whoever_records_is_reminded_once_a_day(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr(machine, "device_of", device_of)
    assert shop("sale", "ramesh", "1").err == ""
    shop.now += timedelta(days=1)
    assert "backup" in shop("sale", "ramesh", "2").err
    assert shop("sale", "ramesh", "3").err == ""
    shop.now += timedelta(days=1)
    assert codes(shop, "sale", "ramesh", "4") == []
    assert shop("sale", "ramesh", "5", "-q").err == ""
    assert shop("sale", "ramesh", "6", "--dry-run").err.count("backup") == 0
    assert "backup" in shop("sale", "ramesh", "7").err
    shop("backup", str(shop.home / "usb"))
    shop.now += timedelta(hours=23)
    assert shop("sale", "ramesh", "8").err == ""
    shop.now += timedelta(hours=2)
    assert "older than a day" in shop("sale", "ramesh", "9").err


def test_an_adoption_that_ended_at_its_commit_is_finished_by_the_same_again(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(backed_up(shop), book(shop))
    adopting = ("adopt", "--reason", "laptop broke", "--event-id", "ad" * 16, "--json")
    with monkeypatch.context() as killed:
        killed.setattr(Anchor, "advance", lambda *_: None)
        assert shop(*adopting).code == 0
    assert shop("sale", "ramesh", "5", "--json").refused == "book_behind"
    assert shop(*adopting).data["already_recorded"]
    assert shop("sale", "ramesh", "5").code == 0
    assert shop("verify").code == 0


def test_the_same_again_gives_up_nothing_that_was_lost_since(shop: Counter) -> None:
    shutil.copyfile(backed_up(shop), book(shop))
    adopting = ("adopt", "--reason", "laptop broke", "--event-id", "ad" * 16, "--json")
    assert shop(*adopting).code == 0
    adopted = book(shop).read_bytes()
    assert shop("sale", "ramesh", "5").code == 0
    book(shop).write_bytes(adopted)
    assert shop(*adopting).data["already_recorded"]
    assert shop("sale", "ramesh", "5", "--json").refused == "book_behind"


def test_what_a_killed_restore_left_behind_is_no_hindrance(shop: Counter) -> None:
    copy = backed_up(shop)
    book(shop).unlink()
    book(shop).with_name(f".{book(shop).name}.{os.getpid()}.incoming").write_bytes(b"half a book")
    assert shop("restore", str(copy)).code == 0
    assert shop("verify", "--check", "chain").code == 1  # it is the older one, whole: only its end is missed
    assert sorted(each.name for each in book(shop).parent.glob(".*")) == []


def test_a_salvaged_book_has_its_name_once_it_is_whole(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shop("sale", "ramesh", "30", "--note", "rice").code == 0
    damage(book(shop), b'"note":"rice"', b'"note":"dice"')
    made = shop.home / "kept.khata"
    salvage = ("salvage", str(book(shop)), "-o", str(made), "--json")

    def failing(*_: object) -> None:
        assert not made.exists()
        raise UnconfirmedError(path="x", reason="disk I/O error")

    with monkeypatch.context() as machine:
        machine.setattr(losing, "handle", failing)
        failed = shop(*salvage)
    assert (failed.code, failed.envelope["failed"]["code"]) == (5, "disk_error")
    assert not made.exists()
    assert shop(*salvage).data["details_lost"] == [4]
    assert shop("verify", "--book", str(made)).code == 0


@pytest.mark.parametrize("command", ["restore", "salvage"])
def test_a_file_that_is_not_there_is_that_and_no_other_book_is_offered(shop: Counter, command: str) -> None:
    answer = shop(command, "/nowhere/copy.khata")
    assert answer.err == "No such file: /nowhere/copy.khata\n"
    assert shop(command, "/nowhere/copy.khata", "--json").refused == "no_book"
