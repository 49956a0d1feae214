"""The second process of a long catching up: reads the book from a position on, and hands over the rows of each part."""

from __future__ import annotations

import gc
import json
import marshal
import os
import signal
import sys
from importlib import import_module

from khata.log.chain import Head
from khata.log.errors import BookError
from khata.units import Seq
from khata.views.tail import read

_SIZE = 8


def main() -> None:
    """Parts to stdout, each after its length in 8 bytes; a length of 0 at the end of the book.

    Whatever is wrong ends it: the first process says why, when it comes to the same entry.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    gc.disable()
    module, opening, path, seq, digest, most = json.loads(sys.argv[2])
    book = getattr(import_module(module), opening)(path)
    position = Head(Seq(seq), bytes.fromhex(digest))
    out = sys.stdout.buffer
    try:
        while True:
            with book.reading() as reading:
                if reading.head() == position:
                    break
                tail = read(reading, position, most)
            folded = tail.folded()
            made = marshal.dumps(folded.plain())
            out.write(len(made).to_bytes(_SIZE) + made)
            out.flush()
            position = Head(folded.last.seq, folded.last.hash)
        out.write(bytes(_SIZE))
        out.flush()
    except (BookError, OSError):
        os._exit(1)
    os._exit(0)  # nothing is open that needs closing, and taking a large heap apart costs time
