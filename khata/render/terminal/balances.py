"""Who owes what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from khata.grammar.days import days_between
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.balances import Balance
from khata.questions.pending import PendingPayment
from khata.render.cell import Cell
from khata.render.line import called, clocks, shop
from khata.render.terminal.sides import side_cells
from khata.render.terminal.table import Column, Table
from khata.units import Day, Party
from khata.views.about import About
from khata.views.cut import Cut


class Ages(NamedTuple):
    """When a party last paid, and the day of its oldest unpaid sale."""

    last_received_on: Day | None
    oldest_on: Day | None


def _age(days: int, words: Words) -> Cell:
    return Cell(words.say("word.days_short", n=days), aloud=words.count("count.days", days))


def table(
    rows: Sequence[Balance],
    ages: Mapping[Party, Ages],
    settled: int,
    about: About | None,
    cut: Cut,
    words: Words,
    coming: Sequence[PendingPayment] = (),
) -> Table:
    """Largest first; the sums to receive and to give; how many are settled and not shown; what is on its way."""
    say = words.say
    made = Table(
        [
            Column(say("head.amount"), "right", 14),
            Column(""),
            Column(say("head.last_paid"), "right", yields=1),
            Column(say("head.oldest"), "right", yields=1),
            Column(say("head.name"), names=True),
        ]
    )
    made.title(f"{shop(about)} · {say('title.balances')} · {clocks(cut, words)}")
    # Of fifty thousand customers many paid on one day, and owe for as long as each other.
    paid_on = cache(lambda day: dates.day(day, words))
    age_of = cache(lambda day: _age(days_between(day, cut.as_on), words))
    for row in rows:
        paid, oldest = ages.get(row.party, Ages(None, None))
        made.row(
            *side_cells(row.balance_paise, words, "bold"),
            paid_on(paid) if paid else "-",
            age_of(oldest) if oldest else "-",
            called(row.name, row.party),
        )
    due = [row.balance_paise for row in rows if row.balance_paise > 0]
    advance = [-row.balance_paise for row in rows if row.balance_paise < 0]
    hidden = say("balances.settled", n=settled) if settled else ""
    lines = []
    if due or not advance:
        lines.append((words.rupees(sum(due)), words.count("balances.to_receive", len(due))))
    if advance:
        lines.append((words.rupees(sum(advance)), words.count("balances.to_give", len(advance))))
    for index, (amount, text) in enumerate(lines):
        made.total(amount, text, right=hidden if index == len(lines) - 1 else "")
    if coming:
        total = words.rupees(sum(each.amount_paise for each in coming))
        made.line(words.count("pending.sum", len(coming), amount=total))
    return made
