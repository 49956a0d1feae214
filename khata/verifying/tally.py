"""What is gathered over ranges of entries, in any order, so that two processes can share a book.

Only plain values: it crosses from one process to another as msgpack.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from khata.views.laws import merge
from khata.views.schema import TABLES

AccountMonths = dict[tuple[int, str, str], list[int]]
"""(party or 0, account, month) -> [debit, credit] in paise."""

WHOLE = ""
"""In place of a month: the sums of all of them."""

Erasure = tuple[int, int, int, list[int]]
"""The entry of a `detail_erased`, its party or 0, its `upto` or 0, the entries that it names."""

KeyChange = tuple[int, str, str, str]
"""The entry of a `key_rotated` or `key_lost`, the key before or "", the key from there on, the signature or ""."""

BalanceSeal = tuple[int, str, int, str, int, str]
"""The entry of a `balances_sealed`, its `as_on`, `leaves`, `root` and `upto`, and the seed; "" where that is gone."""

Adoption = tuple[int, int]
"""The entry of a `copy_adopted`, and the last entry of the copy that it gave up."""

LISTED = 100
"""Faults that are listed; more are only counted."""

_LISTS = (
    *("opened", "parties", "imports", "reversals", "not_money", "erasures", "missing", "unread"),
    *("keys", "seals", "adoptions"),
)


@dataclass(slots=True)
class Tally:
    """Everything that the whole book is judged by, besides what each entry shows by itself.

    `seen` are the sums of what the cache reaches, `later` of what lies after it: by month for accounts that are
    nobody's, WHOLE for those of parties. `made` and `beyond` are the rows of the other tables of both (views/laws.py).
    `unread` are entries whose words this khata cannot read. `blocks` are the roots of the tree's blocks
    (verifying/tree.py) of which all entries were read together, by their numbers from 0. `ids` is what a second process
    put into the file for them (`Ids.lengths`). `keys`, `seals` and `adoptions` are what the book says of
    itself.
    """

    rows: int = 0
    faults: list[tuple[str, int, str]] = field(default_factory=list)
    fault_count: int = 0
    bad: list[int] = field(default_factory=list)
    bad_chain: list[int] = field(default_factory=list)
    unknown: int = 0
    forms: int = 0
    details: int = 0
    compared: bool = True
    ids: list[list[int]] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    continues: bool = False
    counters: dict[str, int] = field(default_factory=dict)
    counters_used: dict[str, int] = field(default_factory=dict)
    parties: list[tuple[int, int]] = field(default_factory=list)
    parties_used: dict[int, int] = field(default_factory=dict)
    imports: list[int] = field(default_factory=list)
    imports_used: dict[int, int] = field(default_factory=dict)
    reversals: list[tuple[int, int]] = field(default_factory=list)
    not_money: list[int] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)
    kept: dict[int, int] = field(default_factory=dict)
    seen: AccountMonths = field(default_factory=dict)
    later: AccountMonths = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    made: dict[str, dict[Any, list[Any]]] = field(default_factory=dict)
    beyond: dict[str, dict[Any, list[Any]]] = field(default_factory=dict)
    blocks: dict[int, bytes] = field(default_factory=dict)
    keys: list[KeyChange] = field(default_factory=list)
    seals: list[BalanceSeal] = field(default_factory=list)
    adoptions: list[Adoption] = field(default_factory=list)

    def fault(self, check: str, entry: int, code: str) -> None:
        """Note what does not hold."""
        self.fault_count += 1
        if len(self.faults) < LISTED:
            self.faults.append((check, entry, code))
        if check != "replay" and entry:
            self.bad = [min([*self.bad, entry])]
        if check == "chain":
            self.bad_chain = [min([*self.bad_chain, entry])]

    def merge(self, other: Tally) -> None:
        """Add what another process gathered."""
        self.rows += other.rows
        self.faults = sorted(self.faults + other.faults, key=lambda fault: fault[1])[:LISTED]
        self.fault_count += other.fault_count
        for name in ("bad", "bad_chain"):
            setattr(self, name, sorted(getattr(self, name) + getattr(other, name))[:1])
        self.unknown += other.unknown
        self.forms += other.forms
        self.details += other.details
        self.compared = self.compared and other.compared
        self.continues = self.continues or other.continues
        for name in _LISTS:
            getattr(self, name).extend(getattr(other, name))
        for name in ("counters", "counters_used", "parties_used", "imports_used", "kept"):
            _least(getattr(self, name), getattr(other, name))
        merge(TABLES, self.made, other.made)
        merge(TABLES, self.beyond, other.beyond)
        _add(self.seen, other.seen)
        _add(self.later, other.later)
        self.blocks |= other.blocks


def _least(into: dict[Any, int], more: dict[Any, int]) -> None:
    for key, value in more.items():
        if into.get(key, value) >= value:
            into[key] = value


def _add(into: AccountMonths, more: AccountMonths) -> None:
    for key, (debit, credit) in more.items():
        sums = into.setdefault(key, [0, 0])
        sums[0] += debit
        sums[1] += credit
