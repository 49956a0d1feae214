"""What a book's entries come to, added up by hand: no code of khata has a part in it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict


class Replay:
    """What each party owes in paise, and the entries of each party, as far as it has been given entries."""

    def __init__(self) -> None:
        self.owed: Counter[int] = Counter()
        self.lines: defaultdict[int, list[int]] = defaultdict(list)
        self._moved: dict[int, tuple[int, int]] = {}

    def add(self, body: bytes) -> None:
        """The next entry."""
        said = json.loads(body)
        data = said["data"]
        if said["kind"] == "entry_reversed":
            party, paise = self._moved[data["entry"]]
            self._move(said["@seq"], party, -paise)
        elif "amount_paise" in data:
            open_paise = data["amount_paise"] - sum(part["amount_paise"] for part in data.get("paid", ()))
            self._move(said["@seq"], data["party"], (1 if said["kind"] == "sale_recorded" else -1) * open_paise)

    def _move(self, seq: int, party: int, paise: int) -> None:
        self._moved[seq] = (party, paise)
        self.owed[party] += paise
        self.lines[party].append(seq)

    def balances(self) -> dict[int, int]:
        """By party's number; those who owe nothing are left out."""
        return {party: paise for party, paise in sorted(self.owed.items()) if paise}
