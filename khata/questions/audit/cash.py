"""Cash of two lakh rupees or more from one person, in a day or for one bill.

The rule is section 269ST of the Income-tax Act 1961, in force from 1 April 2017, and from 1 April 2026 section 186 of
the Income-tax Act 2025: nobody receives two lakh rupees or more in cash from one person in a day, or for one
transaction. Here are the facts; who is exempt is not known to a book.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from khata.events.money import SaleRecorded
from khata.questions.audit.settling import Settled, SettledPart, cancelled, settled
from khata.questions.balances import MOVED, among
from khata.questions.entries import made
from khata.questions.persons import Persons, persons
from khata.units import Day, Party, Seq
from khata.views.cut import Cut

LIMIT_PAISE = 2_00_000_00
"""From this sum on the sections speak of a receipt: two lakh rupees itself is not allowed any more."""

IN_FORCE_FROM = Day("2017-04-01")
RENUMBERED_FROM = Day("2026-04-01")
"""The first day of section 269ST (Finance Act 2017), and that of the Act of 2025, where it is section 186."""

CASH = "cash"
# Rows without the word need not be read further. An account's name stands so in the postings and nowhere else.
_IN_CASH = f"""instr(e.postings, '"{CASH}",') > 0"""


class CashReceipts(NamedTuple):
    """Cash of one person that comes to the limit, in paise.

    Attributes:
        party: the number that stands for the person; None for a counter sale.
        name: None for a counter sale, and once forgotten.
        on: the day on which it was received; of a bill that on which the sum reached the limit.
        cash_paise: all that was received so.
        entries: by which entries, in the order of their days.
        rule: the section that is in force on that day, `269ST` or `s.186`.
        why: `day`, all cash of a day, or `bill`, what came in for one sale on several days.
        bill: the entry of that sale.
    """

    party: Party | None
    name: str | None
    on: Day
    cash_paise: int
    entries: list[Seq]
    rule: str
    why: str
    bill: Seq | None


def cash(connection: sqlite3.Connection, cut: Cut, first: Day | None, last: Day) -> list[CashReceipts]:
    """What comes to the limit from a day (None: the beginning) to a day, both inclusive, by day and person.

    Cash that was given back takes nothing away. A cancelled entry does not count where its reversal does.
    """
    return CashBook(connection, cut, first, last).found()


class CashBook:
    """The receipts in cash of a period.

    Args:
        connection: the views.
        cut: the two clocks.
        first: the first day, None for the beginning.
        last: the last day.
    """

    def __init__(self, connection: sqlite3.Connection, cut: Cut, first: Day | None, last: Day) -> None:
        self._connection, self._cut = connection, cut
        self._first, self._last = max(first or IN_FORCE_FROM, IN_FORCE_FROM), min(last, cut.as_on)
        self._who = persons(connection, cut.known)
        self._cancelled = cancelled(connection, cut)

    def found(self) -> list[CashReceipts]:
        """All of them."""
        lines = [*self._days(), *self._counter(), *self._bills()]
        return sorted(lines, key=lambda line: (line.on, line.party or 0, line.why, line.entries))

    def _days(self) -> Iterator[CashReceipts]:
        for party, on in self._may_be_days():
            khatas = self._who.khatas(party)
            rows = self._connection.execute(
                f"SELECT e.seq, e.postings FROM entry e WHERE {among('e.party', khatas)} AND e.day = ? AND e.{MOVED}"
                f" AND e.credit_paise > 0 AND +e.seq <= ? AND e.reverses IS NULL AND {_IN_CASH} ORDER BY e.seq",
                (*khatas, on, self._cut.known),
            )
            received = {
                seq: paise for seq, postings in rows if seq not in self._cancelled and (paise := _cash(postings)) > 0
            }
            if sum(received.values()) >= LIMIT_PAISE:
                yield self._line(party, on, received.values(), list(received))

    def _may_be_days(self) -> Iterator[tuple[Party, Day]]:
        """Persons and days: in all, with whatever mode, so much came in. All of it stands in the index."""
        days = (self._first, self._last, self._cut.known, LIMIT_PAISE)
        alone = self._connection.execute(
            # Party by party, for the index begins with the party and then has the day.
            "SELECT party.party, e.day FROM party CROSS JOIN entry e ON e.party = party.party"
            f" WHERE e.day BETWEEN ? AND ? AND +e.seq <= ? AND e.{MOVED}"
            " GROUP BY party.party, e.day HAVING sum(e.credit_paise) >= ?",
            days,
        )
        together = _with_several(self._who)
        yield from [(party, on) for party, on in alone if self._who.of(party) not in together]
        for person in together:
            khatas = self._who.khatas(person)
            yield from [
                (person, on)
                for (on,) in self._connection.execute(
                    f"SELECT e.day FROM entry e WHERE {among('e.party', khatas)} AND e.day BETWEEN ? AND ?"
                    f" AND +e.seq <= ? AND e.{MOVED} GROUP BY e.day HAVING sum(e.credit_paise) >= ?",
                    (*khatas, *days),
                )
            ]

    def _counter(self) -> Iterator[CashReceipts]:
        """Nobody knows whether two buyers were one: each sale at the counter stands for itself."""
        for seq, on, postings in self._connection.execute(
            "SELECT e.seq, e.day, e.postings FROM entry e WHERE +e.party IS NULL AND e.amount_paise >= ?"
            f" AND e.day BETWEEN ? AND ? AND +e.seq <= ? AND {_IN_CASH}",
            (LIMIT_PAISE, self._first, self._last, self._cut.known),
        ):
            if seq not in self._cancelled and (paise := _cash(postings)) >= LIMIT_PAISE:
                yield self._line(None, on, [paise], [seq])

    def _bills(self) -> Iterator[CashReceipts]:
        bills: dict[Party, set[Seq]] = {}
        for party, seq in self._connection.execute(
            # What a sale is shows only its row; that so much was debited stands in the index.
            "SELECT e.party, e.seq FROM party CROSS JOIN entry e ON e.party = party.party"
            f" WHERE e.day <= ? AND e.{MOVED} AND e.debit_paise >= ? AND +e.seq <= ? AND +e.kind = ?",
            (self._cut.as_on, LIMIT_PAISE, self._cut.known, SaleRecorded.KIND),
        ):
            bills.setdefault(self._who.of(party), set()).add(seq)
        for person, of_person in bills.items():
            for debit in settled(self._connection, self._who.khatas(person), self._cut, self._cancelled):
                if debit.entry in of_person and (line := self._bill(person, debit)) is not None:
                    yield line

    def _bill(self, person: Party, debit: Settled) -> CashReceipts | None:
        """What came in for a bill, if it came to the limit in the period, and not all on one day."""
        if not any(self._first <= on <= self._last for on in (debit.on, *[part.on for part in debit.parts])):
            return None
        at_once = SettledPart(debit.entry, debit.on, 0, self._cash_of(debit.entry))
        days: set[Day] = set()
        entries: list[Seq] = []
        whole, reached = 0, None
        for part in sorted([at_once, *debit.parts], key=lambda part: (part.on, part.entry)):
            paise = min(part.last_paise, self._cash_of(part.entry)) - part.first_paise
            if part.on < IN_FORCE_FROM or paise <= 0:
                continue
            whole += paise
            days.add(part.on)
            entries.append(part.entry)
            if reached is None and whole >= LIMIT_PAISE:
                reached = part.on
        if reached is None or len(days) < 2 or not self._first <= reached <= self._last:
            return None
        return self._line(person, reached, [whole], entries, debit.entry)

    def _cash_of(self, seq: Seq) -> int:
        """The cash that came in with an entry, in paise; what a reversal takes back never came in by it."""
        query = f"SELECT e.postings FROM entry e WHERE e.seq = ? AND e.reverses IS NULL AND {_IN_CASH}"
        row = self._connection.execute(query, (seq,)).fetchone()
        return max(_cash(row[0]), 0) if row else 0

    def _line(
        self, party: Party | None, on: Day, paise: Iterable[int], entries: Sequence[Seq], bill: Seq | None = None
    ) -> CashReceipts:
        rule = "s.186" if on >= RENUMBERED_FROM else "269ST"
        why = "day" if bill is None else "bill"
        return CashReceipts(party, self._name(party), on, sum(paise), list(entries), rule, why, bill)

    def _name(self, party: Party | None) -> str | None:
        row = self._connection.execute("SELECT record FROM party WHERE party = ?", (party,)).fetchone()
        name: str | None = json.loads(row[0]).get("name") if row else None
        return name


def _with_several(who: Persons) -> set[Party]:
    """The persons who have several khatas."""
    return {who.of(each) for each in who.joined}


def _cash(postings: str) -> int:
    """What the postings of an entry put into the cash, in paise; negative where it was given back."""
    return sum(paise for account, _, paise in made(None, postings) if account == CASH)
