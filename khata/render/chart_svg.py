"""A chart as a picture: one SVG that loads nothing, light or dark as whoever looks at it, and told to who listens."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from khata.i18n.messages import Words
from khata.render.chart import Chart
from khata.render.html import PALETTE, safe
from khata.render.terminal.chart import Bars
from khata.render.text import cells

_STYLE: Final = (
    PALETTE
    + """svg { max-width: 100%; height: auto; background: var(--paper) }
text { font: 14px system-ui, "Noto Sans", "Noto Sans Devanagari", "Noto Naskh Arabic", sans-serif; fill: var(--ink) }
.title { font-size: 15px; font-weight: bold } .soft { fill: var(--soft) } .bold { font-weight: bold }
.blue { fill: var(--blue) } .green { fill: var(--green) } .red { fill: var(--red) }
"""
)

# All in pixels.
EDGE: Final = 16
"""Around the picture."""
LINE: Final = 26
"""From line to line."""
HIGH: Final = 16
"""A bar; its top is `UP` above the line of its text."""
UP: Final = 12
GAP: Final = 8
"""Between a bar and its amount, a name and its bar."""
ALONE: Final = 360
"""The longest bar of one series."""
BESIDE: Final = 150
"""The same where several stand side by side."""
CHARACTER: Final = 8.2
"""A cell of Latin text is no wider."""
INDIAN: Final = 11
"""Nor is one of any other script."""

_DATE: Final = re.compile(r"\d+(?:-\d+)+")
"""Among words that run from right to left its year would come first."""


def picture(chart: Chart, words: Words) -> str:
    """The file: a line for each row, an amount beside each bar, the longest bar for the largest amount."""
    return _Picture(chart, words).text()


class _Picture:
    """Where everything goes."""

    def __init__(self, chart: Chart, words: Words) -> None:
        self.chart, self.words, self.most_paise = chart, words, chart.most_paise
        self.longest = ALONE if len(chart.heads) == 1 else BESIDE
        name, sums = chart.total
        names = (chart.names_head, name, *(row.name for row in chart.rows))
        self.begin = EDGE + max(map(_wide, names)) + GAP
        """Where the first bar begins: the names end before it."""
        panels = []
        for place, total in enumerate(sums):
            amount = max(_wide(words.rupees(row.paise[place])) for row in chart.rows)
            panels.append(max(self.longest + GAP + amount, _wide(words.rupees(total or 0)), _wide(chart.heads[place])))
        self.starts = [self.begin + sum(panels[:place]) + 2 * EDGE * place for place in range(len(panels))]
        below = max(_wide(text) for text in (*chart.titles, *chart.notes))
        self.wide = round(max(self.starts[-1] + panels[-1], EDGE + below) + EDGE)

    def text(self) -> str:
        """The lines from the top, and how high that is."""
        chart, parts, y = self.chart, list[str](), EDGE + UP
        for place, title in enumerate(chart.titles):
            parts.append(self._words(EDGE, y, title, "soft" if place else "title"))
            y += LINE
        y += HIGH // 2
        parts.append(self._words(self.begin - GAP, y, chart.names_head, "soft", before=True))
        for start, head, colour in zip(self.starts, chart.heads, chart.colours, strict=True):
            parts.append(self._words(start, y, head, f"bold {colour}"))
        for row in chart.rows:
            y += LINE
            parts.append(self._words(self.begin - GAP, y, row.name, before=True))
            for start, paise, colour in zip(self.starts, row.paise, chart.colours, strict=True):
                parts += self._bar(start, y, paise, colour)
        y += LINE
        name, sums = chart.total
        parts.append(self._words(self.begin - GAP, y, name, "bold", before=True))
        parts += [self._amount(start, y, paise, "bold") for start, paise in zip(self.starts, sums, strict=True)]
        y += HIGH // 2
        for note in chart.notes:
            y += LINE
            parts.append(self._words(EDGE, y, note, "soft"))
        return self._file("\n".join(filter(None, parts)), y + EDGE)

    def _file(self, drawn: str, high: int) -> str:
        told = Bars(self.chart, self.words).aloud(self.words.say("word.comma"))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" lang="{escape(self.words.language)}" role="img"'
            f' aria-labelledby="title desc" width="{self.wide}" height="{high}" viewBox="0 0 {self.wide} {high}">\n'
            f'<title id="title">{safe(self.chart.titles[0])}</title>\n'
            f'<desc id="desc">{escape(told)}</desc>\n<style>{_STYLE}</style>\n'
            f'<rect width="100%" height="100%" style="fill: var(--paper)"/>\n{drawn}\n</svg>\n'
        )

    def _bar(self, x: float, y: int, paise: int, colour: str) -> list[str]:
        """A bar and its amount; what is above 0 is seen, of what is not there is the amount alone."""
        if paise <= 0:
            return [self._amount(x, y, paise)]
        long = max(1.0, round(self.longest * paise / self.most_paise, 1))
        drawn = f'<rect class="{colour}" x="{x:g}" y="{y - UP}" width="{long:g}" height="{HIGH}" rx="1"/>'
        return [drawn, self._amount(x + long + GAP, y, paise)]

    def _amount(self, x: float, y: int, paise: int | None, kind: str = "") -> str:
        return self._at(x, y, self.words.rupees(paise), kind, "start") if paise is not None else ""

    def _words(self, x: float, y: int, text: str, kind: str = "", *, before: bool = False) -> str:
        """A text that begins at a place, or ends before it, whichever way its language runs."""
        if self.words.right_to_left:
            return self._at(x, y, text, kind, "start" if before else "end", ' direction="rtl"')
        return self._at(x, y, text, kind, "end" if before else "start")

    def _at(self, x: float, y: int, text: str, kind: str, anchor: str, more: str = "") -> str:
        if not text:
            return ""
        said = f' class="{kind}"' if kind else ""
        told = safe(text)
        if more:
            told = _DATE.sub(r'<tspan direction="ltr" unicode-bidi="isolate">\g<0></tspan>', told)
        return f'<text{said} x="{x:g}" y="{y}" text-anchor="{anchor}"{more}>{told}</text>'


def _wide(text: str) -> float:
    """Pixels that a text takes at the most."""
    return sum(cells(each) * (INDIAN if each.isalpha() and not each.isascii() else CHARACTER) for each in text)
