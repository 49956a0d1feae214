"""Bundles of the open `.khata` format, made by hand: what its specification says, as little of it as a reader wants."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

TABLES = """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL);
CREATE TABLE entries (id INTEGER PRIMARY KEY, posted_at TEXT NOT NULL, voucher_type TEXT NOT NULL, voucher_ref TEXT,
 narration TEXT, created_at TEXT NOT NULL DEFAULT '', reversed_by_id INTEGER);
CREATE TABLE entry_lines (id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL, account_id INTEGER NOT NULL,
 debit INTEGER NOT NULL DEFAULT 0, credit INTEGER NOT NULL DEFAULT 0, account_name TEXT);
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT, opening_balance INTEGER DEFAULT 0,
 archived INTEGER DEFAULT 0, created_at TEXT NOT NULL DEFAULT '');
CREATE TABLE invoices (id INTEGER PRIMARY KEY, invoice_number TEXT NOT NULL, customer_id INTEGER NOT NULL,
 invoice_date TEXT NOT NULL, total INTEGER NOT NULL DEFAULT 0, notes TEXT, status TEXT NOT NULL DEFAULT 'posted',
 ledger_entry_id INTEGER, company_snapshot TEXT);
"""
LATER = """
CREATE TABLE payments (id INTEGER PRIMARY KEY, payment_number TEXT NOT NULL, payment_date TEXT NOT NULL,
 customer_id INTEGER, amount INTEGER NOT NULL, payment_mode TEXT, notes TEXT, status TEXT NOT NULL DEFAULT 'posted',
 ledger_entry_id INTEGER, bank_account_snapshot TEXT);
CREATE TABLE advances (id INTEGER PRIMARY KEY, advance_number TEXT NOT NULL, advance_date TEXT NOT NULL,
 customer_id INTEGER NOT NULL, amount INTEGER NOT NULL, payment_mode TEXT, notes TEXT,
 status TEXT NOT NULL DEFAULT 'open', ledger_entry_id INTEGER, bank_account_snapshot TEXT);
CREATE TABLE credit_notes (id INTEGER PRIMARY KEY, cn_number TEXT NOT NULL, cn_date TEXT NOT NULL,
 customer_id INTEGER NOT NULL, total INTEGER NOT NULL, notes TEXT, status TEXT NOT NULL DEFAULT 'posted',
 ledger_entry_id INTEGER);
CREATE TABLE purchases (id INTEGER PRIMARY KEY, bill_number TEXT NOT NULL, bill_date TEXT NOT NULL, total INTEGER);
CREATE TABLE tcs_collections (id INTEGER PRIMARY KEY, invoice_id INTEGER);
"""
MEENA = """
INSERT INTO customers (id, name, phone, opening_balance) VALUES (1, 'Meena Traders', '98765 43210', 125050),
 (2, 'लता किराना', NULL, 0), (3, 'Nobody', NULL, NULL);
INSERT INTO entries (id, posted_at, voucher_type, voucher_ref) VALUES (1, '2026-04-03', 'sales', 'INV-1'),
 (2, '2026-04-20', 'journal', 'J-1');
INSERT INTO entry_lines (entry_id, account_id, debit, credit) VALUES (1, 10, 118000, 0), (1, 11, 0, 100000),
 (1, 12, 0, 18000), (2, 13, 500, 0), (2, 14, 0, 500);
INSERT INTO invoices (id, invoice_number, customer_id, invoice_date, total, notes, status, ledger_entry_id) VALUES
 (1, 'INV-1', 1, '2026-04-03', 118000, 'chairs', 'posted', 1), (2, 'INV-2', 2, '2026-04-06', 50000, NULL, 'posted', 9),
 (3, 'INV-3', 2, '2026-04-07', 99900, NULL, 'cancelled', 9), (4, 'INV-4', 2, '2026-04-08', 1, NULL, 'draft', NULL);
"""
PAID = """
INSERT INTO payments (payment_number, payment_date, customer_id, amount, payment_mode, bank_account_snapshot) VALUES
 ('PAY-1', '2026-04-05', 1, 240000, 'neft', 'State Bank'), ('PAY-2', '2026-04-09', 2, 100, 'other', 'Cash in hand'),
 ('PAY-3', '2026-04-10', NULL, 700, 'cash', NULL);
INSERT INTO advances (advance_number, advance_date, customer_id, amount, payment_mode) VALUES
 ('ADV-1', '2026-04-11', 2, 30000, 'upi');
INSERT INTO credit_notes (cn_number, cn_date, customer_id, total) VALUES ('CN-1', '2026-04-12', 2, 11800);
INSERT INTO purchases (bill_number, bill_date, total) VALUES ('B-77', '2026-04-13', 500000);
"""


def books(*scripts: str) -> bytes:
    """The bytes of a database made by these scripts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite"
        connection = sqlite3.connect(path)
        for script in scripts:
            connection.executescript(script)
        connection.close()
        return path.read_bytes()


def bundle(database: bytes, **manifest: Any) -> bytes:
    """The bytes of a bundle; `manifest` goes over what a sound one says."""
    said = {
        "khataFormatVersion": "1.0",
        "schemaVersion": 12,
        "company": {"name": "Verma Stores", "fy_start": "2026-04-01"},
        "integrity": {"booksHash": hashlib.sha256(database).hexdigest()},
    }
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        packed.writestr("manifest.json", json.dumps(said | manifest))
        packed.writestr("books.sqlite", database)
    return made.getvalue()
