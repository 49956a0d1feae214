"""What every torture may ask for."""

from __future__ import annotations

import pytest

from tests.torture.till import Till


@pytest.fixture(scope="session")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """A shop with a day behind it; whoever uses it begins with `begin_again`."""
    return Till(tmp_path_factory.mktemp("torture") / "till").open()
