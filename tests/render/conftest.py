"""The rich book, made once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Answer, Counter
from tests.render import rich_book


class StandingStill(Counter):
    """A counter whose clock does not go on: a thousand questions later it would be another day."""

    def __call__(self, *words: str, **more: Any) -> Answer:
        now = self.now
        try:
            return super().__call__(*words, **more)
        finally:
            self.now = now


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    made = Counter(tmp_path_factory.mktemp("rich"))
    rich_book.make(made)
    return StandingStill(made.home, made.now, made.environ, made.count)
