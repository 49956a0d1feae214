"""What was recorded after a moment for days that were over by then, and what it changes: what was filed, and what is.

Whoever filed a return or took a balance as the book knew it then asks which figures are others by now.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.questions.accounts import SINCE, nets
from khata.questions.balances import balances
from khata.questions.entries import posted
from khata.questions.persons import persons
from khata.units import Party, Seq
from khata.views.cut import Cut


class PartyThenNow(NamedTuple):
    """A person's balance in paise as it was known then and as it is known now (positive: the shop is owed), and why.

    All of it is None but `entries` for the counter, which has no balance: what was recorded there is seen in the
    accounts. `name` is None once forgotten. `entries` are those that moved money, also where they come to nothing.
    """

    party: Party | None
    party_id: str | None
    name: str | None
    then_paise: int | None
    now_paise: int | None
    entries: list[Seq]


class AccountThenNow(NamedTuple):
    """An account's balance in paise, positive debit, as it was known then and as it is known now."""

    account: str
    then_paise: int
    now_paise: int


class Changes(NamedTuple):
    """What was recorded after entry `since`: whom it is of, the largest difference first, the counter last.

    Of the accounts only those that differ, by name; `party` is that of all customers together, so that the differences
    of all accounts come to nothing.
    """

    since: Seq
    parties: list[PartyThenNow]
    accounts: list[AccountThenNow]


def changes(connection: sqlite3.Connection, since: Seq, cut: Cut) -> Changes:
    """What was recorded after entry `since` up to that of the cut, for days up to that of the cut.

    A person with several khatas is one, as known at the later moment: then is now less what was recorded since.

    Raises:
        ViewsDifferError: sums by month, of a party or of its entries, or of an account are not the same.
    """
    who = persons(connection, cut.known)
    entries: dict[Party | None, list[Seq]] = {}
    owed: dict[Party | None, int] = {}
    did: dict[str, int] = {}
    for seq, party, net, postings in connection.execute(
        SINCE.format(columns="e.seq, e.party, e.debit_paise - e.credit_paise, e.postings", order="ORDER BY e.seq"),
        {"since": since, "known": cut.known, "as_on": cut.as_on},
    ):
        person = who.of(party) if party is not None else None
        entries.setdefault(person, []).append(seq)
        owed[person] = owed.get(person, 0) + (net or 0)
        for account, paise in posted(postings):
            did[account] = did.get(account, 0) + paise
    if not entries:
        return Changes(since, [], [])
    parties = [
        PartyThenNow(
            each.party,
            each.party_id,
            each.name,
            each.balance_paise - owed[each.party],
            each.balance_paise,
            entries[each.party],
        )
        for each in balances(connection, cut, settled=True)
        if each.party in entries
    ]
    parties.sort(key=lambda each: (-abs(owed[each.party]), each.party))
    if None in entries:
        parties.append(PartyThenNow(None, None, None, None, None, entries[None]))
    sums = nets(connection, cut)
    accounts = [
        AccountThenNow(account, sums.get(account, 0) - paise, sums.get(account, 0))
        for account, paise in sorted(did.items())
        if paise
    ]
    return Changes(since, parties, accounts)
