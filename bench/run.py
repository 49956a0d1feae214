"""`make bench`: khata as whole processes, its floors and the bare interpreter, on one generated book, as ratios.

    python bench/run.py [ROWS]      (100,000 unless said)

It prints a table in Markdown. Every ratio is of figures of this one run; docs/BENCHMARKS.md keeps one such table.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import ledger

HERE = Path(__file__).parent
PYTHON = sys.executable
KHATA = str(Path(PYTHON).with_name("khata"))
STARTS = 15


@dataclass(frozen=True)
class Run:
    """A finished process: wall seconds, and peak memory of the largest of its processes in MB."""

    seconds: float
    peak_mb: float
    out: str


def run(command: list[str], home: Path) -> Run:
    """Run a command in a home of its own; a failure ends the benchmark."""
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "USER": "bench"}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, cwd=home)
    out, err = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{command}: {err.decode()}")
    return Run(seconds, 0, out.decode())


def peak(command: list[str], home: Path) -> float:
    """The peak memory of a command's largest process, in MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    return float(run([PYTHON, "-c", code, *command], home).out)


def starts(commands: dict[str, list[str]], home: Path) -> dict[str, float]:
    """Median seconds of each command, run in turn so that a slow moment falls on all of them."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():
        run(command, home)
    for _ in range(STARTS):
        for name, command in commands.items():
            times[name].append(run(command, home).seconds)
    return {name: median(each) for name, each in times.items()}


def fresh(folder: Path, name: str) -> Path:
    """An empty home with a book."""
    home = folder / name
    home.mkdir()
    run([KHATA, "init", "Bench"], home)
    return home


def imported(folder: Path, rows: int, name: str) -> tuple[Path, Run, Run, Path]:
    """A home whose book has so many rows; the import and the first balance after it."""
    file = folder / f"{name}.csv"
    ledger.write(file, rows)
    home = fresh(folder, name)
    took = run([KHATA, "import", str(file), "--new-parties", "all"], home)
    first = run([KHATA, "balance", ledger.name(7)], home)
    return home, took, first, file


def line(what: str, figure: str, ratio: str, target: str) -> None:
    """A row of the table."""
    print(f"| {what} | {figure} | {ratio} | {target} |", flush=True)


def main(rows: int) -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| what | figure | ratio | target |\n|---|---|---|---|")
        home, took, first, file = imported(folder, rows, "large")
        book = next((home / "Khata").glob("*.khata"))
        cache = next((home / ".cache" / "khata").glob("*.sqlite"))
        floor = json.loads(
            run([PYTHON, str(HERE / "floor.py"), "write", str(book), str(cache), str(file), str(folder)], home).out
        )
        written = floor["read"] + floor["log"]
        whole = took.seconds + first.seconds
        ratio = f"{took.seconds / written:.1f} x floor"
        line(f"import of {rows:,} rows", f"{rows / took.seconds:,.0f} rows/s", ratio, ">= 30,000")
        ratio = f"{whole / (written + floor['views']):.1f} x floor"
        line("… until the first balance", f"{rows / whole:,.0f} rows/s", ratio, ">= 20,000")
        other = fresh(folder, "memory")
        memory = peak([KHATA, "import", str(file), "--new-parties", "all"], other)
        line("… peak memory", f"{memory:.0f} MB", "", "< 200 MB")
        entries = json.loads(run([KHATA, "verify", "--json"], home).out)["data"]["entries"]
        seconds = median(run([KHATA, "verify"], home).seconds for _ in range(5))
        base = json.loads(run([PYTHON, str(HERE / "floor.py"), "verify", str(book)], home).out)["verify"]
        line("verify, all checks", f"{entries / seconds:,.0f} entries/s", f"{seconds / base:.2f} x floor", ">= 120,000")
        line("… peak memory", f"{peak([KHATA, 'verify'], home):.0f} MB", "", "< 200 MB")
        small, *_ = imported(folder, rows // 100, "small")
        start_up(home, small, rows)


def start_up(home: Path, small: Path, rows: int) -> None:
    """Whole processes against the bare interpreter, on the large book and on one of a hundredth of its size."""
    who = ledger.name(7)
    times = starts(
        {
            "bare": [PYTHON, "-c", "pass"],
            "help": [KHATA, "--help"],
            "balance": [KHATA, "balance", who],
            "sale": [KHATA, "sale", who, "450"],
        },
        home,
    )
    for name, target in (("balance", 10), ("sale", 14), ("help", 14)):
        figure, ratio = f"{times[name] * 1000:.0f} ms", f"{times[name] / times['bare']:.1f} x bare"
        line(f"khata {name}, {rows:,} entries", figure, ratio, f"<= {target} x bare")
    few = starts({"bare": [PYTHON, "-c", "pass"], "balance": [KHATA, "balance", who]}, small)
    ratio = (times["balance"] / times["bare"]) / (few["balance"] / few["bare"])
    line(f"balance, {rows:,} against {rows // 100:,} entries", "", f"{ratio:.2f} x", "about 1")


if __name__ == "__main__":
    main(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000)
