"""Every customer's balance in Tamil and by ear, beside the same in English."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from process import alternately
from shop import Shop, filled
from table import Results, cell, tell

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


def main() -> None:
    """By itself: `python bench/speaking.py [ENTRIES]`."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        tell(f"filling a book with {entries:,} entries …")
        results = Results()
        measure(filled(Path(folder), "speaking", entries), results)
        sys.stdout.write(results.short() + "\n")


if __name__ == "__main__":
    main()
