"""Which files are meant by what was typed: names, and patterns for many names."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path


def files(typed: Sequence[str]) -> list[str]:
    """The files, in the order in which they were typed; of a pattern by their names, 2 before 10.

    A pattern that fits no file stands there as it is, and so is no file.
    """
    found: list[str] = []
    for each in typed:
        found += _matches(each) or [each]
    return found


def _matches(pattern: str) -> list[str]:
    # A file that is called `stock[1].csv` is no pattern.
    if not glob.has_magic(pattern) or Path(pattern).exists():
        return []
    return sorted((each for each in glob.glob(pattern, recursive=True) if Path(each).is_file()), key=natural)  # noqa: PTH207 - as typed


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """By what names are put in order: their numbers by size, their letters in any case.

    >>> sorted(["m10.csv", "m2.csv", "M1.csv"], key=natural)
    ['M1.csv', 'm2.csv', 'm10.csv']
    """
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(1, 0, part) if not part.isascii() or not part.isdigit() else (0, int(part), "") for part in parts], name
