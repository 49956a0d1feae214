"""What the shop says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from khata.i18n.messages import Words
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible


def card(facts: Mapping[str, str | None], words: Words) -> Table:
    """The shop, a line for each fact; what is not known is shown as a dash, so that it is seen to be missing."""
    made = Table([Column("", "right"), Column("")])
    made.title(Cell(visible(facts["name"] or ""), "bold"), "")
    for key, value in facts.items():
        if key != "name":
            made.row(words.say(f"shop.{key}"), visible(value) if value else "-")
    return made
