"""What an accountant looks for in a year's book: cash above the limit, dues near three years, gaps in the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from khata.cli.env import Env
from khata.cli.groups import Group
from khata.cli.reply import Reply
from khata.cli.tabled import Form, From, Output, Period, To, ask_period, check_form, cut_of, tabled
from khata.grammar.days import parse_days
from khata.render import json

if TYPE_CHECKING:
    from khata.render.terminal.table import Table


def cash(
    ctx: typer.Context,
    period: Period = None,
    first: From = None,
    last: To = None,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """Cash of two lakh rupees or more from one person, in a day or for one bill."""
    from khata.questions.audit.cash import cash as receipts

    env: Env = ctx.obj
    form = check_form(form, file)
    views, cut, begin, end = ask_period(env, period, first, last)
    lines = receipts(views, cut, begin, end)

    def page(env: Env) -> Table:
        from khata.render.terminal.audit import cash as table

        return table(lines, (begin, end), env.about, cut, env.words)

    def csv() -> str:
        from khata.exporting.audit_csv import cash as as_csv

        return as_csv(lines)

    return tabled(env, lambda: json.audit_cash(lines, begin, end, cut), page, csv, form, file)


def old(
    ctx: typer.Context,
    within: Annotated[str, typer.Option("--within", metavar="DAYS")] = "180d",
    form: Form = None,
    file: Output = None,
) -> Reply:
    """Dues whose three years run out soon, or have."""
    from khata.questions.audit.old import old as dues

    env: Env = ctx.obj
    form = check_form(form, file)
    days = parse_days(within)
    views = env.ask_views()
    cut = cut_of(env, views)
    lines = dues(views, cut, days)

    def page(env: Env) -> Table:
        from khata.render.terminal.audit import old as table

        return table(lines, days, env.about, cut, env.words)

    def csv() -> str:
        from khata.exporting.audit_csv import old as as_csv

        return as_csv(lines)

    return tabled(env, lambda: json.audit_old(lines, days, cut), page, csv, form, file)


def numbers(
    ctx: typer.Context,
    period: Period = None,
    first: From = None,
    last: To = None,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """Bill numbers that are missing, cancelled, or there twice."""
    from khata.questions.audit.numbers import numbers as series

    env: Env = ctx.obj
    form = check_form(form, file)
    views, cut, begin, end = ask_period(env, period, first, last)
    lines = series(views, cut, begin, end)

    def page(env: Env) -> Table:
        from khata.render.terminal.audit import numbers as table

        return table(lines, (begin, end), env.about, cut, env.words)

    def csv() -> str:
        from khata.exporting.audit_csv import numbers as as_csv

        return as_csv(lines)

    return tabled(env, lambda: json.audit_numbers(lines, begin, end, cut), page, csv, form, file)


class AUDIT(Group):
    """`khata audit …`."""

    COMMANDS: ClassVar = {
        "cash": (cash, ("clocks",)),
        "old": (old, ("clocks",)),
        "numbers": (numbers, ("clocks",)),
    }
