"""The open `.khata` bundle: customers, what they begin with, and their documents; and what a strange one may not do."""

from __future__ import annotations

import io
import sqlite3
from zipfile import ZipFile

import pytest

from khata.importing import bundle as reader
from tests.importing.bundles import LATER, MEENA, PAID, TABLES, books, bundle
from tests.importing.files import Files
from tests.importing.test_any_table import entries

WHOLE = books(TABLES, LATER, MEENA, PAID)
SOUND = bundle(WHOLE)


def test_a_bundle_is_told_and_taken(files: Files) -> None:
    result = files.take(files.raw(bundle(WHOLE)))
    assert (result.profile, result.rows, result.recorded) == ("khata-bundle", 7, 7)
    assert result.found == {
        "kind": "khata-bundle",
        "vouchers": 11,
        "ledgers": 3,
        "openings_on": "2026-03-31",
        "passed": {
            "cancelled": {"count": 1, "vouchers": ["invoice INV-3"]},
            "draft": {"count": 1, "vouchers": ["invoice INV-4"]},
            "no_customer": {"count": 3, "vouchers": ["payment PAY-3", "purchase B-77", "journal J-1"]},
        },
    }
    assert entries(files) == [
        ("opening_recorded", "2026-03-31", 125050, 1),
        ("sale_recorded", "2026-04-03", 118000, 1),
        ("payment_received", "2026-04-05", 240000, 1),
        ("sale_recorded", "2026-04-06", 50000, 2),
        ("payment_received", "2026-04-09", 100, 2),
        ("payment_received", "2026-04-11", 30000, 2),
        ("goods_returned", "2026-04-12", 11800, 2),
    ]
    events = [each.event for each in files.shop.recorded()]
    assert [each.mode for each in events if hasattr(each, "mode")] == ["bank", "cash", "upi"]
    assert [each.ref for each in events if hasattr(each, "ref")] == [
        None, "INV-1", "PAY-1", "INV-2", "PAY-2", "ADV-1", "CN-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("company", "on"),
    [
        ({"fy_start": "2025-07-01"}, "2025-06-30"),
        ({"fy_start": "soon"}, "2026-03-31"),
        ({}, "2026-03-31"),
        (7, "2026-03-31"),
    ],
)
def test_what_customers_begin_with_stands_before_the_books(files: Files, company: object, on: str) -> None:
    files.take(
        files.raw(bundle(books(TABLES, MEENA, "UPDATE invoices SET invoice_date = '2026-04-30'"), company=company))
    )
    assert entries(files)[0][1] == on


def test_the_first_schema_has_fewer_tables(files: Files) -> None:
    assert files.take(files.raw(bundle(books(TABLES, MEENA)))).recorded == 3


def test_what_is_known_is_not_recorded_again(files: Files) -> None:
    files.take(files.raw(bundle(books(TABLES, LATER, MEENA))))
    result = files.take(files.raw(bundle(WHOLE)), same_rows="skip")
    assert (result.recorded, len(result.duplicates)) == (4, 3)


STRANGE = [
    ("UPDATE customers SET opening_balance = -100 WHERE id = 2", "begins"),
    ("UPDATE customers SET opening_balance = 12.5 WHERE id = 2", "begins"),
    ("UPDATE invoices SET total = 0 WHERE id = 1", "amount"),
    ("UPDATE invoices SET total = 'much' WHERE id = 1", "amount"),
    ("UPDATE invoices SET total = 118000.5 WHERE id = 1", "amount"),
    ("UPDATE invoices SET customer_id = 7 WHERE id = 1", "nobody"),
    ("UPDATE advances SET status = 'refunded'", "status"),
    ("INSERT INTO tcs_collections (invoice_id) VALUES (1)", "taxed"),
    ("UPDATE entry_lines SET account_id = 10 WHERE account_id = 14", "owed"),
    ("UPDATE customers SET name = 'लता  किराना' WHERE id = 3", "alike"),
]


@pytest.mark.parametrize(("change", "what"), STRANGE)
def test_what_is_not_understood_is_told_by_its_document(files: Files, change: str, what: str) -> None:
    found = files.faults(files.raw(bundle(books(TABLES, LATER, MEENA, PAID, change))))
    assert {(each.code, each.facts["what"]) for each in found} == {("document_not_understood", what)}
    assert all(each.value for each in found)


def test_what_was_reversed_in_the_ledger_is_passed_over(files: Files) -> None:
    result = files.take(files.raw(bundle(books(TABLES, MEENA, "UPDATE entries SET reversed_by_id = 2 WHERE id = 1"))))
    assert result.found is not None
    assert result.found["passed"]["cancelled"]["vouchers"] == ["invoice INV-1", "invoice INV-3", "journal J-1"]


def zipped(**inside: bytes) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as packed:
        for name, content in inside.items():
            packed.writestr(name.replace("_", "."), content)
    return made.getvalue()


DRAFT = books("CREATE TABLE transactions (transaction_id TEXT); CREATE TABLE ledger_postings (posting_id TEXT)")
VIEW = books(TABLES, MEENA, "ALTER TABLE customers RENAME TO c; CREATE VIEW customers AS SELECT * FROM c")
RUNS = books(
    TABLES,
    MEENA,
    "ALTER TABLE customers RENAME TO c;"
    "CREATE TABLE customers (id INTEGER, name TEXT AS (hex(zeroblob(id))), phone TEXT, opening_balance INTEGER)",
)


@pytest.mark.parametrize(
    ("contents", "what"),
    [
        (bundle(WHOLE, integrity={"booksHash": "00" * 32}), "differs"),
        (bundle(WHOLE, integrity={}), "damaged"),
        (bundle(WHOLE, khataFormatVersion="2.0"), "newer"),
        (bundle(WHOLE, khataFormatVersion=1), "damaged"),
        (bundle(DRAFT), "draft"),
        (bundle(books(TABLES.partition("CREATE TABLE customers")[0])), "damaged"),
        (bundle(b"no database"), "damaged"),
        (bundle(WHOLE[:5000]), "damaged"),
        (bundle(VIEW), "damaged"),
        (bundle(RUNS), "damaged"),
        (zipped(manifest_json=b"{", books_sqlite=WHOLE), "damaged"),
        (zipped(manifest_json=b"[" * 100_000, books_sqlite=WHOLE), "damaged"),
        (SOUND[: len(SOUND) // 2] + b"xxxx" + SOUND[len(SOUND) // 2 + 4 :], "damaged"),
    ],
    ids=range(13),
)
def test_a_bundle_that_does_not_hold_is_a_fault(files: Files, contents: bytes, what: str) -> None:
    (fault,) = files.faults(files.raw(contents))
    assert (fault.code, fault.facts["what"]) == ("bad_bundle", what)


def test_a_bundle_that_unpacks_to_too_much_is_not_unpacked(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST", 16_384)
    assert [each.code for each in files.faults(files.raw(bundle(WHOLE)))] == ["too_large_unpacked"]


def test_questions_without_end_are_ended(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_STEPS", 0)
    many = "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
    filled = books(TABLES, MEENA, f"{many} INSERT INTO customers (id, name) SELECT i, 'C' || i FROM n")
    (fault,) = files.faults(files.raw(bundle(filled)))
    assert fault.facts["what"] == "damaged"


def test_nothing_else_of_a_database_can_be_read_or_done() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    connection.set_authorizer(reader._may)
    assert connection.execute("SELECT name FROM customers").fetchall() == []
    for refused in (
        "SELECT archived FROM customers",
        "SELECT name FROM accounts",
        "SELECT hex(name) FROM customers",
        "DELETE FROM customers",
        "PRAGMA user_version",
        "ATTACH ':memory:' AS x",
    ):
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute(refused)


def test_an_empty_bundle_says_so(files: Files) -> None:
    assert [each.code for each in files.faults(files.raw(bundle(books(TABLES))))] == ["no_vouchers"]
