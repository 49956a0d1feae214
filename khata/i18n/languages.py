"""The state of each language: how much of what khata says it has, and whether a speaker has checked it."""

from typing import NamedTuple

from khata.i18n.messages import BASE, languages, words_for


class Language(NamedTuple):
    """A language.

    Attributes:
        code: as `--lang` takes it.
        name: what it calls itself.
        translated: the share of English's messages that it has, 0 to 1; the others fall back to English.
        checked: whether a speaker has read all of it: the line `X-Checked-By` of its header names one.
    """

    code: str
    name: str
    translated: float
    checked: bool

    @property
    def state(self) -> str:
        """`complete`, or `beta`: not all of it is there, or no speaker has checked it."""
        return "complete" if self.checked and self.translated == 1 else "beta"


def every_language() -> list[Language]:
    """All languages that have a catalog: those with most messages first. Loads every catalog."""
    whole = words_for(BASE).messages
    found = []
    for code in languages():
        words = words_for(code)
        name = words.own("language.name") or code
        found.append(Language(code, name, words.messages / whole, words.checked_by is not None))
    return sorted(found, key=lambda each: (-each.translated, each.code != BASE, each.code))
