"""What came of payments that are not just received: one that will not come, one that came back, one for several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from khata.api import asked
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.record import carry_out, money_facts, money_told, other_day, recorded_reply, said_line, standing
from khata.cli.reply import Pending, Reply, Warned
from khata.cli.speech import called
from khata.events.money import PaymentReceived
from khata.events.pending import RECEIVED
from khata.questions import entries, parties
from khata.questions.balances import balance_of
from khata.questions.pending import bounces
from khata.questions.persons import persons
from khata.render.line import apart
from khata.rules.bouncing import BouncePayment
from khata.rules.pending import ConfirmPayment, FailPayment
from khata.rules.sharing import ReceiveForSeveral
from khata.units import Party, Seq
from khata.writing import Outcome


def told_apart(command: BouncePayment | ConfirmPayment | FailPayment | ReceiveForSeveral) -> Pending:
    """One of these to be recorded, and to be told of."""

    def carry(env: Env) -> Reply:
        outcome, warnings = carry_out(env, command)
        if isinstance(command, ReceiveForSeveral):
            return _for_several(env, command, outcome, warnings)
        if isinstance(command, BouncePayment):
            return _bounced(env, command, outcome, warnings)
        if isinstance(command, ConfirmPayment) and isinstance(outcome.made.event, PaymentReceived):
            settles = {"settles": command.entry, "outcome": RECEIVED}
            return money_told(env, outcome, warnings, settles)
        return _settled(env, outcome, warnings)

    return Pending(command, carry)


def _settled(env: Env, outcome: Outcome, warnings: Sequence[Warned]) -> Reply:
    """That it will not come; or that it had come already, by an entry of its own."""
    event: Any = outcome.made.event
    begun = entries.entry(env.cache.connection, event.entry)
    paise = begun.pending_paise if begun else None
    facts = {"settles": event.entry, "outcome": event.outcome} | money_facts(env, outcome)
    facts |= {"amount_paise": paise, "balance_paise": outcome.balance_paise}
    first = env.say(f"said.settled.{event.outcome}", amount_paise=paise, entry=event.entry)
    return recorded_reply(
        env, outcome, facts, lambda env: said_line(env, outcome, [first], other_day(env, outcome)), warnings
    )


def _bounced(env: Env, command: BouncePayment, outcome: Outcome, warnings: Sequence[Warned]) -> Reply:
    event: Any = outcome.made.event
    original = entries.entry(env.cache.connection, event.entry)
    paise = original.amount_paise if original else None
    charge = command.charge_paise
    facts: dict[str, Any] = {"reverses": event.entry, "bounced": True} | money_facts(env, outcome)
    facts |= {"amount_paise": paise, "paid": [], "charge_paise": charge, "balance_paise": outcome.balance_paise}
    if not env.option("dry_run") and outcome.party is not None:
        with recorded_already(env):
            views = env.ask_views()
            cut = asked.cut(views, env.today, None, None)
            facts["times_bounced"] = bounces(views, persons(views, cut.known).khatas(outcome.party), cut).times

    def line(env: Env) -> str:
        first = [env.say("said.bounced", amount_paise=paise, entry=event.entry)]
        if charge is not None:
            first.append(env.say("said.charge", amount_paise=charge))
        last = other_day(env, outcome)
        if facts.get("times_bounced", 0) > 1:
            last.append(env.say("said.bounced_times", n=facts["times_bounced"]))
        return said_line(env, outcome, first, last)

    return recorded_reply(env, outcome, facts, line, warnings)


def _for_several(env: Env, command: ReceiveForSeveral, outcome: Outcome, warnings: Sequence[Warned]) -> Reply:
    """A line for each, in the order in which they were said; the answer's own entry is the last."""
    last = outcome.made
    first = Seq(last.seq - len(command.shares) + 1)
    shares = _shares(env, first, last.seq, outcome)
    facts: dict[str, Any] = {
        "on": last.on,
        "by": last.by,
        "by_name": money_facts(env, outcome)["by_name"],
        "amount_paise": sum(each["amount_paise"] for each in shares),
        "mode": command.mode,
        "ref": command.ref,
        "shares": shares,
    }

    def lines(env: Env) -> str:
        how = env.say(f"mode.{command.mode}")
        return "\n".join(_share_line(env, each, how) for each in shares)

    return recorded_reply(env, outcome, facts, lines, warnings)


def _shares(env: Env, first: Seq, last: Seq, outcome: Outcome) -> list[dict[str, Any]]:
    """Of each share its entry, its customer, its paise, and once it is recorded what the customer owes."""
    dry = bool(env.option("dry_run"))
    recorded = {each.seq: each.event for each in outcome.recorded if first <= each.seq <= last}
    found = []
    with recorded_already(env):
        views = env.cache.connection if dry else env.ask_views()
        cut = asked.cut(views, env.today, None, None)
        for seq in range(first, last + 1):
            share: Any = recorded.get(Seq(seq)) or entries.entry(views, Seq(seq))
            party: Party = share.party
            named = parties.party(views, party)
            told = {"entry": seq, "party": party, "name": named.name if named else None}
            told["amount_paise"] = share.amount_paise
            found.append(told | ({} if dry else {"balance_paise": balance_of(views, party, cut)}))
    return found


def _share_line(env: Env, share: dict[str, Any], how: str) -> str:
    said = [env.say("said.share", amount_paise=share["amount_paise"], how=how)]
    if "balance_paise" in share:
        said.append(env.say("said.now", balance=standing(env, share["balance_paise"])))
    said.append(env.say("said.entry", entry=share["entry"]))
    return apart(said, called(share["name"], share["party"]), env.words)
