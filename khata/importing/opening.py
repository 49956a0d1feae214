"""Opening a file of rows, text or workbook, and finding its header."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

from khata.importing.sheet import SheetSource
from khata.importing.source import LONGEST_CELL, LOOKED_AT, MAGIC, STDIN, Source, regular, shown_name
from khata.log.errors import DiskError

AnySource = Source | SheetSource


@contextmanager
def opened(path: str, encoding: str | None = None) -> Iterator[AnySource]:
    """A block in which a file is read; `-` is standard input, `encoding` that of a text file where it is said.

    Raises:
        NoFile: there is none.
        NotAFile: a folder, a pipe, a device.
        DiskError: it cannot be read.
        UnreadableFileError, csv.Error, UnicodeDecodeError: already the header cannot be read.
    """
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        if path == STDIN:
            yield Source(sys.stdin.buffer, "stdin", encoding)
            return
        with regular(path) as raw:
            start = raw.read(8)
            raw.seek(0)
            if start.startswith(MAGIC):
                yield SheetSource(raw, shown_name(path))
            else:
                yield Source(raw, shown_name(path), encoding)
    except OSError as e:
        raise DiskError(path=path, reason=e.strerror or str(e)) from e
    finally:
        csv.field_size_limit(limit)


def look_for(source: AnySource, fits: Callable[[Sequence[str]], bool]) -> bool:
    """Whether a row near the top is the header; it is the source's header from then on, and its rows those below.

    Raises:
        UnreadableFileError, csv.Error, UnicodeDecodeError: as reading on does.
    """
    seen = [source.header]
    while not fits(seen[-1]):
        following = next(source.records, None)
        if following is None or len(seen) > LOOKED_AT:
            source.records = chain(seen[1:], [] if following is None else [following], source.records)
            return False
        seen.append(following)
    source.lines.row += len(seen) - 1
    source.lines.bad = None if len(seen) > 1 else source.lines.bad
    source.header = seen[-1]
    return True
