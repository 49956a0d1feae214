"""What a text is in a terminal: which of its characters are safe to print, and how many cells it takes."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from unicodedata import bidirectional, category, combining, east_asian_width

LEFT_TO_RIGHT_MARK: Final = "\u200e"

_JOINERS: Final = "\u200c\u200d"
"""Without them Hindi, Bengali, Malayalam and Urdu are misspelt; they are the only format characters let through."""

_HANGUL_JOINED: Final = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
"""Vowels and final consonants that are drawn into the cell of the consonant before them."""

_VIRAMA: Final = 9
"""The combining class of the sign that takes a letter's vowel away and so joins it to the next."""

PART: Final = " ·"
"""What stands between the parts of a line."""

_ISOLATE: Final = "\u2066"
_POP: Final = "\u2069"

_LATIN: Final = "(?:,? )?[A-Za-z][A-Za-z0-9]*(?:(?:,? | & |[.,&/+-])[A-Za-z0-9]+)*"
"""Latin words behind a number: the rest of `2 kg rice`."""

_NUMBER: Final = f"₹?[+*]*[0-9۰-۹]+(?:[.,/:+-][0-9۰-۹]+)*(?P<latin>{_LATIN})?"
"""An amount, a sum of amounts, a day, or a telephone number, of which some may be hidden."""

_WORDS: Final = re.compile(r"\s*\S+(?: ·(?=\s|$))?")
_GAPS: Final = re.compile(r"(?<=\S) {2,}(?=\S)")


def visible(text: str) -> str:
    r"""The text with every character that could steer a terminal, or hide, written out.

    Control and C1 characters (newline and tab among them) become `\x1b`; bidi controls, other invisible format
    characters, line separators and lone surrogates become `<U+202E>`. Everything else stays as it was typed.

    >>> print(visible("Ramesh\x1b[2J\u202e"))
    Ramesh\x1b[2J<U+202E>
    """
    if text.isprintable():
        return text
    return "".join([_shown(character) for character in text])


def in_order(text: str, direction: str = "ltr") -> str:
    """A text in which no amount, day or telephone number is turned round by letters that run right to left.

    Behind such a letter a number takes its way, and `28-11` would read 11-28 (UAX 9, rule W2): it stands isolated. So
    does one with Latin letters behind it, before any other letter: `2 kg rice` would read kg rice 2.

    Args:
        text: what is shown.
        direction: `rtl` where the page around it runs so, whatever its own letters are.
    """
    if text.isascii() and direction == "ltr":
        return text
    turned = direction == "rtl" or right_to_left(text)
    return re.sub(_NUMBER, lambda found: _isolated(found, turned=turned), text)


def without_isolates(text: str) -> str:
    """The same without what `in_order` put in, for a screen that turns letters by itself, or not at all."""
    return text.replace(_ISOLATE, "").replace(_POP, "")


def _isolated(number: re.Match[str], *, turned: bool) -> str:
    before = (bidirectional(each) for each in reversed(number.string[: number.start()]))
    begins = "R" if turned and number["latin"] else "L"
    last = next((way for way in before if way in {"L", "R", "AL"}), begins)
    return number[0] if last == "L" else f"{_ISOLATE}{number[0]}{_POP}"


def harmless(text: str) -> str:
    """The text with each of its lines made visible: what may be printed anywhere."""
    return text if text.isprintable() else "\n".join(map(visible, text.split("\n")))


def escaped(json: str) -> str:
    r"""JSON in which `visible`'s characters are spelt `\u009b`: the same values, and a terminal obeys none of them."""
    if json.isprintable():
        return json
    return "".join([each if _shown(each) == each else _spelt(each) for each in json])


def width(text: str) -> int:
    """The number of cells that the text takes in a terminal.

    Spacing vowel signs (Mc) take one as every letter does, other marks and the joiners none, Chinese, Japanese,
    Korean and most emoji two: so count VTE, xterm, konsole, alacritty and tmux.

    >>> width("Ramesh"), width("रमेश"), width("सीता")
    (6, 3, 4)
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(cells, text))


@lru_cache(maxsize=4096)
def cells(character: str) -> int:
    """The number of cells of one character: 0, 1 or 2."""
    kind = category(character)
    if kind in {"Mn", "Me", "Cf", "Cc"} or any(low <= ord(character) <= high for low, high in _HANGUL_JOINED):
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def unclosed(text: str) -> bool:
    """Whether a mark must stand behind the text in a terminal, lest it take what follows with it.

    Behind right-to-left text the next amount would be drawn before it; tmux swallows the letter after a joiner.
    """
    return not text.isascii() and (text.endswith(tuple(_JOINERS)) or right_to_left(text))


def right_to_left(text: str) -> bool:
    """Whether any of the text runs from right to left (Urdu, Arabic, Hebrew)."""
    return not text.isascii() and any(map(_is_right_to_left, text))


def uncertain(text: str) -> bool:
    """Whether terminals may disagree with `width`: marks, joiners, wide characters, or right to left."""
    return not text.isascii() and any(map(_is_uncertain, text))


def folded(text: str, first: int, rest: int, *, whole: bool = False) -> list[str]:
    """The text in lines of at most `first` cells and then `rest` each, broken at spaces where there are any.

    A part between two `·`, or two wide gaps, begins a new line rather than being broken, if one line holds it. A word
    that is longer than a line is broken between clusters; `whole` leaves it as it is.
    """
    lines, line, room = [], "", first
    for word, part in _with_parts(_WORDS.findall(text.rstrip())):
        taken = width(line)
        if taken + width(word) <= room and not (line and taken + part > room and part <= rest):
            line += word
            continue
        if line:
            lines.append(line)
            room = rest
        word = word.lstrip() if lines else word  # noqa: PLW2901 - no line begins with the space it was broken at
        *full, line = [word] if whole else _pieces(word, room, rest)
        lines += full
        room = rest if full else room
    return [*lines, line] if line or not lines else lines


def _with_parts(words: list[str]) -> Iterator[tuple[str, int]]:
    """The words, and behind the one that begins a part how many cells that takes; else 0."""
    begins = [at for at in range(1, len(words)) if words[at - 1].endswith(PART) or words[at].startswith("  ")]
    ends = [*begins[1:], len(words)] if begins else []
    parts = {at: sum(map(width, words[at:end])) for at, end in zip(begins, ends, strict=True)}
    yield from ((word, parts.get(at, 0)) for at, word in enumerate(words))


def hung(text: str, columns: int, *, whole: bool = False) -> list[str]:
    """One line folded to so many cells; the rest hangs under what stands behind its one wide gap, else its indent.

    >>> hung("  khata undo   takes back the last entry", 30)
    ['  khata undo   takes back the', '               last entry']
    """
    if width(text) <= columns:
        return [text]
    end = text[len(text.rstrip(" ")) :]  # a question's answer does not stick to it
    indent = len(text) - len(text.lstrip(" "))
    gaps = [found.end() for found in _GAPS.finditer(text)]
    hang = width(text[: gaps[0]]) if len(gaps) == 1 else indent
    if hang > columns // 2:
        hang = min(indent + 2, columns // 4)
    first, *others = folded(text, columns, columns - hang, whole=whole)
    *lines, last = [first, *(" " * hang + line for line in others)]
    return [*lines, last + end]


def wrapped(text: str, columns: int) -> str:
    """Text of several lines, each folded at words; a path or a link that is longer than a line stays whole."""
    lines = (part for line in text.split("\n") for part in hung(line, columns, whole=True))
    return "\n".join(line + LEFT_TO_RIGHT_MARK if line.endswith(tuple(_JOINERS)) else line for line in lines)


def clusters(text: str) -> list[str]:
    """The text in pieces that must not be parted: a letter with its marks, and what a virama or ZWJ joins to it."""
    starts = [at for at in range(len(text)) if not at or not _belongs(text[at - 1], text[at])]
    return [text[at:end] for at, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _belongs(before: str, character: str) -> bool:
    if category(character)[0] == "M" or character in _JOINERS:
        return True
    return before == "\u200d" or combining(before) == _VIRAMA


def _pieces(word: str, first: int, rest: int) -> list[str]:
    """A word in pieces of at most `first` cells and then `rest` each; one cluster at least."""
    pieces, start, at, taken, room = [], 0, 0, 0, first
    for cluster in clusters(word):
        cells_more = width(cluster)
        if at > start and taken + cells_more > room:
            pieces.append(word[start:at])
            start, taken, room = at, 0, rest
        at, taken = at + len(cluster), taken + cells_more
    return [*pieces, word[start:]]


def _spelt(character: str) -> str:
    halves = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))


def _shown(character: str) -> str:
    kind = category(character)
    if kind == "Cc":
        return f"\\x{ord(character):02x}"
    if kind in {"Zl", "Zp", "Cs"} or (kind == "Cf" and character not in _JOINERS):
        return f"<U+{ord(character):04X}>"
    return character


@lru_cache(maxsize=4096)
def _is_right_to_left(character: str) -> bool:
    return bidirectional(character) in {"R", "AL"}


@lru_cache(maxsize=4096)
def _is_uncertain(character: str) -> bool:
    return cells(character) != 1 or category(character) == "Mc" or _is_right_to_left(character)
