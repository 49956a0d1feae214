"""What a period came to, every account, and the books of cash, UPI and bank."""

from __future__ import annotations

import re
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
from khata.grammar.digits import ascii_digits
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_mode
from khata.names import exact_key
from khata.postings.base import PARTY
from khata.questions import figures, trial
from khata.questions.figures import COUNTER, FIGURES, Behind, FigureRow, Span
from khata.render import json
from khata.units import MODES, Day
from khata.views.cache import Connection
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.render.terminal.table import Table

Per = Annotated[str, typer.Option("--per", metavar="month|day|mode|item|customer")]
BehindKey = Annotated[str | None, typer.Option("--entries", metavar="KEY")]


_FEW = 12
"""Parts of a figure that are named where another one was asked for."""


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
        rows = figures.figure(views, what, per, span)
        if key is not None:
            behind = figures.behind(views, what, per, _key(env, views, per, key, rows), span)
            return _entries(env, behind, begin, cut, form, file)
        return _rows(env, rows, what, per, begin, cut, form, file)

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


def _key(env: Env, views: Connection, per: str, typed: str, rows: list[FigureRow]) -> str:
    """The key of one of the rows, from how a person says it: a month in words, a customer by name, a spoken mode.

    Raises:
        UnknownChoice: the figure has parts, and no such one.
    """
    keys = [row.key for row in rows]
    if per in ("month", "day"):
        found = _of_time(env, typed, keys, 7 if per == "month" else 10)
    elif per == "mode":
        found = _account(env, typed)
    elif per == "item":
        found = next((key for key in keys if exact_key(key) == exact_key(typed)), typed)
    elif typed.casefold() in (COUNTER, env.say("word.counter").casefold()):
        found = COUNTER
    else:
        found = f"@{to_ask(env, views, [typed]).party}"
    if rows and found not in keys:
        raise UnknownChoice(value=typed, known=[row.name or row.key or '""' for row in rows][:_FEW])
    return found


def _of_time(env: Env, typed: str, keys: list[str], length: int) -> str:
    """The month or the day that is meant: without a year, the one that the figure has. Raises Unreadable."""
    begin, end = parse_period(typed, env.today_date)
    if (begin == end) != (length == 10) or begin[:7] != end[:7]:
        return typed  # another kind of period: no part of this figure
    if begin[:length] in keys:
        return begin[:length]
    alike = [key for key in keys if key[4:] == begin[4:length]]
    dated = any(len(number) == 4 for number in re.findall("[0-9]+", ascii_digits(typed) or ""))
    return alike[0] if len(alike) == 1 and not dated else begin[:length]


def _account(env: Env, typed: str) -> str:
    """An account by its own name, or as a table calls it; `khata` is the customers'. Raises UnknownChoice."""
    from khata.render.terminal.figures import account_name

    known = {account: account for account in trial.ORDER} | {"khata": PARTY}
    called = {account_name(account, env.words): account for account in trial.ORDER}
    called |= {env.say("trial.customers.net"): PARTY}
    found = known.get(typed.casefold()) or {name.casefold(): each for name, each in called.items()}.get(
        typed.casefold()
    )
    with suppress(Unreadable):
        found = found or parse_mode(typed)
    if found is None:
        raise UnknownChoice(value=typed, known=list(called))
    return found


def _entries(env: Env, found: list[Behind], begin: Day | None, cut: Cut, form: str, file: str | None) -> Reply:
    """The entries behind a figure, each with what of it counts there: they add up to it."""
    from khata.questions.entries import as_known

    known = [each._replace(row=as_known(each.row, cut.known)) for each in found]

    def page(env: Env) -> Table:
        from khata.render.terminal.figures import behind

        return behind(known, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting import figures_csv

        return figures_csv.behind(known)

    def data() -> json.Json:
        about = {"from": begin, "to": cut.as_on, "as_on": cut.as_on, "known_at_entry": cut.known}
        lines = [json.entry(each.row) | {"part_paise": each.part_paise} for each in known]
        return about | {"lines": lines, "part_paise": sum(each.part_paise for each in known)}

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
