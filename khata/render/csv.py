"""Answers as a spreadsheet reads them. Text that a spreadsheet would run as a formula is guarded."""

from __future__ import annotations

import csv
import io

from khata.views.statement import Statement

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str | None) -> str:
    """A text cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    if not text:
        return ""
    return "'" + text if text.startswith(_STARTS) else text


def plain_rupees(paise: int) -> str:
    """`1234.50`: a number that every spreadsheet reads."""
    return f"{'-' if paise < 0 else ''}{abs(paise) // 100}.{abs(paise) % 100:02d}"


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
                plain_rupees(line.debit_paise),
                plain_rupees(line.credit_paise),
                plain_rupees(line.balance_paise),
                guarded(row.ref),
                guarded(row.note),
                row.reverses or "",
                row.reversed_by or "",
            ]
        )
    return out.getvalue()
