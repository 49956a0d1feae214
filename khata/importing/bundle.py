"""The open `.khata` bundle as a source of rows: a ZIP of `manifest.json` and `books.sqlite`, as Bahi writes it.

It has nothing to do with khata's own books but the ending of its name. Of the customers what they begin with comes
first, then the documents by their days; a row's number is its place among these. Source: the specification of the
`.khata` format, version 1.0, with the tables of its schema versions 1 to 12, in which every amount is an integer of
paise. The draft schema of the khata-standard repository has other tables, and does not say in what its amounts are.

A stranger's database is opened read-only and immutable, only known columns of known tables can be read, and nothing
that it declares is run.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from khata.grammar.days import earlier
from khata.importing.given import Documents
from khata.importing.kinds import BUNDLED
from khata.importing.profile import BUNDLE
from khata.importing.source import UnreadableFileError
from khata.importing.vouchers import bank_mode, opening, row
from khata.names import exact_key
from khata.units import Day

LARGEST = 512 << 20
"""Bytes to which the database may unpack, and the manifest to a sixteenth of it."""

MOST_STEPS = 100_000_000
"""Steps of SQLite's machine for all questions together: a million documents take a tenth of it."""

TABLES: dict[str, frozenset[str]] = {
    "customers": frozenset(("id", "name", "phone", "opening_balance")),
    "invoices": frozenset(
        ("id", "invoice_number", "customer_id", "invoice_date", "total", "notes", "status", "ledger_entry_id")
    ),
    "payments": frozenset(
        (
            *("payment_number", "payment_date", "customer_id", "amount", "payment_mode", "notes", "status"),
            *("ledger_entry_id", "bank_account_snapshot"),
        )
    ),
    "advances": frozenset(
        (
            *("advance_number", "advance_date", "customer_id", "amount", "payment_mode", "notes", "status"),
            *("ledger_entry_id", "bank_account_snapshot"),
        )
    ),
    "credit_notes": frozenset(("cn_number", "customer_id", "cn_date", "total", "notes", "status", "ledger_entry_id")),
    "purchases": frozenset(("bill_number", "bill_date", "total")),
    "debit_notes": frozenset(("dn_number", "dn_date", "total")),
    "tcs_collections": frozenset(("invoice_id",)),
    "entries": frozenset(("id", "posted_at", "voucher_type", "voucher_ref", "narration", "reversed_by_id")),
    "entry_lines": frozenset(("entry_id", "account_id", "debit", "credit")),
    "sqlite_master": frozenset(("type", "name", "sql")),
}
"""What is read, and nothing else can be."""

_PLAIN = (ZIP_STORED, ZIP_DEFLATED)
_NEEDED = ("customers", "invoices", "entries", "entry_lines")
_OF_THE_DRAFT = frozenset(("transactions", "ledger_postings"))
_MODES = {"cash": "cash", "cheque": "cheque", "upi": "upi", "card": "card"} | dict.fromkeys(
    ("neft", "rtgs", "imps"), "bank"
)
_CASH = re.compile(r"(?i)\bcash\b|नकद")
_DAY = re.compile(r"(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T.*)?")
_PRINTABLE = re.compile("[ -~]{1,40}")
_GONE = frozenset(("cancelled", "void", "reversed"))

_REVERSED = "EXISTS (SELECT 1 FROM entries e WHERE e.id = d.ledger_entry_id AND e.reversed_by_id IS NOT NULL)"
_PAID = "d.payment_mode, d.bank_account_snapshot"
_DOCUMENTS = {
    "invoices": f"SELECT 'invoice', d.invoice_date AS day, d.invoice_number, d.customer_id, d.total, d.status, d.notes,"
    f" NULL, NULL, {_REVERSED}, d.id FROM invoices d",
    "payments": f"SELECT 'payment', d.payment_date AS day, d.payment_number, d.customer_id, d.amount, d.status,"
    f" d.notes, {_PAID}, {_REVERSED}, NULL FROM payments d",
    "advances": f"SELECT 'advance', d.advance_date AS day, d.advance_number, d.customer_id, d.amount, d.status,"
    f" d.notes, {_PAID}, {_REVERSED}, NULL FROM advances d",
    "credit_notes": "SELECT 'credit note', d.cn_date AS day, d.cn_number, d.customer_id, d.total, d.status, d.notes,"
    f" NULL, NULL, {_REVERSED}, NULL FROM credit_notes d",
    "purchases": "SELECT 'purchase', d.bill_date AS day, d.bill_number, NULL, d.total, 'posted', NULL, NULL, NULL, 0,"
    " NULL FROM purchases d",
    "debit_notes": "SELECT 'debit note', d.dn_date AS day, d.dn_number, NULL, d.total, 'posted', NULL, NULL, NULL, 0,"
    " NULL FROM debit_notes d",
    "entries": "SELECT 'journal', d.posted_at AS day, d.voucher_ref, NULL, 0,"
    " CASE WHEN d.reversed_by_id IS NOT NULL OR d.id IN (SELECT r.reversed_by_id FROM entries r) THEN 'reversed'"
    " WHEN EXISTS (SELECT 1 FROM entry_lines l WHERE l.entry_id = d.id AND l.account_id IN (SELECT o.account_id FROM"
    " entry_lines o JOIN invoices i ON i.ledger_entry_id = o.entry_id WHERE o.debit = i.total AND i.total > 0))"
    " THEN 'owed' ELSE 'posted' END, d.narration, NULL, NULL, 0, NULL FROM entries d WHERE d.voucher_type = 'journal'",
}
"""The documents of each table, as _Document has them. What customers owe stands where the invoices are debited."""


class _Document(NamedTuple):
    """A document; what a database holds there may be of any type."""

    kind: str
    day: Any
    number: Any
    customer: Any
    paise: Any
    status: Any
    note: Any
    mode: Any
    account: Any
    reversed: Any
    invoice: Any

    @property
    def label(self) -> str:
        """`invoice INV-7`."""
        return f"{self.kind} {self.number if isinstance(self.number, str) else ''}".strip()


class BundleSource(Documents):
    """A bundle, read whole.

    Raises:
        UnreadableFileError: `bad_bundle`, with `what` `damaged`, `differs` (its database is not the one that its
            manifest speaks of), `newer` or `draft`; `too_large_unpacked`; `no_vouchers`.
    """

    profile = BUNDLE.name
    code = "document_not_understood"
    column = "document"

    def __init__(self, raw: BinaryIO, name: str, today: Day | None = None) -> None:
        super().__init__(raw, name)
        self.sha256, self.size = _hashed(raw)
        self.done = self.size
        try:
            with ZipFile(raw) as packed, tempfile.TemporaryDirectory() as folder:
                if any(packed.getinfo(each).compress_type not in _PLAIN for each in BUNDLED):
                    raise UnreadableFileError("bad_bundle", what="damaged")
                manifest = _manifest(packed)
                path = Path(folder) / "books.sqlite"
                _unpack(packed, path, manifest)
                with _reading(path) as (connection, tables):
                    self._customers = _customers(connection)
                    self._documents = _documents(connection, tables)
                    self._taxed = _taxed(connection, tables)
        except (BadZipFile, sqlite3.Error, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error) as e:
            raise UnreadableFileError("bad_bundle", what="damaged") from e
        except OSError as e:
            if e.errno != errno.EINVAL:  # a place before the beginning, or far behind the end: the ZIP says so
                raise
            raise UnreadableFileError("bad_bundle", what="damaged") from e
        if not self._customers and not self._documents:
            raise UnreadableFileError("no_vouchers", what="bundle")
        self._alike = Counter(exact_key(name) for name, *_ in self._customers.values() if isinstance(name, str))
        self._on = _before(manifest, self._documents, today)
        told = {"kind": BUNDLE.name, "vouchers": len(self._documents), "ledgers": len(self._customers)}
        self.found = {**told, "passed": self.passed}
        self.records = self._rows()

    def _rows(self) -> Iterator[list[str]]:
        for name, phone, begun in self._customers.values():
            if not begun:
                continue
            if not isinstance(name, str) or type(begun) is not int or begun < 0:
                yield self._not_understood(str(name), column="customer", what="begins")
            elif self._alike[exact_key(name)] > 1:
                yield self._not_understood(name, column="customer", what="alike", name=name)
            else:
                assert self.found is not None  # noqa: S101 - made before this
                self.found["openings_on"] = self._on
                yield opening(self._on, _called(name), begun, phone=phone if isinstance(phone, str) else "")
        for each in self._documents:
            yield self._row(each)

    def _row(self, each: _Document) -> list[str]:
        gone = each.reversed or each.status in _GONE
        if gone or each.status == "draft":
            return self._pass_over("cancelled" if gone else "draft", each.label)
        if each.status == "owed":
            return self._not_understood(each.label, what="owed")
        if each.customer is None:
            return self._pass_over("no_customer", each.label)
        found = self._customers.get(each.customer)
        if found is None or not isinstance(name := found[0], str):
            return self._not_understood(each.label, what="nobody")
        if self._alike[exact_key(name)] > 1:
            return self._not_understood(each.label, what="alike", name=name)
        if type(each.paise) is not int or each.paise <= 0 or not isinstance(each.day, str):
            return self._not_understood(each.label, what="amount")
        if each.status not in ("posted", "open", "fully-adjusted") or each.invoice in self._taxed:
            return self._not_understood(each.label, what="status" if each.invoice not in self._taxed else "taxed")
        kind = {"invoice": "sale", "credit note": "return"}.get(each.kind, "receive")
        ref = each.number if isinstance(each.number, str) and _PRINTABLE.fullmatch(each.number) else ""
        more = {"mode": _mode(each)} if kind == "receive" else {}
        note = each.note if isinstance(each.note, str) else ""
        return row(each.day[:10], kind, _called(name), each.paise, ref=ref, note=note, **more)


def _hashed(raw: BinaryIO) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    while chunk := raw.read(1 << 20):
        found.update(chunk)
        size += len(chunk)
    raw.seek(0)
    return found.hexdigest(), size


def _manifest(packed: ZipFile) -> dict[str, Any]:
    with packed.open("manifest.json") as file:
        said = file.read((LARGEST >> 4) + 1)
    if len(said) > LARGEST >> 4:
        raise UnreadableFileError("too_large_unpacked", longest=LARGEST >> 24)
    try:
        found = json.loads(said)
    except RecursionError as e:
        raise UnreadableFileError("bad_bundle", what="damaged") from e
    version = found.get("khataFormatVersion") if isinstance(found, dict) else None
    if not isinstance(version, str):
        raise UnreadableFileError("bad_bundle", what="damaged")
    if version.partition(".")[0] != "1":
        raise UnreadableFileError("bad_bundle", what="newer", version=version[:20])
    return dict(found)


def _unpack(packed: ZipFile, path: Path, manifest: Mapping[str, Any]) -> None:
    """Lay the database down; its hash is the one in the manifest, where there is one: hex, or `sha256:` and hex."""
    found, size = hashlib.sha256(), 0
    with packed.open("books.sqlite") as file, path.open("wb") as to:
        while chunk := file.read(1 << 20):
            size += len(chunk)
            if size > LARGEST:
                raise UnreadableFileError("too_large_unpacked", longest=LARGEST >> 20)
            found.update(chunk)
            to.write(chunk)
    integrity = manifest.get("integrity")
    said = integrity.get("booksHash") if isinstance(integrity, dict) else None
    if not isinstance(said, str):
        raise UnreadableFileError("bad_bundle", what="damaged")
    if said.removeprefix("sha256:") != found.hexdigest():
        raise UnreadableFileError("bad_bundle", what="differs")


@contextmanager
def _reading(path: Path) -> Iterator[tuple[sqlite3.Connection, frozenset[str]]]:
    """A connection that reads what TABLES names, and the tables that there are."""
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 64 << 20)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        steps = iter(range(MOST_STEPS // 100_000))
        connection.set_progress_handler(lambda: next(steps, None) is None, 100_000)
        if connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise UnreadableFileError("bad_bundle", what="damaged")
        # What is worked out by the database when it is read is a program, and no column of this format.
        hidden = (connection.execute(f"PRAGMA table_xinfo({table})").fetchall() for table in TABLES)
        if any(column[6] for columns in hidden for column in columns):
            raise UnreadableFileError("bad_bundle", what="damaged")
        connection.set_authorizer(_may)
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = frozenset(
            name for name, sql in rows if isinstance(sql, str) and sql.upper().startswith("CREATE TABLE")
        )
        if not tables >= set(_NEEDED):
            raise UnreadableFileError("bad_bundle", what="draft" if tables >= _OF_THE_DRAFT else "damaged")
        yield connection, tables


def _may(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Called by SQLite when a statement is prepared: only what TABLES names can be read, and nothing else be done."""
    if action == sqlite3.SQLITE_SELECT:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first in TABLES and (not second or second in TABLES[first]):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _customers(connection: sqlite3.Connection) -> dict[Any, tuple[Any, Any, Any]]:
    rows = connection.execute("SELECT id, name, phone, opening_balance FROM customers ORDER BY id")
    return {number: (name, phone, begun) for number, name, phone, begun in rows}


def _documents(connection: sqlite3.Connection, tables: frozenset[str]) -> list[_Document]:
    asked = " UNION ALL ".join(sql for table, sql in _DOCUMENTS.items() if table in tables)
    return [_Document(*found) for found in connection.execute(f"{asked} ORDER BY day")]


def _taxed(connection: sqlite3.Connection, tables: frozenset[str]) -> frozenset[Any]:
    """Invoices with tax collected at source, of which nothing says whether their totals have it."""
    if "tcs_collections" not in tables:
        return frozenset()
    rows = connection.execute("SELECT invoice_id FROM tcs_collections WHERE invoice_id IS NOT NULL")
    return frozenset(invoice for (invoice,) in rows)


def _before(manifest: Mapping[str, Any], documents: list[_Document], today: Day | None) -> str:
    """The day before the books begin: what a customer begins with has no day of its own there."""
    company = manifest.get("company")
    said = str(company.get("fy_start")) if isinstance(company, dict) else ""
    first = next((each.day for each in documents if isinstance(each.day, str)), today or "")
    if not _DAY.fullmatch(said) or said[8:10] > "28":  # no year begins at the end of a month
        said = f"{int(first[:4]) - (first[5:7] < '04')}-04-01" if _DAY.fullmatch(first) else ""
    return earlier(Day(said[:10]), 1) if said else ""


def _mode(each: _Document) -> str:
    """How a payment came; where that is not said, by the name of the account that it went to."""
    if (known := _MODES.get(str(each.mode).casefold())) is not None:
        return known
    account = each.account if isinstance(each.account, str) else ""
    return "cash" if _CASH.search(account) else bank_mode(account)


def _called(name: str) -> str:
    """A name that reads like a customer's number is none here."""
    return f"Customer {name}" if name.lstrip().startswith("@") else name
