"""The languages, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence

from khata.i18n.languages import Language
from khata.i18n.messages import Words
from khata.render.terminal.table import Column, Table


def table(found: Sequence[Language], words: Words) -> Table:
    """A row for each, with what `--lang` takes."""
    say = words.say
    made = Table([Column("--lang"), Column(say("languages.done"), "right"), Column(""), Column(say("head.name"))])
    for each in found:
        # Not all of a language is never a hundred per cent.
        share = words.say("languages.share", percent=int(each.translated * 100))
        made.row(each.code, share, say(f"languages.{each.state}"), each.name)
    made.line(say("languages.fallback"))
    return made
