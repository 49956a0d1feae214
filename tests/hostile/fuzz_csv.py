"""The CSV reader on any bytes. By itself: `python -m tests.hostile.fuzz_csv` where atheris is installed."""

from __future__ import annotations

import csv
import os
import tempfile

from khata.importing.check import Options
from khata.importing.faults import BadRows
from khata.importing.kinds import NotATable
from khata.importing.run import import_file
from tests.books import Shop, in_memory
from tests.hostile.fuzzing import fuzz

HEADER = b"date,type,party,amount,mode,paid,ref,note,phone\n"
ROWS = """\
2026-11-20,sale,Ramesh Kumar,450.50,,200:upi,B1,atta 5kg,9876543210
20/11/2026,receive,"Patil, Suresh","1,23,456.50",upi,,B2,"said ""later"" x",
20-Nov-26,sale,counter,30,cash,,,,
2026-11-20,opening,रमेश,१००,advance,,,'=1+1,
2026-11-20,return,Ramesh Kumar,5,,,,,
"""
VALID = HEADER + ROWS.encode()


def TestOneInput(content: bytes) -> None:  # noqa: N802 - the name that fuzzers call
    """All rows are recorded, each as one entry, or the file is refused with faults and nothing is recorded."""
    shop = in_memory()
    before = len(shop.entries())
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        _take(shop, file.name, before)


def _take(shop: Shop, path: str, before: int) -> None:
    limit = csv.field_size_limit()
    try:
        result = import_file(path, shop.books, Options(new_parties="all", same_rows="record"))
    except (BadRows, NotATable):
        assert len(shop.entries()) == before
    else:
        kinds = shop.kinds()[before:]
        others = {"party_added", "import_started", "counter_added", "format_raised"}
        assert result.rows == result.recorded == len([kind for kind in kinds if kind not in others])
        assert result.rows
    finally:
        assert csv.field_size_limit() == limit


if __name__ == "__main__":
    os.environ["TMPDIR"] = "/dev/shm"  # noqa: S108 - a thousand files a second
    fuzz(TestOneInput, [VALID, HEADER])
