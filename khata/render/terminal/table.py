"""Tables whose columns stay straight in every script: the caller puts amounts first and names last.

The layout is our own, measured by `text.width`; Rich only turns styles and cursor moves into codes, or leaves them out.
On a terminal nothing is wider than it: `fitting` says which columns stand side by side, `drawing` makes the lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from khata.render.terminal.cells import NOTHING, Cell, Column, LaidRow, Pair, Piece, laid, laid_cell
from khata.render.terminal.drawing import Drawing
from khata.render.terminal.fitting import plan

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment

__all__ = ["Cell", "Column", "Piece", "Table"]


class Table:
    """Title lines, a head, rows and lines beneath, laid out together and printed in the order they were added.

    A row with fewer cells than there are columns lets its last cell run on across the columns that remain, if that
    cell keeps to the left. The head is left out where no column has one.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._titles: list[Pair] = []
        self._body: list[LaidRow | Pair | None] = []

    def title(self, left: str | Cell, right: str | Cell = "") -> None:
        """A line above the head; `right` stands at the right edge."""
        self._titles.append(Pair(laid_cell(left), laid_cell(right)))

    def row(self, *cells: str | Cell, right: str | Cell = "", style: str | None = None) -> None:
        """A row. `style` is for the cells that have none of their own; `right` goes to the right edge.

        Raises:
            ValueError: there are more cells than columns.
        """
        if len(cells) > len(self._columns):
            raise ValueError(f"{len(cells)} cells for {len(self._columns)} columns")
        drawn = tuple([laid(each, style) if type(each) is str else laid_cell(each, style) for each in cells])
        self._body.append(LaidRow(drawn, laid_cell(right, style) if right else NOTHING))

    def total(self, *cells: str | Cell, right: str | Cell = "") -> None:
        """A row of sums: bold where the terminal can."""
        self.row(*cells, right=right, style="bold")

    def rule(self) -> None:
        """A line drawn across the columns."""
        self._body.append(None)

    def line(self, left: str | Cell, right: str | Cell = "") -> None:
        """A line among the rows that keeps to no column."""
        self._body.append(Pair(laid_cell(left), laid_cell(right)))

    def print(self, console: Console) -> None:
        """Print it; on a terminal with cursor moves, styles and folded to its width, elsewhere as `plain`."""
        from rich.segment import Segments

        at = console.width if console.is_terminal else None
        moves = console.is_terminal and not console.is_dumb_terminal
        segments = [
            segment
            for line in self.lines(at, moves=moves)
            for segment in _segments([*line, Piece("\n")], console=console)
        ]
        console.print(Segments(segments), end="", soft_wrap=True)

    def plain(self) -> str:
        """The text for a pipe or a file: nothing cut or folded, no codes; ends with a newline. Loads no Rich."""
        drawing = Drawing(plan(self._columns, self._body, None), moves=False)
        return "".join([line for row in self._rows() for line in drawing.texts(row)])

    def aloud(self, comma: str = ", ") -> str:
        """For who listens to it: a row a line, whom it is about first, `comma` between facts. Loads no Rich."""
        from khata.render.terminal.aloud import read_aloud

        return "".join([line + "\n" for line in read_aloud(self._columns, [*self._titles, *self._body], comma)])

    def on_paper(self) -> dict[str, Any]:
        """What a template of paper reads: titles, columns, rows of cells; columns that are empty are left out."""
        rows = [row for row in self._body if row is not None]
        there = [
            index
            for index in range(len(self._columns))
            if any(isinstance(row, LaidRow) and index < len(row.cells) and row.cells[index].text for row in rows)
        ]

        def cells(row: LaidRow | Pair) -> list[dict[str, str]]:
            laid_out = [row.left] if isinstance(row, Pair) else [row.cells[at] for at in there if at < len(row.cells)]
            return [{"text": cell.text, "style": cell.style or ""} for cell in laid_out]

        return {
            "titles": [[each.left.text, each.right.text] for each in self._titles],
            "columns": [{"head": self._columns[at].head, "align": self._columns[at].align} for at in there],
            "rows": [{"cells": cells(row), "line": isinstance(row, Pair), "right": row.right.text} for row in rows],
        }

    def lines(self, terminal: int | None = None, *, moves: bool = False) -> Iterator[list[Piece]]:
        """The laid-out lines.

        Args:
            terminal: the cells in a line of the terminal, and no line has more; None where lines have no end.
            moves: whether the cursor can be moved, and marks of direction understood.
        """
        drawing = Drawing(plan(self._columns, self._body, terminal), moves)
        for title in self._titles:
            yield from drawing.drawn(title)
        if self._has_heads:
            yield from drawing.heads()
        for row in self._body:
            yield from drawing.drawn(row)

    @property
    def _has_heads(self) -> bool:
        return any(column.head for column in self._columns)

    def _rows(self) -> Iterator[LaidRow | Pair | None]:
        """All that is drawn in a pipe, from the top: titles, the head if there is one, rows, lines and rules (None)."""
        yield from self._titles
        if self._has_heads:
            yield LaidRow(tuple([laid(column.head) for column in self._columns]), NOTHING)
        yield from self._body


def _segments(pieces: list[Piece], *, console: Console) -> Iterator[Segment]:
    from rich.control import Control
    from rich.segment import Segment

    for text, style, move in pieces:
        if text:
            yield Segment(text, console.get_style(style) if style else None)
        if move is not None:
            yield Control.move_to_column(move).segment
