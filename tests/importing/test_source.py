"""Files as they come out of spreadsheets, other programs and accidents."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
from pathlib import Path

import pytest

from khata.importing.faults import NoFile, NotAFile
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
        TWO.replace("50\n", "50").encode(),
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
        (f"{SHORT},amount\n{ROW},100\n".encode(), 1, "column_twice"),
        (f"{SHORT},Amount \n{ROW},100\n".encode(), 1, "column_twice"),
        (b"date,type,party\n2026-11-20,sale,Ramesh\n", 1, "missing_column"),
        (f"{SHORT},gst\n{ROW},5\n".encode(), 1, "unknown_column"),
        (f"{SHORT},\n{ROW},\n".encode(), 1, "unknown_column"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(files: Files, contents: bytes, row: int, code: str) -> None:
    assert [(fault.row, fault.code) for fault in files.faults(files.raw(contents))] == [(row, code)]


def test_rows_are_counted_as_a_spreadsheet_counts_them(files: Files) -> None:
    path = files.raw(
        f'{HEADER}\n\n2026-11-20,sale,Ramesh,100,,,,"two\nlines",\n2026-11-20,sale,Ramesh,x,,,,,\n'.encode()
    )
    assert [(fault.row, fault.code) for fault in files.faults(path)] == [(3, "bad_text"), (4, "bad_amount")]


def test_a_cell_is_shown_as_it_stands_in_the_file(files: Files) -> None:
    (fault,) = files.faults(files.raw(f'{HEADER}\r\n{ROW},,,,"two\r\nlines",\r\n'.encode()))
    assert (fault.code, fault.value) == ("bad_text", "two\r\nlines")


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
