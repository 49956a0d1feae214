"""Statements of banks as people find them: other heads, sentences below the table, texts broken at a width."""

from __future__ import annotations

import pytest

from khata.importing.faults import ProfileNotSure
from tests.importing.files import Files
from tests.importing.test_samples import CAME, IN_BANK, Row, rows

RAMESH = IN_BANK[0]
SUNITA: Row = (CAME, "2026-11-10", 500050, "SUNITA DEVI", "bank", "N314260012345678")

HEADS = {
    "an email of SBI": (
        "sbi",
        ('Date,Details,Ref No/Cheque No,Debit,Credit,Balance\n'
        '02/11/2026," DEP TFR   UPI/CR/431598712004/RAMESH KU\n MAR/SBIN/ramesh   0097735162098 AT MANDI ROAD"'
        ",,,1250.00,2250.00\n"
        '03/11/2026," WDL TFR   UPI/DR/431698712999/GUPTA/ICIC/gupta\n 0097693162093 AT MANDI ROAD",,250.00,,2000.00\n'
        "Statement Summary : 01-11-2026  To  21-11-2026,,,,,\n"
        "Brought Forward,Dr Count,Cr Count,Total Debits,Total Credits,Closing Balance\n"
        '"1,000.00CR",1,1,250.00,"1,250.00","2,000.00CR",,,,,\n'),
    ),
    "HDFC, written out": (
        "hdfc",
        ("Date,Narration,Chq. / Ref No.,Value Date,Withdrawal Amount,Deposit Amount,Closing Balance*\n"
        '02-11-2026,UPI-RAMESH KUMAR-R@OKSBI-SBIN0001234-431598712004-UPI,-,02-11-2026,0,"1,250.00","2,250.00"\n'
        "03-11-2026,UPI-GUPTA-G@PTM-PYTM0001234-431598712009-UPI,-,03-11-2026,250.00,0,2000.00\n"),
    ),
    "ICICI, glued": (
        "icici",
        ("Sr No,Value Date,Transaction Date,Cheque No.,Transaction Remarks,Withdrawal Amount(INR),Deposit Amount(INR),"
        "Balance(INR)\n"
        "1,02/11/2026,02/11/2026,,UPI/RAMESH KUMAR/r@oksbi/Payment/SBI/431598712004/ICI7,0.00,1250.00,2250.00\n"
        "2,03/11/2026,03/11/2026,,UPI/GUPTA/g@ptm/Payment/PAYTM/431698712999/ICI5,250.00,0.00,2000.00\n"),
    ),
    "Axis, named in full": (
        "axis",
        ("SRL NO,Tran Date,Chq No,Particulars,Debit,Credit,Balance,Init. Br\n"
        "1,02-11-2026,,UPI/P2A/431598712004/RAMESH KUMAR/UPI,,1250.00,2250.00,12\n"
        "2,03-11-2026,,UPI/P2M/431598712009/GUPTA/UPI,250.00,,2000.00,12\n"),
    ),
    "Kotak, a sign before each amount": (
        "kotak",
        ("#,Transaction Date,Value Date,Transaction Details,Chq / Ref No.,DEBIT/CREDIT(INR),BALANCE(INR)\n"
        "1,03 Nov 2026 08:35 PM,03 Nov 2026,UPI/GUPTA/YESB/431598712009/pay,UPI-1,-250.00,2000.00\n"
        '2,02 Nov 2026 10:12 AM,02 Nov 2026,UPI/RAMESH KUMAR/SBIN/431598712004/UPI,UPI-1,"+1,250.00",2250.00\n'),
    ),
    "Kotak, Dr or Cr behind each amount": (
        "kotak",
        ("Date,Narration,Chq/Ref No,Withdrawal (Dr)/Deposit (Cr),Balance\n"
        '02-11-2026,UPI/RAMESH KUMAR/431598712004/UPI,UPI-431598712004,"1,250.00(Cr)","2,250.00(Cr)"\n'
        '03-11-2026,UPI/GUPTA/431598712009/UPI,UPI-431598712009,250.00(Dr),"2,000.00(Cr)"\n'),
    ),
    "Kotak, two columns": (
        "kotak",
        ("Date,Narration,Chq/Ref No.,Withdrawal (Dr),Deposit (Cr),Balance\n"
        "02-11-2026,UPI/RAMESH KUMAR/431598712004/UPI,UPI-431598712004,,1250.00,2250.00\n"
        "03-11-2026,UPI/GUPTA/431598712009/UPI,UPI-431598712009,250.00,,2000.00\n"),
    ),
    "heads that several banks have": (
        "bank",
        ("Transaction Date,Description,Ref No,Debit,Credit,Balance\n"
        "02/11/2026,UPI/CR/431598712004/RAMESH KUMAR/SBIN,REF1,,1250.00,2250.00\n"
        "03/11/2026,UPI/DR/431598712009/GUPTA/ICIC,REF2,250.00,,2000.00\n"),
    ),
    "one column of amounts and a type": (
        "bank",
        ("Post Date,Remarks,Amount,Type,Running Balance\n"
        "02/11/2026,UPI/CR/431598712004/RAMESH KUMAR/SBIN,1250.00,CR,2250.00\n"
        "03/11/2026,UPI/DR/431598712009/GUPTA/ICIC,250.00,DR,2000.00\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HEADS)
def test_a_statement_with_other_heads_is_read_and_recognised(files: Files, what: str) -> None:
    name, table = HEADS[what]
    path = files.raw(table.encode())
    with pytest.raises(ProfileNotSure) as refused:
        files.take(path)
    assert refused.value.facts["profile"] == name
    result = files.take(path, profile=name)
    assert (rows(files), result.balance_checked) == ([RAMESH], True)
    assert len(result.passed_for["money_out"]) == 1


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("hdfc", "Date,Narration,Debit Amount,Credit Amount,Closing Balance,party"),
        ("sbi", "Txn Date,Description,Debit,Credit,Balance,party"),
        ("bank", "Date,Narration,Debit,Credit,Balance,party"),
        ("register", "Date,Party,Debit,Credit,Balance,Narration"),
    ],
)
def test_a_statement_to_which_names_were_added_is_still_one(files: Files, name: str, head: str) -> None:
    row = "02/11/2026,Ramesh,,1250.00,2250.00,Ramesh"
    with pytest.raises(ProfileNotSure) as refused:
        files.take(files.raw(f"{head}\n{row}\n".encode()))
    assert refused.value.facts["profile"] == name


def test_noughts_are_no_reference(files: Files) -> None:
    head = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance,party"
    came = "02/11/26,CASH DEPOSIT,000000000000000,02/11/26,,{},{},Ramesh"
    table = [head, came.format("5.00", "15.00"), came.format("7.00", "22.00"), ""]
    files.take(files.raw("\n".join(table).encode()), profile="hdfc")
    assert [row[5] for row in rows(files)] == [None, None]


def test_a_text_that_was_broken_at_a_width_is_read_whole(files: Files) -> None:
    table = (
        "Date,Details,Ref No/Cheque No,Debit,Credit,Balance\n"
        '10/11/2026," DEP TFR NEFT*HDFC0000123*N314260012345678*SUN\n ITA DEVI   0099509044300 AT 05199 MANDI",'
        "TRANSFER-1, ,5000.50,6000.50\n"
        '12/11/2026," DEP TFR   UPI/CR/43179871\n 2111/IMRAN KHAN/HDFC/imran   0097735162098 AT 05199 MANDI",'
        ",,750.00,6750.50\n"
    )
    files.take(files.raw(table.encode()), profile="sbi")
    assert rows(files) == [SUNITA, (CAME, "2026-11-12", 75000, "IMRAN KHAN", "upi", "431798712111")]


@pytest.mark.parametrize(
    "line",
    [
        "End of Statement",
        "Total Debits: 250.00  Total Credits: 1250.00",
        "Closing Balance: 2000.00",
        "Total Debits: 250.00,1",
    ],
)
def test_a_sentence_below_a_statement_is_no_row(files: Files, line: str) -> None:
    head, came, out = "Txn Date,Value Date,Description,Ref No./Cheque No.,Debit,Credit,Balance", "", ""
    came = "2 Nov 2026,2 Nov 2026,BY TRANSFER-UPI/CR/431598712004/RAMESH KUMAR/SBIN/r/UPI--,,,1250.00,2250.00"
    out = "3 Nov 2026,3 Nov 2026,TO TRANSFER-UPI/DR/431598712009/GUPTA/PYTM/g/UPI--,,250.00,,2000.00"
    result = files.take(files.raw(f"{head}\n{came}\n{out}\n\n{line}\n".encode()), profile="sbi")
    assert (rows(files), result.balance_checked) == ([RAMESH], True)


@pytest.mark.parametrize("short", ["2 Nov 2026,2 Nov 2026,x,9.00", "Nov 2,x,9.00", "2/11/26"])
def test_a_row_with_a_day_that_lacks_cells_is_still_a_fault(files: Files, short: str) -> None:
    head = "Txn Date,Value Date,Description,Ref No./Cheque No.,Debit,Credit,Balance"
    found = files.faults(files.raw(f"{head}\n{short}\n".encode()), profile="sbi")
    assert [fault.code for fault in found] == ["missing_cell"]


BANK = "Txn Date,Description,Debit,Credit,Balance\n2/11/2026,UPI/CR/431598712004/RAMESH KUMAR/SBIN,,1250.00,2250.00\n"


@pytest.mark.parametrize("last", ["2000.00", "2000", "2,000.00"])
def test_a_balance_that_adds_up_shows_that_the_last_row_is_whole(files: Files, last: str) -> None:
    files.take(files.raw(f'{BANK}3/11/2026,UPI/DR/1/GUPTA,250.00,,"{last}"'.encode()), profile="sbi")
    assert rows(files) == [RAMESH]


@pytest.mark.parametrize("last", ["3/11/2026,UPI/DR/1/GUPTA,250.00,,200", "3/11/2026,UPI/DR/1/GUPTA,25"])
def test_a_last_row_that_was_cut_off_is_missed(files: Files, last: str) -> None:
    assert "no_line_end" in {fault.code for fault in files.faults(files.raw(f"{BANK}{last}".encode()), profile="sbi")}


def test_what_stands_behind_the_balance_may_be_cut_off(files: Files) -> None:
    table = BANK.replace("Balance\n", "Balance,party\n").replace("2250.00\n", "2250.00,\n")
    found = files.faults(files.raw(f"{table}3/11/2026,CASH,,250.00,2500.00,Ramesh Ku".encode()), profile="sbi")
    assert [fault.code for fault in found] == ["no_line_end"]


TURNED = [
    "02-11-2026,-,UPI/P2A/431598712004/RAMESH KUMAR/UPI,1250.00,,2250.00,12",
    "03-11-2026,-,UPI/P2M/431598712009/GUPTA/UPI,,250.00,2000.00,12",
    "04-11-2026,-,ATM,,500.00,1500.00,12",
]


@pytest.mark.parametrize("newest_first", [False, True])
def test_heads_that_are_the_wrong_way_round_are_seen_by_the_balance(files: Files, newest_first: bool) -> None:
    ordered = TURNED[::-1] if newest_first else TURNED
    path = files.raw("\n".join(["Tran Date,CHQNO,PARTICULARS,DR,CR,BAL,SOL", *ordered, ""]).encode())
    found = files.faults(path, profile="axis")
    turned = [fault for fault in found if fault.code != "nobody_named"]
    assert [(fault.row, fault.code, fault.facts) for fault in turned] == [
        (1, "columns_turned", {"gave": "DR", "got": "CR"})
    ]
    files.take(path, profile="axis", mapping={"DR": "got", "CR": "gave"})
    assert rows(files) == [RAMESH]


def test_a_payment_that_came_back_is_nobodys(files: Files) -> None:
    head = "Sl. No.,Transaction Date,Description,Chq / Ref No.,Amount,Dr / Cr,Balance"
    row = "1,02-11-2026,REV-UPI/GUPTA/431598712009/UPI,UPI-1,250.00,CR,2250.00"
    found = files.faults(files.raw(f"{head}\n{row}\n".encode()), profile="kotak")
    assert [fault.code for fault in found] == ["nobody_named"]


def test_an_amount_without_a_sign_among_those_that_have_one_is_a_fault(files: Files) -> None:
    head = "Transaction Date,Transaction Details,Debit/Credit(INR),Balance(INR)"
    row = "02-11-2026,UPI/RAMESH KUMAR/SBIN/431598712004/UPI,1250.00,2250.00"
    found = files.faults(files.raw(f"{head}\n{row}\n".encode()), profile="kotak")
    assert [fault.code for fault in found] == ["sign_missing"]


def test_a_day_book_may_have_a_second_line_of_heads_and_balances(files: Files) -> None:
    table = (
        "Date,Particulars,Vch Type,Vch No.,Debit Amount,Credit Amount\n"
        ",,,,Inwards Qty,Outwards Qty\n"
        "2-Nov-26,Ramesh Kumar,Sales,7,1234.00,\n"
        ",Closing Balance,,,,\n"
    )
    files.take(files.raw(table.encode()), profile="tally")
    assert rows(files) == [("sale_recorded", "2026-11-02", 123400, "Ramesh Kumar", "", "Sales 7")]


def test_a_sales_register_of_tally_has_its_totals_in_one_column(files: Files) -> None:
    table = (
        "Date,Particulars,Voucher Type,Voucher No.,Value,Gross Total,Output CGST\n"
        "2-Nov-26,Ramesh Kumar,Sales,7,1175.24,1234.00,29.38\n"
        ",Grand Total,,,1175.24,1234.00,29.38\n"
    )
    files.take(files.raw(table.encode()), profile="tally")
    assert rows(files) == [("sale_recorded", "2026-11-02", 123400, "Ramesh Kumar", "", "Sales 7")]


def test_what_a_ledger_brings_forward_is_no_customer(files: Files) -> None:
    head = "Date,Particulars,Vch Type,Vch No.,Debit,Credit"
    path = files.raw(f"{head}\n1-Nov-26,Opening Balance,,,100.00,\n2-Nov-26,Ramesh,Sales,1,5.00,\n".encode())
    found = files.faults(path, profile="tally")
    assert [(fault.row, fault.column, fault.code) for fault in found] == [(2, "Particulars", "nobody_named")]
