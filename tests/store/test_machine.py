"""What this machine is to a book: the build of SQLite, the disk, the folder, and what others left beside a book."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import DiskError
from khata.store import machine
from khata.store.machine import (
    Mount,
    access,
    build,
    free_bytes,
    is_wal,
    journal_is_hot,
    mount_of,
    probe,
    usable,
)


def test_the_build_of_sqlite_is_that_of_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    found = build()
    assert found.version == sqlite3.sqlite_version
    assert found.source_id[:2] == "20"
    assert any(option.startswith("THREADSAFE=") for option in found.options)
    assert all(option.startswith(("THREADSAFE", "SECURE_DELETE", "DEFAULT_SYNCHRONOUS")) for option in found.options)
    for version, new_enough in (((3, 36, 9), False), ((3, 37, 0), True), ((4, 0, 0), True)):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
        assert build().new_enough == new_enough


@pytest.mark.parametrize(
    ("kind", "nature"),
    [
        *(("ext4", "local"), ("btrfs", "local"), ("nfs4", "shared"), ("cifs", "shared"), ("fuse.sshfs", "shared")),
        *(("vfat", "portable"), ("exfat", "portable"), ("fuse.exfat", "portable"), ("tmpfs", "fleeting")),
        *(("fuse.gocryptfs", "unknown"), ("fuseblk", "local"), ("", "local")),
    ],
)
def test_what_a_disk_is_by_its_kind(kind: str, nature: str) -> None:
    assert Mount(kind, "/").nature == nature


MOUNTS = r"""22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:5 / /dev rw shared:2 - devtmpfs udev rw
30 22 0:6 / /media/usb rw shared:3 master:1 - vfat /dev/sdb1 rw
31 22 0:7 / /media/usb rw - ext4 /dev/sdc1 rw
32 22 0:8 / /media/my\040stick rw - exfat /dev/sdd1 rw
33 31 0:9 / /media/usb/far rw - nfs4 host:/ rw
34 22 0:9 / /med rw - nfs4 host:/ rw
a line that is none
35 22 0:9 / /media/usb/near rw
"""


@pytest.mark.parametrize(
    ("path", "kind", "point"),
    [
        ("/", "ext4", "/"),
        ("/home/asha/shop.khata", "ext4", "/"),
        ("/media/usb", "ext4", "/media/usb"),
        ("/media/usb/shop.khata", "ext4", "/media/usb"),
        ("/media/usb/near/shop.khata", "ext4", "/media/usb"),
        ("/media/usbstick/shop.khata", "ext4", "/"),
        ("/media/usb/far/shop.khata", "nfs4", "/media/usb/far"),
        ("/media/my stick/shop.khata", "exfat", "/media/my stick"),
        ("/med/shop.khata", "nfs4", "/med"),
    ],
)
def test_a_path_lies_on_the_mount_of_its_longest_beginning_and_the_last_of_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str, point: str
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    monkeypatch.setattr(machine, "MOUNTINFO", table)
    assert mount_of(Path(path)) == Mount(kind, point)


def test_a_system_without_a_table_of_mounts_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MOUNTINFO", tmp_path / "none")
    assert mount_of(tmp_path) is None
    (tmp_path / "empty").touch()
    monkeypatch.setattr(machine, "MOUNTINFO", tmp_path / "empty")
    assert mount_of(tmp_path) is None


def test_a_link_lies_where_it_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to("/media/usb/far")
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    monkeypatch.setattr(machine, "MOUNTINFO", table)
    assert mount_of(tmp_path / "link" / "shop.khata") == Mount("nfs4", "/media/usb/far")


def test_the_room_that_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = free_bytes(tmp_path)
    assert found is not None
    assert found > 0
    assert free_bytes(tmp_path / "none") is None
    sizes = (4096, 512, 1000, 900, 700, 0, 0, 0, 0, 255)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(sizes))
    assert free_bytes(tmp_path) == 700 * 512, "what is kept for root is not ours, and blocks are counted in fragments"


def test_who_may_do_what_with_a_file(plain_user: Path) -> None:
    path = plain_user / "shop.khata"
    assert access(path) is None
    path.touch()
    for mode, writable in ((0o600, True), (0o400, False), (0o666, True), (0o640, True)):
        path.chmod(mode)
        assert access(path) == (True, mode & 0o077, writable)
    for mode, writable in ((0o700, True), (0o500, False), (0o600, False)):
        plain_user.chmod(mode)
        assert access(plain_user) == (True, 0, writable), "to write in a folder one must be able to go there"
    plain_user.chmod(0o700)
    theirs = access(Path("/"))
    assert theirs is not None
    assert (theirs.mine, theirs.writable) == (False, False)


def test_a_folder_that_is_not_there_yet_is_usable_where_it_can_be_made(plain_user: Path) -> None:
    assert usable(plain_user)
    assert usable(plain_user / "a" / "b")
    (plain_user / "file").touch(mode=0o700)
    assert not usable(plain_user / "file")
    assert not usable(plain_user / "file" / "a")
    (plain_user / "nowhere").symlink_to(plain_user / "gone")
    assert not usable(plain_user / "nowhere" / "a")
    plain_user.chmod(0o500)
    assert not usable(plain_user)
    assert not usable(plain_user / "a" / "b")


def test_a_folder_is_tried_with_the_settings_of_a_book_and_nothing_stays_there(tmp_path: Path) -> None:
    found = probe(tmp_path, "trial")
    assert (found.journal_mode, found.synchronous, found.secure_delete, found.links) == ("truncate", 3, True, True)
    assert not list(tmp_path.iterdir())


def test_a_folder_is_tried_beside_what_is_there_and_never_over_it(tmp_path: Path) -> None:
    (tmp_path / "trial").write_text("mine")
    with pytest.raises(FileExistsError):
        probe(tmp_path, "trial")
    assert (tmp_path / "trial").read_text() == "mine"


def test_nothing_stays_of_a_trial_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_taken(_: sqlite3.Connection, path: Path) -> None:
        raise DiskError(path=str(path))

    def no_sync(_: Path) -> None:
        raise OSError

    for name, failing, error in (("make_durable", not_taken, DiskError), ("sync_folder", no_sync, OSError)):
        with monkeypatch.context() as patch:
            patch.setattr(machine, name, failing)
            with pytest.raises(error):
                probe(tmp_path, "trial")
        assert not list(tmp_path.iterdir())


def test_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", no_links)
    assert not probe(tmp_path, "trial").links


def test_a_book_that_was_switched_to_write_ahead_logging(book_path: Path) -> None:
    assert not is_wal(book_path)
    with closing(sqlite3.connect(book_path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert is_wal(book_path)
    assert not is_wal(book_path.with_name("none"))
    short = book_path.with_name("short")
    short.write_bytes(book_path.read_bytes()[:19])
    assert not is_wal(short)


KILLED = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size = 1")
c.execute("BEGIN IMMEDIATE")
c.execute("CREATE TABLE a (x)")
c.execute("INSERT INTO a VALUES (zeroblob(99999))")
os._exit(9)
"""


def test_a_journal_is_hot_where_a_process_was_killed_and_not_where_one_is_saving(book_path: Path) -> None:
    journal = book_path.with_name(book_path.name + "-journal")
    assert not journal_is_hot(book_path)
    journal.touch()
    assert not journal_is_hot(book_path), "every commit leaves an empty one"
    with closing(sqlite3.connect(book_path, isolation_level=None)) as saving:
        saving.execute("BEGIN IMMEDIATE")
        saving.execute("CREATE TABLE a (x)")
        assert journal.stat().st_size
        assert not journal_is_hot(book_path)
        saving.execute("ROLLBACK")
    subprocess.run([sys.executable, "-c", KILLED, str(book_path)], check=False)
    before = book_path.read_bytes(), journal.read_bytes()
    assert journal_is_hot(book_path)
    link = book_path.with_name("link.khata")
    link.symlink_to(book_path)
    assert journal_is_hot(link)
    assert (book_path.read_bytes(), journal.read_bytes()) == before, "it only looks"
    journal.write_bytes(bytes(512))
    book_path.write_bytes(b"nothing that SQLite knows" * 200)
    assert not journal_is_hot(book_path), "there is nothing to roll back, whatever else is wrong"
