"""Answers that are a table on the screen, CSV for a spreadsheet, JSON for a script; and the period that they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from khata.api import asked
from khata.api.refusals import PeriodToCome
from khata.cli.endings import Endings, form_of
from khata.cli.env import Env
from khata.cli.output import Output, file_named, written
from khata.cli.refusals import Misused
from khata.cli.reply import Data, Reply, Warned, envelope, told
from khata.grammar.days import parse_period
from khata.units import Day
from khata.views.cache import Connection
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.render.terminal.table import Table

__all__ = [
    "Form",
    "From",
    "Output",
    "Period",
    "To",
    "ask_period",
    "check_form",
    "cut_of",
    "period_of",
    "tabled",
]

From = Annotated[str | None, typer.Option("--from", metavar="DAY")]
To = Annotated[str | None, typer.Option("--to", metavar="DAY")]
Period = Annotated[str | None, typer.Option("--period", metavar="PERIOD")]
Form = Annotated[str | None, typer.Option("--format", metavar="table|csv|json")]
PageForm = Annotated[str | None, typer.Option("--format", metavar="table|csv|json|html|pdf")]

FORMS = {"table": (".txt",), "csv": (".csv",), "json": (".json",)}
TO_HAND_OUT = {"html": (".html", ".htm"), "pdf": (".pdf",)}
"""Pages for a customer, in one language or in several."""
PAGE = {"table": (".txt",)}
"""Of what is a page only, and no rows."""


def cut_of(env: Env, views: Connection, *days: str | None) -> Cut:
    """The two clocks as they were asked for. A later day means today, a later entry the last, and that is said.

    Args:
        env: the surroundings.
        views: the views.
        days: what else was asked for, from which day on, or which day.
    """
    known = env.option("known_at")
    env.to_come = asked.to_come(views, env.today, [env.option("as_on"), *days], known)
    return asked.cut(views, env.today, env.option("as_on"), known)


def period_of(
    env: Env, views: Connection, cut: Cut, period: str | None, first: str | None, last: str | None
) -> tuple[Day | None, Day]:
    """The first day that is asked about, None for the beginning of the book, and the last, no later than the cut's.

    Raises:
        Misused: a period, and the days of another one.
        PeriodToCome: nothing of it has begun by the day as on which is asked.
        BadPeriod, Unreadable: as they say.
    """
    if period is not None and (first or last):
        raise Misused(what="together", one="--period", other="--from" if first else "--to")
    begin, end = asked.period(views, env.today, period or first, period or last)
    words = period or first
    if words and (on := parse_period(words, env.today_date)[0]) > cut.as_on:
        raise PeriodToCome(on=on, upto=cut.as_on)
    return begin, min(end or cut.as_on, cut.as_on)


class PeriodAsked(NamedTuple):
    """What a table is asked of: the views, the two clocks, and the days.

    Attributes:
        first: None for the beginning of the book.
        last: no later than the clock's.
    """

    views: Connection
    cut: Cut
    first: Day | None
    last: Day

    @property
    def at_end(self) -> Cut:
        """The clocks at the end of the last day."""
        return self.cut._replace(as_on=self.last)


def ask_period(env: Env, period: str | None, first: str | None, last: str | None) -> PeriodAsked:
    """Ask the views of a period. Raises as `period_of`."""
    views = env.ask_views()
    cut = cut_of(env, views, period or first)
    return PeriodAsked(views, cut, *period_of(env, views, cut, period, first, last))


def check_form(form: str | None, file: str | None, known: Endings = FORMS) -> str:
    """The form that was asked for, by its name or by that of the file. Raises UnknownFormat."""
    return form_of(form, file, known)


def tabled(
    env: Env,
    data: Data,
    table: Callable[[Env], Table | Sequence[Table]],
    csv: Callable[[], str | Iterable[str]],
    form: str,
    file: str | None,
    warnings: Iterable[Warned] = (),
) -> Reply:
    """An answer in the form that was asked for, on stdout or in a new file.

    Args:
        env: the surroundings.
        data: the `data` of the JSON envelope.
        table: makes the page that a person reads, or several.
        csv: makes the text of the CSV file, or its lines without their ends.
        form: as `check_form` gives it.
        file: where to; None or `-` for stdout.
        warnings: codes with facts.

    Raises:
        PathTakenError, DiskError: nothing was written.
    """

    def pages(env: Env) -> Sequence[Table]:
        made = table(env)
        return made if isinstance(made, Sequence) else [made]

    def show(env: Env) -> None:
        for number, page in enumerate(pages(env)):
            if number:
                env.out("")
            env.show(page)

    if form == "table" and file_named(file) is None:
        return Reply(data, show, list(warnings))

    def text(env: Env) -> str | Iterable[str]:
        if form == "json":
            return envelope(env, data=told(data)) + "\n"
        return csv() if form == "csv" else "\n".join(page.plain() for page in pages(env))

    return written(env, data, text, file).warning(*warnings)
