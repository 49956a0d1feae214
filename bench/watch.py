"""Run one command and print its wall seconds, the peak memory in MB of its largest process, and its exit code.

    python -S -E bench/watch.py OUT ERR COMMAND ...

A process of its own, and small: a child is charged with the memory of the process that started it.
"""

from __future__ import annotations

import os
import sys
import time


def main(out: str, err: str, *command: str) -> None:
    """Run it, its output in two files."""
    to = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, to, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, err, to, 0o600),
    )
    started = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - started
    print(seconds, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
