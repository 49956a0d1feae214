"""Payments on their way."""

from __future__ import annotations

import typer

from khata.cli.env import Env
from khata.cli.reply import Reply
from khata.cli.tabled import cut_of
from khata.questions.pending import pending as pending_view
from khata.render import json


def pending(ctx: typer.Context) -> Reply:
    """Payments that have begun and are not there yet."""
    env: Env = ctx.obj
    views = env.ask_views()
    cut = cut_of(env, views)
    rows = pending_view(views, cut)

    def show(env: Env) -> None:
        from khata.render.terminal.pending import table

        env.show(table(rows, env.about, cut, env.words))

    return Reply(json.pending(rows, cut), show)
