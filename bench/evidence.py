"""What evidence costs, as whole processes in turn: the day's first sale, a proof, and checking one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from process import PYTHON, Command, alternately, run
from shop import WHO, Shop, filled
from table import Results, cell, tell

ROUNDS = 11

CLOCK = """
import sys
from datetime import timedelta
from pathlib import Path
from khata.api.desk import real_now
from khata.cli.env import Env
from khata.cli.main import run
days = Path.home() / "days"
passed = int(days.read_text()) + int(sys.argv[1])
days.write_text(str(passed))
code = run(sys.argv[2:], Env(now=lambda: real_now() + timedelta(days=passed)))
sys.stdout.flush()
sys.exit(code)
"""
"""khata so many days later than the command before it: a day must begin for its first sale."""


def measure(shop: Shop, results: Results) -> None:
    """On one shop, which is at the end some days in the future: nothing else is to be measured on it."""
    later = [Command((PYTHON, "-c", CLOCK, days, "sale", WHO, "450"), shop.home) for days in "10"]
    (shop.home / "days").write_text("0")
    proof = shop.home / "made.tlog-proof"
    run(shop.ask("proof", str(shop.entries // 2), "-o", str(proof)))
    commands = {
        "balance NAME": shop.ask("balance", WHO),
        "proof": shop.ask("proof", str(shop.entries // 2)),
        "verify-proof": shop.ask("verify-proof", str(proof)),
    }
    took = alternately(commands, ROUNDS)
    asked = took["balance NAME"].seconds
    what = f"{shop.entries:,} entries"
    for name, most in (("proof", 2.0), ("verify-proof", 1.4)):
        results.ratio(f"`khata {name}`, {what}", took[name].seconds / asked, most, "x balance NAME", cell(took[name]))
    took = alternately({"first": later[0], "another": later[1]}, ROUNDS)
    ratio = took["first"].seconds / took["another"].seconds
    results.ratio(f"the day's first sale, which signs, {what}", ratio, 1.35, "x another sale", cell(took["first"]))


def main() -> None:
    """By itself: `python bench/evidence.py [ENTRIES]`."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        tell(f"filling a book with {entries:,} entries …")
        results = Results()
        measure(filled(Path(name), "evidence", entries), results)
        tell("done")


if __name__ == "__main__":
    main()
