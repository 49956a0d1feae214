"""A second process beside this one: a bare interpreter with this program's own path, that loads one module of it."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Self

START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from khata.process import begin; begin()"
"""What the interpreter is told first: where to look for modules."""


def pays() -> bool:
    """Whether a second process can run beside this one."""
    return (os.cpu_count() or 1) >= 2 and bool(sys.executable)


class Second:
    """The second process; it ends with the block.

    Args:
        module: the module whose `main(told)` it runs.
        told: what that is given; a value of JSON.
        asked: whether it is spoken to on its stdin, line by line, and both ways without a buffer.
        files: descriptors that it shares.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, module: str, told: object, *, asked: bool = False, files: Sequence[int] = ()) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this interpreter, with this program's own path
            [sys.executable, "-P", "-c", START, json.dumps(sys.path), module, json.dumps(told)],
            stdin=subprocess.PIPE if asked else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0 if asked else -1,
            pass_fds=files,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Stop it, whatever it does."""
        self.process.kill()
        self.process.communicate()


def begin() -> None:
    """What the second process does: it lives as long as the first one wants it, and not long."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    gc.disable()
    main: Any = import_module(sys.argv[2]).main
    main(json.loads(sys.argv[3]))
    os._exit(0)  # nothing is open that needs closing, and taking a large heap apart costs time
