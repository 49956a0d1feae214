"""A counter to type at: commands run in this process, in a home of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import IO, Any

import pytest

from khata.cli.env import Env, Streams
from khata.cli.main import run
from tests.homes import copied
from tests.transcripts import numbered

PROGRAM = [sys.executable, "-c", "from khata.cli.main import main; main()"]
"""The program in a process of its own."""


@dataclass
class Answer:
    """What one command printed, and its exit code."""

    out: str
    err: str
    code: int

    @property
    def envelope(self) -> dict[str, Any]:
        """The one line of JSON that is all of stdout."""
        assert self.err == ""
        assert self.out.count("\n") == 1
        found: dict[str, Any] = json.loads(self.out)
        assert found["khata_result"] == 1
        return found

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.envelope["data"]
        return found

    @property
    def refused(self) -> str:
        """The code of a refusal."""
        assert self.code == 2
        return str(self.envelope["refused"]["code"])


@dataclass
class Counter:
    """A person, or a script, in front of khata.

    Called with the words of a command. `typed`: what a person at a terminal answers; without it nobody is asked.
    `stdin`: what a script writes.
    """

    home: Path
    now: datetime = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
    environ: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def __call__(
        self,
        *words: str,
        typed: str | None = None,
        stdin: IO[str] | None = None,
        terminal: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> Answer:
        out, err = StringIO(), StringIO()
        asks = typed is not None
        streams = Streams(stdin or StringIO(typed or ""), out, err, asks=asks, terminal=terminal, width=100)
        self.count += 1
        self.now += timedelta(minutes=1)
        surroundings = {"HOME": str(self.home), "USER": "asha", **self.environ, **(environ or {})}
        env = Env(surroundings, lambda: self.now, numbered(str(self.count)), streams)
        code = run(words, env)
        return Answer(out.getvalue(), err.getvalue(), code)


@pytest.fixture
def khata(tmp_path: Path) -> Counter:
    """A counter in an empty home."""
    return Counter(tmp_path)


@pytest.fixture(scope="session")
def opened_home(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """A counter whose home thousands of tests begin with: made once, and copied."""
    khata = Counter(tmp_path_factory.mktemp("home"))
    assert khata("init", "Sharma Kirana Store").code == 0
    assert khata("sale", "Ramesh Kumar", "450", "--new").code == 0
    return khata


def like(made: Counter, home: Path) -> Counter:
    """A counter whose home is a copy of another's, at the same moment of its day."""
    copied(made.home, home)
    return Counter(home, made.now, dict(made.environ), made.count)


@pytest.fixture
def shop(tmp_path: Path, opened_home: Counter) -> Counter:
    """A counter with an opened book and a customer, Ramesh Kumar, who owes ₹450 (entry 3)."""
    return like(opened_home, tmp_path)
