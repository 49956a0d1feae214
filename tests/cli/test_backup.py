"""`khata backup`: where it goes, how many stay, and who is told when there is none."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khata.api.places import Places
from khata.cli import backup
from khata.log.chain import Head
from khata.store import machine
from khata.store.sqlite.backup import copy as really_copy
from khata.store.sqlite.book import SqliteBook
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.cli.conftest import Counter
from tests.disks import OWN, STICK, device_of


def backups(shop: Counter, folder: str = "Khata/backups") -> list[Path]:
    return sorted((shop.home / folder).glob("*.khata"))


@pytest.fixture(autouse=True)
def stick(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """~/usb is another disk, wherever the tests run; gives what puts it on another device."""
    monkeypatch.setattr(machine, "device_of", device_of)
    return lambda device: monkeypatch.setattr(machine, "device_of", lambda path: device if "usb" in path.parts else OWN)


def test_it_goes_beside_the_books_and_says_that_this_is_the_same_disk(shop: Counter) -> None:
    answer = shop("backup")
    assert answer.code == 0
    assert "on this computer's own disk" in answer.err
    assert len(backups(shop)) == 1
    assert shop("backup", str(shop.home / "usb")).err == ""


def test_every_folder_on_the_same_disk_is_said_to_be(shop: Counter) -> None:
    for folder in ("elsewhere", "elsewhere", "Khata/backups"):
        answer = shop("backup", str(shop.home / folder), "--json")
        assert [each["code"] for each in answer.envelope["warnings"]] == ["same_disk"]
        assert answer.data["other_disk"] is False
    assert shop("backup", str(shop.home / "usb"), "--json").data["other_disk"] is True


def test_what_is_laid_into_the_memory_is_not_on_another_disk(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 0:4 / {shop.home / 'usb'} rw - tmpfs tmpfs rw\n")
    monkeypatch.setattr(machine, "MOUNTINFO", table)
    assert shop("backup", str(shop.home / "usb"), "--json").data["other_disk"] is False


def test_two_parts_of_one_disk_are_the_same_disk(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for disk, part, number in (("sda", "sda1", "8:1"), ("sda", "sda2", "8:17"), ("sdb", "sdb1", "8:33")):
        (tmp_path / "disks" / disk / part).mkdir(parents=True)
        (tmp_path / "disks" / disk / part / "partition").touch()
        (tmp_path / number).symlink_to(tmp_path / "disks" / disk / part)
    (tmp_path / "disks" / "dm-0" / "slaves").mkdir(parents=True)
    (tmp_path / "disks" / "dm-0" / "slaves" / "sda2").symlink_to(tmp_path / "disks" / "sda" / "sda2")
    (tmp_path / "8:49").symlink_to(tmp_path / "disks" / "dm-0")
    monkeypatch.setattr(machine, "BLOCKS", tmp_path)
    for minor, other in ((1, False), (17, False), (33, True), (49, False)):
        monkeypatch.setattr(
            machine, "device_of", lambda path, minor=minor: os.makedev(8, minor if "usb" in path.parts else 1)
        )
        assert machine.is_on_another_disk(shop.home / "usb" / "x", shop.home / "Khata") is other


# --- no stick is plugged in


def mounted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *points: str, fstab: str = "") -> None:
    """The mounts of a computer, and those that it is told of."""
    lines = [
        f"{22 + number} 1 8:{number} / {point} rw - ext4 /dev/sd rw\n" for number, point in enumerate(("/", *points))
    ]
    (tmp_path / "mountinfo").write_text("".join(lines))
    (tmp_path / "fstab").write_text(fstab)
    monkeypatch.setattr(machine, "MOUNTINFO", tmp_path / "mountinfo")
    monkeypatch.setattr(machine, "FSTAB", tmp_path / "fstab")


@pytest.mark.parametrize(
    ("folder", "points", "fstab", "unplugged"),
    [
        ("/media/usb", [], "", True),
        ("/media/usb/copies/of/2026", [], "", True),
        ("/media/usb", ["/media/usb"], "", False),
        ("/media/usb/copies", ["/media/usb"], "", False),
        ("/media/usb", ["/media/usb2"], "", True),
        ("/run/media/asha/KINGSTON", ["/run"], "", True),
        ("/run/media/asha/KINGSTON", ["/run", "/run/media/asha/KINGSTON"], "", False),
        ("/mnt", [], "", True),
        ("/mnt", ["/mnt"], "", False),
        ("/mnt/d", ["/mnt"], "", False),
        ("/mnt/../media/usb", ["/mnt"], "", True),
        ("/Volumes/STICK", [], "", True),
        ("/backup/khata", [], "", False),
        ("/backup/khata", [], "UUID=1 /backup ext4 defaults 0 2\n", True),
        ("/backup/khata", [], "#UUID=1 /backup ext4 defaults 0 2\n", False),
        ("/backup/khata", ["/backup"], "UUID=1 /backup ext4 defaults 0 2\n", False),
        ("/my backup/khata", [], "UUID=1 /my\\040backup/ ext4 defaults 0 2\n", True),
        ("/home/asha/copies", [], "UUID=1 / ext4 defaults 0 1\nUUID=2 none swap sw 0 0\n\nbad\n", False),
        ("/home/asha/copies", ["/home"], "UUID=1 /home ext4 defaults 0 2\n", False),
    ],
)
def test_where_a_disk_should_be_and_none_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str, points: list[str], fstab: str, unplugged: bool
) -> None:
    mounted(monkeypatch, tmp_path, *points, fstab=fstab)
    assert machine.is_unplugged(Path(folder)) is unplugged


@pytest.mark.parametrize(("there", "unplugged"), [([], True), (["/media/usb"], False), (["/"], True)])
def test_without_a_table_of_mounts_the_folders_are_asked(
    monkeypatch: pytest.MonkeyPatch, there: list[str], unplugged: bool
) -> None:
    monkeypatch.setattr(machine, "MOUNTINFO", Path("/no/such/table"))
    monkeypatch.setattr(Path, "is_mount", lambda self: str(self) in there)
    assert machine.is_unplugged(Path("/media/usb/copies")) is unplugged


@pytest.fixture
def empty_slot(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a stick should be, and none is."""
    slot = shop.home / "media" / "usb"
    slot.mkdir(parents=True)
    monkeypatch.setattr(machine, "FOR_STICKS", (str(shop.home / "media"),))
    return slot


def test_a_script_is_refused_where_there_is_no_stick_and_nothing_is_made(shop: Counter, empty_slot: Path) -> None:
    for folder in (empty_slot, empty_slot / "copies", empty_slot.parent / "other"):
        answer = shop("backup", str(folder), "--json")
        assert answer.refused == "not_agreed"
        assert str(folder) in answer.envelope["refused"]["message"]
    assert list(empty_slot.parent.rglob("*")) == [empty_slot]
    assert shop("status", "--json").data["last_backup_at"] is None


def test_a_script_may_say_yes_beforehand(shop: Counter, empty_slot: Path) -> None:
    assert shop("backup", str(empty_slot), "--yes").code == 0
    assert len(list(empty_slot.glob("*.khata"))) == 1


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2)])
def test_a_person_is_asked(shop: Counter, empty_slot: Path, typed: str, code: int) -> None:
    answer = shop("backup", str(empty_slot), typed=typed)
    assert f"No pen drive in this folder: {empty_slot}." in answer.err
    assert answer.code == code
    assert len(list(empty_slot.glob("*.khata"))) == (code == 0)


def test_a_folder_that_was_on_a_stick_and_no_longer_is_is_asked_about(
    shop: Counter, stick: Callable[[int], None]
) -> None:
    usb = shop.home / "usb"
    assert shop("backup", str(usb)).code == 0
    stick(OWN)
    assert shop("backup", str(usb), "--json").refused == "not_agreed"
    assert shop("backup", str(shop.home / "other")).code == 0
    stick(STICK)
    assert shop("backup", str(usb)).code == 0


# --- what counts as one


def test_a_copy_and_the_folders_made_for_it_are_their_owners_alone(shop: Counter) -> None:
    there = shop.home / "there"
    there.mkdir()
    there.chmod(0o755)
    before = os.umask(0)
    try:
        made = [
            Path(shop("backup", str(folder), "--json").data["path"])
            for folder in (there, there / "new" / "deep", shop.home / "Khata" / "backups")
        ]
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (*made, *(each.parent for each in made), there / "new")]
    assert [oct(mode) for mode in modes] == ["0o600"] * 3 + ["0o755", "0o700", "0o700", "0o700"]


def test_backups_are_no_books_to_choose_from(shop: Counter) -> None:
    shop("backup")
    assert shop("sale", "ramesh", "5").code == 0
    assert [row["path"] for row in shop("books", "--json").data["books"]] == [
        str(shop.home / "Khata" / "sharma-kirana-store.khata")
    ]


def test_only_the_newest_stay_and_nobody_elses_file_is_touched(shop: Counter) -> None:
    usb = shop.home / "usb"
    usb.mkdir()
    (usb / "sharma-kirana-store.2020-01-01-000000.khata").write_text("not noted here")
    made = [shop("backup", str(usb), "--keep", "2", "--json").data for _ in range(4)]
    assert made[3]["removed"] == [made[1]["path"]]
    assert [path.name for path in backups(shop, "usb")] == [
        "sharma-kirana-store.2020-01-01-000000.khata",
        *(Path(each["path"]).name for each in made[2:]),
    ]


def test_status_asks_for_one_when_there_is_none_and_when_it_is_a_day_old(shop: Counter) -> None:
    assert [each["code"] for each in _warnings(shop)] == ["no_backup"]
    shop("backup", str(shop.home / "usb"))
    assert _warnings(shop) == []
    shop.now += timedelta(days=1)
    assert [each["code"] for each in _warnings(shop)] == ["old_backup"]


def test_a_copy_on_the_same_disk_is_named_as_what_it_is_and_silences_nobody(shop: Counter) -> None:
    own = shop("backup", "--json").data
    assert [each["code"] for each in _warnings(shop)] == ["only_same_disk"]
    told = shop("status", "--json").data
    assert (told["last_backup_at"], told["last_backup"]) == (own["at"], own["path"])
    assert (told["last_backup_other_disk"], told["other_disk_backup_at"], told["other_disk_backup"]) == (
        False,
        None,
        None,
    )
    assert "Last backup on this computer's own disk" in shop("status").out
    there = shop("backup", str(shop.home / "usb"), "--json").data
    told = shop("status", "--json").data
    assert (told["last_backup_other_disk"], told["other_disk_backup"]) == (True, there["path"])
    own = shop("backup", "--json").data
    shop.now += timedelta(days=1)
    told = shop("status", "--json").data
    assert (told["last_backup"], told["other_disk_backup_at"]) == (own["path"], there["at"])
    assert _warnings(shop)[0] | {"message": ""} == {"code": "old_backup", "facts": {"at": there["at"]}, "message": ""}


def test_who_records_is_reminded_once_a_day_though_there_is_a_copy_on_the_same_disk(shop: Counter) -> None:
    shop("backup")
    assert "only backup" not in shop("sale", "ramesh", "5").err  # a book of today
    shop.now += timedelta(days=1)
    shop("backup")
    assert "The only backup" in shop("sale", "ramesh", "6").err
    assert "backup" not in shop("sale", "ramesh", "7").err


def test_a_stick_in_a_drawer_counts_by_its_date(shop: Counter, stick: Callable[[int], None]) -> None:
    made = Path(shop("backup", str(shop.home / "usb"), "--json").data["path"])
    made.unlink()
    stick(OWN)
    shop("backup")
    assert _warnings(shop) == []
    assert shop("status", "--json").data["other_disk_backup"] == str(made)


def test_a_copy_that_was_deleted_from_the_disk_is_forgotten(shop: Counter) -> None:
    Path(shop("backup", "--json").data["path"]).unlink()
    Path(shop("backup", str(shop.home / "usb"), "--json").data["path"]).unlink()
    kept = shop("backup", str(shop.home / "usb"), "--json").data["path"]
    (line,) = (shop.home / ".local/state/khata/backups").read_text().splitlines()
    assert line.endswith(f" other {kept}")


@pytest.mark.parametrize(
    ("folder", "there", "code"), [("usb", True, None), ("x", True, "only_same_disk"), ("x", False, "only_same_disk")]
)
def test_a_backup_that_an_older_khata_noted_is_looked_at(
    shop: Counter, folder: str, there: bool, code: str | None
) -> None:
    made = Path(shop("backup", str(shop.home / folder), "--json").data["path"])
    noted = shop.home / ".local/state/khata/backups"
    noted.write_text(noted.read_text().replace(" other ", " ").replace(" same ", " "))
    if not there:
        made.unlink()
    assert [each["code"] for each in _warnings(shop)] == ([code] if code else [])


def test_a_backup_that_an_older_khata_noted_on_a_stick_in_a_drawer_counts(shop: Counter) -> None:
    shop("backup", str(shop.home / "usb"))
    noted = shop.home / ".local/state/khata/backups"
    noted.write_text(re.sub("other .*/usb/", "/media/asha/STICK/", noted.read_text()))
    assert _warnings(shop) == []


def _warnings(shop: Counter) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shop("status", "--json").envelope["warnings"]
    return found


def test_a_lost_book_is_told_where_its_backups_are(shop: Counter) -> None:
    shop("backup")
    (shop.home / "Khata" / "sharma-kirana-store.khata").unlink()
    refused = shop("balance", "--json").envelope["refused"]
    assert refused["code"] == "no_book"
    assert refused["facts"]["backups"] == [str(path) for path in backups(shop)]


def test_how_many_stay_must_be_a_number(shop: Counter) -> None:
    for value in ("0", "-1", "many", "२"):
        assert shop("backup", "--keep", value, "--json").refused == "unknown_choice"
    assert not (shop.home / "Khata" / "backups").exists()


def test_a_disk_that_gives_back_something_else_is_not_taken_for_a_broken_book(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(path: Path, *more: Any, **others: Any) -> Verdict:
        verdict = verify(path, *more, **others)
        return replace(verdict, result="broken") if path.name.startswith(".") else verdict

    monkeypatch.setattr("khata.cli.backup.verify", unread)
    answer = shop("backup", str(shop.home / "usb"))
    assert answer.code == 5
    assert "The disk did not give back what khata wrote there." in answer.err
    assert "The book itself is good" in answer.err
    assert backups(shop, "usb") == []


def test_a_book_that_is_broken_at_no_entry_is_called_broken(shop: Counter) -> None:
    with closing(sqlite3.connect(shop.home / "Khata" / "sharma-kirana-store.khata")) as raw:
        raw.execute("CREATE TABLE mine (own)")
    answer = shop("backup", str(shop.home / "usb"))
    assert answer.code == 2
    assert "the book itself is broken. Stop" in answer.err
    assert not (shop.home / "usb").exists()


def test_what_has_taken_the_place_of_an_old_backup_is_not_deleted(shop: Counter) -> None:
    made = [Path(shop("backup", "--json").data["path"]) for _ in range(3)]
    assert shop("init", "Other Shop", "--book", str(shop.home / "other.khata")).code == 0
    (shop.home / "other.khata").replace(made[0])
    made[1].write_bytes(b"photos")
    assert shop("backup", "--keep", "1", "--json").data["removed"] == [str(made[2])]
    assert [each.exists() for each in made] == [True, True, False]


def test_a_backup_is_noted_as_one_of_the_book_that_was_copied(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another book is put in the place between the look and the copy."""
    other = shop.home / "other.khata"
    assert shop("init", "Other Shop", "--book", str(other)).code == 0

    def swapped(store: SqliteBook, to: Path, check: Callable[[Path], None]) -> Head:
        other.replace(store.path)
        return really_copy(store, to, check)

    monkeypatch.setattr(backup, "copy", swapped)
    made = shop("backup", "--json").data["path"]
    monkeypatch.undo()
    (noted,) = Places({"HOME": str(shop.home)}, "asha").backups()
    with closing(sqlite3.connect(made)) as connection:
        first = json.loads(connection.execute("SELECT body FROM event").fetchone()[0])
    assert (str(noted.path), noted.book) == (made, first["data"]["book"])
