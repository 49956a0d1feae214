"""Payments on their way, as a table and as a line."""

from __future__ import annotations

from collections.abc import Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.pending import PendingPayment
from khata.render.line import called, clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.views.about import About
from khata.views.cut import Cut


def table(rows: Sequence[PendingPayment], about: About | None, cut: Cut, words: Words) -> Table:
    """The oldest first."""
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.mode"), tells=True),
            Column(say("head.reference")),
            Column(say("head.name"), names=True),
        ]
    )
    made.title(f"{shop(about)} · {say('title.pending')} · {clocks(cut, words)}")
    for row in rows:
        about_it = " · ".join(part for part in (called(row.name, row.party), visible(row.note or "")) if part)
        made.row(
            words.figures(row.entry),
            dates.day(row.on, words),
            Cell(words.rupees(row.amount_paise), "bold"),
            say(f"mode.{row.mode}"),
            visible(row.ref or "-"),
            about_it,
        )
    made.total(
        "", "", words.rupees(sum(row.amount_paise for row in rows)), "", "", words.count("count.pending", len(rows))
    )
    if rows:
        made.line(say("pending.how"))
    return made
