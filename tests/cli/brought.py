"""A shop into which a file was imported, and what tests ask of it."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.cli.conftest import Counter

HEADER = "date,type,party,amount,ref\n"
ROWS = (
    "2026-11-03,sale,Ramesh Kumar,1234,B1",
    "2026-11-05,sale,counter,640,",
    "2026-11-06,sale,Ramesh Kumar,500,",
    "2026-11-08,receive,Ramesh Kumar,300,",
)


def write(shop: Counter, name: str, *rows: str) -> str:
    """A file of these rows."""
    path = shop.home / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(path)


def bring(shop: Counter) -> Counter:
    """Import november.csv: entry 4, its rows 5 to 8; Ramesh owes ₹450 from before."""
    assert shop("import", write(shop, "november.csv", *ROWS), "--json").data["import_id"] == 4
    return shop


def listed(shop: Counter, *options: str) -> list[dict[str, Any]]:
    """What `khata imports` answers."""
    found: list[dict[str, Any]] = shop("imports", *options, "--json").data["imports"]
    return found


def owed(shop: Counter) -> int:
    """What all customers owe, in paise."""
    return int(shop("balance", "ramesh", "--json").data["net_paise"])


def take_back(shop: Counter, *options: str) -> dict[str, Any]:
    """Take november.csv back."""
    found: dict[str, Any] = shop("reverse", "--import", "4", "--reason", "wrong month", *options, "--json").data
    return found


def read(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return [*csv.DictReader(io.StringIO(text))]
