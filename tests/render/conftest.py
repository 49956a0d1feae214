"""The rich book, made once."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Counter
from tests.render import rich_book


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    counter = Counter(tmp_path_factory.mktemp("rich"))
    rich_book.make(counter)
    return counter
