"""The entries as they were recorded: a list, and the story of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from khata.i18n import dates
from khata.i18n.in_words import in_words
from khata.i18n.messages import Words
from khata.postings.base import SALES
from khata.questions.entries import EntryRow, Moved
from khata.render import told
from khata.render.line import clocks
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible, width
from khata.units import Seq
from khata.views.cut import Cut


class Stored(NamedTuple):
    """An entry's bytes and hashes as they stand in the book."""

    body: str
    hash: str
    detail: str | None


def table(rows: Sequence[EntryRow], cut: Cut, words: Words) -> Table:
    """In the order of recording."""
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.what"), tells=True),
            Column(say("head.mode"), tells=True),
            Column(say("head.by")),
            Column(say("head.name"), names=True),
        ]
    )
    if cut.given:
        made.title(clocks(cut, words))
    for row in rows:
        amount = words.rupees(row.amount_paise) if row.amount_paise is not None else ""
        style = "dim" if row.reversed_by else None
        made.row(
            words.figures(row.entry),
            dates.day(row.on, words),
            amount,
            told.of_what_kind(row, words),
            told.how(row.effect, words),
            visible(row.by_name or row.by),
            Cell(_about(row, words), style),
        )
    return made


def _about(row: EntryRow, words: Words) -> str:
    return " · ".join(part for part in (told.whose(row, words), *told.more(row, words)) if part)


def story(row: EntryRow, made: Sequence[Moved], corrected_by: Seq | None, stored: Stored | None, words: Words) -> Table:
    """What happened, in words; the postings; and then the stored bytes and hashes."""
    say = words.say
    page = Table([Column("", "right"), Column("")])
    amount = f" {words.rupees(row.amount_paise)}" if row.amount_paise is not None else ""
    page.title(Cell(say("show.title", entry=row.entry, what=told.of_what_kind(row, words, amount)), "bold"))
    lines = [
        (say("head.name"), _about(row, words)),
        (say("head.date"), dates.day(row.on, words)),
        (say("show.in_words"), (in_words(abs(row.amount_paise), words) if row.amount_paise else None) or ""),
        (
            say("show.recorded"),
            say("show.recorded_by", at=dates.clock(row.at, words), by=visible(row.by_name or row.by)),
        ),
        (say("head.ref" if SALES in {each.account for each in made} else "head.reference"), visible(row.ref or "")),
        (say("show.due_on"), dates.day(row.due_on, words) if row.due_on else ""),
        (say("show.disputed"), _disputed(row, words)),
        (say("show.corrected"), say("word.entry", entry=corrected_by) if corrected_by else ""),
        (
            say("show.imported"),
            say("show.import_row", entry=row.import_entry, row=row.import_row) if row.import_entry else "",
        ),
    ]
    for head, text in lines:
        if text:
            page.row(head, text)
    sides = [say("show.debit"), say("show.credit")]
    widest = max(map(width, sides))
    for account, party, paise in made:
        side = sides[paise <= 0]
        whose = f" @{party}" if party else ""
        blank = " " * (widest - width(side))
        page.row(words.rupees(abs(paise)), f"{side}{blank}  {account_said(account, words)}{whose}")
    if stored is not None:
        page.row("event id", row.event_id)
        page.row("hash", stored.hash)
        page.row("body", visible(stored.body))
        if stored.detail:
            page.row("detail", visible(stored.detail))
    return page


def _disputed(row: EntryRow, words: Words) -> str:
    """That the customer denies it, and which entry says why."""
    if row.disputed_by is None:
        return ""
    return f"{words.say('statement.disputed')} · {words.say('word.entry', entry=row.disputed_by)}"


def account_said(account: str, words: Words) -> str:
    """The name of an account."""
    key = f"account.{account}"
    return words.say(key) if words.has(key) else words.say(f"mode.{account}")
