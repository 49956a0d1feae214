"""What rows would do to balances, told before they are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from khata.postings.base import PARTY
from khata.postings.kinds import MONEY
from khata.questions.balances import balance_of
from khata.questions.imports import NOW
from khata.questions.parties import party as known_party
from khata.questions.persons import persons
from khata.rules.base import Command
from khata.rules.importing import RecordRows
from khata.units import Party
from khata.views.cache import Cache

SHOWN = 20
"""Customers whose balances are told: those that change most."""


class ChangedBalance(NamedTuple):
    """A customer's balance before the rows and after them, in paise, positive where he owes."""

    party: Party
    name: str | None
    before_paise: int
    after_paise: int


@dataclass(slots=True)
class BalanceEffect:
    """How rows change balances: of how many customers, by how much in all (paise, positive debit), and the largest."""

    sums: dict[Party, int] = field(default_factory=dict)
    largest: list[ChangedBalance] = field(default_factory=list)

    def passing(self, commands: Iterable[Command]) -> Iterator[Command]:
        """The commands as they are; what their rows do is added up."""
        for command in commands:
            for row in command.rows if isinstance(command, RecordRows) else ():
                for account, party, paise in MONEY[row.event.KIND].postings(row.event):
                    if account == PARTY and party is not None:
                        self.sums[party] = self.sums.get(party, 0) + paise
            yield command

    def settle(self, views: Cache, added: Iterable[tuple[Party, str]]) -> None:
        """Look up those whose balances change most; `added` are new customers and their names."""
        who, new = persons(views.connection), dict(added)
        joined: dict[Party, int] = {}
        for party, paise in self.sums.items():
            joined[who.of(party)] = joined.get(who.of(party), 0) + paise
        self.sums = {party: paise for party, paise in joined.items() if paise}
        most = sorted(self.sums, key=lambda party: (-abs(self.sums[party]), party))[:SHOWN]
        for party in most:
            before, name = 0, new.get(party)
            if name is None:
                before, known = balance_of(views.connection, party, NOW), known_party(views.connection, party)
                name = known.name if known is not None else None
            self.largest.append(ChangedBalance(party, name, before, before + self.sums[party]))

    def data(self) -> dict[str, Any]:
        """JSON."""
        return {
            "parties": len(self.sums),
            "change_paise": sum(self.sums.values()),
            "largest": [each._asdict() for each in self.largest],
        }
