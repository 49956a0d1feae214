"""What came of a statement: what was recorded and why, what is to be asked about, what is left, and what went out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.i18n.money import rupees
from khata.importing.bank_lines import StatementLine
from khata.reconciling.run import Reconciled, RecordedLine
from khata.render.line import called
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import Party

Called = Mapping[Party, str | None]

_WIDE = 60
"""Characters of a bank's text that are shown."""


def line_of(line: StatementLine, words: Words) -> str:
    """A line of the statement in one: its row, its day, its amount and its text."""
    on = dates.day(line.on, words.language)
    return f"{words.say('head.row')} {line.row} · {on} · {rupees(abs(line.paise))} · {_text(line)}"


def tables(found: Reconciled, names: Called, words: Words) -> Iterator[Table]:
    """One after the other; what there is nothing of is left out."""
    yield _summary(found, words)
    if found.recorded:
        yield recorded_table(found.recorded, found, names, words)
    if found.sure:
        yield recorded_table(found.sure, found, names, words, "reconciled.sure")
    if found.doubtful:
        yield _doubtful(found, names, words)
    if found.left:
        rows = [(found.lines[row], words.say(f"reconciled.left.{each.why}")) for row, each in found.left.items()]
        yield _lines("reconciled.left", rows, words)
    if found.out:
        back = {out: row for row, out in found.returned.items()}
        yield _lines(
            "reconciled.out", [(line, _returns(found, back.get(line.row), words)) for line in found.out], words
        )
    if found.unseen:
        yield _unseen(found, names, words)


def _summary(found: Reconciled, words: Words) -> Table:
    made = Table([])
    file = found.file
    made.title(Cell(words.say("reconciled.title", file=visible(file.name), profile=file.profile), "bold"))
    if file.balance_checked:
        made.line(words.say("imported.balance_checked"))
    made.line(words.count("reconciled.matched", len(found.matched)))
    counts = (("recorded", found.recorded), ("doubtful", found.doubtful), ("left", found.left), ("out", found.out))
    for what, those in counts:
        if those:
            made.line(words.count(f"reconciled.count.{what}", len(those)))
    return made


def recorded_table(
    lines: Sequence[RecordedLine], found: Reconciled, names: Called, words: Words, title: str = "reconciled.recorded"
) -> Table:
    """What is sure, and by what."""
    say = words.say
    made = Table(
        [
            Column(say("head.row"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.entry"), "right"),
            Column(say("head.name")),
            Column(say("head.why")),
        ]
    )
    made.title(say(title))
    for each in lines:
        line = found.lines[each.row]
        why = say(f"reconciled.why.{each.why}")
        if each.confirms is not None:
            why = f"{say('reconciled.confirms', entry=each.confirms)}, {why}"
        made.row(
            str(each.row),
            dates.day(line.on, words.language),
            Cell(rupees(each.paise), "bold"),
            str(each.entry or ""),
            called(names.get(each.party), each.party),
            why,
        )
    made.total("", "", rupees(sum(each.paise for each in lines)), "", "", "")
    return made


def _doubtful(found: Reconciled, names: Called, words: Words) -> Table:
    say = words.say
    made = Table(
        [
            Column(say("head.row"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.maybe")),
            Column(say("head.text")),
        ]
    )
    made.title(say("reconciled.doubtful"))
    for row, asked in found.doubtful.items():
        line = found.lines[row]
        maybe = []
        for each in asked.candidates:
            name = called(names.get(each.party), each.party) if each.party is not None else say("word.counter")
            maybe.append(name if each.entry is None else say("reconciled.stands", name=name, entry=each.entry))
        made.row(
            str(row),
            dates.day(line.on, words.language),
            Cell(rupees(line.paise), "bold"),
            ", ".join(maybe),
            _text(line),
        )
    return made


def _lines(title: str, rows: Sequence[tuple[StatementLine, str]], words: Words) -> Table:
    say = words.say
    made = Table(
        [
            Column(say("head.row"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.text")),
        ]
    )
    made.title(say(title))
    for line, what in rows:
        text = " · ".join(part for part in (what, _text(line)) if part)
        made.row(str(line.row), dates.day(line.on, words.language), rupees(abs(line.paise)), text)
    made.total("", "", rupees(sum(abs(line.paise) for line, _ in rows)), "")
    return made


def _returns(found: Reconciled, row: int | None, words: Words) -> str:
    """Which money that came in went back by a line, and what to type where that stands in the book."""
    if row is None:
        return ""
    entry = next((each.entry for each in found.matched if each.row == row), None)
    return words.say("reconciled.returns.entry" if entry else "reconciled.returns", row=row, entry=entry)


def _unseen(found: Reconciled, names: Called, words: Words) -> Table:
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.mode")),
            Column(say("head.name")),
        ]
    )
    made.title(say("reconciled.unseen"))
    for each in found.unseen:
        made.row(
            str(each.entry),
            dates.day(each.on, words.language),
            rupees(each.paise),
            say(f"mode.{each.mode}"),
            called(names.get(each.party), each.party) if each.party is not None else say("word.counter"),
        )
    made.total("", "", rupees(sum(each.paise for each in found.unseen)), "", "")
    return made


def _text(line: StatementLine) -> str:
    text = visible(" ".join(line.text.split()) or line.name)
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"
