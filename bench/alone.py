"""One measurement by itself, on a book that is filled for it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from shop import Shop, filled
from table import Results, tell


def by_itself(measure: Callable[[Shop, Results], None], name: str, entries: int) -> None:
    """`python bench/NAME.py [ENTRIES]`, with so many entries unless it says otherwise: the ratios go to stdout."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else entries
    with tempfile.TemporaryDirectory() as folder:
        tell(f"filling a book with {entries:,} entries …")
        results = Results()
        measure(filled(Path(folder), name, entries), results)
        sys.stdout.write(results.short() + "\n")
