"""What a period came to, every account, and the books of cash, UPI and bank."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from khata.cli.env import Env
from khata.cli.refusals import UnknownChoice
from khata.cli.reply import Reply
from khata.cli.tabled import Form, From, Output, Period, To, ask_period, check_form, tabled
from khata.cli.typed import to_ask
from khata.grammar.days import parse_period
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_mode
from khata.postings.base import PARTY
from khata.questions import figures, trial
from khata.questions.figures import COUNTER, FIGURES, FigureRow, Span
from khata.render import json
from khata.units import MODES, Day
from khata.views.cache import Connection
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.questions.entries import EntryRow
    from khata.render.terminal.table import Table

Per = Annotated[str, typer.Option("--per", metavar="month|day|mode|item|customer")]
BehindKey = Annotated[str | None, typer.Option("--entries", metavar="KEY")]


def _figure(what: str) -> Callable[..., Reply]:
    """The command of a figure."""

    def ask(
        ctx: typer.Context,
        per: Per = "month",
        period: Period = None,
        first: From = None,
        last: To = None,
        key: BehindKey = None,
        form: Form = None,
        file: Output = None,
    ) -> Reply:
        env: Env = ctx.obj
        ways = FIGURES[what].ways
        if per not in ways:
            raise UnknownChoice(value=per, known=list(ways))
        form = check_form(form, file)
        asked = ask_period(env, period, first, last)
        views, cut, begin = asked.views, asked.at_end, asked.first
        span = Span(begin, cut.as_on, cut.known)
        if key is not None:
            rows = figures.behind(views, what, per, _key(env, views, per, key, cut), span)
            return _entries(env, rows, begin, cut, form, file)
        return _rows(env, figures.figure(views, what, per, span), what, per, begin, cut, form, file)

    ask.__doc__ = f"What {what} came to in a period."
    return ask


sales, receipts, returns = _figure("sales"), _figure("receipts"), _figure("returns")
discounts, write_offs, charges = _figure("discounts"), _figure("write-offs"), _figure("charges")
openings = _figure("openings")


def _rows(
    env: Env, rows: list[FigureRow], what: str, per: str, begin: Day | None, cut: Cut, form: str, file: str | None
) -> Reply:
    def page(env: Env) -> Table:
        from khata.render.terminal import figures as terminal

        return terminal.figures(rows, what, per, begin, env.about, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting import figures_csv

        return figures_csv.figures(per, rows)

    return tabled(env, lambda: json.figures(rows, per, begin, cut), page, csv, form, file)


def _key(env: Env, views: Connection, per: str, key: str, cut: Cut) -> str:
    """The key of a row, from how a person says it: a month in words, a customer by name, a mode as it is spoken."""
    if per in ("month", "day"):
        return parse_period(key, env.today_date)[0][: 7 if per == "month" else 10]
    if per == "mode":
        return _account(env, key)
    if per == "customer" and key.casefold() not in (COUNTER, env.say("word.counter").casefold()):
        return f"@{to_ask(env, views, [key], cut.known).party}"
    return COUNTER if per == "customer" else key


def _account(env: Env, typed: str) -> str:
    """An account by its own name, or as the table calls it; `khata` is the customers'. Raises UnknownChoice."""
    from khata.render.terminal.figures import account_name

    known = {account: account for account in trial.ORDER} | {"khata": PARTY}
    called = {account_name(account, env.words).casefold(): account for account in trial.ORDER}
    found = known.get(typed.casefold()) or called.get(typed.casefold())
    with suppress(Unreadable):
        found = found or parse_mode(typed)
    if found is None:
        raise UnknownChoice(value=typed, known=[each for each in trial.ORDER if each != PARTY])
    return found


def _entries(env: Env, rows: list[EntryRow], begin: Day | None, cut: Cut, form: str, file: str | None) -> Reply:
    """The entries behind a figure."""
    from khata.questions.entries import as_known

    known = [as_known(row, cut.known) for row in rows]

    def page(env: Env) -> Table:
        from khata.render.terminal.log import table

        return table(known, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting import figures_csv

        return figures_csv.entries(known)

    def data() -> json.Json:
        about = {"from": begin, "to": cut.as_on, "as_on": cut.as_on, "known_at_entry": cut.known}
        return about | {"lines": [json.entry(row) for row in known]}

    return tabled(env, data, page, csv, form, file)


def trial_balance(
    ctx: typer.Context,
    period: Period = None,
    first: From = None,
    last: To = None,
    key: BehindKey = None,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """Every account: debits and credits are the same in all."""
    env: Env = ctx.obj
    form = check_form(form, file)
    asked = ask_period(env, period, first, last)
    views, cut, begin = asked.views, asked.at_end, asked.first
    if key is not None:
        rows = figures.touching(views, _account(env, key), Span(begin, cut.as_on, cut.known))
        return _entries(env, rows, begin, cut, form, file)
    over = trial.turnovers(views, begin, cut) if period or first else None
    at = trial.trial(views, cut) if over is None else []

    def page(env: Env) -> Table:
        from khata.render.terminal import figures as terminal

        if over is not None:
            return terminal.turnovers(over, begin, env.about, cut, env.words)
        return terminal.trial(at, env.about, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting import figures_csv

        return figures_csv.trial(at) if over is None else figures_csv.turnovers(over)

    return tabled(env, lambda: json.trial(at if over is None else over, begin, cut), page, csv, form, file)


def modebook(
    ctx: typer.Context,
    mode: Annotated[str, typer.Argument(metavar="MODE")] = "cash",
    period: Period = None,
    first: From = None,
    last: To = None,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """The book of cash, of UPI, of the bank: what came in and what went out."""
    from khata.questions import modebook as question

    env: Env = ctx.obj
    wanted = parse_mode(mode, MODES)
    form = check_form(form, file)
    asked = ask_period(env, period, first, last)
    cut, begin = asked.at_end, asked.first
    answer = question.modebook(asked.views, wanted, begin, cut)

    def page(env: Env) -> Table:
        from khata.render.terminal import figures as terminal

        return terminal.modebook(answer, env.about, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting import figures_csv

        return figures_csv.modebook(answer)

    return tabled(env, lambda: json.modebook(answer, cut), page, csv, form, file)
