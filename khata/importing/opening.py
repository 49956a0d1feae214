"""Opening a file by what it is, whatever it is called, and finding its header."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from itertools import chain, islice
from typing import BinaryIO

from khata.importing import kinds
from khata.importing.bundle import BundleSource
from khata.importing.html_table import HtmlSource
from khata.importing.journal_accounts import Accounts
from khata.importing.journal_source import JournalSource
from khata.importing.profile import JOURNALS
from khata.importing.sheet import LARGEST, SheetSource
from khata.importing.source import (
    LONGEST_CELL,
    LOOKED_AT,
    MAGIC,
    STDIN,
    Source,
    Tell,
    UnreadableFileError,
    regular,
    shown_name,
)
from khata.importing.tally_xml import TallySource
from khata.log.errors import DiskError
from khata.units import Day

_TEXTS = (kinds.TEXT, kinds.JOURNAL, kinds.BEANCOUNT)


AnySource = Source | SheetSource | HtmlSource | TallySource | BundleSource | JournalSource


@contextmanager
def opened(
    path: str,
    encoding: str | None = None,
    today: Day | None = None,
    tell: Tell | None = None,
    sheet: str | None = None,
    accounts: Accounts | None = None,
) -> Iterator[AnySource]:
    """A block in which a file is read; `-` is standard input, `encoding` that of a text file where it is said.

    `today` is the day in the book's zone: what another program says without a day stands before its financial year.
    `tell` is told how far the reading is where a file is read before its first row is known.
    `sheet` is the name of a workbook's sheet where it is said; `accounts` what was said of a journal, and of its own.

    Raises:
        NoFile: there is none.
        NotAFile: a folder, a pipe, a device.
        NotATable: it is something that rows are not read from.
        DiskError: it cannot be read.
        UnreadableFileError, csv.Error, UnicodeDecodeError: already the header cannot be read; `no_sheets` where a sheet
            is said of a file that is no workbook.
    """
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        if path == STDIN:
            yield _source(sys.stdin.buffer, _ahead(sys.stdin.buffer), "stdin", encoding, today, tell, sheet, accounts)
            return
        with regular(path) as raw:
            start = raw.read(kinds.LOOKED_INTO)
            raw.seek(0)
            yield _source(raw, start, shown_name(path), encoding, today, tell, sheet, accounts)
    except kinds.NotATable as e:
        raise kinds.NotATable(path=path, what=e.facts["what"]) from e
    except OSError as e:
        raise DiskError(path=path, reason=e.strerror or str(e)) from e
    finally:
        csv.field_size_limit(limit)


def _ahead(raw: BinaryIO) -> bytes:
    """What a stream begins with, as far as that is there; it is not taken from it."""
    return raw.peek(kinds.LOOKED_INTO)[: kinds.LOOKED_INTO] if isinstance(raw, BufferedReader) else b""


def _source(
    raw: BinaryIO,
    start: bytes,
    name: str,
    encoding: str | None,
    today: Day | None,
    tell: Tell | None,
    sheet: str | None,
    accounts: Accounts | None,
) -> AnySource:
    kind = kinds.kind_of(start)
    if accounts is not None and accounts.profile and kind in _TEXTS:
        kind = accounts.profile
    if kind == kinds.WORKBOOK and start.startswith(MAGIC[0]):
        raw = kinds.seekable(raw, LARGEST)
        kind = kinds.in_zip(raw)
    if kind == kinds.WORKBOOK:
        return SheetSource(raw, name, sheet)
    if sheet is not None and kind in (*_TEXTS, kinds.HTML, kinds.BUNDLE, kinds.TALLY):
        raise UnreadableFileError("no_sheets")
    if kind == kinds.TEXT:
        return Source(raw, name, encoding)
    if kind == kinds.HTML:
        return HtmlSource(raw, name)
    if kind in JOURNALS:
        return JournalSource(raw, name, JOURNALS[kind], encoding, tell, accounts.said if accounts else None)
    if kind == kinds.BUNDLE:
        return BundleSource(raw, name, today)
    if kind == kinds.TALLY:
        return TallySource(raw, name, today, tell)
    raise kinds.NotATable(path=name, what=kind)


def near_the_top(source: AnySource) -> list[Sequence[str]]:
    """The rows among which the header is looked for; they are not taken from the source. Raises as `look_for`."""
    rows = list(islice(source.records, LOOKED_AT))
    source.records = chain(rows, source.records)
    return [source.header, *rows]


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
