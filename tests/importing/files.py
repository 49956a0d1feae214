"""How tests make files of rows and import them."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.importing.check import Options
from khata.importing.faults import BadRows, FileFault
from khata.importing.run import ImportResult, import_file
from tests.books import Shop

HEADER = "date,type,party,amount,mode,paid,ref,note,phone"


class Files:
    """Writes files into a folder, and imports them into one shop."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder, self.shop, self.count = folder, shop, 0

    def write(self, *rows: str, header: str = HEADER) -> str:
        """A file of these rows; rows may have fewer cells than the header and are filled up."""
        width = header.count(",")
        lines = [header, *(row + "," * (width - row.count(",")) for row in rows)]
        return self.raw("".join(f"{line}\n" for line in lines).encode())

    def raw(self, contents: bytes) -> str:
        """A file of these bytes."""
        self.count += 1
        path = self.folder / f"file{self.count}.csv"
        path.write_bytes(contents)
        return str(path)

    def take(self, path: str, **options: object) -> ImportResult:
        """Import a file; new parties are added unless the test says otherwise."""
        return import_file(path, self.shop.books, Options(**({"new_parties": "all"} | options)))  # type: ignore[arg-type]

    def rows(self, *rows: str, **options: object) -> ImportResult:
        """Import these rows."""
        return self.take(self.write(*rows), **options)

    def faults(self, path: str, **options: object) -> list[FileFault]:
        """The faults for which a file is refused; nothing is recorded."""
        before = self.shop.entries()
        with pytest.raises(BadRows) as refused:
            self.take(path, **options)
        assert self.shop.entries() == before
        return list(refused.value.faults)

    def wrong(self, *rows: str, **options: object) -> list[tuple[int, str, str]]:
        """Row, column and code of what is wrong with these rows."""
        return [(fault.row, fault.column, fault.code) for fault in self.faults(self.write(*rows), **options)]
