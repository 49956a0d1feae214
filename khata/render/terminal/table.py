"""Tables whose columns stay straight in every script: the caller puts amounts first and names last.

The layout is our own, measured by `text.width`; Rich only turns styles and cursor moves into codes, or leaves them out.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from khata.render.text import folded, right_to_left, uncertain, visible, width

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment

GAP: Final = 2
"""Cells between two columns."""

_GAP: Final = " " * GAP

PAGE: Final = 80
"""The right edge, in cells, to which right-hand texts go in a pipe, and on a terminal if no row reaches further."""

WIDEST: Final = 200
"""A column is not made wider for a longer cell: nobody is called so, and each row would be filled up to it."""

NARROWEST: Final = 12
"""A last column with fewer cells than this is left to the terminal to wrap."""

LEFT_TO_RIGHT_MARK: Final = "\u200e"


# Tuples, for a data class takes a millisecond to be made.


class Column(NamedTuple):
    """A column: its head, the side its cells keep to, and the least number of cells it is wide."""

    head: str
    align: Literal["left", "right"] = "left"
    least: int = 0


class Cell(NamedTuple):
    """A text with a style of Rich's (`bold`, `red`). The style may be lost: the words alone must say it all."""

    text: str
    style: str | None = None


class Piece(NamedTuple):
    """A run of text in a laid-out line; `move` is the column, from 0, that the cursor is put into after it."""

    text: str
    style: str | None = None
    move: int | None = None


class _Laid(NamedTuple):
    """A cell as it is drawn: its visible text, the cells that takes, its style."""

    text: str
    taken: int
    style: str | None


class _Row(NamedTuple):
    cells: tuple[_Laid, ...]
    right: _Laid


class _Pair(NamedTuple):
    left: _Laid
    right: _Laid


class Table:
    """Title lines, a head, rows and lines beneath, laid out together and printed in the order they were added.

    A row with fewer cells than there are columns lets its last cell run on across the columns that remain, if that
    cell keeps to the left. The head is left out where no column has one.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._titles: list[_Pair] = []
        self._body: list[_Row | _Pair | None] = []

    def title(self, left: str | Cell, right: str | Cell = "") -> None:
        """A line above the head; `right` stands at the right edge."""
        self._titles.append(_Pair(_cell(left), _cell(right)))

    def row(self, *cells: str | Cell, right: str | Cell = "", style: str | None = None) -> None:
        """A row. `style` is for the cells that have none of their own; `right` goes to the right edge.

        Raises:
            ValueError: there are more cells than columns.
        """
        if len(cells) > len(self._columns):
            raise ValueError(f"{len(cells)} cells for {len(self._columns)} columns")
        drawn = tuple([_laid(each, style) if type(each) is str else _cell(each, style) for each in cells])
        self._body.append(_Row(drawn, _cell(right, style) if right else _NOTHING))

    def total(self, *cells: str | Cell, right: str | Cell = "") -> None:
        """A row of sums: bold where the terminal can."""
        self.row(*cells, right=right, style="bold")

    def rule(self) -> None:
        """A line drawn across the columns."""
        self._body.append(None)

    def line(self, left: str | Cell, right: str | Cell = "") -> None:
        """A line among the rows that keeps to no column."""
        self._body.append(_Pair(_cell(left), _cell(right)))

    def print(self, console: "Console") -> None:
        """Print it; on a terminal with cursor moves, styles and long last cells folded, elsewhere as `plain`."""
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
        layout = self._layout(None, moves=False)
        return "".join([line for row in self._rows() for line in layout.texts(row)])

    def lines(self, terminal: int | None = None, *, moves: bool = False) -> Iterator[list[Piece]]:
        """The laid-out lines.

        Args:
            terminal: the cells in a line of the terminal; None where lines have no end.
            moves: whether the cursor can be moved, and marks of direction understood.
        """
        layout = self._layout(terminal, moves=moves)
        for row in self._rows():
            yield from layout.drawn(row)

    def _rows(self) -> Iterator["_Row | _Pair | None"]:
        """All that is drawn, from the top: titles, the head if there is one, rows, lines and rules (None)."""
        yield from self._titles
        if any(column.head for column in self._columns):
            yield _Row(tuple([_laid(column.head, "bold") for column in self._columns]), _NOTHING)
        yield from self._body

    def _layout(self, terminal: int | None, *, moves: bool) -> "_Layout":
        widths = self._widths()
        starts = [sum(widths[:index]) + GAP * index for index in range(len(widths))]
        page = PAGE
        if terminal is not None:
            page = min(terminal, max([PAGE, *(self._reach(row, starts, widths) for row in self._body)]))
        return _Layout(self._columns, widths, starts, terminal, page, moves)

    def _widths(self) -> list[int]:
        """The cells of each column, as wide as its widest cell that may not run on."""
        widths = [max(column.least, width(visible(column.head))) for column in self._columns]
        for row in self._body:
            if isinstance(row, _Row):
                cells = row.cells
                runs_on = 0 < len(cells) < len(widths) and self._columns[len(cells) - 1].align == "left"
                for index, cell in enumerate(cells[:-1] if runs_on else cells):
                    if cell.taken > widths[index]:
                        widths[index] = max(widths[index], min(cell.taken, WIDEST))
        return widths

    def _reach(self, row: "_Row | _Pair | None", starts: list[int], widths: list[int]) -> int:
        """The cells that a row takes with its last one unfolded."""
        if not isinstance(row, _Row) or not row.cells:
            return 0
        last = len(row.cells) - 1
        return starts[last] + (row.cells[last].taken if self._columns[last].align == "left" else widths[last])


class _Layout(NamedTuple):
    columns: tuple[Column, ...]
    widths: list[int]
    starts: list[int]
    terminal: int | None
    page: int
    moves: bool

    def drawn(self, row: _Row | _Pair | None) -> Iterator[list[Piece]]:
        """The lines of a row, a pair of texts, or a rule (None)."""
        if row is None:
            yield [Piece("─" * min(sum(self.widths) + GAP * (len(self.widths) - 1), self.page))]
        elif isinstance(row, _Pair):
            yield from self.pair(row)
        else:
            yield from self.row(row)

    def texts(self, row: _Row | _Pair | None) -> list[str]:
        """The lines of a row for a pipe, as text: a year's rows take a fraction of the time that their pieces do."""
        if not isinstance(row, _Row) or row.right.text:
            return ["".join([piece.text for piece in line]) + "\n" for line in self.drawn(row)]
        texts, end = [], 0
        for index, (text, taken, _) in enumerate(row.cells):
            blank = " " * (self.widths[index] - taken)
            texts.append(f"{blank}{text}" if self.columns[index].align == "right" else f"{text}{blank}")
            if text:
                end = index + 1
        if end and self.columns[end - 1].align == "left":
            texts[end - 1] = row.cells[end - 1].text
        return [_GAP.join(texts[:end]) + "\n"]

    def row(self, row: _Row) -> Iterator[list[Piece]]:
        """The lines of a row: one, and further ones for a last cell that is folded."""
        filled = [index for index, cell in enumerate(row.cells) if cell.text]
        last = filled[-1] if filled else 0
        pieces: list[Piece] = []
        for index in range(last):
            pieces += self._padded(row.cells[index], index)
        if not filled:
            yield from self._with_right(pieces, 0, row.right)
            return
        cell = row.cells[last]
        text, start = cell.text, self.starts[last]
        if self.columns[last].align == "right":
            blank = self.widths[last] - cell.taken
            pieces += [Piece(" " * blank), Piece(self._marked(text), cell.style)]
            yield from self._with_right(pieces, start + self.widths[last], row.right)
            return
        lines = self._folded(text, start)
        for index, line in enumerate(lines):
            pieces = [*(pieces if index == 0 else [Piece(" " * start)]), Piece(self._marked(line), cell.style)]
            if index < len(lines) - 1:
                yield pieces
        yield from self._with_right(pieces, start + width(lines[-1]), row.right)

    def pair(self, pair: _Pair) -> Iterator[list[Piece]]:
        """The lines of a text at the left and one at the right edge."""
        lines = self._folded(pair.left.text, 0)
        pieces: list[Piece] = []
        for index, line in enumerate(lines):
            pieces = [Piece(self._marked(line), pair.left.style)]
            if index < len(lines) - 1:
                yield pieces
        yield from self._with_right(pieces, width(lines[-1]), pair.right)

    def _with_right(self, pieces: list[Piece], end: int, right: _Laid) -> Iterator[list[Piece]]:
        """The line that ends in cell `end`, and the right-hand text on it, or beneath it where it does not fit."""
        if not right.text:
            yield pieces
            return
        start = max(0, self.page - right.taken)
        if end and start < end + GAP and self.terminal is not None:
            yield pieces
            pieces, end = [], 0
        elif end:
            start = max(start, end + GAP)
        unsure = self.moves and end and any(uncertain(piece.text) for piece in pieces)
        gap = Piece(" " * (start - end), None, start if unsure else None)
        yield [*pieces, gap, Piece(self._marked(right.text), right.style)]

    def _padded(self, cell: _Laid, index: int) -> list[Piece]:
        """A cell that others follow, filled up to where the next one starts."""
        text = cell.text
        blank = " " * (self.widths[index] - cell.taken)
        move = self.starts[index + 1] if self.moves and uncertain(text) else None
        if self.columns[index].align == "right":
            return [Piece(blank), Piece(self._marked(text), cell.style), Piece(_GAP, None, move)]
        return [Piece(self._marked(text), cell.style), Piece(blank + _GAP, None, move)]

    def _folded(self, text: str, start: int) -> list[str]:
        """The lines of a text that starts in cell `start` of the terminal."""
        if self.terminal is None or self.terminal - start < NARROWEST:
            return [text]
        return folded(text, self.terminal - start, self.terminal - start)

    def _marked(self, text: str) -> str:
        """With the mark that keeps what follows right-to-left text from being drawn before it."""
        return text + LEFT_TO_RIGHT_MARK if self.moves and right_to_left(text) else text


def _cell(text: str | Cell, style: str | None = None) -> _Laid:
    if isinstance(text, Cell):
        return _laid(text.text, text.style or style)
    return _laid(text, style)


def _laid(text: str, style: str | None = None) -> _Laid:
    if text.isascii() and text.isprintable():  # nearly all of a long day book
        return _Laid(text, len(text), style)
    drawn = visible(text)
    return _Laid(drawn, width(drawn), style)


_NOTHING: Final = _laid("")


def _segments(pieces: list[Piece], *, console: "Console") -> Iterator["Segment"]:
    from rich.control import Control
    from rich.segment import Segment

    for text, style, move in pieces:
        if text:
            yield Segment(text, console.get_style(style) if style else None)
        if move is not None:
            yield Control.move_to_column(move).segment
