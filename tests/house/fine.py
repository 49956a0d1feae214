"""A made-up kind of entry, declared as a real one would be: a fine for a bounced cheque."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from khata.api import commands
from khata.api.wanted import OfMoney
from khata.cli import jsonlines, registry
from khata.cli.examples import EXAMPLES
from khata.events import shapes
from khata.events.base import Amount, Event, Number, Ref
from khata.events.registry import KINDS
from khata.postings import kinds
from khata.postings.base import PARTY, Posting
from khata.postings.kinds import Kind
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.units import Paise


class ChequeFined(Event, kw_only=True):
    """The event."""

    KIND: ClassVar[str] = "cheque_fined"

    party: Number
    amount_paise: Amount
    ref: Ref | None = None


def fined(event: Any) -> list[Posting]:
    """What it does to the accounts."""
    return [(PARTY, event.party, event.amount_paise), ("fines", None, -event.amount_paise)]


class RecordFine(Command, kw_only=True):
    """The rule."""

    MAKES: ClassVar = ChequeFined

    party: Who
    amount_paise: Paise

    def decide(self, facts: Facts) -> Decision:
        return money_entry(self, ChequeFined, facts, self.party, {"amount_paise": self.amount_paise})


class Fine(OfMoney, kw_only=True, tag_field="command", tag="fine"):
    """The command, in the words of a caller."""

    RULE: ClassVar = RecordFine


KIND = Kind(ChequeFined, fined, "fine")
SENTENCES = {"kind.cheque_fined": "fine", "moved.cheque_fined": "{amount} fine", "help.fine": "A fine"}


@contextmanager
def declared(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A line in each list: the events, what moves money, and the commands, to Python and on the command line."""
    patch.setitem(KINDS, (ChequeFined.KIND, 1), ChequeFined)
    patch.setitem(kinds.MONEY, ChequeFined.KIND, KIND)
    patch.setitem(commands.COMMANDS, "fine", Fine)
    patch.setattr(commands, "Fine", Fine, raising=False)
    patch.setitem(registry.COMMANDS, "fine", registry._money("Fine", between=True))
    patch.setitem(EXAMPLES, "fine", "khata fine ramesh 20")
    for made in (shapes.marks, jsonlines.any_command):
        made.cache_clear()
    yield
    for made in (shapes.marks, jsonlines.any_command):
        made.cache_clear()
