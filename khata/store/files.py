"""Small files that are read and replaced as a whole: what khata keeps outside of the book."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from khata.store.sqlite.atomic import sync_folder


def read_file(path: Path, most: int) -> bytes | None:
    """The first bytes of a file, at most so many.

    Returns:
        None where there is none; b"" where something stands there that cannot be read, or is no file: a FIFO in its
        place must hold nobody up, and a link leads nowhere.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            return file.read(most) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return b""


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for their owner alone. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def replace_file(path: Path, content: bytes, *, lasting: bool = False) -> None:
    """Put a file for its owner alone in the place of what was there; half of it is never seen.

    Args:
        path: where; its folder is made.
        content: the whole.
        lasting: whether it is to be there after a power cut that follows.

    Raises:
        OSError: what was there is there still.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    make_folder(path.parent)
    with suppress(FileNotFoundError):
        temporary.unlink()  # left by a process that was killed
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(fd)
        temporary.replace(path)
        if lasting:
            sync_folder(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink()
