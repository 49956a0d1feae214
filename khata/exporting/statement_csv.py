"""A customer's account as a spreadsheet reads it, in the words of `export`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khata.exporting.cells import line, rupees, text
from khata.exporting.plain_csv import Changed, changed, word_of
from khata.questions.parties import PartyRow
from khata.questions.statement import Statement, StatementLine

COLUMNS = (
    "date",
    "entry",
    "type",
    "given",
    "received",
    "balance",
    *Changed._fields,
    "ref",
    "note",
    "reverses",
    "reversed_by",
)
"""`received` includes the kasar in `discount`; `reversed_by` where the reversal counts, too."""


def statement(answer: Statement) -> str:
    """A customer's account: one row a line; given, received and balance in rupees.

    Of a period the first row is what was brought forward, without an entry.
    """
    return "".join(line(cells) + "\n" for cells in (COLUMNS, *_rows(answer)))


def statements(answers: Iterable[tuple[PartyRow, Statement]]) -> Iterator[str]:
    """Several accounts in one table: whose each row is, and then as in a statement. Lines without their ends."""
    yield line(("party", "party_number", *COLUMNS))
    for row, answer in answers:
        whose = text(row.name or ""), row.party
        yield from (line((*whose, *cells)) for cells in _rows(answer))


def _rows(answer: Statement) -> Iterator[tuple[object, ...]]:
    if answer.first is not None:
        brought = (answer.first, "", "brought_forward", "", "", rupees(answer.opening_paise))
        yield (*brought, *[""] * (len(COLUMNS) - len(brought)))
    yield from map(_cells, answer.lines)


def _cells(made: StatementLine) -> tuple[object, ...]:
    row = made.row
    return (
        row.on,
        row.entry,
        word_of(row.kind) or row.kind,
        rupees(made.debit_paise),
        rupees(made.credit_paise),
        rupees(made.balance_paise),
        *changed(made.effect),
        text(row.ref or ""),
        text(row.note or ""),
        row.reverses or "",
        (row.reversed_by if made.cancelled else None) or "",
    )
