"""What differs from what was known then, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from khata.i18n.messages import Words
from khata.postings.base import PARTY
from khata.questions.changes import Changes, PartyThenNow
from khata.render.line import called, clocks, shop
from khata.render.terminal.log import account_said
from khata.render.terminal.table import Cell, Column, Table
from khata.units import Seq
from khata.views.about import About
from khata.views.cut import Cut

SHOWN = 5
"""Entries of a customer that are named; how many more there are is said."""


def table(answer: Changes, about: About | None, cut: Cut, words: Words) -> Table:
    """Each customer's balance then and now, and by how much it differs; then the accounts that differ."""
    say = words.say
    heads = (("head.then", -1), ("head.now", -1), ("head.difference", 0))
    sides = [(Column(say(head), "right", yields=yields), Column("")) for head, yields in heads]
    names = Column(f"{say('head.entry')} · {say('head.name')}", names=True)
    made = Table([*[column for pair in sides for column in pair], names] if answer.parties else [])
    since = say("changes.since" if answer.since else "changes.since_the_beginning", entry=answer.since)
    made.title(f"{shop(about)} · {say('title.changes')} · {since} · {clocks(cut, words)}")
    if not answer.parties:
        made.line(say("changes.nothing"))
        return made
    for each in answer.parties:
        made.row(*_amounts(each.then_paise, each.now_paise, words), _whose(each, words))
    if answer.accounts:
        made.rule()
    for one in answer.accounts:
        name = say("changes.all_parties") if one.account == PARTY else account_said(one.account, words)
        made.row(*_amounts(one.then_paise, one.now_paise, words), name)
    return made


def _amounts(then: int | None, now: int | None, words: Words) -> Sequence[str]:
    """Then, now and the difference, each with its side: it is never left to a minus."""
    if then is None or now is None:
        return [""] * 6
    cells: list[str] = []
    for paise in (then, now, now - then):
        side = "word.debit_short" if paise > 0 else "word.credit_short"
        cells += [words.rupees(abs(paise)), words.say(side) if paise else ""]
    return cells


def _whose(each: PartyThenNow, words: Words) -> Cell:
    name = called(each.name, each.party) if each.party is not None else words.say("word.counter")
    entries = _entries(each.entries, words)
    return Cell(f"{entries} · {name}", aloud=f"{name} · {words.say('head.entry')} {entries}")


def _entries(entries: Sequence[Seq], words: Words) -> str:
    named = words.listed(map(words.figures, entries[:SHOWN]))
    more = len(entries) - SHOWN
    return words.count("changes.more", more, entries=named) if more > 0 else named
