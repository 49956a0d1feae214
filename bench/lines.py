"""Entries line by line: `khata batch` in groups and one by one, and what a line of `khata shell` takes."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import ledger
import shell
from process import PYTHON, Command, bare, floor, run
from shop import Shop, opened
from table import Results

FEW, MORE = 300, 1300
"""Lines of the shorter and the longer run: what a line takes is the difference, without the start of a process."""

TOGETHER = 10_000
ROUNDS = 3
PARTIES = 100
MOST_COMMITTED, MOST_TYPED = 2.5, 0.1


def measure(shop: Shop, folder: Path, results: Results) -> None:
    """What a line takes beside a bare loop that commits the same rows; the last one records in the given shop."""
    for what, line in (("JSON", _json), ("words", _words)):
        took: dict[int, list[tuple[float, float]]] = {FEW: [], MORE: [], TOGETHER: []}
        for _ in range(ROUNDS):
            for count, each in took.items():
                group = "500" if count == TOGETHER else "1"
                each.append(_batch(folder, [line(number) for number in range(count)], group))
        whole, loop = ({n: median(e[at] for e in each) for n, each in took.items()} for at in (0, 1))
        alone = (whole[MORE] - whole[FEW]) / (MORE - FEW)
        work = f"a line of {what} in `khata batch`, one commit each"
        results.ratio(work, alone / loop[MORE], MOST_COMMITTED, "x a bare loop", f"{alone * 1000:.2f} ms")
        times = whole[TOGETHER] / TOGETHER / loop[TOGETHER]
        results.add("… 500 to a commit, start-up included", f"{times:.1f} x a bare loop")
    start = median(run(bare(shop.home)).seconds for _ in range(ROUNDS)) * 1000
    for label, lines in shell.milliseconds_of(shop.home).items():
        work, typed = f"a line of `khata shell`: `{label}`", median(lines)
        if label == "NAME?":
            results.ratio(work, typed / start, MOST_TYPED, "x bare", f"{typed:.2f} ms")
        else:
            results.add(work, f"{typed:.2f} ms, {typed / start:.2f} x bare")


def _json(number: int) -> str:
    return json.dumps({"command": "sale", "party": ledger.name(number % PARTIES), "amount_paise": 100 + number})


def _words(number: int) -> str:
    return f"sale '{ledger.name(number % PARTIES)}' {100 + number}"


def _batch(folder: Path, lines: list[str], group: str) -> tuple[float, float]:
    """Seconds for these lines from a file, in a new book that has their customers; and of the bare loop, an entry."""
    shop = opened(folder, "batch", PARTIES, PARTIES)
    run(shop.importing())
    known = {each.party for each in ledger.rows(PARTIES, PARTIES)}
    for number in range(PARTIES):
        if ledger.name(number) not in known:
            run(shop.ask("party", "add", ledger.name(number)))
    run(shop.ask("balance"))
    file = shop.home / "lines.txt"
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    code = "import os, sys; os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0); os.execv(sys.argv[2], sys.argv[2:])"
    khata = shop.ask("batch", "--group", group).words
    took = run(Command((PYTHON, "-c", code, str(file), *khata), shop.home))
    if len(took.out.splitlines()) != len(lines) or '"refused"' in took.out:
        raise SystemExit(f"batch: {took.out[:500]}")
    loop = run(floor(shop.home, "commits", str(shop.book), str(shop.home / "copy.khata"), group)).seconds
    shop.drop()
    return took.seconds, loop
