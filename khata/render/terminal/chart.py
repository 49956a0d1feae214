"""A chart on the terminal: an amount and its bar, for each series side by side, or one below the other."""

from __future__ import annotations

from typing import Final

from khata.i18n.messages import Words
from khata.render.bar import bar
from khata.render.chart import Chart, ChartRow
from khata.render.terminal.cells import GAP
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import width

LEAST: Final = 5
"""Cells of a bar below which one cannot tell a good month from a bad one."""

MOST: Final = 40
"""Cells of the longest bar: a longer one is not read better."""

IN_A_PIPE: Final = 20
"""Cells of the longest bar where lines have no end."""


def table(chart: Chart, words: Words, columns: int | None) -> Table:
    """The chart. Whoever listens gets the amounts alone.

    Args:
        chart: what is on it.
        words: the language.
        columns: cells in a line of the terminal; None where lines have no end.
    """
    if words.aloud:
        return side_by_side(chart, words, 0)
    if columns is None:
        return side_by_side(chart, words, IN_A_PIPE)
    amounts, name = _widths(chart, words)
    with_heads = [max(each) for each in zip(amounts, map(width, chart.heads), strict=True)]
    beside = len(amounts)
    cells = (columns - sum(with_heads) - max(name, width(chart.names_head)) - 2 * GAP * beside) // beside
    if cells >= LEAST:
        return side_by_side(chart, words, min(MOST, cells))
    room = columns - max(amounts) - GAP
    alone = room - name - GAP
    # With no room for a bar before the names these go beneath.
    return below(chart, words, min(MOST, alone if alone >= LEAST else max(LEAST, room)))


def side_by_side(chart: Chart, words: Words, cells: int) -> Table:
    """A line a month, or an age, with bars of at most so many cells; of none there are no bars, for who listens."""
    heads = [Column(head, "right") for head in chart.heads]
    bars = [Column("")] if cells else []
    made = Table([*(each for head in heads for each in (head, *bars)), Column(chart.names_head, names=True)])
    for title in chart.titles:
        made.title(title)
    for row in chart.rows:
        drawn: list[str | Cell] = []
        for place, paise in enumerate(row.paise):
            drawn += [_rupees(paise, words), *([_bar(chart, row, place, cells)] if cells else [])]
        made.row(*drawn, row.name)
    name, sums = chart.total
    made.total(*(each for paise in sums for each in (_rupees(paise, words), *([""] if cells else []))), name)
    for note in chart.notes:
        made.line(note)
    return made


def below(chart: Chart, words: Words, cells: int) -> Table:
    """All months of one series, then all of the next, on one scale."""
    made = Table([Column("", "right"), Column(""), Column("", names=True)])
    for title in chart.titles:
        made.title(title)
    for place, head in enumerate(chart.heads):
        made.line("")
        made.line(Cell(head, "bold"))
        for row in chart.rows:
            made.row(_rupees(row.paise[place], words), _bar(chart, row, place, cells), row.name)
        name, sums = chart.total
        if sums[place] is not None:
            made.total(_rupees(sums[place], words), "", name)
    made.line("")
    for note in chart.notes:
        made.line(note)
    return made


def _rupees(paise: int | None, words: Words) -> str:
    return words.rupees(paise) if paise is not None else ""


def _bar(chart: Chart, row: ChartRow, place: int, cells: int) -> Cell:
    colour = chart.colours[place]
    # Blue on black is hardly seen: what is not told by red or green keeps the terminal's own colour.
    style = colour if colour in ("red", "green") else None
    return Cell(bar(row.paise[place], chart.most_paise, cells), style)


def _widths(chart: Chart, words: Words) -> tuple[list[int], int]:
    """The cells of the widest amount of each series, and of the widest name."""
    rows = [*chart.rows, chart.total]
    of_series = zip(*[paise for _, paise in rows], strict=True)
    return [max(width(_rupees(paise, words)) for paise in each) for each in of_series], max(
        width(name) for name, _ in rows
    )
