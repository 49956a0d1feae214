"""A ruler as wide as the terminal, and how many cells each script takes on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from khata.i18n.messages import Words
from khata.render.terminal.table import Cell, Column, Table


def ruler(columns: int) -> str:
    """So many cells: a mark at each fifth, a number at each tenth.

    >>> ruler(23)
    '....:....1....:....2...'
    """
    return "".join(str(at // 10 % 10) if at % 10 == 0 else ":" if at % 5 == 0 else "." for at in range(1, columns + 1))


def table(said: Mapping[str, Any], words: Words) -> Table:
    """A line a script: the cells that khata counts, those that the terminal took, whether these agree, and the text."""
    heads = Column("khata", "right"), Column(words.say("doctor.check.terminal"), "right")
    made = Table([*heads, Column(""), Column(words.say("ruler.text"), names=True)])
    made.title(words.say("ruler.size", columns=said["columns"], rows=said["rows"]))
    for each in said["scripts"]:
        khata, terminal = each["khata"], each["terminal"]
        if terminal is None:
            verdict = Cell(words.say("ruler.not_said"), "yellow")
        elif terminal == khata:
            verdict = Cell(words.say("ruler.agrees"), "green")
        else:
            verdict = Cell(words.say("ruler.differs", by=f"{terminal - khata:+d}"), "yellow")
        made.row(words.number(khata), "?" if terminal is None else words.number(terminal), verdict, each["text"])
    return made
