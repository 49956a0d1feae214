"""What a line may mean, in the words in which the person who is asked chooses."""

from __future__ import annotations

from typing import Any

from khata.cli.env import Env
from khata.events.fields import fields_of
from khata.grammar.meaning import Fix, QuickEntry
from khata.postings.kinds import MONEY, did
from khata.render import told
from khata.render.line import apart
from khata.render.text import visible
from khata.rules.goods import parts
from khata.units import Party


def told_choice(env: Env, choice: QuickEntry | Fix) -> str:
    """`₹450.00 sold, paid (UPI)   Ramesh Kumar`."""
    said = _corrected(env, choice) if isinstance(choice, Fix) else _moved(env, choice)
    name = env.say("word.counter") if choice.handle == "counter" else visible(choice.name)
    day = [env.say("said.for_day", day=choice.on)] if isinstance(choice, QuickEntry) and choice.on else []
    return apart([said, *day], name, env.words)


def _moved(env: Env, entry: QuickEntry) -> str:
    """What would be recorded, in the words in which it is told once it is."""
    if entry.full:
        return env.say("shell.way.full", amount_paise=entry.paise, how=env.say(f"mode.{entry.mode or 'cash'}"))
    party = None if entry.handle == "counter" else Party(1)
    paid = parts(entry.paise, [(part.mode, part.paise) for part in entry.paid], counter=party is None)
    facts: dict[str, Any] = {"amount_paise": entry.paise, "party": party, "mode": entry.mode or "cash", "paid": paid}
    made = next(kind.event for kind in MONEY.values() if kind.word == entry.verb)
    return told.moved(did(made(**{key: value for key, value in facts.items() if key in fields_of(made)})), env.words)


def _corrected(env: Env, fix: Fix) -> str:
    which = env.say("said.entry", entry=fix.entry) if fix.entry is not None else env.say("shell.way.last")
    if fix.paise is not None:
        return env.say("shell.way.amount", which=which, amount_paise=fix.paise)
    return env.say("shell.way.customer", which=which)
