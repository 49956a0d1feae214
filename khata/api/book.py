"""The Python API: `open_book` and what can be done with an open book. docs/API.md shows it at work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict, Unpack

from khata.api import asked, commands, who
from khata.api.asked import DayGiven, KnownGiven
from khata.api.commands import Paid, Wanted, Whom
from khata.api.desk import Desk, real_id, real_now
from khata.api.done import Done, done
from khata.api.refusals import Unclear
from khata.grammar.fault import Unreadable
from khata.log.errors import UnconfirmedError, ViewsDifferError
from khata.rules.base import Command
from khata.rules.erasure import ForgetParty
from khata.rules.refused import Refused, UnknownEntry
from khata.shell import handle_each, handle_together
from khata.store.sqlite.connection import check_file
from khata.units import Seq
from khata.verifying.verdict import Verdict
from khata.views import balances, dues, entries, parties, statement
from khata.views.balances import Balance
from khata.views.cache import Connection
from khata.views.cut import Cut
from khata.views.daybook import DayBook, daybook
from khata.views.dues import Due
from khata.views.entries import EntryRow
from khata.views.parties import PartyRow
from khata.views.statement import Statement


class Dated(TypedDict, total=False):
    """What every entry may have besides: its business day, a note, and 32 hex that make a retry record once."""

    on: DayGiven | None
    note: str | None
    event_id: str | None


class OfMoney(Dated, total=False):
    """Further: a reference, `once` for one that may be recorded already, `new` for a name that nobody has, `large`."""

    ref: str | None
    once: bool
    new: bool
    large: bool


class Clocks(TypedDict, total=False):
    """The two clocks of a question: cut by business day, and by what was recorded."""

    as_on: DayGiven | None
    known_at: KnownGiven | None


@contextmanager
def _readable() -> Iterator[None]:
    """A block whose refusals are all `Refused`."""
    try:
        yield
    except Unreadable as e:
        raise Unclear(e) from e


class OpenedBook:
    """An open book. To be used in one thread, and closed: `with open_book() as book:`.

    Amounts are whole paise. Every way of recording raises `Refused` where nothing was recorded because of what was
    asked, and `BookError` where the book or the machine is at fault. A party is given by number or by name.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk: Desk | None = desk
        check_file(desk.book_path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    @property
    def _open(self) -> Desk:
        if self._desk is None:
            raise ValueError("the book was closed")
        return self._desk

    @property
    def path(self) -> Path:
        """The book's file."""
        return self._open.book_path

    @property
    def held(self) -> bool:
        """Whether another process was saving when the last question was asked: the answer may lack its entries."""
        return self._open.reach_held

    @property
    def behind(self) -> Seq | None:
        """The entry that this machine wrote last, if the last question did not find it: this is an older copy."""
        missed = self._open.missed
        return missed.seq if missed else None

    # --- recording

    def sale(
        self,
        party: Whom | None,
        amount_paise: int,
        *,
        paid: Paid = (),
        items: Sequence[str] = (),
        dry_run: bool = False,
        **more: Unpack[OfMoney],
    ) -> Done:
        """Goods went out; what is not `paid` goes on the khata. `party` None: nobody in particular, paid at once."""
        return self._one(commands.Sale(party, amount_paise, paid=paid, items=items, **more), dry_run=dry_run)

    def return_goods(
        self,
        party: Whom | None,
        amount_paise: int,
        *,
        paid: Paid = (),
        items: Sequence[str] = (),
        dry_run: bool = False,
        **more: Unpack[OfMoney],
    ) -> Done:
        """Goods came back; what is not `paid` back lowers the balance."""
        return self._one(commands.Return(party, amount_paise, paid=paid, items=items, **more), dry_run=dry_run)

    def receive(
        self,
        party: Whom,
        amount_paise: int,
        *,
        mode: str = "cash",
        full: bool = False,
        agreed: bool = False,
        dry_run: bool = False,
        **more: Unpack[OfMoney],
    ) -> Done:
        """Money came in. `full`: the rest of what is owed is let go; above ₹10 only with `agreed`."""
        wanted = commands.Receive(party, amount_paise, mode=mode, full=full, agreed=agreed, **more)
        return self._one(wanted, dry_run=dry_run)

    def refund(
        self, party: Whom, amount_paise: int, *, mode: str = "cash", dry_run: bool = False, **more: Unpack[OfMoney]
    ) -> Done:
        """Money was given back."""
        return self._one(commands.Refund(party, amount_paise, mode=mode, **more), dry_run=dry_run)

    def discount(self, party: Whom, amount_paise: int, *, dry_run: bool = False, **more: Unpack[OfMoney]) -> Done:
        """Part of what is owed is let go: kasar, vatav."""
        return self._one(commands.Discount(party, amount_paise, **more), dry_run=dry_run)

    def write_off(
        self, party: Whom, amount_paise: int, *, reason: str, dry_run: bool = False, **more: Unpack[OfMoney]
    ) -> Done:
        """A debt that will not be paid, and why."""
        return self._one(commands.WriteOff(party, amount_paise, reason=reason, **more), dry_run=dry_run)

    def opening(
        self, party: Whom, amount_paise: int, *, advance: bool = False, dry_run: bool = False, **more: Unpack[OfMoney]
    ) -> Done:
        """Brought forward from the paper book: they owe the shop, or with `advance` the shop owes them."""
        return self._one(commands.Opening(party, amount_paise, advance=advance, **more), dry_run=dry_run)

    def reverse(self, entry: int, *, reason: str | None = None, dry_run: bool = False, **more: Unpack[Dated]) -> Done:
        """Undo an entry by a new one, once. Its day is the original's unless `on` says otherwise."""
        return self._one(commands.Reverse(entry, reason=reason, **more), dry_run=dry_run)

    def correct(
        self,
        entry: int,
        amount_paise: int | None = None,
        *,
        party: Whom | None = None,
        paid: Paid | None = None,
        mode: str | None = None,
        reason: str | None = None,
        ref: str | None = None,
        new: bool = False,
        large: bool = False,
        dry_run: bool = False,
        **more: Unpack[Dated],
    ) -> Done:
        """Reverse an entry and record it anew, linked, in one commit. What is not given stays as it was."""
        wanted = commands.Correct(
            entry,
            amount_paise,
            party=party,
            paid=paid,
            mode=mode,
            reason=reason,
            ref=ref,
            new=new,
            large=large,
            **more,
        )
        return self._one(wanted, dry_run=dry_run)

    def add_party(
        self,
        name: str,
        *,
        aliases: Sequence[str] = (),
        phone: str | None = None,
        address: str | None = None,
        event_id: str | None = None,
    ) -> Done:
        """A new customer; `.party` of the answer is the number."""
        return self._one(commands.AddParty(name, aliases=aliases, phone=phone, address=address, event_id=event_id))

    def change_party(
        self,
        party: Whom,
        *,
        name: str | None = None,
        add_aliases: Sequence[str] = (),
        remove_aliases: Sequence[str] = (),
        phone: str | None = None,
        address: str | None = None,
        event_id: str | None = None,
    ) -> Done:
        """Another name, phone or address of a customer, further names, or fewer."""
        wanted = commands.ChangeParty(
            party,
            name=name,
            add_aliases=add_aliases,
            remove_aliases=remove_aliases,
            phone=phone,
            address=address,
            event_id=event_id,
        )
        return self._one(wanted)

    def forget_party(self, party: Whom, *, event_id: str | None = None) -> Done:
        """Erase a customer's name, phone and notes; the entries and the chain stay. It cannot be undone."""
        with _readable():
            checked = commands.check_id(event_id) if event_id is not None else None
            with self._asking(wait=True) as views:
                number = commands.party_of(views, party, "party forget", checked)
        command = ForgetParty(id=checked, party=number)
        found = self._done([command], dry_run=False)
        with self._asking():  # the views purge what they kept of the name
            return found[0]

    def record(self, wanted: Sequence[Wanted], *, dry_run: bool = False) -> list[Done]:
        """Record several commands in one commit: all of them, or none.

        Names are those of the book before; a name that the group itself adds is given in full, with `new`.
        """
        with _readable():
            return self._done(self._meant(wanted), dry_run=dry_run)

    def record_each(self, wanted: Sequence[Wanted], *, dry_run: bool = False) -> list[Done | Refused]:
        """Record several commands in one commit: all that are not refused. The answers stand in their order."""
        found: list[Command | Refused] = []
        today = self._open.today_date
        with self._asking(wait=True) as views:
            for each in wanted:
                try:
                    with _readable():
                        found.append(each.meant(views, today))
                except Refused as e:
                    found.append(e)
        good = [each for each in found if isinstance(each, Command)]
        with self._confirming(good):
            outcomes = iter(handle_each(good, self._open.books, pretend=dry_run))
        answers = [each if isinstance(each, Refused) else next(outcomes) for each in found]
        return [each if isinstance(each, Refused) else done(each) for each in answers]

    def _meant(self, wanted: Sequence[Wanted]) -> list[Command]:
        today = self._open.today_date
        with self._asking(wait=True) as views:
            return [each.meant(views, today) for each in wanted]

    def _one(self, wanted: Wanted, *, dry_run: bool = False) -> Done:
        return self.record([wanted], dry_run=dry_run)[0]

    def _done(self, meant: Sequence[Command], *, dry_run: bool) -> list[Done]:
        with self._confirming(meant):
            return [done(each) for each in handle_together(meant, self._open.books, pretend=dry_run)]

    @contextmanager
    def _confirming(self, meant: Sequence[Command]) -> Iterator[None]:
        """Every command gets an id, so that after a fault at the commit it can be tried again."""
        for each in meant:
            each.id = each.id or self._open.new_id()
        try:
            yield
        except UnconfirmedError as e:
            raise UnconfirmedError(**e.facts, event_ids=[each.id for each in meant]) from e

    # --- asking

    @contextmanager
    def _asking(self, *, wait: bool = False) -> Iterator[Connection]:
        """A block for one question: all that it asks is answered from one moment; see `Desk.ask_views`."""
        try:
            yield self._open.ask_views(wait=wait)
        except Refused as e:
            raise self._open.certain(e) from e
        except ViewsDifferError:
            self._open.rebuild_views()  # for whoever asks again
            raise
        finally:
            self._open.let_go()

    @contextmanager
    def _asked(self, clocks: Clocks) -> Iterator[tuple[Connection, Cut]]:
        """The same, with the two clocks that were asked for."""
        with self._asking() as views:
            with _readable():
                cut = asked.cut(views, self._open.today, clocks.get("as_on"), clocks.get("known_at"))
            yield views, cut

    def balance(self, party: Whom, **clocks: Unpack[Clocks]) -> Balance:
        """What one party owes, in paise; negative: the shop owes the party. A beginning of the name is enough."""
        with self._asked(clocks) as (views, cut):
            row = self._party(views, party)
            return Balance(row.party, row.party_id, row.name, balances.balance_of(views, row.party, cut))

    def balances(self, *, settled: bool = False, **clocks: Unpack[Clocks]) -> list[Balance]:
        """What everybody owes, largest first; with `settled` also those who owe nothing."""
        with self._asked(clocks) as (views, cut):
            return balances.balances(views, cut, settled=settled)

    def dues(self, *, over_days: int = 0, **clocks: Unpack[Clocks]) -> list[Due]:
        """How old what is owed is; payments settle the oldest first."""
        with self._asked(clocks) as (views, cut):
            return dues.dues(views, cut, over_days=over_days)

    def statement(
        self, party: Whom, *, first: DayGiven | None = None, last: DayGiven | None = None, **clocks: Unpack[Clocks]
    ) -> Statement:
        """A party's account, from a day to a day or over a period such as `FY2025-26`; without either all of it."""
        with self._asked(clocks) as (views, cut):
            row = self._party(views, party)
            with _readable():
                begin, end = asked.period(views, self._open.today, first, last)
            return statement.statement(views, row.party, cut, begin, end)

    def daybook(
        self,
        on: DayGiven | None = None,
        *,
        first: DayGiven | None = None,
        last: DayGiven | None = None,
        **clocks: Unpack[Clocks],
    ) -> DayBook:
        """A day in the shop, or several; without any today."""
        with self._asked(clocks) as (views, cut):
            with _readable():
                begin, end = asked.days(views, self._open.today, on, first, last, cut.as_on)
            return daybook(views, begin, end, cut, asked.between(begin, end))

    def parties(self) -> list[PartyRow]:
        """Everybody, by number."""
        with self._asking() as views:
            return parties.all_parties(views)

    def party(self, party: Whom) -> PartyRow:
        """One party. A beginning of the name is enough."""
        with self._asking() as views:
            return self._party(views, party)

    def entries(self, *, first: int = 1, party: Whom | None = None, **clocks: Unpack[Clocks]) -> list[EntryRow]:
        """The entries in the order of recording, from a number on; only one party's, if asked."""
        with self._asked(clocks) as (views, cut):
            whose = self._party(views, party).party if party is not None else None
            last_on = cut.as_on if clocks.get("as_on") is not None else None
            rows = entries.log(views, Seq(min(first, cut.known + 1)), cut.known, party=whose, last_on=last_on)
            return [entries.as_known(row, cut.known) for row in rows]

    def entry(self, entry: int) -> EntryRow:
        """One entry. Raises Refused: there is none of this number."""
        with self._asked({}) as (views, cut):
            row = entries.entry(views, Seq(entry)) if 0 < entry <= cut.known else None
            if row is None:
                raise UnknownEntry(entry=entry, last=cut.known)
            return row

    def verify(self) -> Verdict:
        """Whether the book is as it was written. A broken one gets a verdict, too."""
        from khata.api.verified import Verified

        return Verified(self._open).verify()

    def _party(self, views: Connection, party: Whom) -> PartyRow:
        with _readable():
            if isinstance(party, str):
                return who.to_ask(views, party, "balance")
            return who.by_number(views, commands.party_of(views, party, "balance", None))


def open_book(
    path: str | os.PathLike[str] | None = None,
    *,
    by: str | None = None,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = real_now,
    new_id: Callable[[], str] = real_id,
) -> OpenedBook:
    """Open a book that is there.

    Args:
        path: its file; None for the one that `khata` itself would use: KHATA_BOOK, the one chosen with `khata use`,
            or the only one in ~/Khata.
        by: who records; None for KHATA_BY, or this machine's user.
        environ: environment variables; None for the process's own.
        now: the clock, an aware instant in UTC.
        new_id: 32 random hex.

    Raises:
        Refused: several books could be meant.
        BookError: there is none, or it cannot be opened.
    """
    asked_for = {"book": os.fspath(path) if path is not None else None, "by": by}
    return OpenedBook(Desk(os.environ if environ is None else environ, now, new_id, asked_for))
