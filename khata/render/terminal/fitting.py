"""Which columns of a table stand side by side, how wide, and which of them go beneath their row."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from khata.render.terminal.cells import GAP, Column, LaidRow, Pair, runs_on
from khata.render.text import visible, width

PAGE: Final = 80
"""The right edge, in cells, to which right-hand texts go in a pipe, and on a terminal if no row reaches further."""

WIDEST: Final = 200
"""A column is not made wider for a longer cell: nobody is called so, and each row would be filled up to it."""

ROOM: Final = 24
"""Cells that the last column has at least where it stands beside the others; with fewer it goes beneath."""

SNUG: Final = 16
"""A column of words between others is not folded narrower than this."""

INDENT: Final = 4
"""Cells before what stands beneath its row."""

Body = Sequence[LaidRow | Pair | None]


class Plan(NamedTuple):
    """Where everything goes.

    Attributes:
        columns: all of them.
        across: the places of those that stand side by side.
        beneath: of those that follow on lines of their own, in the order in which they are read.
        widths: cells of each column.
        starts: the cell in which each begins; of one that is not across, the next one's.
        terminal: cells in a line; None where lines have no end.
        indent: cells before what stands beneath.
        page: the right edge.
    """

    columns: tuple[Column, ...]
    across: tuple[int, ...]
    beneath: tuple[int, ...]
    widths: list[int]
    starts: list[int]
    terminal: int | None
    indent: int
    page: int

    @property
    def bare(self) -> int | None:
        """The column that leads what stands beneath, without its head before each cell; None if all have theirs."""
        return self.beneath[0] if self.beneath and max(self.beneath) > max(self.across, default=-1) else None

    @property
    def end(self) -> int:
        """The cell at which the columns end."""
        return sum(self.widths[index] for index in self.across) + GAP * max(0, len(self.across) - 1)


def plan(columns: tuple[Column, ...], body: Body, terminal: int | None) -> Plan:
    """Lay columns out; on a terminal (its cells) so that nothing is wider than it."""
    contents = _contents(columns, body)
    every = tuple(range(len(columns)))
    if terminal is None:
        widths = [
            max(column.least, width(visible(column.head)), min(contents[index], WIDEST))
            for index, column in enumerate(columns)
        ]
        return Plan(columns, every, (), widths, _starts(every, widths), None, INDENT, PAGE)
    sizes = _Sizes(columns, body, contents, terminal)
    across, beneath, widths = sizes.chosen()
    starts = _starts(across, widths)
    page = min(terminal, max(PAGE, _reach(columns, body, starts, widths)))
    return Plan(columns, across, beneath, widths, starts, terminal, sizes.indent(across, beneath, widths), page)


def _contents(columns: tuple[Column, ...], body: Body) -> list[int]:
    """The cells of each column's widest cell that may not run on."""
    widths = [0] * len(columns)
    for row in body:
        if isinstance(row, LaidRow):
            cells = row.cells
            for index, cell in enumerate(cells[:-1] if runs_on(cells, columns) else cells):
                if cell.taken > widths[index]:  # asked first: a year's cells pass here
                    widths[index] = max(widths[index], cell.taken)
    return widths


def _starts(across: Sequence[int], widths: Sequence[int]) -> list[int]:
    starts, at, place = [], 0, 0
    for index in range(len(widths)):
        starts.append(at)
        if place < len(across) and across[place] == index:
            at += widths[index] + GAP
            place += 1
    return starts


def _reach(columns: tuple[Column, ...], body: Body, starts: Sequence[int], widths: Sequence[int]) -> int:
    """The cells that the widest row takes with its last cell unfolded."""
    reach = 0
    for row in body:
        if isinstance(row, LaidRow) and row.cells:
            last = len(row.cells) - 1
            taken = row.cells[last].taken if columns[last].align == "left" else widths[last]
            reach = max(reach, starts[last] + taken)
    return reach


class _Sizes:
    """What the columns need, and what becomes of them on a terminal of so many cells."""

    def __init__(self, columns: tuple[Column, ...], body: Body, contents: list[int], terminal: int) -> None:
        self._columns, self._body, self._terminal = columns, body, terminal
        self._contents = [min(each, WIDEST) for each in contents]
        heads = [visible(column.head) for column in columns]
        closely = [max(each) for each in zip(self._contents, map(width, heads), strict=True)]
        roomy = [max(column.least, each) for column, each in zip(columns, closely, strict=True)]
        head_words = [max(map(width, head.split()), default=0) for head in heads]
        folded = [max(each) for each in zip(self._contents, head_words, strict=True)]
        self._ways = (roomy, closely, folded)
        """The widths with their least ones, without, and with folded heads."""
        self._head_words = head_words
        self._last = max((index for index, each in enumerate(contents) if each), default=0)

    def chosen(self) -> tuple[tuple[int, ...], tuple[int, ...], list[int]]:
        """The columns that stand across, those that go beneath, and the width of each."""
        every = tuple(range(len(self._columns)))
        roomy = self._ways[0]
        if self._sum(every, roomy) <= self._terminal:
            return every, (), list(roomy)
        across: tuple[int, ...] = every
        for across, beneath in self._choices(every):
            widths = self._fitted(across, self._last if self._last in across and self._is_tail(across) else None)
            if widths is not None:
                return across, tuple(sorted(beneath, key=self._reading)), widths
        floors = [max(1, self._words[index]) for index in every]
        widths = self._shrunk(list(self._ways[2]), across, floors)
        if self._sum(across, widths) > self._terminal:
            widths = self._shrunk(widths, across, [1] * len(every))
        return across, tuple(sorted(beneath, key=self._reading)), widths

    def indent(self, across: Sequence[int], beneath: Sequence[int], widths: Sequence[int]) -> int:
        """Cells before what stands beneath: under the second column if that is near; a long word stays whole."""
        second = widths[across[0]] + GAP if len(across) > 1 else INDENT
        indent = second if second <= self._terminal // 8 else INDENT
        longest = max((self._words[index] for index in beneath), default=0)
        return min(indent, self._terminal - longest) if longest <= self._terminal else indent

    def _is_tail(self, across: Sequence[int]) -> bool:
        return len(across) > 0 and self._columns[across[-1]].align == "left"

    def _choices(self, every: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], list[int]]]:
        """What may stand across and what beneath, the best first: without the empty ones, then with ever fewer."""
        rest = tuple(index for index in every if self._contents[index]) or every[:1]
        yield rest, []
        groups, beneath = self._groups(rest), list[int]()
        levels = sorted({self._columns[group[0]].yields for group in groups[1:]}, reverse=True)
        for level in [each for each in levels if each > 0]:
            beneath += [index for group in groups[1:] if self._columns[group[0]].yields == level for index in group]
            groups = [group for group in groups if group[0] not in beneath]
            rest = tuple(index for index in rest if index not in beneath)
            yield rest, [*beneath]
        if len(groups) > 1 and self._is_tail(rest):
            groups = [group for group in (*groups[:-1], groups[-1][:-1]) if group]
            beneath.append(rest[-1])
            rest = rest[:-1]
            yield rest, [*beneath]
        together = [group for group in groups[1:] if self._columns[group[0]].yields < 0]
        one_by_one = [group for group in reversed(groups[1:]) if group not in together]
        for going in [[index for group in together for index in group], *one_by_one] if together else one_by_one:
            beneath += going
            rest = tuple(index for index in rest if index not in going)
            yield rest, [*beneath]
        # Half an amount is another amount: rather than that, its side goes beneath.
        yield rest[:1], [*rest[1:], *beneath]

    def _groups(self, across: Sequence[int]) -> list[list[int]]:
        """Columns that stay together: one with a head, and those without that follow it."""
        groups: list[list[int]] = []
        for index in across:
            if groups and not self._columns[index].head and self._columns[groups[-1][0]].head:
                groups[-1].append(index)
            else:
                groups.append([index])
        return groups

    def _reading(self, index: int) -> tuple[bool, bool, int]:
        """Whom it is about comes first, then what stood last in the row."""
        return not self._columns[index].names, index != len(self._columns) - 1, index

    def _sum(self, across: Sequence[int], widths: Sequence[int]) -> int:
        return sum(widths[index] for index in across) + GAP * max(0, len(across) - 1)

    def _fitted(self, across: tuple[int, ...], tail: int | None) -> list[int] | None:
        """The widths of columns side by side, of which the last may take what room there is; None if there is none."""
        for way in self._ways:
            if self._sum(across, way) <= self._terminal:
                return list(way)
        widths, needed = list(self._ways[-1]), 0
        if tail is not None:
            needed = max(min(self._contents[tail], ROOM), self._words[tail])
            for way in self._ways[1:]:
                widths = [*way[:tail], needed, *way[tail + 1 :]]
                if self._sum(across, widths) <= self._terminal:
                    widths[tail] += self._terminal - self._sum(across, widths)
                    return widths
        floors = list(widths)
        for index in across:
            if index != tail and self._columns[index].align == "left":
                floors[index] = min(widths[index], max(self._words[index], SNUG))
        if self._sum(across, floors) > self._terminal:
            return None
        widths = self._shrunk(widths, across, floors)
        if tail is not None:
            widths[tail] = self._terminal - self._sum(across, widths) + needed
        return widths

    def _shrunk(self, widths: list[int], across: Sequence[int], floors: Sequence[int]) -> list[int]:
        """The widths with the widest made narrower, down to their floors, until they fit or nothing gives way."""
        widths = list(widths)
        while self._sum(across, widths) > self._terminal:
            index = max(across, key=lambda each: (widths[each] > floors[each], widths[each]))
            if widths[index] <= floors[index]:
                break
            widths[index] -= 1
        return widths

    @cached_property
    def _words(self) -> list[int]:
        """The cells of the widest word of each column that has room in a line of its own: no such word is broken."""
        widest = list(self._head_words)
        for row in self._body:
            if isinstance(row, LaidRow):
                for index, cell in enumerate(row.cells):
                    if cell.taken > widest[index]:
                        words = (width(word) for word in cell.text.split())
                        widest[index] = max([widest[index], *(each for each in words if each <= self._terminal)])
        return widest
