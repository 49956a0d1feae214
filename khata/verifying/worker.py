"""What the second process of a verification does: it reads the ranges that it is handed, and tells what it gathered."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.ids import Ids
from khata.verifying.links import Links
from khata.verifying.pages import Reader
from khata.views.compare import look


def main(told: Any) -> None:
    """Read ranges from stdin, one a line, until `null`; a byte on stdout for each, then the tally as msgpack."""
    book, cache, upto, links, file = told
    pages, ids = ReadOnlyBook(Path(book)), Ids(file)
    views = look(Path(cache)) if cache else None
    reader = Links(pages) if links else Reader(pages, views, upto, ids)
    out = sys.stdout.fileno()
    for line in iter(sys.stdin.readline, ""):
        piece = json.loads(line)
        if piece is None:
            ids.put_by()
            tally = reader.gathered()
            tally.ids = ids.lengths
            sys.stdout.buffer.write(msgspec.msgpack.encode(tally))
            sys.stdout.buffer.flush()
            return
        reader.read(*piece)
        os.write(out, b".")
    os._exit(1)
