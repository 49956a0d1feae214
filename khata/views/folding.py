"""The second process of a long catching up: folds the tails that it is handed, and hands back their rows."""

from __future__ import annotations

import gc
import marshal
import os
import signal
import sys
from queue import Queue
from threading import Thread

from khata.log.errors import BookError
from khata.views.tail import Tail, fold

_SIZE = 8
_AHEAD = 2


def main() -> None:
    """Tails from stdin, each after its length in 8 bytes; their rows to stdout in the same way.

    A tail that does not fold ends it: the first process says why, when it folds that tail itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    gc.disable()
    tails: Queue[bytes] = Queue(_AHEAD)
    # Read beside the folding: the first process would wait with the next tail while this one waits with its rows.
    Thread(target=_read, args=(tails,), daemon=True).start()
    out = sys.stdout.buffer
    while said := tails.get():
        try:
            rows = fold(Tail.of(marshal.loads(said)), bulk=True)  # noqa: S302 - from the process that started this one
        except BookError:
            break
        made = marshal.dumps(tuple(rows))
        out.write(len(made).to_bytes(_SIZE) + made)
        out.flush()
    os._exit(0)  # nothing is open that needs closing, and taking a large heap apart costs time


def _read(tails: Queue[bytes]) -> None:
    stdin = sys.stdin.buffer
    while size := int.from_bytes(stdin.read(_SIZE)):
        tails.put(stdin.read(size))
    tails.put(b"")
