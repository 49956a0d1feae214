"""What the second process of a long catching up does: it reads the book from a position on, and folds part by part."""

from __future__ import annotations

import marshal
import os
import sys
from importlib import import_module
from typing import Any

from khata.log.chain import Head
from khata.log.errors import BookError
from khata.units import Seq
from khata.views.tail import read

SIZE = 8
"""Bytes in which the length of a part is told."""


def main(told: Any) -> None:
    """Parts to stdout, each after its length; a length of 0 at the end of the book.

    Whatever is wrong ends it: the first process says why, when it comes to the same entry.
    """
    module, opening, path, seq, digest, most = told
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
            out.write(len(made).to_bytes(SIZE) + made)
            out.flush()
            position = Head(folded.last.seq, folded.last.hash)
        out.write(bytes(SIZE))
        out.flush()
    except (BookError, OSError):
        os._exit(1)
