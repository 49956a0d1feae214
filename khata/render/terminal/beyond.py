"""Entries of a damaged book that can be read, though nothing proves them."""

from __future__ import annotations

from collections.abc import Sequence

from khata.events.base import Recorded, Unknown
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.render.terminal.table import Column, Table


def table(rows: Sequence[Recorded], total: int, words: Words) -> Table:
    """A line an entry: the customer by number, since a name may be what is damaged; then how many more there are."""
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.name"), names=True),
            Column(say("head.what")),
        ]
    )
    for recorded in rows:
        event = recorded.event
        amount, party = getattr(event, "amount_paise", None), getattr(event, "party", None)
        made.row(
            words.figures(recorded.seq),
            dates.day(recorded.on, words),
            words.rupees(amount) if amount is not None else "",
            f"@{party}" if party is not None else "",
            "" if isinstance(event, Unknown) else say(f"kind.{event.KIND}"),
        )
    if total > len(rows):
        made.line(words.count("faults.more", total - len(rows)))
    return made
