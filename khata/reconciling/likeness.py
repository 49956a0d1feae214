"""How like a name on a statement is to a customer's: banks cut it, shorten it, and spell it in their own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache

from khata import names
from khata.units import Party

_TITLES = frozenset("mr mrs ms miss smt shri shree sri shrimati dr kumari late".split())  # noqa: SIM905 - words
_SHORT_FOR = dict.fromkeys(("md", "mohd", "mohamad", "mohamed", "muhamad", "mohmad", "mohamud", "muhamed"), "mohamed")
_GATEWAYS = frozenset(("phonepe", "paytm", "razorpay", "bharatpe", "payu", "cashfree", "gokwik", "instamojo"))
"""Who pays out what others have paid: no customer's name is beside these words."""
_NOBODY = frozenset(map(names.romanised, ("na", "n a", "null", "none", "nil", "upi", "unknown")))
LONG_ENOUGH = 3
"""Letters of a word that, cut short, still says something."""


class Like(IntEnum):
    """How like: not at all; a part, or in short; but for a word or a spelling; in full."""

    NOT, PART, MOST, FULL = range(4)


@lru_cache(maxsize=1 << 14)
def heard(text: str) -> tuple[str, ...]:
    """The words of a name in small Latin letters, without titles; none where it says that nobody is named.

    >>> heard("MRS. SUNITA DEVI"), heard("NA")
    (('sunita', 'devi'), ())
    """
    apart = "".join(each if each.isalnum() or not each.isascii() else " " for each in text)
    found = [_SHORT_FOR.get(word, word) for word in names.romanised(apart).split()]
    if " ".join(found) in _NOBODY:
        return ()
    if _GATEWAYS & set(found):
        return ()
    bare = [word for word in found if word not in _TITLES and not word.isdigit()]
    return tuple(bare or found)


@lru_cache(maxsize=1 << 14)
def _sound(word: str) -> str:
    return names.sound_key(word)


@lru_cache(maxsize=1 << 16)
def same_word(one: str, other: str) -> bool:
    """Whether two words are one, spelt in two ways: Laxmi, Lakshmi."""
    if one == other:
        return True
    if min(len(one), len(other)) < LONG_ENOUGH or abs(len(one) - len(other)) > 2:
        return False
    # A letter that is another one is not enough: it makes Rajesh of Ramesh.
    return bool(_sound(one)) and _sound(one) == _sound(other)


def like(shown: Sequence[str], called: Sequence[str]) -> Like:
    """How like the words of a statement's name are to those of a customer's.

    >>> like(("ramesh", "kumar"), ("ramesh", "kumar")), like(("r", "kumar"), ("ramesh", "kumar"))
    (<Like.FULL: 3>, <Like.PART: 1>)
    >>> like(("sunil", "gupta"), ("ramesh", "gupta"))
    <Like.NOT: 0>
    """
    if not shown or not called:
        return Like.NOT
    one, other = "".join(shown), "".join(called)
    if one == other:
        return Like.FULL
    left, whole, short = list(called), 0, 0
    for place, word in enumerate(shown):
        match = next((each for each in left if same_word(word, each)), None)
        if match is not None:
            whole += 1
            left.remove(match)
            continue
        begun = next((each for each in left if each.startswith(word)), None)
        last = place == len(shown) - 1
        if begun is not None and (len(word) == 1 or (last and (len(word) >= LONG_ENOUGH or whole))):
            short += 1
            left.remove(begun)
            continue
        if other.startswith(one) and len(one) >= 2 * LONG_ENOUGH:
            return Like.PART
        return _one_of_several(shown, called)
    if not left and not short:
        return Like.FULL if sorted(shown) == sorted(called) else Like.MOST
    if whole or (short and len("".join(shown)) >= 2 * LONG_ENOUGH):
        return Like.PART
    return Like.NOT


def _one_of_several(shown: Sequence[str], called: Sequence[str]) -> Like:
    """A word of the statement's name that the customer's does not have: a name of one word may be a part of it."""
    every = all(any(same_word(word, each) for each in shown) for word in called)
    if not every:
        return Like.NOT
    besides = sum(not any(same_word(word, each) for each in called) for word in shown)
    return Like.MOST if len(called) > 1 and besides == 1 else Like.PART


class Namebook:
    """The names of all customers, made ready to be searched for each line of a statement."""

    def __init__(self, called: Mapping[Party, Iterable[str]]) -> None:
        self._called = {party: [words for name in each if (words := heard(name))] for party, each in called.items()}
        self._by_letter: dict[str, list[Party]] = {}
        for party, each in self._called.items():
            for letter in {letter for words in each for word in words for letter in _first(word)}:
                self._by_letter.setdefault(letter, []).append(party)
        self._found: dict[tuple[str, ...], dict[Party, Like]] = {}

    def who(self, name: str) -> dict[Party, Like]:
        """The customers of whom a name may be, and how like each is."""
        shown = heard(name)
        if shown not in self._found:
            self._found[shown] = dict(self._search(shown))
        return self._found[shown]

    def _search(self, shown: tuple[str, ...]) -> Iterator[tuple[Party, Like]]:
        among = {party for word in shown for letter in _first(word) for party in self._by_letter.get(letter, ())}
        for party in sorted(among):
            best = max((like(shown, words) for words in self._called[party]), default=Like.NOT)
            if best:
                yield party, best


def _first(word: str) -> set[str]:
    """The letters with which a word begins, as it is written and as it is heard."""
    return {word[:1], _sound(word)[:1]} - {""}
