"""A day in the shop as a table."""

from __future__ import annotations

from collections.abc import Callable

from khata.grammar.days import business_day_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.postings.effect import Effect
from khata.questions.daybook import DayBook, DayLine, Movement, totalled
from khata.questions.entries import EntryRow
from khata.render import told
from khata.render.line import clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import MODES, Day
from khata.views.about import About
from khata.views.cut import Cut


def table(answer: DayBook, about: About | None, cut: Cut, words: Words) -> Table:
    """Each entry with its time, who typed it and how it was paid, and the sum of each day; then what it came to."""
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.at"), "right"),
            Column(say("head.given"), "right", 11),
            Column(say("head.received"), "right", 11),
            Column(say("head.mode"), tells=True),
            Column(say("head.by")),
            Column(say("head.name"), names=True),
        ]
    )
    span = dates.span(answer.first, answer.last, words)
    made.title(f"{shop(about)} · {say('title.daybook')} · {span}", clocks(cut, words) if cut.given else "")
    day = dates.in_a_table([answer.first, answer.last], words)
    for on, lines in answer.days():
        for line in lines:
            _row(made, line, day, words)
        if answer.first != answer.last:
            given, received = totalled(lines)
            made.total("", day(on), "", _amount(given, words), _amount(received, words), say("daybook.day"))
    _foot(made, answer, words)
    for row in answer.typed_for_other_days:
        what = (
            say(told.taken_back("daybook.cancels", row), entry=row.reverses)
            if row.reverses
            else say(f"kind.{row.kind}")
        )
        amount = words.rupees(row.amount_paise) if row.amount_paise else ""
        whole = " ".join(filter(None, [what, amount, told.whose(row, words)]))
        key = "daybook.typed_for.day" if answer.first == answer.last else "daybook.typed_for"
        made.line(say(key, entry=row.entry, day=dates.day(row.on, words), what=whole))
    return made


def _row(made: Table, line: DayLine, day: Callable[[Day], str], words: Words) -> None:
    row, say = line.row, words.say
    typed_on, by = business_day_of(row.at), visible(row.by_name or row.by)
    time = dates.time_of_day(row.at, words)
    if typed_on != row.on:
        time = say("daybook.typed_later", day=dates.in_a_table([row.on, typed_on], words)(typed_on))
    begin = words.figures(row.entry), day(row.on), time
    name = told.whose(row, words)
    if line.folded:
        key = told.taken_back("daybook.cancelled_by" if row.reversed_by else "daybook.cancels", row)
        made.row(*begin, "", "", "", by, Cell(f"{name} · {_other(row, key, words)}", "dim"))
        return
    how, parts = told.parts_apart(line.effect, words)
    cancels = say(told.taken_back("daybook.cancels", row), entry=row.reverses) if row.reverses else ""
    text = " · ".join(part for part in (name, cancels, parts, *told.more(row, words)) if part)
    if line.cancelled and row.reversed_by:
        text = say(told.taken_back("statement.taken_back", row), what=text, entry=row.reversed_by)
    given, received = line.effect.given_paise, line.effect.received_paise
    # The amounts of several parts stand in the last column, which may run on: the one before keeps narrow.
    made.row(*begin, _amount(given, words), _amount(received, words), _how(line.effect, how, words), by, text)


def _amount(paise: int, words: Words) -> str:
    return words.rupees(paise) if paise else ""


def _how(did: Effect, how: str, words: Words) -> str:
    """How money moved; what else it was, where the amounts alone do not say it."""
    kind = "" if did.evident else words.say(f"kind.{did.kind}")
    return words.listed([kind, how]) or words.say("word.khata")


def _other(row: EntryRow, key: str, words: Words) -> str:
    return words.say(key, entry=row.reversed_by or row.reverses, amount=words.rupees(row.amount_paise or 0))


def _foot(made: Table, answer: DayBook, words: Words) -> None:
    """What the columns are made of, and by how much more or less is on the khata: what was given, less what came."""
    made.rule()
    for each in answer.movements():
        if each.paise:
            more, less = (words.rupees(each.paise), "") if each.paise > 0 else ("", words.rupees(-each.paise))
            made.row("", "", "", more, less, _what(each, words))
    given, received = totalled(answer.lines)
    change = given - received
    said = ""
    if change:
        said = f"{words.rupees(abs(change))}  {words.say('daybook.on_khata' if change > 0 else 'daybook.off_khata')}"
    made.total("", "", "", words.rupees(given), words.rupees(received), said)


def _what(each: Movement, words: Words) -> str:
    if each.account in MODES:
        key = "daybook.went_out" if each.given_back else "daybook.came_in"
        what = words.say(key, mode=words.say(f"mode.{each.account}"))
    else:
        own = f"daybook.{each.account}"
        what = words.say(own if words.has(own) else f"account.{each.account}")
    return words.say("daybook.cancelled", what=what) if each.cancelled else what
