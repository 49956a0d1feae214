"""Tables of other programs: lines above and below, other heads and words, two columns for amounts, workbooks."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from khata.importing.faults import BadRows, ProfileNotSure
from khata.importing.profile import UnknownProfile, names, profile
from khata.importing.profile_file import BadProfile
from tests.importing.files import Files
from tests.importing.workbooks import Row, workbook

ROW = "2026-11-20,sale,Ramesh,100"


def entries(files: Files) -> list[tuple[object, ...]]:
    """Kind, day, amount and party of the money entries."""
    found: list[tuple[object, ...]] = []
    for recorded in files.shop.recorded():
        amount = getattr(recorded.event, "amount_paise", None)
        if amount is not None:
            found.append((recorded.event.KIND, recorded.on, amount, getattr(recorded.event, "party", None)))
    return found


def test_a_letterhead_above_the_table_and_a_total_below_it_are_no_rows(files: Files) -> None:
    table = f"Sharma Kirana Store\n\nSales of November, all customers\ndate,type,party,amount\n{ROW}\nTotal,,,100\n"
    result = files.take(files.raw(table.encode()))
    assert (result.recorded, result.header_row, list(result.passed_over)) == (1, 4, [6])


@pytest.mark.parametrize("total", ["Total", "GRAND TOTAL:", "Sub Total", "कुल", "totals"])
def test_a_total_is_one_in_any_of_its_words_where_no_day_stands(files: Files, total: str) -> None:
    table = f"date,type,party,amount\n{ROW}\n,,{total},100\n"
    assert list(files.take(files.raw(table.encode())).passed_over) == [3]


def test_a_customer_whose_name_begins_so_is_no_total_where_a_day_stands(files: Files) -> None:
    assert files.rows("2026-11-20,sale,Total Traders,100").recorded == 1


def test_tabs_under_a_letterhead(files: Files) -> None:
    table = "Sharma Kirana Store\ndate\ttype\tparty\tamount\n2026-11-20\tsale\tRamesh, Patil\t1,00,000.50\n"
    assert files.take(files.raw(table.encode())).recorded == 1
    assert entries(files)[-1][2] == 1_00_000_50


def test_a_column_without_a_head_may_be_there_as_long_as_it_is_empty(files: Files) -> None:
    assert files.take(files.raw(f"date,type,party,amount,,\n{ROW},,\n".encode())).recorded == 1
    (fault,) = files.faults(files.raw(f"date,type,party,amount,,\n{ROW},,\n{ROW},x,\n".encode()), same_rows="record")
    assert (fault.row, fault.code, fault.value) == (3, "too_many_cells", "x")


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ("2026-10-31T14:30:00", "2026-10-31"),
        ("09/11/2026 02:30 PM", "2026-11-09"),
        ("2026-10-31 14:30:00.000Z", "2026-10-31"),
        ("20261024", "2026-10-24"),
        ("3-Apr-26", "2026-04-03"),
    ],
)
def test_a_day_as_programs_write_it(files: Files, typed: str, on: str) -> None:
    assert files.rows(f"{typed},sale,Ramesh,100").recorded == 1
    assert entries(files)[-1][1] == on


GAVE_GOT = (
    "Name,Date,You Gave,You Got,Details,Balance\n"
    "Ramesh,20/11/2026,450.00,,atta,450.00\nRamesh,21/11/2026,-,200.00,,250\n"
)


def test_what_was_given_and_what_came_stand_in_two_columns(files: Files) -> None:
    result = files.take(files.raw(GAVE_GOT.encode()), profile="khatabook")
    assert (result.recorded, result.profile) == (2, "khatabook")
    assert [each[0:3:2] for each in entries(files)] == [("sale_recorded", 45000), ("payment_received", 20000)]


def test_a_guess_is_not_recorded_before_somebody_agrees(files: Files) -> None:
    path = files.raw(GAVE_GOT.encode())
    before = files.shop.entries()
    with pytest.raises(ProfileNotSure) as refused:
        files.take(path)
    assert files.shop.entries() == before
    facts = refused.value.facts
    assert (facts["profile"], facts["header_row"], facts["rows"]) == ("khatabook", 1, 2)
    assert facts["columns"] == {  # what each of ours is called there
        "party": "Name", "date": "Date", "gave": "You Gave", "got": "You Got", "note": "Details",
        "amount": "You Gave", "type": "You Gave",
    }  # fmt: skip


def test_both_columns_filled_or_none_is_a_fault_of_the_row(files: Files) -> None:
    table = "Name,Date,You Gave,You Got\nRamesh,20/11/2026,450,200\nRamesh,21/11/2026,,\nRamesh,22/11/2026,0.00,0\n"
    found = [(fault.row, fault.code) for fault in files.faults(files.raw(table.encode()), profile="khatabook")]
    assert found == [(2, "bad_amount"), (3, "empty_cell"), (4, "empty_cell")]


def test_a_register_has_its_own_heads_and_words(files: Files) -> None:
    table = (
        "Invoice No.,Invoice Date,Customer Name,Voucher Type,Net Amount (Rs.),Remarks,S.No\n"
        "B-1,20-11-2026,Ramesh,Sales,450,atta,1\n,20-11-2026,Ramesh,Receipt,200,,2\n"
        "B-2,21-11-2026,Ramesh,Credit Note,50,,3\n"
    )
    result = files.take(files.raw(table.encode()), profile="register")
    assert result.recorded == 3
    assert [each[0] for each in entries(files)] == ["sale_recorded", "payment_received", "goods_returned"]


def test_heads_in_hindi_and_gujarati_are_heads(files: Files) -> None:
    assert (
        files.take(files.raw("दिनांक,ग्राहक,दिया,जमा\n20/11/2026,रमेश,450,\n".encode()), profile="register").recorded == 1
    )
    assert files.take(files.raw("તારીખ,નામ,આપ્યા,જમા\n20/11/2026,સુરેશ,,200\n".encode()), profile="register").recorded == 1


def test_columns_are_mapped_and_passed_over_for_once(files: Files) -> None:
    path = files.raw(b"When,Who,Udhaar,Paid,Balance\n20/11/2026,Ramesh,450,,450\n21/11/2026,Ramesh,,200,250\n")
    mapping = {"When": "date", "Who": "party", "Udhaar": "sale", "Paid": "receive"}
    assert files.take(path, mapping=mapping, ignored=["balance"]).recorded == 2
    with pytest.raises(BadProfile):
        files.take(path, mapping=mapping | {"Who": "somebody"})


def test_a_profile_of_ones_own_is_a_file(files: Files, tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(
        'others = true\n[columns]\ndate = "Day"\nparty = "Whom"\namount = "Sum"\ntype = "What"\n'
        '[types]\n"baki" = "sale"\n',
        encoding="utf-8",
    )
    path = files.raw(b"Day,Whom,What,Sum,Mood\n20/11/2026,Ramesh,Baki,450,good\n")
    assert (files.take(path, profile=str(own)).recorded, entries(files)[-1][2]) == (1, 45000)
    for wrong in ("x", "[columns]\nday = 'Day'\n", "[columns\n", "pairs = ['sale']\n[columns]\ndate = 'Day'\n"):
        own.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadProfile):
            files.take(path, profile=str(own))
    for missing in ("nobody", str(tmp_path / "none.toml")):
        with pytest.raises(UnknownProfile):
            files.take(path, profile=missing)


def test_every_profile_can_be_read_and_fits_its_own_heads() -> None:
    for name in names():
        known = profile(name)
        assert known.about
        assert known.fits(list(known.columns)), name


# --- workbooks


def test_a_workbook_is_a_table(files: Files) -> None:
    rows: list[Row] = [
        ["Sharma Kirana Store"],
        [],
        ["date", "type", "party", "amount", "mode", "ref", "note"],
        [date(2026, 11, 20), "sale", "Ramesh", 450.5, None, "B-1", "atta"],
        ["21/11/2026", "receive", "Ramesh", 200, "upi", 431598712004, None],
        [46348, "sale", "रमेश", 0.1 + 0.2, None, None, None],
        ["Total", None, None, 650.8],
    ]
    result = files.take(files.raw(workbook(rows)))
    assert (result.recorded, result.header_row, list(result.passed_over)) == (3, 3, [7])
    assert [each[1:3] for each in entries(files)] == [
        ("2026-11-20", 45050),
        ("2026-11-21", 20000),
        ("2026-11-22", 30),
    ]
    refs = [each.event.ref for each in files.shop.recorded() if hasattr(each.event, "ref")]
    assert refs == ["B-1", "431598712004", None]


def test_a_workbook_that_is_imported_again_is_the_same_file(files: Files) -> None:
    path = files.raw(workbook([["date", "type", "party", "amount"], [date(2026, 11, 20), "sale", "Ramesh", 450]]))
    files.take(path)
    assert len(files.take(path).duplicates) == 1


def test_a_reference_that_a_workbook_cannot_hold_is_told(files: Files) -> None:
    rows: list[Row] = [
        ["date", "type", "party", "amount", "ref"],
        ["20/11/2026", "receive", "Ramesh", 5, 4315987120041234567.0],
    ]
    (fault,) = files.faults(files.raw(workbook(rows)))
    assert (fault.row, fault.code) == (2, "shortened_ref")


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"PK\x03\x04 and nothing more", "bad_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing more", "bad_workbook"),
        (workbook([]), "empty_file"),
        (workbook([["date", "type", "party", "amount"]]), "no_rows"),
    ],
)
def test_a_workbook_that_is_none_is_a_fault(files: Files, contents: bytes, code: str) -> None:
    assert [fault.code for fault in files.faults(files.raw(contents))] == [code]


@pytest.mark.wide
def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(files: Files) -> None:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed, packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
        for _ in range(600):
            sheet.write(bytes(1 << 20))
    assert [fault.code for fault in files.faults(files.raw(made.getvalue()))] == ["too_large_unpacked"]


SALES = (
    "Sharma Kirana\nBill Date,Customer Name,Bill No,Amount,Paid Amount,Payment Mode\n"
    "20/11/2026,Ramesh,B-1,450,50,Cash\n"
)


def test_a_file_that_fits_nothing_is_taken_for_what_knows_most_of_its_heads(files: Files) -> None:
    path = files.raw(SALES.encode())
    with pytest.raises(BadRows) as refused:
        files.take(path)
    assert refused.value.facts["read_as"] == "register"
    (fault,) = refused.value.faults
    assert (fault.row, fault.column, fault.code) == (2, "type", "missing_column")
    assert {**fault.facts, "required": 0} == {
        "required": 0,
        "what": "type_of",
        "amount": "Amount",
        "profile": "register",
    }


@pytest.mark.parametrize(("column", "kind"), [("sale", "sale_recorded"), ("receive", "payment_received")])
def test_every_row_of_a_register_may_be_of_one_type(files: Files, column: str, kind: str) -> None:
    path = files.raw(SALES.replace(",50,", ",,").encode())
    assert files.take(path, profile="register", mapping={"Amount": column}).recorded == 1
    assert [each[:3] for each in entries(files)] == [(kind, "2026-11-20", 45000)]


@pytest.mark.parametrize("heads", ["date,party,amount,mode", "date,type,party,ammount", "When,Who,How much"])
def test_what_no_other_knows_better_is_khatas_own(files: Files, heads: str) -> None:
    with pytest.raises(BadRows) as refused:
        files.take(files.raw(f"{heads}\n20/11/2026,Ramesh,450,cash\n".encode()))
    assert refused.value.facts["read_as"] is None


LINES = [
    "Closing Balance,,,500",
    "Opening Balance",
    "*** end of statement ***",
    "Printed on 21/11/2026 10:30 AM",
    "Total",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("mark", ["", "\n"])
def test_what_a_program_prints_around_its_entries_is_no_row(files: Files, line: str, mark: str) -> None:
    if not mark and not ("end" in line or "Printed" in line):
        return  # an amount may be cut short
    own = files.take(files.raw(f"date,type,party,amount\n{ROW}\n{line}{mark}".encode()))
    assert (own.recorded, list(own.passed_over)) == (1, [3])
    table = f"Bill Date,Customer,Dr,Cr\n20/11/2026,Suresh,5,\n{line}{mark}"
    register = files.take(files.raw(table.encode()), profile="register")
    assert (register.recorded, list(register.passed_over)) == (1, [3])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Opening Balance,sale,Ramesh,500", "bad_day"),  # somebody's: it would be lost
        (",sale,Ramesh,500", "empty_cell"),
        ("Printed on 21/11/2026,,,500", "bad_day"),
        ("2026-11-20,Closing Balance,,500", "bad_type"),
    ],
)
def test_a_line_with_a_name_a_day_or_an_amount_is_passed_over_by_nobody(files: Files, row: str, code: str) -> None:
    faults = files.faults(files.raw(f"date,type,party,amount\n{ROW}\n{row}\n".encode()))
    assert code in [fault.code for fault in faults]
    assert {fault.row for fault in faults} == {3}
