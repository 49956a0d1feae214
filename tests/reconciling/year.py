"""A shop's year with known answers: its book, its statements in the order in which they come, and what each row is.

`generate(seed, folder)` writes them; the same seed writes the same bytes. The folder then has

* book.csv: a file of khata's own columns with all sales on credit, and with the payments that the shop typed itself:
  those in cash, and about a quarter of those that are on its statements;
* 01-….tsv, 02-….csv and so on: the statements of three banks (SBI by the month, HDFC by the quarter, ICICI by the month
  from October) and the list of a UPI app (by the month); each shows the last days of the one before once more;
* answers.csv: of every row what it is. Nobody who reconciles may look at it.

Files are reconciled in the order of `Year.files`. Between two of them the driver asks `Year.answer_for` about the rows
that khata called doubtful, and where one of the candidates is right, tells khata so. `Year.aliases` are names that the
book has besides its own; book.csv cannot hold them, so the driver teaches them before the first file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same year in each run
from typing import Any

from tests.reconciling.names import Townsfolk, regulars
from tests.reconciling.others import OtherRow, other_rows
from tests.reconciling.payers import accounts_of, confuse
from tests.reconciling.statements import StatementFile, accounts_of_year, files_of_year, plain
from tests.reconciling.trade import CreditLine, TradeYear, TrueReceipt, year_of_trade
from tests.reconciling.truths import RowTruth, truths
from tests.reconciling.typing_in import type_in

CUSTOMERS = 220

Drive = Callable[["Year"], Mapping[str, Mapping[str, Any]]]
"""What a test hands over: reconciles file after file of a year, and gives khata's answers by the names of the files."""


@dataclass
class Year:
    """A year that was written out.

    Attributes:
        folder: where it is.
        book: the path of book.csv.
        files: the names of the statements in the order in which they come; `statements` the same with their rows.
        profiles: of each file, the profile that reads it.
        aliases: pairs of a customer's name and another one.
        truth: of each file and row what it is.
        lines: the lines of book.csv, the first of them row 2.
    """

    folder: Path
    book: Path
    statements: list[StatementFile]
    trade: TradeYear
    truth: dict[tuple[str, int], RowTruth]
    others: list[OtherRow]

    @property
    def files(self) -> list[str]:
        return [each.name for each in self.statements]

    @property
    def profiles(self) -> dict[str, str]:
        return {each.name: "upi" if each.channel == "app" else each.channel for each in self.statements}

    @property
    def aliases(self) -> list[tuple[str, str]]:
        return [(one.name, alias) for one in self.trade.customers for alias in one.aliases]

    @property
    def lines(self) -> list[CreditLine]:
        return self.trade.lines

    @property
    def receipts(self) -> list[TrueReceipt]:
        return self.trade.receipts

    def answer_for(self, file: str, row: int) -> str | None:
        """Who paid, as the shopkeeper would answer; None where it was no customer, or the row came before."""
        found = self.truth.get((file, row))
        return found.party if found is not None and found.kind not in ("again", "none") else None

    def lines_for(self, file: str, row: int) -> tuple[int, ...]:
        """The rows of book.csv that stand for a payment already."""
        found = self.truth.get((file, row))
        return found.lines if found is not None else ()


def generate(seed: int, folder: Path) -> Year:
    """Make a year, and write it into a folder."""
    rng = Random(seed)
    town = Townsfolk(rng)
    customers = regulars(rng, town, CUSTOMERS)
    accounts = {one.name: accounts_of(rng, town, one) for one in customers}
    confuse(rng, customers, accounts)
    trade = year_of_trade(rng, customers, accounts)
    type_in(rng, trade)
    others = other_rows(rng, town, trade)
    written = files_of_year(rng, accounts_of_year(rng, trade.receipts, others))
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in written:
        (folder / file.name).write_bytes(text.encode())
    statements = [file for file, _ in written]
    truth = truths(trade, statements, [other.account for other in others])
    year = Year(folder, folder / "book.csv", statements, trade, truth, others)
    _write_book(year)
    _write_answers(year)
    return year


def _write_book(year: Year) -> None:
    with year.book.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", "type", "party", "amount", "mode", "paid", "ref", "note", "phone"])
        for line in year.lines:
            amount = plain(line.paise)
            writer.writerow([line.day, line.type, line.party, amount, line.mode, "", line.ref, line.note, line.phone])


def _write_answers(year: Year) -> None:
    with (year.folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "row", "kind", "party", "receipt", "lines", "acceptable", "why"])
        for (name, row), one in year.truth.items():
            lists = [" ".join(map(str, one.lines)), "|".join(sorted(one.acceptable))]
            receipt = "" if one.receipt is None else one.receipt
            writer.writerow([name, row, one.kind, one.party, receipt, *lists, one.why])
