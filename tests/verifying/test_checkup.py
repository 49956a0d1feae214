"""What a machine is to a book, and what is made of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from khata.store import machine
from khata.store.machine import Access, Mount
from khata.verifying import checkup


def test_the_sqlite_that_is_here() -> None:
    found = machine.build()
    assert found.new_enough
    assert found.version == sqlite3.sqlite_version
    assert any(option.startswith("THREADSAFE") for option in found.options)
    assert len(found.source_id) > 60


def test_the_mount_of_a_path_is_that_of_the_longest_prefix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "my shop").mkdir()
    space = str(tmp_path / "my shop").replace(" ", r"\040")
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(machine, "MOUNTINFO", table)
    table.write_text(
        "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
        "garbage\n\n31 22 0:1 / / rw - \n"
        f"24 22 0:45 / {tmp_path} rw shared:1 master:2 - xfs /dev/sdb rw\n"
        f"25 22 0:46 / {tmp_path}/m rw - nfs other:/ rw\n"
        f"26 22 0:47 / {space} rw - btrfs /dev/sdc rw\n"
        f"27 22 0:48 / {space} rw - cifs //server/shop rw\n"
    )
    assert machine.mount_of(Path("/")) == Mount("ext4", "/")
    assert machine.mount_of(tmp_path / "other") == Mount("xfs", str(tmp_path))
    assert machine.mount_of(tmp_path / "mine") == Mount("xfs", str(tmp_path))
    assert machine.mount_of(tmp_path / "m" / "shop.khata") == Mount("nfs", f"{tmp_path}/m")
    assert machine.mount_of(tmp_path / "my shop" / "x") == Mount("cifs", f"{tmp_path}/my shop")  # mounted over btrfs
    (tmp_path / "link").symlink_to(tmp_path / "my shop")
    assert machine.mount_of(tmp_path / "link" / "x") == Mount("cifs", f"{tmp_path}/my shop")


def test_the_probe_never_writes_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "probe").write_text("kept")
    with pytest.raises(FileExistsError):
        machine.probe(tmp_path, "probe")
    assert (tmp_path / "probe").read_text() == "kept"


@pytest.mark.parametrize(
    ("encoding", "code"), [("utf-8", "ok"), ("iso8859-1", "no_rupee"), ("ascii", "no_rupee"), ("klingon", "no_rupee")]
)
def test_what_the_screen_can_show(encoding: str, code: str) -> None:
    assert checkup.terminal(encoding, "hi").code == code


def test_a_large_book_wants_ten_times_its_size() -> None:
    assert checkup.space(1_900_000_000, 200_000_000).code == "little"
    assert checkup.space(2_000_000_000, 200_000_000).code == "ok"
    assert checkup.space(99_999_999, 1).code == "little"
    assert checkup.space(None, 1).code == "unknown"


def test_own_folders_of_somebody_else() -> None:
    def found(access: Access | None, *, usable: bool = True) -> str:
        return checkup.own_folder("state", Path("/state"), access, usable=usable).code

    assert found(None) == "later"
    assert found(None, usable=False) == "unusable"
    assert found(Access(mine=False, others=0, writable=True)) == "foreign"
    assert found(Access(mine=True, others=0, writable=False)) == "unusable"
    assert found(Access(mine=True, others=0, writable=True)) == "ok"
