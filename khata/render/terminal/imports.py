"""The files that were imported, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.imports import ImportedFile
from khata.render.line import clocks, shop
from khata.render.terminal.table import Column, Table
from khata.render.text import visible
from khata.views.about import About
from khata.views.cut import Cut


def table(found: Sequence[ImportedFile], about: About | None, cut: Cut, words: Words) -> Table:
    """Each import with how many entries it made, what they gave and received, its file, and what became of it."""
    say = words.say
    heads = [say(f"head.{each}") for each in ("entry", "entries", "given", "received")]
    made = Table([*[Column(head, "right") for head in heads], Column(say("head.file"), names=True)] if found else [])
    made.title(f"{shop(about)} · {say('title.imports')}", clocks(cut, words) if cut.given else "")
    if not found:
        made.line(say("imports.none"))
    for each in found:
        amounts = (words.rupees(each.given_paise), words.rupees(each.received_paise))
        made.row(words.figures(each.entry), words.number(each.recorded), *amounts, " · ".join(_about(each, words)))
    return made


def _about(each: ImportedFile, words: Words) -> Iterator[str]:
    """The file, what was taken back, of which days its entries are, and when and by whom it was imported."""
    say = words.say
    yield visible(each.file or "") or say("imports.no_name")
    if each.rows != each.recorded:
        yield words.count("imports.rows", each.rows)
    if each.recorded and not each.standing and not each.corrected:
        yield say("imports.all_reversed")
    elif each.reversed > each.corrected:
        yield words.count("imports.reversed", each.reversed - each.corrected)
    if each.corrected:
        yield words.count("imports.corrected", each.corrected)
    if each.first and each.last:
        yield dates.span(each.first, each.last, words)
    yield say("imports.by", by=visible(each.by_name or each.by), at=dates.clock(each.at, words))
