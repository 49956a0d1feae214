"""Figures, accounts and books of money as a spreadsheet reads them: rupees are plain numbers with two decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from khata.exporting.cells import line, rupees, text, thousandths
from khata.exporting.plain_csv import word_of
from khata.questions.entries import EntryRow
from khata.questions.figures import Behind, FigureRow
from khata.questions.modebook import ModeBook
from khata.questions.trial import TrialRow, Turnover


def figures(per: str, rows: Iterable[FigureRow]) -> Iterator[str]:
    """`key` as the answer has it, the name of a customer, how much of an item."""
    yield line((per, "name", "quantity", "amount", "entries"))
    for row in rows:
        quantity = "" if row.quantity_milli is None else thousandths(row.quantity_milli)
        yield line((text(row.key), text(row.name or ""), quantity, rupees(row.amount_paise), row.entries))


def trial(rows: Sequence[TrialRow]) -> Iterator[str]:
    """Every account with its debit and its credit."""
    yield line(("account", "debit", "credit"))
    yield from (line((row.account, rupees(row.debit_paise), rupees(row.credit_paise))) for row in rows)


def turnovers(rows: Sequence[Turnover]) -> Iterator[str]:
    """Every account over a period; opening and closing are positive where they are debits."""
    yield line(("account", "opening", "debit", "credit", "closing"))
    yield from (line((row.account, *map(rupees, row[1:]))) for row in rows)


def modebook(answer: ModeBook) -> Iterator[str]:
    """A line an entry, after what was there before."""
    yield line(("date", "entry", "type", "in", "out", "balance", "party", "party_number", "ref", "note"))
    first = answer.first or ""
    yield line((first, "", "brought_forward", "", "", rupees(answer.opening_paise), "", "", "", ""))
    for each in answer.lines:
        row = each.row
        amounts = (rupees(each.in_paise), rupees(each.out_paise), rupees(each.balance_paise))
        whose = (text(row.party_name or ""), row.party or "")
        yield line((row.on, row.entry, word_of(row.kind) or row.kind, *amounts, *whose, *_words(row)))


_ENTRY = ("entry", "date", "type", "amount", "party", "party_number", "ref", "note", "reverses", "reversed_by")


def entries(rows: Iterable[EntryRow]) -> Iterator[str]:
    """Entries as `log` lists them."""
    yield line(_ENTRY)
    yield from (line(_entry(row)) for row in rows)


def behind(found: Iterable[Behind]) -> Iterator[str]:
    """The entries behind a figure; `part` is what of each counts there."""
    yield line((*_ENTRY, "part"))
    yield from (line((*_entry(each.row), rupees(each.part_paise))) for each in found)


def _entry(row: EntryRow) -> tuple[object, ...]:
    amount = "" if row.amount_paise is None else rupees(row.amount_paise)
    whose = (text(row.party_name or ""), row.party or "")
    linked = (row.reverses or "", row.reversed_by or "")
    return (row.entry, row.on, word_of(row.kind) or row.kind, amount, *whose, *_words(row), *linked)


def _words(row: EntryRow) -> tuple[str, str]:
    return text(row.ref or ""), text(row.note or "")
