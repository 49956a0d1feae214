"""The generated file that everything is measured on: sales, payments and returns of some hundred parties."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

PARTIES = 500
FIRST = ("Ramesh", "Suresh", "Sunita", "Fatima", "Gopal", "Lakshmi", "Mahesh", "Anita", "Vijay", "Meena")
LAST = ("Kumar", "Patil", "Sharma", "Gupta", "Bi", "Nair", "Shah", "Joshi", "Yadav", "Rao")


def name(number: int) -> str:
    """A party's name, different for each number."""
    return f"{FIRST[number % 10]} {LAST[number // 10 % 10]} {number:03d}"


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write a CSV of `rows` rows over one financial year."""
    chance = random.Random(seed)
    first = date(2025, 4, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["date", "type", "party", "amount", "mode", "paid", "ref", "note"])
        for number in range(rows):
            day = (first + timedelta(days=number * 365 // rows)).isoformat()
            party, amount = name(chance.randrange(PARTIES)), chance.randrange(1_000, 500_000)
            kind = chance.random()
            rupees = f"{amount // 100}.{amount % 100:02d}"
            if kind < 0.6:
                out.writerow([day, "sale", party, rupees, "", "", "", "atta, dal" if kind < 0.03 else ""])
            elif kind < 0.7:
                out.writerow([day, "sale", "counter", rupees, "upi", "", "", ""])
            elif kind < 0.97:
                out.writerow([day, "receive", party, rupees, "upi", "", f"U{number:011d}", ""])
            else:
                out.writerow([day, "return", party, rupees, "", "", "", ""])
