"""The same picture as a PNG, in a process of its own: matplotlib is large.

python bench/plot.py FILE < growth.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

PEERS = {"ledger": "#9a6700", "hledger": "#a40e26", "bean-check": "#6e40c9"}
OWN = ("#0550ae", "#1a7f37", "#0aa3a3", "#bf3989", "#555555")
APART = 0.033
"""How far apart two names must stand, as a share of the axis."""


def draw(growth: dict[str, dict[str, float]], path: str) -> None:
    """Draw each line, its name at its right end."""
    figure = Figure(figsize=(9, 6), dpi=130)
    axes = figure.add_subplot()
    ends: list[tuple[float, float, str, str]] = []
    colours = iter(OWN)
    for name, points in growth.items():
        xs = sorted(map(int, points))
        ys = [points[str(x)] for x in xs]
        colour = PEERS.get(name) or next(colours)
        axes.plot(xs, ys, marker="o", markersize=4, color=colour, linestyle="--" if name in PEERS else "-")
        ends.append((xs[-1], ys[-1], _called(name), colour))
    axes.set(xscale="log", yscale="log")
    axes.set_xlabel("entries in the book")
    axes.set_ylabel("seconds, whole process")
    axes.set_title("Time against size: khata (lines), and peers asked for every balance (dashed)", fontsize=11)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(visible=True, which="major", color="#dddddd", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    _name(axes, ends)
    figure.tight_layout()
    figure.savefig(path, bbox_inches="tight")


def _called(name: str) -> str:
    return "beancount (bean-check)" if name == "bean-check" else name


def _name(axes: Any, ends: list[tuple[float, float, str, str]]) -> None:
    """Names from below upwards, each pushed up as far as the one under it needs."""
    bottom, top = axes.get_ylim()
    apart = (top / bottom) ** APART
    lowest = 0.0
    right = max(end[0] for end in ends)
    for x, y, name, colour in sorted(ends, key=lambda end: end[1]):
        at = max(y, lowest * apart)
        lowest = at
        reach = right if x * 2 > right else x
        axes.annotate(
            name, (reach, at), xytext=(8, 0), textcoords="offset points", color=colour, va="center", fontsize=9
        )


if __name__ == "__main__":
    draw(json.load(sys.stdin), sys.argv[1])
