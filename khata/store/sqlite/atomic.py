"""Laying a file down: whole or not at all, for its owner alone, and never over another one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from khata.log.errors import DiskError, PathTakenError

NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What a file system says that knows no hard links."""


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A block that fills an empty file, which stands at `path` once the block ends well.

    It is filled beside the path under another name and linked into place, so that a killed process leaves no half a
    book and two at once do not write over each other.

    Raises:
        PathTakenError: a file is already there.
        DiskError: the folder cannot be written.
    """
    free(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _make_folder(path.parent)
        temporary.unlink(missing_ok=True)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield temporary
        _sync(temporary, os.O_RDONLY)
        place(temporary, path)
        _confirm(path)
    except FileExistsError as e:
        raise PathTakenError(path=str(path)) from e
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    finally:
        for left in (temporary, temporary.with_name(temporary.name + "-journal")):
            with suppress(OSError):
                left.unlink()


def free(path: Path) -> None:
    """Whether a file could be laid down: before something is done that cannot be undone. Raises as `atomic_write`."""
    if not path.name:  # of `.` no other name can be made
        raise DiskError(path=str(path), reason=os.strerror(errno.EISDIR))
    if os.path.lexists(path):
        raise PathTakenError(path=str(path))


def place(temporary: Path, path: Path) -> None:
    """Give a finished file its name, never another one's. Raises OSError (FileExistsError)."""
    journal_aside(path)
    try:
        os.link(temporary, path)
    except OSError as e:
        if e.errno not in NO_LINKS:
            raise
        rename(temporary, path)


def rename(path: Path, to: Path) -> None:
    """Give a file another name, never another one's, where no links are known (a stick formatted for Windows).

    Raises:
        OSError: FileExistsError if something has that name.
    """
    # Taken first, for a rename writes over what is there.
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        path.rename(to)
    except OSError:
        with suppress(OSError):
            to.unlink()
        raise


def journal_aside(path: Path) -> None:
    """Rename the journal of a book that is gone: SQLite would roll it into the one that is laid down beside it.

    An empty one is left behind by every commit, and does nothing. Raises OSError.
    """
    journal = path.with_name(path.name + "-journal")
    if os.path.lexists(journal) and (found := journal.lstat()).st_size:
        journal.rename(journal.with_name(f"{journal.name}.left-{found.st_ino}"))
        sync_folder(path.parent)


def _confirm(path: Path) -> None:
    try:
        sync_folder(path.parent)
    except OSError:
        # Its name may not outlast a power cut: then it is not laid down, and must not stand in the way of another try.
        with suppress(OSError):
            path.unlink()
        raise


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
    except FileExistsError as e:  # a file in the folder's place is not a book in the path's
        raise DiskError(path=str(folder), reason=e.strerror) from e
    # A new folder is gone after a power cut, with all that was synced in it, until the one above is synced, too.
    with suppress(PermissionError):  # one may add to a folder that one may not open
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut. Raises OSError."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
