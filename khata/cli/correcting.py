"""Taking back what was typed last. Nothing is erased."""

from __future__ import annotations

import typer

from khata.cli.env import Env
from khata.cli.record import event_id, to_record
from khata.cli.refusals import NothingToUndo
from khata.cli.reply import Reply
from khata.cli.speech import called
from khata.questions import entries
from khata.questions.entries import EntryRow
from khata.rules.correction import ReverseEntry
from khata.units import Seq
from khata.writing import Till


def undo(ctx: typer.Context) -> Reply:
    """Cancel the last entry of this counter, today's only."""
    env: Env = ctx.obj
    connection, who = env.ask_views(wait=True), env.till
    given = event_id(env)
    tried = entries.with_id(connection, given)
    if tried is not None and tried.reverses is not None:  # a retry: what is last by now is not what was undone
        return _undone(env, given, tried.reverses)
    row = last_own(env, who)
    env.agree("ask.undo", **shown(env, row))
    return _undone(env, given, row.entry)


def last_own(env: Env, who: Till) -> EntryRow:
    """The last money entry of a counter, of today, that still stands. Raises NothingToUndo."""
    connection = env.cache.connection
    by = who.by or entries.counter_named(connection, who.name)
    row = entries.last_own(connection, by, env.today) if by else None
    if row is None:
        raise NothingToUndo(by_name=who.name)
    return row


def shown(env: Env, row: EntryRow) -> dict[str, object]:
    """An entry as a question names it."""
    name = called(row.party_name, row.party) if row.party else env.say("word.counter")
    return {"entry": row.entry, "kind": env.say(f"kind.{row.kind}"), "amount_paise": row.amount_paise, "name": name}


def _undone(env: Env, given: str, entry: Seq) -> Reply:
    env.options["yes"] = True
    return to_record(ReverseEntry(id=given, entry=entry)).carry_out(env)
