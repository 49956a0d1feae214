"""What comes again, as a script reads it; see render/json.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khata.questions.recurring import DueLine, Recurring
    from khata.render.json import Json


def recurring(line: Recurring) -> Json:
    """What comes again: who, how much, how often, since when, and when next."""
    return {
        "entry": line.entry,
        "party": line.party,
        "name": line.name,
        "amount_paise": line.amount_paise,
        "every": line.every,
        "as": line.made_as,
        "from": line.first,
        "note": line.note,
        "ended_on": line.ended_on,
        "next_on": line.next_on,
    }


def due_line(due: DueLine) -> Json:
    """A time of it that is due."""
    line = due.line
    return {
        "entry": line.entry,
        "party": line.party,
        "name": line.name,
        "on": due.on,
        "amount_paise": line.amount_paise,
        "note": line.note,
        "as": line.made_as,
        "ref": due.ref,
    }
