"""Every customer's balance in Tamil and by ear, beside the same in English."""

from __future__ import annotations

from alone import by_itself
from process import alternately
from shop import Shop
from table import Results, cell

ROUNDS = 15
MOST = 1.15


def measure(shop: Shop, results: Results) -> None:
    """On one shop, which stays as it is."""
    commands = {
        "in English": shop.ask("balance", "--lang", "en"),
        "in Tamil": shop.ask("balance", "--lang", "ta"),
        "by ear": shop.ask("balance", "--plain"),
    }
    took = alternately(commands, ROUNDS)
    english = took["in English"].seconds
    for what in ("in Tamil", "by ear"):
        results.ratio(f"balance of all {what}", took[what].seconds / english, MOST, "x in English", cell(took[what]))


if __name__ == "__main__":
    by_itself(measure, "speaking", 100_000)
