"""Rows from files, and a book from its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.failing import REFUSED, complaint, exit_code_of, list_faults, say_of
from khata.cli.output import Output, could_be_written
from khata.cli.progress import bar
from khata.cli.refusals import Misused, UnknownChoice
from khata.cli.reply import Reply
from khata.log.errors import BookError, UnconfirmedError
from khata.rules.refused import Refused

if TYPE_CHECKING:
    from khata.importing.check import Options
    from khata.importing.faults import FileFault

_FEW = 10
"""Rows that are named."""


def import_(
    ctx: typer.Context,
    file: Annotated[list[str], typer.Argument(metavar="FILE…")],
    new_parties: Annotated[str, typer.Option("--new-parties", metavar="safe|all")] = "none",
    names_file: Annotated[str | None, typer.Option("--new-parties-file", metavar="FILE")] = None,
    same_rows: Annotated[str, typer.Option("--same-rows", metavar="skip|record")] = "refuse",
    again: Annotated[bool, typer.Option("--again")] = False,
    profile: Annotated[str | None, typer.Option("--profile", metavar="NAME|FILE.toml")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="HEADER=COLUMN")] = None,
    ignored: Annotated[list[str] | None, typer.Option("--ignore", metavar="HEADER")] = None,
    make: Annotated[bool, typer.Option("--make-profile")] = False,
    output: Output = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME")] = None,
    keep_time: Annotated[bool, typer.Option("--keep-time")] = False,
    month_first: Annotated[bool, typer.Option("--month-first")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad")] = False,
    rejects: Annotated[str | None, typer.Option("--rejects", metavar="FILE")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    large: Annotated[bool, typer.Option("--large")] = False,
) -> Reply:
    """A year of rows: all of it, or nothing; of several files each by itself."""
    from khata.importing.check import Options
    from khata.importing.patterns import files

    env: Env = ctx.obj
    if make:
        from khata.cli.profiling import starting_profile

        return starting_profile(env, file, encoding_of(encoding), sheet, output)
    if output is not None:
        raise Misused(what="extra", words="-o")
    _one_of(new_parties, "none", "safe", "all")
    _one_of(same_rows, "refuse", "skip", "record")
    chosen = Options(
        new_parties=new_parties,  # type: ignore[arg-type] # one of them
        same_rows=same_rows,  # type: ignore[arg-type] # one of them
        again=again,
        every=env.json,
        dry_run=dry_run,
        large=large,
        profile=profile,
        mapping=dict(map(mapped, mapping or ())),
        ignored=ignored or (),
        words=spoken_types(env.words.language),
        encoding=encoding_of(encoding),
        keep_time=keep_time,
        month_first=month_first,
        sheet=sheet,
    )
    found = files(file)
    if names_file is not None:
        if len(found) != 1:
            raise Misused(what="together", one="--new-parties-file", other="FILE FILE")
        chosen = replace(chosen, **_looked_through(names_file))
    if skip_bad or rejects is not None:
        chosen = replace(chosen, rejects=_rejects(found, rejects, skip_bad=skip_bad), said=_hint(env))
    if found == file and len(file) == 1:
        data = _agreed(env, file[0], chosen)
        return Reply(data, lambda env: _said(env, data), exit_code=REFUSED if data["rejected"] else 0)
    return _several(env, found, chosen)


def spoken_types(language: str) -> dict[str, str]:
    """The words of the trade that mean a type of a row, as the commands know them, each with that type."""
    from khata.cli import spoken
    from khata.importing.row_types import TYPES

    return {word: meant for word, meant in spoken.every(language).items() if meant in TYPES}


def _one_of(value: str, *known: str) -> None:
    if value not in known:
        raise UnknownChoice(value=value, known=list(known))


def encoding_of(said: str | None) -> str | None:
    """The encoding that was asked for. Raises UnknownChoice."""
    from khata.importing.source import ENCODINGS, encoding_named

    if said is None:
        return None
    if (named := encoding_named(said)) is None:
        raise UnknownChoice(value=said, known=list(ENCODINGS))
    return named


def _looked_through(names_file: str) -> dict[str, Any]:
    """What a list of new names says; where there is none yet, that it is to be written. Raises as that."""
    from khata.importing.names_list import read

    path = Path(typed_path(names_file))
    if path.exists():
        return {"listed": read(path)}
    could_be_written(names_file)
    return {"names_to": path}


def _rejects(files: Sequence[str], rejects: str | None, *, skip_bad: bool) -> Path:
    """The file for rows that are wrong. Raises Misused, PathTakenError, DiskError."""
    from khata.importing.source import STDIN

    if not skip_bad:
        raise Misused(what="missing", name="--skip-bad")
    if rejects is None or rejects == STDIN:
        raise Misused(what="missing", name="--rejects FILE")
    if len(files) != 1 or files[0] == STDIN:
        raise Misused(what="together", one="--rejects", other="-" if STDIN in files else "FILE FILE")
    could_be_written(rejects)
    return Path(typed_path(rejects))


def _hint(env: Env) -> Callable[[FileFault], str]:
    from khata.cli.hints import hint

    return lambda fault: hint(env, fault.data())


def mapped(said: str) -> tuple[str, str]:
    """`You Gave=sale`. Raises Misused."""
    head, equals, column = said.rpartition("=")
    if not (equals and head.strip() and column.strip()):
        raise Misused(what="value", option="--map")
    return head, column


def _agreed(env: Env, file: str, chosen: Options) -> dict[str, Any]:
    """Import one file; at a terminal somebody is asked about what is in doubt.

    That is whether it is of the kind that it seems to be, and what it brings forward to accounts that have begun.
    """
    from khata.cli.hints import HintedRows
    from khata.importing.faults import ProfileNotSure

    try:
        return _imported(env, file, chosen)
    except HintedRows as e:
        by_code: dict[str, int] = e.facts["faults_by_code"]  # type: ignore[assignment]
        if not env.asks or file == "-" or [*by_code] != ["brought_again"]:
            raise
        list_faults(env, e.facts["faults_by_kind"])  # type: ignore[arg-type]
        rows = by_code["brought_again"]
        env.agree("ask.brought_again_rows", rows=env.words.number(rows), total=e.facts["rows"])
        return _agreed(env, file, replace(chosen, again=True))
    except ProfileNotSure as e:
        if not env.asks or file == "-":
            raise
        from khata.cli.profiling import show_first

        show_first(env, e.facts["first_rows"])  # type: ignore[arg-type]
        columns = ", ".join(f"{theirs} = {ours}" for ours, theirs in _by_itself(e.facts["columns"]))  # type: ignore[arg-type]
        env.agree("ask.profile", **{**e.facts, "columns": columns})
        return _agreed(env, file, replace(chosen, profile=str(e.facts["profile"])))


def _by_itself(columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The columns, ours and theirs, save for type and amount where these are read off two others."""
    return (
        (ours, theirs) for ours, theirs in columns.items() if "gave" not in columns or ours not in ("type", "amount")
    )


def _imported(env: Env, file: str, chosen: Options) -> dict[str, Any]:
    """Import one file; gives the `data` of that. Raises as `import_file`."""
    from khata.importing.faults import BadRows
    from khata.importing.run import import_file

    try:
        with bar(env, "progress.import") as told:
            progress = None if told is None else _parts(told)
            result = import_file(file, env.books, chosen, progress, env.importing_marker)
    except BadRows as e:
        from khata.cli.hints import hinted

        raise hinted(env, e) from e
    except UnconfirmedError as e:
        raise UnconfirmedError(**e.facts, what="file") from e
    data = result.data()
    if chosen.rejects is not None:
        from khata.cli.hints import with_hints

        data |= with_hints(env, data) | {"rejects": str(chosen.rejects)}
    env.books.checkpoint_due = env.books.checkpoint_due or (bool(data["recorded"]) and not chosen.dry_run)
    return data


def _parts(told: Callable[[int, int | None], None]) -> Callable[[str, int, int | None], None]:
    """Tells of reading in hundredths: its size is known in bytes only, and rows are what a person counts."""

    def tell(phase: str, done: int, of: int | None) -> None:
        if phase == "recording":
            told(done, of)
        elif of:
            told(done * 100 // of, 100)
        else:
            told(done, None)

    return tell


def _several(env: Env, files: Sequence[str], chosen: Options) -> Reply:
    """One file after the other, each whole or not at all. What is wrong with the book or the machine ends it."""
    came: list[tuple[str, dict[str, Any] | Exception]] = []
    code = 0
    for file in files:
        try:
            came.append((file, _agreed(env, file, chosen)))
        except Refused as e:
            came.append((file, e))
            code = REFUSED
        except BookError as e:
            if not came:
                raise
            came.append((file, e))
            code = exit_code_of(e)
            break
    told = [{"file": file, **_told(env, what)} for file, what in came]
    data = {
        "files": told,
        "recorded": sum(each.get("recorded", 0) for each in told),
        "refused": sum("refused" in each for each in told),
        "dry_run": chosen.dry_run,
    }

    def show(env: Env) -> None:
        for file, what in came:
            if isinstance(what, Exception):
                say_of(env, file, what)
            else:
                env.out(env.say("imported.file", file=file, what=" ".join(_line(env, what))))
                _worth_a_look(env, what)
        env.out(_in_all(env, data, len(came)))
        if chosen.dry_run:
            env.say_aside("said.dry_run")

    return Reply(data, show, exit_code=code)


def _told(env: Env, what: dict[str, Any] | Exception) -> dict[str, Any]:
    """What came of a file as JSON has it."""
    if not isinstance(what, Exception):
        return what
    return {"refused" if isinstance(what, Refused) else "failed": complaint(env, what)}


def _in_all(env: Env, data: dict[str, Any], files: int) -> str:
    said = env.words.count("imported.files", files, recorded=env.words.number(data["recorded"]))
    return f"{said} {env.words.count('imported.refused', data['refused'])}" if data["refused"] else said


def _line(env: Env, data: dict[str, Any]) -> Iterator[str]:
    """What came of a file, in sentences."""
    if data["header_row"] > 1:
        yield env.say("imported.header", row=data["header_row"], profile=data["profile"])
    if data.get("found"):
        from khata.cli.vouchers import told

        yield from told(env, data["found"])
    else:
        yield from _passed_over(env, data)
    yield env.words.count("imported.rows", data["rows"], recorded=env.words.number(data["recorded"]))
    if data["duplicates"]:
        yield env.words.count("imported.duplicates", len(data["duplicates"]))
    if data["parties_added"]:
        yield env.words.count("imported.parties", len(data["parties_added"]))
    if data["rejected"]:
        key = "imported.would_reject" if data["dry_run"] else "imported.rejected"
        yield env.words.count(key, data["rejected"], path=data["rejects"])


def _rows(rows: Sequence[int], number: int) -> str:
    """The first rows of a number of them: `4, 9, 12, …`."""
    return ", ".join(map(str, rows[:_FEW])) + (", …" if number > min(len(rows), _FEW) else "")


def _passed_over(env: Env, data: dict[str, Any]) -> Iterator[str]:
    known = {row for rows in data["passed_for"].values() for row in rows}
    totals = [row for row in data["passed_over"] if row not in known]
    of_why = ((f"passed_for.{why}", rows) for why, rows in data["passed_for"].items())
    for key, found in [("passed_over", totals), *of_why]:
        if found:
            yield env.words.count(f"imported.{key}", len(found), rows=_rows(found, len(found)))
    if data["balance_checked"]:
        yield env.say("imported.balance_checked")


def _said(env: Env, data: dict[str, Any]) -> None:
    for sentence in _line(env, data):
        env.out(sentence)
    if data["rejected"]:
        list_faults(env, data["faults_by_kind"])
    _worth_a_look(env, data)
    if data["dry_run"]:
        _effect(env, data)
        env.say_aside("said.dry_run")


def _effect(env: Env, data: dict[str, Any]) -> None:
    """What balances would come to."""
    effect = data.get("effect")
    if not effect or not effect["parties"]:
        return
    from khata.render.terminal.effect import table

    env.show(table(effect, env.words))


def _worth_a_look(env: Env, data: dict[str, Any]) -> None:
    for added in data["parties_added"]:
        if added["resembles"]:
            from khata.cli.speech import listed

            others = listed(added["resembles"])
            env.out(env.say("imported.resembles", name=added["name"], party=added["party"], others=others))
    for code, number in data["warnings_by_code"].items():
        rows = [each["row"] for each in data["worth_a_look"] if each["code"] == code]
        env.out("  " + env.words.count(f"imported.{code}", number, rows=_rows(rows, number)))


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


def import_log(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> Reply:
    """Make a book again from its lines, byte for byte."""
    from khata.cli.losing import declare_lost
    from khata.cli.refusals import NewBookMissing
    from khata.exporting.jsonl import import_log as run

    env: Env = ctx.obj
    to = env.option("book")
    if not to:
        raise NewBookMissing
    path = typed_path(to)
    head, lost = run(typed_path(file), path, lambda made, entries: declare_lost(env, made, entries))
    env.places.remember(path)
    env.ask_views()
    about = env.about
    if about is not None and not lost:  # a book without its names takes no precedence over the one that has them
        env.anchor.advance(about.book, env.cache.position())
    entries = about.entries if about else 0
    data = {"path": str(path), "entries": entries, "shop": about.shop if about else None, "details_lost": lost}

    def show(env: Env) -> None:
        env.out(env.say("said.log_imported", **(data | {"entries": head.seq})))
        if lost:
            env.out(env.words.count("said.details_left_out", len(lost), entry=entries))

    return Reply(data, show)
