"""Entries line by line: `khata batch` in groups and one by one, and what a line of `khata shell` takes."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import ledger
import shell
from process import PYTHON, Command, run
from shop import Shop, opened
from table import Results

TOGETHER, ALONE = 10_000, 300


def measure(shop: Shop, folder: Path, results: Results) -> None:
    """Records of a second, and milliseconds of a line; the last one records in the shop that it is given."""
    for what, line in (("JSON", _json), ("words", _words)):
        seconds = _batch(folder, what, [line(number) for number in range(TOGETHER)], "500")
        results.at_least(
            f"`khata batch --group 500`, {TOGETHER:,} lines of {what}", TOGETHER / seconds, 3000, "records/s"
        )
        seconds = _batch(folder, f"{what} alone", [line(number) for number in range(ALONE)], "1")
        results.add(f"… one commit each, {ALONE} lines", f"{ALONE / seconds:,.0f} records/s")
    asked = shell.milliseconds_of(shop.home)
    for label, took in asked.items():
        figure = f"{median(took):.2f} ms"
        if label == "NAME?":
            results.add(f"`khata shell`: `{label}`", figure, "about 1 ms", met=median(took) <= 1)
        else:
            results.add(f"`khata shell`: `{label}`", figure)


def _json(number: int) -> str:
    return json.dumps({"command": "sale", "party": ledger.name(number % 100), "amount_paise": 100 + number})


def _words(number: int) -> str:
    return f"sale '{ledger.name(number % 100)}' {100 + number}"


def _batch(folder: Path, name: str, lines: list[str], group: str) -> float:
    """Seconds for these lines from a file, in a book that has their customers; the process's start is part of it."""
    shop = opened(folder, f"batch {name}", 100)
    run(shop.importing())
    known = {each.party for each in ledger.rows(100, ledger.PARTIES)}
    for number in range(100):
        if ledger.name(number) not in known:
            run(shop.ask("party", "add", ledger.name(number)))
    file = folder / f"{name}.txt"
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    code = "import os, sys; os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0); os.execv(sys.argv[2], sys.argv[2:])"
    khata = shop.ask("batch", "--group", group).words
    took = run(Command((PYTHON, "-c", code, str(file), *khata), shop.home))
    if len(took.out.splitlines()) != len(lines) or '"refused"' in took.out:
        raise SystemExit(f"batch {name}: {took.out[:500]}")
    shop.drop()
    return took.seconds
