"""Tally's XML of ledgers and vouchers: what each is to a customer, and what is told in its place."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.importing import tally_reader
from khata.importing.opening import opened
from khata.importing.source import UnreadableFileError
from khata.importing.tally_reader import objects
from tests.importing.files import Files
from tests.importing.test_any_table import entries

SAMPLE = (Path(__file__).parent / "samples" / "tally-day-book.xml").read_text(encoding="utf-8")
LEDGERS = {
    "Meena": "Sundry Debtors",
    "Gopal": "Sundry Debtors",
    "Cash": "Cash-in-Hand",
    "State Bank": "Bank Accounts",
    "Sales": "Sales Accounts",
    "Bharat": "Sundry Creditors",
    "Discount": "Indirect Expenses",
    "Freight": "Direct Expenses",
    "Interest": "Indirect Incomes",
    "TDS": "Duties & Taxes",
    "Opening Balances": "Capital Account",
    "Drawings": "Capital Account",
}


def voucher(kind: str, *legs: tuple[str, str], number: str = "1", on: str = "20260403", more: str = "") -> str:
    """A voucher; an amount below nothing is a debit, as Tally has it."""
    sides = [
        f"<ALLLEDGERENTRIES.LIST><LEDGERNAME>{escape(name)}</LEDGERNAME>"
        f"<ISDEEMEDPOSITIVE>{'Yes' if amount.startswith('-') else 'No'}</ISDEEMEDPOSITIVE>"
        f"<AMOUNT>{amount}</AMOUNT></ALLLEDGERENTRIES.LIST>"
        for name, amount in legs
    ]
    head = f"<DATE>{on}</DATE><VOUCHERTYPENAME>{kind}</VOUCHERTYPENAME><VOUCHERNUMBER>{number}</VOUCHERNUMBER>"
    return f'<VOUCHER VCHTYPE="{kind}">{head}{more}{"".join(sides)}</VOUCHER>'


def said(text: str) -> str:
    return f"<NARRATION>{text}</NARRATION>"


def ledger(name: str, group: str, begins: str = "") -> str:
    return (
        f'<LEDGER NAME="{escape(name)}"><PARENT>{escape(group)}</PARENT>'
        f"<OPENINGBALANCE>{begins}</OPENINGBALANCE></LEDGER>"
    )


def file(*inside: str, ledgers: bool = True) -> bytes:
    masters = [ledger(name, group) for name, group in LEDGERS.items()] if ledgers else []
    return f"<ENVELOPE><BODY><DATA>{''.join([*masters, *inside])}</DATA></BODY></ENVELOPE>".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_day_book_of_tally_is_read_by_any_of_its_letters(files: Files, encoding: str) -> None:
    result = files.take(files.raw(SAMPLE.encode(encoding)))
    assert (result.profile, result.rows, result.recorded, list(result.passed_over)) == (
        "tally-xml", 10, 10, [11, 12, 13, 14],
    )  # fmt: skip
    assert result.found == {
        "kind": "tally-xml",
        "vouchers": 12,
        "ledgers": 15,
        "openings_on": "2026-03-31",
        "passed": {
            "cancelled": {"count": 1, "vouchers": ["Sales 8"]},
            "optional": {"count": 1, "vouchers": ["Sales 9"]},
            "no_customer": {"count": 1, "vouchers": ["Purchase 1"]},
            "beside": {"count": 1, "vouchers": ["Sales Order 1"]},
        },
    }
    assert entries(files) == [
        ("opening_recorded", "2026-03-31", 125050, 1),
        ("opening_recorded", "2026-03-31", 30000, 2),
        ("sale_recorded", "2026-04-03", 118000, 1),
        ("sale_recorded", "2026-04-03", 20000, None),
        ("payment_received", "2026-04-05", 240000, 1),
        ("sale_recorded", "2026-04-06", 50000, 3),
        ("goods_returned", "2026-04-07", 11800, 3),
        ("charge_made", "2026-04-08", 2000, 3),
        ("money_refunded", "2026-04-09", 10000, 2),
        ("debt_written_off", "2026-04-10", 5200, 3),
    ]
    assert files.shop.balances() == {2: -20000, 3: 30000}
    refs = [each.event.ref for each in files.shop.recorded() if hasattr(each.event, "ref")]
    assert refs == [
        None, None, "Sales 1 2026-27", "Counter Bill 1 2026-27", "Receipt 1 2026-27", "INV/26-27/7",
        "Credit Note 1 2026-27", "Debit Note 1 2026-27", "Payment 1 2026-27", "Journal 1 2026-27",
    ]  # fmt: skip
    sale = next(
        each.event for each in files.shop.recorded() if each.on == "2026-04-03" and each.event.KIND == "sale_recorded"
    )
    assert sale.party == 1


def test_what_is_exported_again_with_more_in_it_is_known_by_its_numbers(files: Files) -> None:
    files.take(files.raw(file(voucher("Sales", ("Meena", "-10"), ("Sales", "10")))))
    more = file(
        voucher("Sales", ("Meena", "-10"), ("Sales", "10")),
        voucher("Receipt", ("Meena", "4"), ("Cash", "-4")),
        voucher("Sales", ("Meena", "-10"), ("Sales", "10"), on="20270401"),
    )
    files.shop.clock.set(days=300)
    result = files.take(files.raw(more))
    assert (result.rows, result.recorded, [row for row, _ in result.duplicates]) == (3, 2, [1])


def test_what_a_ledger_begins_with_is_not_added_to_what_the_book_has(files: Files) -> None:
    """A file of the next year has the openings again, and says of none on which day it stands."""
    ones = ledger("Lata", "Sundry Debtors", "-7.00"), ledger("Mohan", "Sundry Debtors", "-8.00")
    files.take(files.raw(file(*ones, voucher("Sales", ("Lata", "-5"), ("Sales", "5")))))
    later = file(
        *ones,
        ledger("Nina", "Sundry Debtors", "-9.00"),
        voucher("Sales", ("Lata", "-5"), ("Sales", "5"), on="20270403"),
    )
    files.shop.clock.set(days=300)
    found = files.faults(files.raw(later))
    assert [(each.row, each.code, each.value) for each in found] == [
        (1, "brought_again", "Lata"), (2, "brought_again", "Mohan"),
    ]  # fmt: skip
    aside = files.folder / "aside.csv"
    result = files.take(files.raw(later), rejects=aside, said=lambda fault: fault.code)
    assert (result.recorded, len(result.rejected)) == (2, 2)
    assert files.shop.balances() == {1: 1700, 2: 800, 3: 900}
    again = files.take(files.raw(later.replace(b"R>1<", b"R>2<")), same_rows="record")
    assert again.recorded == 4


def test_a_phone_that_cannot_be_kept_is_told_and_the_customer_comes_without_it(files: Files) -> None:
    lata = ledger("Lata", "Sundry Debtors", "-7.00").replace("</LEDGER>", "<LEDGERMOBILE>{}</LEDGERMOBILE></LEDGER>")
    mohan = lata.replace("Lata", "Mohan").format("98765 43210")
    result = files.take(files.raw(file(lata.format("ask her son"), mohan)))
    assert result.recorded == 2
    assert [(each["row"], each["value"], each["code"]) for each in result.worth_a_look] == [
        (1, "ask her son", "phone_left_out")
    ]
    records = dict(files.shop.books.cache.connection.execute("SELECT party, record FROM party"))
    assert ("phone" in records[1], "9876543210" in records[2]) == (False, True)


def test_how_far_the_reading_is_can_be_seen(files: Files) -> None:
    contents = file(*[voucher("Sales", ("Meena", "-10"), ("Sales", "10"))] * 1000)
    told: list[tuple[int, int | None]] = []
    with opened(files.raw(contents), tell=lambda done, of: told.append((done, of))):
        assert len(told) > 1
        assert told[-1] == (len(contents), None)


def test_a_dry_run_records_nothing_and_says_what_it_is(files: Files) -> None:
    before = files.shop.entries()
    result = files.take(files.raw(SAMPLE.encode()), dry_run=True)
    assert (result.recorded, result.import_id, files.shop.entries()) == (10, None, before)


def test_the_profile_that_is_asked_for_does_not_change_what_it_is(files: Files) -> None:
    assert files.take(files.raw(SAMPLE.encode()), profile="register").profile == "tally-xml"


MEANT: list[tuple[str, Sequence[tuple[str, str]], tuple[str, int] | str]] = [
    ("Journal", [("Discount", "-5"), ("Meena", "5")], ("discount_allowed", 500)),
    ("Credit Note", [("Discount", "-5"), ("Meena", "5")], ("discount_allowed", 500)),
    ("Journal", [("Meena", "-5"), ("Interest", "5")], ("charge_made", 500)),
    ("Sales", [("Meena", "-5"), ("Interest", "5")], ("sale_recorded", 500)),
    ("Journal", [("Meena", "-5"), ("Sales", "5")], ("sale_recorded", 500)),
    ("Debit Note", [("Meena", "-5"), ("Sales", "5")], ("charge_made", 500)),
    ("Journal", [("Meena", "-5"), ("Opening Balances", "5")], ("opening_recorded", 500)),
    ("Sales", [("Meena", "-118"), ("Sales", "100"), ("TDS", "8"), ("Freight", "10")], ("sale_recorded", 11800)),
    ("Sales", [("Meena", "-90"), ("Discount", "-10"), ("Sales", "100")], ("sale_recorded", 9000)),
    ("Receipt", [("Meena", "5"), ("State Bank", "-5")], ("payment_received", 500)),
    ("Receipt", [("Meena", "5"), ("State Bank", "-2"), ("Cash", "-3")], "two_modes"),
    ("Receipt", [("Meena", "5"), ("Gopal", "5"), ("Cash", "-10")], "two_customers"),
    ("Journal", [("Meena", "-5"), ("Gopal", "5")], "two_customers"),
    ("Journal", [("Meena", "5"), ("Bharat", "-5")], "other_ledger"),
    ("Journal", [("Meena", "5"), ("Drawings", "-5")], "other_ledger"),
    ("Receipt", [("Meena", "100"), ("Cash", "-90"), ("TDS", "-10")], "mixed"),
    ("Receipt", [("Meena", "90"), ("Discount", "10"), ("Cash", "-100")], "mixed"),
    ("Journal", [("Meena", "-5"), ("Discount", "5")], "mixed"),
    ("Journal", [("Meena", "5"), ("Freight", "-5")], "mixed"),
    ("Journal", [("Meena", "5"), ("Interest", "-5")], "mixed"),
    ("Sales", [("Meena", "50"), ("Cash", "-150"), ("Sales", "100")], "mixed"),
    ("Sales", [("Meena", "-5"), ("Sales", "4")], "unbalanced"),
    ("Sales", [("Meena", "-5.001"), ("Sales", "5.001")], "amount"),
    ("Sales", [("Meena", "-$5 @ ₹80/$ = -₹400"), ("Sales", "400")], "amount"),
    ("Sales", [("Somebody", "-5"), ("Sales", "5")], "ledger_not_told"),
    ("Sales", [], "no_sides"),
    ("Sales", [("Bharat", "-5"), ("Sales", "5")], "no_debtor"),
    ("Web Bill", [("Meena", "-5"), ("Sales", "5")], "type"),
]


@pytest.mark.parametrize(("kind", "legs", "meant"), MEANT)
def test_what_a_voucher_is(files: Files, kind: str, legs: list[tuple[str, str]], meant: tuple[str, int] | str) -> None:
    path = files.raw(file(voucher(kind, *legs, number="7")))
    if isinstance(meant, str):
        (fault,) = files.faults(path)
        assert (fault.row, fault.column, fault.value) == (1, "VOUCHER", f"{kind} 7")
        assert (fault.code, fault.facts["what"]) == ("voucher_not_understood", meant)
    else:
        assert files.take(path).recorded == 1
        assert entries(files)[-1][::2] == meant


@pytest.mark.parametrize(
    ("kind", "legs"),
    [
        ("Contra", [("State Bank", "-5"), ("Cash", "5")]),
        ("Journal", [("Freight", "-5"), ("Bharat", "5")]),
        ("Payment", [("Bharat", "-5"), ("Cash", "5")]),
        ("Journal", [("Sales", "-5"), ("Drawings", "5")]),
        ("Payment", [("Freight", "-4"), ("Cash", "5")]),
    ],
)
def test_what_is_no_customers_is_passed_over_and_told(files: Files, kind: str, legs: list[tuple[str, str]]) -> None:
    sale = voucher("Sales", ("Meena", "-5"), ("Sales", "5"), number="2")
    result = files.take(files.raw(file(voucher(kind, *legs), sale)))
    assert (result.recorded, list(result.passed_over)) == (1, [1])
    assert result.found is not None
    assert result.found["passed"] == {"no_customer": {"count": 1, "vouchers": [f"{kind} 1"]}}


def test_what_is_set_aside_is_a_row_to_be_completed(files: Files) -> None:
    tax = voucher("Receipt", ("Meena", "100"), ("Cash", "-90"), ("TDS", "-10"), number="4", more=said("less tax"))
    both = voucher("Journal", ("Meena", "-5"), ("Gopal", "5"), number="J/5")
    sale = voucher("Sales", ("Meena", "-5"), ("Sales", "5"), number="2")
    aside = files.folder / "aside.csv"
    result = files.take(files.raw(file(tax, both, sale)), rejects=aside, said=lambda fault: str(fault.facts["what"]))
    assert (result.recorded, len(result.rejected)) == (1, 2)
    assert aside.read_text(encoding="utf-8-sig").splitlines() == [
        "date,type,party,amount,mode,paid,ref,note,phone,discount,khata_reason",
        "20260403,,Meena,100.00,,,Receipt 4 2026-27,less tax,,,mixed",
        "20260403,,,,,,J/5,,,,two_customers",
    ]


def test_a_side_that_contradicts_its_sign_is_a_fault(files: Files) -> None:
    crooked = voucher("Sales", ("Meena", "-5"), ("Sales", "5")).replace("Yes", "No")
    assert files.faults(files.raw(file(crooked)))[0].facts["what"] == "side"


def test_two_ledgers_that_khata_takes_for_one_customer_are_a_fault(files: Files) -> None:
    both = ledger("ＭＥＥＮＡ", "Sundry Debtors"), voucher("Sales", ("Meena", "-5"), ("Sales", "5"))
    (fault,) = files.faults(files.raw(file(*both)))
    assert fault.facts == {
        "column": "VOUCHER",
        "value": "Sales 1",
        "what": "ledgers_alike",
        "names": "Meena, ＭＥＥＮＡ",
    }


def test_a_ledger_that_is_called_like_a_number_is_nobody_that_the_book_has(files: Files) -> None:
    files.rows("2026-04-01,sale,Ramesh,100")
    inside = ledger("@1", "Sundry Debtors", "-7.00"), voucher("Sales", ("@1", "-5"), ("Sales", "5"))
    files.take(files.raw(file(*inside)))
    assert files.shop.balances() == {1: 10000, 2: 1200}


@pytest.mark.parametrize(
    ("begins", "owed"),
    [("-5.00", 500), ("5", -500), ("5.00 Dr", 500), ("5.00 Cr", -500), ("-5.50000", 550)],
)
def test_what_a_ledger_begins_with(files: Files, begins: str, owed: int) -> None:
    files.take(files.raw(file(ledger("Lata", "Sundry Debtors", begins))))
    assert files.shop.balances() == {1: owed}
    assert entries(files)[-1][1] == "2026-03-31"  # nothing says the day: before the year of today


def test_what_a_ledger_begins_with_and_cannot_be_read_is_a_fault(files: Files) -> None:
    (fault,) = files.faults(files.raw(file(ledger("Lata", "Sundry Debtors", "about 5"))))
    assert (fault.row, fault.column, fault.value, fault.facts["what"]) == (1, "OPENINGBALANCE", "Lata", "amount")


def test_a_bad_day_is_a_fault_of_the_voucher(files: Files) -> None:
    bad = [voucher("Sales", ("Meena", "-5"), ("Sales", "5"), on=on, number=on) for on in ("20260231", "", "20271231")]
    assert [(each.row, each.code) for each in files.faults(files.raw(file(*bad)))] == [
        (1, "bad_day"), (2, "empty_cell"), (3, "future_day"),
    ]  # fmt: skip


def test_a_note_that_only_looks_like_khatas_own_stays_a_note(files: Files) -> None:
    mine = voucher("Sales", ("Meena", "-5"), ("Sales", "5"), number="12", more=said("chairs 12"))
    other = voucher("Sales", ("Meena", "-5"), ("Sales", "5"), number="13", more=said("sale 12"))
    taken = voucher("Receipt", ("Meena", "5"), ("Cash", "-5"), number="14", more=said("reverse 14, cancels 13"))
    files.take(files.raw(file(mine, other, taken)))
    refs = [each.event.ref for each in files.shop.recorded() if hasattr(each.event, "ref")]
    assert refs == ["Sales 12 2026-27", "Sales 13 2026-27", None]  # the last one is in its form, and takes nothing back
    assert files.shop.balances() == {1: 500}


def test_it_may_come_through_a_pipe(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    out, into = os.pipe()
    with os.fdopen(out) as stdin, os.fdopen(into, "wb") as to:
        to.write(file(voucher("Sales", ("Meena", "-5"), ("Sales", "5"))))
        to.close()
        monkeypatch.setattr(sys, "stdin", stdin)
        assert files.take("-").recorded == 1


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><ENVELOPE><LEDGER NAME="&b;"/></ENVELOPE>'


@pytest.mark.parametrize(
    ("contents", "code", "what"),
    [
        (BOMB.encode(), "bad_xml", "doctype"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><ENVELOPE><LEDGER NAME="x"/></ENVELOPE>', "bad_xml", "doctype"),
        (b"<ENVELOPE>" + b"<A>" * 70 + b"</A>" * 70 + b"</ENVELOPE>", "bad_xml", "deep"),
        (file(voucher("Sales", ("Meena", "-5"), ("Sales", "5")))[:-40], "bad_xml", None),
        (file(voucher("Sales", more="caf\xe9")).replace(b"\xc3\xa9", b"\xe9"), "bad_xml", "letters"),
        (file(f"<VOUCHER><NARRATION>{'x' * 10_001}</NARRATION></VOUCHER>"), "cell_too_long", None),
        (file(f'<VOUCHER VCHTYPE="{"x" * (1 << 21)}"/>'), "line_too_long", None),
        (b"<ENVELOPE><HEADER><STATUS>0</STATUS></HEADER></ENVELOPE>", "no_vouchers", None),
        (b"<ENVELOPE>&nobody;</ENVELOPE>", "bad_xml", None),
    ],
    ids=range(9),
)  # fmt: skip
def test_xml_that_is_none_or_means_harm_is_a_fault(files: Files, contents: bytes, code: str, what: str | None) -> None:
    (fault,) = files.faults(files.raw(contents))
    assert (fault.code, fault.facts.get("what")) == (code, what)


@given(st.text(max_size=40), st.integers(1, 7))
def test_a_reference_that_xml_does_not_have_is_left_out_wherever_the_file_is_cut(text: str, size: int) -> None:
    kept = "".join(each for each in text if each.isprintable())
    content = f"<E><LEDGER NAME='x'><A>&#4; {escape(kept)}&#x1F;&#65;\x02</A></LEDGER></E>".encode()
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    (node,) = objects(chunks, frozenset(("LEDGER",)))
    assert node.first("A") == f"{kept}A".strip()


def test_no_more_is_held_than_one_voucher(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of vouchers needs no more room than one: each is taken before the next chunk is read."""
    read = 0

    def chunks() -> Any:
        nonlocal read
        yield b"<E>"
        for _ in range(200):
            read += 1
            yield b"<VOUCHER><DATE>20260401</DATE></VOUCHER>" + b" " * 100
        yield b"</E>"

    for nth, _ in enumerate(objects(chunks(), frozenset(("VOUCHER",))), start=1):
        assert read <= nth + 1
    monkeypatch.setattr(tally_reader, "MOST_PARTS", 3)
    with pytest.raises(UnreadableFileError):
        list(objects([b"<E><VOUCHER>" + b"<A/>" * 9 + b"</VOUCHER></E>"], frozenset(("VOUCHER",))))
