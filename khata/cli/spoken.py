"""The words of the trade: which command they mean, and what else is said in a line. They stand in the catalogs.

A word belongs to a language: `baki` is what is due in Hindi, and a sale on credit in Bengali. Where two languages
differ, the one that is spoken here decides; what only another one knows is understood all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from unicodedata import normalize

from khata.cli.registry import COMMANDS
from khata.grammar.digits import LONGEST
from khata.i18n.messages import BASE, languages, words_for


def find(word: str, language: str = BASE) -> str | None:
    """The command that a word means: its name or how it is called in speech, in large letters, in any Unicode form."""
    if word in COMMANDS:
        return word
    if len(word) > LONGEST:
        return None
    folded = _folded(word)
    if folded in COMMANDS:  # a phone writes the first letter large
        return folded
    for spoken_here in _first(language):
        if folded in (meant := commands(spoken_here)):
            return meant[folded]
    return None


@cache
def commands(language: str) -> Mapping[str, str]:
    """The spoken words of one language for commands, each with its command."""
    words = words_for(language)
    keys = {name: f"spoken.{name.replace('-', '_')}" for name in COMMANDS}
    said = {_folded(word): name for name, key in keys.items() if words.has(key) for word in words.say(key).split()}
    return MappingProxyType(said)


def of_command(command: str, language: str = BASE) -> list[str]:
    """How a command is called in speech: in this language, and in Latin letters."""
    words = [word for each in (language, BASE) for word, name in commands(each).items() if name == command]
    return list(dict.fromkeys(words))


def every(language: str = BASE) -> dict[str, str]:
    """The spoken words of all languages for commands, those of this one first."""
    return {word: find(word, language) or "" for each in _first(language) for word in commands(each)}


def among(topic: str, word: str, known: Iterable[str]) -> str:
    """The command of a topic that a word means: its name, or how it is called in speech; any other word as it is."""
    folded = _folded(word) if len(word) <= LONGEST else word
    return next((name for name in known if folded == name or folded in said(f"{topic}.{name}")), word)


@cache
def said(what: str) -> frozenset[str]:
    """The words of all languages for something in a line that is no command: `to`, `from`, `paid`."""
    return frozenset(_folded(word) for each in languages() for word in words_for(each).say(f"spoken.{what}").split())


def _first(language: str) -> list[str]:
    return list(dict.fromkeys([language, *languages()]))


def _folded(word: str) -> str:
    return normalize("NFC", word).casefold()
