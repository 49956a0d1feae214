"""Answers of one line, and the words that tables share. Nothing here loads Rich."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.balances import Balance
from khata.render.cell import Cell
from khata.render.text import visible
from khata.views.about import About
from khata.views.cut import Cut

_GAP = "([:,،;.?!।۔]?)( {2,})"
_WIDE = 3
"""Blanks between the facts of a line; two only set a text off from the amount before it."""


def spoken(text: str, comma: str = ", ") -> str:
    """A line without what only the eye needs: middle dots and wide gaps become commas, where none stands there.

    >>> spoken("Left out: 10 Nov · ₹30   entry 163   Ramesh"), spoken("Last:   entry 4"), spoken("₹50  more")
    ('Left out: 10 Nov, ₹30, entry 163, Ramesh', 'Last: entry 4', '₹50 more')
    """

    def said(gap: re.Match[str]) -> str:
        return f"{gap[1]} " if gap[1] or len(gap[2]) < _WIDE else comma

    return re.sub(_GAP, said, text.replace(" · ", comma).strip())


def apart(facts: Sequence[str], name: str, words: Words) -> str:
    """Facts and whom they are about, in a line: `₹450.00 due   Ramesh Kumar`; read aloud the name comes first."""
    if words.aloud:
        return f"{name}: {words.listed(facts)}" if name else words.listed(facts)
    return "   ".join([*facts, *([name] if name else [])])


def called(name: str | None, party: int | None) -> str:
    """How a party is called; `@2` once forgotten."""
    return visible(name) if name else f"@{party}"


_STYLES: Final = {1: "red", 0: "dim", -1: "green"}


def style_of(paise: int) -> str:
    """How a balance looks, besides its word: what a customer owes, nothing, an advance."""
    return _STYLES[(paise > 0) - (paise < 0)]


def standing(balance_paise: int, words: Words) -> tuple[str, str]:
    """A balance and its word: the sign is never left to a minus or a colour."""
    if not balance_paise:
        return "", words.say("word.settled")
    word = "word.due" if balance_paise > 0 else "word.advance"
    return words.rupees(abs(balance_paise)), words.say(word)


def clocks(cut: Cut, words: Words) -> str:
    """Both clocks, as a heading says them."""
    day = words.say("word.as_on", day=dates.day(cut.as_on, words))
    entry = words.say("word.up_to_entry" if cut.known else "word.before_all", entry=cut.known)
    if cut.everything:
        return f"{day} · {entry}"
    return f"{day} · {words.say('word.as_known_then')}: {entry}"


def balance_line(row: Balance, cut: Cut, words: Words, *, given: bool) -> list[Cell]:
    """`₹450.00 due   Ramesh Kumar`, with both clocks if either was asked for: what follows each other on the line."""
    balance, name = " ".join(filter(None, standing(row.balance_paise, words))), called(row.name, row.party)
    known = [clocks(cut, words)] if given else []
    if words.aloud:
        return [Cell(apart([balance, *known], name, words))]
    return [Cell(balance, style_of(row.balance_paise)), Cell("   ".join(["", name, *known]))]


def shop(about: About | None) -> str:
    """The shop's name, safe to print."""
    return visible(about.shop) if about else ""


def masked(phone: str) -> str:
    """A phone number with all but its last four digits hidden: a statement lies on the counter."""
    return "*" * max(0, len(phone) - 4) + phone[-4:]
