"""A book opened from Python, in a home of its own, beside a counter that types in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from khata import OpenedBook, open_book
from tests.cli.conftest import Counter, like
from tests.transcripts import numbered


@dataclass
class Home:
    """Where a user's books are: `counter` types, `open` opens from Python; one clock for both."""

    counter: Counter

    def open(self, **more: Any) -> OpenedBook:
        environ = {"HOME": str(self.counter.home), "USER": "asha"}
        self.counter.count += 1
        new_id = numbered(f"python {self.counter.count}")
        return open_book(environ=environ, now=lambda: self.counter.now, new_id=new_id, **more)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """A home with an opened book and a customer, Ramesh Kumar, who owes ₹450 (entry 3)."""
    made = Counter(tmp_path_factory.mktemp("home"), now=datetime(2026, 11, 22, 4, 28, tzinfo=UTC))
    assert made("init", "Sharma Kirana Store").code == 0
    assert made("sale", "Ramesh Kumar", "450", "--new").code == 0
    return made


@pytest.fixture
def home(tmp_path: Path, made_home: Counter) -> Home:
    """A copy of it."""
    return Home(like(made_home, tmp_path))


@pytest.fixture
def book(home: Home) -> Iterator[OpenedBook]:
    """That book, open."""
    with home.open() as opened:
        yield opened


@pytest.fixture
def typed(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """A second shop like it, at which the same is typed."""
    counter = Counter(tmp_path_factory.mktemp("typed"))
    for line in ("init Sharma Kirana Store", "sale Ramesh Kumar 450 --new"):
        assert counter(*line.split()).code == 0
    return counter
