"""Statements that come again, that overlap, that were taken back; other counters, other books' states, closed days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khata.reconciling import run
from khata.reconciling.verdicts import LeftOver, SureLine
from khata.rules.base import Named
from khata.rules.correction import ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.locking import LockPeriod, PeriodIsLocked
from khata.rules.merging import JoinParties
from khata.rules.party import AmendParty
from khata.units import Day, Party, Seq
from khata.writing import handle
from tests.books import on_disk, payment, sale
from tests.reconciling.bank_counter import UTR, BankCounter, came, told, went

A, B = Party(1), Party(2)
RAMESH = sale("Ramesh Kumar", 457, on=Day("2026-11-01"))
HIS = ("RAMESH KUMAR", "ramesh.k@oksbi")
LINE = came(20, 457, *HIS, ref=UTR)
NEXT = came(21, 100, *HIS, ref="431598712005")


@pytest.fixture
def bank(tmp_path: Path) -> BankCounter:
    return BankCounter(tmp_path, RAMESH)


def test_what_is_sure_is_recorded_as_a_row_of_an_import_and_the_payer_is_learned(bank: BankCounter) -> None:
    found = bank.take(LINE)
    (one,) = found.recorded
    assert bank.shop.kinds()[3:] == ["import_started", "payment_received", "party_changed"]
    assert (found.import_id, one.entry) == (4, 5)
    recorded = bank.shop.recorded()[4]
    assert (recorded.on, recorded.event.ref) == ("2026-11-20", UTR)
    assert bank.shop.balances() == {}


def test_a_file_that_comes_again_or_overlaps_records_only_what_is_new(bank: BankCounter) -> None:
    bank.take(LINE)
    before = len(bank.shop.entries())
    assert told(bank.take(LINE)) == {2: ("entry", 5, "again")}
    assert len(bank.shop.entries()) == before
    assert told(bank.take(LINE, NEXT)) == {2: ("entry", 5, "ref"), 3: ("sure", A, "vpa")}


def test_a_line_without_a_reference_is_known_again_by_its_row(bank: BankCounter) -> None:
    statement = bank.file(came(20, 457, *HIS))
    assert told(statement.reconcile({}, record=True)) == {2: ("sure", A, "name")}
    before = len(bank.shop.entries())
    assert told(statement.reconcile({}, record=True)) == {2: ("entry", 5, "again")}
    assert len(bank.shop.entries()) == before


def test_what_was_recorded_and_taken_back_is_asked_about_and_not_recorded_again(bank: BankCounter) -> None:
    statement = bank.file(LINE)
    entry = statement.reconcile({}, record=True).recorded[0].entry
    assert entry is not None
    bank.shop.record(ReverseEntry(entry=entry, reason="not his"))
    before = len(bank.shop.entries())
    for again in (statement, bank.file(LINE, came(21, 7, "XYZ ABC"))):
        assert told(again.reconcile({}, record=True))[2][0] == (A, None, "vpa")
    assert len(bank.shop.entries()) == before


def test_an_answer_records_a_line_and_what_it_teaches_makes_the_next_one_clear(bank: BankCounter) -> None:
    bank.shop.record(sale("Sunita Devi", 900))
    first = came(20, 50, "ASHOK T", "xk12ab@ybl", UTR)
    statement = bank.file(first, came(21, 60, "ASHOK T", "xk12ab@ybl", "431598712005"))
    assert told(statement.reconcile({}, record=True)) == {2: "nobody", 3: "nobody"}
    found = statement.reconcile({2: SureLine(B, None, "answer")}, record=True)
    assert told(found) == {2: ("sure", B, "answer"), 3: ("sure", B, "vpa")}
    assert bank.shop.balances()[B] == 79000


def test_an_answer_names_an_entry_or_says_that_it_is_nobodys(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, RAMESH, payment("Ramesh Kumar", 475, mode="upi", on=Day("2026-11-20")))
    statement = bank.file(LINE, NEXT)
    found = statement.reconcile({2: SureLine(A, Seq(4), "answer"), 3: LeftOver("answer")}, record=True)
    assert told(found) == {2: ("entry", 4, "answer"), 3: "answer"}
    assert bank.shop.kinds()[4:] == ["party_changed", "format_raised", "statement_matched"]
    assert told(bank.look(LINE))[2] == [(A, 4, "ref")]


def test_two_counters_reconcile_one_file_and_it_is_recorded_once(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, RAMESH)
    other = BankCounter(tmp_path / "other", shop=bank.shop.at_counter("Sita"))
    other.folder.mkdir()
    here, there = bank.file(LINE), other.file(LINE)
    assert told(here.reconcile({}, record=False)) == told(there.reconcile({}, record=False))
    assert told(here.reconcile({}, record=True)) == {2: ("sure", A, "name")}
    assert told(there.reconcile({}, record=True)) == {2: ("entry", 5, "again")}


def test_a_book_that_moved_on_meanwhile_is_looked_at_again(bank: BankCounter, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def meanwhile(commands: Any, books: Any, **more: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            bank.shop.at_counter("Sita").record(payment("Ramesh Kumar", 457, mode="upi", on=Day("2026-11-20")))
        return handle(commands, books, **more)

    monkeypatch.setattr(run, "handle", meanwhile)
    assert told(bank.take(LINE)) == {2: ("entry", 5, "name")}
    assert bank.shop.balances() == {}


def test_a_customer_who_is_forgotten_is_not_known_by_anything_any_more(tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    shop = on_disk(path, tmp_path / "cache")
    bank = BankCounter(tmp_path, RAMESH, shop=shop)
    bank.take(LINE)
    assert b"ramesh.k@oksbi" in path.read_bytes()
    shop.record(ForgetParty(party=A))
    assert told(bank.look(NEXT)) == {2: "nobody"}
    shop.books.rebuild()
    assert told(bank.look(NEXT)) == {2: "nobody"}
    shop.close_views()
    left = b"".join(each.read_bytes() for each in [*tmp_path.glob("shop.khata*"), *tmp_path.glob("cache/*")])
    assert b"ramesh.k@oksbi" not in left


def test_of_two_khatas_of_one_person_the_payments_are_one_persons(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, RAMESH, sale("Ramu", 100))
    bank.take(came(20, 457, *HIS, ref=UTR))
    bank.shop.record(JoinParties(party=B, other=A))
    assert told(bank.look(NEXT)) == {2: ("sure", B, "vpa")}
    assert told(bank.look(LINE)) == {2: ("entry", 7, "again")}


def test_a_new_name_keeps_what_was_learned(bank: BankCounter) -> None:
    bank.take(LINE)
    bank.shop.record(AmendParty(party=A, name="Ramu"))
    assert told(bank.look(NEXT)) == {2: ("sure", A, "vpa")}


def test_a_line_of_a_locked_day_is_refused_and_nothing_is_recorded(bank: BankCounter) -> None:
    bank.shop.record(LockPeriod(upto=Day("2026-11-20")))
    before = len(bank.shop.entries())
    with pytest.raises(PeriodIsLocked) as refused:
        bank.take(LINE)
    assert refused.value.facts["on"] == "2026-11-20"
    assert len(bank.shop.entries()) == before
    found = bank.take(came(21, 457, *HIS, ref=UTR))
    assert [each.party for each in found.recorded] == [A]


def test_what_the_book_has_of_these_days_and_the_statement_does_not_is_told(tmp_path: Path) -> None:
    bank = BankCounter(
        tmp_path,
        RAMESH,
        payment("Ramesh Kumar", 40, mode="upi", on=Day("2026-11-20")),
        payment("Ramesh Kumar", 50, mode="cash", on=Day("2026-11-20")),
        payment("Ramesh Kumar", 60, mode="upi", on=Day("2026-11-10")),
    )
    found = bank.look(came(19, 1, "XYZ ABC"), went(21, 5, "RENT"))
    assert [each.entry for each in found.unseen] == [4]
    assert [(each.row, each.paise) for each in found.out] == [(3, -500)]


def test_what_was_seen_before_is_not_told_again(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, RAMESH, payment("Ramesh Kumar", 457, mode="upi", on=Day("2026-11-20")))
    assert told(bank.take(LINE)) == {2: ("entry", 4, "name")}
    found = bank.look(came(19, 1, "XYZ ABC"), came(21, 2, "XYZ ABC"))
    assert found.unseen == []


def test_a_dry_run_decides_all_and_records_nothing(bank: BankCounter) -> None:
    before = len(bank.shop.entries())
    found = bank.file(LINE).reconcile({}, record=True, dry_run=True)
    assert ([(each.party, each.entry) for each in found.sure], found.recorded) == ([(A, None)], [])
    assert len(bank.shop.entries()) == before


def test_another_year_of_the_same_shop_is_no_other_payment(bank: BankCounter) -> None:
    bank.take(LINE)
    bank.shop.clock.now += timedelta(days=40)
    assert told(bank.take(LINE.replace("20/11/26", "20/12/26").replace(UTR, "435598712004"))) == {2: ("sure", A, "vpa")}


def test_answers_of_a_named_customer_are_those_of_the_person(tmp_path: Path) -> None:
    bank = BankCounter(tmp_path, RAMESH)
    bank.shop.record(payment(Named("Ramesh Kumar"), 457, mode="upi", on=Day("2026-11-20")))
    assert told(bank.look(LINE)) == {2: ("entry", 4, "name")}
