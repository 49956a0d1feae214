"""A chart in words and paise: what stands on it, for whatever lays it out, a terminal or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.dues import Age
from khata.questions.trend import Month
from khata.render.ages import age_heads
from khata.render.line import clocks, shop
from khata.units import Day
from khata.views.about import About
from khata.views.cut import Cut


class ChartRow(NamedTuple):
    """What is drawn for one month, or one age.

    Attributes:
        name: which one, and after ` · ` what else is to be said of it.
        paise: an amount for each series.
    """

    name: str
    paise: tuple[int, ...]


class Chart(NamedTuple):
    """Amounts side by side.

    Attributes:
        titles: lines above.
        heads: what each series is; `names_head` what the rows are, "" where they say it.
        rows: what gets bars; `total` what they come to, and gets none: its name, and None for what is no sum.
        colours: of each series: `blue`, `green`, `red`.
        notes: lines beneath.
    """

    titles: tuple[str, ...]
    heads: tuple[str, ...]
    names_head: str
    rows: tuple[ChartRow, ...]
    total: tuple[str, tuple[int | None, ...]]
    colours: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def most_paise(self) -> int:
        """The largest amount that gets a bar; 0 where none does."""
        return max((0, *(paise for row in self.rows for paise in row.paise)))


def trend(months: Sequence[Month], first: Day, about: About | None, cut: Cut, words: Words) -> Chart:
    """Sales, what came in and what was due, month by month. A due of many months is no sum."""
    say = words.say
    title = f"{shop(about)} · {say('title.trend')} · {dates.span(first, cut.as_on, words)}"
    return Chart(
        (title, clocks(cut, words)) if cut.given else (title,),
        (say("title.figures.sales"), say("head.came_in"), say("head.due")),
        say("head.per.month"),
        tuple(
            ChartRow(
                dates.month(each.due_on, words),
                (each.sales_paise, each.received_paise, each.due_paise),
            )
            for each in months
        ),
        (
            say("word.in_all"),
            (sum(each.sales_paise for each in months), sum(each.received_paise for each in months), None),
        ),
        ("blue", "green", "red"),
        (say("dues.at_month_end"),),
    )


def ages(found: Sequence[Age], customers: int, about: About | None, cut: Cut, words: Words) -> Chart:
    """What is due, by age, and of how many customers."""
    say = words.say
    return Chart(
        (f"{shop(about)} · {say('title.dues')} · {clocks(cut, words)}",),
        (say("head.due"),),
        "",
        tuple(
            ChartRow(_of(head, each.customers, words) if each.customers else head, (each.due_paise,))
            for head, each in zip(age_heads(words)[-len(found) :], found, strict=True)
        ),
        (
            _of(say("word.in_all"), customers, words),
            (sum(each.due_paise for each in found),),
        ),
        ("red",),
        (say("dues.basis"),),
    )


def _of(what: str, customers: int, words: Words) -> str:
    return f"{what} · {words.count('count.customers', customers)}"
