"""A customer's statement as HTML with its QR, its ages and its seal, beside the same on the screen."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from process import alternately, run
from shop import Shop, filled
from table import Results, cell, tell

ROUNDS = 15
HTML_MOST = 2.0


def measure(shop: Shop, results: Results) -> None:
    """On one shop; it is given a UPI address, so that there is a QR."""
    run(shop.ask("shop", "set", "--upi", "sharma@okaxis", "--payee", "Sharma Kirana"))
    commands = {
        "on the screen": shop.ask("statement", "@1"),
        "as HTML": shop.ask("statement", "@1", "--format", "html"),
    }
    took = alternately(commands, ROUNDS)
    screen = took["on the screen"].seconds
    results.ratio(
        "statement as HTML", took["as HTML"].seconds / screen, HTML_MOST, "x on the screen", cell(took["as HTML"])
    )


def main() -> None:
    """By itself: `python bench/paper.py [ENTRIES]`."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        tell(f"filling a book with {entries:,} entries …")
        results = Results()
        shop = filled(Path(folder), "paper", entries)
        measure(shop, results)
        sys.stdout.write(results.short() + "\n")


if __name__ == "__main__":
    main()
