"""The rich book, made once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cli.conftest import Answer, Counter
from tests.render import rich_book


class Slow(Counter):
    """A counter whose clock goes on by a second with each command: by a minute, it would be another day at the end."""

    def __call__(self, *words: str, **more: Any) -> Answer:
        now = self.now
        try:
            return super().__call__(*words, **more)
        finally:
            self.now = now + timedelta(seconds=1)


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    made = Counter(tmp_path_factory.mktemp("rich"))
    rich_book.make(made)
    return Slow(made.home, made.now, made.environ, made.count)
