"""A home that was made once, copied for each test that begins with it."""

from __future__ import annotations

import shutil
from pathlib import Path

from khata.views.cache import path_for


def copied(made: Path, home: Path) -> None:
    """Copy a home with its books, as if all in it had been typed there."""
    shutil.copytree(made, home, dirs_exist_ok=True)
    for path in (home / ".local" / "state" / "khata").rglob("*"):
        if path.is_file():  # what this computer remembers names a book by its path
            path.write_bytes(path.read_bytes().replace(str(made).encode(), str(home).encode()))
    cache = home / ".cache" / "khata"
    for book in (home / "Khata").glob("*.khata"):
        before = path_for(cache, made / book.relative_to(home))
        for path in cache.glob(f"{before.stem}*"):  # views are called by the path of their book
            path.rename(path.with_name(path.name.replace(before.stem, path_for(cache, book).stem)))
