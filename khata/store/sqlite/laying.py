"""Laying a file down: whole or not at all, for its owner alone, and never over another one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from khata.log.errors import DiskError, PathTakenError

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@contextmanager
def laid_down(path: Path) -> Iterator[Path]:
    """A block that fills an empty file, which stands at `path` once the block ends well.

    It is filled beside the path under another name and linked into place, so that a killed process leaves no half a
    book and two at once do not write over each other.

    Raises:
        PathTakenError: a file is already there.
        DiskError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if os.path.lexists(path):
            raise PathTakenError(path=str(path))
        _make_folder(path.parent)
        temporary.unlink(missing_ok=True)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield temporary
        _sync(temporary, os.O_RDONLY)
        _place(temporary, path)
        _confirm(path)
    except FileExistsError as e:
        raise PathTakenError(path=str(path)) from e
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    finally:
        for left in (temporary, temporary.with_name(temporary.name + "-journal")):
            with suppress(OSError):
                left.unlink()


def _place(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except OSError as e:
        if e.errno not in _NO_LINKS or os.path.lexists(path):
            raise
        # A USB stick formatted for Windows knows no links.
        temporary.rename(path)


def _confirm(path: Path) -> None:
    try:
        _sync(path.parent, os.O_RDONLY | os.O_DIRECTORY)
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
        folder.mkdir(exist_ok=True)
    except FileExistsError as e:  # a file in the folder's place is not a book in the path's
        raise DiskError(path=str(folder), reason=e.strerror) from e
    # A new folder is gone after a power cut, with all that was synced in it, until the one above is synced, too.
    with suppress(PermissionError):  # one may add to a folder that one may not open
        _sync(folder.parent, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
