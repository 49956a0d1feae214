"""A balance with its side, in colours that say no more than its words do."""

from __future__ import annotations

from khata.i18n.messages import Words
from khata.render.line import standing, style_of
from khata.render.terminal.cells import Cell


def side_cells(paise: int, words: Words, amount: str | None = None) -> tuple[Cell, Cell]:
    """The amount, in a style of its own, and the word for its side."""
    said, word = standing(paise, words)
    return Cell(said, amount), Cell(word, style_of(paise))
