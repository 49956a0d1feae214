"""Reminders as a table for a program that sends many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from khata.exporting.cells import line, rupees, text
from khata.grammar.spreadsheet import guarded

COLUMNS = (
    "party",
    "party_number",
    "phone",
    "lang",
    "amount",
    "due_since",
    "last_received_on",
    "last_received",
    "text",
    "whatsapp",
    "upi",
)


def as_csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Header and rows, as `remind --json` has them, without line ends; the lines of a text stay lines in their cell."""
    yield line(COLUMNS)
    for row in rows:
        received = row["last_received_paise"]
        yield line(
            (
                text(row["name"] or ""),
                row["party"],
                text(row["phone"] or ""),
                row["lang"],
                rupees(row["amount_paise"]),
                row["due_since"],
                row["last_received_on"] or "",
                "" if received is None else rupees(received),
                guarded(row["text"]),
                row["wa"],
                row["upi"] or "",
            )
        )
