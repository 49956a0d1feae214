"""Pictures where people would rather look: how the shop goes month by month, how old the dues are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

import typer

from khata.cli.env import Env
from khata.cli.groups import Group
from khata.cli.output import Output, written
from khata.cli.reply import Data, Reply
from khata.cli.tabled import Period, ask_period, check_form, cut_of, tabled
from khata.render import json
from khata.render.chart import Chart

ChartForm = Annotated[str | None, typer.Option("--format", metavar="table|json|svg")]

CHART_FORMS = {"table": (".txt",), "json": (".json",), "svg": (".svg",)}


def trend(ctx: typer.Context, period: Period = None, form: ChartForm = None, file: Output = None) -> Reply:
    """Sales, receipts and dues, month by month."""
    from khata.questions import trend as question
    from khata.render import chart

    env: Env = ctx.obj
    form = check_form(form, file, CHART_FORMS)
    asked = ask_period(env, period, None, None)
    views, cut = asked.views, asked.at_end
    first = asked.first or question.begin_of(views, cut)
    months = question.trend(views, first, cut)
    return _charted(
        env,
        lambda: json.trend(months, first, cut),
        lambda env: chart.trend(months, first, env.about, cut, env.words),
        form,
        file,
    )


def dues(ctx: typer.Context, form: ChartForm = None, file: Output = None) -> Reply:
    """What is due, by age."""
    from khata.questions import dues as question
    from khata.render import chart

    env: Env = ctx.obj
    form = check_form(form, file, CHART_FORMS)
    views = env.ask_views()
    cut = cut_of(env, views)
    rows = question.dues(views, cut)
    found = question.by_age(rows)
    return _charted(
        env,
        lambda: json.dues_by_age(found, len(rows), cut),
        lambda env: chart.ages(found, len(rows), env.about, cut, env.words),
        form,
        file,
    )


def _charted(env: Env, data: Data, chart: Callable[[Env], Chart], form: str, file: str | None) -> Reply:
    """A chart as a table with bars that fit this terminal, as a picture, or as data."""
    if form == "svg":
        from khata.render.chart_svg import picture

        return written(env, data, lambda env: picture(chart(env), env.words), file)
    from khata.render.terminal.chart import Bars

    return tabled(env, data, lambda env: Bars(chart(env), env.words), str, form, file)


class CHART(Group):
    """`khata chart …`."""

    COMMANDS: ClassVar = {
        "trend": (trend, ("clocks",)),
        "dues": (dues, ("clocks",)),
    }
