"""A counter to type at, files to import, and where long runs say what they measured."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Counter, khata
from tests.importing.conftest import files
from tests.torture.conftest import figures

__all__ = ["figures", "files", "khata"]


@pytest.fixture
def counter(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A shop with one customer, who owes a lot, in a folder where nothing can be harmed."""
    monkeypatch.setenv("TERM", "xterm-256color")
    (khata.home / "a" / "b" / "out").mkdir(parents=True)
    monkeypatch.chdir(khata.home / "a" / "b")
    assert khata("init", "Sharma Kirana Store").code == 0
    assert khata("sale", "Ramesh Kumar", "900000", "--new", "--yes").code == 0
    return khata
