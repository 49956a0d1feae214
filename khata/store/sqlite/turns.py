"""Waiting for a lock outside of SQLite, one short try after the other, each after a look at the path.

Who waits inside SQLite does not see that another file has taken the path meanwhile (a restored copy). Once he has the
lock of the old one, SQLite takes the journal that it finds by its name, the new book's, for one that a killed process
left: it plays it into the old file and empties it, under whoever is just writing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from khata.log.errors import BusyError

T = TypeVar("T")

Waiting = Callable[[float], float]
"""Given the seconds waited so far: tells the person, returns how many seconds to wait in all."""

_SHORTEST_S, _LONGEST_S = 0.001, 0.025
"""The pauses between tries, each twice the one before: an entry is saved in some milliseconds."""

Identity = tuple[int, int] | None
"""Which file stands at a path, by device and inode; None for none."""


def identity(path: Path) -> Identity:
    """Which file stands at a path now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def in_turns(attempt: Callable[[], T], waiting: Waiting) -> T:
    """What a try gives, once one succeeds.

    Args:
        attempt: looks at the path and takes the lock, without waiting for it; raises BusyError if another has it.
        waiting: see Waiting.

    Raises:
        BusyError: it was not to be had in that time.
    """
    started, pause = time.monotonic(), _SHORTEST_S
    while True:
        try:
            return attempt()
        except BusyError:
            waited = time.monotonic() - started
            left = waiting(waited) - waited
            if left <= 0:
                raise
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_S)
