"""A statement held against the book, and what is sure of it recorded: all of it in one commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from khata.events.book import ImportStarted
from khata.events.matching import MatchedLine
from khata.events.money import PaymentReceived
from khata.grammar.days import business_day
from khata.grammar.fault import Unreadable
from khata.grammar.text import clean_ref, ref_key
from khata.importing.bank_lines import BankLine, read_lines
from khata.importing.faults import BadRows
from khata.importing.file import File
from khata.importing.profile import TableProfile, names, profile
from khata.importing.rows import Manner
from khata.importing.run import catch_up_whole
from khata.log.errors import BusyError, ViewsDifferError
from khata.questions import receipts
from khata.questions.receipts import BookPayment
from khata.reconciling.amounts import BILL_DAYS, DuesByDay, moved_day
from khata.reconciling.judging import TYPED_LATE, Judge
from khata.reconciling.payers import Payers
from khata.reconciling.verdicts import Asked, LeftOver, LineVerdict, SureLine
from khata.rules.base import Command
from khata.rules.bouncing import NotAPayment
from khata.rules.importing import BookMovedOn, FileRow, RecordRows, StartImport
from khata.rules.matching import LearnPayer, MatchStatement
from khata.rules.pending import ConfirmPayment
from khata.rules.refused import UnknownEntry
from khata.units import Day, Paise, Party, Seq
from khata.views.cut import position_of
from khata.writing import Books, handle

TRIES = 100


class Matched(NamedTuple):
    """A line that an entry stands for; `why` as in `SureLine`."""

    row: int
    entry: Seq
    party: Party | None
    why: str


class RecordedLine(NamedTuple):
    """A line that is recorded now, or would be (`entry` None). `confirms`: a payment on its way that came with it."""

    row: int
    entry: Seq | None
    party: Party
    paise: int
    why: str
    confirms: Seq | None = None


@dataclass(slots=True)
class Reconciled:
    """What came of a statement.

    Attributes:
        file: what is known of it; `lines` are its lines by row.
        matched: lines that the book has.
        recorded: what was recorded of it now; where nothing was to be, what is `sure` and would be.
        doubtful: lines to be asked about.
        left: lines that are no customer's payment as far as anybody can see.
        returned: rows of money that went back, each with the row by which it did.
        unseen: payments that the book has in these days, and the statement does not.
        unseen_at_counter: how many such of nobody in particular.
        once_more: rows that show once more what an earlier one does, and that one.
        import_id: the entry of `import_started`, where something was recorded.
    """

    file: File
    lines: dict[int, BankLine]
    matched: list[Matched] = field(default_factory=list)
    recorded: list[RecordedLine] = field(default_factory=list)
    sure: list[RecordedLine] = field(default_factory=list)
    doubtful: dict[int, Asked] = field(default_factory=dict)
    left: dict[int, LeftOver] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=dict)
    unseen: list[BookPayment] = field(default_factory=list)
    unseen_at_counter: int = 0
    once_more: dict[int, int] = field(default_factory=dict)
    import_id: Seq | None = None

    @property
    def out(self) -> list[BankLine]:
        """Money that went out."""
        return [line for line in self.lines.values() if line.paise < 0]


class ReadStatement:
    """A statement that was read, to be held against the book as often as something is answered.

    Raises:
        NoFile, NotAFile, NotAStatement: it cannot be read.
        BadRows: with everything that is wrong; also a running balance that does not add up.
    """

    def __init__(self, path: str, books: Books, chosen: TableProfile | None, how: Manner) -> None:
        self._books = books
        self.file, lines = read_lines(path, business_day(books.now()), chosen, how)
        if self.file.faults.total:
            raise BadRows(self.file.faults, self.file.count, self.file.read_as)
        self.lines = {line.row: line for line in lines}
        self._taken: set[str] = set()

    def payment(self, entry: Seq) -> BookPayment:
        """The payment that an entry is, or that it says is on its way. Raises UnknownEntry, NotAPayment."""
        catch_up_whole(self._books)
        views = self._books.cache.connection
        if not 0 < entry <= (last := position_of(views)):
            raise UnknownEntry(entry=entry, last=last)
        found = receipts.payments(views, Day("9999-12-31"), Day("9999-12-31"), [entry], ())
        one = next((each for each in found if each.entry == entry), None)
        if one is None:
            raise NotAPayment(entry=entry, what="statement")
        return one

    def reconcile(self, answers: Mapping[int, LineVerdict], *, record: bool, dry_run: bool = False) -> Reconciled:
        """Hold it against the book, and with `record` record what is sure, what was answered, and what was learned.

        Args:
            answers: of rows, what somebody said of them.
            record: otherwise the book stays as it is.
            dry_run: decide all, record nothing.

        Raises:
            Refused: by the rules; nothing is recorded.
            BookError: the book or the machine is at fault.
        """
        for _ in range(TRIES):
            catch_up_whole(self._books)
            judge, payers, payments = self._judged(answers)
            found = self._found(judge, payments)
            if not record:
                return found
            try:
                self._record(found, payers, payments, dry_run=dry_run)
            except BookMovedOn:
                continue
            except ViewsDifferError:  # somebody changed them; nothing is recorded
                self._books.rebuild()
                continue
            return found
        raise BusyError(reason="the book moved on at every try", tries=TRIES)

    def _judged(self, answers: Mapping[int, LineVerdict]) -> tuple[Judge, Payers, list[BookPayment]]:
        views, lines = self._books.cache.connection, list(self.lines.values())
        first, last = min(line.on for line in lines), max(line.on for line in lines)
        refs = [ref for line in lines for ref in line.refs]
        by_ref = receipts.with_refs(views, refs)
        around = TYPED_LATE + 1
        payments = receipts.payments(
            views, moved_day(first, -around), moved_day(last, around), by_ref.values(), _statements()
        )
        self._taken = {*by_ref, *(ref_key(each.ref) for each in payments if each.pending and each.ref)}
        before = moved_day(first, -BILL_DAYS)
        accounts = DuesByDay(receipts.owed_before(views, before), receipts.moves(views, before, last))
        payers = Payers(receipts.payers(views))
        done = receipts.rows_of(views, self.file.sha256)
        known = {row: SureLine(party, entry, "again") for row, (entry, party, stands) in done.items() if stands}
        gone: set[str | int] = {row for row, (_, _, stands) in done.items() if not stands}
        gone |= receipts.taken_back_refs(views, refs)
        judge = Judge(lines, payments, by_ref, payers, accounts, {**known, **answers}, gone, self.file.profile)
        judge.judge()
        return judge, payers, payments

    def _found(self, judge: Judge, payments: Sequence[BookPayment]) -> Reconciled:
        found = Reconciled(self.file, self.lines, returned=judge.returned)
        for row, verdict in sorted(judge.verdicts.items()):
            match verdict:
                case Asked():
                    found.doubtful[row] = verdict
                case LeftOver():
                    found.left[row] = verdict
                case SureLine(entry=entry) if entry is not None:
                    found.matched.append(Matched(row, entry, verdict.party, verdict.why))
                case SureLine(party=party) if party is not None:
                    paise = self.lines[row].paise
                    found.sure.append(RecordedLine(row, None, party, paise, verdict.why, verdict.confirms))
        found.once_more = {
            row: verdict.same_as
            for row, verdict in judge.verdicts.items()
            if isinstance(verdict, SureLine) and verdict.same_as is not None
        }
        _once_more(found)
        self._unseen(found, payments)
        return found

    def _unseen(self, found: Reconciled, payments: Sequence[BookPayment]) -> None:
        """What the book has of the ways in which money came here, between the first day and the last."""
        first, last = min(line.on for line in self.lines.values()), max(line.on for line in self.lines.values())
        modes = {"upi"} if self.file.profile in ("upi", "phonepe") else {"upi", "bank", "cheque"}
        refs = {ref_key(ref) for each in found.matched for ref in self.lines[each.row].refs}
        shown = {each.entry for each in found.matched} | {each.confirms for each in found.sure}
        for each in payments:
            if each.mode in modes and first <= each.on <= last and each.entry not in shown and not each.seen_as:
                if each.ref and ref_key(each.ref) in refs:
                    continue  # a share of a payment for several
                if each.party is None:
                    found.unseen_at_counter += 1
                else:
                    found.unseen.append(each)

    # --- recording

    def _record(self, found: Reconciled, payers: Payers, payments: Sequence[BookPayment], *, dry_run: bool) -> None:
        commands = list(self._commands(found, payers, payments))
        if not commands:
            return
        outcome = handle(commands, self._books, dry_run=dry_run)
        if dry_run:
            return
        found.recorded, found.sure = found.sure, []
        catch_up_whole(self._books)
        begun = (one.seq for one in outcome.recorded if isinstance(one.event, ImportStarted))
        found.import_id = next(begun, None)
        entries = {row: entry for row, (entry, _, _) in self._rows_now().items()}
        entries |= {each.row: self._confirmed(each.confirms) for each in found.recorded if each.confirms is not None}
        found.recorded = [each._replace(entry=entries[each.row]) for each in found.recorded]
        _once_more(found)

    def _rows_now(self) -> dict[int, tuple[Seq, Party | None, bool]]:
        return receipts.rows_of(self._books.cache.connection, self.file.sha256)

    def _confirmed(self, begun: Seq) -> Seq:
        """The payment by which one on its way has come: it stands right behind what says so."""
        return Seq(receipts.settled_by(self._books.cache.connection, begun) + 1)

    def _commands(self, found: Reconciled, payers: Payers, payments: Sequence[BookPayment]) -> Iterator[Command]:
        new = [each for each in found.sure if each.confirms is None]
        if new:
            at, file = position_of(self._books.cache.connection), self.file
            yield StartImport(
                sha256=file.sha256,
                rows=file.count,
                file=file.name,
                checked_upto=at,
                profile=file.profile,
                again=True,
            )
            yield RecordRows(rows=[self._row(each) for each in new])
        for each in found.sure:
            if each.confirms is not None:
                line = self.lines[each.row]
                yield ConfirmPayment(entry=each.confirms, on=line.on, ref=_ref_of(line))
        for party, (vpas, called) in payers.learned.items():
            if _is_news(payers, party, vpas, called):
                yield LearnPayer(party=party, vpas=tuple(vpas), payers=tuple(called))
        seen = {each.entry: {ref_key(ref) for ref in (*each.seen_as, each.ref or "")} for each in payments}
        matched = list(self._marks(found.matched, seen))
        if matched:
            yield MatchStatement(sha256=self.file.sha256, file=self.file.name, matched=matched)

    def _row(self, each: RecordedLine) -> FileRow:
        line = self.lines[each.row]
        ref = _ref_of(line)
        if ref is not None and ref_key(ref) in self._taken:
            ref = None  # something else stands under it: this is another payment all the same
        if ref is not None:
            self._taken.add(ref_key(ref))
        event = PaymentReceived(party=each.party, amount_paise=Paise(line.paise), mode=line.mode or "bank", ref=ref)
        return FileRow(line.row, line.on, event)

    def _marks(self, matched: Iterable[Matched], seen: Mapping[Seq, set[str]]) -> Iterator[MatchedLine]:
        """Lines whose reference the book does not know yet of the entry that stands for them."""
        for each in matched:
            if each.why == "again":
                continue
            refs, known = list(_refs(self.lines[each.row])), seen.get(each.entry, set())
            for ref in refs:
                if ref_key(ref) not in known:
                    yield MatchedLine(each.entry, each.row, ref)
            if not refs and "" not in known:
                yield MatchedLine(each.entry, each.row)


@cache
def _statements() -> frozenset[str]:
    """The profiles of files whose days are those of a bank or of an app."""
    return frozenset(name for name in names() if profile(name).is_statement)


def _once_more(found: Reconciled) -> None:
    """Rows that show a payment once more are matched with the entry of the earlier row, as soon as that has one."""
    entries = {each.row: (each.entry, each.party) for each in found.matched}
    entries |= {each.row: (each.entry, each.party) for each in found.recorded if each.entry is not None}
    for row, first in list(found.once_more.items()):
        entry, party = entries.get(first, (None, None))
        if entry is not None:
            found.matched.append(Matched(row, entry, party, "again"))
            found.left.pop(row, None)
            del found.once_more[row]
        else:
            found.left[row] = LeftOver("again")


def _is_news(payers: Payers, party: Party, vpas: Iterable[str], names: Iterable[str]) -> bool:
    known = payers.known.get(party)
    return known is not None and bool(set(vpas) - set(known.vpas) or set(names) - set(known.payers))


def _refs(line: BankLine) -> Iterator[str]:
    """The references of a line as the book may have them."""
    for ref in line.refs:
        with suppress(Unreadable):
            yield clean_ref(ref)


def _ref_of(line: BankLine) -> str | None:
    """The reference under which a line is recorded: that of UPI, which every statement shows, before any other."""
    refs = list(_refs(line))
    return next((ref for ref in refs if len(ref) == 12 and ref.isdecimal()), refs[0] if refs else None)
