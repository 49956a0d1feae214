"""Imports against the floor, what a question takes meanwhile, and what a killed import leaves behind."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from statistics import median

from process import Took, environ, floor, middle, run
from shop import WHO, Shop, opened
from table import Results, tell

ASKED = 15
MOST_MB = 200


def imported(folder: Path, entries: int, rounds: int, results: Results, *, main: bool) -> Shop:
    """Import a file some times, the floor in turn with it; the last book is kept for what comes after.

    Args:
        folder: where to.
        entries: the rows of the file.
        rounds: how often; 0 for one import without the floor.
        results: takes the figures.
        main: whether the lines against the targets are those of this size.
    """
    took: dict[str, list[Took]] = {name: [] for name in ("import", "first", "log", "views", "bytes")}
    shop = opened(folder, f"shop-{entries}", entries)
    for number in range(max(rounds, 1)):
        if number:
            shop.drop()
            shop = opened(folder, f"shop-{entries}", entries)
        tell(f"  import of {entries:,}, {number + 1} …")
        took["import"].append(run(shop.importing()))
        took["first"].append(run(shop.ask("balance", WHO)))
        if rounds:
            _floors(shop, took)
    whole, first = middle(took["import"]), _both(took["import"], took["first"])
    results.who("import, until the command returns", "khata", entries, whole)
    results.who("import, until the first balance", "khata", entries, first)
    if rounds:
        logs, views, strictest = middle(took["log"]), middle(took["views"]), middle(took["bytes"])
        to_balance = Took(logs.seconds + views.seconds, max(logs.peak_mb, views.peak_mb))
        results.who("import, until the command returns", "floor", entries, logs)
        results.who("import, until the command returns", "floor, bytes only", entries, strictest)
        results.who("import, until the first balance", "floor", entries, to_balance)
        if main:
            _targets(
                entries, {"whole": whole, "first": first, "log": logs, "both": to_balance, "bytes": strictest}, results
            )
    return shop


def _floors(shop: Shop, took: dict[str, list[Took]]) -> None:
    to = shop.home / "floor"
    to.mkdir()
    took["log"].append(run(floor(shop.home, "log", str(shop.file), str(to / "log.khata"))))
    took["views"].append(run(floor(shop.home, "views", str(shop.cache), str(to / "views.sqlite"))))
    took["bytes"].append(run(floor(shop.home, "bytes", str(shop.book), str(to / "bytes.khata"))))
    shutil.rmtree(to)


def _both(one: list[Took], other: list[Took]) -> Took:
    return middle([Took(a.seconds + b.seconds, max(a.peak_mb, b.peak_mb)) for a, b in zip(one, other, strict=True)])


def _targets(entries: int, took: dict[str, Took], results: Results) -> None:
    whole, first, both = took["whole"].seconds, took["first"].seconds, took["both"].seconds
    work = f"import of {entries:,} rows, until the command returns"
    results.at_least(work, both / whole, 0.7, "x the floor's speed", f"{entries / whole:,.0f} rows/s")
    results.add("… beside the floor's first part (the log alone)", f"{took['log'].seconds / whole:.2f} x its speed")
    results.add("… beside the strictest floor (bytes only)", f"{took['bytes'].seconds / whole:.2f} x its speed")
    work = "… until the first balance is answered"
    results.at_least(work, both / first, 0.6, "x the floor's speed", f"{entries / first:,.0f} rows/s")


def memory(sizes: list[int], results: Results) -> None:
    """The peaks of the imports: flat."""
    peaks = {size: results.took["import, until the command returns"]["khata"][size].peak_mb for size in sizes}
    peaks |= {
        size: max(peaks[size], results.took["import, until the first balance"]["khata"][size].peak_mb) for size in sizes
    }
    shown = ", ".join(f"{peak:.0f} MB at {size:,}" for size, peak in peaks.items())
    results.add("import, peak memory", shown, f"under {MOST_MB} MB", met=max(peaks.values()) < MOST_MB)


def disturbed(folder: Path, entries: int, results: Results) -> None:
    """Ask while an import holds the book; then break imports off, and look at what is there."""
    shop = opened(folder, "disturbed", entries)
    run(shop.ask("sale", WHO, "450", "--new"))
    before = state(shop)
    quiet = median(run(shop.ask("balance", WHO)).seconds for _ in range(ASKED))
    for how in (signal.SIGINT, signal.SIGKILL):
        process = _begun(shop)
        process.send_signal(how)
        process.wait()
        if process.returncode == 0:
            raise SystemExit("the import was over before it could be broken off")
        if state(shop) != before:
            raise SystemExit(f"an import that {how.name} ended left something behind")
    results.add(
        f"Ctrl-C and kill -9 in an import of {entries:,} rows",
        "the book as it was, and unbroken",
        "nothing left behind",
        met=True,
    )
    process = _begun(shop)
    asked: list[float] = []
    while process.poll() is None and len(asked) < ASKED:
        answer = run(shop.ask("balance", WHO))
        if "Shown up to: entry" in answer.err:
            asked.append(answer.seconds)
        time.sleep(0.01)
    if process.wait():
        raise SystemExit("the import failed while questions were asked")
    if not asked:
        results.skip("a question while an import holds the book", "the import was too short to be asked meanwhile")
        return
    work = f"a question while an import holds the book ({len(asked)} asked)"
    results.ratio(work, median(asked) / quiet, 1.5, "x otherwise", f"{median(asked) * 1000:.0f} ms")
    shop.drop()


def _begun(shop: Shop) -> subprocess.Popen[bytes]:
    """An import that has begun to write: the book's journal says so."""
    # Whoever runs the benchmark in the background has Ctrl-C ignored, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = shop.importing()
    journal = shop.book.with_name(shop.book.name + "-journal")
    process = subprocess.Popen(
        command.words, env=environ(command), cwd=shop.home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not (journal.exists() and journal.stat().st_size):
        time.sleep(0.001)
    return process


def state(shop: Shop) -> tuple[str, int, int]:
    """What verification says of a book, how many entries it has, and what WHO owes."""
    verdict = json.loads(run(shop.ask("verify", "--json")).out)["data"]
    owed = json.loads(run(shop.ask("balance", WHO, "--json")).out)["data"]["parties"][0]["balance_paise"]
    return verdict["result"] + verdict["head"], verdict["entries"], owed
