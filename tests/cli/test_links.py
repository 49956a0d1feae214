"""A book by another name, a link, is the same book: its journal, its mark, its place among the books."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.verifying.test_verify import begin_and_be_killed


@pytest.fixture
def link(shop: Counter) -> Path:
    """A link, in a folder of its own, to the book, which lies elsewhere."""
    there = shop.home / "disk" / "real.khata"
    there.parent.mkdir()
    (shop.home / "Khata/sharma-kirana-store.khata").rename(there)
    link = shop.home / "desk" / "link.khata"
    link.parent.mkdir()
    link.symlink_to(there)
    assert shop("use", str(link)).code == 0
    return link


def begin(link: Path) -> None:
    """A counter begins to write, and is killed: the journal lies beside the book, not beside the link."""
    begin_and_be_killed(Path(os.path.realpath(link)))
    assert not link.with_name("link.khata-journal").exists()


@pytest.mark.parametrize(
    "command",
    [
        "verify",
        "verify --check chain",
        "balance",
        "sale ramesh 5",
        "backup {home}/usb",
        "verify --against {link}",
        "verify --book {copy} --against {link}",
        "restore {link} --book {home}/new.khata",
        "export --format jsonl -o {home}/all.jsonl",
    ],
)
def test_what_a_killed_counter_left_beside_the_book_is_rolled_back(shop: Counter, link: Path, command: str) -> None:
    copy = shop.home / "copy.khata"
    shutil.copyfile(link, copy)
    begin(link)
    answer = shop(*command.format(home=shop.home, link=link, copy=copy).split())
    assert answer.code == 0, answer.err
    assert shop("balance", "--json").data["to_receive_paise"] == 45000 + 500 * ("sale" in command)
    assert shop("verify").code == 0


def test_a_damaged_book_with_a_journal_is_salvaged_through_a_link(shop: Counter, link: Path) -> None:
    shop("sale", "ramesh", "30")
    content = link.read_bytes()
    link.write_bytes(content.replace(b'"amount_paise":3000', b'"amount_paise":3009'))
    begin(link)
    assert shop("salvage", str(link), "--json").data["kept"] == 3


def test_a_doctor_looks_for_the_journal_beside_the_book(shop: Counter, link: Path) -> None:
    begin(link)
    found = {each["check"]: each for each in shop("doctor", "--json").envelope["data"]["checks"]}
    assert found["journal"]["code"] == "left"
    assert found["journal"]["facts"]["path"] == os.path.realpath(link) + "-journal"


def test_the_mark_is_the_books_by_whatever_name(shop: Counter, link: Path) -> None:
    real = Path(os.path.realpath(link))
    shop("sale", "ramesh", "5")
    copy = shop.home / "copy.khata"
    shutil.copyfile(real, copy)
    shop("sale", "ramesh", "6", "--book", str(real))
    shutil.copyfile(copy, real)
    for name in (real, link):
        data = shop("verify", "--book", str(name), "--json").data
        assert [each["code"] for each in data["faults"]] == ["cut_off"], "the same file, not a copy beside it"


def test_a_link_to_a_book_is_no_second_book(shop: Counter) -> None:
    path = shop.home / "Khata" / "sharma-kirana-store.khata"
    (path.parent / "a-link.khata").symlink_to(path)
    assert shop("balance", "--json").data["to_receive_paise"] == 45000
    rows = shop("books", "--book", str(path.parent / "a-link.khata"), "--json").envelope["data"]["books"]
    assert [(row["path"], row["in_use"]) for row in rows] == [(str(path), True)]
    found = {each["check"]: each["code"] for each in shop("doctor", "--json").envelope["data"]["checks"]}
    assert found["copies"] == "ok"


def test_backups_in_one_folder_make_room_for_each_other_by_whatever_name(shop: Counter) -> None:
    usb = shop.home / "usb"
    usb.mkdir()
    (shop.home / "stick").symlink_to(usb)
    shop("backup", str(usb))
    shop("backup", str(shop.home / "stick"), "--keep", "1")
    assert len(list(usb.glob("*.khata"))) == 1
    (shop.home / "desk").symlink_to(shop.home / "Khata")
    assert "own disk" in shop("backup", str(shop.home / "desk" / "backups")).err


@pytest.mark.parametrize(
    "command", ["balance", "verify", "doctor", "sale ramesh 5", "restore {copy}", "backup", "where"]
)
def test_a_link_that_leads_to_itself_is_refused(shop: Counter, command: str) -> None:
    copy = shop.home / "copy.khata"
    shutil.copyfile(shop.home / "Khata/sharma-kirana-store.khata", copy)
    loop = shop.home / "loop.khata"
    loop.symlink_to(loop)
    code = "import sys; from khata.cli.main import main; sys.argv[0] = 'khata'; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *command.format(copy=copy).split(), "--book", str(loop)],
        env={**os.environ, "HOME": str(shop.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2, 5), done.stderr
    assert "Traceback" not in done.stderr
