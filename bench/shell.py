"""How long a line takes in `khata shell`: inside the process, from the line to the last character that is printed."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import ledger

from khata.cli.env import Env, Streams
from khata.cli.shell.sitting import Sitting


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


def milliseconds_of(home: Path) -> dict[str, list[float]]:
    """What each kind of line takes, in milliseconds, in the shop whose home this is; the last kind records."""
    out = StringIO()
    environ = {**os.environ, "HOME": str(home), "USER": "bench"}
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
    found = {}
    for label, lines in asked.items():
        milliseconds(sitting, lines[:5] if label != "NAME 450" else [])
        found[label] = milliseconds(sitting, lines)
    env.close()
    return found
