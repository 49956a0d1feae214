"""The generated shop that everything is measured on: about 137 entries a day, up to the same last day.

    python bench/ledger.py FILE ENTRIES [PARTIES]      a CSV for `khata import`

1,000,000 entries are twenty years of such a shop; a larger book keeps the twenty years and has more a day. Customers
pay most of what they owe at that moment, so that balances stay those of a shop and do not grow with the book. The
same numbers give the same rows, to every program that is measured.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

LAST_DAY = date(2026, 10, 31)
A_YEAR = 50_000
LONGEST_DAYS = 365 * 20
PARTIES = 500
FIRST = ("Ramesh", "Suresh", "Sunita", "Fatima", "Gopal", "Lakshmi", "Mahesh", "Anita", "Vijay", "Meena")
LAST = ("Kumar", "Patil", "Sharma", "Gupta", "Bi", "Nair", "Shah", "Joshi", "Yadav", "Rao")
HEADER = ("date", "type", "party", "amount", "mode", "paid", "ref", "note")


class Row(NamedTuple):
    """One entry: `type` as a CSV for khata has it, `party` None at the counter."""

    day: str
    type: str
    party: str | None
    amount_paise: int
    mode: str
    ref: str
    note: str


def name(number: int) -> str:
    """A party's name, different for each number."""
    return f"{FIRST[number % 10]} {LAST[number // 10 % 10]} {number:03d}"


def rupees(amount_paise: int) -> str:
    """1234 as `12.34`."""
    return f"{amount_paise // 100}.{amount_paise % 100:02d}"


def day(entries: int, number: int) -> str:
    """The business day of the row at this place, counted from 0, in a book of so many entries."""
    days = min(max(1, entries * 365 // A_YEAR), LONGEST_DAYS)
    return (LAST_DAY - timedelta(days=days - 1 - number * days // entries)).isoformat()


def rows(entries: int, parties: int = PARTIES, seed: int = 1) -> Iterator[Row]:
    """The shop's entries by day: sales on the khata and at the counter, payments, returns."""
    chance = random.Random(seed)
    owed = [0] * parties
    for number in range(entries):
        on = day(entries, number)
        who, amount, kind = chance.randrange(parties), chance.randrange(1_000, 500_000), chance.random()
        share = 0.5 + chance.random() / 2
        if kind < 0.1:
            yield Row(on, "sale", None, amount, "upi", "", "")
        elif kind < 0.4 and owed[who] > 100_000:
            paid = int(owed[who] * share)
            owed[who] -= paid
            yield Row(on, "receive", name(who), paid, "upi", f"U{number:011d}", "")
        elif kind > 0.98 and owed[who] > amount:
            owed[who] -= amount
            yield Row(on, "return", name(who), amount, "", "", "")
        else:
            owed[who] += amount
            yield Row(on, "sale", name(who), amount, "", "", "atta, dal" if kind > 0.95 else "")


def write(path: Path, entries: int, parties: int = PARTIES) -> None:
    """Write the entries as a CSV in khata's own columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        for row in rows(entries, parties):
            party = "counter" if row.party is None else row.party
            out.writerow([row.day, row.type, party, rupees(row.amount_paise), row.mode, "", row.ref, row.note])


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
