"""A mark that an import holds the book, so that other counters wait for minutes instead of seconds.

The kernel lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def _open(path: Path, flags: int) -> int | None:
    with suppress(OSError):
        return os.open(path, flags | os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return None


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """A block during which `is_held(path)`. Where no file can be made, the block runs all the same, unmarked."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd = _open(path, os.O_CREAT)
    try:
        if fd is not None:
            with suppress(OSError):
                # Shared: a second import that waits for the first marks the book, too.
                fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        if fd is not None:
            os.close(fd)


def is_held(path: Path) -> bool:
    """Whether an import holds the book, or waits for it."""
    fd = _open(path, 0)
    if fd is None:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False
