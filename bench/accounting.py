"""What an accountant asks of a year, beside `balance` of all on the same book: as whole processes in turn."""

from __future__ import annotations

from alone import by_itself
from ledger import A_YEAR
from process import alternately
from shop import Shop
from table import Results, cell

ROUNDS = 7
MOST = 4.0
YEAR = ("--period", "FY2025-26")

QUESTIONS: dict[str, tuple[str, ...]] = {
    "sales by month": ("sales", *YEAR),
    "sales by mode": ("sales", "--per", "mode", *YEAR),
    "sales by item": ("sales", "--per", "item", *YEAR),
    "sales by customer": ("sales", "--per", "customer", *YEAR),
    "receipts by day": ("receipts", "--per", "day", *YEAR),
    "the entries of a month": ("sales", *YEAR, "--entries", "2025-11"),
    "trial balance": ("trial", "--as-on", "31-03-2026"),
    "accounts of the year": ("trial", *YEAR),
    "cash book of a month": ("modebook", "cash", "--period", "2025-11"),
    "edit log": ("edit-log", "--by-day", *YEAR),
    "audit cash": ("audit", "cash", *YEAR),
    "audit old": ("audit", "old", "--as-on", "31-03-2026"),
    "audit numbers": ("audit", "numbers", *YEAR),
    "the last 20 of the log": ("log", "--last", "20"),
    "every ledger of the year": ("statement", "--all-parties", "--from", "01-04-2025", "--to", "31-03-2026"),
}


def measure(shop: Shop, results: Results) -> None:
    """On one shop, which stays as it is."""
    # All of the book was imported on one day: what changed since is what the last year's entries did.
    questions = QUESTIONS | {"changes by a year's entries": ("changes", "--since", str(max(1, shop.entries - A_YEAR)))}
    commands = {"balance": shop.ask("balance")}
    for name, words in questions.items():
        commands[name] = shop.ask(*words, *(("--format", "csv") if words[0] != "log" else ()))
    took = alternately(commands, ROUNDS)
    asked = took["balance"].seconds
    for name in questions:
        what = f"an accountant's {name}, a year within {shop.entries:,} entries"
        results.ratio(what, took[name].seconds / asked, MOST, "x balance of all", cell(took[name]))


if __name__ == "__main__":
    by_itself(measure, "accounting", 1_000_000)
