"""What this machine is to a book: SQLite's build, the folder, the disk under it. Facts and codes, no prose."""

import os
import re
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from khata.store.sqlite.atomic import sync_folder
from khata.store.sqlite.connection import OLDEST_SQLITE, connect, make_durable, meaning

MOUNTINFO = Path("/proc/self/mountinfo")
FSTAB = Path("/etc/fstab")
BLOCKS = Path("/sys/dev/block")

FOR_STICKS = ("/media", "/run/media", "/mnt", "/Volumes")
"""Where systems put what is plugged in."""

SHARED = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "gpfs"),
        *("sshfs", "davfs", "davfs2", "rclone", "s3fs", "gvfsd-fuse", "9p", "virtiofs", "vboxsf", "prl_fs", "drvfs"),
        *("vmhgfs", "vmhgfs-fuse"),
    )
)
"""Disks of another computer: their locks may not hold, and two counters then write at once."""

PORTABLE = frozenset(("vfat", "msdos", "exfat", "fat"))
"""Sticks and cards formatted for Windows: no owner, no permissions, no hard links, no journal."""

FLEETING = frozenset(("tmpfs", "ramfs"))
"""Gone when the computer goes off."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


class Build(NamedTuple):
    """SQLite as Python has it: its version, its source id, and whether it is new enough for a book."""

    version: str
    source_id: str
    options: list[str]
    new_enough: bool


def build() -> Build:
    """The SQLite that this Python uses; of its compile options those that matter to a book."""
    with closing(sqlite3.connect(":memory:")) as connection:
        (source_id,) = connection.execute("SELECT sqlite_source_id()").fetchone()
        every = [option for (option,) in connection.execute("PRAGMA compile_options")]
    options = [option for option in every if option.startswith(("THREADSAFE", "SECURE_DELETE", "DEFAULT_SYNCHRONOUS"))]
    return Build(sqlite3.sqlite_version, source_id, options, sqlite3.sqlite_version_info >= OLDEST_SQLITE)


class Device(NamedTuple):
    """This machine by the name that it gives itself, its processor, its system, and the versions of what runs here."""

    name: str
    machine: str
    system: str
    python: str
    sqlite: str


def device() -> Device:
    """What this machine says of itself; "" for what it does not."""
    import platform

    system = " ".join(filter(None, (platform.system(), platform.release())))
    return Device(platform.node(), platform.machine(), system, platform.python_version(), sqlite3.sqlite_version)


class Mount(NamedTuple):
    """Where a path lies: the file system's type as the kernel calls it, and its mount point."""

    kind: str
    point: str

    @property
    def nature(self) -> str:
        """`shared`, `portable`, `fleeting`, `unknown` (FUSE of some sort), or `local`."""
        for nature, kinds in (("shared", SHARED), ("portable", PORTABLE), ("fleeting", FLEETING)):
            if self.kind.removeprefix("fuse.") in kinds:
                return nature
        return "unknown" if self.kind.startswith("fuse.") else "local"


def mount_of(path: Path) -> Mount | None:
    """The mount that a path lies on: that of the longest prefix, of two stacked ones the last; None if unknown."""
    try:
        lines = MOUNTINFO.read_bytes().splitlines()
    except OSError:
        return None
    real = os.fsencode(os.path.realpath(path))
    found, longest = None, -1
    for line in lines:
        left, _, right = line.partition(b" - ")
        fields, kind = left.split(b" "), right.split(b" ")[0]
        if len(fields) < 6 or not kind:
            continue
        point = _unescaped(fields[4])
        if len(point) >= longest and (real == point or real.startswith(point.rstrip(b"/") + b"/")):
            longest = len(point)
            found = Mount(kind.decode("utf-8", "replace"), os.fsdecode(point))
    return found


def device_of(path: Path) -> int | None:
    """The device that a path lies on, or would lie on: that of the nearest folder above it that is there."""
    real = Path(os.path.realpath(path))
    for each in (real, *real.parents):
        with suppress(OSError):
            return each.stat().st_dev
    return None


def is_on_another_disk(path: Path, book: Path) -> bool:
    """Whether what lies at a path outlives the disk of a book. What lies in the memory outlives nothing."""
    here, there = device_of(book), device_of(path)
    if here is None or there is None or _disk(here) == _disk(there):
        return False
    mount = mount_of(path)
    return mount is None or mount.nature != "fleeting"


def _disk(device: int) -> Path:
    """The whole disk of a device, which may be a part of it: C: and D: of one disk break together."""
    block = (BLOCKS / f"{os.major(device)}:{os.minor(device)}").resolve()
    with suppress(OSError):
        while under := sorted((block / "slaves").iterdir()):
            block = under[0].resolve()
    return block.parent if (block / "partition").exists() else block


def is_for_sticks(path: Path) -> bool:
    """Whether a path lies where systems put what is plugged in."""
    return any(_is_within(os.path.realpath(path), place) for place in FOR_STICKS)


def is_unplugged(folder: Path) -> bool:
    """Whether a folder lies where a disk should be mounted, and none is: what is written there is on the disk below."""
    real = os.path.realpath(folder)
    places = [place for place in (*FOR_STICKS, *_listed()) if _is_within(real, place)]
    mount = mount_of(folder)
    if mount is not None:
        return any(not _is_within(mount.point, place) for place in places)
    above = [str(each) for each in (Path(real), *Path(real).parents) if each.is_mount()]
    return any(not any(_is_within(each, place) for each in above) for place in places)


def _is_within(path: str, place: str) -> bool:
    return path == place or path.startswith(place + "/")


def _listed() -> list[str]:
    """The mount points that the system is told of, other than the root."""
    with suppress(OSError):
        rows = [line.split() for line in FSTAB.read_bytes().splitlines() if not line.lstrip().startswith(b"#")]
        points = [os.fsdecode(_unescaped(row[1])) for row in rows if len(row) > 1]
        return [point.rstrip("/") for point in points if point.startswith("/") and point.rstrip("/")]
    return []


def _unescaped(point: bytes) -> bytes:
    return _OCTAL.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), point)


def free_bytes(folder: Path) -> int | None:
    """Bytes that this user can still write there; None if it cannot be asked."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return None
    return room.f_bavail * room.f_frsize


class Access(NamedTuple):
    """Who may do what with a file or folder; `others` are the permission bits that others than its owner have."""

    mine: bool
    others: int
    writable: bool


def access(path: Path) -> Access | None:
    """Who owns a path and may write there; None if nothing is there."""
    try:
        found = path.stat()
    except OSError:
        return None
    wanted = os.W_OK | os.X_OK if stat.S_ISDIR(found.st_mode) else os.W_OK
    return Access(found.st_uid == os.geteuid(), stat.S_IMODE(found.st_mode) & 0o077, _may(path, wanted))


def usable(folder: Path) -> bool:
    """Whether a folder can be written, or made in what is there of the path above it."""
    for each in (folder, *folder.parents):
        if os.path.lexists(each):
            return each.is_dir() and _may(each, os.W_OK | os.X_OK)
    return False


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


class Probe(NamedTuple):
    """How a folder took a book file of no importance: khata's settings as SQLite has them then, and hard links."""

    journal_mode: str
    synchronous: int
    secure_delete: bool
    links: bool


def probe(folder: Path, name: str) -> Probe:
    """Make a small database in a folder, commit to it with khata's settings, and take it away again.

    Args:
        folder: where a book is, or is to be.
        name: of the file; nothing may be there.

    Raises:
        OSError: the folder takes no file, or nothing can be synced there.
        BookError: SQLite cannot write there, or the settings do not take.
    """
    path = folder / name
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with closing(connect(path)) as connection, meaning(path):
            make_durable(connection, path)
            connection.execute("CREATE TABLE probe (a INTEGER) STRICT")
            connection.execute("INSERT INTO probe VALUES (1)")
            journal_mode, synchronous, secure_delete = (
                connection.execute(f"PRAGMA {setting}").fetchone()[0]
                for setting in ("journal_mode", "synchronous", "secure_delete")
            )
        sync_folder(folder)
        return Probe(journal_mode, synchronous, bool(secure_delete), _links(path))
    finally:
        for left in (path, path.with_name(name + "-journal"), path.with_name(name + ".link")):
            with suppress(OSError):
                left.unlink()


def _links(path: Path) -> bool:
    with suppress(OSError):
        os.link(path, path.with_name(path.name + ".link"))
        return True
    return False


def is_wal(path: Path) -> bool:
    """Whether a book was switched to write-ahead logging: its newest pages then lie in a second file."""
    with suppress(OSError):
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe there would be waited for
        with os.fdopen(fd, "rb") as file:
            return file.read(20)[18:] == b"\2\2"
    return False


def journal_is_hot(path: Path) -> bool:
    """Whether a killed process left a journal beside a book, which the next command rolls back. Nothing is written.

    A counter that is just saving has a journal, too; SQLite tells the two apart by the lock.
    """
    with suppress(OSError, sqlite3.Error):
        if not path.is_file() or not Path(os.path.realpath(path) + "-journal").stat().st_size:
            return False
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as looking:
            try:
                looking.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite3.Error as e:
                return e.sqlite_errorname == "SQLITE_READONLY_ROLLBACK"
    return False
