"""What a statement is held against: payments of some days, what customers owed, and what is known of who pays how."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple

from khata.events.money import PaymentReceived
from khata.grammar.text import ref_key
from khata.questions.balances import MOVED, NET
from khata.questions.entries import EntryRow, posted, select
from khata.questions.persons import persons
from khata.units import MODES, Day, Paise, Party, Seq


class BookPayment(NamedTuple):
    """Money that came in by one entry that stands, or that is on its way.

    Attributes:
        entry: its number; `party` None at the counter.
        paise: what came in this way.
        mode: `cash`, `upi`, `card`, `bank`, `cheque`.
        ref: its reference; `seen_as` those of the lines of statements that it was matched with before ("" for none).
        by_hand: whether a person typed it, here or elsewhere, so that its day may be another one.
        pending: whether it is on its way.
        note: what was typed with it: some write the last digits of a reference there.
        profile: of what kind the file was that brought it; None if none did.
    """

    entry: Seq
    party: Party | None
    on: Day
    paise: Paise
    mode: str
    ref: str | None
    seen_as: tuple[str, ...] = ()
    by_hand: bool = True
    pending: bool = False
    note: str | None = None
    profile: str | None = None


class PayerKnown(NamedTuple):
    """A customer as statements may show one: every name, the phone, the UPI ids and payers' names learned so far."""

    party: Party
    name: str | None
    called: tuple[str, ...]
    phone: str | None
    vpas: tuple[str, ...]
    payers: tuple[str, ...]


_CAME_IN = " OR ".join(f"""postings GLOB '*[[]"{mode}",[0-9]*'""" for mode in MODES)


def payments(
    connection: sqlite3.Connection, first: Day, last: Day, besides: Iterable[Seq], statements: Container[str]
) -> list[BookPayment]:
    """All money that came in from one business day to another, and all that is on its way, by entry.

    Args:
        connection: the views.
        first: the first day.
        last: the last one, included.
        besides: entries that are looked at whatever their day.
        statements: the profiles of files whose days are those of a bank.
    """
    who, seen = persons(connection), _seen(connection)
    found = []
    rows = connection.execute(
        "SELECT seq, party, day, postings, ref, note, (SELECT i.profile FROM import i WHERE i.entry = import_entry)"
        " FROM entry"
        " WHERE (day BETWEEN ? AND ? OR seq IN (SELECT value FROM json_each(?)))"
        f" AND reverses IS NULL AND reversed_by IS NULL AND postings IS NOT NULL AND ({_CAME_IN})",
        (first, last, json.dumps(sorted(besides))),
    )
    for seq, party, day, postings, ref, note, profile in rows:
        whose = who.of(Party(party)) if party is not None else None
        marks = tuple(seen.get(seq, ()))
        for mode, paise in posted(postings):
            if mode in MODES and paise > 0:
                known = (Seq(seq), whose, Day(day), Paise(paise), mode, ref, marks, profile not in statements)
                found.append(BookPayment(*known, note=note, profile=profile))
    begun = connection.execute(
        "SELECT p.entry, p.party, e.day, p.amount_paise, p.mode, p.ref"
        " FROM pending p CROSS JOIN entry e ON e.seq = p.entry"
        " WHERE NOT EXISTS (SELECT 1 FROM settled s WHERE s.entry = p.entry)"
    )
    for seq, party, day, paise, mode, ref in begun:
        found.append(BookPayment(Seq(seq), who.of(Party(party)), Day(day), Paise(paise), mode, ref, pending=True))
    return sorted(found)


def _seen(connection: sqlite3.Connection) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for entry, ref in connection.execute("SELECT entry, ref FROM match"):
        found.setdefault(entry, []).append(ref)
    return found


def with_refs(connection: sqlite3.Connection, refs: Iterable[str]) -> dict[str, Seq]:
    """The entries that stand under these references, whatever their day, or were matched with them before."""
    wanted = json.dumps(sorted({ref_key(ref) for ref in refs}))
    found: dict[str, Seq] = {}
    for key, seq in connection.execute(
        "SELECT w.value, e.seq FROM json_each(?) w JOIN entry e ON lower(replace(e.ref, ' ', '')) = w.value"
        " WHERE e.ref IS NOT NULL AND e.reversed_by IS NULL",
        (wanted,),
    ):
        found[key] = Seq(seq)
    for key, seq in connection.execute(
        "SELECT w.value, m.entry FROM json_each(?) w JOIN match m ON m.ref = w.value"
        " JOIN entry e ON e.seq = m.entry WHERE e.reversed_by IS NULL",
        (wanted,),
    ):
        found.setdefault(key, Seq(seq))
    return found


def taken_back_refs(connection: sqlite3.Connection, refs: Iterable[str]) -> set[str]:
    """The keys of those references under which something was recorded and taken back."""
    wanted = json.dumps(sorted({ref_key(ref) for ref in refs}))
    rows = connection.execute(
        "SELECT DISTINCT w.value FROM json_each(?) w JOIN entry e ON lower(replace(e.ref, ' ', '')) = w.value"
        " WHERE e.ref IS NOT NULL AND e.reversed_by IS NOT NULL",
        (wanted,),
    )
    return {key for (key,) in rows}


def settled_by(connection: sqlite3.Connection, begun: Seq) -> Seq:
    """The entry that says what came of a payment on its way; 0 while none does."""
    row = connection.execute('SELECT "by" FROM settled WHERE entry = ?', (begun,)).fetchone()
    return Seq(row[0] if row else 0)


def rows_of(connection: sqlite3.Connection, sha256: str) -> dict[int, tuple[Seq, Party | None, bool]]:
    """What was recorded of the very same file, or matched: by row the entry, whose it is, and whether it stands."""
    who = persons(connection)
    rows = connection.execute(
        "SELECT e.import_row, e.seq, e.party, e.reversed_by FROM import i JOIN entry e ON e.import_entry = i.entry"
        " WHERE i.sha256 = ? AND e.postings IS NOT NULL ORDER BY e.seq",
        (sha256,),
    )
    found = {row: (Seq(seq), who.of(Party(party)) if party else None, by is None) for row, seq, party, by in rows}
    matched = connection.execute(
        "SELECT m.row, e.seq, e.party FROM match m CROSS JOIN entry e ON e.seq = m.entry"
        " WHERE m.sha256 = ? AND e.reversed_by IS NULL ORDER BY e.seq",
        (sha256,),
    )
    return found | {row: (Seq(seq), who.of(Party(party)) if party else None, True) for row, seq, party in matched}


def payers(connection: sqlite3.Connection) -> list[PayerKnown]:
    """Everybody who is not forgotten, each by the number that stands for all of theirs."""
    who = persons(connection)
    found: dict[Party, PayerKnown] = {}
    for number, record, forgotten in connection.execute("SELECT party, record, forgotten FROM party ORDER BY party"):
        if forgotten:
            continue
        said: dict[str, Any] = json.loads(record)
        party = who.of(Party(number))
        one = found.get(party) or PayerKnown(party, None, (), None, (), ())
        name = said.get("name")
        found[party] = PayerKnown(
            party,
            name if party == number else one.name,
            (*one.called, *filter(None, (name, *said.get("aliases", ())))),
            said.get("phone") or one.phone,
            (*one.vpas, *said.get("vpas", ())),
            (*one.payers, *said.get("payers", ())),
        )
    return list(found.values())


def moves(connection: sqlite3.Connection, first: Day, last: Day) -> Iterator[tuple[Party, Day, int]]:
    """What each entry of some days adds to what its customer owes, in paise, less than 0 for what it takes off."""
    who = persons(connection)
    rows = connection.execute(
        f"SELECT party, day, {NET} FROM entry WHERE day BETWEEN ? AND ? AND party IS NOT NULL AND {MOVED}"
        f" AND {NET} <> 0 ORDER BY day, seq",
        (first, last),
    )
    return ((who.of(Party(party)), Day(day), int(paise)) for party, day, paise in rows)


def owed_before(connection: sqlite3.Connection, day: Day) -> dict[Party, int]:
    """What each customer owed before a day, in paise; nobody is in it who never had an account."""
    who = persons(connection)
    found: dict[Party, int] = {}
    rows = connection.execute(
        f"SELECT party, sum({NET}) FROM entry WHERE day < ? AND party IS NOT NULL AND {MOVED} GROUP BY party", (day,)
    )
    for party, paise in rows:
        whose = who.of(Party(party))
        found[whose] = found.get(whose, 0) + paise
    return found


TOGETHER = 12
"""Shares of one payment that are looked for on either side of one of them."""


def shares_with(connection: sqlite3.Connection, share: EntryRow) -> list[Seq]:
    """The payments that still stand and were recorded at once with one: at its instant, beside it, in its way.

    Shares of one payment are recorded so; without a reference nothing else says that they are.
    """
    if share.kind != PaymentReceived.KIND or share.import_entry is not None:
        return []
    found = select(
        connection,
        "e.seq BETWEEN ? AND ? AND e.seq != ? AND e.at = ? AND e.by = ? AND e.kind = ? AND e.day = ?"
        " AND e.reversed_by IS NULL ORDER BY e.seq",
        *(share.entry - TOGETHER, share.entry + TOGETHER, share.entry, share.at, share.by, share.kind, share.on),
    )
    ways = [*share.effect.by_mode]
    return [each.entry for each in found if [*each.effect.by_mode] == ways and each.ref == share.ref]
