"""The book as double entry, one transaction after the other: what every journal of another program is written from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from khata.exporting.plain_csv import word_of
from khata.postings.base import OPENING, PARTY
from khata.questions.accounts import nets
from khata.questions.entries import EntryRow, posted
from khata.questions.journal import Extract, Net, brought_forward, first_day, money_entries, who_moved
from khata.questions.parties import all_parties
from khata.questions.persons import Persons, persons
from khata.units import Day, Party, Seq
from khata.views.cache import Connection


class Transaction(NamedTuple):
    """An entry, or what was brought forward to the first day.

    Attributes:
        on: its business day.
        word: what it is, `sale`; `opening balances` where it is no entry.
        entry: its number; None where it is no entry.
        party: the person whose account it is on.
        legs: what it moved, in paise, positive debit; they come to nothing.
        ref, note: as they were typed.
        reverses, corrects: the entry that it takes back, or stands in the place of.
    """

    on: Day
    word: str
    entry: Seq | None
    party: Party | None
    legs: list[Net]
    ref: str | None = None
    note: str | None = None
    reverses: Seq | None = None
    corrects: Seq | None = None

    @property
    def title(self) -> str:
        """`sale 17`, `reverse 18, cancels 17`."""
        said = self.word if self.entry is None else f"{self.word} {self.entry}"
        return said if self.reverses is None else f"{said}, cancels {self.reverses}"


class JournalBook:
    """An extract of a book, ready to be written out.

    Attributes:
        shop: what the shop is called; None where that is not known.
        wanted: which part of the book.
        known: the names of all persons, by number and in its order; None once forgotten.
        people: those of them who come up.
        accounts: the shop's own accounts.
        begins: the day from which on the accounts are open.
    """

    def __init__(self, views: Connection, wanted: Extract, shop: str | None = None) -> None:
        self.shop, self.wanted = shop, wanted
        self._views = views
        self._who: Persons = persons(views, wanted.cut.known)
        self.brought = brought_forward(views, wanted)
        first = first_day(views, wanted)
        self.begins = wanted.before if self.brought else first or wanted.cut.as_on
        self.accounts = [account for account in nets(views, wanted.cut) if account != PARTY]
        if self.brought and OPENING not in self.accounts:
            self.accounts.append(OPENING)
        self.known = self._known()
        moved = who_moved(views, wanted) | {each.party for each in self.brought if each.party is not None}
        self.people = {party: name for party, name in self.known.items() if party in moved}

    def _known(self) -> dict[Party, str | None]:
        """Everybody, joined khatas as one: names are told apart among all, so that they are the same in every extract.

        A later number never takes a spelling from an earlier one.
        """
        return {row.party: row.name for row in all_parties(self._views) if row.party not in self._who.joined}

    def transactions(self) -> Iterator[Transaction]:
        """What was brought forward, then the entries by business day."""
        if self.brought:
            yield Transaction(self.wanted.before, "opening balances", None, None, self.brought)
        yield from map(self.transaction, money_entries(self._views, self.wanted))

    def transaction(self, row: EntryRow) -> Transaction:
        """An entry as a transaction."""
        party = self._who.of(row.party) if row.party is not None else None
        legs = [Net(account, party if account == PARTY else None, paise) for account, paise in posted(row.postings)]
        word = word_of(row.kind) or row.kind
        return Transaction(
            row.on, word, row.entry, party, _ordered(legs), row.ref, row.note, row.reverses, row.corrects
        )


def _ordered(legs: list[Net]) -> list[Net]:
    """As a bookkeeper writes it, a debit first; what was paid at once stands behind what it was paid for."""
    first = next((place for place, leg in enumerate(legs) if leg.paise > 0), 0)
    return [legs[first], *legs[:first], *legs[first + 1 :]]
