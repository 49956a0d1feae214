"""Given what happened, when somebody wants something recorded, then these events, or a refusal.

given(party("Ramesh"), sold(1, 450)).when(payment("Ramesh", 200)).then(("payment_received", {"party": 1, …}))
given().when(sale(Named("Nobody"), 5)).refused("unknown_party")
"""

from __future__ import annotations

from typing import Any

import pytest

from khata.events.base import Recorded
from khata.events.codec import parse
from khata.events.shapes import emit
from khata.rules.base import Command
from khata.rules.refused import Refused
from tests.books import Shop, in_memory

Expected = tuple[str, dict[str, Any]]


class When:
    """A command put to a book."""

    def __init__(self, shop: Shop, command: Command) -> None:
        self.shop, self.command = shop, command

    def then(self, *expected: Expected, on: str | None = None, words: dict[str, Any] | None = None) -> None:
        """Exactly these events are recorded: kind and data without the commitment; `on` and `words` are the last one's.

        Recorded again under the same id, it makes nothing new.
        """
        before = len(self.shop.entries())
        if self.command.id is None:
            self.command.id = f"{before:08x}" * 4
        outcome = self.shop.record(self.command)
        made = self.shop.recorded()[before:]
        assert outcome.already is None
        assert [_shown(recorded) for recorded in made] == list(expected)
        assert made[-1].id == self.command.id
        assert len({recorded.id for recorded in self.shop.recorded()}) == before + len(made)
        if on is not None:
            assert made[-1].on == on
        if words is not None:
            assert self._words(made[-1]) == words
        again = self.shop.record(self.command)
        assert (again.already, again.total) == (made[-1].seq, 0)
        assert len(self.shop.entries()) == before + len(made)

    def _words(self, recorded: Recorded) -> dict[str, Any]:
        import json

        found = [json.loads(detail.body) for detail in self.shop.details() if detail.entry == recorded.seq]
        return dict(found[0]) if found else {}

    def refused(self, code: str, **facts: object) -> None:
        """Nothing is recorded, for this reason; these facts are among those given."""
        before = self.shop.entries(), self.shop.details()
        with pytest.raises(Refused) as caught:
            self.shop.record(self.command)
        assert caught.value.code == code
        assert {key: caught.value.facts[key] for key in facts} == facts
        assert (self.shop.entries(), self.shop.details()) == before

    def is_entry(self, entry: int) -> None:
        """Nothing is recorded: it stands in the book already."""
        before = self.shop.entries()
        outcome = self.shop.record(self.command)
        assert (outcome.already, outcome.total) == (entry, 0)
        assert self.shop.entries() == before


def _shown(recorded: Recorded) -> Expected:
    data = parse(emit(recorded.event))
    data.pop("detail", None)
    return recorded.event.KIND, data


class Given:
    """A book in which these commands were recorded; its first entry opened it."""

    def __init__(self, *past: Command) -> None:
        self.shop = in_memory()
        for command in past:
            self.shop.record(command)

    def when(self, command: Command) -> When:
        return When(self.shop, command)


def given(*past: Command) -> Given:
    return Given(*past)
