"""Which languages khata speaks."""

from __future__ import annotations

import typer

from khata.cli.env import Env
from khata.cli.reply import Reply
from khata.i18n.languages import every_language


def languages(ctx: typer.Context) -> Reply:  # noqa: ARG001 - as every command
    """Each language with the share of what khata says that it has, and whether a speaker has checked it."""
    found = every_language()
    data = {
        "languages": [
            {"code": each.code, "name": each.name, "translated": round(each.translated, 2), "state": each.state}
            for each in found
        ]
    }

    def show(env: Env) -> None:
        from khata.render.terminal.languages import table

        env.show(table(found, env.words))

    return Reply(data, show)
