"""The ways in which a line can be read, as the person who is asked reads them."""

from __future__ import annotations

from khata.cli.env import Env
from khata.grammar.meaning import Entry, Fix
from khata.render.terminal.text import visible

_KINDS = {"return": "goods_returned", "refund": "money_refunded", "discount": "discount_allowed"}


def way(env: Env, choice: Entry | Fix) -> str:
    """`₹450.00 sold, paid (UPI)   Ramesh Kumar`."""
    said = _corrected(env, choice) if isinstance(choice, Fix) else _moved(env, choice)
    name = env.say("word.counter") if choice.handle == "counter" else visible(choice.name)
    day = [env.say("said.for_day", day=choice.on)] if isinstance(choice, Entry) and choice.on else []
    return "   ".join([said, *day, *([name] if name else [])])


def _moved(env: Env, entry: Entry) -> str:
    """What would be recorded, in the words in which it is told once it is."""
    how = env.say(f"mode.{entry.mode or 'cash'}")
    if entry.verb == "receive":
        key = "shell.way.full" if entry.full else "moved.payment_received"
        return env.say(key, amount_paise=entry.paise, how=how)
    if entry.verb in ("refund", "discount"):
        return env.say(f"moved.{_KINDS[entry.verb]}", amount_paise=entry.paise, how=how)
    kind = _KINDS.get(entry.verb, "sale_recorded")
    paid = sum(entry.paise if part.paise is None else part.paise for part in entry.paid)
    how = ", ".join(env.say(f"mode.{part.mode}") for part in entry.paid) or how
    at_once = entry.handle == "counter" or paid == entry.paise
    shape = "paid" if at_once else "part" if paid else "khata"
    rest = entry.paise - paid
    return env.say(f"moved.{kind}.{shape}", amount_paise=entry.paise, paid_paise=paid, rest_paise=rest, how=how)


def _corrected(env: Env, fix: Fix) -> str:
    which = env.say("said.entry", entry=fix.entry) if fix.entry is not None else env.say("shell.way.last")
    if fix.paise is not None:
        return env.say("shell.way.amount", which=which, amount_paise=fix.paise)
    return env.say("shell.way.customer", which=which)
