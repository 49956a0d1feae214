"""What a profile may say of its rows: signs, status, names and references in a text, a balance beside each row."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest

from khata.importing.narration import BadPatternError, checked
from khata.importing.profile_file import BadProfile
from tests.importing.files import Files
from tests.importing.test_samples import Row, rows
from tests.importing.workbooks import workbook

BANK = """others = true
pairs = ["ignore", "receive"]
mode = "bank"
party_in = ['FROM (?P<party>[^/]+)/']
[columns]
date = "Date"
note = "Text"
gave = "Out"
got = "In"
balance = "Balance"
party = "party"
"""
SIGNED = """[signs]
minus = "receive"
plus = "sale"
[columns]
date = "Date"
party = "Party"
amount = "Amount"
type = "Type"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.toml"


def take(files: Files, own: Path, profile: str, *lines: str) -> list[Row]:
    own.write_text(profile, encoding="utf-8")
    files.take(files.raw(("\n".join(lines) + "\n").encode()), profile=str(own))
    return rows(files)


def wrong(files: Files, own: Path, profile: str, *lines: str) -> list[tuple[int, str, str]]:
    own.write_text(profile, encoding="utf-8")
    found = files.faults(files.raw(("\n".join(lines) + "\n").encode()), profile=str(own))
    return [(fault.row, fault.column, fault.code) for fault in found]


# --- signs


@pytest.mark.parametrize(
    ("typed", "kind", "paise"),
    [
        ("500", "sale_recorded", 50000),
        ("+500", "sale_recorded", 50000),
        ("-500", "payment_received", 50000),
        ("(1,00,000.50)", "payment_received", 1_00_000_50),
        ("500-", "payment_received", 50000),
        ("₹ -450/-", "payment_received", 45000),
        ("३x४०", "sale_recorded", 12000),
        ("-1.5x40", "payment_received", 6000),
        ("INR 450", "sale_recorded", 45000),
    ],
)
def test_a_sign_means_what_the_profile_says(files: Files, own: Path, typed: str, kind: str, paise: int) -> None:
    assert take(files, own, SIGNED, "Date,Party,Amount", f'20/11/2026,Ramesh,"{typed}"')[0][:3:2] == (kind, paise)


@pytest.mark.parametrize("typed", ["-500", "(500)", "500-", "500 Cr", "Dr 500"])
def test_where_no_profile_says_what_a_sign_means_it_is_a_fault(files: Files, typed: str) -> None:
    found = files.wrong(f"2026-11-20,sale,Ramesh,{typed}")
    assert [(row, column) for row, column, _ in found] == [(2, "amount")]
    header = "Bill Date,Customer,Type,Amount"
    path = files.write(f"20/11/2026,Ramesh,Sales,{typed.replace('Cr', '-').replace('Dr', '-')}", header=header)
    assert [fault.column for fault in files.faults(path, profile="register")] == ["Amount"]


def test_debit_and_credit_in_the_amount_or_beside_it(files: Files, own: Path) -> None:
    said = '[signs]\ndr = "sale"\ncr = "receive"\n[columns]\ndate = "Date"\nparty = "Party"\namount = "Amount"\n'
    said += 'side = "Dr/Cr"\ntype = "Type"\n'
    table = [
        "Date,Party,Amount,Dr/Cr",
        "20/11/2026,Ramesh,500,Dr",
        "20/11/2026,Ramesh,200,CR.",
        "21/11/2026,Ramesh,7 Cr,cr",
    ]
    found = take(files, own, said, *table)
    assert [(kind, paise) for kind, _, paise, *_ in found] == [
        ("sale_recorded", 50000), ("payment_received", 20000), ("payment_received", 700),
    ]  # fmt: skip
    table = [
        "Date,Party,Amount,Dr/Cr",
        "20/11/2026,Ramesh,500,",
        "20/11/2026,Ramesh,500 Cr,Dr",
        "20/11/2026,Ramesh,500,x",
    ]
    codes = ["sign_missing", "sign_twice", "sign_missing"]
    assert [code for _, _, code in wrong(files, own, said, *table)] == codes
    table = [
        "Date,Party,Amount,Type",
        "22/11/2026,Ramesh,500 Dr,",
        "22/11/2026,Ramesh,Cr 20,return",
        "22/11/2026,Ramesh,8,sale",
    ]
    found = take(files, own, said, *table)[-3:]
    assert [(kind, paise) for kind, _, paise, *_ in found] == [
        ("sale_recorded", 50000), ("goods_returned", 2000), ("sale_recorded", 800),
    ]  # fmt: skip


def test_a_sign_and_a_type_that_contradict_each_other_are_a_fault(files: Files, own: Path) -> None:
    table = [
        "Date,Party,Amount,Type",
        "20/11/2026,Ramesh,-500,sale",
        "20/11/2026,Ramesh,500,return",
        "20/11/2026,Ramesh,-5,x",
    ]
    assert wrong(files, own, SIGNED, *table) == [
        (2, "Type", "sign_against_type"), (3, "Type", "sign_against_type"), (4, "Type", "bad_type"),
    ]  # fmt: skip
    assert take(files, own, SIGNED, table[0], "20/11/2026,Ramesh,-500,return")[0][0] == "goods_returned"


def test_what_was_brought_forward_the_other_way_is_an_advance(files: Files) -> None:
    path = files.write("20/11/2026,Ramesh,Opening,,500", header="Bill Date,Customer,Type,Debit,Credit")
    files.take(path, profile="register")
    assert files.shop.balances() == {1: -50000}


# --- the statement of a bank

HEAD = "Date,Text,Out,In,Balance,party"


def test_a_deposit_without_a_name_takes_it_from_a_column_or_is_left_out(files: Files, own: Path) -> None:
    table = [HEAD, "20/11/2026,FROM RAMESH/1,,5,105,", "20/11/2026,CASH,,7,112,Sita", "20/11/2026,INTEREST,,1,113,-"]
    assert [row[3] for row in take(files, own, BANK, *table)] == ["RAMESH", "Sita"]
    assert wrong(files, own, BANK, HEAD, "21/11/2026,CASH,,7,119,") == [(2, "Text", "nobody_named")]


def test_a_column_wins_over_the_text(files: Files, own: Path) -> None:
    assert take(files, own, BANK, HEAD, "20/11/2026,FROM R KUMAR/1,,5,105,Ramesh")[0][3] == "Ramesh"


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_row_that_does_not_add_up_is_named(files: Files, own: Path, newest_first: bool) -> None:
    steps = [
        "16/11/2026,FROM A B/,,5,105,", "17/11/2026,x,50,,55,", "18/11/2026,FROM A B/,,5,60,",
        "19/11/2026,FROM A B/,,9.25,69.25,", "20/11/2026,x,60,,9.25,",
    ]  # fmt: skip
    own.write_text(BANK, encoding="utf-8")
    ordered = steps[::-1] if newest_first else steps
    assert files.take(files.raw("\n".join([HEAD, *ordered, ""]).encode()), profile=str(own)).balance_checked
    changed = [each.replace(",,9.25,69", ",,8.25,69") for each in ordered]
    place = next(at for at, each in enumerate(changed, start=2) if ",,8.25," in each)
    path = files.raw("\n".join([HEAD, *changed, ""]).encode())
    (fault,) = files.faults(path, profile=str(own), same_rows="record")
    expected = {"expected_paise": 6825, "head": "Balance"}
    assert (fault.row, fault.column, fault.code, fault.facts) == (place, "Balance", "balance_differs", expected)
    assert files.take(path, profile=str(own), same_rows="record", ignored=["Balance"]).recorded == 3


def test_a_wrong_row_of_money_out_does_not_keep_the_others_from_being_recorded(files: Files, tmp_path: Path) -> None:
    head = "Txn Date,Description,Debit,Credit,Balance\n2/11/2026,UPI/CR/431598712004/RAMESH/SBIN,,1250.00,2250.00\n"
    table = f"{head}3/11/2026,UPI/DR/1/GUPTA,250.00,,1900.00\n4/11/2026,UPI/DR/2/GUPTA,100.00,,1800.00\n"
    result = files.take(
        files.raw(table.encode()), profile="sbi", rejects=tmp_path / "r.csv", said=lambda fault: fault.code
    )
    assert [row[2] for row in rows(files)] == [125000]
    assert list(result.rejected.rows) == [3]


def test_a_row_that_was_lost_is_missed(files: Files, own: Path) -> None:
    table = [HEAD, "16/11/2026,FROM A B/,,5,105,", "18/11/2026,FROM A B/,,5,60,", "19/11/2026,FROM A B/,,9,69,"]
    assert wrong(files, own, BANK, *table) == [(3, "Balance", "balance_differs")]


def test_where_a_row_has_no_balance_nothing_is_said_of_any(files: Files, own: Path) -> None:
    own.write_text(BANK, encoding="utf-8")
    table = [HEAD, "16/11/2026,FROM A B/,,5,105,", "18/11/2026,FROM A B/,,5,,", "19/11/2026,FROM A B/,,9,1,"]
    result = files.take(files.raw("\n".join([*table, ""]).encode()), profile=str(own))
    assert (result.recorded, result.balance_checked) == (3, False)


def test_an_overdrawn_balance_is_less_than_nothing(files: Files, own: Path) -> None:
    table = [HEAD, "16/11/2026,FROM A B/,,5,45 Dr,", "18/11/2026,FROM A B/,,50,5.00 Cr,", "19/11/2026,x,9,,(4),"]
    assert len(take(files, own, BANK, *table)) == 2


def test_a_status_that_nobody_listed_came_to_nothing(files: Files) -> None:
    head = "Date,Type,Status,Payer Name,Payer VPA,UTR,Amount,Remarks"
    path = files.write(
        "2026-11-20,CREDIT,ON HOLD,Ramesh,r@x,431598712004,5,", "2026-11-20,CREDIT,,Ramesh,r@x,,5,", header=head
    )
    assert [fault.code for fault in files.faults(path, profile="upi")] == ["no_rows"]


def test_a_workbook_of_a_bank_has_days_and_numbers(files: Files, own: Path) -> None:
    own.write_text(BANK, encoding="utf-8")
    table: list[list[str | float | date | None]] = [
        ["Statement of November"],
        ["Date", "Text", "Out", "In", "Balance"],
        [date(2026, 11, 19), "FROM राम/UPI", None, 1250.5, 2250.5],
        [46346, "x", 250.5, None, 2000.0],
        ["Computer generated"],
    ]
    result = files.take(files.raw(workbook(table)), profile=str(own))
    assert (result.recorded, result.balance_checked) == (1, True)
    assert rows(files) == [("payment_received", "2026-11-19", 125050, "राम", "bank", None)]


# --- patterns of one's own


@pytest.mark.parametrize(
    "pattern",
    [
        "(?P<party>(a+)+)$",
        "(?P<party>(?:a|aa)+)$",
        "(?P<party>.*).*.*.*x",
        "(?P<party>a?a?a?a?aaaa)",
        r"(?P<party>.)\1",
        "(?P<name>.)",
        "(?P<party>",
        "(?P<party>" + "a" * 200 + ")",
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(files: Files, own: Path, pattern: str) -> None:
    with pytest.raises(BadPatternError):
        checked(pattern, "party")
    own.write_text(BANK.replace("FROM (?P<party>[^/]+)/", pattern), encoding="utf-8")
    with pytest.raises(BadProfile):
        files.take(files.raw(f"{HEAD}\n20/11/2026,x,,5,105,\n".encode()), profile=str(own))


def test_the_worst_pattern_that_is_taken_takes_a_moment(files: Files, own: Path) -> None:
    pattern = "(?P<party>[a-z]*[a-z ]*[0-9])!"
    text = "a" * 9_000
    own.write_text(BANK.replace("FROM (?P<party>[^/]+)/", pattern), encoding="utf-8")
    before = time.monotonic()
    path = files.raw(f"{HEAD}\n20/11/2026,{text},,5,105,\n".encode())
    assert [fault.code for fault in files.faults(path, profile=str(own))] == ["nobody_named"]
    assert time.monotonic() - before < 10


@pytest.mark.parametrize(
    "line",
    [
        "signs = { up = 'sale' }",
        "signs = { minus = 'gift' }",
        "mode = 'barter'",
        "pairs = ['sale', 'gift']",
        "status = [1]",
        "others = 'yes'",
        "x = 1",
        "party_in = 5",
        "vpa_in = 5",
        "vpa_in = '(?P<party>x)'",
        "mode_in = { barter = 'x' }",
    ],
)
def test_what_no_profile_says_is_refused_by_its_name(files: Files, own: Path, line: str) -> None:
    own.write_text(f"{line}\n[columns]\ndate = 'Date'\n", encoding="utf-8")
    with pytest.raises(BadProfile) as refused:
        files.take(files.raw(b"Date\n1\n"), profile=str(own))
    assert line.partition(" ")[0].removesuffix("_in") in str(refused.value.facts["why"])


# --- times


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("20-11-2026 02:30 PM", "14:30 atta"), ("2026-11-20T09:05:00", "09:05 atta"), ("20/11/2026", "atta"),
        ("20 Nov 2026 12:10 am", "00:10 atta"),
    ],
)  # fmt: skip
def test_a_time_is_kept_where_it_is_asked_for(files: Files, own: Path, typed: str, note: str) -> None:
    row = f"{typed},sale,Ramesh,100,,,,atta"
    files.rows(row, keep_time=True)
    assert words(files) == [note]
    files.rows(row.replace("100", "200"))
    assert words(files) == [note, "atta"]
    own.write_text(SIGNED.replace("[signs]", "keep_time = true\n[signs]") + 'note = "Note"\n', encoding="utf-8")
    files.take(files.raw(f"Date,Party,Amount,Note\n{typed},Ramesh,300,\n".encode()), profile=str(own))
    assert words(files)[2:] == [each for each in [note.replace("atta", "").strip()] if each]


def words(files: Files) -> list[str]:
    """The notes of the entries, in their order."""
    said = [json.loads(detail.body) for detail in files.shop.details()]
    return [each["note"] for each in said if "note" in each]


def test_a_dash_that_the_program_wrote_leaves_nothing_out(files: Files, own: Path) -> None:
    head = "Date,Type,Status,Payer Name,Payer VPA,UTR,Amount,Remarks"
    row = "2026-11-20,CREDIT,SUCCESS,{},r@x,{},5,"
    path = files.write(row.format("-", "431598712004"), row.format("", "431598712005"), header=head)
    found = [(fault.row, fault.column, fault.code) for fault in files.faults(path, profile="upi")]
    assert found == [(2, "Payer Name", "placeholder"), (3, "Payer Name", "empty_cell")]
    own.write_text(BANK.replace('party = "party"', 'party = "Payer"'), encoding="utf-8")
    path = files.write("20/11/2026,CASH,,5,105,-", header="Date,Text,Out,In,Balance,Payer")
    (fault,) = files.faults(path, profile=str(own))
    assert (fault.column, fault.code, fault.facts) == ("Payer", "nobody_named", {"what": "cell"})


def test_a_file_of_khatas_that_lacks_its_parties_is_nobody_elses(files: Files) -> None:
    path = files.write("2026-11-20,sale,5", header="date,type,amount")
    assert [fault.code for fault in files.faults(path)] == ["missing_column"]
