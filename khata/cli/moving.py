"""Rows from a file into the book, and a book from its lines."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.progress import bar
from khata.cli.refusals import UnknownChoice
from khata.cli.reply import Reply
from khata.log.errors import UnconfirmedError


def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    new_parties: Annotated[str, typer.Option("--new-parties", metavar="safe|all")] = "none",
    same_rows: Annotated[str, typer.Option("--same-rows", metavar="skip|record")] = "refuse",
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    large: Annotated[bool, typer.Option("--large")] = False,
) -> Reply:
    """A year of rows: all of it, or nothing."""
    from khata.importing.check import Options
    from khata.importing.faults import BadRows
    from khata.importing.run import import_file

    env: Env = ctx.obj
    _one_of(new_parties, "none", "safe", "all")
    _one_of(same_rows, "refuse", "skip", "record")
    chosen = Options(new_parties=new_parties, same_rows=same_rows, dry_run=dry_run, large=large)  # type: ignore[arg-type]
    try:
        with bar(env, "progress.import") as told:
            # Reading is a moment, and its size is known in bytes only; rows are what a person counts.
            progress = (
                None if told is None else lambda phase, done, of: told(done, of if phase == "recording" else None)
            )
            result = import_file(file, env.books, chosen, progress, env.importing_marker)
    except BadRows as e:
        from khata.cli.hints import hinted

        raise hinted(env, e) from e
    except UnconfirmedError as e:
        raise UnconfirmedError(**e.facts, what="file") from e
    data = result.data()
    env.books.checkpoint_due = bool(data["recorded"]) and not dry_run
    return Reply(data, lambda env: _said(env, data))


def _one_of(value: str, *known: str) -> None:
    if value not in known:
        raise UnknownChoice(value=value, known=list(known))


def _said(env: Env, data: dict[str, Any]) -> None:
    from khata.i18n.money import count

    count_ = env.words.count
    env.out(count_("imported.rows", data["rows"], recorded=count(data["recorded"])))
    if data["duplicates"]:
        env.out(count_("imported.duplicates", len(data["duplicates"])))
    if data["parties_added"]:
        env.out(count_("imported.parties", len(data["parties_added"])))
    for added in data["parties_added"]:
        if added["resembles"]:
            from khata.cli.speech import listed

            others = listed(added["resembles"])
            env.out(env.say("imported.resembles", name=added["name"], party=added["party"], others=others))
    for code, number in data["warnings_by_code"].items():
        env.out("  " + count_(f"imported.{code}", number))
    if data["dry_run"]:
        env.say_aside("said.dry_run")


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
