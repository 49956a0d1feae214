"""What `--json` answers at the least, and what is refused, as docs/CLI.md shows it."""

from __future__ import annotations

from typing import Any

ID = "5f0c…32 hex…9a"
_MONEY = {
    "entry": 17,
    "event_id": ID,
    "kind": "sale_recorded",
    "party": 3,
    "name": "Ramesh Kumar",
    "on": "2026-11-22",
    "by": "9f2c41d0",
    "amount_paise": 45000,
    "paid": [{"mode": "upi", "amount_paise": 20000}],
    "balance_paise": 25000,
    "already_recorded": False,
}

_PERIOD = {"as_on": "2026-11-22", "known_at_entry": 17, "from": None, "to": "2026-11-22"}

SHAPES: dict[str, dict[str, Any]] = {
    "sale": _MONEY,
    "receive": {**_MONEY, "kind": "payment_received", "paid": []},
    "balance": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "parties": [{"party": 3, "party_id": ID, "name": "Ramesh Kumar", "balance_paise": 25000}],
        "to_receive_paise": 25000,
        "to_give_paise": 0,
        "net_paise": 25000,
    },
    "statement": {
        "party": 3,
        "name": "Ramesh Kumar",
        "from": None,
        "to": "2026-11-22",
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "opening_paise": 0,
        "lines": [
            {
                "entry": 17,
                "on": "2026-11-22",
                "at": "2026-11-22T11:30:00.123456Z",
                "by": "9f2c41d0",
                "by_name": "raju",
                "kind": "sale_recorded",
                "debit_paise": 45000,
                "credit_paise": 20000,
                "balance_paise": 25000,
                "ref": None,
                "note": None,
                "by_hand": None,
                "reverses": None,
                "reversed_by": None,
            }
        ],
        "closing_paise": 25000,
    },
    "dues": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "basis": "oldest_first",
        "bucket_days": [30, 60, 90],
        "parties": [
            {
                "party": 3,
                "name": "Ramesh Kumar",
                "balance_paise": 25000,
                "oldest_on": "2026-11-22",
                "last_received_on": "2026-11-22",
                "by_age_paise": [25000, 0, 0, 0],
            }
        ],
    },
    "every list": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "lines": [
            {
                "entry": 12,
                "party": 3,
                "name": "Ramesh Kumar",
                "amount_paise": 45000,
                "every": "month",
                "as": "sale",
                "from": "2026-10-31",
                "note": "milk",
                "ended_on": None,
                "next_on": "2026-11-30",
            }
        ],
    },
    "due-lines": {
        "due": [
            {
                "entry": 12,
                "party": 3,
                "name": "Ramesh Kumar",
                "on": "2026-10-31",
                "amount_paise": 45000,
                "note": "milk",
                "as": "sale",
                "ref": "every-12/2026-10",
            }
        ],
        "recorded": [
            {
                "entry": 18,
                "line": 12,
                "kind": "sale_recorded",
                "party": 3,
                "name": "Ramesh Kumar",
                "on": "2026-10-31",
                "amount_paise": 45000,
                "ref": "every-12/2026-10",
            }
        ],
    },
    "chart trend": {
        **_PERIOD,
        "from": "2026-11-01",
        "months": [
            {
                "month": "2026-11",
                "due_on": "2026-11-22",
                "sales_paise": 45000,
                "received_paise": 20000,
                "due_paise": 25000,
            }
        ],
    },
    "chart dues": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "ages": [{"from_days": 0, "upto_days": 30, "due_paise": 25000, "customers": 1}],
        "due_paise": 25000,
        "customers": 1,
    },
    "audit cash": {
        **_PERIOD,
        "lines": [
            {
                "party": 3,
                "name": "Ramesh Kumar",
                "on": "2026-11-22",
                "cash_paise": 20000000,
                "entries": [15, 17],
                "rule": "s.186",
                "why": "day",
                "bill": None,
            }
        ],
    },
    "audit old": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "basis": "oldest_first",
        "within_days": 180,
        "lines": [
            {
                "party": 3,
                "party_id": ID,
                "name": "Ramesh Kumar",
                "due_paise": 25000,
                "balance_paise": 65000,
                "oldest_on": "2023-12-01",
                "last_received_on": "2026-11-22",
                "debit_on": "2023-12-01",
                "part_paid_on": None,
                "lapses_on": "2026-12-01",
                "days_left": 9,
                "brought_forward": False,
            }
        ],
    },
    "audit numbers": {
        **_PERIOD,
        "lines": [
            {
                "series": "B-",
                "suffix": "",
                "kind": "sale_recorded",
                "first": "B-001",
                "last": "B-009",
                "count": 7,
                "missing": ["B-004", "B-006"],
                "missing_total": 2,
                "doubles": [{"ref": "B-003", "entries": [5, 9]}],
                "cancelled": [{"ref": "B-007", "entry": 12}],
                "elsewhere": [{"ref": "B-006", "entry": 14}],
            }
        ],
    },
    "imports": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "imports": [
            {
                "import_id": 41,
                "at": "2026-11-22T04:33:00.000000Z",
                "by": "c0ffee00",
                "by_name": "asha",
                "file": "rows.csv",
                "rows": 99,
                "recorded": 98,
                "reversed": 3,
                "corrected": 1,
                "standing": 95,
                "given_paise": 4500000,
                "received_paise": 1200000,
                "from": "2026-10-01",
                "to": "2026-10-31",
            }
        ],
    },
    "verify": {
        "result": "unbroken",
        "entries": 17,
        "head": "9f2c…64 hex…77",
        "first_bad_entry": None,
        "checks": [{"check": "chain", "result": "ok"}],
        "faults": [{"check": "chain", "entry": 9, "code": "hash_differs"}],
        "not_checked": ["checkpoint"],
        "read": 17,
        "mark": {"result": "ok", "entry": 17},
        "verified_before": {"result": "ok", "entry": 12, "at": "2026-11-21T16:00:00.000000Z"},
    },
    "doctor": {
        "result": "look",
        "path": "…/Khata/shop.khata",
        "checks": [
            {
                "check": "backup",
                "result": "look",
                "code": "none",
                "facts": {},
                "message": "No backup made on this computer yet. Plug in a pen drive. Then: khata backup /media/usb",
            }
        ],
    },
    "import": {
        "rows": 99,
        "recorded": 98,
        "duplicates": [{"row": 7, "entry": 812}],
        "rejected": 0,
        "faults": [],
        "parties_added": [{"party": 9, "party_id": ID, "name": "Suresh", "resembles": []}],
        "warnings": 3,
        "dry_run": False,
        "import_id": 41,
    },
}
"""What `data` holds at the least, by command: keys are added, never renamed. test_docs.py runs these commands."""

FAULT = {"row": 9, "column": "amount", "value": "12.3.4", "code": "bad_amount", "hint": "…"}
"""One of the `faults` in the facts of a file that is refused."""
