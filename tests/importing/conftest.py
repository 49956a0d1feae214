from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import Shop
from tests.importing.files import Files


@pytest.fixture
def files(tmp_path: Path, shop: Shop) -> Files:
    """Files, and a shop with an empty book into which they are imported."""
    return Files(tmp_path, shop)
