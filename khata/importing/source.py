"""Opening a file of rows: what may be opened, its SHA-256, its encoding, its delimiter, its header.

Nothing is guessed from the contents but the delimiter, which the header shows; a byte order mark says UTF-8 or UTF-16.
"""

from __future__ import annotations

import codecs
import csv
import encodings.cp437
import encodings.cp1252
import encodings.latin_1
import encodings.mac_roman
import encodings.utf_8_sig
import encodings.utf_16
import encodings.utf_16_be
import encodings.utf_16_le  # noqa: F401 - a codec that cannot be loaded is called unknown, and nobody told why
import hashlib
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from select import select
from typing import Any, BinaryIO, NamedTuple

from khata.importing.faults import NoFile, NotAFile
from khata.log.errors import DiskError

MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a workbook begins: a zip (xlsx, ods), or the older container (xls)."""

LONGEST_CELL = 10_000
"""Characters in one cell. A quote that is never closed swallows the rest of the file: this ends it."""

LONGEST = 1 << 20
"""Characters in one line, and in one row of several lines: what is held in memory of a file that has no line ends."""

MOST_COLUMNS = 1_000
"""A spreadsheet of a shop has a dozen."""

SILENT_S = 10
"""Seconds after which a pipe that does not block is given up. One that blocks is waited for, as everywhere."""

Tell = Callable[[int, int | None], None]
"""Is told bytes read and bytes in all, None where these are not known."""

LOOKED_AT = 40
"""Rows above a table: a bank writes a letterhead there."""

ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "cp1252": "cp1252",
    "latin-1": "latin-1",
    "cp437": "cp437",
    "mac-roman": "mac-roman",
}
"""Encodings of text files by the names under which they are asked for."""


def encoding_named(name: str) -> str | None:
    """The encoding that a name means, one of ENCODINGS; None for any other.

    >>> encoding_named("Windows-1252"), encoding_named("utf8"), encoding_named("rot13")
    ('cp1252', 'utf-8', None)
    """
    try:
        meant = codecs.lookup(name.strip()).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return next((each for each in ENCODINGS if codecs.lookup(each).name == meant), None)


DELIMITERS = ",;\t|"
STDIN = "-"

_ESCAPED = re.compile("[\udc80-\udcff]").search


class UnreadableFileError(Exception):
    """What stops the reading: a code and facts; the row is the one that was being read."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class Hashing(io.RawIOBase):
    """Passes bytes on and hashes them."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.hash = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        """As every reader has it."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer. Raises DiskError where a pipe that does not block stays silent."""
        while (chunk := self._raw.read(len(buffer))) is None:
            # Who started us has left it non-blocking, and so does not count on being waited for without end.
            if not select([self._raw], [], [], SILENT_S)[0]:
                raise DiskError(path=STDIN, what="silent", reason="")
        self.hash.update(chunk)
        self.count += len(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


class TextLines:
    """The lines of a text; `encoding` is that which was asked for, "" for UTF-8.

    Attributes:
        bad: what was wrong with those read last, until somebody clears it.
        row: the row that was read last; whoever takes the rows counts them here.
        cut_off: whether the text ended within a line; known after the last one.
    """

    def __init__(self, text: io.TextIOBase, encoding: str = "") -> None:
        self._text, self._encoding = text, encoding
        self.bad: tuple[str, dict[str, object]] | None = None
        self.row = 0
        self.cut_off = False

    def __iter__(self) -> Iterator[str]:
        line, row, held = "", 0, 0
        # Only asked for so much does it give up a line that has no end.
        for line in iter(partial(self._text.readline, LONGEST + 1), ""):
            if not line.isascii() and (found := _ESCAPED(line)):
                self.bad = ("not_utf8", {"byte": f"{ord(found[0]) - 0xDC00:02x}", "at": found.start()})
                if self._encoding:
                    self.bad = ("not_encoded", {**self.bad[1], "encoding": self._encoding})
            elif "\0" in line:
                wide = {"what": "wide"} if line.count("\0") * 3 > len(line) else {}
                self.bad = ("nul_byte", {"at": line.index("\0"), **wide})
            if held or len(line) > LONGEST or '"' in line:
                # A row goes on over its lines, each of them short, as long as a quote is open.
                held = len(line) + (held if self.row == row else 0)
                row = self.row
                if held > LONGEST:
                    raise UnreadableFileError("line_too_long", longest=LONGEST)
            yield line
        self.cut_off = not line.endswith(("\n", "\r"))


class Source:
    """A file of text being read: its header, its records as lists of cells, and how far the reading is.

    `size` is in bytes, None where it is not known; `lines.row` is the row of the header to begin with. `profile` and
    `found` are None: a table has its header.
    """

    profile: str | None = None
    found: dict[str, Any] | None = None

    def __init__(self, raw: BinaryIO, name: str, encoding: str | None = None) -> None:
        self.name, self._raw = name, raw
        self._standing = standing(raw)
        self.size = self._standing and self._standing.size - raw.tell()
        self._hashing, self.lines = text_of(raw, encoding)
        first = ""
        lines = iter(self.lines)
        for line in lines:
            self.lines.row += 1
            first = line
            if line.strip(" \t\r\n" + DELIMITERS):
                break
        begun = [first]
        if not any(mark in first for mark in DELIMITERS):  # what stands above the table says nothing of it
            begun += islice(lines, LOOKED_AT)
        self.delimiter = delimiter_of("\n".join(begun))
        self.records: Iterator[list[str]] = csv.reader(
            chain(begun, lines), delimiter=self.delimiter, strict=True, skipinitialspace=True
        )
        self.header = next(self.records, [])
        if len(self.header) > MOST_COLUMNS:
            raise UnreadableFileError("too_many_columns", longest=MOST_COLUMNS)

    @property
    def done(self) -> int:
        """Bytes read so far."""
        return self._hashing.count

    @property
    def sha256(self) -> str:
        """Of the raw bytes, 64 hex; of the whole file once all records were taken."""
        return self._hashing.hash.hexdigest()

    def has_changed(self, *, whole: bool) -> bool:
        """Whether somebody wrote to the file meanwhile: what was read may be part of one and part of another.

        `whole`: it was read to its end.
        """
        return standing(self._raw) != self._standing or (whole and self.size not in (None, self.done))


def text_of(raw: BinaryIO, encoding: str | None) -> tuple[Hashing, TextLines]:
    """The lines of a file of text, and what counts and hashes its bytes as they are read.

    `encoding`: as `Source` has it.

    Raises:
        UnreadableFileError: `seems_utf8`.
    """
    hashing = Hashing(raw)
    buffered = io.BufferedReader(hashing, 1 << 16)
    start = buffered.peek(1 << 16)
    if encoding and not encoding.startswith("utf") and _seems_utf8(start):
        raise UnreadableFileError("seems_utf8", encoding=encoding)
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    read_as = encoding or ("utf-16" if wide else "utf-8")
    # surrogateescape: a byte that is no letter becomes a mark in its own row instead of an error 8 KB ahead of it.
    errors = "strict" if read_as.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(buffered, ENCODINGS[read_as], errors, newline="")
    return hashing, TextLines(text, "" if read_as == "utf-8" else read_as)


class FileStanding(NamedTuple):
    """How large a regular file is, and when it was changed (nanoseconds)."""

    size: int
    changed_ns: int


def standing(raw: BinaryIO) -> FileStanding | None:
    """How a file stands; None for a pipe, and for bytes in memory."""
    try:
        found = os.fstat(raw.fileno())
    except OSError:
        return None
    return FileStanding(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _seems_utf8(start: bytes) -> bool:
    """Whether the beginning of a file has letters of UTF-8; in another encoding hardly two signs come together so.

    >>> _seems_utf8("José".encode()), _seems_utf8("José".encode("cp1252")), _seems_utf8(b"Jose")
    (True, False, False)
    """
    try:
        return not codecs.getincrementaldecoder("utf-8")().decode(start).isascii()  # a letter may be cut at its end
    except UnicodeDecodeError:
        return False


def delimiter_of(header: str) -> str:
    """The most frequent of `, ; TAB |` outside quotes; the comma where there is none.

    >>> delimiter_of('date;"a,b,c";amount')
    ';'
    """
    bare = re.sub('"[^"]*"', "", header)
    return max(DELIMITERS, key=bare.count)


def regular(path: str) -> BinaryIO:
    """A regular file, open. Raises NoFile, NotAFile, DiskError."""
    try:
        # O_NONBLOCK: a FIFO without a writer must not hang the shop.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as e:
        raise NoFile(path=path) from e
    except OSError as e:
        raise DiskError(path=path, reason=e.strerror or str(e)) from e
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        raise NotAFile(path=path, what="folder" if stat.S_ISDIR(mode) else "pipe" if stat.S_ISFIFO(mode) else "device")
    return os.fdopen(fd, "rb", buffering=0)


def shown_name(path: str) -> str:
    """The file's own name as it goes into the book: no folders, nothing that a terminal would obey.

    >>> shown_name("/home/asha/bills.csv")
    'bills.csv'
    """
    name = os.fsencode(Path(path).name).decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in name)[:200] or "file"
