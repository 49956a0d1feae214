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
    """Largest first, by age: up to 30, 60, 90 days, more; what is not due yet, and what is denied, where any is."""
    say = words.say
    totals, disputed = by_age(rows), any(row.disputed_paise for row in rows)
    heads = age_heads(words)[-len(totals) :]
    made = Table(
        [
            Column(say("head.amount"), "right", 14),
            *(Column(head, "right", 12, yields=-1) for head in heads),
            *([Column(say("head.disputed"), "right", 12, yields=-1)] if disputed else []),
            Column(say("head.last_paid"), "right", yields=1),
            Column(say("head.name"), names=True),
        ]
    )
    made.title(f"{shop(about)} · {say('title.dues')} · {clocks(cut, words)}")
    for row in rows:
        paid = dates.day(row.last_received_on, words) if row.last_received_on else "-"
        paise = (row.not_due_paise, *row.by_age_paise)[-len(heads) :] + ((row.disputed_paise,) if disputed else ())
        parts = [words.rupees(part) if part else "-" for part in paise]
        made.row(Cell(words.rupees(row.balance_paise), "bold"), *parts, paid, called(row.name, row.party))
    made.total(
        words.rupees(sum(row.balance_paise for row in rows)),
        *(words.rupees(each.due_paise) if each.due_paise else "-" for each in totals),
        *([words.rupees(sum(row.disputed_paise for row in rows))] if disputed else []),
        "",
        words.count("count.customers", len(rows)),
    )
    made.line(say("dues.basis"))
    if disputed:
        made.line(say("dues.disputed"))
    return made
