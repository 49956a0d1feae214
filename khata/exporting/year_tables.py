"""What a period came to, as tables for an accountant: a file of CSV for each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from khata.exporting import audit_csv, figures_csv, review_csv, statement_csv
from khata.exporting.cells import line, rupees, text
from khata.questions.audit.cash import cash
from khata.questions.audit.numbers import numbers
from khata.questions.audit.old import old
from khata.questions.dues import BUCKET_DAYS, Due, dues
from khata.questions.editlog import edit_log
from khata.questions.entries import Sought, as_known, log
from khata.questions.figures import FIGURES, Span, figure
from khata.questions.modebook import modebook
from khata.questions.parties import PartyRow
from khata.questions.statement import Statement, statements
from khata.questions.trial import trial, turnovers
from khata.units import MODES, Day, Seq
from khata.views.cache import Connection
from khata.views.cut import Cut

NEAR_DAYS = 180
"""Dues whose three years run out within so many days are listed."""


class YearTable(NamedTuple):
    """A table: the name of its file, and its lines without their ends.

    `about`: by which of the page's sentences it is told what it is.
    """

    name: str
    about: str
    lines: Iterable[str]


def year_tables(views: Connection, first: Day | None, cut: Cut) -> Iterator[YearTable]:
    """The tables of the business days from `first` (None: from the beginning) to `cut.as_on`; rupees, not paise.

    Raises:
        ViewsDifferError: what is kept of a party is not the sum of its entries.
    """
    span, last = Span(first, cut.as_on, cut.known), cut.as_on
    accounts = list(statements(views, cut, first, last))
    yield YearTable("balances.csv", "balances", _balances(accounts))
    yield YearTable("ledgers.csv", "ledgers", statement_csv.statements(accounts))
    yield YearTable("dues.csv", "dues", _dues(dues(views, cut)))
    found = log(views, Seq(1), cut.known, Sought(first_on=first, last_on=last))
    yield YearTable("entries.csv", "entries", figures_csv.entries(as_known(row, cut.known) for row in found))
    yield YearTable("edit-log.csv", "edit_log", review_csv.edit_log(edit_log(views, first, last, cut, by_day=True)))
    yield YearTable("trial-balance.csv", "trial", figures_csv.trial(trial(views, cut)))
    yield YearTable("accounts.csv", "accounts", figures_csv.turnovers(turnovers(views, first, cut)))
    for what, about in FIGURES.items():
        for per in about.ways:
            if per != "day" and (rows := figure(views, what, per, span)):
                yield YearTable(f"{what}-by-{per}.csv", "figure", figures_csv.figures(per, rows))
    for mode in MODES:
        book = modebook(views, mode, first, cut)
        if book.lines or book.opening_paise:
            yield YearTable(f"book-{mode}.csv", "modebook", figures_csv.modebook(book))
    yield YearTable("audit-cash.csv", "audit_cash", _parted(audit_csv.cash(cash(views, cut, first, last))))
    yield YearTable("audit-old.csv", "audit_old", _parted(audit_csv.old(old(views, cut, NEAR_DAYS))))
    yield YearTable("audit-numbers.csv", "audit_numbers", _parted(audit_csv.numbers(numbers(views, cut, first, last))))


def _parted(table: str) -> list[str]:
    return table.splitlines()


def _balances(accounts: Iterable[tuple[PartyRow, Statement]]) -> Iterator[str]:
    """Everybody: what he owed before the period, what he was given and gave, and what he owes after it."""
    yield line(("party", "party_number", "party_id", "opening", "given", "received", "closing"))
    for row, made in accounts:
        given, received = sum(each.debit_paise for each in made.lines), sum(each.credit_paise for each in made.lines)
        amounts = map(rupees, (made.opening_paise, given, received, made.closing_paise))
        yield line((text(row.name or ""), row.party, row.party_id, *amounts))


def _dues(rows: Iterable[Due]) -> Iterator[str]:
    """Who owes, and how old that is: payments settle the oldest first."""
    ages = [f"up_to_{days}_days" for days in BUCKET_DAYS] + [f"over_{BUCKET_DAYS[-1]}_days"]
    yield line(("party", "party_number", "due", *ages, "oldest_on", "last_received_on", "not_due", "disputed"))
    for row in rows:
        amounts = map(rupees, (row.balance_paise, *row.by_age_paise))
        more = map(rupees, (row.not_due_paise, row.disputed_paise))
        yield line((text(row.name or ""), row.party, *amounts, row.oldest_on, row.last_received_on or "", *more))
