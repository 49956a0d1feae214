"""The file of the views lies where anybody may change it: no sum of it on which money is decided is believed alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from khata.api import desk
from khata.api.book import open_book
from khata.log.errors import ViewsDifferError
from tests.cli.batches import recorded, send
from tests.cli.conftest import Counter

pytestmark = pytest.mark.wide

CHANGES = {
    "a month's debits": "UPDATE month SET debit_paise = debit_paise - 9000 WHERE party = 1",
    "a month's credits": "UPDATE month SET credit_paise = credit_paise + 9000 WHERE party = 1",
    "a month that is gone": "DELETE FROM month WHERE party = 1",
    "a month that never was": "INSERT INTO month VALUES (1, 'party', '2020-01', 900, 0)",
    "a later month that never was": "INSERT INTO month VALUES (1, 'party', '2030-01', 900, 0)",
    "the party's sum": "UPDATE party SET debited_paise = debited_paise + 1 WHERE party = 1",
}
ENTRIES = {
    "an entry's debit": "UPDATE entry SET debit_paise = debit_paise - 9000 WHERE seq = 3",
    "an entry that is gone": "DELETE FROM entry WHERE seq = 3",
    "an entry's postings": 'UPDATE entry SET postings = \'[["party",36000],["sales",-36000]]\' WHERE seq = 3',
}


@pytest.fixture
def changed(shop: Counter, request: pytest.FixtureRequest) -> Iterator[Counter]:
    """A shop whose views somebody has changed; Ramesh owes ₹450 since entry 3 of 4."""
    assert shop("party", "add", "Sita Devi").code == 0
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    with closing(sqlite3.connect(cache, isolation_level=None)) as connection:
        connection.execute(request.param)
    yield shop
    assert shop("balance", "--all", "--json").envelope["warnings"] == []
    assert shop("verify").code == 0


def every(changes: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("changed", changes.values(), ids=changes, indirect=True)


@every(CHANGES)
@pytest.mark.parametrize("question", ["balance", "balance ramesh", "dues", "status", "party list", "statement ramesh"])
def test_a_question_is_answered_from_the_book_and_says_so(changed: Counter, question: str) -> None:
    answer = changed(*question.split(), "--json")
    assert [each["code"] for each in answer.envelope["warnings"] if each["code"] != "no_backup"] == ["views_differed"]
    assert "45000" in answer.out
    assert "36000" not in answer.out


@every(CHANGES | ENTRIES)
def test_a_statement_is_what_the_book_says(changed: Counter) -> None:
    answer = changed("statement", "ramesh", "--json")
    assert answer.data["closing_paise"] == 45000
    assert [each["code"] for each in answer.envelope["warnings"]] == ["views_differed"]


@every({name: sql for name, sql in ENTRIES.items() if "postings" not in name})
@pytest.mark.parametrize("question", ["balance ramesh", "balance --known-at 3", "balance ramesh --known-at 3"])
def test_the_entries_sums_are_held_against_the_others(changed: Counter, question: str) -> None:
    assert changed(*question.split(), "--json").data["net_paise"] == 45000


@every(CHANGES | {name: sql for name, sql in ENTRIES.items() if "postings" not in name})
@pytest.mark.parametrize("how", ["command", "batch", "python"])
def test_an_account_is_settled_by_what_is_owed(changed: Counter, how: str) -> None:
    if how == "command":
        assert changed("receive", "ramesh", "355", "--full", "--json").refused == "large_kasar"
        assert changed("receive", "ramesh", "445", "--full", "--json").data["discount_paise"] == 500
    elif how == "batch":
        assert send(changed, "receive ramesh 445 --full").answers[0]["balance_paise"] == 0
    else:
        with open_book(environ={"HOME": str(changed.home), "USER": "asha"}) as book:
            assert book.receive("ramesh", 44500, full=True).balance_paise == 0
    assert [each["amount_paise"] for each in recorded(changed)] == [None, None, 45000, None, 44500]
    assert changed("balance", "ramesh", "--json").data["net_paise"] == 0


@every({"a month": CHANGES["a month's debits"]})
def test_rows_of_a_file_are_decided_by_what_is_owed(changed: Counter) -> None:
    (changed.home / "rows.csv").write_text("date,type,party,amount\n2026-11-20,sale,Ramesh Kumar,5\n", encoding="utf-8")
    assert changed("import", str(changed.home / "rows.csv"), "--json").data["recorded"] == 1
    assert changed("balance", "ramesh", "--json").data["net_paise"] == 45500


@every({"a month": CHANGES["a month's debits"]})
def test_python_is_told_once_and_then_answered(changed: Counter) -> None:
    with open_book(environ={"HOME": str(changed.home)}) as book:
        with pytest.raises(ViewsDifferError):
            book.balances()
        assert [each.balance_paise for each in book.balances()] == [45000]


def test_an_entry_is_not_reversed_again_because_the_views_forgot_that_it_was(shop: Counter) -> None:
    assert shop("reverse", "3").code == 0
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    with closing(sqlite3.connect(Path(cache), isolation_level=None)) as connection:
        connection.execute("UPDATE entry SET reversed_by = NULL WHERE seq = 3")
    assert shop("reverse", "3", "--json").refused == "already_reversed"


DECIDING = {
    "the last party is gone": "DELETE FROM party WHERE party = 2",
    "a party is gone": "DELETE FROM party WHERE party = 1",
    "a party that never was": "INSERT INTO party SELECT 9, id, entry, record, 9, 0, 0, 0, 0, 0 FROM party LIMIT 1",
    "a party's number": "UPDATE party SET party = 7 WHERE party = 2",
    "what is noted of them": "UPDATE meta SET value = '1 1' WHERE key = 'parties'",
    "a counter": "UPDATE counter SET by = 'deadbeef'",
    "a counter's entry": "UPDATE counter SET entry = 2",
    "how far they reach is gone": "DELETE FROM meta WHERE key = 'position'",
    "the last entry is gone": "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",
    "an entry that never was": "INSERT INTO entry SELECT seq + 1, x'00', kind, day, at, by, party, amount_paise,"
    " NULL, NULL, postings, ref, NULL, NULL, corrects, import_entry, import_row, note, items, by_hand"
    " FROM entry ORDER BY seq DESC LIMIT 1",
}
"""What a number, a counter or a place is decided by."""


@every(DECIDING)
@pytest.mark.parametrize("how", ["command", "batch", "import"])
def test_what_is_recorded_verifies(changed: Counter, how: str) -> None:
    if how == "command":
        assert changed("sale", "Gita Rao", "5", "--new", "--by", "asha").code == 0
    elif how == "batch":
        assert "failed" not in send(changed, "sale 'Gita Rao' 5 --new").answers[0]
    else:
        rows = changed.home / "rows.csv"
        rows.write_text("date,type,party,amount\n2026-11-20,sale,Gita Rao,5\n", encoding="utf-8")
        assert changed("import", str(rows), "--new-parties", "all", "--json").data["recorded"] == 1
    # Where another counter records, what the views say of this one is not looked at, but found by a verification.
    assert {each["check"] for each in changed("verify", "--json").data["faults"]} <= {"replay"}
    assert changed("rebuild").code == 0
    assert changed("balance", "gita rao", "--json").data["parties"][0]["party"] == 3


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR])
def test_views_that_cannot_be_read_are_the_machine_and_no_fault_of_khata(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def unread(_: object) -> None:
        error = sqlite3.DatabaseError("disk I/O error")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(desk, "about", unread)
    answer = shop("balance", "--json")
    assert (answer.code, answer.envelope["failed"]["code"]) == (5, "disk_error")
    assert "kept beside the book" in answer.out
    assert "Nothing was recorded" not in answer.out


def test_nobody_is_found_by_a_name_that_is_not_his(shop: Counter) -> None:
    assert shop("party", "add", "Sita Devi").code == 0
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    with closing(sqlite3.connect(cache, isolation_level=None)) as connection:
        connection.execute("UPDATE name_key SET party = 2 WHERE kind = 'exact' AND party = 1")
    assert shop("sale", "ramesh kumar", "5", "--json").data["party"] == 1
    assert shop("balance", "ramesh kumar", "--json").data["net_paise"] == 45500


TABLES = ("meta", "entry", "party", "name_key", "counter", "month", "total", "missing", "clock", "import", "erasure")
ASKED = ("balance", "balance ramesh", "statement ramesh", "dues", "daybook", "status", "log", "show 3", "party list")


@pytest.mark.parametrize("table", TABLES)
def test_views_from_which_a_table_was_taken_are_built_anew(shop: Counter, table: str) -> None:
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    for question in (*ASKED, "sale ramesh 5", "reverse 3", "party add Mahesh", "balance"):
        with closing(sqlite3.connect(cache, isolation_level=None)) as connection:
            connection.execute(f'DROP TABLE IF EXISTS "{table}"')
        answer = shop(*question.split(), "--json")
        assert answer.code == 0, (question, answer.out)
    assert shop("balance", "--json").data["net_paise"] == 500
    assert [line["kind"] for line in recorded(shop)].count("sale_recorded") == 2


def test_a_page_that_is_damaged_under_an_answer_is_no_fault(shop: Counter) -> None:
    (cache,) = (shop.home / ".cache/khata").glob("*.sqlite")
    with closing(sqlite3.connect(cache)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = cache.read_bytes()
    for page in range(1, len(whole) // 4096):
        for question in ("balance", "statement ramesh", "sale ramesh 5"):
            for each in cache.parent.glob("*.sqlite-*"):
                each.unlink()
            cache.write_bytes(whole[: page * 4096] + b"\xa5" * 64 + whole[page * 4096 + 64 :])
            answer = shop(*question.split(), "--json")
            assert answer.code == 0, (page, question, answer.out)
    sales = [line for line in recorded(shop) if line["kind"] == "sale_recorded"]
    assert shop("balance", "--json").data["net_paise"] == sum(line["amount_paise"] for line in sales)
    assert len(sales) == len(whole) // 4096
