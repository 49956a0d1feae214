"""A book that is measured: a home of its own, and the file that it came from."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import ledger
from process import Command, khata, run

WHO = ledger.name(7)


@dataclass(frozen=True)
class Shop:
    """`entries` are the rows of its file; the book has further ones for itself and for each party."""

    home: Path
    file: Path
    entries: int
    parties: int = ledger.PARTIES

    @property
    def book(self) -> Path:
        """The book's file."""
        (path,) = (self.home / "Khata").glob("*.khata")
        return path

    @property
    def cache(self) -> Path:
        """The file of the views."""
        (path,) = (self.home / ".cache" / "khata").glob("*.sqlite")
        return path

    def ask(self, *words: str) -> Command:
        """A khata command in this home."""
        return khata(self.home, *words)

    def importing(self) -> Command:
        """The import of its file."""
        return self.ask("import", str(self.file), "--new-parties", "all")

    def recorded(self) -> int:
        """How many entries the book has, all counted."""
        found: int = json.loads(run(self.ask("balance", WHO, "--json")).out)["data"]["known_at_entry"]
        return found

    def bring_in(self) -> None:
        """Read the book and its views once, so that what is measured next does not wait for the disk."""
        for path in (self.book, self.cache):
            with path.open("rb", buffering=0) as file:
                while file.read(1 << 20):
                    pass

    def drop(self) -> None:
        """Delete the home; the file stays."""
        shutil.rmtree(self.home)


def generated(folder: Path, entries: int, parties: int = ledger.PARTIES) -> Path:
    """The CSV of so many entries, made once."""
    path = folder / f"{entries}-{parties}.csv"
    if not path.exists():
        ledger.write(path, entries, parties)
    return path


def opened(folder: Path, name: str, entries: int, parties: int = ledger.PARTIES) -> Shop:
    """A home with a book that nothing was imported into yet."""
    home = folder / name
    home.mkdir()
    run(khata(home, "init", "Bench"))
    return Shop(home, generated(folder, entries, parties), entries, parties)


def filled(folder: Path, name: str, entries: int, parties: int = ledger.PARTIES) -> Shop:
    """The same with its entries, and views that have caught up."""
    shop = opened(folder, name, entries, parties)
    run(shop.importing())
    run(shop.ask("balance", WHO))
    return shop
