"""What a statement is held against: payments of some days, what customers owed, and what is known of who pays how."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from khata.grammar.text import ref_key
from khata.questions.balances import MOVED, NET
from khata.questions.entries import posted
from khata.questions.persons import persons
from khata.units import MODES, Day, Paise, Party, Seq


class BookPayment(NamedTuple):
    """Money that came in by one entry that stands, or that is on its way.

    Attributes:
        entry: its number; `party` None at the counter.
        paise: what came in this way.
        mode: `cash`, `upi`, `card`, `bank`, `cheque`.
        ref: its reference; `seen_as` those of the lines of statements that it was matched with before ("" for none).
        by_hand: whether a person typed it, so that its day may be another one.
        pending: whether it is on its way.
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


class PayerKnown(NamedTuple):
    """A customer as statements may show one: every name, the phone, the UPI ids and payers' names learned so far."""

    party: Party
    name: str | None
    called: tuple[str, ...]
    phone: str | None
    vpas: tuple[str, ...]
    payers: tuple[str, ...]


_CAME_IN = " OR ".join(f"""postings GLOB '*[[]"{mode}",[0-9]*'""" for mode in MODES)


def payments(connection: sqlite3.Connection, first: Day, last: Day) -> list[BookPayment]:
    """All money that came in from one business day to another, and all that is on its way, by entry."""
    who, seen = persons(connection), _seen(connection)
    found = []
    rows = connection.execute(
        "SELECT seq, party, day, postings, ref, import_entry FROM entry WHERE day BETWEEN ? AND ?"
        f" AND reverses IS NULL AND reversed_by IS NULL AND postings IS NOT NULL AND ({_CAME_IN})",
        (first, last),
    )
    for seq, party, day, postings, ref, brought in rows:
        whose = who.of(Party(party)) if party is not None else None
        marks = tuple(seen.get(seq, ()))
        for mode, paise in posted(postings):
            if mode in MODES and paise > 0:
                known = (Seq(seq), whose, Day(day), Paise(paise), mode, ref, marks, brought is None)
                found.append(BookPayment(*known))
    begun = connection.execute(
        "SELECT p.entry, p.party, e.day, p.amount_paise, p.mode, p.ref FROM pending p JOIN entry e ON e.seq = p.entry"
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


def debits(connection: sqlite3.Connection, first: Day, last: Day) -> Iterator[tuple[Party, Day, int]]:
    """What was given on khata, entry by entry: whose, the day, and what was not paid at once, in paise."""
    who = persons(connection)
    rows = connection.execute(
        f"SELECT party, day, {NET} FROM entry WHERE day BETWEEN ? AND ? AND party IS NOT NULL AND {MOVED}"
        f" AND reverses IS NULL AND reversed_by IS NULL AND {NET} > 0",
        (first, last),
    )
    return ((who.of(Party(party)), Day(day), int(paise)) for party, day, paise in rows)


def owed(connection: sqlite3.Connection, khatas: Sequence[Party], day: Day) -> int:
    """What a customer owed at the end of a day, in paise, with all that is recorded."""
    marks = ", ".join("?" * len(khatas))
    (paise,) = connection.execute(
        f"SELECT coalesce(sum({NET}), 0) FROM entry WHERE party IN ({marks}) AND day <= ? AND {MOVED}", (*khatas, day)
    ).fetchone()
    return int(paise)
