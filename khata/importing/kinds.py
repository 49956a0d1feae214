"""What a file is, by how it begins: its ending says nothing, a bank calls a page of HTML `.xls`.

Sources: the signatures of PDF (ISO 32000-1, 7.5.2), PNG, JPEG, gzip, RAR and 7z; the header of an SQLite file (its
file format, 1.3); the manuals of hledger, ledger and beancount for how a transaction begins there.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from khata.importing.source import MAGIC
from khata.rules.refused import Refused
from khata.store.sqlite.schema import APPLICATION_ID
from khata.store.sqlite.schema import MAGIC as SQLITE

LOOKED_INTO = 4096
"""Bytes at the beginning of a file that are looked at."""

WORKBOOK, BUNDLE, TALLY, HTML, TEXT = "workbook", "bundle", "tally", "html", "text"
JOURNAL, BEANCOUNT = "journal", "beancount"
"""What rows are read from."""

BUNDLED = frozenset(("manifest.json", "books.sqlite"))
"""What a bundle of the open `.khata` format has at its root, and no workbook has."""

_BYTES = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x1f\x8b", "packed"),
    (b"Rar!\x1a\x07", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
)
_LOG = '{"@prev":'
_OPENS = re.compile(r"<(?:[?!]?[A-Za-z]|!--)")
_TAG = re.compile(r"<(?![?!])\s*([A-Za-z:_-]+)")
_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_HTML = frozenset(("html", "head", "body", "table", "meta", "style", "div", "center", "font", "tr", "p", "br"))
_DAY = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_BEANCOUNT = re.compile(
    rf"(?m)^(?:{_DAY} +(?:open|close|txn|pad|balance|commodity|note|price) |option +\"|plugin +\")"
    rf"|^{_DAY} +[*!] +\""
)
_POSTING = r"[ \t]+[^\s;,][^\n,]*(?: {2,}|\t)[^\n,]*\d"
_JOURNAL = re.compile(
    rf"(?m)^{_DAY}(?:=\S+)?(?: +[^\n]*)?\n(?:[ \t]+;[^\n]*\n)*{_POSTING}|(?:^account +[^\n:,;\t]+:\S[^\n]*\n){{2}}"
)


class NotATable(Refused):
    """A file that rows are not read from. Facts: `path` as it is called, `what`: `pdf`, `book`, `log` and others."""

    code = "not_a_table"


def kind_of(start: bytes) -> str:
    """What a file is that begins so: WORKBOOK, TALLY, HTML, JOURNAL, BEANCOUNT or TEXT, or the `what` of NotATable.

    A ZIP is a WORKBOOK as far as its beginning shows; `in_zip` looks further.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"date,type,party,amount"), kind_of(b"  <ENVELOPE>")
    ('pdf', 'text', 'tally')
    """
    if start.startswith(MAGIC):
        return WORKBOOK
    for begun, what in _BYTES:
        if start.startswith(begun):
            return what
    if start.startswith(SQLITE):
        return "book" if int.from_bytes(start[68:72], "big") == APPLICATION_ID else "database"
    return _of_text(_text(start))


def _text(start: bytes) -> str:
    return start.decode(encoding_of(start), "ignore").lstrip()


def encoding_of(start: bytes) -> str:
    """UTF-16 where a byte order mark says so, or the empty half of the `<` that a page of tags begins with."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if start[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if start[0] else "utf-16-be"
    return "utf-8-sig"


def _of_text(text: str) -> str:
    if _OPENS.match(text):
        return _of_tags(text)
    if text.startswith(_LOG):
        return "log"
    if text.startswith(("{", "[{", "[\n")):
        return "json"
    if _BEANCOUNT.search(text):
        return BEANCOUNT
    return JOURNAL if _JOURNAL.search(text) else TEXT


def _of_tags(text: str) -> str:
    """By the outermost tag."""
    found = _TAG.search(_COMMENT.sub("", text))
    tag = found[1] if found else ""
    if tag in ("ENVELOPE", "TALLYMESSAGE"):
        return TALLY
    if tag == "Workbook":
        return "xml_workbook"
    return HTML if tag.casefold() in _HTML else "xml"


def in_zip(raw: BinaryIO) -> str:
    """What a ZIP is, WORKBOOK, BUNDLE or one that is not read; the reading goes on at its beginning."""
    try:
        with ZipFile(raw) as packed:
            inside = set(packed.namelist())
            if "xl/workbook.bin" in inside:  # how far its sheets reach cannot be seen before they are loaded
                return "binary_workbook"
            return BUNDLE if inside >= BUNDLED else WORKBOOK
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return WORKBOOK  # damaged: whoever reads it says so
    finally:
        raw.seek(0)


def seekable(raw: BinaryIO, most: int) -> BinaryIO:
    """A stream that can be read again from its beginning; a pipe is held in memory, as far as `most` bytes."""
    return raw if raw.seekable() else BytesIO(raw.read(most + 1))
