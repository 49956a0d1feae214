"""What comes of a run: lines against their targets, and who took how long for the same work."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import NamedTuple

from process import Took


class Line(NamedTuple):
    """A figure and what it was to reach; `met` is None where there was nothing to compare."""

    work: str
    figure: str
    target: str
    met: bool | None


@dataclass
class Results:
    """Everything that was measured.

    Attributes:
        lines: figures against targets.
        took: by work, by who, by entries.
        growth: seconds by who and question, by entries.
        tables: further small tables in Markdown, by title.
        instructions: the table of instructions in Markdown; "" where none were counted.
        notes: what was left out, and why.
    """

    lines: list[Line] = field(default_factory=list)
    took: dict[str, dict[str, dict[int, Took]]] = field(default_factory=dict)
    growth: dict[str, dict[int, float]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    instructions: str = ""
    notes: list[str] = field(default_factory=list)

    def add(self, work: str, figure: str, target: str = "", *, met: bool | None = None) -> None:
        """A line of the table of targets."""
        self.lines.append(Line(work, figure, target, met))
        tell(f"{work}: {figure}  ({target}: {verdict(met)})")

    def ratio(self, work: str, ratio: float, most: float, unit: str, figure: str = "") -> None:
        """A line whose figure is a ratio that is to stay at or below a bound."""
        shown = f"{ratio:.2f} {unit}" if ratio < 5 else f"{ratio:.1f} {unit}"
        self.add(work, f"{figure}, {shown}" if figure else shown, f"at most {most:g} {unit}", met=ratio <= most)

    def at_least(self, work: str, value: float, least: float, unit: str, figure: str = "") -> None:
        """A line whose figure is to reach a bound."""
        shown = f"{value:,.0f} {unit}" if least >= 5 else f"{value:.2f} {unit}"
        to_reach = f"at least {least:,.0f} {unit}" if least >= 5 else f"at least {least:g} {unit}"
        self.add(work, f"{shown} ({figure})" if figure else shown, to_reach, met=value >= least)

    def skip(self, work: str, why: str) -> None:
        """A line that could not be measured here."""
        self.add(work, f"skipped: {why}")

    def who(self, work: str, who: str, entries: int, took: Took) -> None:
        """A cell of the table of who takes how long."""
        self.took.setdefault(work, {}).setdefault(who, {})[entries] = took

    def note(self, text: str) -> None:
        """Say once what was left out."""
        if text not in self.notes:
            self.notes.append(text)
            tell(text)

    def short(self) -> str:
        """What was to be reached and whether it was, and the instructions: for docs/BENCHMARKS.md."""
        return "\n\n".join([_figures([line for line in self.lines if line.target]), self.instructions]).strip()

    def long(self) -> str:
        """Who took how long, every figure, and the small tables: for docs/BENCHMARKS-TABLES.md."""
        parts = [self._who_table(), _figures(self.lines)]
        parts += [f"{title}\n\n{table}" for title, table in self.tables.items()]
        parts += ["\n".join(f"* {note}" for note in self.notes)] if self.notes else []
        return "\n\n".join(parts)

    def _who_table(self) -> str:
        sizes = sorted({size for rows in self.took.values() for cells in rows.values() for size in cells})
        heading = [
            f"| work | who | {' | '.join(f'{size:,} entries' for size in sizes)} |",
            "|---|---|" + "--:|" * len(sizes),
        ]
        for work, rows in self.took.items():
            for who, cells in rows.items():
                shown = " | ".join(cell(cells[size]) if size in cells else "-" for size in sizes)
                heading.append(f"| {work} | {who} | {shown} |")
        return "\n".join(heading)


def _figures(lines: list[Line]) -> str:
    rows = [f"| {line.work} | {line.figure} | {line.target} | {verdict(line.met)} |" for line in lines]
    return "\n".join(["| work | figure | to reach | |", "|---|---|---|---|", *rows])


def verdict(met: bool | None) -> str:
    """How a line stands to its target."""
    return "" if met is None else "met" if met else "**not met**"


def cell(took: Took) -> str:
    """Wall time, and peak memory where it was measured."""
    return seconds(took.seconds) + (f", {took.peak_mb:,.0f} MB" if took.peak_mb else "")


def seconds(value: float) -> str:
    """Three digits, in the unit that fits."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def tell(text: str) -> None:
    """Say on the terminal how far it is, apart from the tables."""
    print(text, file=sys.stderr, flush=True)
