"""Whose file it is: a profile to begin with, and the first rows of a file as khata reads them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from khata.cli.env import Env
from khata.cli.output import written
from khata.cli.refusals import Misused
from khata.cli.reply import Reply


def starting_profile(env: Env, files: Sequence[str], encoding: str | None, sheet: str | None, to: str | None) -> Reply:
    """A profile for one file, to stdout or into a new one. Raises Misused, BadRows where no head can be read."""
    from khata.importing.faults import BadRows, Faults
    from khata.importing.making import made, toml
    from khata.importing.table import STOPS, stopped

    if len(files) != 1:
        raise Misused(what="extra", words=" ".join(files[1:]))
    try:
        found = made(files[0], encoding, sheet)
    except STOPS as e:
        from khata.cli.hints import hinted

        faults = Faults()
        stopped(faults, 1, e if isinstance(e, Exception) else csv.Error())
        raise hinted(env, BadRows(faults, 0)) from e
    columns = {column: list(heads) for column, heads in found.columns.items()}
    data = {
        "profile": found.base.name if found.base is not None else None,
        "header_row": found.header_row,
        "columns": columns,
        "unknown": list(found.unknown),
        "missing": list(found.missing),
    }
    remarks = {
        "head": env.say("made.head", file=Path(files[0]).name),
        "unknown": env.say("made.unknown"),
        "missing": env.say("made.missing"),
        "one_type": env.say("made.one_type"),
    }
    return written(env, data, lambda _: toml(found, remarks), to)


def show_first(env: Env, rows: Iterable[Mapping[str, Any]]) -> None:
    """The first rows of a file as they were read, before somebody is asked whether that is right."""
    from khata.i18n import dates
    from khata.render.terminal.table import Column, Table
    from khata.render.text import visible

    say = env.say
    page = Table(
        [
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right"),
            Column(say("head.what")),
            Column(say("head.name")),
        ]
    )
    for row in rows:
        name = visible(row["party"]) if row["party"] is not None else say("word.counter")
        page.row(dates.day(row["on"], env.words), env.words.rupees(row["amount_paise"]), row["type"], name)
    env.err(page.plain(), end="")
