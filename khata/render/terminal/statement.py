"""A customer's account as a table."""

from __future__ import annotations

from khata.render.account import Account
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
            Column(heads.what),
        ]
    )
    page.title(made.who, made.shop)
    page.title(made.span)
    for *cells, what, folded in made.rows:
        page.row(*cells, Cell(what, "dim") if folded else what)
    *sums, _ = made.total
    page.total(*sums)
    for note in made.notes:
        page.line(note)
    return page
