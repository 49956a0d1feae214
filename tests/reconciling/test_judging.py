"""Each line of a statement against the book: matched, sure, asked about, or left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from khata.reconciling.verdicts import LineVerdict, SureLine
from khata.rules.base import Command, Named
from khata.rules.pending import BeginPayment
from khata.units import Day, Party
from tests.books import payment, rs, sale
from tests.reconciling.bank_counter import UTR, BankCounter, came, cheque, told, went

A, B = Party(1), Party(2)
RAMESH = sale("Ramesh Kumar", 457, on=Day("2026-11-01"))
"""Entry 3; he is @1."""
OTHER_UTR = "431598719999"
HIS = ("RAMESH KUMAR", "ramesh.k@oksbi")


def on(day: int) -> Day:
    return Day(f"2026-11-{day:02}")


def paid(rupees: int = 457, day: int = 20, **more: Any) -> Command:
    """Entry 4, typed by hand."""
    return payment("Ramesh Kumar", rupees, **{"mode": "upi", "on": on(day)} | more)


@pytest.fixture
def bank(tmp_path: Path) -> BankCounter:
    return BankCounter(tmp_path, RAMESH)


def counter(tmp_path: Path, *past: Command) -> BankCounter:
    return BankCounter(tmp_path, RAMESH, *past)


# --- by its reference


@pytest.mark.parametrize("day", [20, 2])
def test_a_reference_that_the_book_has_is_that_entry_whatever_the_day(tmp_path: Path, day: int) -> None:
    bank = counter(tmp_path, paid(day=day, ref=UTR))
    assert told(bank.look(came(20, 457, "SOMEBODY ELSE", ref=UTR))) == {2: ("entry", 4, "ref")}


def test_another_amount_under_the_same_reference_is_asked_about(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(475, ref=UTR))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: [(A, 4, "ref")]}


def test_a_reference_with_one_digit_wrong_is_that_entry(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(ref=UTR.replace("7120", "7210")))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: ("entry", 4, "name")}
    assert told(bank.look(came(20, 457, *HIS, ref=OTHER_UTR))) == {2: ("sure", A, "name")}


def test_a_cheque_is_known_by_its_number(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(mode="cheque", ref="004512", day=10))
    assert told(bank.look(cheque(20, 457, "004512"))) == {2: ("entry", 4, "ref")}


def test_the_same_reference_twice_in_a_file_is_one_payment(bank: BankCounter) -> None:
    found = bank.take(came(20, 457, *HIS, ref=UTR), came(20, 457, *HIS, ref=UTR))
    assert told(found) == {2: ("sure", A, "name"), 3: ("entry", 5, "again")}


# --- typed without one


def test_typed_for_that_day_without_a_reference_is_that_line(tmp_path: Path) -> None:
    assert told(counter(tmp_path, paid()).look(came(20, 457, *HIS, ref=UTR))) == {2: ("entry", 4, "name")}


def test_typed_for_another_day_without_a_reference_is_asked_about(tmp_path: Path) -> None:
    assert told(counter(tmp_path, paid(day=18)).look(came(20, 457, *HIS, ref=UTR))) == {
        2: [(A, 4, "entry"), (A, None, "name")]
    }


def test_the_last_digits_in_a_note_are_as_good_as_the_reference(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(day=18, note=f"upi {UTR[-6:]}"))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: ("entry", 4, "name")}
    assert told(bank.look(came(20, 457, *HIS, ref=OTHER_UTR))) == {2: ("sure", A, "name")}


def test_typed_twice_is_asked_about_unless_one_has_the_reference(tmp_path: Path) -> None:
    line = came(20, 457, *HIS, ref=UTR)
    assert told(counter(tmp_path, paid(), paid(note="again")).look(line))[2][:2] == [(A, 4, "entry"), (A, 5, "entry")]
    assert told(counter(tmp_path, paid(), paid(ref=UTR)).look(line)) == {2: ("entry", 5, "ref")}


def test_two_lines_and_one_entry_are_asked_about(tmp_path: Path) -> None:
    found = told(counter(tmp_path, paid()).look(came(20, 457, *HIS, ref=UTR), came(20, 457, *HIS, ref=OTHER_UTR)))
    assert found == {row: [(A, 4, "entry"), (A, None, "name")] for row in (2, 3)}


def test_as_much_in_cash_that_day_is_asked_about(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(mode="cash"))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: [(A, 4, "cash"), (A, None, "name")]}


def test_nearly_as_much_that_day_is_asked_about(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(475))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR)))[2][0] == (A, 4, "amount")


def test_two_parts_of_it_are_asked_about(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(207), paid(250))
    found = told(bank.look(came(20, 457, *HIS, ref=UTR)))[2]
    assert found[:2] == [(A, 4, "parts"), (A, 5, "parts")]


def test_of_several_of_that_name_one_has_typed_just_this(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, sale("Ramesh Kumar (Gali 5)", 100), RAMESH, paid())
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: ("entry", 6, "entry")}


def test_of_a_name_that_nobody_has_the_entry_over_that_sum_is_asked_about(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid())
    assert told(bank.look(came(20, 457, "XYZ ABC", ref=UTR)))[2][0] == (A, 4, "entry")
    assert told(counter(tmp_path, paid(500)).look(came(20, 500, "XYZ ABC", ref=UTR))) == {2: "nobody"}


def test_an_entry_that_has_its_line_stands_for_no_other_one(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(ref=UTR))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR), came(20, 457, *HIS))) == {
        2: ("entry", 4, "ref"),
        3: ("sure", A, "vpa"),
    }


def test_of_an_entry_that_has_this_reference_nothing_is_noted_but_who_pays_so(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(ref=UTR))
    bank.take(came(20, 457, *HIS, ref=UTR))
    assert bank.shop.kinds()[4:] == ["party_changed"]


# --- not in the book


def test_a_name_and_just_what_was_owed_are_sure(bank: BankCounter) -> None:
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: ("sure", A, "name")}


@pytest.mark.parametrize("rupees", [100, 458])
def test_a_name_and_another_amount_are_asked_about(bank: BankCounter, rupees: int) -> None:
    assert told(bank.look(came(20, rupees, *HIS, ref=UTR))) == {2: [(A, None, "name")]}


def test_a_name_and_a_round_amount_are_asked_about_even_where_it_was_owed(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, sale("Ramesh Kumar", 500, on=on(1)))
    assert told(bank.look(came(20, 500, *HIS, ref=UTR))) == {2: [(A, None, "name")]}


def test_a_name_that_two_have_is_asked_about_whoever_owes_it_first(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, sale("Ramesh Kumar (Gali 5)", 100), RAMESH)
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: [(B, None, "name"), (A, None, "name")]}


def test_an_amount_alone_is_a_guess_and_asked_about(bank: BankCounter) -> None:
    assert told(bank.look(came(20, 457, "XYZ ABC", ref=UTR))) == {2: [(A, None, "amount")]}
    assert told(bank.look(came(20, 100, "XYZ ABC", ref=UTR))) == {2: "nobody"}


def test_a_phone_in_the_upi_id_is_sure_whatever_the_amount(tmp_path: Path) -> None:
    from khata.rules.party import DeclareParty

    bank = BankCounter(tmp_path, DeclareParty(name="Ramesh", phone="9876543210"))
    assert told(bank.look(came(20, 100, "XYZ ABC", "9876543210-2@ybl", UTR))) == {2: ("sure", A, "phone")}


def test_a_name_in_devanagari_is_read(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, sale("रमेश कुमार", 457, on=on(1)))
    assert told(bank.look(came(20, 457, *HIS, ref=UTR))) == {2: ("sure", A, "name")}


# --- what went back, and what is on its way


def test_a_cheque_that_came_back_is_left_with_the_row_by_which_it_did(bank: BankCounter) -> None:
    found = bank.look(cheque(18, 457, "004512"), went(20, 457, "CHQ RETURN - 4512 FUNDS INSUFFICIENT", "0000004512"))
    assert told(found) == {2: "went_back"}
    assert found.returned == {2: 3}


def test_what_came_by_upi_and_was_sent_back_is_no_payment(bank: BankCounter) -> None:
    found = bank.look(came(18, 457, *HIS, ref=UTR), went(19, 457, f"UPI REVERSAL {UTR}"))
    assert told(found) == {2: "went_back"}


def test_one_that_stands_in_the_book_is_matched_all_the_same(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(mode="cheque", ref="004512", day=18))
    found = bank.look(cheque(18, 457, "004512"), went(20, 457, "CHQ RETURN - 004512 FUNDS INSUFFICIENT"))
    assert told(found) == {2: ("entry", 4, "ref")}
    assert found.returned == {2: 3}


@pytest.mark.parametrize("ref", [None, UTR])
def test_a_payment_on_its_way_has_come_with_its_line(tmp_path: Path, ref: str | None) -> None:
    begun = BeginPayment(party=Named("Ramesh Kumar"), amount_paise=rs(457), ref=ref, on=on(20))
    bank = counter(tmp_path, begun)
    assert bank.last() == 5
    lines = [came(20, 457, *HIS, ref=UTR)]
    found = bank.take(*lines)
    (one,) = found.recorded
    assert (one.party, one.confirms, one.why) == (A, 5, "ref" if ref else "name")
    made = {each.seq: each for each in bank.shop.recorded()}
    assert one.entry is not None
    assert (made[one.entry].event.KIND, made[one.entry].on) == ("payment_received", "2026-11-20")
    assert bank.shop.balances() == {}
    assert told(bank.take(*lines)) == {2: ("entry", one.entry, "ref")}


def test_its_reference_with_another_amount_is_left(tmp_path: Path) -> None:
    bank = counter(tmp_path, BeginPayment(party=Named("Ramesh Kumar"), amount_paise=rs(475), ref=UTR))
    assert told(bank.take(came(20, 457, *HIS, ref=UTR))) == {2: "on_its_way"}


def test_the_answer_that_one_on_its_way_is_meant_confirms_it(tmp_path: Path) -> None:
    begun = BeginPayment(party=Named("Ramesh Kumar"), amount_paise=rs(500), on=on(18))
    bank = counter(tmp_path, begun, begun)
    (asked,) = (statement := bank.file(came(20, 500, "R KUMAR", ref=UTR))).reconcile({}, record=True).doubtful.values()
    assert [each.entry for each in asked.candidates] == [5, 6, None]
    answers: dict[int, LineVerdict] = {2: SureLine(A, asked.candidates[0].entry, "answer")}
    (one,) = statement.reconcile(answers, record=True).recorded
    assert one.confirms == 5
    assert bank.shop.kinds()[-1] != "statement_matched"
    assert bank.shop.balances() == {A: -rs(43)}
