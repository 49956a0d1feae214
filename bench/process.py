"""Running whole processes: one by one, or in turn so that a slow moment of the machine falls on all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).parent
PYTHON = sys.executable
KHATA = str(Path(PYTHON).with_name("khata"))


class Command(NamedTuple):
    """What is run, in whose home, with which further environment; `timed` if it says its seconds itself."""

    words: tuple[str, ...]
    home: Path
    more: tuple[tuple[str, str], ...] = ()
    timed: bool = False


class Took(NamedTuple):
    """What a process took: wall seconds, the peak memory of the largest of its processes in MB; and what it printed."""

    seconds: float
    peak_mb: float
    out: str = ""
    err: str = ""


def environ(command: Command) -> dict[str, str]:
    """A home of its own, and as little else as possible."""
    return {"HOME": str(command.home), "PATH": os.environ["PATH"], "USER": "bench", **dict(command.more)}


def run(command: Command) -> Took:
    """Run a command to its end; a failure ends the benchmark."""
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name) / "out", Path(name) / "err"
        watch = [PYTHON, "-S", "-E", str(HERE / "watch.py"), str(out), str(err), *command.words]
        told = subprocess.run(
            watch, env=environ(command), cwd=command.home, check=True, capture_output=True, text=True
        ).stdout
        seconds, peak_mb, code = told.split()
        if int(code):
            said = err.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise SystemExit(f"{' '.join(command.words)}: exit code {code}\n{said}")
        said = out.read_text(encoding="utf-8")
        return Took(float(said if command.timed else seconds), float(peak_mb), said, err.read_text(encoding="utf-8"))


def alternately(commands: Mapping[str, Command], rounds: int, *, warm: bool = True) -> dict[str, Took]:
    """Each command so many times in turn, A B A B, after a round that does not count: medians, and the highest peak."""
    if warm:
        for command in commands.values():
            run(command)
    took: dict[str, list[Took]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            took[name].append(run(command))
    return {name: middle(each) for name, each in took.items()}


def middle(runs: list[Took]) -> Took:
    """The median of the seconds, the highest of the peaks, and what was printed last."""
    last = runs[-1]
    return Took(median(each.seconds for each in runs), max(each.peak_mb for each in runs), last.out, last.err)


def bare(home: Path) -> Command:
    """The interpreter that does nothing."""
    return Command((PYTHON, "-c", "pass"), home)


def khata(home: Path, *words: str) -> Command:
    """A khata command."""
    return Command((KHATA, *words), home)


def floor(home: Path, what: str, *words: str) -> Command:
    """One of the floors: `log` and `verify` count as whole processes, the others time what comes after reading."""
    return Command((PYTHON, str(HERE / "floor.py"), what, *words), home, timed=what not in ("log", "verify"))
