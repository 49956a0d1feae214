"""Every way of changing a book behind khata's back is found, and named at the first bad entry."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from khata.i18n.messages import words_for
from khata.log.errors import BookBrokenError
from khata.render.terminal.verdict import table
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.books import on_disk
from tests.verifying.conftest import Patient


def more(body: bytes) -> bytes:
    """The same entry over one rupee more."""
    return re.sub(rb'"amount_paise":(\d+)', lambda found: b'"amount_paise":%d' % (int(found[1]) + 100), body, count=1)


def assert_found(verdict: Verdict, check: str, entry: int | None, code: str) -> None:
    assert verdict.result == "broken"
    assert dict(verdict.checks)[check] == "bad"
    assert (check, entry, code) in verdict.faults, verdict.faults


def assert_first_bad(verdict: Verdict, check: str, entry: int, code: str) -> None:
    assert_found(verdict, check, entry, code)
    assert (verdict.first_bad_entry, verdict.holds_upto) == (entry, entry - 1)


def test_a_book_that_nobody_touched_is_unbroken(patient: Patient) -> None:
    verdict = patient.verify()
    assert (verdict.result, verdict.faults, verdict.not_checked) == ("unbroken", (), ("anchor", "checkpoint"))
    assert verdict.entries == verdict.holds_upto == verdict.compared_upto == patient.size()
    assert verdict.names_and_notes > 10
    assert verdict.parties == 4
    assert (verdict.to_receive_paise, verdict.to_give_paise) == (330500, 0)


@pytest.mark.parametrize("rehash", [False, True])
@pytest.mark.parametrize("seq", [3, 5, 7])
def test_a_changed_amount_is_named_where_it_was_changed(patient: Patient, seq: int, rehash: bool) -> None:
    patient.change(seq, more, rehash=rehash)
    verdict = patient.verify()
    assert_first_bad(verdict, "chain", seq, "hash_differs")
    assert verdict.first_bad_on == "2026-11-22"
    assert verdict.to_receive_paise is None
    assert dict(verdict.checks)["replay"] == "not_checked"


def test_a_rechained_tail_is_not_found_by_the_chain_alone(patient: Patient) -> None:
    """An unkeyed chain proves nothing against its owner: that takes a head that has left the laptop.

    What does find it here is the cache, as long as nobody throws it away, and any copy: see test_against.
    """
    before = patient.verify()
    patient.rechain(3, more)
    after = patient.verify(with_cache=False)
    assert after.result == "unbroken"
    assert after.head != before.head
    assert patient.verify().compared_upto == 0  # the cache is of another history now, and that is no fault


def test_a_cut_tail_is_unbroken_but_shorter(patient: Patient) -> None:
    whole = patient.verify()
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq > 7")
        connection.execute("DELETE FROM detail WHERE entry > 7")
    verdict = patient.verify()
    assert (verdict.result, verdict.entries) == ("unbroken", 7)
    assert verdict.head != whole.head


def test_a_row_taken_out_of_the_middle(patient: Patient) -> None:
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq = 6")
    assert_first_bad(patient.verify(), "chain", 6, "missing")


def test_the_first_row_taken_out(patient: Patient) -> None:
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq = 1")
    assert_first_bad(patient.verify(), "chain", 1, "missing")


def test_rows_closed_up_after_one_was_taken_out(patient: Patient) -> None:
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq = 6")
        connection.execute("UPDATE event SET seq = seq - 1 WHERE seq > 6")
    assert_first_bad(patient.verify(), "chain", 6, "out_of_place")


def test_two_rows_swapped(patient: Patient) -> None:
    with patient.opened() as connection:
        connection.execute("UPDATE event SET seq = -1 WHERE seq = 5")
        connection.execute("UPDATE event SET seq = 5 WHERE seq = 6")
        connection.execute("UPDATE event SET seq = 6 WHERE seq = -1")
    assert_first_bad(patient.verify(), "chain", 5, "out_of_place")


def test_a_row_before_the_first_and_one_far_after_the_last(patient: Patient) -> None:
    with patient.opened() as connection:
        connection.execute("INSERT INTO event VALUES (0, x'7b7d', zeroblob(32))")
        connection.execute("INSERT INTO event VALUES (9000000000000000000, x'7b7d', zeroblob(32))")
    verdict = patient.verify()
    assert_found(verdict, "chain", 1, "out_of_place")
    assert any(code == "missing" for _, _, code in verdict.faults)


def test_a_changed_hash_alone(patient: Patient) -> None:
    with patient.opened() as connection:
        connection.execute("UPDATE event SET hash = zeroblob(32) WHERE seq = 5")
    assert_first_bad(patient.verify(), "chain", 5, "hash_differs")


@pytest.mark.parametrize("body", [b"[" * 60000, b"{}", b"\xff\xfe", b'{"a":1}', b"null", b"9" * 65000])
def test_a_body_of_garbage(patient: Patient, body: bytes) -> None:
    patient.change(5, lambda _: body, rehash=True)
    verdict = patient.verify()
    assert verdict.result == "broken"
    assert verdict.first_bad_entry in {4, 5}
    assert verdict.first_bad_on in {None, "2026-11-22"}


def test_a_changed_note(patient: Patient) -> None:
    with patient.opened(guards=True) as connection:
        connection.execute("""UPDATE detail SET body = CAST('{"note":"other"}' AS BLOB) WHERE entry = 5""")
    assert_first_bad(patient.verify(), "details", 5, "detail_differs")


@pytest.mark.parametrize("salt", ["x'00'", "zeroblob(16)", "zeroblob(17)"])
def test_a_changed_salt(patient: Patient, salt: str) -> None:
    with patient.opened(guards=True) as connection:
        connection.execute(f"UPDATE detail SET salt = {salt} WHERE entry = 5")
    verdict = patient.verify()
    assert verdict.first_bad_entry == 5
    assert dict(verdict.checks)["details"] == "bad"


def test_a_note_taken_away_that_nobody_erased(patient: Patient) -> None:
    with patient.opened(guards=True) as connection:
        connection.execute("DELETE FROM detail WHERE entry = 5")
    assert_first_bad(patient.verify(), "details", 5, "detail_missing")


def erased_entries(patient: Patient) -> list[int]:
    with patient.opened(guards=True) as connection:
        rows = connection.execute(
            """SELECT seq FROM event WHERE instr(body, CAST('"detail":' AS BLOB))"""
            " AND seq NOT IN (SELECT entry FROM detail)"
        )
        return [seq for (seq,) in rows]


def test_a_note_put_back_after_it_was_erased(patient: Patient) -> None:
    gone = erased_entries(patient)
    assert len(gone) == 2
    for entry in gone:
        with patient.opened(guards=True) as connection:
            connection.execute("DELETE FROM detail WHERE entry = ?", (entry - 1,))
            connection.execute("INSERT INTO detail VALUES (?, zeroblob(16), CAST('{}' AS BLOB), 0)", (entry,))
        assert ("details", entry, "detail_erased") in patient.verify().faults


def test_a_detail_that_no_event_commits_to(patient: Patient) -> None:
    last = patient.size()
    for entry in (last, last + 1, 10**9, -1):
        with patient.opened(guards=True) as connection:
            connection.execute("INSERT INTO detail VALUES (?, zeroblob(16), CAST('{}' AS BLOB), 0)", (entry,))
        verdict = patient.verify()
        assert verdict.result == "broken"
        assert any(fault.code == "no_commitment" for fault in verdict.faults)
        assert verdict.holds_upto <= last, "what is not there is not good"
        with patient.opened(guards=True) as connection:
            connection.execute("DELETE FROM detail WHERE entry = ?", (entry,))
        assert patient.verify().result == "unbroken"


def test_a_form_of_detail_that_is_of_later(patient: Patient) -> None:
    with patient.opened(guards=True) as connection:
        connection.execute("UPDATE detail SET form = 1 WHERE entry = 5")
    verdict = patient.verify()
    assert (verdict.result, verdict.faults) == ("incomplete", ())


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DROP TRIGGER event_no_update", "missing_trigger"),
        ("CREATE TABLE notes (a)", "extra_table"),
        ("CREATE INDEX fast ON event (hash)", "extra_index"),
        ("CREATE TRIGGER quiet AFTER INSERT ON event BEGIN SELECT 1; END", "extra_trigger"),
        ("CREATE VIEW balances AS SELECT 1", "extra_view"),
        ("DROP TABLE detail", "missing_table"),
        (
            "DROP TRIGGER event_next; CREATE TRIGGER event_next BEFORE INSERT ON event BEGIN SELECT 1; END",
            "altered_trigger",
        ),
        ("ALTER TABLE event ADD COLUMN more INTEGER", "altered_table"),
        ("PRAGMA journal_mode = WAL", "wrong_journal_mode"),
        ("PRAGMA user_version = 0", "wrong_user_version"),
    ],
)
def test_a_changed_schema(patient: Patient, sql: str, code: str) -> None:
    with patient.opened(guards=True) as connection:
        connection.executescript(sql)
    verdict = patient.verify()
    assert_found(verdict, "schema", None, code)
    assert verdict.first_bad_entry is None
    if code == "wrong_journal_mode":  # whoever writes sets it right
        on_disk(patient.book, patient.book.parent / "cache").sell("Party 0", 5)
        return
    with pytest.raises(BookBrokenError), SqliteBook(patient.book).reading():
        pass
    with pytest.raises(BookBrokenError), SqliteBook(patient.book).writing():
        pass


def test_a_book_of_utf_16(tmp_path: Path) -> None:
    book = tmp_path / "x.khata"
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        connection.execute("PRAGMA encoding = 'UTF-16le'")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {USER_VERSION}")
        for text in OBJECTS.values():
            connection.execute(text)
    assert_found(verify(book), "schema", None, "wrong_encoding")
    with pytest.raises(BookBrokenError), SqliteBook(book).reading():
        pass


def test_tables_replaced_by_views(patient: Patient) -> None:
    """A book sent by a stranger: reading it must run nothing but a read."""
    with patient.opened(guards=True) as connection:
        connection.executescript(
            "DROP TABLE event; CREATE VIEW event AS WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n)"
            " SELECT seq, CAST('{}' AS BLOB) AS body, zeroblob(32) AS hash FROM n"
        )
    verdict = patient.verify()
    assert_found(verdict, "schema", None, "extra_view")
    assert dict(verdict.checks)["chain"] == "not_checked"


@pytest.mark.parametrize(
    ("sql", "entry", "code"),
    [
        ("UPDATE entry SET debit_paise = debit_paise + 1 WHERE seq = 5", 5, "entry_differs"),
        ("UPDATE entry SET credit_paise = NULL WHERE seq = 5", 5, "entry_differs"),
        ('UPDATE entry SET postings = \'[["sales",-1],["party",1]]\' WHERE seq = 5', 5, "entry_differs"),
        ("DELETE FROM entry WHERE seq = 5", 5, "entry_differs"),
        ("UPDATE entry SET day = '2026-11-21' WHERE seq = 5", 5, "entry_differs"),
        ("UPDATE entry SET note = 'other' WHERE seq = 5", 5, "entry_differs"),
        ("UPDATE entry SET reversed_by = 5 WHERE seq = 4", 4, "reversed_differs"),
        ("UPDATE entry SET reversed_by = NULL", 3, "reversed_differs"),
        ("UPDATE month SET debit_paise = debit_paise + 1 WHERE party = 1 AND account = 'party'", None, "month_differs"),
        ("DELETE FROM month WHERE party = 1", None, "month_differs"),
        ('UPDATE party SET record = \'{"name": "Other"}\' WHERE party = 1', 2, "party_differs"),
        ("UPDATE party SET largest_paise = 1 WHERE party = 1", 2, "party_differs"),
        ("DELETE FROM party WHERE party = 1", 2, "party_differs"),
        ("UPDATE party SET debited_paise = 1 WHERE party = 1", 2, "party_differs"),
        ("UPDATE party SET forgotten = 1 WHERE party = 1", 2, "party_differs"),
        ("UPDATE total SET credit_paise = 1 WHERE account = 'sales'", None, "total_differs"),
        ("UPDATE fact SET value = 'Other Shop' WHERE key = 'shop'", 1, "fact_differs"),
        ("DELETE FROM fact WHERE key = 'book'", 1, "fact_differs"),
        ("UPDATE counter SET name = 'Other'", 1, "counter_differs"),
        ("UPDATE counter SET by = 'deadbeef'", 1, "counter_differs"),
    ],
)
def test_a_tampered_cache(patient: Patient, sql: str, entry: int | None, code: str) -> None:
    assert patient.cached(sql) > 0
    verdict = patient.verify()
    assert_found(verdict, "replay", entry, code)
    assert verdict.first_bad_entry is None  # the entries hold: it is the cache that is wrong
    assert verdict.holds_upto == patient.size()
    assert patient.verify(with_cache=False).result == "unbroken"


@pytest.mark.parametrize("on", [b"20g6-11-22", b"2026-13-22", b"2026-02-30", b"2026/11/22"])
def test_a_day_that_no_calendar_has_is_not_shown(patient: Patient, on: bytes) -> None:
    patient.change(5, lambda body: body.replace(b'"on":"2026-11-22"', b'"on":"%b"' % on))
    verdict = patient.verify()
    assert (verdict.first_bad_entry, verdict.first_bad_on) == (5, None)
    assert table(verdict, (), None, "shop.khata", None, words_for("en")).plain()


def test_a_form_that_is_no_number(patient: Patient) -> None:
    """SQLite looks at STRICT when a row is written, not when it is read."""
    with patient.opened(guards=True) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        loose = OBJECTS["detail"].removesuffix(" STRICT")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'detail'", (loose,))
    with patient.opened(guards=True) as connection:
        connection.execute("UPDATE detail SET form = x'01' WHERE entry = 1")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'detail'", (OBJECTS["detail"],))
    assert_found(patient.verify(), "details", 1, "not_bytes")
