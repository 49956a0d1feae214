"""What a period came to: sales, receipts, discounts … by month, day, mode, item or customer, and the entries behind it.

A figure is what its accounts were moved by, reversals included: it is the net of the books, and adds up to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from khata import names
from khata.grammar.days import BEFORE_ALL
from khata.postings.base import DISCOUNT, OPENING, OTHER_INCOME, RETURNS, SALES, WRITTEN_OFF
from khata.questions.entries import EntryRow, posted, select
from khata.questions.persons import Persons, persons
from khata.units import MODES, Day, Party, Seq

Moves = Sequence[tuple[str, int]]
"""Accounts, and by how many paise each was debited (positive) or credited; one may stand there twice."""


class Figure(NamedTuple):
    """Something that is added up.

    Attributes:
        accounts: of which it is the net.
        sign: 1 where it grows by debits, -1 by credits.
        ways: by what it can be parted.
    """

    accounts: tuple[str, ...]
    sign: int
    ways: tuple[str, ...]


_BY = ("month", "day", "customer")
_BY_ITEM = ("month", "day", "mode", "item", "customer")

FIGURES = {
    "sales": Figure((SALES,), -1, _BY_ITEM),
    "receipts": Figure(MODES, 1, ("month", "day", "mode", "customer")),
    "returns": Figure((RETURNS,), 1, _BY_ITEM),
    "discounts": Figure((DISCOUNT,), 1, _BY),
    "write-offs": Figure((WRITTEN_OFF,), 1, _BY),
    "charges": Figure((OTHER_INCOME,), -1, _BY),
    "openings": Figure((OPENING,), -1, _BY),
}

COUNTER = "counter"
"""The key of what was nobody's in particular."""
NO_ITEM = ""
"""The key of what was sold without saying what it was."""


class FigureRow(NamedTuple):
    """A part of a figure.

    Attributes:
        key: a month, a day, an account, an item, `@2` or `counter`: by it the entries behind are asked for.
        amount_paise: what it came to.
        entries: how many entries moved it.
        party, name: of a customer; the name is None once forgotten.
        quantity_milli: of an item, thousandths; None where an entry does not say how much it was.
    """

    key: str
    amount_paise: int
    entries: int
    party: Party | None = None
    name: str | None = None
    quantity_milli: int | None = None


class Span(NamedTuple):
    """The business days from `first` (None: the first there is) to `last`, and the last entry that counts."""

    first: Day | None
    last: Day
    known: Seq

    @property
    def where(self) -> str:
        """The condition over `e`: by the index of days where there is a first one, else entry by entry."""
        return "e.day BETWEEN ? AND ? AND +e.seq <= ?" if self.first else "+e.day >= ? AND +e.day <= ? AND e.seq <= ?"

    @property
    def facts(self) -> tuple[Day, Day, Seq]:
        """What the condition asks for."""
        return self.first or BEFORE_ALL, self.last, self.known


# `[["cash",500],["sales",-500]]`: of what has two postings the accounts and the amount are read as they stand.
_TWO = "length(e.postings) - length(replace(e.postings, '[', '')) = 3"
_FIRST = """substr(e.postings, 4, instr(substr(e.postings, 4), '"') - 1)"""
_SECOND = """substr(e.postings, instr(e.postings, '],["') + 4,
    instr(substr(e.postings, instr(e.postings, '],["') + 4), '"') - 1)"""
_PAISE = "CAST(substr(e.postings, instr(e.postings, ',') + 1) AS INTEGER)"


def _touches(accounts: Sequence[str]) -> str:
    return "(" + " OR ".join(f"""instr(e.postings, '["{account}",')""" for account in accounts) + ")"


def moved_in(
    connection: sqlite3.Connection, span: Span, key: str, accounts: Sequence[str] = ()
) -> Iterator[tuple[Any, Moves, int]]:
    """What the accounts were moved by in a period, in portions.

    Args:
        connection: the views.
        span: the days, and what is known.
        key: an expression over `e`, by whose value it is parted.
        accounts: only entries that move one of these; none for all.

    Returns:
        The value of `key`, what was moved, and of how many entries this is the sum: of such as moved the same two
        accounts in the same direction.
    """
    touching = f" AND {_touches(accounts)}" if accounts else ""
    condition = f"{span.where} AND e.postings IS NOT NULL{touching}"
    for value, one, other, paise, count in connection.execute(
        f"SELECT {key}, {_FIRST} AS one, {_SECOND} AS other, sum({_PAISE}), count(*) FROM entry e"
        f" WHERE {condition} AND {_TWO} GROUP BY 1, 2, 3, {_PAISE} > 0",
        span.facts,
    ):
        yield value, ((one, paise), (other, -paise)), count
    for value, postings in connection.execute(
        f"SELECT {key}, e.postings FROM entry e WHERE {condition} AND NOT ({_TWO})", span.facts
    ):
        yield value, posted(postings), 1


def figure(connection: sqlite3.Connection, what: str, per: str, span: Span) -> list[FigureRow]:
    """A figure of a period, parted.

    Args:
        connection: the views.
        what: one of `FIGURES`.
        per: one of the figure's `ways`.
        span: the days, and what is known.

    Returns:
        By time in its order, all else the largest first. What the parts come to is the net of the figure's accounts.
    """
    found = FIGURES[what]
    if per == "item":
        return _by_item(connection, found, span)
    key = {"month": "substr(e.day, 1, 7)", "day": "e.day", "mode": "NULL", "customer": "e.party"}[per]
    sums: dict[Any, list[int]] = {}
    who = persons(connection, span.known)
    for value, moves, count in moved_in(connection, span, key, found.accounts):
        for part, paise in _parts(found, per, value, moves, who).items():
            both = sums.setdefault(part, [0, 0])
            both[0] += paise
            both[1] += count
    if per == "customer":
        return _customers(connection, sums)
    rows = [FigureRow(str(part), paise, count) for part, (paise, count) in sums.items()]
    return sorted(rows, key=lambda row: row.key) if per in ("month", "day") else _largest(rows)


def _parts(found: Figure, per: str, value: Any, moves: Moves, who: Persons) -> Mapping[Any, int]:
    """The keys under which a portion counts, and with how many paise."""
    if per == "mode":
        # Of money it is the mode; of goods the account on the other side.
        own = found.accounts == MODES
        parts: dict[Any, int] = {}
        for account, paise in moves:
            if (account in found.accounts) == own:
                parts[account] = parts.get(account, 0) + (found.sign if own else -found.sign) * paise
        return {account: paise for account, paise in parts.items() if paise}  # paid in full, nothing is on khata
    if per == "customer" and value is not None:
        value = who.of(value)
    return {value: _own(found, moves)}


def _own(found: Figure, moves: Moves) -> int:
    return found.sign * sum(paise for account, paise in moves if account in found.accounts)


def _customers(connection: sqlite3.Connection, sums: Mapping[Party | None, Sequence[int]]) -> list[FigureRow]:
    called = dict(connection.execute("SELECT party, record FROM party").fetchall())
    rows = []
    for party, (paise, count) in sums.items():
        name = json.loads(called[party]).get("name") if party in called else None
        rows.append(FigureRow(COUNTER if party is None else f"@{party}", paise, count, party, name))
    return _largest(rows)


def _largest(rows: Sequence[FigureRow]) -> list[FigureRow]:
    return sorted(rows, key=lambda row: (-row.amount_paise, row.key))


class _Item:
    """What is gathered of an item."""

    def __init__(self, name: str) -> None:
        self.name, self.paise, self.milli, self.entries, self.said = name, 0, 0, 0, True


def _by_item(connection: sqlite3.Connection, found: Figure, span: Span) -> list[FigureRow]:
    """By the items that stand on the bills; what has none is under `NO_ITEM`, so that the parts add up."""
    rest = _Item(NO_ITEM)
    items: dict[str, _Item] = {}
    for _, moves, count in moved_in(connection, span, "NULL", found.accounts):
        rest.paise += _own(found, moves)
        rest.entries += count
    for sign, lines in _items(connection, found, span):
        taken = set()
        whole = True
        for name, quantity, _, paise in lines:
            key = names.exact_key(name)
            whole = whole and bool(key)
            if not key:
                continue
            item = items.setdefault(key, _Item(name))
            item.name = name
            item.paise += sign * paise
            item.milli += sign * (quantity or 0)
            item.said = item.said and quantity is not None
            item.entries += key not in taken
            taken.add(key)
            rest.paise -= sign * paise
        rest.entries -= whole
    rows = [
        FigureRow(each.name, each.paise, each.entries, quantity_milli=each.milli if each.said else None)
        for each in items.values()
    ]
    if rest.paise or rest.entries:
        rows.append(FigureRow(NO_ITEM, rest.paise, rest.entries))
    return _largest(rows)


def _items(connection: sqlite3.Connection, found: Figure, span: Span) -> Iterator[tuple[int, list[list[Any]]]]:
    """The items of the entries of a period, with 1, and of those that were cancelled in it, with -1."""
    whose = f"{span.where} AND {_touches(found.accounts)}"
    for (items,) in connection.execute(
        f"SELECT e.items FROM entry e WHERE {whose} AND e.items IS NOT NULL", span.facts
    ):
        yield 1, json.loads(items)
    for (items,) in connection.execute(
        "SELECT o.items FROM entry e JOIN entry o ON o.seq = e.reverses"
        f" WHERE {whose} AND e.reverses IS NOT NULL AND o.items IS NOT NULL",
        span.facts,
    ):
        yield -1, json.loads(items)


class Behind(NamedTuple):
    """An entry behind a figure, and the part of it that counts there, in paise."""

    row: EntryRow
    part_paise: int


def behind(connection: sqlite3.Connection, what: str, per: str, key: str, span: Span) -> list[Behind]:
    """The entries behind one part of a figure, by day, each with what of it counts: it adds up to the figure.

    Args:
        connection: the views.
        what: one of `FIGURES`.
        per: one of the figure's `ways`.
        key: as a row has it.
        span: as for the figure.
    """
    found, who = FIGURES[what], persons(connection, span.known)
    condition, facts = _sought(per, key, who)
    rows = select(
        connection, f"{span.where} AND {_touches(found.accounts)}{condition} ORDER BY e.day, e.seq", *span.facts, *facts
    )
    if per == "item":
        return list(_with_item(connection, found, key, rows))
    wanted: object = key
    if per == "customer":
        wanted = None if key == COUNTER else who.of(Party(int(key.removeprefix("@"))))
    parts = ((row, _parts(found, per, _value(row, per), posted(row.postings), who)) for row in rows)
    return [Behind(row, part[wanted]) for row, part in parts if wanted in part]


def _value(row: EntryRow, per: str) -> object:
    """What `moved_in` has as the key of an entry."""
    return {"month": row.on[:7], "day": row.on}.get(per, row.party)


def touching(connection: sqlite3.Connection, account: str, span: Span) -> list[Behind]:
    """The entries that moved an account in a period, by day, each with its net there (positive debit)."""
    rows = select(connection, f"{span.where} AND {_touches([account])} ORDER BY e.day, e.seq", *span.facts)
    return [Behind(row, sum(paise for each, paise in posted(row.postings) if each == account)) for row in rows]


def _sought(per: str, key: str, who: Persons) -> tuple[str, tuple[object, ...]]:
    """The condition over `e` under which an entry may count for a key, and its facts."""
    if per in ("month", "day"):
        return " AND substr(e.day, 1, ?) = ?", (len(key), key)
    if per == "mode":
        return " AND instr(e.postings, ?)", (f'["{key}",',)
    if per == "customer":
        if key == COUNTER:
            return " AND e.party IS NULL", ()
        khatas = who.khatas(Party(int(key.removeprefix("@"))))
        return f" AND e.party IN ({', '.join('?' * len(khatas))})", tuple(khatas)
    return "", ()


def _with_item(connection: sqlite3.Connection, found: Figure, key: str, rows: Iterator[EntryRow]) -> Iterator[Behind]:
    """The entries with an item, or with none, each with what of it is of that."""
    wanted = names.exact_key(key)
    taken_back = dict(
        connection.execute(
            "SELECT e.seq, o.items FROM entry e JOIN entry o ON o.seq = e.reverses WHERE o.items IS NOT NULL"
        ).fetchall()
    )
    for row in rows:
        sign, lines = (1, row.items) if row.items else (-1, json.loads(taken_back.get(row.entry) or "[]"))
        of_it = [paise for name, _, _, paise in lines if name and names.exact_key(name) == wanted]
        if wanted:
            if of_it:
                yield Behind(row, sign * sum(of_it))
            continue
        named = sum(paise for name, _, _, paise in lines if names.exact_key(name))
        rest = _own(found, posted(row.postings)) - sign * named
        if rest or not lines or any(not names.exact_key(name) for name, *_ in lines):
            yield Behind(row, rest)
