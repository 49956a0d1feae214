"""A statement line by line: what came in and what went out, by which references, from whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.importing.bank_lines import BankLine, NotAStatement, read_lines
from khata.importing.faults import BadRows
from khata.importing.profile import profile
from khata.importing.rows import Manner
from khata.units import Day
from tests.importing.files import Files

SAMPLES = Path(__file__).parent / "samples"
TODAY = Day("2026-11-22")

Brief = tuple[str, int, tuple[str, ...], str, str, str]
"""Day, rupees rounded down, references, name, UPI id, mode."""

UTR, NEFT, IMPS = "431598712004", "SBINN52026111011431836", "431798712111"
RAMESH, SUNITA, IMRAN = "RAMESH KUMAR", "SUNITA DEVI", "IMRAN KHAN"

WANTED: dict[str, list[Brief]] = {
    "hdfc": [
        ("2026-11-02", 1250, (UTR,), RAMESH, "ramesh.k@oksbi", "upi"),
        ("2026-11-10", 5000, (NEFT,), SUNITA, "", "bank"),
        ("2026-11-12", 750, (IMPS,), IMRAN, "", "bank"),
    ],
    "sbi": [
        ("2026-11-02", 1250, (UTR,), RAMESH, "ramesh.k", "upi"),
        ("2026-11-10", 5000, ("N314260012345678",), SUNITA, "", "bank"),
        ("2026-11-12", 750, (IMPS,), RAMESH, "ramesh.k", "upi"),
    ],
    "icici": [
        ("2026-11-02", 1250, (UTR,), RAMESH, "ramesh.k@oksbi", "upi"),
        ("2026-11-10", 5000, ("N314260012345678",), SUNITA, "", "bank"),
        ("2026-11-12", 750, (IMPS,), IMRAN, "", "bank"),
    ],
    "axis": [
        ("2026-11-02", 1250, (UTR,), RAMESH, "", "upi"),
        ("2026-11-10", 5000, (NEFT,), SUNITA, "", "bank"),
        ("2026-11-12", 750, (IMPS,), IMRAN, "", "bank"),
    ],
    "kotak": [
        ("2026-11-12", 750, (IMPS,), IMRAN, "", "bank"),
        ("2026-11-10", 5000, (NEFT,), SUNITA, "", "bank"),
        ("2026-11-02", 1250, (UTR,), RAMESH, "", "upi"),
    ],
    "bank": [
        ("2026-11-02", 1250, (UTR,), RAMESH, "ramesh.k", "upi"),
        ("2026-11-10", 5000, (NEFT,), SUNITA, "", "bank"),
        ("2026-11-12", 750, (IMPS,), IMRAN, "", "bank"),
    ],
    "upi": [
        ("2026-11-02", 1250, (UTR,), "Ramesh Kumar", "ramesh.k@oksbi", "upi"),
        ("2026-11-03", 300, ("431698712112",), "Sunita Devi", "sunita@okaxis", "upi"),
    ],
}
WENT_OUT = {
    "hdfc": ("2026-11-04", 2000), "sbi": ("2026-11-03", 3000), "icici": ("2026-11-03", 3000),
    "axis": ("2026-11-03", 3000), "kotak": ("2026-11-03", 3000), "bank": ("2026-11-03", 3000),
    "upi": ("2026-11-05", 3000),
}  # fmt: skip


def brief(line: BankLine) -> Brief:
    return line.on, line.paise // 100, line.refs, line.name, line.vpa, line.mode


def read(path: Path | str, name: str | None) -> list[BankLine]:
    file, lines = read_lines(str(path), TODAY, profile(name) if name else None, Manner())
    if file.faults.total:
        raise BadRows(file.faults, file.count, file.read_as)
    return lines


@pytest.mark.parametrize("name", WANTED)
def test_a_statement_is_read_line_by_line(name: str) -> None:
    lines = read(SAMPLES / f"{name}.csv", name)
    assert [brief(line) for line in lines if line.paise > 0] == WANTED[name]
    assert {(line.on, -line.paise // 100) for line in lines if line.paise < 0} >= {WENT_OUT[name]}


@pytest.mark.parametrize("name", WANTED)
def test_its_head_shows_whose_it_is(name: str) -> None:
    assert read(SAMPLES / f"{name}.csv", None) == read(SAMPLES / f"{name}.csv", name)


@pytest.mark.parametrize("name", ["khatabook", "tally", "register"])
def test_what_is_no_statement_is_told_by_what_it_is(name: str) -> None:
    with pytest.raises(NotAStatement) as refused:
        read(SAMPLES / f"{name}.csv", name)
    assert refused.value.facts == {"profile": name}


TEXTS = [
    ("hdfc", "UPI-ASHA DEVI-9876543210-2@YBL-SBIN0001234-431598712004-UPI", "ASHA DEVI", "9876543210-2@ybl", UTR),
    ("hdfc", "NEFT CR-SBIN0007631-SUNITA DEVI-0000N123456789", "SUNITA DEVI", "", "N123456789"),
    ("sbi", "BY TRANSFER-UPI/CR/431598712004/ASHA DEV/YESB/9876543210/UPI--", "ASHA DEV", "9876543210", UTR),
    ("sbi", "BY TRANSFER-INB IMPS/431911320000/abc-XX017-Asha De/PCXAAAAAA", "Asha De", "", "431911320000"),
    ("sbi", "BY TRANSFER-UPI/DR/431598712004/MANDI STO/YESB/mandi@ybl/UPI--", "MANDI STO", "mandi@ybl", UTR),
    ("bank", "BY TRANSFER-UPI/DR/431598712004/MANDI STORE", "MANDI STORE", "", UTR),
    ("bank", "RTGS/GUPTA TRADERS", "GUPTA TRADERS", "", ""),
    ("bank", "Received from Asha Devi UPI", "Asha Devi", "", ""),
    ("bank", "IMPS/431911320000/abc-XX017-Asha De/PC", "Asha De", "", "431911320000"),
]  # fmt: skip


HEADS = {
    "hdfc": "Date,Narration,Withdrawal Amt.,Deposit Amt.",
    "sbi": "Txn Date,Description,Debit,Credit",
    "bank": "Date,Particulars,Debit,Credit",
}


@pytest.mark.parametrize(("name", "text", "payer", "vpa", "ref"), TEXTS)
def test_the_text_of_a_line_says_who_paid(files: Files, name: str, text: str, payer: str, vpa: str, ref: str) -> None:
    (line,) = read(files.raw(f"{HEADS[name]}\n20/11/2026,{text},,100.00\n".encode()), name)
    assert (line.name, line.vpa, line.refs) == (payer, vpa, (ref,) if ref else ())


OWN = """others = true
pairs = ["ignore", "receive"]
mode = "bank"
party_in = ['by (?P<party>\\w+)']
{more}
[columns]
date = "Day"
note = "Text"
gave = "Out"
got = "In"
{columns}
"""


def own(files: Files, table: str, more: str = "", columns: str = "") -> list[BankLine]:
    path = files.folder / "own.toml"
    path.write_text(OWN.format(more=more, columns=columns), encoding="utf-8")
    return read(files.raw(table.encode()), str(path))


def test_a_profile_of_ones_own_says_where_a_upi_id_stands_in_the_text(files: Files) -> None:
    (line,) = own(files, "Day,Text,Out,In\n20/11/2026,by Asha <ASHA@YBL>,,5\n", more="vpa_in = ['<(?P<vpa>[^>]+)>']")
    assert (line.name, line.vpa) == ("Asha", "asha@ybl")


def test_or_that_a_column_holds_it(files: Files) -> None:
    came, went = own(
        files,
        "Day,Text,Out,In,From\n20/11/2026,by Asha,,5,Asha@ybl\n21/11/2026,to Gupta,7,,gupta@ptm\n",
        columns='vpa = "From"',
    )
    assert (came.vpa, came.paise, went.vpa, went.paise) == ("asha@ybl", 500, "gupta@ptm", -700)


def test_in_a_line_nobody_needs_to_be_named_and_an_empty_one_is_none(files: Files) -> None:
    cash, later = own(files, "Day,Text,Out,In\n20/11/2026,CASH DEPOSIT,,5\n,,,\n21/11/2026,INTEREST,,1\n")
    assert (cash.row, cash.name, later.row) == (2, "", 4)


def faults(files: Files, table: str, name: str = "bank") -> list[tuple[int, str]]:
    with pytest.raises(BadRows) as refused:
        read(files.raw(table.encode()), name)
    return [(fault.row, fault.code) for fault in refused.value.faults]


def test_a_balance_that_does_not_add_up_names_its_row(files: Files) -> None:
    head = "Date,Particulars,Debit,Credit,Balance\n"
    rows = "18/11/2026,a,,5.00,105.00\n19/11/2026,b,,5.00,110.00\n20/11/2026,c,,5.00,120.00\n"
    assert faults(files, head + rows) == [(4, "balance_differs")]


def test_a_day_to_come_and_a_file_without_rows_are_faults(files: Files) -> None:
    head = "Date,Particulars,Debit,Credit\n"
    assert faults(files, head + "25/11/2026,a,,5.00\n") == [(2, "future_day")]
    assert faults(files, head) == [(1, "no_rows")]
