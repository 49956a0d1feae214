"""What some tests need that is not khata's own, by their marks: `peers("hledger")`, `paper`.

Where it is absent they are skipped with a word; with KHATA_PROGRAMS=1, where all was installed, that is an error.
"""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

MARKS = ("slow", "wide", "paper", "peers", "hub")
"""What runs when it is asked for; all else is the everyday suite."""


def asked_for(item: pytest.Item) -> None:
    """Skip a test whose program is absent, or fail it where that should be there."""
    missing = [name for mark in item.iter_markers("peers") for name in mark.args if not _is_there(name)]
    if item.get_closest_marker("paper") is not None and not _has_fonts():
        missing.append("the Noto fonts")
    if missing:
        word = f"not on this machine: {', '.join(missing)}"
        if os.environ.get("KHATA_PROGRAMS"):
            pytest.fail(word)
        pytest.skip(word)


def _is_there(name: str) -> bool:
    return shutil.which(name) is not None or (name == "beancount" and importlib.util.find_spec(name) is not None)


def _has_fonts() -> bool:
    import typst

    from khata.render.paper.typesetting import FONTS

    return {names[0] for names in FONTS.values()} <= set(typst.Fonts().families())
