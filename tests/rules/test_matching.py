"""What a statement has shown, and by what a customer is known when he pays."""

from __future__ import annotations

from khata.events.matching import MatchedLine
from khata.rules.erasure import ForgetParty
from khata.rules.matching import AT_ONCE, MOST_KEPT, LearnPayer, MatchStatement
from khata.units import Party, Seq
from tests.books import in_memory, payment, sale
from tests.rules.given import given

A = Party(1)
SHA = "5e" * 32
UTR = "431598712004"
RAISED = ("format_raised", {"min_reader": 4, "min_writer": 4})


def shown(*matched: MatchedLine) -> MatchStatement:
    return MatchStatement(sha256=SHA, file="bank.csv", matched=matched)


def test_lines_are_matched_with_entries_and_no_money_moves() -> None:
    told = given(payment("Ramesh", 100))
    told.when(shown(MatchedLine(Seq(3), 2, UTR), MatchedLine(Seq(3), 7))).then(
        RAISED,
        (
            "statement_matched",
            {"sha256": SHA, "matched": [{"entry": 3, "row": 2, "ref": UTR}, {"entry": 3, "row": 7}]},
        ),
        words={"file": "bank.csv"},
    )
    assert told.shop.balances() == {A: -10000}


def test_an_entry_that_is_not_there_is_refused() -> None:
    given(payment("Ramesh", 100)).when(shown(MatchedLine(Seq(4), 2))).refused("unknown_entry", entry=4, last=3)


def test_many_lines_are_several_entries() -> None:
    shop = in_memory()
    shop.record(payment("Ramesh", 100))
    shop.record(shown(*(MatchedLine(Seq(3), row) for row in range(2, AT_ONCE + 3))))
    assert shop.kinds()[-2:] == ["statement_matched"] * 2


def test_a_customers_upi_ids_and_names_are_details_of_his() -> None:
    given(sale("Ramesh", 100)).when(LearnPayer(party=A, vpas=["r@oksbi"], payers=["RAMESH K"])).then(
        ("party_changed", {"party": 1}), words={"name": "Ramesh", "vpas": ["r@oksbi"], "payers": ["RAMESH K"]}
    )


def test_what_is_known_already_is_no_entry() -> None:
    told = given(sale("Ramesh", 100), LearnPayer(party=A, vpas=["r@oksbi"]))
    before = told.shop.entries()
    told.shop.record(LearnPayer(party=A, vpas=["r@oksbi"], payers=[]))
    assert told.shop.entries() == before


def test_the_latest_are_kept() -> None:
    many = [f"r{number}@oksbi" for number in range(MOST_KEPT)]
    told = given(sale("Ramesh", 100), LearnPayer(party=A, vpas=many))
    told.when(LearnPayer(party=A, vpas=["new@oksbi"])).then(
        ("party_changed", {"party": 1}), words={"name": "Ramesh", "vpas": [*many[1:], "new@oksbi"]}
    )


def test_nothing_is_learned_of_nobody_or_of_one_who_is_forgotten() -> None:
    given(sale("Ramesh", 100)).when(LearnPayer(party=Party(2), vpas=["r@oksbi"])).refused("unknown_party", party=2)
    forgotten = given(sale("Ramesh", 100), payment("Ramesh", 100), ForgetParty(party=A))
    forgotten.when(LearnPayer(party=A, vpas=["r@oksbi"])).refused("party_forgotten", party=1)
