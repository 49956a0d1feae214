"""Who paid, by what a statement shows of them."""

from __future__ import annotations

from typing import Any

import pytest

from khata.importing.bank_lines import BankLine
from khata.questions.receipts import PayerKnown
from khata.reconciling.likeness import Like
from khata.reconciling.payers import Level, Payers, agree, phone_in
from khata.units import Day, Party

RAMESH, SUNITA, OTHER = Party(1), Party(2), Party(3)


def line(name: str = "", vpa: str = "", row: int = 2) -> BankLine:
    return BankLine(row, Day("2026-11-20"), 45_700, (), name, vpa, "upi", "")


def known(party: Party, name: str, **more: Any) -> PayerKnown:
    return PayerKnown(party, name, (name,), more.get("phone"), more.get("vpas", ()), more.get("payers", ()))


def found(payers: Payers, name: str = "", vpa: str = "") -> tuple[Party | None, Level, str]:
    who = payers.of(line(name, vpa))
    return who.party, who.level, who.why


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("a.b@oksbi", "a.b@oksbi", True),
        ("a.b@ok", "a.b@oksbi", True),
        ("a.b@oksbi", "a.b@ybl", False),
        ("ramesh.kum", "ramesh.kumar89@oksbi", True),
        ("ramesh", "ramesh.kumar89@oksbi", False),
        ("ramesh.kumar@", "ramesh.kumar89@oksbi", False),
    ],
)
def test_two_upi_ids_may_be_one_that_was_cut(one: str, other: str, are: bool) -> None:
    assert agree(one, other) is agree(other, one) is are


@pytest.mark.parametrize(
    ("vpa", "phone"),
    [
        ("9876543210@ybl", "9876543210"), ("9876543210-2@ybl", "9876543210"), ("919876543210@ybl", "9876543210"),
        ("9876543210", "9876543210"), ("98765432101@ybl", ""), ("1876543210@ybl", ""), ("ramesh9876543210@ybl", ""),
        ("987654321", ""),
    ],
)  # fmt: skip
def test_the_phone_is_read_off_a_upi_id_that_is_called_by_one(vpa: str, phone: str) -> None:
    assert phone_in(vpa) == phone


def test_a_whole_upi_id_that_is_known_is_himself_whatever_the_name() -> None:
    payers = Payers([known(RAMESH, "Ramesh Kumar", vpas=("xk12ab@oksbi",)), known(SUNITA, "Sunita Devi")])
    assert found(payers, "SUNITA DEVI", "xk12ab@oksbi") == (RAMESH, Level.KNOWN, "vpa")
    assert found(payers, "", "xk12ab@ybl") == (None, Level.NOTHING, "name")


def test_one_that_was_cut_needs_the_name_too() -> None:
    payers = Payers([known(RAMESH, "Ramesh Kumar", vpas=("xk12.abcdef@oksbi",)), known(SUNITA, "Sunita Devi")])
    assert found(payers, "RAMESH KU", "xk12.abcde") == (RAMESH, Level.NAMED, "vpa")
    assert found(payers, "SUNITA DE", "xk12.abcde") == (None, Level.PERHAPS, "vpa")


def test_one_that_two_customers_use_is_asked_about() -> None:
    payers = Payers(
        [known(RAMESH, "Ramesh Kumar", vpas=("shop1@oksbi",)), known(SUNITA, "Sunita Devi", vpas=("shop1@oksbi",))]
    )
    who = payers.of(line("RAMESH KUMAR", "shop1@oksbi"))
    assert (who.party, who.level, set(who.named)) == (None, Level.PERHAPS, {RAMESH, SUNITA})


def test_the_phone_in_one_is_himself_unless_two_have_it() -> None:
    one = known(RAMESH, "Ramesh Kumar", phone="+919876543210")
    assert found(Payers([one]), "ANYBODY", "9876543210-2@ybl") == (RAMESH, Level.KNOWN, "phone")
    both = Payers([one, known(SUNITA, "Sunita Devi", phone="9876543210")])
    assert found(both, "", "9876543210@ybl") == (None, Level.NOTHING, "name")


def test_a_name_in_full_is_his_where_nobody_else_may_be_meant() -> None:
    alone = Payers([known(RAMESH, "Ramesh Kumar"), known(SUNITA, "Sunita Devi")])
    assert found(alone, "RAMESH KUMAR") == (RAMESH, Level.NAMED, "name")
    assert found(alone, "R KUMAR") == (RAMESH, Level.PERHAPS, "name")
    namesakes = Payers([known(RAMESH, "Ramesh Kumar"), known(OTHER, "Ramesh Kumar (Gali 5)")])
    who = namesakes.of(line("RAMESH KUMAR"))
    assert (who.party, who.level, set(who.named)) == (None, Level.PERHAPS, {RAMESH, OTHER})


def test_a_name_of_one_word_is_anybodys() -> None:
    assert found(Payers([known(RAMESH, "Ramesh")]), "RAMESH") == (RAMESH, Level.PERHAPS, "name")


def test_a_upi_id_without_a_name_may_be_called_by_one() -> None:
    who = Payers([known(RAMESH, "Ramesh Kumar")]).of(line("", "ramesh.kumar89@oksbi"))
    assert (who.party, who.level, who.named) == (RAMESH, Level.PERHAPS, {RAMESH: Like.PART})


def test_a_line_that_is_clear_teaches_the_upi_id_and_the_name() -> None:
    payers = Payers([known(RAMESH, "Ramesh Kumar"), known(SUNITA, "Sunita Devi")])
    payers.learn(line("ASHOK TRADERS", "xk12ab@oksbi"), RAMESH)
    assert found(payers, "", "xk12ab@oksbi") == (RAMESH, Level.KNOWN, "vpa")
    assert found(payers, "ASHOK TRADERS") == (RAMESH, Level.NAMED, "name")
    assert payers.learned == {RAMESH: ({"xk12ab@oksbi": None}, {"ASHOK TRADERS": None})}


def test_a_name_of_one_word_is_anybodys_even_where_it_was_learned() -> None:
    payers = Payers([known(RAMESH, "Ramesh Kumar")])
    payers.learn(line("ASHOK", "xk12ab@oksbi"), RAMESH)
    assert found(payers, "ASHOK") == (RAMESH, Level.PERHAPS, "name")


def test_what_a_customer_is_known_by_stays_when_another_pays_from_it_once() -> None:
    payers = Payers([known(RAMESH, "Ramesh Kumar", vpas=("xk12ab@oksbi",)), known(SUNITA, "Sunita Devi")])
    payers.learn(line("RAMESH KUMAR", "xk12ab@oksbi"), SUNITA)
    assert found(payers, "RAMESH KUMAR", "xk12ab@oksbi") == (None, Level.PERHAPS, "vpa")
