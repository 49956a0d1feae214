"""Days that are over for good: locked, and opened again."""

from __future__ import annotations

from typing import Annotated

import typer

from khata.api import asked
from khata.cli.env import Env
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import BadKnownAt, Misused
from khata.cli.reply import Reply
from khata.events.period import PeriodLocked
from khata.grammar.days import parse_period
from khata.grammar.text import clean_text
from khata.rules.locking import LockPeriod, UnlockPeriod
from khata.rules.refused import UnknownEntry
from khata.units import Seq
from khata.views.cut import position_of


def lock(
    ctx: typer.Context,
    upto: Annotated[str | None, typer.Option("--upto", metavar="DAY")] = None,
    known_at: Annotated[str | None, typer.Option("--known-at", metavar="WHEN")] = None,
) -> Reply:
    """Close all days up to one, once they are filed."""
    env: Env = ctx.obj
    if upto is None:
        raise Misused(what="missing", name="--upto DAY")
    day = parse_period(upto, env.today_date)[1]
    cut = None
    if known_at is not None:
        cut = _counted(env, known_at)
    outcome, warnings = carry_out(env, LockPeriod(id=event_id(env), upto=day, cut=cut))
    event = outcome.made.event
    locked = event.upto if isinstance(event, PeriodLocked) else day
    facts = {"upto": locked, "cut": getattr(event, "cut", None)}
    return recorded_reply(
        env, outcome, facts, lambda env: env.say("said.locked", day=locked, entry=outcome.made.seq), warnings
    )


def _counted(env: Env, known_at: str) -> Seq | None:
    """The last entry that counted at a moment; None for the last of all. Raises UnknownEntry, BadKnownAt."""
    views = env.ask_views()
    seen, last = asked.cut(views, env.today, None, known_at).known, position_of(views)
    to_come = asked.to_come(views, env.today, [], known_at)
    if to_come is not None and not isinstance(to_come.asked, str):
        raise UnknownEntry(entry=to_come.asked, last=last)
    if to_come is not None or not seen:
        raise BadKnownAt(what="before" if to_come is None else "to_come", value=known_at)
    return seen if seen < last else None


def unlock(ctx: typer.Context, reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None) -> Reply:
    """Open them again, and say why."""
    env: Env = ctx.obj
    said = clean_text(reason, what="reason") if reason else ""
    outcome, warnings = carry_out(env, UnlockPeriod(id=event_id(env), reason=said))
    return recorded_reply(env, outcome, {}, lambda env: env.say("said.unlocked", entry=outcome.made.seq), warnings)
