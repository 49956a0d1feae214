"""Verification, rebuilding the views, and putting the clock right."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from khata.cli.env import Env
from khata.cli.examining import examine
from khata.cli.groups import Group
from khata.cli.output import Output
from khata.cli.progress import bar
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import Misused
from khata.cli.reply import Reply, Warned
from khata.cli.tabled import Period
from khata.grammar.text import clean_text
from khata.rules.book import FixClock
from khata.views.cut import position_of


def verify(
    ctx: typer.Context,
    against: Annotated[list[str] | None, typer.Option("--against", metavar="FILE")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="last")] = None,
    check: Annotated[str | None, typer.Option("--check", metavar="chain")] = None,
    for_filing: Annotated[bool, typer.Option("--for-filing")] = False,
    period: Period = None,
    strict: Annotated[bool, typer.Option("--strict")] = False,
    file: Output = None,
) -> Reply:
    """Whether the book is as it was written: yes, or the first bad entry."""
    env: Env = ctx.obj
    for option, value, allowed in (("--since", since, "last"), ("--check", check, "chain")):
        if value not in (None, allowed):
            raise Misused(what="value", option=option, name=option)
    if since and check:
        raise Misused(what="extra", words="--check chain")
    if for_filing:
        if since or check:
            raise Misused(what="together", one="--for-filing", other="--since" if since else "--check")
        from khata.cli.filing import filed

        return filed(env, against or (), period, file, strict=strict)
    if period or strict or file:
        raise Misused(what="missing", name="--for-filing")
    found = examine(env, against or (), since=since is not None, links=check is not None)
    never = since and found.verified.point is None and not found.verified.unreadable
    warnings: list[Warned] = [("never_verified", {})] if never else []

    def show(env: Env) -> None:
        from khata.render.terminal.verdict import table

        if not env.quiet:
            path = env.places.tilde(env.book_path)
            env.show(table(found.verdict, found.compared, found.stamp, path, found.shop, env.words))

    return Reply(found.data, show, warnings, exit_code=found.code)


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
