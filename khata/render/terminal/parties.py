"""Customers: a list, and one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.parties import PartyRow
from khata.questions.recurring import Recurring
from khata.render.line import called, clocks, shop, standing, style_of
from khata.render.terminal.recurring import about
from khata.render.terminal.sides import side_cells
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.rules.goods import due_days
from khata.units import Day, Party
from khata.views.about import About
from khata.views.cut import Cut


def table(rows: Sequence[PartyRow], owed: Mapping[Party, int], about: About | None, cut: Cut, words: Words) -> Table:
    """Everybody, by number."""
    say = words.say
    made = Table(
        [
            Column(say("head.party"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(""),
            Column(say("head.phone"), yields=1),
            Column(say("head.name"), names=True),
        ]
    )
    made.title(f"{shop(about)} · {say('title.parties')} · {clocks(cut, words)}")
    for row in rows:
        aliases = [visible(alias) for alias in row.record.get("aliases", ())]
        name = called(row.name, row.party) + (f" ({', '.join(aliases)})" if aliases else "")
        if row.forgotten:
            name += f" · {say('word.forgotten')}"
        made.row(f"@{row.party}", *side_cells(owed[row.party], words), visible(row.record.get("phone", "")), name)
    made.total("", "", "", "", words.count("count.customers", len(rows)))
    return made


def card(
    row: PartyRow,
    owed: int,
    cut: Cut,
    words: Words,
    others: Sequence[PartyRow] = (),
    said: Sequence[str] = (),
    again: Sequence[Recurring] = (),
    reminded_on: Day | None = None,
) -> Table:
    """One customer.

    Args:
        row: the customer.
        owed: paise, positive when the customer owes the shop.
        cut: the two clocks.
        words: the language.
        others: further khatas of the same person.
        said: what is to be known of the money.
        again: what comes again.
        reminded_on: the last day on which he was asked for what he owes.
    """
    say = words.say
    made = Table([Column("", "right"), Column("")])
    balance = say("head.balance")  # in some languages it is the word for what is due
    made.title(Cell(called(row.name, row.party), "bold"), clocks(cut, words) if cut.given else "")
    lines: list[tuple[str, str | Cell]] = [
        (say("head.party"), f"@{row.party}"),
        (balance, Cell(" ".join(part for part in standing(owed, words) if part not in ("", balance)), style_of(owed))),
        (say("card.aliases"), words.listed(visible(alias) for alias in row.record.get("aliases", ()))),
        (say("card.vpas"), words.listed(visible(each) for each in row.record.get("vpas", ()))),
        (say("card.payers"), words.listed(visible(each) for each in row.record.get("payers", ()))),
        (say("card.khatas"), words.listed(f"{called(each.name, each.party)} (@{each.party})" for each in others)),
        *((say("card.again"), " · ".join(about(each, words))) for each in again),
        (say("head.phone"), visible(row.record.get("phone", ""))),
        (say("card.address"), visible(row.record.get("address", ""))),
        (say("shop.lang"), visible(row.record.get("lang", ""))),
        (say("card.due_days"), words.count("count.days", days) if (days := due_days(row.record)) else ""),
        (say("card.reminded"), dates.day(reminded_on, words) if reminded_on else ""),
        (say("card.identity"), row.party_id),
    ]
    for head, text in lines:
        if text:
            made.row(head, text)
    for line in said:
        made.line(line)
    if row.forgotten:
        made.line(say("word.forgotten"))
    return made
