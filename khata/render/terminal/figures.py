"""Figures of a period, every account, and the book of a mode of payment, as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.postings.base import PARTY
from khata.questions.figures import Behind, FigureRow
from khata.questions.modebook import ModeBook
from khata.questions.trial import TrialRow, Turnover
from khata.render import told
from khata.render.line import called, clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import Day
from khata.views.about import About
from khata.views.cut import Cut


def figures(
    rows: Sequence[FigureRow], what: str, per: str, first: Day | None, about: About | None, cut: Cut, words: Words
) -> Table:
    """A line for each part of a figure, and what they come to."""
    say = words.say
    by_item = per == "item"
    made = Table(
        [
            Column(say("head.amount"), "right", 14),
            *([Column(say("head.quantity"), "right")] if by_item else []),
            Column(say("head.entries"), "right"),
            Column(say(f"head.per.{per}"), names=True),
        ]
    )
    _title(made, say(f"title.figures.{what.replace('-', '_')}"), first, about, cut, words)
    name = _name_of(per, words)
    for row in rows:
        quantity = [told.thousandths(row.quantity_milli) if row.quantity_milli is not None else "-"] if by_item else []
        made.row(Cell(words.rupees(row.amount_paise), "bold"), *quantity, words.figures(row.entries), name(row))
    made.total(words.rupees(sum(row.amount_paise for row in rows)), *([""] if by_item else []), "", say("word.in_all"))
    return made


def _name_of(per: str, words: Words) -> Callable[[FigureRow], str]:
    if per == "month":
        return lambda row: dates.month(Day(f"{row.key}-01"), words)
    if per == "day":
        return lambda row: dates.day(Day(row.key), words)
    if per == "mode":
        return lambda row: account_name(row.key, words)
    if per == "customer":
        return lambda row: called(row.name, row.party) if row.party is not None else words.say("word.counter")
    return lambda row: visible(row.key) or words.say("figures.no_item")


def account_name(account: str, words: Words) -> str:
    """An account as a column of a table has it; what went on the customers' accounts is `khata`."""
    if account == PARTY:
        return words.say("word.khata")
    key = f"account.{account}"
    return words.say(key) if words.has(key) else words.say(f"mode.{account}")


def _title(made: Table, what: str, first: Day | None, about: About | None, cut: Cut, words: Words) -> None:
    days = dates.span(first, cut.as_on, words) if first else ""
    made.title(" · ".join(part for part in (shop(about), what, days) if part))
    if cut.given or not first:
        made.title(clocks(cut, words))


def behind(found: Sequence[Behind], cut: Cut, words: Words) -> Table:
    """The entries behind a figure, each with what of it counts, and what that adds up to."""
    say = words.say
    made = Table(
        [
            Column(say("head.part"), "right", 12),
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right"),
            Column(say("head.what"), tells=True),
            Column(say("head.name"), names=True),
        ]
    )
    if cut.given:
        made.title(clocks(cut, words))
    for each in found:
        row = each.row
        amount = words.rupees(row.amount_paise) if row.amount_paise is not None else ""
        what = words.listed([told.of_what_kind(row, words), told.how(row.effect, words)])
        name = " · ".join(part for part in (told.whose(row, words), *told.more(row, words)) if part)
        made.row(
            Cell(words.rupees(each.part_paise), "bold"),
            words.figures(row.entry),
            dates.day(row.on, words),
            amount,
            what,
            name,
        )
    made.total(words.rupees(sum(each.part_paise for each in found)), "", "", "", say("word.in_all"))
    return made


def trial(rows: Sequence[TrialRow], about: About | None, cut: Cut, words: Words) -> Table:
    """Every account with its debit or its credit."""
    say = words.say
    made = Table(
        [
            Column(say("head.debit"), "right", 14),
            Column(say("head.credit"), "right", 14),
            Column(say("head.account"), names=True),
        ]
    )
    made.title(f"{shop(about)} · {say('title.trial')} · {clocks(cut, words)}")
    for row in rows:
        made.row(_side(row.debit_paise, words), _side(row.credit_paise, words), _account(row.account, words))
    made.total(
        words.rupees(sum(row.debit_paise for row in rows)),
        words.rupees(sum(row.credit_paise for row in rows)),
        say("word.in_all"),
    )
    return made


def turnovers(rows: Sequence[Turnover], first: Day | None, about: About | None, cut: Cut, words: Words) -> Table:
    """Every account over a period."""
    say = words.say
    heads = (("opening", 0), ("debit", -1), ("credit", -1), ("closing", 0))
    amounts = [Column(say(f"head.{each}"), "right", 12, yields) for each, yields in heads]
    made = Table([*amounts, Column(say("head.account"), names=True)])
    _title(made, say("title.trial"), first, about, cut, words)
    for row in rows:
        sides = [_both(row.opening_paise, words), _side(row.debit_paise, words), _side(row.credit_paise, words)]
        made.row(*sides, _both(row.closing_paise, words), _account(row.account, words, "trial.customers.net"))
    sums = [words.rupees(sum(each)) for each in ((row.debit_paise for row in rows), (row.credit_paise for row in rows))]
    made.total("", *sums, "", say("word.in_all"))
    return made


def _side(paise: int, words: Words) -> str:
    return words.rupees(paise) if paise else "-"


def _both(paise: int, words: Words) -> str:
    """A net with its side: a sign alone is overlooked."""
    return words.say("word.dr" if paise > 0 else "word.cr", amount=words.rupees(abs(paise))) if paise else "-"


def _account(account: str, words: Words, key: str = "trial.customers") -> str:
    return words.say(key) if account == PARTY else account_name(account, words)


def modebook(answer: ModeBook, about: About | None, cut: Cut, words: Words) -> Table:
    """A line an entry, after what was there before, and what it comes to."""
    say = words.say
    made = Table(
        [
            Column(say("head.date"), "right"),
            Column(say("head.came_in"), "right", 11),
            Column(say("head.went_out"), "right", 11),
            Column(say("head.balance"), "right", 12),
            Column(say("head.entry"), "right"),
            Column(say("head.name"), names=True),
        ]
    )
    what = say("title.modebook", mode=say(f"mode.{answer.mode}"))
    _title(made, what, answer.first, about, cut, words)
    day = dates.in_a_table([line.row.on for line in answer.lines], words)
    if answer.first is not None:
        made.row("", "", "", words.rupees(answer.opening_paise), "", say("word.brought_forward"))
    for line in answer.lines:
        row, both = line.row, (line.in_paise, line.out_paise)
        what = " · ".join(part for part in (told.whose(row, words), told.on_account(row, row.effect, words)) if part)
        made.row(
            day(row.on),
            *(words.rupees(each) if each else "" for each in both),
            words.rupees(line.balance_paise),
            words.figures(row.entry),
            what,
        )
    came, went = (sum(each) for each in ([line.in_paise for line in answer.lines], [x.out_paise for x in answer.lines]))
    made.total("", words.rupees(came), words.rupees(went), words.rupees(answer.closing_paise), "", "")
    return made
