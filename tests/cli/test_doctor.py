"""`khata doctor`: each fault is made to happen, and found, and nothing is changed by looking."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from khata.cli import doctor as command
from khata.log.errors import DiskError
from khata.store import machine
from khata.store.machine import Build, Probe
from khata.store.sqlite import readonly
from khata.units import At
from khata.verifying import checkup
from tests.cli.conftest import Counter
from tests.conftest import NOBODY
from tests.disks import OWN, device_of

ROOT = Path(__file__).parent.parent.parent
OF_THE_MACHINE = ["versions", "sqlite", "terminal", "completion", "state", "cache"]
LOCAL = "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The computer's own disk with a lot of room, wherever the tests run; gives what puts another one in its place."""
    table = tmp_path.parent / f"{tmp_path.name}.mountinfo"
    table.write_text(LOCAL)
    monkeypatch.setattr(machine, "MOUNTINFO", table)
    monkeypatch.setattr(machine, "device_of", device_of)
    room(monkeypatch, 10**12)
    return lambda lines: (table.write_text(LOCAL + lines), None)[1]


def room(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=free // 512, f_frsize=512))


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


def looked(shop: Counter, *words: str, code: int | None = None) -> dict[str, Any]:
    """The findings by their checks; looking changes nothing."""
    before = contents(shop.home / "Khata")
    answer = shop("doctor", *words, "--json")
    assert contents(shop.home / "Khata") == before
    assert answer.code in ({0, 1} if code is None else {code}), answer.out
    found: dict[str, Any] = {each["check"]: each for each in answer.data["checks"]}
    assert answer.data["result"] == ("bad" if answer.code else answer.data["result"])
    return found


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder: its bytes, and when they were written."""
    if not folder.is_dir():
        return {}
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir() if path.is_file()}


def not_well(shop: Counter, *words: str) -> dict[str, str]:
    """What is not well: results and codes by check, without the backup that a new shop has not."""
    found = looked(shop, *words)
    return {name: f"{each['result']} {each['code']}" for name, each in found.items() if each["result"] != "ok"}


NO_BACKUP = {"backup": "look none"}


def test_all_is_well(shop: Counter) -> None:
    assert not_well(shop) == NO_BACKUP
    assert shop("backup", str(shop.home / "usb")).code == 0
    found = looked(shop, code=0)
    assert {each["result"] for each in found.values()} == {"ok"}
    assert [*found][: len(OF_THE_MACHINE)] == OF_THE_MACHINE
    assert len(found) == 18
    assert found["durability"]["facts"] == {"journal_mode": "truncate", "synchronous": 3, "secure_delete": True}
    assert found["book"]["facts"]["entries"] == 3


def test_without_a_book_the_machine_is_looked_at(khata: Counter) -> None:
    assert [*looked(khata, code=0)] == OF_THE_MACHINE
    assert not list(khata.home.iterdir())


def test_quietly_it_says_nothing_but_by_its_exit_code(shop: Counter) -> None:
    assert (shop("doctor", "-q").out, shop("doctor", "-q").code) == ("", 0)
    book(shop).write_bytes(b"garbage")
    assert (shop("doctor", "-q").out, shop("doctor", "-q").code) == ("", 1)


# --- the machine


def test_a_library_that_is_missing(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "LIBRARIES", ("typer", "no-such-library"))
    found = looked(shop, code=1)["versions"]
    assert (found["result"], found["facts"]["missing"]) == ("bad", ["no-such-library"])


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (Build("3.36.0", "of old", [], new_enough=False), "bad too_old"),
        (Build("3.45.0", "of some", ["THREADSAFE=0"], new_enough=True), "look one_thread"),
    ],
)
def test_an_sqlite_that_is_not_as_it_should_be(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, build: Build, said: str
) -> None:
    monkeypatch.setattr(machine, "build", lambda: build)
    assert not_well(shop)["sqlite"] == said


def test_the_tab_key(shop: Counter) -> None:
    shop.environ["SHELL"] = "/usr/bin/bash"
    assert looked(shop)["completion"]["code"] == "none"
    (shop.home / ".bashrc").write_text("alias ll='ls -l'\n")
    assert looked(shop)["completion"]["code"] == "none"
    (shop.home / ".bashrc").write_text('eval "$(khata completion bash)"\n')
    assert looked(shop)["completion"]["code"] == "ok"
    shop.environ["SHELL"] = "/bin/dash"
    assert looked(shop)["completion"]["code"] == "other_shell"


@pytest.mark.parametrize("check", ["state", "cache"])
def test_khatas_own_folders(shop: Counter, check: str) -> None:
    folder = shop.home / {"state": ".local/state/khata", "cache": ".cache/khata"}[check]
    folder.chmod(0o755)
    assert not_well(shop) == NO_BACKUP | {check: "look open"}
    folder.chmod(0o700)
    assert not_well(shop) == NO_BACKUP
    shutil.rmtree(folder)
    folder.write_text("a file in its place")
    assert not_well(shop) == NO_BACKUP | {check: "look unusable"}


# --- permissions


@pytest.mark.parametrize(("mode", "said"), [(0o644, "look others_read"), (0o660, "look others_write")])
def test_a_book_that_is_open_to_others(shop: Counter, mode: int, said: str) -> None:
    book(shop).chmod(mode)
    assert not_well(shop) == NO_BACKUP | {"permissions": said}


def test_a_folder_that_is_open_to_others(shop: Counter) -> None:
    book(shop).parent.chmod(0o777)
    assert not_well(shop) == NO_BACKUP | {"folder": "look others_write"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_book_of_somebody_else(shop: Counter) -> None:
    os.chown(book(shop), NOBODY, NOBODY)
    assert not_well(shop)["permissions"] == "look foreign"


@pytest.fixture
def poor(plain_user: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The counter of a user whom permissions bind, and who may not be able to read the libraries."""
    monkeypatch.setattr(command, "_version", lambda _: "1")
    shop = Counter(plain_user)
    assert shop("init", "Sharma Kirana Store").code == 0
    return shop


def test_a_book_and_a_folder_that_may_not_be_written(poor: Counter) -> None:
    book(poor).chmod(0o400)
    assert not_well(poor) == NO_BACKUP | {"permissions": "bad read_only"}
    book(poor).chmod(0o600)
    book(poor).parent.chmod(0o500)
    found = looked(poor, code=1)
    assert found["folder"]["code"] == "read_only"
    assert not {"durability", "links"} & found.keys()


@pytest.mark.parametrize("journal", [b"", b"not read"])
def test_a_book_that_may_not_be_read(poor: Counter, journal: bytes) -> None:
    stored = book(poor).read_bytes()
    Path(f"{book(poor)}-journal").write_bytes(journal)
    book(poor).chmod(0)
    answer = poor("doctor", "--json")
    book(poor).chmod(0o600)
    assert answer.code == 1
    assert {each["check"]: each["code"] for each in answer.data["checks"]}["book"] == "disk_error"
    assert book(poor).read_bytes() == stored


# --- the disk

MOUNTS = {
    "nfs": "bad shared",
    "nfs4": "bad shared",
    "cifs": "bad shared",
    "smb3": "bad shared",
    "fuse.sshfs": "bad shared",
    "9p": "bad shared",
    "vboxsf": "bad shared",
    "vfat": "look portable",
    "exfat": "look portable",
    "tmpfs": "look fleeting",
    "fuse.encfs": "look unknown",
}


@pytest.mark.parametrize("kind", MOUNTS)
def test_what_the_book_lies_on(shop: Counter, disk: Callable[[str], None], kind: str) -> None:
    disk(f"23 22 0:44 / {shop.home}/Khata rw - {kind} server:/books rw\n")
    assert not_well(shop) == NO_BACKUP | {"drive": MOUNTS[kind]}


def test_a_system_that_does_not_tell(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MOUNTINFO", Path("/no/such/table"))
    assert looked(shop)["drive"]["code"] == "unknown_system"


def test_little_room(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, 50_000_000)
    found = looked(shop, code=0)["space"]
    assert (found["result"], found["code"]) == ("look", "little")
    assert "Free: 49 MB. Better: 100 MB." in found["message"]
    room(monkeypatch, 1_000_000)
    assert not_well(shop) == NO_BACKUP | {"space": "bad none"}


def test_a_disk_that_says_nothing_of_its_room(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OSError(errno.ENOSYS, "no")

    monkeypatch.setattr(os, "statvfs", fail)
    assert looked(shop)["space"]["code"] == "unknown"


@pytest.mark.parametrize(
    "name", ["Dropbox", "OneDrive - Sharma", "Google Drive", "Nextcloud", "My Drive", "pCloud Drive"]
)
def test_a_folder_that_goes_to_the_internet(khata: Counter, name: str) -> None:
    path = khata.home / name / "shop.khata"
    assert khata("init", "Shop", "--book", str(path)).code == 0
    assert not_well(khata, "--book", str(path)) == NO_BACKUP | {"cloud": "look synced"}
    (khata.home / "books").symlink_to(path.parent)
    link = khata.home / "books" / "shop.khata"
    assert not_well(khata, "--book", str(link))["cloud"] == "look synced"


def test_settings_that_do_not_take(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: object) -> None:
        raise DiskError(path="x", reason="journal_mode delete, synchronous 2")

    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "I/O error")

    for at, fault, said in (("make_durable", cannot, "journal_mode delete"), ("sync_folder", fails, "I/O error")):
        with monkeypatch.context() as patched:
            patched.setattr(machine, at, fault)
            found = looked(shop, code=1)["durability"]
        assert (found["result"], found["code"]) == ("bad", "not_taken")
        assert said in found["message"]
    assert looked(shop)["durability"]["code"] == "ok"


def test_an_sqlite_that_does_not_erase() -> None:
    assert checkup.durability(Probe("truncate", 3, secure_delete=False, links=True)).code == "keeps_erased"


def test_a_disk_without_links(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", fail)
    assert not_well(shop) == NO_BACKUP | {"links": "look none"}


# --- the book


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes().replace(b":45000", b":15000")), "bad book_broken"),
        (lambda path: path.write_bytes(path.read_bytes()[:9000]), "bad book_broken"),
        (lambda path: path.write_bytes(b"garbage"), "bad not_a_book"),
        (lambda path: path.unlink(), "bad no_book"),
    ],
    ids=["changed", "cut", "garbage", "gone"],
)
def test_a_book_that_is_not_whole(shop: Counter, damage: Callable[[Path], None], said: str) -> None:
    assert shop("use", str(book(shop))).code == 0
    assert shop("backup", str(shop.home / "usb")).code == 0
    damage(book(shop))
    found = not_well(shop)
    assert found["book"] == said
    # The last backup is named even where the book cannot say any more which one it is.
    assert "usb" in looked(shop, code=1)["backup"]["facts"]["path"]


def test_a_broken_book_points_to_verify(shop: Counter) -> None:
    book(shop).write_bytes(book(shop).read_bytes().replace(b":45000", b":15000"))
    said = shop("doctor").out
    assert "BAD   book        The book is not as it was written" in said
    assert "To see the place: khata verify" in said
    assert said.splitlines()[-1] == "BAD   1 problem · solve before writing on"


def test_a_book_of_a_newer_khata(shop: Counter) -> None:
    with closing(sqlite3.connect(book(shop))) as connection:
        connection.execute("PRAGMA user_version = 2")
    assert not_well(shop)["book"] == "bad newer_book"


def test_a_book_that_another_counter_holds(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readonly, "WAIT_S", 0.05)
    with closing(sqlite3.connect(book(shop), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert not_well(shop)["book"] == "look busy"


def test_an_older_copy_in_the_books_place(shop: Counter) -> None:
    shutil.copyfile(book(shop), shop.home / "older")
    assert shop("sale", "ramesh", "5").code == 0
    shutil.copyfile(shop.home / "older", book(shop))
    found = looked(shop, code=1)["book"]
    assert (found["code"], found["facts"]["written"]) == ("book_behind", 4)


def test_views_that_do_not_agree(shop: Counter) -> None:
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    with closing(sqlite3.connect(cache)) as connection:
        connection.execute("UPDATE entry SET debit_paise = debit_paise * 2")
        connection.commit()
    assert not_well(shop) == NO_BACKUP | {"book": "bad views_differ"}


def test_several_books_of_which_none_was_chosen(shop: Counter) -> None:
    shutil.copyfile(book(shop), book(shop).with_name("copy.khata"))
    found = looked(shop, code=0)
    assert [*found] == [*OF_THE_MACHINE, "book"]
    assert found["book"]["code"] == "not_chosen"


def test_a_second_file_of_the_same_book(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.home)
    copy = shop.home / "copy.khata"
    shutil.copyfile(book(shop), copy)
    copy.chmod(0o600)
    assert shop("use", str(copy)).code == 0
    assert shop("init", "Another", "--another", "--book", "Khata/another.khata").code == 0
    found = looked(shop)["copies"]
    assert (found["code"], found["facts"]["paths"]) == ("several", [str(book(shop))])


def test_a_journal_that_was_left(shop: Counter) -> None:
    kill_in_the_middle(book(shop))
    found = looked(shop, code=0)  # which also holds that the journal stays as it is
    assert found["journal"]["code"] == "left"
    assert "book" not in found
    assert shop("balance").code == 0  # as the advice says
    assert not_well(shop) == NO_BACKUP


def test_the_journal_of_a_counter_that_is_saving_is_none_that_was_left(shop: Counter) -> None:
    with closing(sqlite3.connect(book(shop), isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = TRUNCATE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO event VALUES (4, zeroblob(9), zeroblob(32))")
        assert Path(f"{book(shop)}-journal").stat().st_size
        assert not machine.journal_is_hot(book(shop))
        other.execute("ROLLBACK")


MIDDLE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = TRUNCATE")
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
for seq in range(4, 400):
    connection.execute("INSERT INTO event VALUES (?, zeroblob(2000), zeroblob(32))", (seq,))
print("now", flush=True)
sys.stdin.read()
"""


def kill_in_the_middle(path: Path) -> None:
    """A process that wrote half of its pages into the book, and was killed."""
    words = [sys.executable, "-c", MIDDLE, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"now\n"
        process.kill()


def test_a_book_that_another_program_switched_over(shop: Counter) -> None:
    with closing(sqlite3.connect(book(shop))) as other:
        other.execute("PRAGMA journal_mode = WAL")
    answer = shop("doctor", "--json")
    assert {each["check"]: each["code"] for each in answer.data["checks"]}["journal"] == "wal"
    assert answer.code == 1
    assert shop("sale", "ramesh", "5").code == 0  # as the advice says
    assert not_well(shop) == NO_BACKUP
    assert shop("verify").code == 0


def test_the_clock(shop: Counter) -> None:
    shop.now += timedelta(days=30)
    assert shop("sale", "ramesh", "5").code == 0
    shop.now -= timedelta(hours=1)
    assert not_well(shop)["clock"] == "look behind"
    shop.now -= timedelta(days=3)
    assert not_well(shop)["clock"] == "bad far_behind"


def test_a_clock_that_stands_still_is_not_behind() -> None:
    now = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
    assert checkup.clock(At("2026-11-22T04:30:00.000000Z"), now).code == "ok"
    assert checkup.clock(At("2026-11-22T04:30:00.000001Z"), now).code == "behind"
    assert checkup.clock(At("2026-11-23T04:30:00.000000Z"), now).code == "far_behind"


def test_the_backup(shop: Counter) -> None:
    assert shop("backup").code == 0
    assert not_well(shop) == {"backup": "look same_disk"}
    made = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    assert not_well(shop) == {}
    assert shop("backup").code == 0
    assert looked(shop)["backup"]["facts"] | {"at": ""} == {"at": "", "path": str(made), "other_disk": True}
    shop.now += timedelta(days=2)
    assert not_well(shop) == {"backup": "look old"}
    made.unlink()
    assert not_well(shop) == {"backup": "look gone"}


def test_a_backup_on_a_stick_that_is_not_plugged_in_counts_by_its_date(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    monkeypatch.setattr(machine, "device_of", lambda _: OWN)
    made.unlink()
    assert (looked(shop)["backup"]["result"], looked(shop)["backup"]["code"]) == ("ok", "unplugged")
    shop.now += timedelta(days=2)
    assert not_well(shop) == {"backup": "look old"}


# --- how it is said


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_sentence_has_its_facts(shop: Counter, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    shop.environ["KHATA_DEBUG"] = "1"  # a fact that is missing raises
    book(shop).chmod(0o644)
    book(shop).parent.chmod(0o777)
    room(monkeypatch, 50_000_000)
    said = shop("doctor", "--lang", language)
    assert (said.code, said.err) == (0, "")
    assert "{" not in said.out


def test_a_path_is_written_as_a_shell_wants_it(khata: Counter) -> None:
    path = khata.home / "my shop.khata"
    assert khata("init", "Shop", "--book", str(path)).code == 0
    path.chmod(0o644)
    assert f"chmod 600 '{path}'" in khata("doctor", "--book", str(path)).out


def test_it_speaks_hindi(shop: Counter) -> None:
    said = shop("doctor", "--lang", "hi").out
    assert "पेन ड्राइव लगाएँ। फिर: khata backup /media/usb" in said
    assert said.splitlines()[-1] == "देखें   कुछ ग़लत नहीं · 1 बात देख लें"
