"""What only all entries together can tell: declared before it is used, reversed once, sums that fit (docs/FORMAT.md).

A reader refuses what a verifier refuses: views are not made of a book in which this does not hold.
"""

import sqlite3
from collections.abc import Collection
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from khata.events.book import BookOpened, ClockCorrected
from khata.log.errors import BookBrokenError
from khata.units import LARGEST, At, Party, Seq
from khata.views.about import kept_parties
from khata.views.fold import FoldedRows, Row
from khata.views.schema import (
    AT,
    BY,
    BY_IMPORT,
    CORRECTS,
    COUNTER,
    FACT,
    IMPORT,
    KIND,
    POSTINGS,
    REVERSES,
    SEQ,
    TOTAL,
    WHOSE,
)


class Claims(NamedTuple):
    """What a tail says of what came before it; plain values, which may cross from one process to another.

    Attributes:
        at: when its first entry was recorded; "" where that may go back.
        counters, imports, parties: what stands in it, and the first entry in which it does.
        missing: entries whose detail is not there, and whose they are.
    """

    at: At
    counters: dict[str, Seq]
    imports: dict[Seq, Seq]
    parties: dict[Party, Seq]
    missing: list[tuple[Seq, Party | None]]


def claims_of(rows: FoldedRows, missing: Collection[Seq]) -> Claims:
    """What folded rows claim. Raises BookBrokenError for what does not hold among them."""
    entries = rows.entries
    _in_order(entries)
    whose: dict[Any, Any] = {row[SEQ]: row[WHOSE] for row in entries} if missing else {}
    first = entries[0]
    return Claims(
        At("") if first[KIND] == ClockCorrected.KIND else At(str(first[AT])),
        _first_of(entries, BY),
        _first_of(entries, BY_IMPORT),
        _first_of(entries, WHOSE),
        [(seq, whose[seq]) for seq in missing],
    )


def _first_of(entries: list[Row], column: int) -> dict[Any, Any]:
    """What stands in a column, and the first entry in which it does."""
    found = {row[column]: row[SEQ] for row in reversed(entries)}
    found.pop(None, None)
    return found


def _in_order(entries: list[Row]) -> None:
    for before, after in pairwise(entries):
        if after[AT] < before[AT] and after[KIND] != ClockCorrected.KIND:  # type: ignore[operator] # texts
            _broken(after[SEQ], "at_goes_back")
        if after[KIND] == BookOpened.KIND:
            _broken(after[SEQ], "opened_twice")
    for row in entries:
        if row[CORRECTS] is not None and row[CORRECTS] >= row[SEQ]:  # type: ignore[operator] # both are numbers
            _broken(row[SEQ], "corrects_later")
    if (entries[0][SEQ] == 1) != (entries[0][KIND] == BookOpened.KIND):
        _broken(entries[0][SEQ], "not_opened" if entries[0][SEQ] == 1 else "opened_twice")


def _broken(entry: object, reason: str) -> NoReturn:
    raise BookBrokenError(entry=entry, reason=reason)


def check_erased(rows: FoldedRows, details: Collection[Seq]) -> None:
    """Of the entries of a tail, none whose detail an erasure in it covers may have one. Raises BookBrokenError."""
    base: Any = rows.entries[0][SEQ]
    for party, upto, entries in rows.erasures:
        for seq in details:
            whose = rows.entries[seq - base][WHOSE]
            if seq in (entries or ()) or (party is not None and whose == party and seq <= (upto or 0)):
                _broken(seq, "detail_erased")


def check(views: sqlite3.Connection, rows: FoldedRows, claims: Claims) -> None:
    """Hold a tail against the views that it follows. Raises BookBrokenError for the first thing that does not hold."""
    first = rows.entries[0]
    last_at = views.execute("SELECT value FROM meta WHERE key = 'last_at'").fetchone()
    if claims.at and last_at is not None and claims.at < last_at[0]:
        _broken(first[SEQ], "at_goes_back")
    _counters(views, rows, claims)
    _imports(views, rows, claims)
    continues = "continues" in rows.made[FACT.name] or _has(views, "fact WHERE key = ?", "continues")
    _parties(views, rows, claims, continues=continues)
    _reversals(views, rows)
    for account, (debit, credit) in rows.made[TOTAL.name].items():
        had = views.execute("SELECT debit_paise, credit_paise FROM total WHERE account = ?", (account,)).fetchone()
        if max(debit + (had[0] if had else 0), credit + (had[1] if had else 0)) > LARGEST:
            _broken(first[SEQ], "sum_too_large")


def _counters(views: sqlite3.Connection, rows: FoldedRows, claims: Claims) -> None:
    declared = {by: row[COUNTER.at["entry"]] for by, row in rows.made[COUNTER.name].items()}
    for by, used in claims.counters.items():
        here = declared.get(by)
        if (here is None or here > used) and not _has(views, "counter WHERE by = ?", by):
            _broken(used, "counter_not_declared")


def _imports(views: sqlite3.Connection, rows: FoldedRows, claims: Claims) -> None:
    started = rows.made[IMPORT.name]
    for entry, used in claims.imports.items():
        if entry >= used or not (entry in started or _has(views, "import WHERE entry = ?", entry)):
            _broken(used, "import_not_started")


def _parties(views: sqlite3.Connection, rows: FoldedRows, claims: Claims, *, continues: bool) -> None:
    declared: dict[Party, Seq] = {}
    free = views.execute("SELECT coalesce(max(party), 0) + 1 FROM party").fetchone()[0]
    for seq, party in rows.declared:
        # A book that goes on from another one keeps the numbers of those who still have an account.
        if party in declared or (party != free and not (continues and not _has(views, "party WHERE party = ?", party))):
            _broken(seq, "party_not_next")
        declared[party] = seq
        free = max(free, party + 1)
    for party, used in claims.parties.items():
        if declared.get(party, used + 1) > used and not _has(views, "party WHERE party = ?", party):
            _broken(used, "party_not_declared")


def _reversals(views: sqlite3.Connection, rows: FoldedRows) -> None:
    done: set[Seq] = set()
    base = rows.entries[0][SEQ]
    for seq, entry in rows.reversed:
        if entry >= base:  # type: ignore[operator] # a number
            row = rows.entries[entry - base]  # type: ignore[operator]
            moved, reverses, by = row[POSTINGS], row[REVERSES], None
        else:
            found = views.execute(
                "SELECT postings, reverses, reversed_by FROM entry WHERE seq = ?", (entry,)
            ).fetchone()
            moved, reverses, by = found or (None, None, None)
        if moved is None or reverses is not None:
            _broken(seq, "reverses_nothing")
        if by is not None or entry in done:
            _broken(seq, "reversed_twice")
        done.add(entry)


def _has(views: sqlite3.Connection, where: str, value: object) -> bool:
    return views.execute(f"SELECT 1 FROM {where}", (value,)).fetchone() is not None


def note(views: sqlite3.Connection, rows: FoldedRows, claims: Claims) -> None:
    """Keep what later tails are held against, inside the caller's transaction."""
    many = views.executemany
    if declared := rows.new_parties:
        count, highest = kept_parties(views)
        kept = f"{count + len(declared)} {max(highest, *declared)}"
        views.execute("INSERT OR REPLACE INTO meta VALUES ('parties', ?)", (kept,))
    many("INSERT INTO missing VALUES (?, ?)", claims.missing)
    for whose, upto, entries in rows.erasures:
        gone = [(None, None, entry) for entry in entries or ()] if whose is None else [(whose, upto, None)]
        many("INSERT INTO erasure VALUES (?, ?, ?)", gone)


def settle(views: sqlite3.Connection) -> None:
    """At the head of the book: forget of missing details that they are missing, where they were erased."""
    views.execute(
        "DELETE FROM missing WHERE EXISTS (SELECT 1 FROM erasure e"
        " WHERE e.entry = missing.entry OR (e.party = missing.party AND e.upto >= missing.entry))"
    )
