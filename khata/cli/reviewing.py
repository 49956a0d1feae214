"""What an auditor asks of a book: what was changed in it, and what that makes of figures that were given out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from khata.api import asked
from khata.cli.env import Env
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.cli.tabled import Form, From, Output, Period, To, check_form, cut_of, period_of, tabled
from khata.render import json
from khata.views.cut import latest_day

if TYPE_CHECKING:
    from khata.render.terminal.table import Table


def edit_log(
    ctx: typer.Context,
    period: Period = None,
    first: From = None,
    last: To = None,
    by_day: Annotated[bool, typer.Option("--by-day")] = False,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """What was taken back, put right, typed late, brought in from a file or erased."""
    from khata.questions import editlog

    env: Env = ctx.obj
    form = check_form(form, file)
    views = env.ask_views()
    cut = cut_of(env, views, period, first)
    # A day on which was recorded is no business day, and is not cut as one.
    latest = cut if by_day else cut._replace(as_on=latest_day(views, env.today))
    begin, end = period_of(env, views, latest, period, first, last)
    answer = editlog.edit_log(views, begin, end, cut, by_day=by_day)

    def page(env: Env) -> Table:
        from khata.render.terminal.editlog import table

        return table(answer, env.about, cut, env.words)

    def csv() -> Iterator[str]:
        from khata.exporting.review_csv import edit_log as as_csv

        return as_csv(answer)

    return tabled(env, lambda: json.edit_log(answer, cut), page, csv, form, file)


def changes(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option("--since", metavar="WHEN")] = None,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """What was recorded after a moment for the days up to one, and what is another figure by it."""
    from khata.questions import changes as changes_view

    env: Env = ctx.obj
    form = check_form(form, file)
    if since is None:
        raise Misused(what="missing", name="--since WHEN")
    views = env.ask_views()
    cut = cut_of(env, views)
    then = asked.cut(views, env.today, env.option("as_on"), since).known
    if then > cut.known:
        raise Misused(what="value", option="--since", name="--since")
    env.to_come = env.to_come or asked.to_come(views, env.today, [], since)
    answer = changes_view.changes(views, then, cut)

    def page(env: Env) -> Table:
        from khata.render.terminal.changes import table

        return table(answer, env.about, cut, env.words)

    def csv() -> Iterator[str]:
        from khata.exporting.review_csv import changes as as_csv

        return as_csv(answer)

    return tabled(env, lambda: json.changes(answer, cut), page, csv, form, file)
