"""A chart on the terminal: an amount and its bar, for each series side by side, or one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from khata.i18n.messages import Words
from khata.render.bar import bar
from khata.render.chart import Chart, ChartRow
from khata.render.terminal.cells import GAP
from khata.render.terminal.table import Cell, Column, Piece, Table
from khata.render.text import width

LEAST: Final = 5
"""Cells of a bar below which one cannot tell a good month from a bad one."""

MOST: Final = 40
"""Cells of the longest bar: a longer one is not read better."""

IN_A_PIPE: Final = 20
"""Cells of the longest bar where lines have no end."""


class Bars(Table):
    """A table that is filled for the width it is drawn at: how long a bar may be is known only then."""

    def __init__(self, chart: Chart, words: Words) -> None:
        super().__init__(())
        self._chart, self._words, self._most_paise = chart, words, chart.most_paise

    def lines(self, terminal: int | None = None, *, moves: bool = False) -> Iterator[list[Piece]]:
        """As a table's; in a narrow terminal one series stands below the other."""
        self._fill(terminal)
        yield from super().lines(terminal, moves=moves)

    def plain(self) -> str:
        """As a table's."""
        self._fill(None)
        return super().plain()

    def aloud(self, comma: str = ", ") -> str:
        """The amounts alone: a line for each month, or age."""
        self._side_by_side(0)
        return super().aloud(comma)

    def _fill(self, terminal: int | None) -> None:
        if terminal is None:
            self._side_by_side(IN_A_PIPE)
            return
        chart = self._chart
        amounts, name = self._widths()
        taken = sum(max(each) for each in zip(amounts, map(width, chart.heads), strict=True))
        beside = len(amounts)
        cells = (terminal - taken - max(name, width(chart.names_head)) - 2 * GAP * beside) // beside
        if cells >= LEAST:
            self._side_by_side(min(MOST, cells))
            return
        room = terminal - max(amounts) - GAP
        alone = room - name - GAP
        # With no room for a bar before the names these go beneath.
        self._below(min(MOST, alone if alone >= LEAST else max(LEAST, room)))

    def _widths(self) -> tuple[list[int], int]:
        """The cells of the widest amount of each series, and of the widest name."""
        rows = [*self._chart.rows, self._chart.total]
        of_series = zip(*[paise for _, paise in rows], strict=True)
        amounts = [max(width(self._rupees(paise)) for paise in each) for each in of_series]
        return amounts, max(width(name) for name, _ in rows)

    def _begin(self, columns: Sequence[Column]) -> None:
        self._columns, self._titles, self._body = tuple(columns), [], []
        for title in self._chart.titles:
            self.title(title)

    def _side_by_side(self, cells: int) -> None:
        """A line for each row, with bars of at most so many cells; of 0 without any."""
        chart, bars = self._chart, [Column("")] if cells else []
        amounts = [column for head in chart.heads for column in (Column(head, "right"), *bars)]
        self._begin([*amounts, Column(chart.names_head, names=True)])
        for row in chart.rows:
            drawn: list[str | Cell] = []
            for place, paise in enumerate(row.paise):
                drawn += [self._rupees(paise), *([self._bar(row, place, cells)] if cells else [])]
            self.row(*drawn, row.name)
        name, sums = chart.total
        self.total(*(cell for paise in sums for cell in (self._rupees(paise), *([""] if cells else []))), name)
        for note in chart.notes:
            self.line(note)

    def _below(self, cells: int) -> None:
        """All rows of one series, then all of the next, on one scale."""
        chart = self._chart
        self._begin([Column("", "right"), Column(""), Column("", names=True)])
        for place, head in enumerate(chart.heads):
            self.line("")
            self.line(Cell(head, "bold"))
            for row in chart.rows:
                self.row(self._rupees(row.paise[place]), self._bar(row, place, cells), row.name)
            name, sums = chart.total
            if sums[place] is not None:
                self.total(self._rupees(sums[place]), "", name)
        self.line("")
        for note in chart.notes:
            self.line(note)

    def _rupees(self, paise: int | None) -> str:
        return self._words.rupees(paise) if paise is not None else ""

    def _bar(self, row: ChartRow, place: int, cells: int) -> Cell:
        colour = self._chart.colours[place]
        # Blue on black is hardly seen: what is not told by red or green keeps the terminal's own colour.
        style = colour if colour in ("red", "green") else None
        return Cell(bar(row.paise[place], self._most_paise, cells), style)
