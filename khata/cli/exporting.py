"""The book for other programs: a spreadsheet, a journal, Tally; or as lines that make it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from khata.cli.completing import party_name
from khata.cli.endings import form_of
from khata.cli.env import Env
from khata.cli.output import Output, filled, to_a_file, written
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.cli.tabled import From, Period, To, cut_of, period_of
from khata.cli.typed import to_ask
from khata.questions.entries import Sought
from khata.questions.journal import Extract
from khata.store.sqlite.connection import check_file

if TYPE_CHECKING:
    from khata.exporting.transactions import JournalBook

LOG = "jsonl"
FORMS = {
    "csv": (".csv",),
    "xlsx": (".xlsx",),
    LOG: (".jsonl",),
    "hledger": (".journal", ".hledger"),
    "ledger": (".ledger", ".journal"),
    "beancount": (".beancount", ".bean"),
    "tally": (".xml",),
}


def export(
    ctx: typer.Context,
    form: Annotated[
        str | None, typer.Option("--format", metavar="csv|xlsx|jsonl|hledger|ledger|beancount|tally")
    ] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="PARTY", autocompletion=party_name)] = None,
    period: Period = None,
    first: From = None,
    last: To = None,
    file: Output = None,
    excel: Annotated[bool, typer.Option("--excel")] = False,
    no_details: Annotated[bool, typer.Option("--no-details")] = False,
) -> Reply:
    """The entries for a spreadsheet or another program, or the whole book as lines."""
    env: Env = ctx.obj
    form = form_of(form, file, FORMS, any_other=False)
    if excel and form != "csv":
        raise Misused(what="only", option="--excel", forms="csv")
    if form == LOG:
        _whole_book({"--party": party, "--period": period, "--from": first, "--to": last})
        from khata.exporting.jsonl import lines

        check_file(env.book_path)  # with --json to stdout no line is asked for
        return written(env, {"format": form}, lambda env: lines(env.store, details=not no_details), file)
    if no_details:
        raise Misused(what="only", option="--no-details", forms=LOG)
    views = env.ask_views()
    cut = cut_of(env, views, period or first)
    begin, end = period_of(env, views, cut, period, first, last)
    whose = to_ask(env, views, party, cut.known).party if party is not None else None
    wanted = Extract(begin, cut._replace(as_on=end), whose)
    data = {"format": form, "from": begin, "to": end, "as_on": end, "known_at_entry": cut.known, "party": whose}
    if form in ("csv", "xlsx"):
        given = env.option("as_on") or period or first or last
        return _table(env, data, wanted, file, to_the_end=not given, excel=excel)
    return written(env, data, lambda env: _journal(env, form, wanted), file)


def _whole_book(given: dict[str, str | None]) -> None:
    """Raises Misused: the log of a book can only be taken whole."""
    for option, value in given.items():
        if value is not None:
            raise Misused(what="extra", words=option)


def _table(
    env: Env, data: Mapping[str, object], wanted: Extract, file: str | None, *, to_the_end: bool, excel: bool
) -> Reply:
    """A row an entry. Raises Misused where a workbook is to go to stdout; ExcelMissing."""
    from khata.exporting import plain_csv

    last_on = None if to_the_end else wanted.cut.as_on
    known, sought = wanted.cut.known, Sought(wanted.party, wanted.first)
    if data["format"] == "csv":
        return written(env, data, lambda _: plain_csv.lines(env.cache, known, last_on, sought, mark=excel), file)
    from khata.exporting.excel import check_installed, write_workbook

    named = to_a_file(file, "xlsx")
    check_installed()
    return filled(data, lambda path: write_workbook(path, plain_csv.rows(env.cache, known, last_on, sought)), named)


def _journal(env: Env, form: str, wanted: Extract) -> Iterable[str]:
    from khata.exporting.beancount import beancount
    from khata.exporting.journal import journal
    from khata.exporting.tally_xml import tally_xml
    from khata.exporting.transactions import JournalBook

    views = env.cache.connection
    book = JournalBook(views, wanted, env.about.shop if env.about is not None else None)
    makers: dict[str, Callable[[JournalBook], Iterable[str]]] = {
        "hledger": journal,
        "ledger": journal,
        "beancount": beancount,
        "tally": lambda book: tally_xml(views, book),
    }
    return makers[form](book)
