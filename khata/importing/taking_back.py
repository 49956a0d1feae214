"""Taking an import back: every entry of it that stands, by reversals, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from khata.importing.run import TRIES, catch_up_whole
from khata.log.bulk import no_collector
from khata.log.errors import BusyError, ViewsDifferError
from khata.pen import FLUSH
from khata.questions import entries, imports
from khata.questions.imports import BatchSums, ImportedFile
from khata.rules.base import Command
from khata.rules.importing import BookMovedOn
from khata.rules.reversing import NotAnImport, NothingToReverse, ReverseImport, ReverseRows
from khata.store.importing_marker import hold
from khata.units import Day, Seq
from khata.views.cache import Connection
from khata.views.cut import Cut
from khata.writing import Books, Outcome, handle

ReversingProgress = Callable[[int, int], None]
"""Is told how many entries are taken back, and of how many."""

SHOWN = 9
"""Imports that a refusal names, the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWanted:
    """What is to be taken back.

    Attributes:
        of: the import, by the entry that began it.
        reason: why; "" is refused.
        event_id: 32 hex, by which a retry is known.
        on: the day of the reversals; None for each entry's own.
        note: free text.
        dry_run: decide everything, record nothing.
    """

    of: Seq
    reason: str
    event_id: str
    on: Day | None = None
    note: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class BatchTakenBack:
    """What came of it.

    Attributes:
        batch: the import, as it stood before.
        sums: what was taken back, and what it had given and received in paise.
        before: how many of its entries had been taken back by then, those that were corrected aside.
        corrected: the entries that stand in the place of corrected ones, and were left.
        outcome: of the commit; that of the first try where this is another one.
        already: whether it was recorded by an earlier try.
    """

    batch: ImportedFile
    sums: BatchSums
    before: int
    corrected: Sequence[Seq]
    outcome: Outcome = field(default_factory=Outcome)
    already: bool = False


def about_batch(views: Connection, of: Seq) -> BatchTakenBack:
    """What would be taken back of an import. Raises NotAnImport with the imports, NothingToReverse with what became."""
    batch = next(iter(imports.imports(views, imports.NOW, of)), None)
    if batch is None:
        raise not_an_import(views, of, imports.NOW)
    stand = [each.entry for each in imports.corrected(views, of, imports.NOW)]
    about = BatchTakenBack(batch, imports.sums(views, of), batch.reversed - len(stand), stand)
    if not about.sums.entries:
        kept = {"what": "corrected", "corrected": stand} if stand else {}
        raise NothingToReverse(entry=of, file=batch.file or "", reversed=batch.reversed, **kept)
    return about


def not_an_import(views: Connection, entry: Seq, cut: Cut) -> NotAnImport:
    """The refusal of an entry that is no import, with the latest imports; of a row of one, with that."""
    row = entries.entry(views, entry)
    came: dict[str, object] = {"what": "row", "import_id": row.import_entry} if row and row.import_entry else {}
    found = [{"import_id": each, "file": file} for each, file in imports.begun(views, cut, SHOWN)]
    return NotAnImport(entry=entry, imports=found, known=[each["import_id"] for each in found], **came)


def take_back(
    wanted: BatchWanted, books: Books, progress: ReversingProgress | None = None, marker: Path | None = None
) -> BatchTakenBack:
    """Take back what stands of an import, in one commit; what somebody corrected of it stays.

    Args:
        wanted: see there.
        books: where.
        progress: see there.
        marker: the file that tells other counters that the book is held for long; None for none.

    Raises:
        NotAnImport, NothingToReverse, ReasonMissing, IdReused, PeriodIsLocked, FutureDay: nothing is recorded.
        BookError: the book or the machine is at fault; BusyError also when the book never stood still.
    """
    for _ in range(TRIES):
        catch_up_whole(books)
        views = books.cache.connection
        try:
            if (tried := entries.with_id(views, wanted.event_id)) is not None:
                outcome = handle([_beginning(wanted)], books, dry_run=wanted.dry_run)
                return _earlier(views, wanted.of, tried.entry, outcome)
            about = about_batch(views, wanted.of)
            held: AbstractContextManager[None] = nullcontext() if marker is None or wanted.dry_run else hold(marker)
            with held, no_collector():
                asked = _told(_commands(wanted, books), about.sums.entries, progress)
                outcome = handle(asked, books, dry_run=wanted.dry_run, typed=True)
            return BatchTakenBack(about.batch, about.sums, about.before, about.corrected, outcome)
        except BookMovedOn:
            continue
        except ViewsDifferError:  # somebody changed them; nothing is recorded
            books.rebuild()
    raise BusyError(reason="the book moved on at every try", tries=TRIES)


def _beginning(wanted: BatchWanted) -> ReverseImport:
    return ReverseImport(id=wanted.event_id, of=wanted.of, reason=wanted.reason, on=wanted.on)


def _commands(wanted: BatchWanted, books: Books) -> Iterator[Command]:
    """The beginning, and then what stands, some hundred at a time, looked up when it is its turn: under the lock."""
    yield _beginning(wanted)
    rest = imports.standing(books.cache.connection, wanted.of)
    some = list(islice(rest, FLUSH))
    while some:
        after = list(islice(rest, FLUSH))
        event_id = None if after else wanted.event_id
        yield ReverseRows(id=event_id, of=wanted.of, entries=some, reason=wanted.reason, on=wanted.on, note=wanted.note)
        some = after


def _told(asked: Iterator[Command], of: int, progress: ReversingProgress | None) -> Iterator[Command]:
    done = 0
    for command in asked:
        if progress is not None:
            progress(done, of)
        yield command
        done += len(command.entries) if isinstance(command, ReverseRows) else 0


def _earlier(views: Connection, of: Seq, last: Seq, outcome: Outcome) -> BatchTakenBack:
    """What an earlier try did, whose last reversal is known."""
    done = imports.taken_back_until(views, of, last)
    known = imports.NOW._replace(known=Seq(done.first - 1), everything=False)
    (batch,) = imports.imports(views, known, of)
    stand = [each.entry for each in imports.corrected(views, of, known)]
    sums = imports.sums(views, of, by=(done.first, last))
    return BatchTakenBack(batch, sums, batch.reversed - len(stand), stand, outcome, already=True)
