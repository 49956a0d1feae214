"""The faults of a file, by row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khata.i18n.messages import Words
from khata.render.terminal.table import Column, Table
from khata.render.text import visible

MOST = 40


def table(faults: Sequence[Mapping[str, object]], total: int, words: Words) -> Table:
    """One line a fault; after the first 40 only how many more of `total` there are."""
    say = words.say
    made = Table(
        [
            Column(say("head.row"), "right"),
            Column(say("head.column")),
            Column(say("head.value")),
            Column(say("head.what")),
        ]
    )
    for fault in faults[:MOST]:
        row = fault.get("row")
        made.row(
            str(row) if row else "",
            visible(str(fault.get("column") or "")),
            visible(str(fault.get("value") if fault.get("value") is not None else ""))[:40],
            str(fault.get("hint") or fault.get("code")),
        )
    if total > MOST:
        made.line(words.count("faults.more", total - MOST))
    return made
