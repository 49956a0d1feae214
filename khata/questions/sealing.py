"""What everybody's balance was, for a seal over all of them."""

from __future__ import annotations

import sqlite3

from khata.postings.seals import SealedBalance
from khata.questions.balances import MOVED, balances
from khata.questions.persons import persons
from khata.units import Seq
from khata.views.cut import Cut


def everybody(connection: sqlite3.Connection, cut: Cut) -> list[SealedBalance]:
    """Everybody who stands for himself, with what he owed by both clocks and the last entry that counts in it.

    Of somebody with several khatas it is what all of them come to. Who has no entry yet has the one that declares him.

    Raises:
        ViewsDifferError: what the views keep does not agree.
    """
    who = persons(connection, cut.known)
    last: dict[int, int] = dict(
        connection.execute("SELECT party, entry FROM party WHERE entry <= ?", (cut.known,)).fetchall()
    )
    rows = connection.execute(
        f"SELECT party, max(seq) FROM entry INDEXED BY entry_party WHERE {MOVED} AND day <= ? AND seq <= ?"
        " GROUP BY party",
        (cut.as_on, cut.known),
    )
    for party, seq in rows.fetchall():
        last[party] = max(last.get(party, 0), seq)
    for each in who.joined:
        last[who.of(each)] = max(last.get(who.of(each), 0), last.get(each, 0))
    return [
        SealedBalance(row.party_id, row.balance_paise, Seq(last[row.party]))
        for row in balances(connection, cut, settled=True)
    ]
