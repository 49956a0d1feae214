"""What an accountant looked for: facts of the book, and what only he can say of them at the foot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.audit.cash import LIMIT_PAISE, RENUMBERED_FROM, CashReceipts
from khata.questions.audit.numbers import EntryOfNumber, NumberSeries
from khata.questions.audit.old import OldDue
from khata.render.line import called, clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import Day, Seq
from khata.views.about import About
from khata.views.cut import Cut

Days = tuple[Day | None, Day]
"""The days that are asked about; None for the beginning of the book."""

MOST_ENTRIES = 5
"""So many entries of a line are named; a script reads all."""


def cash(lines: Sequence[CashReceipts], days: Days, about: About | None, cut: Cut, words: Words) -> Table:
    """By day: how much, under which section, why, whose."""
    say = words.say
    made = _table(
        lines,
        [
            Column(say("head.amount"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.section")),
            Column(say("head.what")),
            Column(say("head.name"), names=True),
        ],
    )
    _titled(made, say("title.audit_cash", limit=words.rupees(LIMIT_PAISE)), days, about, cut, words)
    for line in lines:
        name = say("word.counter") if line.party is None else called(line.name, line.party)
        entries = _entries(line.entries, words)
        if line.bill is not None:
            entries = say("audit.cash.for_bill", entries=entries, entry=line.bill)
        made.row(
            Cell(words.rupees(line.cash_paise), "bold"),
            dates.day(line.on, words),
            line.rule.removeprefix("s."),
            say(f"audit.cash.{line.why}"),
            f"{name} · {entries}",
        )
    if not lines:
        made.line(say("audit.cash.none"))
    made.line(say("audit.cash.foot", limit=words.rupees(LIMIT_PAISE), day=dates.day(RENUMBERED_FROM, words)))
    return made


def old(lines: Sequence[OldDue], within_days: int, about: About | None, cut: Cut, words: Words) -> Table:
    """By the day on which the time ends: how much, since when, how many days are left, whose."""
    say = words.say
    made = _table(
        lines,
        [
            Column(say("head.amount"), "right"),
            Column(say("head.oldest"), "right", yields=1),
            Column(say("head.lapses"), "right"),
            Column(say("head.days_left"), "right"),
            Column(say("head.name"), names=True),
        ],
    )
    made.title(f"{shop(about)} · {say('title.audit_old')} · {clocks(cut, words)}")
    for line in lines:
        more = [say("audit.old.renewed", day=dates.day(line.part_paid_on, words))] if line.part_paid_on else []
        more += [say("word.brought_forward")] if line.brought_forward else []
        made.row(
            Cell(words.rupees(line.due_paise), "bold"),
            dates.day(line.oldest_on, words),
            dates.day(line.lapses_on, words),
            words.number(line.days_left) if line.days_left >= 0 else Cell(words.number(line.days_left), "red"),
            " · ".join([called(line.name, line.party), *more]),
        )
    if lines:
        total = words.rupees(sum(line.due_paise for line in lines))
        made.total(total, "", "", "", words.count("count.customers", len(lines)))
    else:
        made.line(words.count("audit.old.none", within_days))
    made.line(say("audit.old.foot"))
    if any(line.brought_forward for line in lines):
        made.line(say("audit.old.brought_forward"))
    return made


def numbers(lines: Sequence[NumberSeries], days: Days, about: About | None, cut: Cut, words: Words) -> Table:
    """Series by kind: how many numbers, how many are missing; beneath, which, and which are double or cancelled."""
    say = words.say
    made = _table(
        lines,
        [
            Column(say("head.numbers"), "right"),
            Column(say("head.missing"), "right"),
            Column(say("head.what")),
            Column(say("head.series")),
        ],
    )
    _titled(made, say("title.audit_numbers"), days, about, cut, words)
    for line in lines:
        made.row(
            words.number(line.how_many),
            Cell(words.number(line.missing_total), "bold") if line.missing_total else "-",
            say(f"kind.{line.kind}"),
            say("audit.numbers.span", first=visible(line.first), last=visible(line.last)),
        )
        for text in _found_in(line, words):
            made.row("", "", "", text)
    if not lines:
        made.line(say("audit.numbers.none"))
    made.line(say("audit.numbers.foot"))
    return made


def _table(lines: Sequence[object], columns: Sequence[Column]) -> Table:
    """A table; without a head where nothing stands under it."""
    return Table(columns if lines else [Column("")])


def _found_in(line: NumberSeries, words: Words) -> list[str]:
    say = words.say
    elsewhere = {found.ref: found.entry for found in line.elsewhere}
    missing = [visible(ref) for ref in line.missing if ref not in elsewhere]
    rest = line.missing_total - len(line.missing)
    found = []
    if missing:
        found.append(say("audit.numbers.missing", refs=words.listed(missing)) + _more(rest, words))
    if elsewhere:
        found.append(say("audit.numbers.elsewhere", refs=_with_entry(line.elsewhere, words)))
    for double in line.doubles:
        said = _entries(double.entries, words)
        found.append(say("audit.numbers.double", ref=visible(double.ref), entries=said))
    if line.cancelled:
        found.append(say("audit.numbers.cancelled", refs=_with_entry(line.cancelled, words)))
    return found


def _with_entry(found: Iterable[EntryOfNumber], words: Words) -> str:
    return words.listed(f"{visible(each.ref)} ({words.say('word.entry', entry=each.entry)})" for each in found)


def _entries(entries: Sequence[Seq], words: Words) -> str:
    if len(entries) == 1:
        return words.say("word.entry", entry=entries[0])
    shown = words.listed(map(words.figures, entries[:MOST_ENTRIES]))
    rest = len(entries) - MOST_ENTRIES
    return words.say("word.entries", entries=shown) + _more(rest, words)


def _more(rest: int, words: Words) -> str:
    """How many there are besides those that are named."""
    return f" · {words.say('audit.and_more', n=words.number(rest))}" if rest > 0 else ""


def _titled(made: Table, title: str, days: Days, about: About | None, cut: Cut, words: Words) -> None:
    first, last = days
    period = [dates.span(first, last, words)] if first is not None else []
    if first is None and last != cut.as_on:
        period = [words.say("audit.up_to", day=dates.day(last, words))]
    made.title(" · ".join([shop(about), title, *period, clocks(cut, words)]))
