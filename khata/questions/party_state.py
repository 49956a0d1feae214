"""A party as the rules see it, in a row of the views with all that is recorded."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from khata.questions.balances import check
from khata.units import Party
from khata.views.laws import RowsOver
from khata.views.schema import PARTY

DECLARED, RECORD, FORGOTTEN, LARGEST, DEBITED, CREDITED = map(
    PARTY.at.__getitem__, ("entry", "record", "forgotten", "largest_paise", "debited_paise", "credited_paise")
)
"""Where these stand in a party's row."""


class PartyState(NamedTuple):
    """A party as the rules see it: its row, with all that is recorded."""

    row: list[Any]
    others: Sequence[list[Any]] = ()
    """The rows of the other khatas of the same person."""

    @property
    def record(self) -> Mapping[str, Any]:
        """The whole detail as it is now: name, aliases, phone, address; empty once forgotten."""
        found: Mapping[str, Any] = json.loads(self.row[RECORD] or "{}")
        return found

    @property
    def name(self) -> str | None:
        """The name, None once forgotten."""
        return self.record.get("name")

    @property
    def balance_paise(self) -> int:
        """Paise, positive when the party owes the shop."""
        owed: int = self.row[DEBITED] - self.row[CREDITED]
        return owed + sum([row[DEBITED] - row[CREDITED] for row in self.others]) if self.others else owed

    @property
    def largest_paise(self) -> int:
        """Its largest entry, in paise."""
        largest: int = self.row[LARGEST]
        return max([largest, *(row[LARGEST] for row in self.others)]) if self.others else largest

    @property
    def forgotten(self) -> bool:
        """Whether what was known of it was erased."""
        return bool(self.row[FORGOTTEN])


class PartiesOver(RowsOver):
    """Parties as the cache has them, each held against its entries when it is first asked for."""

    def __missing__(self, key: Party) -> list[Any]:
        row = super().__missing__(key)
        if row[PARTY.at["entry"]] is not None:
            check(self._cache, key)
        return row
