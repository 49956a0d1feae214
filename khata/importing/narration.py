"""Who paid, how, and under which number, in the text of a bank: the patterns of a profile, and what they find.

A pattern is somebody's own, and a bad one can take for ever. So it is read before it is used: it may be no longer than
PATTERN, may not repeat what repeats, and may not leave more than OPEN places where it could stop early. It is tried on
the first CELL characters. What is left cannot take longer than a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

PATTERN, MOST, OPEN, CELL = 200, 40, 2, 300
"""Characters of a pattern, patterns of a kind, places in one that can stop early, characters of a cell."""

_REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")


class BadPatternError(ValueError):
    """A pattern that is none, or could take too long; says why."""


@dataclass(frozen=True)
class Narration:
    """How the text of a row is read.

    Attributes:
        party: patterns with a group `party`, the first that finds a name is believed.
        ref: patterns with a group `ref`.
        modes: of each mode, patterns that show it.
        vpa: patterns with a group `vpa`: the UPI id from which money came.
    """

    party: Sequence[re.Pattern[str]] = ()
    ref: Sequence[re.Pattern[str]] = ()
    modes: Sequence[tuple[str, re.Pattern[str]]] = ()
    vpa: Sequence[re.Pattern[str]] = ()

    def party_of(self, text: str) -> str:
        """The name, "" where none is found with two letters."""
        for found in _groups(self.party, "party", text):
            name = " ".join(found.strip(" -*/.:,").split())
            if _LETTERS.search(name):
                return name
        return ""

    def ref_of(self, texts: Iterable[str]) -> str:
        """The first reference in any of these texts, "" for none: banks write noughts where there is none."""
        return next((found for text in texts for found in _groups(self.ref, "ref", text) if found.strip("0")), "")

    def refs_of(self, texts: Iterable[str]) -> list[str]:
        """Every reference in any of these texts, each once: the number beside a row may be another than that in it."""
        found = (match["ref"] for text in texts for each in self.ref for match in each.finditer(text, 0, CELL))
        return list(dict.fromkeys(each.strip() for each in found if each and each.strip("0 ")))

    def vpa_of(self, text: str) -> str:
        """The UPI id, "" for none."""
        return next(filter(None, _groups(self.vpa, "vpa", text)), "")

    def mode_of(self, text: str) -> str:
        """The mode that the text shows, "" for none."""
        return next((mode for mode, pattern in self.modes if pattern.search(text, 0, CELL)), "")


def narration(
    party: Sequence[str], ref: Sequence[str], modes: Mapping[str, Sequence[str]], vpa: Sequence[str] = ()
) -> Narration:
    """Read the patterns of a profile. Raises BadPatternError."""
    return Narration(
        [checked(each, "party") for each in _few(party)],
        [checked(each, "ref") for each in _few(ref)],
        [(mode, checked(each, "")) for mode, found in modes.items() for each in _few(found)],
        [checked(each, "vpa") for each in _few(vpa)],
    )


def unfolded(text: str) -> str:
    r"""A text that a bank broke at a width, each further line begun with a blank of its own: as it was before.

    >>> unfolded("NEFT*HDFC0000123*N314260012345678*SUN\n ITA DEVI")
    'NEFT*HDFC0000123*N314260012345678*SUNITA DEVI'
    """
    return text.replace("\r\n ", "").replace("\n ", "") if "\n " in text else text


def _few(patterns: Sequence[str]) -> Sequence[str]:
    if len(patterns) > MOST:
        raise BadPatternError(f"{len(patterns)} > {MOST}")
    return patterns


def _groups(patterns: Sequence[re.Pattern[str]], group: str, text: str) -> Iterator[str]:
    for pattern in patterns:
        if match := pattern.search(text, 0, CELL):
            yield (match[group] or "").strip()


def checked(pattern: str, group: str) -> re.Pattern[str]:
    """A pattern, compiled; capitals and small letters are one to it.

    Raises:
        BadPatternError: it is none, has no group of this name, or could take too long.

    >>> checked("UPI/(?P<party>[^/]+)/", "party").search("UPI/RAMESH/1")["party"]
    'RAMESH'
    """
    if len(pattern) > PATTERN:
        raise BadPatternError(pattern[:40] + "…")
    try:
        made = re.compile(pattern, re.IGNORECASE)
        tree = parser.parse(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as e:
        raise BadPatternError(f"{pattern}: {e}") from e
    if group and group not in made.groupindex:
        raise BadPatternError(f"{pattern}: (?P<{group}>…)")
    if _open(list(_flat(tree)), pattern) > OPEN:
        raise BadPatternError(pattern)
    return made


def _flat(tree: Any) -> Iterator[tuple[Any, Any]]:
    """The parts of a pattern, one after the other; groups are opened, for they bind nothing."""
    for kind, value in tree:
        if kind is kinds.SUBPATTERN:
            yield from _flat(value[-1])
        else:
            yield kind, value


def _open(parts: Sequence[tuple[Any, Any]], pattern: str) -> int:
    """How many repeats could stop early and be tried again. Raises BadPatternError for what may not be used."""
    number = 0
    for place, (kind, value) in enumerate(parts):
        if kind is kinds.BRANCH:
            number += max(_open(list(_flat(each)), pattern) + 1 for each in value[1])
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            number += _open(list(_flat(value[1])), pattern)
        elif kind in (kinds.GROUPREF, kinds.GROUPREF_EXISTS, kinds.ATOMIC_GROUP):
            raise BadPatternError(pattern)
        elif kind in _REPEATS:
            least, most, body = value
            inner = list(_flat(body))
            if most > 1 and any(each in (kinds.BRANCH, *_REPEATS) for each, _ in inner):
                raise BadPatternError(pattern)
            number += most != least and not _closed(inner, parts[place + 1 : place + 2])
    return number


def _closed(body: Sequence[tuple[Any, Any]], following: Sequence[tuple[Any, Any]]) -> bool:
    """Whether a repeat can only end where it does: nothing follows, or a letter that it does not repeat itself."""
    if not following:
        return True
    kind, value = following[0]
    return kind is kinds.LITERAL and len(body) == 1 and not _takes(body[0], chr(value))


def _takes(part: tuple[Any, Any], letter: str) -> bool:
    kind, value = part
    among = [value] if kind is kinds.IN else [[part]]
    both = {ord(letter.lower()), ord(letter.upper())}
    return any(_any_of(each, both) for each in among)


def _any_of(items: Sequence[tuple[Any, Any]], points: set[int]) -> bool:
    """Whether a class of characters, as the parser has it, takes one of these."""
    taken, turned = False, False
    for kind, value in items:
        if kind is kinds.NEGATE:
            turned = True
        elif kind is kinds.LITERAL:
            taken |= value in points
        elif kind is kinds.NOT_LITERAL:
            taken |= not points <= {value}
        elif kind is kinds.RANGE:
            taken |= any(value[0] <= point <= value[1] for point in points)
        else:
            taken |= any(_of_kind(kind, value, chr(point)) for point in points)
    return taken != turned


def _of_kind(kind: Any, value: Any, letter: str) -> bool:
    known = {
        kinds.CATEGORY_DIGIT: letter.isdigit(),
        kinds.CATEGORY_NOT_DIGIT: not letter.isdigit(),
        kinds.CATEGORY_SPACE: letter.isspace(),
        kinds.CATEGORY_NOT_SPACE: not letter.isspace(),
        kinds.CATEGORY_WORD: letter.isalnum() or letter == "_",
        kinds.CATEGORY_NOT_WORD: not (letter.isalnum() or letter == "_"),
    }
    return known.get(value, True) if kind is kinds.CATEGORY else True
