"""What was changed, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from khata.grammar.days import business_day_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.editlog import CORRECTION, LATE, Edit, EditLog
from khata.questions.entries import EntryRow
from khata.render import told
from khata.render.line import clocks, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import Day
from khata.views.about import About
from khata.views.cut import Cut


def table(answer: EditLog, about: About | None, cut: Cut, words: Words) -> Table:
    """Each change with when it was recorded, the amount before and after, what it is, by whom, why and whose."""
    say = words.say
    heads = [Column(say(head), "right") for head in ("head.entry", "head.recorded")]
    heads += [Column(say(head), "right", yields=-1) for head in ("head.before", "head.after")]
    made = Table([*heads, Column(say("head.what"), names=True)] if answer.lines else [])
    days = say("edit_log.upto", day=dates.day(answer.last, words))
    if answer.first is not None:
        days = dates.span(answer.first, answer.last, words)
    of_days = say("edit_log.business_days" if answer.by_day else "edit_log.recorded", days=days)
    made.title(f"{shop(about)} · {say('title.edit_log')} · {of_days}", clocks(cut, words) if cut.given else "")
    if not answer.lines:
        made.line(say("edit_log.nothing"))
    typed_on = [business_day_of(each.row.at) for each in answer.lines]
    ons = [each.for_day for each in answer.lines]
    ons += [row.on for each in answer.lines for row in (each.row, each.before) if row is not None]
    day = dates.in_a_table([*typed_on, *ons], words)
    for each, on in zip(answer.lines, typed_on, strict=True):
        made.row(
            words.figures(each.row.entry),
            day(on),
            _amount(each.before_paise, words),
            _amount(each.after_paise, words),
            _told(each, day, words),
        )
    return made


def _amount(paise: int | None, words: Words) -> str:
    return words.rupees(paise) if paise is not None else ""


def _told(each: Edit, day: Callable[[Day], str], words: Words) -> Cell:
    """What it is, what is another way, how late it was, who did it and why; whose it is: last, or heard first."""
    parts, whose = list(filter(None, _parts(each, day, words))), told.whose(each.row, words)
    return Cell(" · ".join(filter(None, [*parts, whose])), aloud=" · ".join(filter(None, [whose, *parts])))


def _parts(each: Edit, day: Callable[[Day], str], words: Words) -> Iterator[str]:
    say, row = words.say, each.row
    yield _what(each, words)
    yield from _changed(each, day, words)
    if each.days_late is not None:
        yield words.count("edit_log.days_late", each.days_late, day=day(each.for_day))
    time = dates.time_of_day(row.at, words)
    yield say("edit_log.by", by=visible(row.by_name or row.by), time=time)
    yield visible(each.reason or "")
    if each.what == LATE:
        yield from told.more(row, words)


def _what(each: Edit, words: Words) -> str:
    row, before = each.row, each.before
    if each.file is not None:
        return words.count("edit_log.import", each.rows_here[0] if each.rows_here is not None else each.file[1])
    if each.batch is not None and before is not None:
        called = visible(each.batch.file or "") or words.say("imports.no_name")
        return words.count("edit_log.batch_reversed", each.batch.entries, file=called, entry=before.entry)
    if each.upto is not None:
        return words.say("edit_log.locked", day=dates.day(each.upto, words))
    if before is None:
        return words.say(f"kind.{row.kind}")
    what = words.say(f"kind.{before.kind}")
    return words.say(told.taken_back(f"edit_log.{each.what}", row), entry=before.entry, what=what)


def _changed(each: Edit, day: Callable[[Day], str], words: Words) -> Iterator[str]:
    """Of a correction, what is another way, with what it was where it fits on a line. The amounts have columns."""
    row, before = each.row, each.before
    if each.what != CORRECTION or before is None:
        return
    was: dict[str, Callable[[EntryRow], str]] = {
        "party": lambda entry: told.whose(entry, words),
        "day": lambda entry: day(entry.on),
        "mode": lambda entry: told.how(entry.effect, words) or words.say("word.khata"),
        "ref": lambda entry: visible(entry.ref or ""),
        "note": lambda entry: visible(entry.note or ""),
    }
    for what in each.changed:
        if what not in was:
            if what != "amount":
                yield words.say(f"edit_log.changed.{what}")
            continue
        old, new = was[what](before), was[what](row)
        name = words.say(f"edit_log.changed.{what}")
        if old != new and old and new:
            yield words.say("edit_log.from_to", what=name, before=old, after=new)
        else:
            yield words.say("edit_log.to", what=name, after=new) if new else name
