"""The book to a file and back."""

from __future__ import annotations

from typing import Annotated

import typer

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.output import written
from khata.cli.refusals import UnknownFormat
from khata.cli.reply import Reply
from khata.cli.tabled import cut_of
from khata.store.sqlite.connection import check_file


def export(
    ctx: typer.Context,
    form: Annotated[str, typer.Option("--format", metavar="csv|jsonl")] = "csv",
    file: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    no_details: Annotated[bool, typer.Option("--no-details")] = False,
) -> Reply:
    """The entries for a spreadsheet, or the whole book as lines."""
    env: Env = ctx.obj
    if form == "csv":
        from khata.exporting.plain_csv import lines as csv_lines

        cut = cut_of(env, env.ask_views())
        data = {"format": form, "as_on": cut.as_on, "known_at_entry": cut.known}
        last_on = cut.as_on if env.option("as_on") else None
        return written(env, data, lambda _: csv_lines(env.cache, cut.known, last_on), file)
    if form != "jsonl":
        raise UnknownFormat(value=form, known=["csv", "jsonl"])
    from khata.exporting.jsonl import lines

    check_file(env.book_path)  # with --json to stdout no line is asked for
    return written(env, {"format": form}, lambda env: lines(env.store, details=not no_details), file)


def import_log(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> Reply:
    """Make a book again from its lines, byte for byte."""
    from khata.cli.refusals import NewBookMissing
    from khata.exporting.jsonl import import_log as run

    env: Env = ctx.obj
    to = env.option("book")
    if not to:
        raise NewBookMissing
    path = typed_path(to)
    run(typed_path(file), path)
    env.places.remember(path)
    env.ask_views()
    about = env.about
    if about is not None:
        env.anchor.advance(about.book, env.cache.position())
    data = {"path": str(path), "entries": about.entries if about else 0, "shop": about.shop if about else None}
    return Reply(data, lambda env: env.out(env.say("said.log_imported", **data)))
