"""A second ledger: what a book comes to, by docs/FORMAT.md alone.

It reads bodies as JSON and has nothing of khata in it, so that what it says does not follow when khata goes wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

Json = dict[str, Any]
Key = tuple[int, str, str]
"""Whose account (0: nobody's), which, and the month."""

PARTY = "party"
_OTHER_SIDE = {
    "sale_recorded": "sales",
    "goods_returned": "returns",
    "payment_received": "discount",
    "money_refunded": "nothing is left over",
    "discount_allowed": "discount",
    "debt_written_off": "written_off",
    "opening_recorded": "opening",
    "charge_made": "other_income",
}
"""The account that has what the party and the modes leave over; it makes debits and credits the same."""
_TAXES = ("cgst_paise", "sgst_paise", "igst_paise", "cess_paise")


class Move(NamedTuple):
    """What an entry does to one account: paise, positive for debit."""

    account: str
    paise: int


class Noted(NamedTuple):
    """An entry: what it did, and what it takes back."""

    seq: int
    kind: str
    on: str
    party: int | None
    amount: int | None
    moves: tuple[Move, ...]
    reverses: int | None
    due: str

    @property
    def debit(self) -> int:
        """What the party was given."""
        return sum(move.paise for move in self.moves if move.account == PARTY and move.paise > 0)

    @property
    def credit(self) -> int:
        """What the party gave."""
        return -sum(move.paise for move in self.moves if move.account == PARTY and move.paise < 0)


def moves_of(kind: str, data: Json) -> tuple[Move, ...]:
    """What an entry that moves money does, by the table of the format."""
    amount = data["amount_paise"]
    made: list[Move] = []
    if kind in ("sale_recorded", "goods_returned"):
        out = 1 if kind == "sale_recorded" else -1
        if "party" in data:
            made.append(Move(PARTY, out * amount))
        for part in data.get("paid", ()):
            made.append(Move(part["mode"], out * part["amount_paise"]))
            if "party" in data:
                made.append(Move(PARTY, -out * part["amount_paise"]))
        tax = sum(line.get(key, 0) for line in data.get("lines", ()) for key in _TAXES)
        for account, paise in (("output_gst", tax), ("round_off", data.get("round_off_paise", 0))):
            if paise:
                made.append(Move(account, -out * paise))
    elif kind == "payment_received":
        made = [Move(PARTY, -amount - data.get("discount_paise", 0)), Move(data["mode"], amount)]
    elif kind == "money_refunded":
        made = [Move(PARTY, amount), Move(data["mode"], -amount)]
    else:
        owed_more = kind == "charge_made" or data.get("side") == "receive"
        made = [Move(PARTY, amount if owed_more else -amount)]
    left = -sum(move.paise for move in made)
    return (*made, Move(_OTHER_SIDE[kind], left)) if left else tuple(made)


class Paper:
    """The entries of a book, from their bodies."""

    def __init__(self, bodies: Iterable[bytes]) -> None:
        self.entries: list[Noted] = []
        self.disputes: list[tuple[int, str, int, str]] = []
        """Entry, day, which entry is denied, and whether it still is."""
        self.corrections: dict[int, int] = {}
        """What was corrected, and by which entry."""
        for body in bodies:
            said = json.loads(body)
            if "corrects" in said["data"]:
                self.corrections[said["data"]["corrects"]] = said["@seq"]
            kind, data = said["kind"], said["data"]
            party, reverses = data.get("party"), None
            moves: tuple[Move, ...] = ()
            if kind == "entry_reversed":
                reverses = data["entry"]
                back = self.entries[reverses - 1]
                party, moves = back.party, tuple(Move(account, -paise) for account, paise in back.moves)
            elif kind in _OTHER_SIDE:
                moves = moves_of(kind, data)
            if kind == "entry_disputed":
                self.disputes.append((said["@seq"], said["on"], data["entry"], data["status"]))
            # Of money that is there only.
            amount = None if kind in ("payment_begun", "reminder_sent") else data.get("amount_paise")
            due = max(said["on"], data.get("due_on", "")) if kind == "sale_recorded" else said["on"]
            self.entries.append(Noted(said["@seq"], kind, said["on"], party, amount, moves, reverses, due))

    def months(self) -> dict[Key, tuple[int, int]]:
        """What every account was debited and credited in each month, in paise."""
        sums: dict[Key, list[int]] = {}
        for entry in self.entries:
            for account, paise in entry.moves:
                whose = (entry.party or 0) if account == PARTY else 0
                both = sums.setdefault((whose, account, entry.on[:7]), [0, 0])
                both[paise < 0] += abs(paise)
        return {key: (debit, credit) for key, (debit, credit) in sums.items()}

    def last_entries(self) -> dict[int, int]:
        """The last entry that has to do with each party."""
        return {each.party: each.seq for each in self.entries if each.party}

    def largest(self) -> dict[int, int]:
        """The largest amount that was ever written with each party; 0 where none was."""
        found: dict[int, int] = {}
        for each in self.entries:
            if each.party:
                found[each.party] = max(found.get(each.party, 0), each.amount or 0)
        return found

    def counting(self, as_on: str, known: int, party: int | None = None) -> list[Noted]:
        """The entries that count by both clocks, in the order of days; one party's if asked."""
        found = [each for each in self.entries[:known] if each.on <= as_on and each.moves]
        return sorted((each for each in found if party in (None, each.party)), key=lambda each: (each.on, each.seq))

    def balances(self, as_on: str, known: int) -> dict[int, int]:
        """What each party owes; zero left out."""
        sums: dict[int, int] = {}
        for each in self.counting(as_on, known):
            if each.party:
                sums[each.party] = sums.get(each.party, 0) + each.debit - each.credit
        return {party: paise for party, paise in sums.items() if paise}

    def accounts(self, first: str, last: str, known: int) -> dict[str, int]:
        """What the accounts moved in these days; an account that came to zero is in it."""
        sums: dict[str, int] = {}
        for each in self.counting(last, known):
            if each.on >= first:
                for account, paise in each.moves:
                    sums[account] = sums.get(account, 0) + paise
        return sums

    def standing(self, entry: int, known: int) -> int:
        """What stands in the place of an entry: the last of its corrections."""
        while (anew := self.corrections.get(entry, known + 1)) <= known:
            entry = anew
        return entry

    def denied(self, party: int, as_on: str, known: int) -> list[Noted]:
        """What a party denies of what counts and adds to what it owes."""
        said: dict[int, str] = {}
        for seq, on, of, status in self.disputes:
            if seq <= known and on <= as_on:
                said[self.standing(of, known)] = status
        mine = self.counting(as_on, known, party)
        gone = cancelled(mine)
        return [
            each for each in mine if said.get(each.seq) == "open" and each.debit > each.credit and each.seq not in gone
        ]

    def unpaid(self, party: int, as_on: str, known: int, *, denied: bool = True) -> list[tuple[str, str, int]]:
        """Day, due day and paise of what is still owed, the newest first: payments settle the oldest.

        What was paid at once with a sale was paid for that one. Without what is `denied`, if that is not wanted.
        """
        mine, without = self.counting(as_on, known, party), self.denied(party, as_on, known)
        gone = cancelled(mine) | (set() if denied else {each.seq for each in without})
        left = sum(each.debit - each.credit for each in mine)
        left -= 0 if denied else sum(each.debit - each.credit for each in without)
        found = []
        given = [each for each in mine if each.debit > each.credit and each.seq not in gone]
        for each in sorted(given, key=lambda each: (each.on, each.due), reverse=True):
            if left > 0:
                found.append((each.on, each.due, min(left, each.debit - each.credit)))
                left -= each.debit - each.credit
        return found


def cancelled(entries: list[Noted]) -> set[int]:
    """What comes to nothing among these entries: the reversed and what reverses them, where both are here."""
    here = {each.seq for each in entries}
    return {seq for each in entries if each.reverses in here for seq in (each.seq, each.reverses or 0)}


def by_age(unpaid: list[tuple[str, str, int]], as_on: str) -> list[int]:
    """What is not due yet, and what is for up to 30, 60, 90 days, and for longer, in paise."""
    ages = [0, 0, 0, 0, 0]
    for _, due, paise in unpaid:
        days = (date.fromisoformat(as_on) - date.fromisoformat(due)).days
        ages[sum(days > limit for limit in (-1, 30, 60, 90))] += paise
    return ages
