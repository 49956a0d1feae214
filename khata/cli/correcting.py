"""Taking back: reverse, correct, undo. Nothing is erased."""

from __future__ import annotations

from typing import Annotated

import typer

from khata.api.who import is_counter
from khata.cli.env import Env
from khata.cli.record import FAR, carry_out, common, event_id, money_reply, parts_of, standing
from khata.cli.refusals import EntryMissing, NothingToUndo
from khata.cli.reply import Reply
from khata.cli.speech import called
from khata.cli.who import entry_of, to_write
from khata.events.base import Recorded
from khata.grammar.amounts import parse_amount
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_mode
from khata.grammar.text import clean_text
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.shell import Outcome
from khata.units import Paise, Seq
from khata.views import entries
from khata.views.balances import balance_of
from khata.views.cut import Cut, position_of
from khata.views.entries import EntryRow

Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT")]


def reverse(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY")] = None,
    reason: Reason = None,
) -> Reply:
    """Undo an entry by a new one."""
    env: Env = ctx.obj
    seq = entry_of(env, entry)
    facts = common(env)
    command = ReverseEntry(id=facts["id"], on=facts["on"], note=facts["note"], entry=seq, reason=_reason(reason))
    outcome, _ = carry_out(env, command)
    return _reply(env, outcome)


def _reason(reason: str | None) -> str | None:
    return clean_text(reason, what="reason") if reason else None


def _reply(env: Env, outcome: Outcome) -> Reply:
    connection = env.cache.connection
    entry = outcome.already if outcome.already is not None else outcome.recorded[-1].seq
    recorded = outcome.recorded[-1] if outcome.recorded else None
    row = entries.entry(connection, entry)
    original = None
    if row is not None and row.reverses is not None:
        original = entries.entry(connection, row.reverses)
    elif recorded is not None:  # a dry run: the views do not hold it
        original = entries.entry(connection, recorded.event.entry)  # type: ignore[attr-defined]
    assert original is not None  # noqa: S101 - a reversal names an entry that the rules have found
    balance = 0
    if original.party is not None:
        balance = balance_of(connection, original.party, Cut(FAR, position_of(connection)))
        if row is None:  # the views do not hold it yet
            debit, credit = entries.party_moved(entries.moved(connection, original.entry))
            balance += credit - debit
    return _cancelled(outcome, env.who.name, row, recorded, original, balance)


def _cancelled(
    outcome: Outcome,
    name: str,
    row: EntryRow | None,
    recorded: Recorded | None,
    original: EntryRow,
    balance: int,
) -> Reply:
    number = row.entry if row else recorded.seq if recorded else original.entry
    data: dict[str, object] = {
        "entry": number,
        "event_id": row.event_id if row else recorded.id if recorded else None,
        "kind": "entry_reversed",
        "reverses": original.entry,
        "party": original.party,
        "name": original.party_name,
        "on": row.on if row else recorded.on if recorded else original.on,
        "by": row.by if row else recorded.by if recorded else None,
        "by_name": row.by_name if row else name,
        "amount_paise": original.amount_paise,
        "paid": [],
        "balance_paise": balance,
        "already_recorded": outcome.already is not None,
    }

    def show(env: Env) -> None:
        from khata.render.terminal.text import visible

        parts = [env.say("said.cancelled", entry=original.entry, amount_paise=original.amount_paise)]
        if original.party is not None:
            parts.append(env.say("said.now", balance=standing(env, balance)))
        parts.append(env.say("said.entry", entry=number))
        who = called(original.party_name, original.party) if original.party else env.say("word.counter")
        env.out("   ".join([*parts, visible(who)]))
        if outcome.already is not None:
            env.say_aside("said.already", entry=number)
        if env.option("dry_run"):
            env.say_aside("said.dry_run")

    return Reply(data, show)


def correct(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="ENTRY [AMOUNT]")] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="PARTY")] = None,
    paid: Annotated[list[str] | None, typer.Option("--paid", metavar="AMOUNT|all[:MODE]")] = None,
    mode: Annotated[str | None, typer.Option("--mode", metavar="MODE")] = None,
    reason: Reason = None,
) -> Reply:
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
    return money_reply(env, command)


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
    connection = env.ask_views()
    who = env.who
    given = event_id(env)
    tried = entries.with_id(connection, given)
    if tried is not None and tried.reverses is not None:  # a retry: what is last by now is not what was undone
        return _undone(env, given, tried.reverses)
    by = who.by or entries.counter_named(connection, who.name)
    row = entries.last_own(connection, by, env.today) if by else None
    if row is None:
        raise NothingToUndo(by_name=who.name)
    name = called(row.party_name, row.party) if row.party else env.say("word.counter")
    env.agree("ask.undo", entry=row.entry, kind=env.say(f"kind.{row.kind}"), amount_paise=row.amount_paise, name=name)
    return _undone(env, given, row.entry)


def _undone(env: Env, given: str, entry: Seq) -> Reply:
    env.options["yes"] = True
    outcome, _ = carry_out(env, ReverseEntry(id=given, entry=entry))
    return _reply(env, outcome)
