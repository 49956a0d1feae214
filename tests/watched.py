"""Every sentence that any test makes khata say is looked at: whether what it is made of is really there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

from khata.i18n.messages import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

MAY_BE_EMPTY: dict[str, str] = {}
"""Facts that have nothing to say now and then, where the sentence reads on without them."""


class EmptyTemplateError(AssertionError):
    """A sentence of which a part is not there."""


def wrong(key: str, sentence: str | None, facts: Mapping[str, object]) -> list[str]:
    """What is wrong with a sentence that is about to be said: facts that are missing, None or empty."""
    if sentence is None:
        return [f"{key} has no sentence"]
    asked = _facts_of(sentence) - set(MAY_BE_EMPTY.get(key, "").split())
    found = [f"{key} wants {name}, which nobody gives" for name in asked if name not in facts]
    return found + [
        f"{key} says {facts[name]!r} for {name}"
        for name in asked
        if name in facts and (facts[name] is None or not str(facts[name]).strip() or "@None" in str(facts[name]))
    ]


@cache
def _facts_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


_filled = Words._filled


def _watched(words: Words, key: str, sentence: str | None, facts: Mapping[str, object]) -> str:
    if faults := wrong(key, sentence, facts):
        raise EmptyTemplateError("; ".join(faults))
    return _filled(words, key, sentence, facts)


def watch() -> None:
    """From now on a sentence of which a part is not there fails the test that makes khata say it."""
    Words._filled = _watched  # type: ignore[assignment,method-assign]


@contextmanager
def unwatched() -> Iterator[None]:
    """For the tests of what a shop is shown in the place of a sentence."""
    Words._filled = _filled  # type: ignore[method-assign]
    try:
        yield
    finally:
        watch()
