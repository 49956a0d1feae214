"""A statement of a thousand lines held against a book, beside `balance` of all on the same book."""

from __future__ import annotations

from pathlib import Path

import ledger
from alone import by_itself
from process import alternately
from shop import Shop
from table import Results, cell

ROUNDS, LINES = 7, 1_000
MOST = 20.0


def statement(path: Path) -> None:
    """Lines of a month of HDFC's: half of them by names of the book, each with a reference and a UPI id of its own."""
    rows = ["Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance"]
    balance = 0
    for number in range(LINES):
        who = ledger.name(number * 7 % ledger.PARTIES) if number % 2 else f"Somebody Else {number}"
        on, rupees = f"{1 + number * 28 // LINES:02d}/11/25", 100 + number * 37 % 900
        balance += rupees
        ref = f"53{number:010d}"
        text = f"UPI-{who.upper()}-{who.split()[0].lower()}{number}@OKSBI-SBIN0001234-{ref}-UPI"
        rows.append(f"{on},{text},{ref},{on},,{rupees}.00,{balance}.00")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def measure(shop: Shop, results: Results) -> None:
    """On one shop, which stays as it is: nothing is recorded without --yes."""
    file = shop.home / "statement.csv"
    statement(file)
    commands = {"balance": shop.ask("balance"), "reconcile": shop.ask("reconcile", str(file), "--json")}
    took = alternately(commands, ROUNDS)
    what = f"a statement of {LINES:,} lines held against {shop.entries:,} entries"
    ratio = took["reconcile"].seconds / took["balance"].seconds
    results.ratio(what, ratio, MOST, "x balance of all", cell(took["reconcile"]))


if __name__ == "__main__":
    by_itself(measure, "reconciling", 100_000)
