"""Files as they come out of spreadsheets, other programs and accidents."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from khata.importing.faults import FileChanged, NoFile, NotAFile
from khata.importing.source import FileStanding, Source, UnreadableFileError
from khata.log.errors import DiskError
from tests.importing.files import HEADER, Files

SHORT = "date,type,party,amount"
ROW = "2026-11-20,sale,Ramesh,100"
TWO = f"{SHORT}\n{ROW}\n2026-11-20,sale,रमेश,50\n"


@pytest.mark.parametrize(
    "contents",
    [
        TWO.encode(),
        TWO.encode("utf-8-sig"),
        TWO.encode("utf-16"),
        b"\xfe\xff" + TWO.encode("utf-16-be"),
        TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        TWO.replace("100\n", "100\r\n").encode(),
        TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode(),
        TWO.replace(",", "|").encode(),
        TWO.replace(",", ", ").encode(),
        TWO.replace("Ramesh", '"Ramesh"').encode(),
        TWO.replace("date", '"date"').encode(),
        TWO.replace("Ramesh", ' "Ramesh"').encode(),
        TWO.replace("Ramesh", ' "Ramesh, Traders"').encode(),
        TWO.replace(",", ", ").replace("Ramesh", '"Ramesh, ""Traders"""').encode(),
        b"\n\n" + TWO.encode(),
        TWO.encode() + b"\n,,,\n   \n",
        TWO.encode() + b"   ",
        TWO.encode() + b',,"",',
    ],
    ids=str,
)
def test_every_usual_way_of_writing_the_same_file_is_read(files: Files, contents: bytes) -> None:
    assert files.take(files.raw(contents)).recorded == 2
    assert sorted(files.shop.balances().values()) == [5000, 10000]


@pytest.mark.parametrize(
    ("contents", "row", "code"),
    [
        (b"", 1, "empty_file"),
        (b"\n\n", 1, "empty_file"),
        (SHORT.encode(), 1, "no_rows"),
        (f"{SHORT}\n\n,,,\n".encode(), 1, "no_rows"),
        (f"{SHORT}\n{ROW}\n2026-11-20,sale,Caf\xe9,100\n".encode("cp1252"), 3, "not_utf8"),
        (f"{SHORT}\n{ROW}\n2026-11-20,sale,Ra\0mesh,100\n".encode(), 3, "nul_byte"),
        (TWO.encode("utf-16-le"), 1, "nul_byte"),
        (TWO.encode("utf-16")[:-1], 3, "not_utf16"),
        (f"{SHORT}\n{ROW}\n2026-11-20,sale,Ramesh\n".encode(), 3, "missing_cell"),
        (f"{SHORT}\n{ROW},cash\n".encode(), 2, "too_many_cells"),
        (f'{SHORT}\n{ROW}\n2026-11-20,sale,"Ramesh,100\n{ROW}\n'.encode(), 3, "quote_not_closed"),
        (f'{SHORT}\n{ROW}\n2026-11-20,sale,"Ram"esh,100\n'.encode(), 3, "bad_quotes"),
        (f'{SHORT}\n2026-11-20,sale,"{"x" * 10_001}",100\n'.encode(), 2, "cell_too_long"),
        (f"{SHORT}\n{ROW}\n2026-11-20,sale,{'x' * 3_000_000},100\n".encode(), 3, "line_too_long"),
        (b"x" * 3_000_000, 1, "line_too_long"),
        (f"{SHORT}\n".encode("utf-16") + "\u0a0a\u0d0d\u0a0d".encode("utf-16-le") * 400_000, 2, "line_too_long"),
        (f"{SHORT}\n{ROW}\n".encode() + "\u2028".encode() * 1_100_000, 3, "line_too_long"),
        (f"{SHORT}\n{ROW}\n".encode() + b'2026-11-20,sale,"x\n' + b'","\n' * 400_000, 3, "line_too_long"),
        (b'"date\n' + b'","\n' * 400_000, 1, "line_too_long"),
        (b"\0" * 3_000_000, 1, "line_too_long"),
        (f"{SHORT}\n{ROW}\n".encode() + b"," * 3_000_000, 3, "line_too_long"),
        (b"," * 1_000 + b"date\n", 1, "too_many_columns"),
        (f"{SHORT},amount\n{ROW},100\n".encode(), 1, "column_twice"),
        (f"{SHORT},Amount \n{ROW},100\n".encode(), 1, "column_twice"),
        (b"date,type,party\n2026-11-20,sale,Ramesh\n", 1, "missing_column"),
        (f"{SHORT},gst\n{ROW},5\n".encode(), 1, "unknown_column"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(files: Files, contents: bytes, row: int, code: str) -> None:
    assert [(fault.row, fault.code) for fault in files.faults(files.raw(contents))] == [(row, code)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_of_450_a_file_that_was_cut_short_may_have_45_so_a_last_line_without_its_end_is_refused(
    files: Files, encoding: str, end: str, *, dry_run: bool
) -> None:
    text = TWO.replace("\n", end)
    for cut in range(len(text) - len("0" + end), len(text) - len(end) + 1):
        path = files.raw(text[:cut].encode(encoding))
        assert [(fault.row, fault.code) for fault in files.faults(path, dry_run=dry_run)] == [(3, "no_line_end")]
    assert files.take(files.raw(text.encode(encoding)), dry_run=dry_run).recorded == 2


def test_the_last_line_is_shown_whatever_is_in_it(files: Files) -> None:
    faults = files.faults(files.raw(f'{SHORT}\n2026-11-20,sale,Caf\xe9,"1'.encode("cp1252") + b'00"'))
    assert [(fault.code, fault.value) for fault in faults][-1] == ("no_line_end", "2026-11-20,sale,Caf\ufffd,100")


class Endless(io.RawIOBase):
    """A file that goes on and on, and is not to be read for long."""

    def __init__(self, start: bytes, piece: bytes) -> None:
        self._start, self._piece, self.count = start, piece, 0

    def read(self, size: int = -1) -> bytes:
        self.count += size
        assert self.count < 16 << 20, "it is all held in memory"
        start, self._start = self._start, b""
        return start or self._piece * (size // len(self._piece))


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"\0"),
        (b"", b"x"),
        (b"", b","),
        (b"", b'","\n'),
        (b'"', b"\n\n"),
        (b"", "\u2028".encode()),
        ("\ufeff".encode("utf-16-le"), "\u0a0a".encode("utf-16-le")),
        ("\ufeff".encode("utf-16-le"), "\u0d0a".encode("utf-16-le")),
        ("\ufeff".encode("utf-16-be"), "\u0d0a".encode("utf-16-be")),
    ],
    ids=str,
)
@pytest.mark.parametrize("header", ["", f"{SHORT}\n"])
def test_a_line_or_a_cell_without_end_is_not_read_for_long(start: bytes, piece: bytes, header: str) -> None:
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    lead = start + header.encode("utf-16-le" if start[:1] == b"\xff" else "utf-16-be" if wide else "utf-8")
    if not wide:
        lead = header.encode() + start
    with pytest.raises((UnreadableFileError, csv.Error)):
        list(Source(Endless(lead, piece), "endless").records)  # type: ignore[arg-type]


def test_a_row_of_many_lines_before_its_own_bound_takes_nothing_from_the_rows_after_it(files: Files) -> None:
    rows = "".join(f'2026-11-20,sale,counter,{number},cash,,,"a ""word""",\n' for number in range(1, 30_000))
    assert files.take(files.raw(f"{HEADER}\n{rows}".encode())).recorded == 29_999


def written_meanwhile(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Let another program do something once the file has been read to its end."""
    read = Source.has_changed

    def has_changed(self: Source, *, whole: bool) -> bool:
        assert whole
        what()
        return read(self, whole=whole)

    monkeypatch.setattr(Source, "has_changed", has_changed)


@pytest.mark.parametrize(
    "contents", [TWO[:60], TWO + TWO[23:], TWO.replace("100", "101")], ids=["cut", "more", "other"]
)
def test_a_file_that_is_written_to_while_it_is_read_is_refused(
    files: Files, monkeypatch: pytest.MonkeyPatch, contents: str
) -> None:
    path = Path(files.raw(TWO.encode()))
    os.utime(path, (1, 1))
    written_meanwhile(monkeypatch, lambda: path.write_text(contents))
    before = files.shop.entries()
    with pytest.raises(FileChanged):
        files.take(str(path))
    assert files.shop.entries() == before


def test_a_file_that_had_fewer_bytes_than_it_was_to_have_is_refused(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk of another computer may tell of a change late."""
    monkeypatch.setattr("khata.importing.source.standing", lambda _: FileStanding(len(TWO) + 1, 0))
    with pytest.raises(FileChanged):
        files.take(files.raw(TWO.encode()))


def test_a_file_whose_reading_stops_half_way_is_told_what_stopped_it(files: Files) -> None:
    path = files.raw(f'{SHORT}\n{ROW}\n2026-11-20,sale,"Ram"esh,100\n'.encode() + TWO.encode() * 9_000)
    assert [fault.code for fault in files.faults(path)] == ["bad_quotes"]


def test_rows_are_counted_as_a_spreadsheet_counts_them(files: Files) -> None:
    path = files.raw(
        f'{HEADER}\n\n2026-11-20,sale,Ramesh,100,,,,"two\nlines",\n2026-11-20,sale,Ramesh,x,,,,,\n'.encode()
    )
    assert [(fault.row, fault.code) for fault in files.faults(path)] == [(4, "bad_amount")]


def test_a_cell_is_shown_as_it_stands_in_the_file(files: Files) -> None:
    (fault,) = files.faults(files.raw(f'{HEADER}\r\n2026-11-20,sale,"two\r\nlines",100,,,,,\r\n'.encode()))
    assert (fault.code, fault.value) == ("bad_text", "two\r\nlines")


def test_what_somebody_pressed_in_a_cell_of_the_note_parts_words(files: Files) -> None:
    path = files.raw(f'{HEADER}\n{ROW},,,,"10kg rice\r\n2kg\tdal",\n'.encode())
    assert files.take(path).recorded == 1
    assert b"10kg rice 2kg dal" in files.shop.details()[-1].body


def test_a_comma_too_many_at_the_end_of_rows_holds_nothing(files: Files) -> None:
    path = files.raw(f"{SHORT}\n2026-11-03,sale,Asha,500,\n2026-11-04,sale,Asha,250, ,\n".encode())
    assert files.take(path).recorded == 2


def test_the_rows_after_a_bad_byte_are_checked_too(files: Files) -> None:
    path = files.raw(f"{SHORT}\n2026-11-20,sale,Caf\xe9,100\n2026-11-20,sale,Ramesh,x\n".encode("cp1252"))
    assert [(fault.row, fault.code) for fault in files.faults(path)] == [(2, "not_utf8"), (3, "bad_amount")]


def test_a_bad_byte_is_told_with_its_place_and_shown_harmlessly(files: Files) -> None:
    (fault,) = files.faults(files.raw(f"{SHORT}\n2026-11-20,sale,Caf\xe9,100\n".encode("cp1252")))
    assert fault.facts == {"byte": "e9", "at": 19}
    assert fault.value == "Caf\ufffd"


def test_an_unknown_column_is_refused_by_name_with_the_nearest(files: Files) -> None:
    (fault,) = files.faults(files.raw(f"{SHORT},Notes\n{ROW},x\n".encode()))
    assert (fault.column, fault.value, fault.facts["nearest"]) == ("Notes", "Notes", "note")


def test_a_column_with_a_long_name_is_shown_in_part(files: Files) -> None:
    name = "notes" * 1_000
    (fault,) = files.faults(files.raw(f"{SHORT},{name}\n{ROW},x\n".encode()))
    assert (fault.column, fault.value) == (name[:199] + "…", name[:199] + "…")


def test_under_a_header_with_an_unknown_column_rows_are_checked_all_the_same(files: Files) -> None:
    path = files.raw(f"{SHORT},gst\n2026-11-20,sale,Ramesh,x,5\n".encode())
    assert [fault.code for fault in files.faults(path)] == ["unknown_column", "bad_amount"]


def test_the_hash_is_that_of_the_raw_bytes(files: Files) -> None:
    contents = TWO.replace("\n", "\r\n").encode("utf-8-sig")
    files.take(files.raw(contents))
    assert getattr(files.shop.recorded()[1].event, "sha256", "") == hashlib.sha256(contents).hexdigest()


def test_a_file_that_is_not_there_is_refused(files: Files, tmp_path: Path) -> None:
    with pytest.raises(NoFile):
        files.take(str(tmp_path / "none.csv"))


def test_a_folder_a_pipe_and_a_device_are_refused_at_once(files: Files, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((tmp_path, "folder"), (tmp_path / "pipe", "pipe"), (Path("/dev/zero"), "device")):
        with pytest.raises(NotAFile) as refused:
            files.take(str(path))
        assert refused.value.facts["what"] == what


def test_a_file_that_may_not_be_read_is_a_fault_of_the_machine(files: Files, plain_user: Path) -> None:
    path = plain_user / "secret.csv"
    path.write_text(TWO)
    path.chmod(0)
    with pytest.raises(DiskError):
        files.take(str(path))


def test_standard_input_is_read_for_a_dash(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TWO.encode())))
    assert files.take("-").recorded == 2


def test_a_pipe_that_does_not_block_is_waited_for(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    pieces = [TWO[:30].encode(), TWO[30:].encode(), b""]

    def waited(*_: object) -> tuple[list[int]]:
        piece = pieces.pop(0)
        os.write(write, piece) if piece else os.close(write)
        return ([read],)

    monkeypatch.setattr("khata.importing.source.select", waited)
    with open(read, encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stdin", stream)
        assert files.take("-").recorded == 2
    assert pieces == []


def test_a_pipe_that_does_not_block_and_says_nothing_is_given_up(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.write(write, TWO[:30].encode())
    monkeypatch.setattr("khata.importing.source.SILENT_S", 0)
    with open(read, encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stdin", stream)
        with pytest.raises(DiskError) as fault:
            files.take("-")
    os.close(write)
    assert fault.value.facts["what"] == "silent"


def test_of_a_file_on_standard_input_what_is_left_is_read(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.raw(b"read by somebody else\n" + TWO.encode())
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123 - as standard input is
        os.lseek(stream.fileno(), 22, os.SEEK_SET)
        monkeypatch.setattr(sys, "stdin", stream)
        assert files.take("-").recorded == 2


def test_the_limit_of_a_cell_is_put_back(files: Files) -> None:
    before = csv.field_size_limit(54_321)
    try:
        files.take(files.raw(TWO.encode()))
        assert csv.field_size_limit() == 54_321
    finally:
        csv.field_size_limit(before)


def test_the_book_keeps_the_files_own_name_only(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "bills\x1b[31m.csv"
    path.write_bytes(TWO.encode())
    files.take(str(path))
    assert any(detail.body.decode() == '{"file":"bills\ufffd[31m.csv"}' for detail in files.shop.details())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_seen(files: Files, encoding: str) -> None:
    path = files.raw("date,type,party,amount\n2026-11-20,sale,Ramesh,100\n".encode(encoding))
    (fault,) = files.faults(path)
    assert (fault.row, fault.code, fault.facts["what"]) == (1, "nul_byte", "wide")
    assert files.take(path, encoding=encoding).recorded == 1
