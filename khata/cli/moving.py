"""Rows from a file, and the book to a file and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.output import written
from khata.cli.progress import bar
from khata.cli.refusals import Misused, UnknownChoice, UnknownFormat
from khata.cli.reply import Reply
from khata.cli.tabled import cut_of
from khata.log.errors import UnconfirmedError
from khata.store.sqlite.connection import check_file

if TYPE_CHECKING:
    from khata.importing.check import Options

_FEW = 10
"""Rows that are named."""


def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    new_parties: Annotated[str, typer.Option("--new-parties", metavar="safe|all")] = "none",
    same_rows: Annotated[str, typer.Option("--same-rows", metavar="skip|record")] = "refuse",
    profile: Annotated[str | None, typer.Option("--profile", metavar="NAME|FILE.toml")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="HEADER=COLUMN")] = None,
    ignored: Annotated[list[str] | None, typer.Option("--ignore", metavar="HEADER")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    large: Annotated[bool, typer.Option("--large")] = False,
) -> Reply:
    """A year of rows: all of it, or nothing."""
    from khata.importing.check import Options
    from khata.importing.faults import ProfileNotSure

    env: Env = ctx.obj
    _one_of(new_parties, "none", "safe", "all")
    _one_of(same_rows, "refuse", "skip", "record")
    chosen = Options(
        new_parties=new_parties,  # type: ignore[arg-type] # one of them
        same_rows=same_rows,  # type: ignore[arg-type] # one of them
        dry_run=dry_run,
        large=large,
        profile=profile,
        mapping=dict(map(_mapped, mapping or ())),
        ignored=ignored or (),
    )
    try:
        return _imported(env, file, chosen)
    except ProfileNotSure as e:
        if not env.asks or file == "-":
            raise
        columns = ", ".join(f"{theirs} = {ours}" for ours, theirs in e.facts["columns"].items())  # type: ignore[attr-defined]
        env.agree("ask.profile", **{**e.facts, "columns": columns})
        return _imported(env, file, replace(chosen, profile=str(e.facts["profile"])))


def _mapped(said: str) -> tuple[str, str]:
    """`You Gave=sale`. Raises Misused."""
    head, equals, column = said.rpartition("=")
    if not (equals and head.strip() and column.strip()):
        raise Misused(what="value", option="--map")
    return head, column


def _imported(env: Env, file: str, chosen: Options) -> Reply:
    from khata.importing.faults import BadRows
    from khata.importing.run import import_file

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
    env.books.checkpoint_due = bool(data["recorded"]) and not chosen.dry_run
    return Reply(data, lambda env: _said(env, data))


def _one_of(value: str, *known: str) -> None:
    if value not in known:
        raise UnknownChoice(value=value, known=list(known))


def profiles(ctx: typer.Context) -> Reply:  # noqa: ARG001 - as every command
    """Whose files are understood."""
    from khata.importing.profile import names
    from khata.importing.profile import profile as named

    known = [named(name) for name in names()]
    data = {"profiles": [{"name": each.name, "about": each.about} for each in known]}

    def show(env: Env) -> None:
        from khata.render.terminal.table import Column, Table

        page = Table([Column(""), Column("")])
        for each in known:
            key = f"profile.{each.name.replace('-', '_')}"
            page.row(each.name, env.say(key) if env.words.has(key) else each.about)
        env.show(page)

    return Reply(data, show)


def _said(env: Env, data: dict[str, Any]) -> None:
    from khata.i18n.money import count

    count_ = env.words.count
    if data["header_row"] > 1:
        env.out(env.say("imported.header", row=data["header_row"], profile=data["profile"]))
    if data["passed_over"]:
        rows = ", ".join(map(str, data["passed_over"][:_FEW])) + ("…" if len(data["passed_over"]) > _FEW else "")
        env.out(count_("imported.passed_over", len(data["passed_over"]), rows=rows))
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
