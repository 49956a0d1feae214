"""A day in the shop."""

from __future__ import annotations

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.i18n.money import rupees
from khata.postings.effect import Effect
from khata.questions.daybook import DayBook, DayLine
from khata.questions.entries import EntryRow
from khata.render import told
from khata.render.line import clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import MODES
from khata.views.about import About
from khata.views.cut import Cut


def table(answer: DayBook, about: About | None, cut: Cut, words: Words) -> Table:
    """Each entry with its time, who typed it and how it was paid; then the sums."""
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.at"), "right"),
            Column(say("head.given"), "right", 11),
            Column(say("head.received"), "right", 11),
            Column(say("head.mode")),
            Column(say("head.by")),
            Column(say("head.name")),
        ]
    )
    span = dates.span(answer.first, answer.last, words.language)
    made.title(f"{shop(about)} · {say('title.daybook')} · {span}", clocks(cut, words) if cut.given else "")
    for line in answer.lines:
        _row(made, line, words)
    _sums(made, answer, words)
    for row in answer.typed_for_other_days:
        text = say(
            "daybook.typed_for",
            entry=row.entry,
            day=dates.day(row.on, words.language),
            what=say("daybook.cancels", entry=row.reverses) if row.reverses else say(f"kind.{row.kind}"),
            amount=rupees(row.amount_paise) if row.amount_paise else "",
            name=told.whose(row, words),
        )
        made.line(" ".join(text.split()))
    return made


def _row(made: Table, line: DayLine, words: Words) -> None:
    row, say = line.row, words.say
    day = dates.day_short(row.on, words.language)
    typed_on, _, time = dates.clock(row.at, words.language).rpartition(" ")
    if typed_on != dates.day(row.on, words.language):
        time = say("daybook.typed_later", day=typed_on)
    by = visible(row.by_name or row.by)
    name = told.whose(row, words)
    if line.cancelled:
        key = "daybook.cancelled_by" if row.reversed_by else "daybook.cancels"
        made.row(str(row.entry), day, time, "", "", "", by, Cell(f"{name} · {_other(row, key, words)}", "dim"))
        return
    given, received = line.effect.given_paise, line.effect.received_paise
    made.row(
        str(row.entry),
        day,
        time,
        rupees(given) if given else "",
        rupees(received) if received else "",
        _how(line.effect, words),
        by,
        " · ".join([name, *told.more(row)]),
    )


def _how(did: Effect, words: Words) -> str:
    """How money moved; what else it was, where the amounts alone do not say it."""
    kind = "" if did.evident else words.say(f"kind.{did.kind}")
    return ", ".join(part for part in (kind, told.how(did, words)) if part) or words.say("word.khata")


def _other(row: EntryRow, key: str, words: Words) -> str:
    return words.say(key, entry=row.reversed_by or row.reverses, amount=rupees(row.amount_paise or 0))


def _sums(made: Table, answer: DayBook, words: Words) -> None:
    sums, say = answer.by_account_paise, words.say
    made.rule()
    parts = [(say("daybook.sales"), -sums.get("sales", 0)), (say("daybook.returns"), -sums.get("returns", 0))]
    parts += [(say(f"account.{account}"), -sums.get(account, 0)) for account in ("output_gst", "round_off")]
    for mode in MODES:
        money = sums.get(mode, 0)
        parts.append(
            (say("daybook.came_in" if money > 0 else "daybook.went_out", mode=say(f"mode.{mode}")), abs(money))
        )
    change = sums.get("party", 0)
    parts.append((say("daybook.on_khata" if change > 0 else "daybook.off_khata"), abs(change)))
    for text, amount in parts:
        if amount:
            made.line(f"{rupees(amount):>14}  {text}")
