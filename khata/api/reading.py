"""What the fields of a command say: each field's words, read into facts for the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from khata.api import naming
from khata.api.asked import words_of
from khata.api.naming import Door
from khata.api.refusals import BadField
from khata.events.money import Line
from khata.grammar.amounts import MAX_LARGE_PAISE, MAX_PAISE, parse_paise
from khata.grammar.days import parse_day, parse_due, parse_near_day
from khata.grammar.fault import Unreadable
from khata.grammar.modes import PAID_MODES, parse_mode
from khata.grammar.shop import check_gstin, clean_payee, clean_upi, parse_state
from khata.grammar.text import clean_name, clean_phone, clean_ref, clean_text
from khata.units import EVERY, MADE_AS, ROUNDINGS, Paise, Seq

MOST_DAYS = 99_999
"""After which something is due: as many as can be typed (`parse_days`)."""

Fields = dict[str, Any]
"""Fields of a command for the rules."""


def paise_of(amount_paise: int, *, large: bool = False) -> Paise:
    """An amount in paise as it may be recorded. Raises BadField, Unreadable."""
    if type(amount_paise) is not int:
        raise BadField(field="amount_paise", why="type")
    most = MAX_LARGE_PAISE if large else MAX_PAISE
    if 0 < amount_paise <= most:
        return Paise(amount_paise)
    text = str(amount_paise) if amount_paise.bit_length() < 128 else "…"  # Python writes no endless numbers
    if amount_paise <= 0:
        raise Unreadable("amount_minus" if amount_paise else "amount_zero", text)
    raise Unreadable("amount_too_large", text, max_paise=most)


def amount_of(of: Any, _: Door) -> Fields:
    """The amount, in paise or as it was typed. Raises BadField, Unreadable."""
    if (of.amount_paise is None) == (of.amount is None):
        raise BadField(field="amount_paise", why="missing" if of.amount is None else "twice")
    typed = of.amount
    return {
        "amount_paise": paise_of(of.amount_paise, large=of.large)
        if typed is None
        else parse_paise(typed, large=of.large)
    }


def rounded(facts: Fields, rupees: int) -> Fields:
    """The amount rounded, and by how much; of a sale without items it is the one line of the bill."""
    if type(rupees) is not int or rupees not in ROUNDINGS:
        raise BadField(field="round_to", why="value")
    lines = facts.get("lines") or [Line(facts["amount_paise"])]
    total, step = sum(line.amount_paise for line in lines), 100 * rupees
    amount = Paise((total + step // 2) // step * step)
    if not amount:
        raise Unreadable("amount_zero", str(amount))
    if amount == total or facts["amount_paise"] not in (total, amount):  # of another sum the rule says that
        return {}
    items = facts.get("items") or [""]
    return {"amount_paise": amount, "lines": lines, "items": items, "round_off_paise": amount - total}


def _paid(of: Any, _: Door) -> Fields:
    if not all(isinstance(each, tuple | list) and len(each) == 2 for each in of.paid):
        raise BadField(field="paid", why="type")
    return {
        "paid": [
            (parse_mode(mode, PAID_MODES), None if part is None else paise_of(part, large=of.large))
            for mode, part in of.paid
        ]
    }


def _entry(of: Any, _: Door) -> Fields:
    if type(of.entry) is not int:
        raise BadField(field="entry", why="type")
    return {"entry": Seq(of.entry)}


def several(texts: Sequence[str], field: str) -> Sequence[str]:
    """Texts. Raises BadField: one alone is a sequence of its letters."""
    if isinstance(texts, str) or not isinstance(texts, Sequence) or not all(isinstance(each, str) for each in texts):
        raise BadField(field=field, why="type")
    return texts


def _as(field: str, read: Callable[[str], str]) -> Callable[[Any, Door], Fields]:
    """The fact of the same name: what was said, read; left out where nothing was."""

    def reader(of: Any, _: Door) -> Fields:
        said = getattr(of, field)
        if not isinstance(said, str | None):
            raise BadField(field=field, why="type")
        return {field: read(said)} if said else {}

    return reader


def _once(of: Any, _: Door) -> Fields:
    if of.once and of.ref is None:
        raise BadField(field="ref", why="missing")
    return {"once": of.once}


def _names(field: str) -> Callable[[Any, Door], Fields]:
    return lambda of, _: {field: tuple(map(clean_name, several(getattr(of, field), field)))}


def _one_of(field: str, known: Sequence[str]) -> Callable[[Any, Door], Fields]:
    """The fact of the same name: one of a few words. Raises BadField."""

    def reader(of: Any, _: Door) -> Fields:
        if getattr(of, field) not in known:
            raise BadField(field=field, why="value")
        return {field: getattr(of, field)}

    return reader


def _lang(of: Any, _: Door) -> Fields:
    if not (isinstance(of.lang, str) and re.fullmatch("[a-z]{2,3}", of.lang)):  # as catalogs are called
        raise BadField(field="lang", why="value")
    return {"lang": of.lang}


def _due(of: Any, door: Door) -> Fields:
    on = date.fromisoformat(parse_day(words_of(of.on), door.today)) if of.on is not None else door.today
    due = parse_due(words_of(of.due, "due"), on)
    return {"due_days": due} if isinstance(due, int) else {"due_on": due}


def _due_days(of: Any, _: Door) -> Fields:
    if type(of.due_days) is not int or not 0 <= of.due_days <= MOST_DAYS:
        raise BadField(field="due_days", why="value" if type(of.due_days) is int else "type")
    return {"due_days": of.due_days}


READERS: dict[str, Callable[[Any, Door], Fields]] = {
    "event_id": lambda of, _: {"id": naming.check_id(of.event_id)},
    "on": lambda of, door: {"on": parse_day(words_of(of.on), door.today)},
    "first": lambda of, door: {"first": parse_near_day(words_of(of.first), door.today)},
    "last": lambda of, door: {"last": parse_near_day(words_of(of.last), door.today)},
    "every": _one_of("every", EVERY),
    "made_as": _one_of("made_as", MADE_AS),
    "note": _as("note", lambda said: clean_text(said, what="note")),
    "ref": lambda of, _: {"ref": clean_ref(of.ref)},
    "once": _once,
    "amount_paise": amount_of,
    "paid": _paid,
    "mode": lambda of, _: {"mode": parse_mode(of.mode)},
    "full": lambda of, _: {"full": of.full},
    "agreed": lambda of, _: {"agreed": of.agreed},
    "advance": lambda of, _: {"advance": of.advance},
    "again": lambda of, _: {"again": of.again},
    "reason": _as("reason", lambda said: clean_text(said, what="reason")),
    "entry": _entry,
    "name": _as("name", clean_name),
    "aliases": _names("aliases"),
    "add_aliases": _names("add_aliases"),
    "remove_aliases": _names("remove_aliases"),
    "phone": _as("phone", clean_phone),
    "address": _as("address", lambda said: clean_text(said, what="address")),
    "by_hand": _as("by_hand", clean_name),
    "payee": _as("payee", clean_payee),
    "upi": _as("upi", clean_upi),
    "gstin": _as("gstin", check_gstin),
    "state": _as("state", parse_state),
    "lang": _lang,
    "due": _due,
    "due_days": _due_days,
    "over": lambda of, _: {"over": of.over},
    "without": lambda of, _: {"without": tuple(several(of.without, "without"))},
}
"""What a field says to the rules, where something was said. A class says otherwise with a method `_field`; other fields
are read along with these."""
