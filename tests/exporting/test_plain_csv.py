"""The table for an accountant."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.events.money import Line
from khata.exporting.cells import rupees
from khata.exporting.plain_csv import COLUMNS, lines
from khata.grammar.spreadsheet import guarded
from khata.importing.check import Options
from khata.importing.run import import_file
from khata.questions.entries import Sought
from khata.rules.correction import ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.goods import RecordSale
from khata.rules.money import ReceivePayment
from khata.rules.party import DeclareParty
from khata.units import MODES, Day, Paise, Party, Seq
from tests.any_book import entries_of
from tests.books import Shop, in_memory, payment, rs, sale
from tests.on_paper import Paper
from tests.views.test_accounts import EVERY_KIND, folded

EVERYTHING = Seq(10**6)


def table(shop: Shop, known: Seq = EVERYTHING, last_on: Day | None = None) -> list[dict[str, str]]:
    shop.books.catch_up()
    text = "\r\n".join(lines(shop.books.cache, known, last_on))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_each_entry_is_a_row(shop: Shop) -> None:
    shop.record(sale("Ramesh", 450, note="atta 5kg", ref="B1", paid=[("upi", rs(200))], on="2026-11-20"))
    (row,) = table(shop)
    assert list(row) == list(COLUMNS)
    assert row == {
        "entry": "3",
        "date": "2026-11-20",
        "type": "sale",
        "party": "Ramesh",
        "party_number": "1",
        "amount": "450.00",
        "mode": "",
        "paid": "200.00:upi",
        "discount": "",
        "ref": "B1",
        "note": "atta 5kg",
        "reverses": "",
        "reversed_by": "",
        "corrects": "",
        "at": shop.recorded()[-1].at,
        "by": "c0ffee00",
        "by_name": "Ravi",
        "items": "",
    }


def test_a_reversal_names_its_entry_and_has_its_amount(shop: Shop) -> None:
    shop.sell("Ramesh", 450)
    shop.record(ReverseEntry(entry=Seq(3), reason="typed twice"))
    rows = [(row["entry"], row["type"], row["amount"], row["reverses"], row["reversed_by"]) for row in table(shop)]
    assert rows == [("3", "sale", "450.00", "", "4"), ("4", "reverse", "450.00", "3", "")]
    assert [row["reversed_by"] for row in table(shop, Seq(3))] == [""]


def test_the_kasar_of_a_payment_stands_beside_it(shop: Shop) -> None:
    shop.sell("Ramesh", 105)
    shop.record(ReceivePayment(party=Party(1), amount_paise=rs(100), mode="upi", full=True))
    row = table(shop)[-1]
    assert (row["type"], row["amount"], row["mode"], row["discount"]) == ("receive", "100.00", "upi", "5.00")


def test_both_clocks_cut_the_table(shop: Shop) -> None:
    shop.record(sale("Ramesh", 1, on="2026-11-20"), sale("Ramesh", 2, on="2026-11-21"))
    shop.record(sale("Ramesh", 3, on="2026-11-20"))
    assert [row["amount"] for row in table(shop, last_on=Day("2026-11-20"))] == ["1.00", "3.00"]
    assert [row["amount"] for row in table(shop, Seq(4))] == ["1.00", "2.00"]


def test_the_counter_and_a_forgotten_party_have_names_too(shop: Shop) -> None:
    shop.record(sale(None, 5), sale("Ramesh", 5))
    shop.record(payment("Ramesh", 5), ForgetParty(party=Party(1)))
    assert [(row["party"], row["party_number"]) for row in table(shop)[:2]] == [("counter", ""), ("'@1", "1")]


@pytest.mark.parametrize(
    "payload", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=HYPERLINK(0)", '=cmd|"/C calc"!A1']
)
def test_text_that_a_spreadsheet_would_run_is_guarded(payload: str) -> None:
    assert guarded(payload) == "'" + payload


@given(st.text())
def test_no_cell_of_text_begins_like_a_formula(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert guarded(text).removeprefix("'") == text.removeprefix("'")


def test_names_notes_and_references_are_guarded_and_numbers_are_not(shop: Shop) -> None:
    shop.record(DeclareParty(name='=HYPERLINK("x")'))
    shop.record(sale(Party(1), 450, note="+91 98765", ref="-5"))
    (row,) = table(shop)
    assert (row["party"], row["note"], row["ref"]) == ('\'=HYPERLINK("x")', "'+91 98765", "'-5")
    assert float(row["amount"]) == 450


def test_the_items_of_a_bill_stand_in_one_cell_and_are_guarded(shop: Shop) -> None:
    lines_ = [Line(Paise(30000), 2000, Paise(15000)), Line(Paise(12050), 250), Line(Paise(2950)), Line(Paise(100))]
    names = ["Atta 5kg", "=Dal", "साबुन", ""]
    shop.record(RecordSale(party=None, amount_paise=Paise(45100), lines=lines_, items=names))
    (row,) = table(shop)
    assert row["items"] == "Atta 5kg x2 @150 = 300;' =Dal x0.25 = 120.50; साबुन = 29.50; 1"


def test_a_mark_for_excel_stands_before_the_first_cell_only(shop: Shop) -> None:
    shop.sell("Ramesh", 1)
    plain, marked = (list(lines(shop.books.cache, EVERYTHING, mark=mark)) for mark in (False, True))
    assert marked == ["\ufeff" + plain[0], *plain[1:]]


def test_of_one_customer_and_from_a_day_on_are_only_those_rows(shop: Shop) -> None:
    shop.record(*(sale(who, 1, on=day) for who in ("Ramesh", "Suresh") for day in ("2026-11-20", "2026-11-21")))
    shop.books.catch_up()
    sought = Sought(Party(2), Day("2026-11-21"))
    (row,) = csv.DictReader(lines(shop.books.cache, EVERYTHING, None, sought))
    assert (row["party"], row["date"]) == ("Suresh", "2026-11-21")


def test_rupees_have_two_decimals() -> None:
    assert [rupees(paise) for paise in (1, 50, 100, 123456789)] == ["0.01", "0.50", "1.00", "1234567.89"]


def test_rupees_below_zero_are_as_many_as_above() -> None:
    """An advance of ₹50.50 on a statement, which is no ₹51.50."""
    assert [rupees(paise) for paise in (-1, -50, -100, -5050)] == ["-0.01", "-0.50", "-1.00", "-50.50"]


def test_what_was_imported_comes_out_as_it_can_be_imported_again(tmp_path: Path) -> None:
    wanted = ("date", "type", "party", "amount", "mode", "paid", "ref", "note")
    rows = [
        "2026-11-01,opening,Ramesh,100.00,,,,b/f",
        "2026-11-01,opening,Suresh,50.00,advance,,,",
        "2026-11-02,sale,Ramesh,450.50,credit,,B1,atta",
        "2026-11-02,sale,Ramesh,450.00,,200.00:upi 50.00:cash,,",
        "2026-11-02,sale,counter,30.00,upi,,,",
        "2026-11-03,return,Ramesh,20.00,cash,,,",
        "2026-11-03,receive,Ramesh,20.00,cheque,,778899,",
        "2026-11-03,refund,Suresh,20.00,bank,,,",
        "2026-11-04,discount,Ramesh,5.00,,,,",
        "2026-11-04,write-off,Ramesh,5.00,,,,moved away",
    ]
    first, second = in_memory(), in_memory()
    (tmp_path / "in.csv").write_text("".join(f"{line}\n" for line in (",".join(wanted), *rows)))
    import_file(str(tmp_path / "in.csv"), first.books, Options(new_parties="all"))
    out = [",".join(row[name] for name in wanted) for row in table(first)]
    assert out == rows
    (tmp_path / "out.csv").write_text("".join(f"{line}\n" for line in (",".join(wanted), *out)))
    import_file(str(tmp_path / "out.csv"), second.books, Options(new_parties="all"))
    assert second.balances() == first.balances()


def test_every_row_says_of_money_what_a_second_ledger_says() -> None:
    entries = entries_of(EVERY_KIND)
    paper = {each.seq: each for each in Paper(entry.body for entry in entries).entries if each.moves}
    cache = folded(entries, "at once")
    rows = {int(row["entry"]): row for row in csv.DictReader(lines(cache, EVERYTHING), strict=True)}
    assert rows.keys() == paper.keys()
    for seq, noted in paper.items():
        row, original = rows[seq], paper[noted.reverses or seq]
        assert row["amount"] == rupees(original.amount or 0)
        assert (row["date"], row["party_number"]) == (noted.on, str(noted.party or ""))
        moved = {move.account: 0 for move in noted.moves if move.account in MODES}
        for move in noted.moves:
            if move.account in MODES:
                moved[move.account] += abs(move.paise)
        if noted.reverses:
            assert row["mode"].split() == list(moved)
        elif row["paid"]:
            assert row["paid"].split() == [f"{rupees(paise)}:{mode}" for mode, paise in moved.items()]
        else:
            assert moved == ({row["mode"]: noted.amount} if row["mode"] in MODES else {})
        discount = sum(move.paise for move in noted.moves if move.account == "discount")
        expected = rupees(discount) if noted.kind == "payment_received" and discount else ""
        assert row["discount"] == expected


def test_payments_of_every_mode_are_told(shop: Shop) -> None:
    shop.record(*(payment("Ramesh", 10, mode=mode) for mode in ("cash", "upi", "card", "bank", "cheque")))
    assert [row["mode"] for row in table(shop)] == ["cash", "upi", "card", "bank", "cheque"]
