"""The faults of a file, by row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from khata.i18n.messages import Words
from khata.render.terminal.table import Column, Table
from khata.render.text import visible

MOST = 40
"""Lines that somebody reads."""
_FEW = 5
_NAMED = 3

FaultLine = Mapping[str, Any]
"""As JSON has a kind of fault: `row`, `column`, `value`, `code`, `hint`, `count`, `rows`."""


def table(kinds: Sequence[FaultLine], words: Words) -> Table:
    """A line for what is the same in many rows; of one column and fault with many values the first few."""
    say = words.say
    made = Table(
        [
            Column(say("head.row"), "right"),
            Column(say("head.column")),
            Column(say("head.value")),
            Column(say("head.what")),
        ]
    )
    of = {(kind["column"], kind["code"]) for kind in kinds}
    each_of = MOST if len(kinds) <= MOST else max(_FEW, MOST // len(of))
    shown: Counter[tuple[str, str]] = Counter()
    left: Counter[tuple[str, str]] = Counter()
    for kind in kinds:
        which = (kind["column"], kind["code"])
        if kind.get("hint") is None or shown[which] == each_of or shown.total() == MOST:
            left[which] += kind["count"]
            continue
        shown[which] += 1
        made.row(_rows(kind), visible(str(kind["column"])), visible(str(kind["value"]))[:40], _what(kind, words))
    for (column, _), count in left.most_common(_FEW):
        made.row("", visible(column), "", words.count("faults.more", count))
    if rest := left.total() - sum(count for _, count in left.most_common(_FEW)):
        made.line(words.count("faults.more", rest))
    return made


def _rows(kind: FaultLine) -> str:
    rows: Sequence[int] = kind["rows"]
    if kind["count"] == 1:
        return str(kind["row"]) if kind["row"] else ""
    return ", ".join(map(str, rows[:_NAMED])) + (", …" if kind["count"] > _NAMED else "")


def _what(kind: FaultLine, words: Words) -> str:
    said = str(kind["hint"])
    return said if kind["count"] == 1 else words.count("faults.rows", kind["count"], what=said)
