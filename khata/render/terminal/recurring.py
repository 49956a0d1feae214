"""What comes again, and what of it is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.recurring import DueLine, Recurring
from khata.render import told
from khata.render.line import called, clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import Day
from khata.views.about import About
from khata.views.cut import Cut


def table(lines: Sequence[Recurring], about: About | None, cut: Cut, words: Words) -> Table:
    """Each line with its number, how much, how often, since when, and when it is due next."""
    say = words.say
    heads = [Column(say(f"head.{each}"), "right") for each in ("entry", "amount")]
    heads += [Column(say("head.every")), *(Column(say(f"head.{each}"), "right") for each in ("since", "next"))]
    made = Table([*heads, Column(say("head.name"), names=True)] if lines else [])
    made.title(f"{shop(about)} · {say('title.every')}", clocks(cut, words) if cut.given else "")
    if not lines:
        for line in say("every.none").splitlines():
            made.line(line)
    days = [day for each in lines for day in (each.first, each.next_on) if day is not None]
    day = dates.in_a_table([*days, cut.as_on], words)
    for each in lines:
        coming = day(each.next_on) if each.next_on is not None else "-"
        made.row(
            words.figures(each.entry),
            words.rupees(each.amount_paise),
            say(f"every.{each.every}"),
            day(each.first),
            Cell(coming, "bold" if each.next_on is not None and each.next_on <= cut.as_on else None),
            _whose(each, words),
        )
    return made


def due_table(due: Sequence[DueLine], about: About | None, upto: Day, cut: Cut, words: Words) -> Table:
    """Each time that is due, the oldest first, and what all come to."""
    say = words.say
    heads = ([Column(say(f"head.{each}"), "right") for each in ("amount", "date", "line")]) if due else []
    made = Table([*heads, Column(say("head.name"), names=True)] if due else [])
    title = say("title.due_lines", day=dates.day(upto, words))
    made.title(f"{shop(about)} · {title}", clocks(cut, words) if cut.given else "")
    if not due:
        made.line(say("due_lines.none"))
        return made
    day = dates.in_a_table([*(each.on for each in due), upto], words)
    for each in due:
        made.row(
            words.rupees(each.line.amount_paise), day(each.on), words.figures(each.line.entry), _whose(each.line, words)
        )
    made.total(
        words.rupees(sum(each.line.amount_paise for each in due)), "", "", words.count("count.times_due", len(due))
    )
    return made


def about(line: Recurring, words: Words) -> Iterator[str]:
    """How much and how often, what for, and by which number it is stopped."""
    yield told.how_often(line.amount_paise, line.every, words)
    if line.note:
        yield visible(line.note)
    yield words.say("word.entry", entry=line.entry)


def _whose(line: Recurring, words: Words) -> str:
    said = [called(line.name, line.party), visible(line.note or "")]
    if line.made_as != "sale":
        said.append(words.say("kind.charge_made"))
    return " · ".join(part for part in said if part)
