"""Taking back: reverse, correct, undo. Nothing is erased."""

from __future__ import annotations

from typing import Annotated

import typer

from khata.api.who import is_counter
from khata.cli.env import Env
from khata.cli.record import (
    carry_out,
    common,
    event_id,
    money_facts,
    parts_of,
    recorded_reply,
    standing,
    the_entry,
    to_record,
)
from khata.cli.refusals import EntryMissing, NothingToUndo
from khata.cli.reply import Reply, Wish
from khata.cli.speech import called
from khata.cli.who import entry_of, to_write
from khata.events.money import EntryReversed
from khata.grammar.amounts import parse_amount
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_mode
from khata.grammar.text import clean_text
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.shell import Outcome, Who
from khata.units import Paise, Seq
from khata.views import entries
from khata.views.entries import EntryRow

Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT")]


def reverse(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY")] = None,
    reason: Reason = None,
) -> Wish:
    """Undo an entry by a new one."""
    env: Env = ctx.obj
    seq = entry_of(env, entry)
    facts = common(env)
    command = ReverseEntry(id=facts["id"], on=facts["on"], note=facts["note"], entry=seq, reason=_reason(reason))
    return Wish(command, lambda env: _reply(env, carry_out(env, command)[0]))


def _reason(reason: str | None) -> str | None:
    return clean_text(reason, what="reason") if reason else None


def _reply(env: Env, outcome: Outcome) -> Reply:
    event = the_entry(outcome).event
    assert isinstance(event, EntryReversed)  # noqa: S101 - of that kind
    original = entries.entry(env.cache.connection, event.entry)
    assert original is not None  # noqa: S101 - a reversal names an entry that the rules have found
    party, balance = outcome.party, outcome.balance_paise
    facts = {"reverses": original.entry} | money_facts(env, outcome)
    facts |= {"amount_paise": original.amount_paise, "paid": [], "balance_paise": balance}

    def line(env: Env) -> str:
        from khata.render.terminal.text import visible

        parts = [env.say("said.cancelled", entry=original.entry, amount_paise=original.amount_paise)]
        if party is not None:
            parts.append(env.say("said.now", balance=standing(env, balance)))
        parts.append(env.say("said.entry", entry=the_entry(outcome).seq))
        who = called(outcome.name, party) if party is not None else env.say("word.counter")
        return "   ".join([*parts, visible(who)])

    return recorded_reply(env, outcome, facts, line)


def correct(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="ENTRY [AMOUNT]")] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="PARTY")] = None,
    paid: Annotated[list[str] | None, typer.Option("--paid", metavar="AMOUNT|all[:MODE]")] = None,
    mode: Annotated[str | None, typer.Option("--mode", metavar="MODE")] = None,
    reason: Reason = None,
) -> Wish:
    """Cancel an entry and record it anew, in one commit."""
    env: Env = ctx.obj
    seq, amount = _entry_and_amount(words or [], env)
    facts = common(env)
    del facts["once"]
    at_counter = party is not None and is_counter(party)
    command = CorrectEntry(
        **facts,
        entry=seq,
        amount_paise=amount,
        party=None if party is None or at_counter else to_write(env, party),
        at_counter=at_counter,
        paid=parts_of(env, paid) if paid else None,
        mode=parse_mode(mode) if mode else None,
        reason=_reason(reason),
    )
    return to_record(command)


def _entry_and_amount(words: list[str], env: Env) -> tuple[Seq, Paise | None]:
    """`41`, `entry 41`, `41 540`, `entry 41 540`."""
    if not words:
        raise EntryMissing(command=env.command)
    entry_words = 2 if words and words[0].casefold() == "entry" else 1
    seq = parse_entry(" ".join(words[:entry_words]))
    rest = words[entry_words:]
    if len(rest) > 1:
        raise Unreadable("bad_amount", " ".join(rest))
    return seq, parse_amount(rest[0], large=bool(env.option("large"))).paise if rest else None


def undo(ctx: typer.Context) -> Reply:
    """Cancel the last entry of this counter, today's only."""
    env: Env = ctx.obj
    connection, who = env.ask_views(wait=True), env.who
    given = event_id(env)
    tried = entries.with_id(connection, given)
    if tried is not None and tried.reverses is not None:  # a retry: what is last by now is not what was undone
        return _undone(env, given, tried.reverses)
    row = last_own(env, who)
    env.agree("ask.undo", **shown(env, row))
    return _undone(env, given, row.entry)


def last_own(env: Env, who: Who) -> EntryRow:
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
    outcome, _ = carry_out(env, ReverseEntry(id=given, entry=entry))
    return _reply(env, outcome)
