"""The Python API: `open_book` and what can be done with an open book. docs/API.md shows it at work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from inspect import signature
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypedDict, Unpack

from khata.api import asked, commands, naming
from khata.api.asked import DayGiven, KnownGiven
from khata.api.desk import Desk, real_id, real_now
from khata.api.done import Done, done
from khata.api.evidence import checkpoint_if_due
from khata.api.naming import Door, Whom
from khata.api.refusals import Unclear
from khata.api.wanted import Wanted
from khata.grammar.fault import Unreadable
from khata.log.errors import UnconfirmedError, ViewsDifferError
from khata.questions import balances, dues, entries, parties, recurring, reminders, statement
from khata.questions.balances import Balance
from khata.questions.daybook import DayBook, daybook
from khata.questions.dues import Due
from khata.questions.entries import EntryRow
from khata.questions.parties import PartyRow
from khata.questions.pending import PendingPayment, pending
from khata.questions.recurring import DueLine, Recurring
from khata.questions.reminders import Reminder
from khata.questions.statement import Statement
from khata.rules.base import Command
from khata.rules.erasure import ForgetParty
from khata.rules.refused import Refused, UnknownEntry
from khata.store.sqlite.connection import check_file
from khata.units import Seq
from khata.verifying.verdict import Verdict
from khata.views.cache import Connection
from khata.views.cut import Cut
from khata.writing import handle_each, handle_together

P = ParamSpec("P")


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


def _recorder(make: Callable[P, Wanted]) -> Callable[Concatenate[OpenedBook, P], Done]:
    """The method that records a command; it takes what the command is made of."""

    def record(book: OpenedBook, /, *args: P.args, **facts: P.kwargs) -> Done:
        return book.record([make(*args, **facts)])[0]

    record.__doc__ = make.__doc__
    taken = signature(make).replace(return_annotation="Done")
    record.__signature__ = taken  # type: ignore[attr-defined] # for whoever asks help()
    return record


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

    sale = _recorder(commands.Sale)
    return_goods = _recorder(commands.Return)
    receive = _recorder(commands.Receive)
    refund = _recorder(commands.Refund)
    discount = _recorder(commands.Discount)
    write_off = _recorder(commands.WriteOff)
    opening = _recorder(commands.Opening)
    confirm = _recorder(commands.Confirm)
    failed = _recorder(commands.Failed)
    bounced = _recorder(commands.Bounced)
    reverse = _recorder(commands.Reverse)
    correct = _recorder(commands.Correct)
    charge = _recorder(commands.Charge)
    transfer = _recorder(commands.Transfer)
    every = _recorder(commands.Every)
    stop_every = _recorder(commands.StopEvery)
    skip_every = _recorder(commands.SkipEvery)
    remind = _recorder(commands.Remind)
    dispute = _recorder(commands.Dispute)
    merge_parties = _recorder(commands.MergeParties)
    part_parties = _recorder(commands.PartParties)
    change_shop = _recorder(commands.ChangeShop)
    add_party = _recorder(commands.AddParty)
    change_party = _recorder(commands.ChangeParty)

    def forget_party(self, party: Whom, *, event_id: str | None = None) -> Done:
        """Erase a customer's name, phone and notes; the entries and the chain stay. It cannot be undone."""
        with _readable():
            checked = naming.check_id(event_id) if event_id is not None else None
            with self._asking(wait=True) as views:
                number = naming.party_of(views, party, "party forget", checked)
        command = ForgetParty(id=checked, party=number)
        found = self._done([command], dry_run=False)
        with self._asking():  # the views purge what they kept of the name
            return found[0]

    def record(self, wanted: Sequence[Wanted], *, dry_run: bool = False) -> list[Done]:
        """Record several commands in one commit: all of them, or none.

        Names are those of the book before; a name that the group itself adds is given in full, with `new`.
        """
        with _readable():
            return self._done(self._meant(wanted), dry_run=_dry(wanted, dry_run))

    def record_each(self, wanted: Sequence[Wanted], *, dry_run: bool = False) -> list[Done | Refused]:
        """Record several commands in one commit: all that are not refused. The answers stand in their order."""
        found: list[Command | Refused] = []
        with self._asking(wait=True) as views:
            door = Door(views, self._open.today_date)
            for each in wanted:
                try:
                    with _readable():
                        found.append(each.resolved(door))
                except Refused as e:
                    found.append(e)
        good = [each for each in found if isinstance(each, Command)]
        with self._confirming(good):
            outcomes = iter(handle_each(good, self._open.books, dry_run=_dry(wanted, dry_run)))
        checkpoint_if_due(self._open)
        answers = [each if isinstance(each, Refused) else next(outcomes) for each in found]
        return [each if isinstance(each, Refused) else done(each) for each in answers]

    def _meant(self, wanted: Sequence[Wanted]) -> list[Command]:
        with self._asking(wait=True) as views:
            door = Door(views, self._open.today_date)
            return [each.resolved(door) for each in wanted]

    def _done(self, meant: Sequence[Command], *, dry_run: bool) -> list[Done]:
        with self._confirming(meant):
            found = handle_together(meant, self._open.books, dry_run=dry_run)
        checkpoint_if_due(self._open)
        return [done(each) for each in found]

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
        """The views, and the two clocks that were asked for."""
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

    def recurring(self, **clocks: Unpack[Clocks]) -> list[Recurring]:
        """What comes again, in the order in which it began; `next_on` is when it is due next."""
        with self._asked(clocks) as (views, cut):
            return recurring.recurring(views, cut)

    def due_lines(self, **clocks: Unpack[Clocks]) -> list[DueLine]:
        """What is due of it, the oldest first: `sale(line.party, line.amount_paise, on=on, ref=ref)` records one."""
        with self._asked(clocks) as (views, cut):
            return recurring.due(views, cut)

    def pending(self, **clocks: Unpack[Clocks]) -> list[PendingPayment]:
        """Payments on their way, the oldest first; no balance knows of them."""
        with self._asked(clocks) as (views, cut):
            return pending(views, cut)

    def dues(self, *, over_days: int = 0, **clocks: Unpack[Clocks]) -> list[Due]:
        """How old what is owed is; payments settle the oldest first."""
        with self._asked(clocks) as (views, cut):
            return dues.dues(views, cut, over_days=over_days)

    def reminders(self, *, over_days: int | None = None, **clocks: Unpack[Clocks]) -> list[Reminder]:
        """Whom to ask for what is due by now, and for how much: `remind(each.row.party, each.asked_paise)` notes it."""
        with self._asked(clocks) as (views, cut):
            return reminders.reminders(views, cut, over_days=over_days)

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
            rows = entries.log(views, Seq(min(first, cut.known + 1)), cut.known, entries.Sought(whose, last_on=last_on))
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
                return naming.to_ask(views, party, "balance")
            return naming.by_number(views, naming.party_of(views, party, "balance", None))


def _dry(wanted: Sequence[Wanted], dry_run: bool) -> bool:
    """Whether to record nothing: where one of a group is only tried, all are."""
    return dry_run or any(each.dry_run for each in wanted)


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
