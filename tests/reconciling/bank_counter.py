"""A shop, and statements of its bank that a test writes line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from khata.importing.profile import profile
from khata.importing.rows import Manner
from khata.reconciling.run import ReadStatement, Reconciled
from khata.reconciling.verdicts import LineVerdict
from khata.rules.base import Command
from khata.units import Seq
from tests.books import Shop, in_memory

HEAD = "Date,Narration,Chq./Ref.No.,Withdrawal Amt.,Deposit Amt."
UTR = "431598712004"


def came(day: int, rupees: int, name: str = "", vpa: str = "", ref: str = "") -> str:
    """Money that came by UPI on a day of November."""
    return f"{day:02}/11/26,UPI-{name or 'NA'}-{vpa or 'X'}-SBIN0001234-{ref or 'UPI'},,,{rupees}.00"


def cheque(day: int, rupees: int, number: str) -> str:
    return f"{day:02}/11/26,CHQ DEP - MICR CLG - SBI,0000000000{number},,{rupees}.00"


def went(day: int, rupees: int, text: str, ref: str = "") -> str:
    return f"{day:02}/11/26,{text},{ref},{rupees}.00,"


class BankCounter:
    """A shop in which things happened, and what `khata reconcile` makes of its bank's statement.

    Rows of a file are counted from 2, the first below the head.
    """

    def __init__(self, folder: Path, *past: Command, shop: Shop | None = None) -> None:
        self.folder, self.shop, self.count = folder, shop or in_memory(), 0
        for command in past:
            self.shop.record(command)

    def file(self, *lines: str) -> ReadStatement:
        """A statement with these lines."""
        self.count += 1
        path = self.folder / f"bank{self.count}.csv"
        path.write_text("\n".join((HEAD, *lines, "")), encoding="utf-8")
        return ReadStatement(str(path), self.shop.books, profile("hdfc"), Manner())

    def look(self, *lines: str) -> Reconciled:
        """What is made of it, with nothing recorded."""
        return self.file(*lines).reconcile({}, record=False)

    def take(self, *lines: str, answers: dict[int, LineVerdict] | None = None) -> Reconciled:
        """Reconciled, and recorded."""
        return self.file(*lines).reconcile(answers or {}, record=True)

    def last(self) -> Seq:
        return self.shop.recorded()[-1].seq


def told(found: Reconciled) -> dict[int, Any]:
    """Of each row: the entry it stands for, the customer of a sure one, the candidates, or why it is left."""
    said: dict[int, Any] = {row: each.why for row, each in found.left.items()}
    said |= {row: [(c.party, c.entry, c.why) for c in asked.candidates] for row, asked in found.doubtful.items()}
    said |= {each.row: ("sure", each.party, each.why) for each in (*found.sure, *found.recorded)}
    said |= {each.row: ("entry", each.entry, each.why) for each in found.matched}
    return dict(sorted(said.items()))
