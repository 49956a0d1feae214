"""Where two features meet: what the one leaves behind is what the other takes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.importing.check import Options
from khata.importing.run import ImportResult, import_file
from khata.questions.statement import statement
from khata.rules.book import FixClock
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.money import ReceivePayment
from khata.rules.party import DeclareParty
from khata.rules.refused import Refused
from khata.units import Day, Party, Seq
from khata.verifying.verify import verify
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import Cut, known_at
from tests.books import Clock, Shop, contents, on_disk, payment, rs, sale
from tests.on_paper import Paper
from tests.views.test_accounts import assert_accounts

PRIVATE = "told in confidence"


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Shop:
    return on_disk(tmp_path / "shop.khata", tmp_path / "cache", clock=clock)


def assert_well(shop: Shop, tmp_path: Path) -> None:
    """The book verifies with its views, they are those of a fresh fold, and the accounts those of the second ledger."""
    shop.books.catch_up()
    fresh = Cache(None)
    catch_up(shop.store, fresh)
    assert contents(shop.books.cache) == contents(fresh)
    assert_accounts(fresh, Paper(entry.body for entry in shop.entries()))
    verdict = verify(tmp_path / "shop.khata", shop.books.cache.path)
    assert (verdict.result, verdict.compared_upto) == ("unbroken", len(shop.entries()))


def take(shop: Shop, tmp_path: Path, *rows: str) -> ImportResult:
    path = tmp_path / "rows.csv"
    path.write_text("".join(f"{row}\n" for row in ("date,type,party,amount,mode,ref,note", *rows)))
    return import_file(str(path), shop.books, Options(new_parties="all"))


def assert_erased(shop: Shop, tmp_path: Path) -> None:
    """The words are nowhere: not in the book's bytes, nor in those of the views."""
    shop.books.catch_up()
    shop.close_views()
    for path in (tmp_path / "shop.khata", *(tmp_path / "cache").iterdir()):
        assert PRIVATE.encode() not in path.read_bytes(), path.name


def test_what_a_correction_copied_is_forgotten_with_the_rest(shop: Shop, tmp_path: Path) -> None:
    shop.record(sale("Ramesh", 450, note=PRIVATE))
    shop.record(CorrectEntry(entry=Seq(3), amount_paise=rs(45), reason=PRIVATE))
    shop.record(ReverseEntry(entry=Seq(5), reason=PRIVATE, note=PRIVATE))
    shop.record(ForgetParty(party=Party(1)))
    assert_well(shop, tmp_path)
    assert_erased(shop, tmp_path)


def test_what_was_corrected_onto_another_customer_is_his_and_stays(shop: Shop, tmp_path: Path) -> None:
    shop.record(sale("Ramesh", 450, note="atta"), DeclareParty(name="Suresh"))
    shop.record(CorrectEntry(entry=Seq(3), party=Party(2)))
    shop.record(ForgetParty(party=Party(1)))
    assert_well(shop, tmp_path)
    assert [detail.body for detail in shop.details() if detail.entry == 6] == [b'{"note":"atta"}']


def test_an_entry_whose_words_are_erased_is_corrected_without_them(shop: Shop, tmp_path: Path) -> None:
    shop.record(sale("Ramesh", 450, note=PRIVATE), payment("Ramesh", 450))
    shop.record(ForgetParty(party=Party(1)))
    shop.record(CorrectEntry(entry=Seq(3), amount_paise=rs(45)), ReverseEntry(entry=Seq(4)))
    assert shop.balances() == {1: 4500}
    notes = shop.books.cache.connection.execute("SELECT note FROM entry WHERE note IS NOT NULL").fetchall()
    assert notes == []
    assert_well(shop, tmp_path)
    assert_erased(shop, tmp_path)


def test_a_file_that_is_imported_again_brings_nobody_back_who_was_forgotten(shop: Shop, tmp_path: Path) -> None:
    rows = ("2026-11-20,sale,Ramesh,450,,," + PRIVATE, "2026-11-20,receive,Ramesh,450,,,")
    take(shop, tmp_path, *rows)
    shop.record(ForgetParty(party=Party(1)))
    assert take(shop, tmp_path, *rows).recorded == 0
    assert_erased(shop, tmp_path)
    later = take(shop, tmp_path, "2026-11-21,sale,Ramesh,7,,,")
    assert [added.party for added in later.parties_added] == [2]
    assert shop.balances() == {2: 700}
    assert_well(shop, tmp_path)


def test_an_imported_payment_that_settled_is_cancelled_and_the_account_is_owed_again(
    shop: Shop, tmp_path: Path
) -> None:
    take(shop, tmp_path, "2026-11-19,sale,Ramesh,450,,R-1,", "2026-11-20,receive,Ramesh,200,cheque,C-1,")
    shop.record(ReceivePayment(party=Party(1), amount_paise=rs(245), full=True))
    assert shop.balances() == {}
    shop.record(ReverseEntry(entry=Seq(5), on=Day("2026-11-22"), reason="bounced"))
    assert shop.balances() == {1: 20000}
    again = take(shop, tmp_path, "2026-11-20,receive,Ramesh,200,cheque,C-1,")
    assert again.recorded == 1, "the reference of a cancelled entry is free"
    assert shop.balances() == {}
    assert_well(shop, tmp_path)


def test_what_an_import_brought_before_a_clock_was_put_right_is_known_from_then(
    shop: Shop, tmp_path: Path, clock: Clock
) -> None:
    clock.set(days=300)
    take(shop, tmp_path, "2026-11-20,sale,Ramesh,450,,,")
    clock.set(days=-300)
    with pytest.raises(Refused) as refused:
        shop.sell("Ramesh", 5)
    assert refused.value.code == "clock_behind"
    shop.record(FixClock(reason="battery"))
    shop.sell("Ramesh", 7)
    recorded = shop.recorded()
    corrected = next(entry for entry in recorded if entry.event.KIND == "clock_corrected")
    shop.books.catch_up()
    connection = shop.books.cache.connection
    known = known_at(connection, corrected.at)
    assert known == corrected.seq
    cut = Cut(Day("2026-11-22"), known, everything=False)
    assert statement(connection, Party(1), cut).closing_paise == 45000
    assert_well(shop, tmp_path)


def test_a_point_stays_good_over_corrections_imports_and_erasures(shop: Shop, tmp_path: Path) -> None:
    take(shop, tmp_path, "2026-11-19,sale,Ramesh,450,,R-1,", "2026-11-20,receive,Suresh,200,,,")
    shop.books.catch_up()
    views = shop.books.cache.path
    point = verify(tmp_path / "shop.khata", views).point
    shop.record(CorrectEntry(entry=Seq(4), amount_paise=rs(540)), ReverseEntry(entry=Seq(6)))
    shop.record(ForgetParty(party=Party(2)))
    take(shop, tmp_path, "2026-11-21,sale,Ramesh,5,,R-2,", "2026-11-21,sale,Gita,5,,,")
    shop.books.catch_up()
    lately, whole = verify(tmp_path / "shop.khata", views, since=point), verify(tmp_path / "shop.khata", views)
    assert (lately.result, lately.since) == ("unbroken", point)
    assert (lately.to_receive_paise, lately.parties) == (whole.to_receive_paise, whole.parties) == (55000, 3)
    assert_well(shop, tmp_path)


def test_a_name_that_was_erased_and_given_again_has_an_account_of_its_own(shop: Shop, tmp_path: Path) -> None:
    shop.record(sale("Ramesh", 5), payment("Ramesh", 5), ForgetParty(party=Party(1)))
    shop.sell("Ramesh", 7)
    shop.record(ReverseEntry(entry=Seq(3)))
    assert shop.balances() == {1: -500, 2: 700}
    with pytest.raises(Refused):
        shop.record(ForgetParty(party=Party(2)))
    assert_well(shop, tmp_path)
