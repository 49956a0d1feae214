"""Record a sample shop's year through khata itself, and freeze the exported log.

    python sample_ledgers/record.py pune-kirana

The clock is fixed and the ids are numbered, so the same input gives the same bytes. A log that stands here is frozen:
it must import, replay and verify for ever, so this script never writes over one.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from khata.cli.demo import Clock, numbered
from khata.exporting.jsonl import lines
from khata.grammar.amounts import parse_paise
from khata.grammar.modes import parse_paid
from khata.importing.check import Options
from khata.importing.run import import_file
from khata.rules.base import Command, Named
from khata.rules.book import OpenBook
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordSale
from khata.rules.money import ReceivePayment
from khata.store.memory import MemoryBook
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.units import Day, Seq
from khata.views.cache import Cache
from khata.writing import Books, Till, handle

HERE = Path(__file__).parent
Row = dict[str, str]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)


def entry_of(books: Books, row: int) -> Seq:
    """The entry that a row of trade.csv became."""
    found = books.cache.connection.execute(
        "SELECT seq FROM entry WHERE import_row = ? AND amount_paise IS NOT NULL", (row,)
    ).fetchone()
    return Seq(found[0])


def command_of(row: Row, books: Books, new_id: str) -> Command:
    """What a row of later.csv asks for."""
    if row["do"] == "reverse":
        return ReverseEntry(id=new_id, entry=entry_of(books, int(row["row"])), reason=row["reason"])
    paid = [parse_paid(row["paid"])] if row["paid"] else []
    parts = [(part.mode, part.paise) for part in paid]
    if row["do"] == "correct":
        return CorrectEntry(
            id=new_id,
            entry=entry_of(books, int(row["row"])),
            amount_paise=parse_paise(row["amount"]) if row["amount"] else None,
            party=Named(row["party"]) if row["party"] else None,
            paid=parts or None,
            on=Day(row["on"]) if row["on"] else None,
            reason=row["reason"],
        )
    common = {
        "id": new_id,
        "on": Day(row["on"]),
        "ref": row["ref"] or None,
        "note": row["note"] or None,
        "party": Named(row["party"]),
        "amount_paise": parse_paise(row["amount"]),
    }
    if row["type"] == "receive":
        return ReceivePayment(**common, mode=row["mode"] or "cash")
    if row["mode"] not in ("", "credit"):
        parts = [(row["mode"], None)]
    return RecordSale(**common, paid=parts)


def record(shop: Path, folder: Path) -> Books:
    """The shop's book: opened, its year imported at one instant, what was typed later applied one by one."""
    about = json.loads((shop / "shop.json").read_text(encoding="utf-8"))
    clock, new_id = Clock(datetime.fromisoformat(about["import_at"])), numbered(shop.name)
    who = Till("counter", new_id()[:8])
    memory = MemoryBook()
    opening = OpenBook(
        id=new_id(),
        book=new_id(),
        shop=about["shop"],
        lang=about["lang"],
        state=about["state"],
        counter_name=who.name,
    )
    handle([opening], Books(memory, lambda: Cache(None), clock, new_id, who))
    path = folder / f"{shop.name}.khata"
    with memory.reading() as reading:
        create(path, list(reading.entries(1, 1)), list(reading.details(1, 1)))
    cache = Cache(folder / "views.sqlite")
    books = Books(SqliteBook(path), lambda: cache, clock, new_id, who)
    import_file(str(shop / "trade.csv"), books, Options(new_parties="all"))
    books.catch_up()
    for row in rows_of(shop / "later.csv"):
        clock.at = datetime.fromisoformat(row["at"])
        handle([command_of(row, books, new_id())], books)
    return books


def main(names: list[str]) -> None:
    """Record the shops named, or all of them that have no log yet."""
    for shop in [HERE / name for name in names] or sorted(path.parent for path in HERE.glob("*/shop.json")):
        log = shop / "log.jsonl"
        if log.exists():
            print(f"{log.name} of {shop.name} is frozen; nothing was written")
            continue
        with tempfile.TemporaryDirectory() as folder:
            books = record(shop, Path(folder))
            log.write_text("".join(line + "\n" for line in lines(books.store)), encoding="utf-8")
        print(f"{shop.name}: {log.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
