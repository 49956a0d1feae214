"""A workshop for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evidence.workshop import Workshop


@pytest.fixture(scope="session")
def made_workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Hundreds of tests begin with it: made once, and copied."""
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture
def workshop(tmp_path: Path, made_workshop: Workshop) -> Workshop:
    return made_workshop.copied(tmp_path)
