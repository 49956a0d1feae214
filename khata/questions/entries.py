"""The entries themselves: one, a range, a day's; and who recorded them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from khata import names
from khata.grammar.days import earlier, end_of_day
from khata.postings.base import PARTY
from khata.postings.effect import Effect, effect_of
from khata.questions.persons import persons
from khata.units import At, Day, Party, Seq
from khata.views.cut import known_at


class Again(NamedTuple):
    """What an entry says of what comes again.

    Attributes:
        entry: with which it began.
        amount_paise, every, made_as: of each time: `day`, `week` or `month`, a `sale` or a `charge`.
        first: on which it is due first; of what is left out, the first day.
        last: of what is left out, the last day.
    """

    entry: Seq
    amount_paise: int
    every: str
    made_as: str
    first: Day
    last: Day | None = None


class EntryRow(NamedTuple):
    """An entry as the views hold it; amounts in paise. `party_name` is None for the counter and once forgotten."""

    entry: Seq
    event_id: str
    kind: str
    on: Day
    at: At
    by: str
    by_name: str | None
    party: Party | None
    party_name: str | None
    amount_paise: int | None
    ref: str | None
    note: str | None
    items: list[tuple[str, int | None, int | None, int]]
    reverses: Seq | None
    reversed_by: Seq | None
    corrects: Seq | None
    import_entry: Seq | None
    import_row: int | None
    postings: str | None
    """As `made` takes them."""
    by_hand: str | None
    locks_upto: Day | None
    """Of an entry that locks days, the last one of them."""
    pending_paise: int | None
    """Of a payment on its way, what is to come."""
    settles: Seq | None
    """Of what became of such a payment, the entry with which it began; `outcome` is `received` or `failed`."""
    outcome: str | None
    bounced: bool
    """Of a reversal, whether the payment came back unpaid."""
    came_back: bool
    """Of an entry that was cancelled, whether by such a reversal."""
    again: Again | None = None
    """Of one that begins, ends or leaves out what comes again."""
    reminded_paise: int | None = None
    """Of a reminder, what was asked for."""
    disputes: Seq | None = None
    """Of what a customer denies, or does no more, which entry; `dispute_status` is `open` or `closed`."""
    dispute_status: str | None = None
    due_on: Day | None = None
    """Of a sale on an account, the day on which what was not paid is due, where it says so (`on_terms`)."""
    disputed_by: Seq | None = None
    """Of an entry on an account that the customer denies, the entry that says so (`on_terms`)."""

    @property
    def effect(self) -> Effect:
        """What it did, in paise."""
        return effect_of(self.kind, self.amount_paise, self.party, made(self.party, self.postings), self.reverses)


class Moved(NamedTuple):
    """A posting as a question sees it: the account, its party, paise (positive debit, negative credit)."""

    account: str
    party: Party | None
    amount_paise: int


_COLUMNS = (
    "e.seq, lower(hex(e.id)), e.kind, e.day, e.at, e.by, c.name, e.party, p.record, e.amount_paise, e.ref, e.note,"
    " e.items, e.reverses, e.reversed_by, e.corrects, e.import_entry, e.import_row, e.postings, e.by_hand,"
    " (SELECT l.upto FROM lock l WHERE l.entry = e.seq),"
    " (SELECT p.amount_paise FROM pending p WHERE p.entry = e.seq),"
    ' (SELECT s.entry FROM settled s WHERE s."by" = e.seq), (SELECT s.outcome FROM settled s WHERE s."by" = e.seq),'
    " e.reverses IS NOT NULL AND EXISTS (SELECT 1 FROM bounce b WHERE b.entry = e.seq),"
    " e.reversed_by IS NOT NULL AND EXISTS (SELECT 1 FROM bounce b WHERE b.entry = e.reversed_by)"
)
_FROM = "FROM entry e LEFT JOIN counter c ON c.by = e.by LEFT JOIN party p ON p.party = e.party"


def select(connection: sqlite3.Connection, where: str, *facts: object) -> Iterator[EntryRow]:
    """The entries for which a condition over `e` (the entry) holds. For the other questions in this folder."""
    called: dict[str | None, str | None] = {None: None}  # a party comes again and again
    for row in connection.execute(f"SELECT {_COLUMNS} {_FROM} WHERE {where}", facts):
        values = list(row)
        record, items = values[8], values[12]
        if record not in called:
            called[record] = json.loads(record).get("name")
        values[8] = called[record]
        values[24:26] = map(bool, values[24:26])
        values[12] = [] if items is None else [tuple(item) for item in json.loads(items)]
        found = EntryRow(*values)
        more = _MORE.get(found.kind.partition("_")[0]) if found.postings is None else None
        yield found if more is None else found._replace(**more(connection, found.entry))


def _again(connection: sqlite3.Connection, entry: Seq) -> dict[str, Any]:
    """What an entry says of what comes again; None where what it names never began."""
    row = connection.execute(
        "SELECT r.entry, r.amount_paise, r.every, r.made_as, coalesce(s.first, r.first), s.last"
        " FROM (SELECT ? AS said) LEFT JOIN skipped s ON s.entry = said LEFT JOIN ended d ON d.by = said"
        " JOIN recurring r ON r.entry = coalesce(s.of, d.entry, said)",
        (entry,),
    ).fetchone()
    return {"again": Again._make(row) if row else None}


def _reminded(connection: sqlite3.Connection, entry: Seq) -> dict[str, Any]:
    row = connection.execute("SELECT amount_paise FROM reminder WHERE entry = ?", (entry,)).fetchone()
    return {"reminded_paise": row[0]} if row else {}


def _disputed(connection: sqlite3.Connection, entry: Seq) -> dict[str, Any]:
    row = connection.execute("SELECT of, status FROM dispute WHERE entry = ?", (entry,)).fetchone()
    return {"disputes": Seq(row[0]), "dispute_status": row[1]} if row else {}


_MORE = {"recurring": _again, "reminder": _reminded, "entry": _disputed}
"""What stands in tables of their own, of the few entries whose kind begins so: asked for those alone."""


def on_terms(connection: sqlite3.Connection, rows: Sequence[EntryRow], denied: Mapping[Seq, Seq]) -> list[EntryRow]:
    """Entries with the day on which each is due, and by which entry it is denied (`disputes`)."""
    (any_due,) = connection.execute("SELECT EXISTS (SELECT 1 FROM due)").fetchone()
    found = []
    for row in rows:
        said: dict[str, Any] = {"disputed_by": denied.get(row.entry)}
        if any_due:
            day = connection.execute("SELECT day FROM due WHERE entry = ?", (row.entry,)).fetchone()
            said["due_on"] = day and day[0]
        found.append(row._replace(**said))
    return found


def entry(connection: sqlite3.Connection, seq: Seq) -> EntryRow | None:
    """One entry; None if the views do not hold it."""
    return next(select(connection, "e.seq = ?", seq), None)


class Sought(NamedTuple):
    """Which entries are asked for; None and nothing: any.

    Attributes:
        party: one person's, by whichever khata.
        first_on, last_on: of business days from and up to.
        by: recorded by one of these counters (8 hex).
        kinds: of one of these stored kinds.
        mode: with which money of this mode moved.
    """

    party: Party | None = None
    first_on: Day | None = None
    last_on: Day | None = None
    by: Sequence[str] = ()
    kinds: Sequence[str] = ()
    mode: str | None = None


ANY = Sought()


def log(
    connection: sqlite3.Connection, first: Seq, known: Seq, sought: Sought = ANY, *, last: int | None = None
) -> Iterator[EntryRow]:
    """Entries from `first` up to `known`, in order; with `last` so many, the newest first."""
    conditions, facts = ["e.seq BETWEEN ? AND ?"], [first, known]

    def only(condition: str, *values: object) -> None:
        conditions.append(condition)
        facts.extend(values)  # type: ignore[arg-type] # whatever the condition asks for

    if sought.party is not None:
        khatas = persons(connection, known).khatas(sought.party)
        only(f"e.party IN ({', '.join('?' * len(khatas))})", *khatas)
    if sought.first_on is not None:
        only("e.day >= ?", sought.first_on)
    if sought.last_on is not None:
        only("e.day <= ?", sought.last_on)
    if sought.by:
        only(f"e.by IN ({', '.join('?' * len(sought.by))})", *sought.by)
    if sought.kinds:
        only(f"e.kind IN ({', '.join('?' * len(sought.kinds))})", *sought.kinds)
    if sought.mode is not None:
        only("instr(e.postings, ?)", f'["{sought.mode}",')
    order = "ORDER BY e.seq" if last is None else "ORDER BY e.seq DESC LIMIT ?"
    yield from select(connection, f"{' AND '.join(conditions)} {order}", *facts, *([] if last is None else [last]))


def moved(connection: sqlite3.Connection, seq: Seq) -> list[Moved]:
    """The postings of an entry, in the order they were made."""
    row = connection.execute("SELECT party, postings FROM entry WHERE seq = ?", (seq,)).fetchone()
    return made(*row) if row else []


def made(party: Party | None, postings: str | None) -> list[Moved]:
    """The postings that stand in an entry's row."""
    return [Moved(account, party if account == PARTY else None, paise) for account, paise in posted(postings)]


def posted(postings: str | None) -> list[tuple[str, int]]:
    """The accounts that stand in an entry's row, each with its paise: positive debit.

    `[["party",45000],["sales",-45000]]`: JSON without blanks, in which no name of an account has a comma or an escape
    (views/fold.py). It is read so because a year's ledgers ask for it fifty thousand times.

    >>> posted('[["party",45000],["sales",-45000]]')
    [('party', 45000), ('sales', -45000)]
    """
    if not postings:
        return []
    found = []
    for each in postings[2:-2].split("],["):
        account, _, paise = each.partition(",")
        found.append((account[1:-1], int(paise)))
    return found


def as_known(row: EntryRow, known: Seq) -> EntryRow:
    """An entry as it looked then: what was cancelled later was not known to be wrong."""
    return row._replace(reversed_by=None, came_back=False) if row.reversed_by and row.reversed_by > known else row


def corrected_by(connection: sqlite3.Connection, seq: Seq, known: Seq) -> Seq | None:
    """The entry that stands in the place of this one, if it was recorded by then."""
    row = connection.execute("SELECT seq FROM entry WHERE corrects = ? AND seq <= ?", (seq, known)).fetchone()
    return Seq(row[0]) if row else None


def with_id(connection: sqlite3.Connection, event_id: str) -> EntryRow | None:
    """The entry that has this event id (32 hex); None if the views hold none."""
    return next(select(connection, "e.id = ?", bytes.fromhex(event_id)), None)


def last_of(connection: sqlite3.Connection, by: str) -> EntryRow | None:
    """The last entry that a counter recorded, whatever it is."""
    return next(select(connection, "e.by = ? ORDER BY e.seq DESC LIMIT 1", by), None)


def last_own(connection: sqlite3.Connection, by: str, today: Day) -> EntryRow | None:
    """The last money entry that a counter recorded today and that still stands; never an import's or a reversal.

    Recorded today, for whatever business day: what was typed last is what a hand wants to take back.
    """
    return next(
        select(
            connection,
            "e.by = ? AND e.seq > ? AND e.amount_paise IS NOT NULL AND e.reverses IS NULL AND e.reversed_by IS NULL"
            " AND e.import_entry IS NULL ORDER BY e.seq DESC LIMIT 1",
            by,
            known_at(connection, end_of_day(earlier(today, 1))),
        ),
        None,
    )


def counter_name(connection: sqlite3.Connection, by: str) -> str | None:
    """The name of a counter (8 hex); None if the book does not know it."""
    row = connection.execute("SELECT name FROM counter WHERE by = ?", (by,)).fetchone()
    return row[0] if row else None


def counters(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Every counter (8 hex) with its name, in the order in which they began."""
    return dict(connection.execute("SELECT by, name FROM counter ORDER BY entry").fetchall())


def counter_named(connection: sqlite3.Connection, name: str) -> str | None:
    """The counter (8 hex) that has this name; None if the book knows none."""
    key = names.exact_key(name)
    for by, called in connection.execute("SELECT by, name FROM counter ORDER BY entry"):
        if called and names.exact_key(called) == key:
            return str(by)
    return None
