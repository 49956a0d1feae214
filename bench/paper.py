"""A customer's statement as HTML and as PDF, with its QR, its ages and its seal, beside the same on the screen."""

from __future__ import annotations

from alone import by_itself
from process import KHATA, Command, alternately, run
from shop import Shop
from table import Results, cell

ROUNDS = 15
HTML_MOST, PDF_MOST = 2.0, 6.0


def measure(shop: Shop, results: Results) -> None:
    """On one shop; it is given a UPI address, so that there is a QR."""
    run(shop.ask("shop", "set", "--upi", "sharma@okaxis", "--payee", "Sharma Kirana"))
    commands = {
        "on the screen": shop.ask("statement", "@1"),
        "as HTML": shop.ask("statement", "@1", "--format", "html"),
        # khata writes over no file, so the one before goes first.
        "as PDF": Command(("/bin/sh", "-c", f"rm -f a.pdf; exec {KHATA} statement @1 -o a.pdf"), shop.home),
    }
    took = alternately(commands, ROUNDS)
    screen = took["on the screen"].seconds
    for what, most in (("as HTML", HTML_MOST), ("as PDF", PDF_MOST)):
        results.ratio(f"statement {what}", took[what].seconds / screen, most, "x on the screen", cell(took[what]))


if __name__ == "__main__":
    by_itself(measure, "paper", 100_000)
