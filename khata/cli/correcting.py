"""Taking back what was typed last. Nothing is erased."""

from __future__ import annotations

import typer

from khata.cli.env import Env
from khata.cli.record import event_id, standing, to_record
from khata.cli.refusals import NothingToUndo
from khata.cli.reply import Reply
from khata.cli.speech import called
from khata.events.money import EntryReversed
from khata.events.party import PartyMerged, PartyParted
from khata.events.pending import PaymentBegun, PaymentSettled
from khata.postings.kinds import did
from khata.questions import entries
from khata.questions.entries import EntryRow
from khata.render import told
from khata.rules.correction import UndoEntry
from khata.writing import Till, handle

_NOT_BY_UNDO = (PartyMerged.KIND, PartyParted.KIND, PaymentBegun.KIND, PaymentSettled.KIND)


def undo(ctx: typer.Context) -> Reply:
    """Cancel the last entry of this counter, today's only."""
    env: Env = ctx.obj
    connection, who = env.ask_views(wait=True), env.till
    given = event_id(env)
    tried = entries.with_id(connection, given)
    done = (tried.reverses or tried.corrects) if tried is not None else None
    if done is not None:  # a retry: what is last by now is not what was undone
        return _undone(env, UndoEntry(id=given, entry=done))
    _check_last(env, who)
    row = last_own(env, who)
    command = UndoEntry(id=given, entry=row.entry)
    if not env.option("yes"):
        after = _after(env, command, row)
        env.agree("ask.undo_after" if after else "ask.undo", **shown(env, row), after=after)
    return _undone(env, command)


def _check_last(env: Env, who: Till) -> None:
    """Refuse where this counter did last what is not taken back, or by a command of its own."""
    by = _counter(env, who)
    last = entries.last_of(env.cache.connection, by) if by else None
    if last is not None and last.kind in _NOT_BY_UNDO:
        raise NothingToUndo(by_name=who.name, what=last.kind, entry=last.entry)
    if last is not None and last.import_entry is not None:
        raise NothingToUndo(by_name=who.name, what="imported", entry=last.import_entry)
    if last is not None and last.bounced:
        raise NothingToUndo(by_name=who.name, what="bounced", entry=last.entry)


def _after(env: Env, command: UndoEntry, row: EntryRow) -> str:
    """What would stand afterwards: the entry that comes back, and what is owed; "" where nothing would, to nobody."""
    outcome = handle([command], env.books, dry_run=True)
    event = outcome.made.event
    said = [] if isinstance(event, EntryReversed) else [told.moved(did(event), env.words)]
    if outcome.party is not None:
        said.append(standing(env, outcome.balance_paise))
    if outcome.party != row.party:
        said.append(called(outcome.name, outcome.party) if outcome.party is not None else env.say("word.counter"))
    return " · ".join(said)


def last_own(env: Env, who: Till) -> EntryRow:
    """The last money entry of a counter, of today, that still stands. Raises NothingToUndo."""
    by = _counter(env, who)
    row = entries.last_own(env.cache.connection, by, env.today) if by else None
    if row is None:
        raise NothingToUndo(by_name=who.name)
    return row


def _counter(env: Env, who: Till) -> str | None:
    """The counter that records, 8 hex; None where the book does not know it."""
    return who.by or entries.counter_named(env.cache.connection, who.name)


def shown(env: Env, row: EntryRow) -> dict[str, object]:
    """An entry as a question names it."""
    name = called(row.party_name, row.party) if row.party else env.say("word.counter")
    return {"entry": row.entry, "kind": env.say(f"kind.{row.kind}"), "amount_paise": row.amount_paise, "name": name}


def _undone(env: Env, command: UndoEntry) -> Reply:
    env.options["yes"] = True
    return to_record(command).carry_out(env)
