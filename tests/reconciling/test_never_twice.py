"""What a stranger found: money that would have been recorded twice, for somebody else, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.reconciling.verdicts import SureLine
from khata.rules.base import Named
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.sharing import ReceiveForSeveral
from tests.books import rs, sale
from tests.reconciling.bank_counter import UTR, BankCounter, came, cheque, told, went
from tests.reconciling.test_judging import HIS, RAMESH, A, B, counter, on, paid


def test_a_cheque_that_came_back_may_be_presented_again(tmp_path: Path) -> None:
    """The second credit under its number is a payment of its own, and that of the book is not the first one."""
    bank = counter(tmp_path, paid(mode="cheque", ref="004512", day=21))
    back = went(18, 457, "CHQ RETURN - 004512 FUNDS INSUFFICIENT", ref="004512")
    found = told(bank.look(cheque(15, 457, "004512"), back, cheque(22, 457, "004512")))
    assert found == {2: "went_back", 4: ("entry", 4, "ref")}


def test_typed_days_later_it_is_asked_about_though_the_line_has_a_reference(tmp_path: Path) -> None:
    bank = counter(tmp_path, paid(day=19))
    assert told(bank.look(came(12, 457, *HIS, ref=UTR))) == {2: [(A, 4, "entry"), (A, None, "name")]}


def test_the_phone_of_one_and_the_name_of_another_are_asked_about(tmp_path: Path) -> None:
    him = DeclareParty(name="Mahesh Sharma", phone="9876543210")
    found = told(counter(tmp_path, him).look(came(20, 457, "RAMESH KUMAR", "9876543210@ybl", ref=UTR)))
    assert isinstance(found[2], list)
    assert {party for party, _, _ in found[2]} == {A, B}


@pytest.mark.parametrize("name", ["RAMESH KUMAR YADAV", "RAMISH KUMER"])
def test_a_word_more_or_another_spelling_is_not_the_name(tmp_path: Path, name: str) -> None:
    found = told(counter(tmp_path).look(came(20, 457, name, "x.y@oksbi", ref=UTR)))
    assert isinstance(found[2], list)


def test_who_pays_out_what_others_have_paid_is_nobodys_name(tmp_path: Path) -> None:
    bank = counter(tmp_path)
    bank.take(came(19, 200, "PHONEPE PRIVATE LIMITED", ref=UTR), answers={2: SureLine(A, None, "answer")})
    found = told(bank.look(came(20, 257, "PHONEPE PRIVATE LIMITED", ref="431598719999")))
    assert found[2] != ("sure", A, "name")


def test_one_payment_for_several_stands_in_the_book_by_its_shares(tmp_path: Path) -> None:
    other = sale("Sunita Devi", 900, on=on(1))
    shares = [(Named("Ramesh Kumar"), rs(300)), (Named("Sunita Devi"), rs(157))]
    bank = BankCounter(tmp_path, RAMESH, other, ReceiveForSeveral(shares=shares, mode="upi", ref=UTR, on=on(20)))
    found = bank.look(came(20, 457, *HIS, ref=UTR))
    assert told(found) == {2: ("entry", 7, "ref")}
    assert found.unseen == []


def test_what_was_learned_can_be_taken_away(tmp_path: Path) -> None:
    bank = counter(tmp_path)
    wrong = came(18, 201, "S DEVI", "sdevi77@oksbi", ref=UTR)
    bank.take(wrong, answers={2: SureLine(A, None, "answer")})
    again = came(20, 301, "S DEVI", "sdevi77@oksbi", ref="431598719999")
    assert told(bank.look(again)) == {2: ("sure", A, "vpa")}
    bank.shop.record(AmendParty(party=A, remove_aliases=("sdevi77@oksbi",)))
    assert told(bank.look(again))[2] != ("sure", A, "vpa")
