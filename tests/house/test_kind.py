"""A kind of entry that moves money is an event and a line of `MONEY`: here, a fine for a bounced cheque."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from khata.api.asked import between
from khata.exporting.plain_csv import rows
from khata.i18n.messages import Words
from khata.importing import row_types
from khata.importing.file_rows import ReadRow
from khata.postings import kinds
from khata.postings.kinds import did
from khata.questions.daybook import daybook as daybook_of
from khata.questions.entries import entry
from khata.questions.parties import party
from khata.questions.statement import statement
from khata.render import told
from khata.render.account import account
from khata.render.terminal import daybook
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.units import Party, Seq
from khata.verifying.verify import verify
from khata.views.cache import Cache, path_for
from khata.views.catch_up import catch_up
from khata.views.cut import Cut
from tests.books import TODAY, Shop, balances_in, on_disk, rs
from tests.house.fine import SENTENCES, ChequeFined, RecordFine, declared


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with declared(monkeypatch):
        yield


def fine(rupees: int = 20) -> RecordFine:
    return RecordFine(party=Party(1), amount_paise=rs(rupees), note="bounced")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = on_disk(tmp_path / "shop.khata", tmp_path / "cache")
    made.sell("Ramesh", 450)
    return made


def test_it_counts_in_the_answer_and_afterwards(shop: Shop) -> None:
    outcome = shop.record(fine())
    assert outcome.balance_paise == rs(470)
    shop.books.catch_up()
    assert balances_in(shop.books.cache) == {1: rs(470)}
    whole = Cache(None)
    catch_up(shop.store, whole)
    assert balances_in(whole) == {1: rs(470)}


def test_it_is_read_by_its_type_and_stands_on_the_statement(shop: Shop) -> None:
    shop.record(fine())
    assert type(shop.recorded()[-1].event) is ChequeFined
    shop.books.catch_up()
    found = statement(shop.books.cache.connection, Party(1), Cut(TODAY, Seq(4)))
    assert [(line.debit_paise, line.balance_paise) for line in found.lines] == [(rs(450), rs(450)), (rs(20), rs(470))]


class Fines(Words):
    """English with the two messages that belong to the kind."""

    def _singular(self, key: str) -> str | None:
        return SENTENCES.get(key) or super()._singular(key)


def test_every_output_says_what_it_did(shop: Shop) -> None:
    shop.record(fine())
    shop.books.catch_up()
    views, cut = shop.books.cache.connection, Cut(TODAY, Seq(4))
    words = Fines("en", ("en",))
    row = entry(views, Seq(4))
    assert row is not None
    assert told.moved(row.effect, words) == told.moved(did(shop.recorded()[-1].event), words) == "₹20.00 fine"
    assert told.of_what_kind(row, words) == "fine"
    ramesh = party(views, Party(1))
    assert ramesh is not None
    page = account(statement(views, Party(1), cut), ramesh, None, cut, words)
    assert [(line.given, line.received, line.balance, line.what) for line in page.rows][1:] == [
        ("₹20.00", "", "₹470.00", "fine, bounced")
    ]
    day = daybook.table(daybook_of(views, TODAY, TODAY, cut, between(TODAY, TODAY)), None, cut, words)
    assert "₹20.00" in day.plain()
    assert "fine" in day.plain()


def test_it_is_reversed_and_corrected(shop: Shop) -> None:
    shop.record(fine())
    assert shop.record(CorrectEntry(entry=Seq(4), amount_paise=rs(30))).balance_paise == rs(480)
    assert shop.record(ReverseEntry(entry=Seq(6))).balance_paise == rs(450)


def test_it_is_exported(shop: Shop) -> None:
    shop.record(fine())
    shop.books.catch_up()
    assert [row[2:4] for row in list(rows(shop.books.cache, Seq(4)))[1:]] == [["sale", "Ramesh"], ["fine", "Ramesh"]]


def test_verify_finds_its_row_changed(shop: Shop, tmp_path: Path) -> None:
    shop.record(fine())
    shop.books.catch_up()
    book, views = tmp_path / "shop.khata", path_for(tmp_path / "cache", tmp_path / "shop.khata")
    assert verify(book, views).result == "unbroken"
    shop.books.cache.connection.execute("UPDATE entry SET debit_paise = 1 WHERE seq = 4")
    assert ("replay", 4, "entry_differs") in verify(book, views).faults


def test_a_file_may_have_it() -> None:
    try:
        row_type = importlib.reload(row_types).row_type_of("Fine", "")
        assert (row_type.kind, row_type.said, row_type.goods) == ("cheque_fined", "note", False)
        row = ReadRow(2, row_type.place, 0, TODAY, rs(20), (), "B-1", None)
        assert row_type.make(row, Party(1)) == ChequeFined(party=Party(1), amount_paise=rs(20), ref="B-1")
    finally:
        kinds.MONEY.pop(ChequeFined.KIND)
        importlib.reload(row_types)
