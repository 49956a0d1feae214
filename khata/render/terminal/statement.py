"""A customer's account as a table."""

from __future__ import annotations

from khata.render.account import Account
from khata.render.line import style_of
from khata.render.terminal.table import Cell, Column, Table


def table(made: Account) -> Table:
    """What stands on the page, in columns; what came to nothing is dim."""
    heads = made.heads
    page = Table(
        [
            Column(heads.day, "right"),
            Column(heads.given, "right", 11),
            Column(heads.received, "right", 11),
            Column(heads.balance, "right", 12),
            Column(heads.entry, "right"),
            Column(heads.what, tells=True),
        ]
    )
    page.title(made.who, made.shop)
    page.title(made.span)
    for row in made.rows:
        balance = Cell(row.balance, style_of(row.balance_paise) if row.balance_paise < 0 else None)
        page.row(row.day, row.given, row.received, balance, row.entry, Cell(row.what, "dim" if row.folded else None))
    total, side = made.total, f"bold {style_of(made.total.balance_paise)}"
    page.total("", total.given, total.received, Cell(total.balance, side), "", Cell(total.what, side))
    for note in made.notes:
        page.line(note)
    return page
