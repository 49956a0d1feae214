"""What every torture may ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.torture.figures import Figures
from tests.torture.till import Till


@pytest.fixture(scope="session")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """A shop with a day behind it; whoever uses it begins with `begin_again`."""
    return Till(tmp_path_factory.mktemp("torture") / "till").open()


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Where a long run says what it measured: on stdout, and with its report, which reaches the main process."""

    def say(line: str) -> None:
        record_property("figures", line)
        print(f"\n{line}")  # noqa: T201 - the table

    return say
