from __future__ import annotations

import pytest

from tests.reconciling.year import Year, generate


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year, for whoever only reads it."""
    return generate(7, tmp_path_factory.mktemp("year"))
