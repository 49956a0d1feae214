"""What each row of the plain CSV means, and what is wrong with those that mean nothing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.cli.importing import spoken_types
from khata.events.base import Imported
from khata.events.book import ImportStarted
from khata.events.money import (
    DebtWrittenOff,
    DiscountAllowed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    Paid,
    PaymentReceived,
    SaleRecorded,
)
from khata.importing import faults
from khata.importing.faults import LISTED, BadRows, Faults
from khata.importing.file import File
from khata.importing.file_rows import AT_ONCE
from khata.importing.kinds import NotATable
from khata.importing.opening import opened
from khata.importing.profile import KHATA
from khata.importing.rows import RowReader, read_file
from khata.importing.run import ImportResult
from khata.importing.table import FileTable
from khata.units import Paise, Party, Seq
from tests.books import TODAY
from tests.importing.files import HEADER, Files

RAMESH = Party(1)
RS_100 = Paise(10000)


@pytest.mark.parametrize(
    ("row", "event"),
    [
        ("opening,Ramesh,100", OpeningRecorded(party=RAMESH, amount_paise=RS_100, side="receive")),
        ("opening,Ramesh,100,advance", OpeningRecorded(party=RAMESH, amount_paise=RS_100, side="give")),
        ("sale,Ramesh,100", SaleRecorded(party=RAMESH, amount_paise=RS_100)),
        ("sale,Ramesh,100,credit", SaleRecorded(party=RAMESH, amount_paise=RS_100)),
        ("sale,Ramesh,100,upi", SaleRecorded(party=RAMESH, amount_paise=RS_100, paid=(Paid("upi", RS_100),))),
        ("sale,Ramesh,100,,40", SaleRecorded(party=RAMESH, amount_paise=RS_100, paid=(Paid("cash", Paise(4000)),))),
        ("sale,Ramesh,100,,40:upi", SaleRecorded(party=RAMESH, amount_paise=RS_100, paid=(Paid("upi", Paise(4000)),))),
        ("sale,Ramesh,100,card,40", SaleRecorded(party=RAMESH, amount_paise=RS_100, paid=(Paid("card", Paise(4000)),))),
        ("sale,Ramesh,100,credit,0", SaleRecorded(party=RAMESH, amount_paise=RS_100)),
        (
            "sale,Ramesh,100,,40:upi 60:cash",
            SaleRecorded(party=RAMESH, amount_paise=RS_100, paid=(Paid("upi", Paise(4000)), Paid("cash", Paise(6000)))),
        ),
        ("sale,counter,100", SaleRecorded(amount_paise=RS_100, paid=(Paid("cash", RS_100),))),
        ("sale,Nakad,100,upi", SaleRecorded(amount_paise=RS_100, paid=(Paid("upi", RS_100),))),
        ("return,counter,100", GoodsReturned(amount_paise=RS_100, paid=(Paid("cash", RS_100),))),
        ("return,Ramesh,100", GoodsReturned(party=RAMESH, amount_paise=RS_100)),
        ("return,Ramesh,100,cash", GoodsReturned(party=RAMESH, amount_paise=RS_100, paid=(Paid("cash", RS_100),))),
        ("receive,Ramesh,100", PaymentReceived(party=RAMESH, amount_paise=RS_100, mode="cash")),
        ("receive,Ramesh,100,cheque", PaymentReceived(party=RAMESH, amount_paise=RS_100, mode="cheque")),
        ("refund,Ramesh,100,gpay", MoneyRefunded(party=RAMESH, amount_paise=RS_100, mode="upi")),
        ("discount,Ramesh,100", DiscountAllowed(party=RAMESH, amount_paise=RS_100)),
        ("write-off,Ramesh,100,,,,moved away", DebtWrittenOff(party=RAMESH, amount_paise=RS_100)),
        (" Sale ,Ramesh, 100 ", SaleRecorded(party=RAMESH, amount_paise=RS_100)),
        ('sale,Ramesh,"₹1,234.50"', SaleRecorded(party=RAMESH, amount_paise=Paise(123450))),
        ("sale,Ramesh,१००", SaleRecorded(party=RAMESH, amount_paise=RS_100)),
    ],
)
def test_a_row_becomes_the_event_that_it_says(files: Files, row: str, event: SaleRecorded) -> None:
    files.take(files.raw(f"{HEADER}\n2026-11-20,{row}{',' * (7 - _commas(row))}\n".encode()))
    made = files.shop.recorded()[-1]
    event.imported, event.detail = made.event.imported, made.event.detail
    assert made.event == event
    assert made.on == "2026-11-20"


def _commas(row: str) -> int:
    bare = row.split('"')
    return sum(part.count(",") for part in bare[::2])


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("2026-11-23,sale,Ramesh,100", "date", "future_day"),
        (",sale,Ramesh,100", "date", "empty_cell"),
        ("4/17/2017,sale,Ramesh,100", "date", "bad_day"),
        ("31/11/2025,sale,Ramesh,100", "date", "bad_day"),
        ("2026-11-20,,Ramesh,100", "type", "empty_cell"),
        ("2026-11-20,udhar diya,Ramesh,100", "type", "bad_type"),
        ("2026-11-20,sale,,100", "party", "empty_cell"),
        ("2026-11-20,sale,12,100", "party", "bad_name"),
        ("2026-11-20,sale,@ramesh,100", "party", "bad_name"),
        ("2026-11-20,sale,Ramesh\u202e,100", "party", "bad_text"),
        ("2026-11-20,sale,Ram\x1besh,100", "party", "bad_text"),
        ("2026-11-20,receive,counter,100", "party", "counter_has_no_khata"),
        ("2026-11-20,sale,Ramesh,", "amount", "empty_cell"),
        ("2026-11-20,sale,Ramesh,12.3.4", "amount", "bad_amount"),
        ("2026-11-20,sale,Ramesh,-5", "amount", "amount_minus"),
        ("2026-11-20,sale,Ramesh,0", "amount", "amount_zero"),
        ("2026-11-20,sale,Ramesh,1.005", "amount", "amount_decimals"),
        ("2026-11-20,sale,Ramesh,9876543210", "amount", "amount_too_large"),
        ("2026-11-20,sale,Ramesh,1e5", "amount", "bad_amount"),
        ("2026-11-20,sale,Ramesh,NaN", "amount", "bad_amount"),
        ("2026-11-20,sale,Ramesh,100,cheque", "mode", "bad_mode"),
        ("2026-11-20,receive,Ramesh,100,credit", "mode", "bad_mode"),
        ("2026-11-20,discount,Ramesh,100,cash", "mode", "bad_mode"),
        ("2026-11-20,opening,Ramesh,100,cash", "mode", "bad_mode"),
        ("2026-11-20,sale,Ramesh,100,,abc", "paid", "bad_amount"),
        ("2026-11-20,sale,Ramesh,100,,40:shell", "paid", "bad_mode"),
        ("2026-11-20,sale,Ramesh,100,,40:", "paid", "bad_paid"),
        ("2026-11-20,sale,Ramesh,100,,101", "paid", "paid_above_amount"),
        ("2026-11-20,sale,Ramesh,100,cash,40:upi", "paid", "mode_twice"),
        ("2026-11-20,sale,counter,100,,40", "paid", "counter_not_paid"),
        ("2026-11-20,sale,counter,100,credit", "mode", "counter_not_paid"),
        ("2026-11-20,receive,Ramesh,100,,40", "paid", "paid_not_wanted"),
        ("2026-11-20,sale,Ramesh,100,,,हवाला", "ref", "bad_ref"),
        (f"2026-11-20,sale,Ramesh,100,,,{'9' * 41}", "ref", "bad_ref"),
        ("2026-11-20,sale,Ramesh,100,,,,a\x07b", "note", "bad_text"),
        (f"2026-11-20,sale,Ramesh,100,,,,{'n' * 501}", "note", "too_long"),
        ("2026-11-20,sale,Ramesh,100,,,,,12345", "phone", "bad_phone"),
        ("2026-11-20,write-off,Ramesh,100", "note", "reason_missing"),
        ("2026-11-20,sale,@7,100", "party", "unknown_party"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(files: Files, row: str, column: str, code: str) -> None:
    assert files.wrong("2026-11-20,sale,Ramesh,100", row) == [(3, column, code)]


def test_all_faults_of_a_row_and_of_all_rows_are_told(files: Files) -> None:
    assert files.wrong(",sale,Ramesh,x", "2026-11-20,gift,Ramesh,-1") == [
        (2, "date", "empty_cell"),
        (2, "amount", "bad_amount"),
        (3, "type", "bad_type"),
        (3, "amount", "amount_minus"),
    ]


def test_every_row_is_counted_whatever_is_wrong_with_it(files: Files) -> None:
    good = "2026-11-20,sale,Ramesh,100"
    wrong = {
        "2026-11-20,sale,Ramesh,100,,101": "paid_above_amount",
        "2026-11-20,receive,Ramesh,100,,40": "paid_not_wanted",
        "2026-11-20,sale,counter,100,,40": "counter_not_paid",
        "2026-11-20,sale,Ramesh,100,,abc": "bad_amount",
        "2026-11-20,receive,counter,100": "counter_has_no_khata",
        "2026-11-20,write-off,Ramesh,100": "reason_missing",
        ",sale,Ramesh,100": "empty_cell",
        "2026-11-20,gift,Ramesh,100": "bad_type",
        "2026-11-20,transfer,Ramesh,100,to": "half_of_two",
        "2026-11-20,sale,12,100": "bad_name",
        "2026-11-20,sale,Ramesh,x": "bad_amount",
        "2026-11-20,sale,Ramesh,100,,,,,,,x": "too_many_cells",
    }
    for row, code in wrong.items():
        with pytest.raises(BadRows) as refused:
            files.take(files.write(good, row, good))
        assert [fault.code for fault in refused.value.faults] == [code]
        assert refused.value.facts["rows"] == 3, row


def test_faults_are_kept_up_to_a_thousand_each_in_its_place() -> None:
    faults = Faults()
    for row in range(LISTED - 1):
        faults.add(row, "amount", "x", "bad_amount")
    faults.insert(2, 2, "ref", "B-1", "ref_twice", {"first_row": 1})
    assert [(fault.row, fault.code) for fault in faults.listed[:4]] == [
        (0, "bad_amount"),
        (1, "bad_amount"),
        (2, "ref_twice"),
        (2, "bad_amount"),
    ]
    assert (len(faults.listed), faults.listed[-1].row) == (LISTED, LISTED - 2)
    other = faults.copy()
    other.add(LISTED, "party", "", "empty_cell")
    other.insert(LISTED, LISTED, "ref", "B-2", "ref_twice", {"first_row": 3})
    other.insert(0, 0, "date", "", "empty_cell", {})
    assert (other.listed[0].column, len(other.listed), other.listed[-1].row) == ("date", LISTED, LISTED - 3)
    assert (other.total, other.by_code) == (LISTED + 3, {"bad_amount": LISTED - 1, "ref_twice": 2, "empty_cell": 2})
    assert (faults.total, len(faults.by_code)) == (LISTED, 2)


def test_a_fault_carries_the_value_and_what_a_hint_needs(files: Files) -> None:
    (fault,) = files.faults(files.write("2026-11-20,sale,Ramesh,100,cheque"))
    assert fault.data() == {
        "row": 2,
        "column": "mode",
        "value": "cheque",
        "code": "bad_mode",
        "facts": {"allowed": ["credit", "cash", "upi", "card", "bank"]},
    }


def test_a_thousand_faults_are_listed_and_all_are_counted(files: Files) -> None:
    path = files.write(*["2026-11-20,sale,Ramesh,x"] * 1200)
    with pytest.raises(BadRows) as refused:
        files.take(path)
    facts = refused.value.facts
    assert (len(refused.value.faults), facts["faults_total"], facts["rows"]) == (1000, 1200, 1200)
    assert facts["faults_by_code"] == {"bad_amount": 1200}
    with pytest.raises(BadRows) as refused:
        files.take(path, every=True)
    assert [fault.row for fault in refused.value.faults] == list(range(2, 1202))


def test_a_long_cell_is_shown_in_part(files: Files) -> None:
    (fault,) = files.faults(files.write(f"2026-11-20,sale,Ramesh,{'x' * 5000}"))
    assert len(fault.value) == 200


def test_large_amounts_are_taken_when_asked_for(files: Files) -> None:
    assert files.rows("2026-11-20,sale,Ramesh,9876543210", large=True).recorded == 1


def test_columns_stand_in_any_order_and_case(files: Files) -> None:
    path = files.raw(b"Amount; PARTY ;Date;type\n100;Ramesh;20/11/2026;SALE\n")
    assert files.take(path).recorded == 1
    assert files.shop.balances() == {1: 10000}


def test_a_fault_names_the_column_as_the_file_does(files: Files) -> None:
    path = files.raw(b"Amount,PARTY,Date,type\nx,Ramesh,20/11/2026,SALE\n")
    assert [fault.column for fault in files.faults(path)] == ["Amount"]


def test_notes_and_reasons_go_into_the_detail(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,100,,,,atta 5kg", "2026-11-20,write-off,Ramesh,100,,,,moved  away")
    bodies = [detail.body.decode() for detail in files.shop.details()]
    assert bodies[-2:] == ['{"note":"atta 5kg"}', '{"reason":"moved away"}']


def test_each_entry_says_from_which_row_of_which_import_it_comes(files: Files) -> None:
    result = files.rows("", "2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Suresh,50")
    recorded = files.shop.recorded()[1:]
    assert isinstance(recorded[0].event, ImportStarted)
    assert recorded[0].event.rows == 2
    assert result.import_id == recorded[0].seq == 2
    assert [one.event.imported for one in recorded[1:]] == [Imported(entry=Seq(2), row=row) for row in (3, 3, 4, 4)]
    assert [one.event.KIND for one in recorded[1:]] == ["party_added", "sale_recorded"] * 2


@given(st.lists(st.lists(st.text(max_size=12), max_size=10), max_size=6))
def test_no_file_of_any_cells_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    path = _any(tmp_path_factory) / "any.csv"
    lines = [HEADER, *(",".join(row) for row in cells)]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    file = read_file(str(path), TODAY, KHATA)
    assert file.faults.total or file.rows


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fall_over(tmp_path_factory: pytest.TempPathFactory, contents: bytes) -> None:
    path = _any(tmp_path_factory) / "bytes.csv"
    path.write_bytes(contents)
    with suppress(NotATable):
        assert read_file(str(path), TODAY, KHATA).faults.total


def _any(factory: pytest.TempPathFactory) -> Path:
    folder = factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    return folder


def looks(result: ImportResult) -> list[tuple[int, str]]:
    return [(each["row"], each["code"]) for each in result.worth_a_look]


def test_slips_are_counted_and_their_rows_are_listed(files: Files) -> None:
    result = files.rows("2026-11-20,sale,Ramesh,100", *["2026-11-20,receive,Ramesh,900"] * 2)
    assert result.warnings_by_code == {"becomes_advance": 2, "same_row": 1}
    assert looks(result) == [(3, "becomes_advance"), (4, "same_row"), (4, "becomes_advance")]
    assert result.worth_a_look[1]["facts"] == {"first_row": 3}


def test_of_what_is_worth_a_look_the_first_rows_of_each_kind_are_listed(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "LISTED", 2)
    old = [f"2019-01-0{day},sale,Ramesh,{100 + day},,," for day in range(1, 6)]
    result = files.rows(
        *["2026-11-20,sale,Ramesh,100"] * 2, *old, *[f"2026-11-20,sale,Ramesh,{n}" for n in range(1, 51)]
    )
    assert (result.warnings_by_code, result.warnings) == ({"far_back": 5, "same_row": 1}, 6)
    assert looks(result) == [(3, "same_row"), (4, "far_back"), (5, "far_back")]


def test_two_rows_are_alike_where_they_say_the_same_and_no_reference_tells_them_apart(files: Files) -> None:
    rows = [
        "2026-11-20,sale,Ramesh,100,,,atta",
        "2026-11-20,sale,Ramesh,100,,,dal",
        "2026-11-20,sale,Ramesh,100,20,,atta",
        "2026-11-20,sale,Ramesh,100,,B-1,atta",
        "2026-11-20,sale,Ramesh,100,,B-2,atta",
        "2026-11-19,sale,Ramesh,100,,,atta",
        *[f"2026-11-01,sale,Ramesh,{number + 200},,," for number in range(2 * AT_ONCE)],
        "20-11-2026,Sale,ramesh,100.00,0,,atta",
    ]
    path = files.write(*rows, header="date,type,party,amount,paid,ref,note")
    assert [each for each in looks(files.take(path)) if each[1] == "same_row"] == [(len(rows) + 1, "same_row")]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2026-11-20"], []),
        (["2016-11-23"], []),
        (["2016-11-20"], [2]),
        (["1926-01-10"], [2]),
        (["2024-12-01", "2025-06-01", "2026-11-20"], []),
        (["2026-11-20", "2026-11-19", "2025-10-16"], []),
        (["2026-11-20", "2026-11-19", "2025-10-15"], []),
        (["2026-11-20", "2026-11-19", "2025-10-14"], [4]),
        (["2026-01-05", "2026-01-05", "2025-01-05", "2024-12-01"], []),
        (["2026-01-05", "2026-01-05", "2024-11-30", "2024-12-01"], [4]),
    ],
)
def test_a_day_far_from_the_others_is_worth_a_look_and_a_year_of_back_dated_rows_is_not(
    files: Files, days: list[str], told: list[int]
) -> None:
    rows = [f"{day},sale,Ramesh,{number + 100}" for number, day in enumerate(days)]
    assert [row for row, code in looks(files.rows(*rows)) if code == "far_back"] == told


def test_rows_come_from_anything_that_numbers_them_and_names_their_cells() -> None:
    """A workbook, a file with lines above its table, or a voucher of several lines: rows need not follow each other."""
    reader = RowReader(File(), TODAY, large=False)
    reader.read(
        [
            (7, ("2026-11-20", "sale", "Ramesh", "450", "", "", "B-1", "atta", "", "")),
            (9, ("", "", "", "", "", "", "", "", "", "")),
            (12, ("20/11", "receive", "Ramesh", "4.505", "upi", "", "", "", "", "")),
            (5000, ("2026-11-20", "receive", "Suresh", "200", "upi", "", "B-1", "", "", "")),
        ]
    )
    reader.ended()
    assert [(row.number, row.amount_paise, row.ref, row.note) for row in reader.file.rows] == [
        (7, 45000, "B-1", "atta"),
        (5000, 20000, "B-1", None),
    ]
    found = [(fault.row, fault.code) for fault in reader.file.faults.listed]
    assert found == [(12, "amount_decimals"), (5000, "ref_twice")]
    assert (reader.file.count, list(reader.file.unread)) == (3, [12])


def test_a_cell_that_is_written_in_ever_other_ways_takes_no_more_room(files: Files) -> None:
    pads = [blank * (70 + number) for number in range(9) for blank in "\u2002\u2003"]
    path = files.write(*(f"2026-11-20,{pad}sale,{pad}Ramesh,{' ' * len(pad)}100,{pad}cash,,,{pad}x" for pad in pads))
    reader = RowReader(File(), TODAY, large=False)
    with opened(path) as source:
        table = FileTable(source, reader.file, None)
        assert table.arranged(KHATA)
        reader.read(table)
    reader.ended()
    assert reader.file.count == len(pads)
    assert not reader.file.faults.listed
    assert not any((reader._places, reader._notes, reader._row_types))


def test_a_day_without_a_year_is_believed_only_near_those_that_have_one(files: Files) -> None:
    rows = ["2019-09-18,sale,Ramesh,100", "19-Sep,sale,Ramesh,5"]
    assert files.wrong(*rows) == [(3, "date", "year_missing")]
    assert files.wrong(*rows, "19/09,sale,Ramesh,7")[1:] == [(4, "date", "year_missing")]


def test_a_day_is_in_doubt_where_it_can_be_read_two_ways_and_not_where_another_row_has_it_plain(files: Files) -> None:
    days = ("2026-11-03", "03/11/2026", "03-Nov-2026", "3/11/2026", "11/11/2026", "10/17/2026")
    wrong = files.faults(files.write(*(f"{day},sale,Ramesh,{n}" for n, day in enumerate(days, 7))))
    assert [(each.row, each.value, each.code) for each in wrong] == [
        (3, "03/11/2026", "maybe_month_first"),
        (5, "3/11/2026", "maybe_month_first"),
        (7, "10/17/2026", "bad_day"),
    ]


@pytest.mark.parametrize("word", ["udhaar", "Cash Sale", "Sales"])
def test_a_word_of_the_trade_in_a_file_of_khatas_own_is_told_where_it_is_taken(files: Files, word: str) -> None:
    path = files.write(f"2026-11-20,{word},Ramesh,100")
    (fault,) = files.faults(path)
    assert (fault.code, fault.facts["what"]) == ("bad_type", "own")
    assert files.take(path, profile="register", words=spoken_types("en")).recorded == 1
    (fault,) = files.faults(files.write("2026-11-20,sold,Ramesh,100"), profile="register")
    assert "what" not in fault.facts


@pytest.mark.parametrize("word", ["nil", "N.A.", "undefined", "(blank)", "#DIV/0!", "None", "-"])
def test_what_stands_where_there_is_nothing_is_no_name_no_reference_and_no_phone(files: Files, word: str) -> None:
    assert files.wrong(f"2026-11-20,sale,{word},100") == [(2, "party", "placeholder")]
    assert files.rows(f"2026-11-20,sale,Suresh,100,,,{word},,{word}").recorded == 1


@pytest.mark.parametrize("typed", ["'450", '"=""450"""', '="450"', "'₹450.00", " '450 "])
def test_a_number_that_a_spreadsheet_keeps_as_a_text_is_a_number(files: Files, typed: str) -> None:
    assert files.rows(f"2026-11-20,sale,Ramesh,{typed},,{typed}").recorded == 1
    (sale,) = [each.event for each in files.shop.recorded() if isinstance(each.event, SaleRecorded)]
    assert (sale.amount_paise, [each.amount_paise for each in sale.paid or ()]) == (45000, [45000])
    register = f"Bill Date,Customer,Dr,Cr\n20/11/2026,Suresh,{typed},\n"
    assert files.take(files.raw(register.encode()), profile="register").recorded == 1


@pytest.mark.parametrize("typed", ["=450", '="4"5"', "''450", "'450x"])
def test_a_formula_is_no_amount(files: Files, typed: str) -> None:
    (fault,) = files.faults(files.write(f"2026-11-20,sale,Ramesh,{typed}"))
    assert (fault.code, fault.value) == ("bad_amount", typed)
