"""A customer's account as a spreadsheet reads it."""

from __future__ import annotations

from khata.exporting.cells import line, rupees, text
from khata.questions.statement import Statement, StatementLine

COLUMNS = ("date", "entry", "kind", "given", "received", "balance", "ref", "note", "reverses", "reversed_by")


def statement(answer: Statement) -> str:
    """A customer's account: one row a line; given, received and balance in rupees."""
    return "".join(line(cells) + "\n" for cells in (COLUMNS, *map(_cells, answer.lines)))


def _cells(made: StatementLine) -> tuple[object, ...]:
    row = made.row
    return (
        row.on,
        row.entry,
        row.kind,
        rupees(made.debit_paise),
        rupees(made.credit_paise),
        rupees(made.balance_paise),
        text(row.ref or ""),
        text(row.note or ""),
        row.reverses or "",
        row.reversed_by or "",
    )
