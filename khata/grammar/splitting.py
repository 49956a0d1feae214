"""A line of the shell as words: parted at blanks, quotes kept together, a note after `;`; and put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khata.grammar.fault import Unreadable

VALUED = frozenset({"--by", "--due", "--lang", "--ref"})
"""Options that a quick line takes with a value."""

FLAGS = frozenset({"--json", "--quiet", "-q", "--yes", "--new", "--large", "--once", "--dry-run"})
"""Options that it takes as they are."""

_WORD = r"""\s*((?:--[a-z-]+=)?)(?:"([^"]*)"(?!\S)|'([^']*)'(?!\S)|(\S+))"""


def without_note(line: str) -> tuple[str, str]:
    """What stands before the first `;` that is not in quotes, and the note after it.

    >>> without_note("ramesh 450 ; atta  and dal")
    ('ramesh 450 ', 'atta and dal')
    """
    quote, at_start = "", True
    for place, character in enumerate(line):
        if quote:
            ends = character == quote and (place + 1 == len(line) or line[place + 1].isspace())
            quote = "" if ends else quote
        elif character == ";":
            return line[:place], " ".join(line[place + 1 :].split())
        elif at_start and character in "\"'":
            quote = character
        at_start = character.isspace() or character == "="
    return line, ""


def split(line: str) -> list[str]:
    """The words of a line: between blanks, or in quotes that end a word as they began it.

    Raises:
        Unreadable: `bad_line` with `what` "quote": a word begins with a quote that does not end.

    >>> split('sale ramesh 450 --note "atta dal"')
    ['sale', 'ramesh', '450', '--note', 'atta dal']
    """
    words = []
    for match in re.finditer(_WORD, line):
        option, double, single, bare = match.groups()
        if bare is not None and bare[0] in "\"'":
            raise Unreadable("bad_line", bare, what="quote")
        words.append(option + next(text for text in (double, single, bare) if text is not None))
    return words


def is_option(word: str) -> bool:
    """Whether a word is an option. A name never begins with a dash, a sum may: `-200` is none."""
    return word in {"-q", "-h"} or (word.startswith("--") and word[2:3].isalpha())


def plain_places(words: Sequence[str]) -> list[int]:
    """Where the words stand that are no options and none of their values."""
    places, value = [], False
    for place, word in enumerate(words):
        if not value and not is_option(word):
            places.append(place)
        value = not value and word in VALUED
    return places


def parted(words: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """A quick line's plain words, and its options with their values joined to them.

    Raises:
        Unreadable: `bad_line` with `what` "option": a quick line does not take it, or its value is missing.
    """
    plain, options = [], []
    each = iter(words)
    for word in each:
        name, equals, value = word.partition("=")
        if not is_option(word):
            plain.append(word)
        elif word in FLAGS:
            options.append(word)
        elif name in VALUED and (value := value if equals else next(each, "")):
            options.append(f"{name}={value}")
        else:
            raise Unreadable("bad_line", word, what="option")
    return plain, tuple(options)


def joined(words: Sequence[str], note: str = "") -> str:
    """The line again, as it could have been typed."""
    return " ".join(map(_quoted, words)) + (f" ; {note}" if note else "")


def _quoted(word: str) -> str:
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    if not (re.search(r"[\s;]", value) or value[:1] in ("'", '"')):
        return word
    return f"{option}{equals}'{value}'" if '"' in value else f'{option}{equals}"{value}"'
