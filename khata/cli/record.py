"""From a command to the line that says what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import asdict, replace

from khata.api import asked
from khata.api.naming import check_id
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.reply import Pending, Reply, Warned
from khata.cli.speech import called
from khata.events.money import BalanceTransferred, EntryReversed
from khata.log.errors import UnconfirmedError
from khata.postings.kinds import did
from khata.questions import entries, parties
from khata.questions.balances import balance_of
from khata.rules.base import Command
from khata.rules.money import LargeKasar, ReceivePayment
from khata.rules.slips import Slip
from khata.units import Party, Seq
from khata.writing import Outcome, handle


def event_id(env: Env) -> str:
    """The id that makes a retry record once: given, or made before the first try."""
    given = env.option("event_id")
    return check_id(given) if given else env.new_id()


def carry_out(env: Env, command: Command) -> tuple[Outcome, list[Warned]]:
    """Ask about slips where a person can be asked, then record; `--dry-run` stops short of recording.

    Raises:
        Refused, BookError: nothing was recorded.
        NotAgreed: a doubt was one.
    """
    dry = bool(env.option("dry_run"))
    if env.asks and not env.option("yes"):
        command, tried, doubts = _doubts(env, command)
        if dry:
            return tried, warnings_from(tried, []) + doubts
        _agree(env, doubts)
    try:
        outcome = handle([command], env.books, dry_run=dry, typed=not env.on_line)
    except UnconfirmedError as e:
        raise UnconfirmedError(**e.facts, event_id=command.id) from e
    env.reach_held = False  # it has been waited for
    env.recorded = not dry
    asked = env.asks and not env.option("yes")
    return outcome, warnings_from(outcome, [] if asked else outcome.slips)


def warnings_from(outcome: Outcome, slips: Sequence[Slip]) -> list[Warned]:
    """What is to be said of what came of a command: its slips, and that it went on another day."""
    moved: list[Warned] = [("period_locked", outcome.moved._asdict())] if outcome.moved is not None else []
    return moved + [_warning(slip) for slip in slips]


def _doubts(env: Env, command: Command) -> tuple[Command, Outcome, list[Warned]]:
    """What is to be asked about a command: it as it is when that is agreed, what would come of it, and the doubts."""
    doubts: list[Warned] = []
    try:
        tried = handle([command], env.books, dry_run=True, typed=True)
    except LargeKasar as e:
        assert isinstance(command, ReceivePayment)  # noqa: S101 - nothing else raises LargeKasar
        command = replace(command, agreed=True)
        tried = handle([command], env.books, dry_run=True, typed=True)
        doubts.append((e.code, e.facts))
    # The day that is set in the shell stands in the prompt.
    doubts += [_warning(slip) for slip in tried.slips if slip.code != "long_ago" or not env.option("day_set")]
    return command, tried, doubts


def _agree(env: Env, doubts: Sequence[Warned]) -> None:
    """One question for one entry, however much is to be asked. Raises NotAgreed."""
    if len(doubts) == 1:
        ((code, facts),) = doubts
        env.agree(f"ask.{code}", **facts)
    elif doubts:
        for code, facts in doubts:
            env.err(env.say(f"warning.{code}", **facts))
        env.agree("ask.all_the_same")


def _warning(slip: Slip) -> Warned:
    return slip.code, slip.facts


def to_record(command: Command) -> Pending:
    """One money entry to be recorded, and to be told of."""
    return Pending(command, lambda env: money_told(env, *carry_out(env, command)))


def money_told(
    env: Env, outcome: Outcome, warnings: Sequence[Warned], more: Mapping[str, object] | None = None
) -> Reply:
    """What became of one money entry; `more` is said of it besides, in JSON."""
    event = outcome.made.event
    if isinstance(event, EntryReversed):
        return _reversed(env, outcome, event.entry, warnings)
    due_on = getattr(event, "due_on", None)
    facts = money_facts(env, outcome) | {
        "amount_paise": getattr(event, "amount_paise", None),
        "paid": [asdict(part) for part in getattr(event, "paid", None) or ()],
        "discount_paise": getattr(event, "discount_paise", None) or 0,
        "round_off_paise": getattr(event, "round_off_paise", None) or 0,
        "balance_paise": outcome.balance_paise,
        **({"due_on": due_on} if due_on else {}),
        **(more or {}),
    }

    if isinstance(event, BalanceTransferred):
        facts |= _giver(env, event.other)

    def line(env: Env) -> str:
        from khata.render import told

        first = [told.moved(did(event), env.words), *told.rounded(did(event), env.words)]
        if due_on is not None:
            first.append(env.say("statement.due_on", day=due_on))
        if "other" in facts:
            first.append(_from_giver(env, facts))
        if event.corrects is not None:
            first.append(env.say("statement.corrects", entry=event.corrects))
        return said_line(env, outcome, first, other_day(env, outcome))

    return recorded_reply(env, outcome, facts, line, warnings)


def _giver(env: Env, party: Party) -> dict[str, Any]:
    """Who gave up what was transferred, and, once it is recorded, what he owes now."""
    row = parties.party(env.cache.connection, party)
    facts: dict[str, Any] = {"other": party, "other_name": row.name if row else None}
    if not env.option("dry_run"):
        with recorded_already(env):
            views = env.ask_views()
            facts["other_balance_paise"] = balance_of(views, party, asked.cut(views, env.today, None, None))
    return facts


def _from_giver(env: Env, facts: dict[str, Any]) -> str:
    name, left = called(facts["other_name"], facts["other"]), facts.get("other_balance_paise")
    if left is None:
        return env.say("said.from", name=name)
    return env.say("said.from_now", name=name, balance=standing(env, left))


def _reversed(env: Env, outcome: Outcome, entry: Seq, warnings: Sequence[Warned]) -> Reply:
    from khata.questions.receipts import shares_with

    original = entries.entry(env.cache.connection, entry)
    assert original is not None  # noqa: S101 - a reversal names an entry that the rules have found
    amount = original.amount_paise
    facts = {"reverses": entry} | money_facts(env, outcome)
    facts |= {"amount_paise": amount, "paid": [], "balance_paise": outcome.balance_paise}
    return recorded_reply(
        env,
        outcome,
        facts,
        lambda env: said_line(
            env, outcome, [env.say("said.cancelled", entry=entry, amount_paise=amount)], other_day(env, outcome)
        ),
        [*warnings, *still_there(shares_with(env.cache.connection, original))],
    )


def still_there(found: Sequence[Seq]) -> list[Warned]:
    """What is to be said of entries that belong to what was taken back, or ended, and stay as they are."""
    return [("still_there", {"entries": list(found)})] if found else []


def other_day(env: Env, outcome: Outcome) -> list[str]:
    """For which day it is, where that is not today."""
    on = outcome.made.on
    return [env.say("said.for_day", day=on)] if on != env.today else []


def money_facts(env: Env, outcome: Outcome) -> dict[str, Any]:
    """Whose account an entry moved, for which day, and who recorded it."""
    recorded = outcome.made
    return {
        "party": outcome.party,
        "name": outcome.name,
        "on": recorded.on,
        "by": recorded.by,
        "by_name": entries.counter_name(env.cache.connection, recorded.by) or env.till.name,
    }


def recorded_reply(
    env: Env, outcome: Outcome, facts: dict[str, Any], line: Callable[[Env], str], warnings: Sequence[Warned] = ()
) -> Reply:
    """What a command that records answers: its entry, what else is to be said of it, and whether it was new."""
    recorded, again, dry = outcome.made, outcome.already is not None, bool(env.option("dry_run"))
    data = {"entry": recorded.seq, "event_id": recorded.id, "kind": recorded.event.KIND, **facts}
    data |= {"already_recorded": again} | ({"dry_run": True} if dry else {})

    def show(env: Env) -> None:
        env.out(line(env))
        if again:
            env.say_aside("said.already", entry=recorded.seq)
        if dry:
            env.say_aside("said.dry_run")

    return Reply(data, show, list(warnings))


def said_line(env: Env, outcome: Outcome, first: Sequence[str], last: Sequence[str] = ()) -> str:
    """`₹450.00 on khata   now ₹1,250.00 due   entry 17   Ramesh Kumar`."""
    from khata.render.line import apart, called

    party = outcome.party
    now = [env.say("said.now", balance=standing(env, outcome.balance_paise))] if party is not None else []
    name = called(outcome.name, party) if party is not None else env.say("word.counter")
    return apart([*first, *now, env.say("said.entry", entry=outcome.made.seq), *last], name, env.words)


def standing(env: Env, balance_paise: int) -> str:
    """A balance in words: `₹450.00 due`, `₹200.00 ADVANCE`, `SETTLED`."""
    from khata.render.line import standing

    return " ".join(part for part in standing(balance_paise, env.words) if part)
