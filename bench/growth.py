"""Time against size, for a terminal: both axes logarithmic, each line named at its end."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from table import seconds

WIDE, HIGH = 64, 24
MARKS = "abcdefghijkl"
Grid = list[list[str]]


def chart(growth: dict[str, dict[int, float]]) -> str:
    """The chart as lines of plain text; nothing grows visibly whose line is level."""
    series = {name: dict(sorted(points.items())) for name, points in growth.items() if points}
    sizes = sorted({size for points in series.values() for size in points})
    times = [value for points in series.values() for value in points.values()]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    left, right = math.log10(sizes[0]), math.log10(sizes[-1])
    grid: Grid = [[" "] * WIDE for _ in range(HIGH)]
    ends: dict[int, list[str]] = {}

    def column(size: float) -> int:
        return round((math.log10(size) - left) / (right - left or 1) * (WIDE - 1))

    def row(value: float) -> int:
        return HIGH - 1 - round((math.log10(value) - low) / (high - low or 1) * (HIGH - 1))

    for mark, (name, points) in zip(MARKS, series.items(), strict=False):
        for size, value in _between(points):
            grid[row(value)][column(size)] = mark
        last = max(points)
        ends.setdefault(row(points[last]), []).append(f"{mark} {name} {seconds(points[last])}")
    ticks = {row(10.0**power): seconds(10.0**power) for power in range(low, high + 1)}
    return "\n".join(_lines(grid, ticks, _spread(ends), {column(size): f"{size:,}" for size in sizes}))


def _between(points: dict[int, float]) -> Iterator[tuple[float, float]]:
    """The points, and those on the lines between them."""
    known = list(points.items())
    yield from known
    for (size, value), (size_2, value_2) in pairwise(known):
        for step in range(1, WIDE):
            share = step / WIDE
            yield size * (size_2 / size) ** share, value * (value_2 / value) ** share


def _spread(ends: dict[int, list[str]]) -> dict[int, str]:
    """One name a row: those that end on the same row go to the nearest free ones."""
    placed: dict[int, str] = {}
    for row, names in sorted(ends.items()):
        for name in names:
            free = min((each for each in range(HIGH) if each not in placed), key=lambda each: abs(each - row))
            placed[free] = name
    return placed


def _lines(grid: Grid, ticks: dict[int, str], names: dict[int, str], sizes: dict[int, str]) -> Iterator[str]:
    yield "seconds, whole process"
    for number, line in enumerate(grid):
        yield f"{ticks.get(number, ''):>8} |{''.join(line)}| {names.get(number, '')}".rstrip()
    yield " " * 9 + "+" + "-" * WIDE + "+"
    axis = [" "] * (WIDE + 20)
    for column, size in sizes.items():
        start = max(column - len(size) // 2, 0)
        axis[start : start + len(size)] = size
    yield " " * 10 + "".join(axis).rstrip() + "   entries"
