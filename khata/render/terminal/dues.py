"""How old what is owed is."""

from __future__ import annotations

from collections.abc import Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.dues import Due, by_age
from khata.render.ages import age_heads
from khata.render.line import called, clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.views.about import About
from khata.views.cut import Cut


def table(rows: Sequence[Due], about: About | None, cut: Cut, words: Words) -> Table:
    """Largest first, by age: up to 30, 60, 90 days, more."""
    say = words.say
    made = Table(
        [
            Column(say("head.amount"), "right", 14),
            *(Column(head, "right", 12, yields=-1) for head in age_heads(words)),
            Column(say("head.last_paid"), "right", yields=1),
            Column(say("head.name"), names=True),
        ]
    )
    made.title(f"{shop(about)} · {say('title.dues')} · {clocks(cut, words)}")
    for row in rows:
        paid = dates.day(row.last_received_on, words) if row.last_received_on else "-"
        parts = [words.rupees(part) if part else "-" for part in row.by_age_paise]
        made.row(Cell(words.rupees(row.balance_paise), "bold"), *parts, paid, called(row.name, row.party))
    totals = [each.due_paise for each in by_age(rows)]
    made.total(
        words.rupees(sum(row.balance_paise for row in rows)),
        *(words.rupees(each) if each else "-" for each in totals),
        "",
        words.count("count.customers", len(rows)),
    )
    made.line(say("dues.basis"))
    return made
