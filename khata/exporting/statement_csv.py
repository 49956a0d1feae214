"""A customer's account as a spreadsheet reads it."""

from __future__ import annotations

import csv
import io

from khata.exporting.plain_csv import guarded, rupees
from khata.views.statement import Statement


def statement(answer: Statement) -> str:
    """A customer's account: one row a line; given, received and balance in rupees."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\n").writerow
    write(["date", "entry", "kind", "given", "received", "balance", "ref", "note", "reverses", "reversed_by"])
    for line in answer.lines:
        row = line.row
        write(
            [
                row.on,
                row.entry,
                row.kind,
                rupees(line.debit_paise),
                rupees(line.credit_paise),
                rupees(line.balance_paise),
                guarded(row.ref or ""),
                guarded(row.note or ""),
                row.reverses or "",
                row.reversed_by or "",
            ]
        )
    return out.getvalue()
