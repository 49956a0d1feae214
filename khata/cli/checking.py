"""Verification, rebuilding the views, and putting the clock right."""

from __future__ import annotations

from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer._click import Command, Context
from typer.core import TyperGroup

from khata.api.places import typed_path
from khata.cli import options
from khata.cli.env import Env
from khata.cli.failing import BROKEN, NEWER
from khata.cli.helping import SpokenContext
from khata.cli.progress import bar
from khata.cli.record import carry_out, event_id
from khata.cli.refusals import Misused
from khata.cli.reply import Reply, Warned
from khata.grammar.text import clean_text
from khata.render import json
from khata.rules.book import FixClock
from khata.views.cut import position_of

if TYPE_CHECKING:
    from khata.verifying.point import Point
    from khata.verifying.verdict import Verdict


def verify(
    ctx: typer.Context,
    against: Annotated[list[str] | None, typer.Option("--against", metavar="FILE")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="last")] = None,
    check: Annotated[str | None, typer.Option("--check", metavar="chain")] = None,
) -> Reply:
    """Whether the book is as it was written: yes, or the first bad entry."""
    from khata.render.terminal.verdict import table
    from khata.verifying.verify import verify as run

    env: Env = ctx.obj
    for option, value, allowed in (("--since", since, "last"), ("--check", check, "chain")):
        if value not in (None, allowed):
            raise Misused(what="value", option=option, name=option)
    if since and check:
        raise Misused(what="extra", words="--check chain")
    with bar(env, "progress.verify") as told:
        points = Verified(env)
        point = points.last() if since else None
        verdict = run(
            env.book_path, env.cache_path, anchor=env.anchor, progress=told, since=point, links=check is not None
        )
        points.keep(verdict)
    data = json.verdict(verdict)
    compared = [_against(env, each) for each in against or ()]
    if against:
        data["against"] = [each.data() for each in compared]
    bad = verdict.result == "broken" or any(each.result != "ok" for each in compared)
    code = BROKEN if bad else NEWER if verdict.result == "incomplete" else 0
    warnings: list[Warned] = [("never_verified", {})] if since and point is None else []

    def show(env: Env) -> None:
        if not env.quiet:
            env.show(table(verdict, compared, env.places.tilde(env.book_path), _shop(env), env.words))

    return Reply(data, show, warnings, exit_code=code)


class Verified:
    """Where verifications of the book that is meant left off."""

    def __init__(self, env: Env) -> None:
        from khata.store.points import Points

        self._env, self._points = env, Points(env.places.verified)

    def last(self) -> Point | None:
        """The last verified point on this machine; None if there is none."""
        from khata.verifying.point import unpacked

        kept = self._points.read(self._book or "")
        return unpacked(kept) if kept is not None else None

    def keep(self, verdict: Verdict) -> None:
        """Note where this one left off, if all was well."""
        if verdict.point is not None and self._book is not None:
            from khata.pen import stamp
            from khata.verifying.point import packed

            verdict.point.at = stamp(self._env.now())
            self._points.keep(self._book, packed(verdict.point))

    @cached_property
    def _book(self) -> str | None:
        from khata.store.sqlite.readonly import ReadOnlyBook
        from khata.verifying.stored import opened

        with closing(ReadOnlyBook(self._env.book_path)) as pages:
            first = opened(pages)
        return first.book if first is not None else None


def _against(env: Env, file: str) -> Any:
    from khata.verifying.against import against

    return against(env.book_path, typed_path(file))


def _shop(env: Env) -> str | None:
    """The shop's name as the first entry has it, read without the cache: verification leaves no trace."""
    from khata.log.errors import BookError
    from khata.views.stored import event_of

    try:
        with env.store.reading(wait_s=5) as reading:
            first = next(iter(reading.entries(1, 1)), None)
            return getattr(event_of(first).event, "shop", None) if first else None
    except BookError:
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


class CLOCK(TyperGroup):
    """`khata clock fix`."""

    context_class = SpokenContext

    def __init__(self, name: str, env: Env) -> None:
        from khata.cli.main import explain

        super().__init__(
            name=name,
            help=env.say("help.clock"),
            params=options.everywhere(),
            rich_markup_mode=None,
            no_args_is_help=True,
            context_settings={"help_option_names": ["--help", "-h"]},
        )
        explain(self.params, "clock", env)
        self.env = env

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """There is one."""
        return ["fix"]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command, built."""
        from khata.cli.main import build, unknown_command

        if cmd_name != "fix":
            if ctx.resilient_parsing:
                return None
            raise unknown_command(cmd_name, ["fix"])
        self.env.command = "clock fix"
        return build("clock fix", self.env, fix, ("changing",))


def fix(ctx: typer.Context, reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None) -> Reply:
    """After a clock that ran far ahead or back."""
    env: Env = ctx.obj
    command = FixClock(id=event_id(env), reason=clean_text(reason, what="reason") if reason else "")
    outcome, _ = carry_out(env, command)
    recorded = outcome.recorded[-1] if outcome.recorded else None
    entry = recorded.seq if recorded else outcome.already
    data = {
        "entry": entry,
        "event_id": recorded.id if recorded else command.id,
        "kind": "clock_corrected",
        "at": recorded.at if recorded else None,
        "already_recorded": outcome.already is not None,
    }

    def show(env: Env) -> None:
        env.out(env.say("said.clock_fixed", entry=entry))
        if outcome.already is not None:
            env.say_aside("said.already", entry=entry)
        if env.option("dry_run"):
            env.say_aside("said.dry_run")

    return Reply(data, show)
