"""`make bench`: khata, its peers and its floor as whole processes on one generated shop, in one table.

    python bench/run.py [--sizes 10000,100000,1000000] [--write]

Progress goes to stderr, the result in Markdown to stdout. `--write` puts what was to be reached into
docs/BENCHMARKS.md, all the rest into docs/BENCHMARKS-TABLES.md, and the picture into docs/growth.png. Sizes above
1,000,000 are khata's alone. Every ratio is of figures of this one run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import accounting
import checking
import evidence
import growth
import instructions
import lines
import paper
import peers
import questions
import reconciling
import size
import speaking
import writing
from process import HERE, PYTHON, run
from shop import Shop, filled, opened
from table import Results, tell

SIZES = (10_000, 100_000, 1_000_000)
MANY = 50_000
ROUNDS = {10_000: 5, 100_000: 3, 1_000_000: 2}
DOCUMENT = HERE.parent / "docs" / "BENCHMARKS.md"
TABLES = DOCUMENT.with_name("BENCHMARKS-TABLES.md")
PICTURE = HERE.parent / "docs" / "growth.png"
BEGIN, END = "<!-- what `python bench/run.py --write` writes -->", "<!-- end of what it writes -->"


def measure(sizes: list[int], folder: Path) -> Results:
    """Everything, on shops that are made in this folder."""
    results = Results()
    main = max((each for each in sizes if each <= peers.LARGEST), default=sizes[0])
    warm = opened(folder, "warm", 1000)
    run(warm.importing())
    shops: dict[int, Shop] = {}
    for entries in sizes:
        rounds = ROUNDS.get(entries, 2) if entries <= peers.LARGEST else 0
        shops[entries] = writing.imported(folder, entries, rounds, results, main=entries == main)
    writing.memory(sizes, results)
    writing.disturbed(folder, main, results)
    tell("peers …")
    peers.measure(shops, folder, results)  # before a question sells anything: the books are compared
    tell("questions …")
    questions.measure(shops, main, results)
    tell(f"among {MANY:,} parties …")
    many = filled(folder, "many", max(main, 2 * MANY), MANY)
    questions.among_many(many, results)
    peers.among_many(many, folder, results)
    many.drop()
    tell("verify and rebuild …")
    checking.measure(shops, main, results)
    tell("line by line …")
    lines.measure(shops.get(100_000, shops[main]), folder, results)
    tell("bytes …")
    size.measure(shops[main], shops.get(100_000, shops[main]), folder, results)
    tell("what an accountant asks …")
    accounting.measure(shops[main], results)
    reconciling.measure(shops.get(100_000, shops[main]), results)
    speaking.measure(shops.get(100_000, shops[main]), results)
    paper.measure(shops.get(100_000, shops[main]), results)
    tell("evidence …")
    evidence.measure(shops[main], results)  # at the end: its clock runs ahead
    instructions.measure(folder, results)
    return results


def about(sizes: list[int], took_s: float) -> str:
    """When, on what, and how large."""
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *_peers()]
    day = datetime.now(UTC).date()
    shown = ", ".join(f"{entries:,}" for entries in sizes)
    run_on = f"{day.day} {day:%B %Y}, {os.cpu_count()} cores, {', '.join(versions)}; {took_s / 60:.0f} minutes."
    return f"{run_on} Sizes: {shown} entries."


def chart(results: Results) -> str:
    """Time against size, in Markdown."""
    return f"Time against size:\n\n```text\n{growth.chart(results.growth)}\n```"


def _peers() -> list[str]:
    """The first line that each peer says of its version."""
    found = []
    for name, path in peers.found().items():
        said = subprocess.run([path, "--version"], check=False, capture_output=True, text=True).stdout
        first = said.partition("\n")[0].partition(",")[0]
        found.append(f"{name} ({first})" if first else name)
    return found


def draw(results: Results) -> None:
    """The picture, where matplotlib is there."""
    if importlib.util.find_spec("matplotlib") is None:
        tell("matplotlib is not installed here (`pip install -e '.[bench]'`): no picture")
        return
    subprocess.run(
        [PYTHON, str(HERE / "plot.py"), str(PICTURE)], input=json.dumps(results.growth), check=True, text=True
    )


def put(document: Path, text: str) -> None:
    """Replace the marked part of a document."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{document} has no marked part")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write if asked."""
    arguments = argparse.ArgumentParser(description="Measure khata beside its peers and its floor.")
    arguments.add_argument("--sizes", default=",".join(map(str, SIZES)), help="entries, separated by commas")
    arguments.add_argument("--write", action="store_true", help="put the result into docs/")
    given = arguments.parse_args()
    sizes = sorted({int(each.replace("_", "")) for each in given.sizes.split(",")})
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="khata-bench-") as name:
        results = measure(sizes, Path(name))
    ran = about(sizes, time.perf_counter() - started)
    short, long = f"{ran}\n\n{results.short()}", f"{ran}\n\n{results.long()}\n\n{chart(results)}"
    sys.stdout.write(f"{short}\n\n{long}\n")
    if given.write:
        draw(results)
        put(DOCUMENT, short)
        put(TABLES, long)


if __name__ == "__main__":
    main()
