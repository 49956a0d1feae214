"""What a table is made of: columns, cells, and the runs of text that its lines become."""

from typing import Final, Literal, NamedTuple

from khata.render.cell import Cell
from khata.render.text import visible, width

__all__ = ["GAP", "NOTHING", "Cell", "Column", "Laid", "LaidRow", "Pair", "Piece", "laid", "laid_cell", "runs_on"]

GAP: Final = 2
"""Cells between two columns."""

# Tuples, for a data class takes a millisecond to be made.


class Column(NamedTuple):
    """A column: its head, the side its cells keep to, the least number of cells it is wide, and what it is.

    Attributes:
        head: "" for a column that says more of the one before it (a side, a unit): the two stay together.
        align: amounts and numbers keep to the right; they are never folded where there is another way.
        least: cells; on a narrow terminal it shrinks to what is there.
        yields: on a narrow terminal the columns with the highest number go beneath their row first, all that have the
            same one together; then the last column; then all below 0, and those with 0 from the right. The first stays.
        names: whether it says whom, or what, the row is about.
        tells: whether its cells say by themselves what they are: their head is not read.
    """

    head: str
    align: Literal["left", "right"] = "left"
    least: int = 0
    yields: int = 0
    names: bool = False
    tells: bool = False


class Piece(NamedTuple):
    """A run of text in a laid-out line; `move` is the column, from 0, that the cursor is put into after it."""

    text: str
    style: str | None = None
    move: int | None = None


class Laid(NamedTuple):
    """A cell as it is drawn: its visible text, the cells that takes, its style; and what is read for it, if other."""

    text: str
    taken: int
    style: str | None
    aloud: str = ""


class LaidRow(NamedTuple):
    """Cells under the columns, and a text at the right edge."""

    cells: tuple[Laid, ...]
    right: Laid


class Pair(NamedTuple):
    """A line that keeps to no column: a text at the left, and one at the right edge."""

    left: Laid
    right: Laid


def laid(text: str, style: str | None = None, aloud: str = "") -> Laid:
    """A text as it is drawn, and as it is read out."""
    if text.isascii() and text.isprintable():  # nearly all of a long day book
        return Laid(text, len(text), style, aloud)
    drawn = visible(text)
    return Laid(drawn, width(drawn), style, aloud)


def laid_cell(text: str | Cell, style: str | None = None) -> Laid:
    """A cell as it is drawn; `style` where it has none of its own."""
    if isinstance(text, Cell):
        return laid(text.text, text.style or style, visible(text.aloud) if text.aloud else "")
    return laid(text, style)


NOTHING: Final = laid("")


def runs_on(cells: tuple[Laid, ...], columns: tuple[Column, ...]) -> bool:
    """Whether the last cell of a short row may go on across the columns that remain."""
    return 0 < len(cells) < len(columns) and columns[len(cells) - 1].align == "left"
