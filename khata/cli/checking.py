"""Verification, rebuilding the views, and putting the clock right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.failing import BROKEN, NEWER
from khata.cli.groups import Group
from khata.cli.progress import bar
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import Misused
from khata.cli.reply import Reply, Warned
from khata.grammar.text import clean_text
from khata.log.errors import BookBrokenError, BookError, NotABookError
from khata.render import json
from khata.rules.book import FixClock
from khata.views.cut import position_of

if TYPE_CHECKING:
    from khata.log.note import VerifierKey
    from khata.verifying.against import Comparison
    from khata.verifying.verdict import Verdict


def verify(
    ctx: typer.Context,
    against: Annotated[list[str] | None, typer.Option("--against", metavar="FILE")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="last")] = None,
    check: Annotated[str | None, typer.Option("--check", metavar="chain")] = None,
) -> Reply:
    """Whether the book is as it was written: yes, or the first bad entry."""
    from khata.api.verified import Verified
    from khata.render.terminal.verdict import table

    env: Env = ctx.obj
    for option, value, allowed in (("--since", since, "last"), ("--check", check, "chain")):
        if value not in (None, allowed):
            raise Misused(what="value", option=option, name=option)
    if since and check:
        raise Misused(what="extra", words="--check chain")
    with bar(env, "progress.verify") as told:
        verified = Verified(env)
        verdict = verified.verify(told, since=since is not None, links=check is not None)
    own = verified.own_keys() if against else []
    compared = [_against(env, path, own) for each in against or () for path in _files(typed_path(each))]
    compared += _witnessed(env, verified.book)
    data = json.verdict(verdict)
    stamp = verified.stamped(verdict)
    data["timestamp"] = stamp._asdict() if stamp is not None else None
    if compared:
        data["against"] = [json.comparison(each) for each in compared]
        data["checks"] += data["against"]
    if any(each.contradicts for each in compared):
        data["result"] = "broken"
        data["holds_upto"] = min(data["holds_upto"], *(_agree_upto(each, verdict) for each in compared))
    if data["result"] == "unbroken" and verdict.read:
        verified.keep(verdict)
    code = {"unbroken": 0, "broken": BROKEN, "incomplete": NEWER}[data["result"]]
    if not code and any(each.result == "bad" for each in compared):  # what was asked for could not be done
        code = BROKEN
    never = since and verified.point is None and not verified.unreadable
    warnings: list[Warned] = [("never_verified", {})] if never else []

    def show(env: Env) -> None:
        if not env.quiet:
            env.show(table(verdict, compared, stamp, env.places.tilde(env.book_path), _shop(env), env.words))

    return Reply(data, show, warnings, exit_code=code)


def _files(path: Path) -> list[Path]:
    """A file by itself; of a folder the files in it that tell of a book. Raises NotABookError: none does."""
    from khata.verifying.against import tells_of_a_book

    if not path.is_dir():
        return [path]
    found = [each for each in sorted(path.iterdir()) if each.is_file() and tells_of_a_book(each)]
    if not found:
        raise NotABookError(path=str(path), why="empty_folder")
    return found


def _agree_upto(each: Comparison, verdict: Verdict) -> int:
    """The last entry that nothing of a comparison speaks against."""
    if each.relation != "fork" or each.fork is None:
        return verdict.holds_upto
    if each.fork.upto:  # somewhere among them
        return verdict.sealed.upto if verdict.sealed.upto < each.fork.entry else 0
    return each.fork.entry - 1


def _against(env: Env, path: Path, own: Sequence[VerifierKey]) -> Comparison:
    from khata.verifying.against import Comparison, against

    if os.path.realpath(path) == os.path.realpath(env.book_path):
        return Comparison(path, why="this_file")
    try:
        return against(env.book_path, path, own)
    except BookBrokenError as e:
        return Comparison(path, why="not_compared" if e.facts.get("path") == str(env.book_path) else "broken")


def _witnessed(env: Env, book: str) -> list[Comparison]:
    """What this user signed last of a book (32 hex) as a witness of it. What cannot be read there is no part of it."""
    from khata.log.checkpoint import Checkpoint, origin_of
    from khata.store.witnessed import SHOPS, SeenFile
    from khata.verifying.against import against_signed_last

    path = env.places.witness / SHOPS
    with suppress(BookError):
        last = SeenFile(path).read().get(origin_of(book))
        if last is not None:
            origin = last.key.name
            return [against_signed_last(env.book_path, path, Checkpoint(origin, last.size, last.root))]
    return []


def _shop(env: Env) -> str | None:
    """The shop's name as the first entry has it, read without the cache: verification leaves no trace."""
    from khata.store.sqlite.readonly import ReadOnlyBook
    from khata.verifying.stored import opened

    with suppress(BookError), closing(ReadOnlyBook(env.book_path)) as pages:
        first = opened(pages)
        return first.shop if first is not None else None
    return None


def rebuild(ctx: typer.Context) -> Reply:
    """Throw the views away and replay the book."""
    env: Env = ctx.obj
    with bar(env, "progress.rebuild"):
        env.rebuild_views()
        views = env.ask_views()
    entries = position_of(views)
    data = {"entries": entries, "cache": str(env.cache_path), "on_disk": env.cache.on_disk}
    return Reply(data, lambda env: env.out(env.words.count("said.rebuilt", entries)))


def fix(ctx: typer.Context, reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None) -> Reply:
    """After a clock that ran far ahead or back."""
    env: Env = ctx.obj
    command = FixClock(id=event_id(env), reason=clean_text(reason, what="reason") if reason else "")
    outcome, _ = carry_out(env, command)
    entry = outcome.made
    return recorded_reply(env, outcome, {"at": entry.at}, lambda env: env.say("said.clock_fixed", entry=entry.seq))


class CLOCK(Group):
    """`khata clock …`."""

    COMMANDS: ClassVar = {"fix": (fix, ("changing",))}
