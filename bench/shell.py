"""How long a question takes in `khata shell`, on a book of 100,000 entries and 500 customers: `python bench/shell.py`.

Measured inside the process, from the line to the last character that is printed, without a terminal.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import ledger

from khata.cli.counter.sitting import Sitting
from khata.cli.env import Env, Streams

ENTRIES = 100_000
KHATA = [sys.executable, "-m", "khata"]


class Nobody:
    """A keyboard at which nobody types."""

    def line(self, prompt: str, text: str = "") -> str:  # noqa: ARG002 - the shell's protocol
        raise EOFError

    def remember(self, line: str) -> None:
        pass


def milliseconds(sitting: Sitting, lines: Sequence[str]) -> list[float]:
    """What each line took."""
    took = []
    for line in lines:
        begun = time.perf_counter()
        sitting.take(line)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def main() -> None:
    """Make the book, ask, print medians."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.csv"
        ledger.write(rows, ENTRIES)
        environ = {**os.environ, "HOME": folder, "USER": "bench"}
        for words in (["init", "Bench"], ["import", str(rows), "--new-parties", "all"], ["balance"]):
            subprocess.run([*KHATA, *words], env=environ, check=True, capture_output=True)
        out = StringIO()
        env = Env(environ, streams=Streams(StringIO(), out, out, asks=True, terminal=False, width=100))
        sitting = Sitting(env, Nobody())
        names = [ledger.name(number) for number in range(ledger.PARTIES)]
        asked = {
            "NAME?": [f"{name}?" for name in names],
            "balance NAME": [f"balance {name}" for name in names],
            "NAME??": [f"{name}??" for name in names[::10]],
            "?": ["?"] * 50,
            "NAME 450": [f"{name} {100 + number}" for number, name in enumerate(names[::5])],
        }
        for label, lines in asked.items():
            milliseconds(sitting, lines[:5] if label != "NAME 450" else [])
            took = sorted(milliseconds(sitting, lines))
            print(f"{label:<14} median {statistics.median(took):6.2f} ms   95 % {took[len(took) * 95 // 100]:6.2f} ms")
        env.close()


if __name__ == "__main__":
    main()
