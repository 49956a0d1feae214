"""What can be kept of a damaged book: its longest part that holds, in a new file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from khata.api.places import existing_book, typed_path
from khata.cli.env import Env
from khata.cli.losing import declare_lost
from khata.cli.progress import bar
from khata.cli.refusals import NothingToSalvage
from khata.cli.reply import Reply
from khata.events.base import Recorded, Unknown
from khata.grammar.days import moment
from khata.log.errors import BookBrokenError, DiskError, ReplacedError, UnconfirmedError
from khata.store.sqlite.atomic import atomic_write
from khata.store.sqlite.create import fill
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.prefix import Prefix
from khata.verifying.verify import verify

LISTED = 1000
"""Entries beyond the part that holds which are listed; a person sees a screenful of them."""

SHOWN = 20


def salvage(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE")] = None,
) -> Reply:
    """Copy what holds of a damaged book into a new one."""
    env: Env = ctx.obj
    source = existing_book(file)
    with bar(env, "progress.verify") as told:
        verdict = verify(source, progress=told)
    if verdict.result != "broken":
        raise NothingToSalvage(file=str(source), entries=verdict.entries)
    if not verdict.chain_upto:
        raise NothingToSalvage(file=str(source), entries=0, what="nothing_holds")
    to = typed_path(output) if output else _beside(env, source)
    with closing(ReadOnlyBook(source)) as pages, atomic_write(to) as made:
        standing = pages.standing()
        if standing.head.hash.hex() != verdict.head:
            raise ReplacedError(path=str(source))  # what holds of one file is not what holds of another
        prefix = Prefix(pages, verdict.chain_upto)
        fill(made, prefix.entries(), prefix.details())
        last = Seq(min(standing.head.seq, standing.most))
        beyond = [each for each, _ in zip(prefix.beyond(last), range(LISTED), strict=False)]
        entries = _finished(env, made, prefix.lost)
    data = {
        "path": str(to),
        "entries": entries,
        "kept": prefix.last,
        "missing": {"from": prefix.last + 1, "to": last} if last > prefix.last else None,
        "readable": [_line(each) for each in beyond],
        "details_lost": prefix.lost,
    }
    return Reply(data, lambda env: _show(env, to, data, beyond))


def _beside(env: Env, source: Path) -> Path:
    return env.places.books / "salvaged" / f"{source.name.split('.')[0]}.{moment(env.now())}.khata"


def _finished(env: Env, path: Path, lost: Sequence[Seq]) -> int:
    """The new book with an entry that says which names and notes are lost, verified; returns its entries.

    Raises:
        DiskError: the machine failed; nobody knows the file yet, so that nothing is broken or unconfirmed.
    """
    try:
        declare_lost(env, path, lost)
        verdict = verify(path, alone=True)
    except (BookBrokenError, UnconfirmedError) as e:
        raise DiskError(path=str(path), reason=str(e)) from e
    if verdict.result == "broken":
        raise DiskError(path=str(path), reason=f"entry {verdict.first_bad_entry}")
    return verdict.entries


def _line(recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    return {
        "entry": recorded.seq,
        "on": recorded.on,
        "kind": event.kind if isinstance(event, Unknown) else event.KIND,
        "party": getattr(event, "party", None),
        "amount_paise": getattr(event, "amount_paise", None),
    }


def _show(env: Env, to: Path, data: dict[str, Any], beyond: list[Recorded]) -> None:
    env.out(env.words.count("said.salvaged", data["kept"], path=env.places.tilde(to)))
    if data["details_lost"]:
        env.out(env.words.count("said.details_lost", len(data["details_lost"]), entry=data["entries"]))
    if data["missing"]:
        env.out(env.say("said.not_salvaged", first=data["missing"]["from"], last=data["missing"]["to"]))
    if beyond:
        from khata.render.terminal.beyond import table

        env.out(env.words.count("said.readable", len(beyond)))
        env.show(table(beyond[:SHOWN], len(beyond), env.words))
    env.say_aside("said.after_salvage.short" if data["missing"] else "said.after_salvage", path=str(to))
