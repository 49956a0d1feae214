"""Makes the sample ledgers: `python sample_ledgers/make.py [--into FOLDER] [SHOP ...]`.

Seeded, so that it writes the committed files again, byte for byte.
"""

import argparse
import csv
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from madurai_pharmacy import MADURAI_PHARMACY
from model import ALL_KNOWN_AT, COUNTER, IMPORT_AT, QUESTION_DAYS, Row, Shop, rupees
from pune_kirana import PUNE_KIRANA
from slips import Remedy, Slips
from surat_textile import SURAT_TEXTILE
from trade import Year

HERE = Path(__file__).parent
SHOPS = {shop.slug: shop for shop in (PUNE_KIRANA, SURAT_TEXTILE, MADURAI_PHARMACY)}
TRADE_COLUMNS = ("date", "type", "party", "amount", "mode", "paid", "ref", "note", "phone")
LATER_COLUMNS = ("at", "do", "row", "type", "party", "amount", "mode", "paid", "on", "ref", "note", "reason")
EXPECTED_COLUMNS = ("as_on", "known", "party", "balance_paise")


def make(shop: Shop, folder: Path) -> None:
    """Write the four files of one shop."""
    folder.mkdir(parents=True, exist_ok=True)
    happened = Year(shop, Random(f"{shop.seed}, the year")).draw()
    rows, remedies = Slips(shop, Random(f"{shop.seed}, the slips"), happened).make()
    give_phones(rows, Random(f"{shop.seed}, the phones"))
    about = describe(shop)
    (folder / "shop.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    write(folder / "trade.csv", TRADE_COLUMNS, (trade_line(row) for row in rows))
    write(folder / "later.csv", LATER_COLUMNS, later_lines(rows, remedies))
    write(folder / "expected.csv", EXPECTED_COLUMNS, expected_lines(folder))


def describe(shop: Shop) -> dict[str, object]:
    """What shop.json says: the shop, when its file is imported, and what is asked of it."""
    return {
        "shop": shop.name,
        "state": shop.state,
        "lang": shop.lang,
        "import_at": IMPORT_AT,
        "as_on": list(QUESTION_DAYS),
        "known_at": {"import": IMPORT_AT, "all": ALL_KNOWN_AT},
    }


def give_phones(rows: list[Row], rng: Random) -> None:
    """Write an invented number beside the first row of most parties."""
    named: set[str] = {COUNTER}
    for row in rows:
        if row.party not in named:
            named.add(row.party)
            if rng.randrange(100) < 70:
                row.phone = f"98{rng.randrange(10**8):08d}"


def trade_line(row: Row) -> list[str]:
    """The cells of trade.csv."""
    cells = [row.on.isoformat(), row.kind, row.party, rupees(row.amount_paise), row.mode, row.paid]
    return [*cells, row.ref, row.note, row.phone]


def later_lines(rows: list[Row], remedies: list[Remedy]) -> list[list[str]]:
    """The lines of later.csv; rows are counted as a spreadsheet counts them, the header being row 1."""
    numbers = {id(row): number for number, row in enumerate(rows, 2)}
    return [remedy.line(numbers) for remedy in remedies]


def expected_lines(folder: Path) -> list[tuple[object, ...]]:
    """What balances.sql says about the two files of a folder: SQLite reckons, nothing else does."""
    about = json.loads((folder / "shop.json").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(":memory:")) as database:
        for name in ("trade", "later"):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                fill(database, name, csv.reader(file, strict=True))
        asked = [
            (as_on, known, known_at, about["import_at"])
            for as_on in about["as_on"]
            for known, known_at in about["known_at"].items()
        ]
        fill(database, "asked", [("as_on", "known", "known_at", "import_at"), *asked])
        return database.execute((HERE / "balances.sql").read_text(encoding="utf-8")).fetchall()


def fill(database: sqlite3.Connection, table: str, lines: Iterable[Sequence[str]]) -> None:
    """Put lines of text into a table, the first of them being its columns."""
    each = iter(lines)
    columns = next(each)
    declared = ", ".join(f'"{column}" TEXT' for column in columns)
    database.execute(f"CREATE TABLE {table} ({declared})")
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", each)


def write(path: Path, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write a CSV with a header row and plain line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(lines)


def main() -> None:
    """Read the command line and make the shops named there, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=HERE, help="the folder to write into (default: this one)")
    parser.add_argument("shops", nargs="*", metavar="SHOP", help=f"of {', '.join(SHOPS)} (default: all)")
    chosen = parser.parse_args()
    for slug in chosen.shops or SHOPS:
        if slug not in SHOPS:
            parser.error(f"no such shop: {slug}")
        make(SHOPS[slug], chosen.into / slug)


if __name__ == "__main__":
    main()
