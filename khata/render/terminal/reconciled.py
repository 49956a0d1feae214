"""What came of a statement: what was recorded and why, what is to be asked about, what is left, and what went out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.render.line import called
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible

SaidOfLine = Mapping[str, Any]
"""What is said of a line, of a candidate or of the whole, as JSON has it."""

_WIDE, _WHOLE = 44, 200
"""Characters of a bank's text that are shown in a table of 80 columns, and where it is asked about."""


def line_of(line: SaidOfLine, words: Words) -> str:
    """A line of the statement in one: its row, its day, its amount and its text."""
    on = dates.day(line["on"], words)
    return (
        f"{words.say('head.row')} {line['row']} · {on} · {words.rupees(line['amount_paise'])} · {_text(line, _WHOLE)}"
    )


def tables(said: SaidOfLine, words: Words) -> Iterator[Table]:
    """One after the other; what there is nothing of is left out."""
    yield _summary(said, words)
    if said["recorded"]:
        yield recorded_table(said["recorded"], words)
    if said["sure"]:
        yield recorded_table(said["sure"], words, "reconciled.sure")
    if said["doubtful"]:
        yield _doubtful(said["doubtful"], words)
    if said["left"]:
        whys = ["" if line["why"] == "nobody" else words.say(f"reconciled.left.{line['why']}") for line in said["left"]]
        yield _lines("reconciled.left", list(zip(said["left"], whys, strict=True)), words)
    if said["out"]:
        yield _lines("reconciled.out", [(line, _returns(line, words)) for line in said["out"]], words)
    if said["unseen"]:
        yield _unseen(said["unseen"], words)


def _summary(said: SaidOfLine, words: Words) -> Table:
    made = Table([])
    made.title(Cell(words.say("reconciled.title", file=visible(said["file"]), profile=said["profile"]), "bold"))
    if said["balance_checked"]:
        made.line(words.say("imported.balance_checked"))
    made.line(words.count("reconciled.matched", len(said["matched"])))
    for what in ("recorded", "sure", "doubtful", "left", "out"):
        if said[what]:
            made.line(words.count(f"reconciled.count.{what}", len(said[what])))
    if nothing := said["came_to_nothing"]:
        rows = ", ".join(map(str, nothing))
        made.line(words.count("reconciled.count.nothing", len(nothing), rows=rows))
    if said["unseen_at_counter"]:
        made.line(words.count("reconciled.count.at_counter", said["unseen_at_counter"]))
    return made


def recorded_table(lines: Sequence[SaidOfLine], words: Words, title: str = "reconciled.recorded") -> Table:
    """What is sure, and by what."""
    say = words.say
    ends = [Column(say("head.entry"), "right"), Column(say("head.name"), names=True), Column(say("head.why"))]
    made = Table([*_begun(words), *ends])
    made.title(say(title))
    for line in lines:
        why = say(f"reconciled.why.{line['why']}")
        if line["confirms"] is not None:
            why = f"{say('reconciled.confirms', entry=line['confirms'])}, {why}"
        made.row(*_begins(line, words), words.figures(line["entry"] or ""), called(line["name"], line["party"]), why)
    made.total("", "", _sum(lines, words), "", "", "")
    return made


def _begun(words: Words) -> list[Column]:
    """The first columns of each table: the row, the day, the amount."""
    say = words.say
    return [
        Column(say("head.row"), "right"),
        Column(say("head.date"), "right"),
        Column(say("head.amount"), "right", 12),
    ]


def _begins(line: SaidOfLine, words: Words) -> tuple[str, str, Cell]:
    amount = Cell(words.rupees(line["amount_paise"]), "bold")
    return str(line["row"]), dates.day(line["on"], words), amount


def _sum(lines: Sequence[SaidOfLine], words: Words) -> str:
    return words.rupees(sum(line["amount_paise"] for line in lines))


def _doubtful(lines: Sequence[SaidOfLine], words: Words) -> Table:
    say = words.say
    made = Table([*_begun(words), Column(say("head.maybe")), Column(say("head.text"))])
    made.title(say("reconciled.doubtful"))
    for line in lines:
        maybe = words.listed(candidate(each, words) for each in line["candidates"])
        made.row(*_begins(line, words), maybe, _text(line))
    return made


def candidate(each: SaidOfLine, words: Words) -> str:
    """One who may be meant, and by which entry."""
    name = called(each["name"], each["party"]) if each["party"] is not None else words.say("word.counter")
    return name if each["entry"] is None else words.say("reconciled.stands", name=name, entry=each["entry"])


def _lines(title: str, rows: Sequence[tuple[SaidOfLine, str]], words: Words) -> Table:
    made = Table([*_begun(words), Column(words.say("head.text"))])
    made.title(words.say(title))
    for line, what in rows:
        made.row(*_begins(line, words), " · ".join(part for part in (what, _text(line)) if part))
    made.total("", "", _sum([line for line, _ in rows], words), "")
    return made


def _returns(line: SaidOfLine, words: Words) -> str:
    """Which money that came in went back by a line, and what to type where that stands in the book."""
    if line["returns_row"] is None:
        return ""
    key = "reconciled.returns.entry" if line["returns"] else "reconciled.returns"
    return words.say(key, row=line["returns_row"], entry=line["returns"])


def _unseen(lines: Sequence[SaidOfLine], words: Words) -> Table:
    say = words.say
    made = Table(
        [
            Column(say("head.entry"), "right"),
            Column(say("head.date"), "right"),
            Column(say("head.amount"), "right", 12),
            Column(say("head.mode")),
            Column(say("head.name"), names=True),
        ]
    )
    made.title(say("reconciled.unseen"))
    for line in lines:
        made.row(
            words.figures(line["entry"]),
            dates.day(line["on"], words),
            words.rupees(line["amount_paise"]),
            say(f"mode.{line['mode']}"),
            called(line["name"], line["party"]) if line["party"] is not None else say("word.counter"),
        )
    made.total("", "", _sum(lines, words), "", "")
    return made


def _text(line: SaidOfLine, most: int = _WIDE) -> str:
    text = visible(" ".join(line["text"].split()) or line["payer"])
    return text if len(text) <= most else text[: most - 1] + "…"
