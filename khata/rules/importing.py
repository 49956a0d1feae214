"""An import: its beginning, and the rows that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from msgspec import field

from khata.events.base import Imported
from khata.events.book import ImportStarted
from khata.events.money import SaleRecorded
from khata.rules.base import Command, Decision, Draft, Facts, Named
from khata.rules.entry import check_ref, day_of, resolve
from khata.rules.goods import on_terms
from khata.rules.refused import Refused
from khata.units import Day, Party, Seq


class StartImport(Command, kw_only=True):
    """A file whose rows follow, checked against the book as it stood at entry `checked_upto`.

    `again`: what an earlier import of the identical file left out.
    """

    MAKES: ClassVar = ImportStarted

    sha256: str
    rows: int
    file: str
    checked_upto: Seq
    profile: str = "khata"
    again: bool = False

    def decide(self, facts: Facts) -> Decision:
        """One event that the rows refer to. Raises FileImported, BookMovedOn."""
        before = facts.import_of(self.sha256)
        if before is not None and not self.again:
            raise FileImported(entry=before)
        if facts.head != self.checked_upto:
            raise BookMovedOn(checked_upto=self.checked_upto, head=facts.head)
        event = ImportStarted(sha256=self.sha256, rows=self.rows, profile=self.profile)
        return [Draft(event, facts.today, {"file": self.file}, self.id)]


class FileRow(NamedTuple):
    """A row of the file: its number there (header = 1), its day, the event that it is, and the free text of that.

    `new` is the party to be declared with it, which is to get the number that the event has.
    """

    number: int
    on: Day
    event: Any
    words: Mapping[str, Any] | None = None
    new: Named | None = None


class RecordRows(Command, kw_only=True):
    """Rows that follow each other in the file, some hundred at a time; one with a new party is the last of its some.

    `terms`: after how many days what a customer buys is due, of those who were asked about; one for the whole file.
    """

    rows: Sequence[FileRow]
    terms: dict[Party, int | None] = field(default_factory=dict)

    def decide(self, facts: Facts) -> Decision:
        """An event for each row, and one for each new party before it.

        The file was held against the book as it stood when the import began; all that is asked here is whether that
        still is so. In one loop, for a million rows run through it.

        Raises:
            FutureDay, UnknownParty, PartyForgotten, AmbiguousParty, RefTaken, RefConflict: as they say.
            BookMovedOn: a new party would get another number, or no import has begun.
        """
        importing, today = facts.importing, facts.today
        if importing is None:
            raise BookMovedOn(checked_upto=None, head=facts.head)
        drafts: list[Draft] = []
        for number, on, event, words, new in self.rows:
            if on > today:
                day_of(on, facts)
            event.imported = imported = Imported(importing, number)
            party, ref = event.party, event.ref
            if new is not None:
                given, declared = resolve(new, facts, imported)
                if given != party:
                    raise BookMovedOn(checked_upto=None, head=facts.head)
                drafts += declared
            elif party is not None and ((known := facts.party(party)) is None or known.forgotten):
                resolve(party, facts)
            if ref is not None:
                check_ref(ref, type(event), {"party": party, "amount_paise": event.amount_paise}, facts, on)
            draft = Draft(event, on, words)
            drafts.append(on_terms(draft, facts, self.terms) if event.KIND == SaleRecorded.KIND else draft)
        return drafts


class BookMovedOn(Refused):
    """Entries came in while the file was checked: it is checked again, nobody is told."""

    code = "book_moved_on"


class FileImported(Refused):
    """The identical file was imported while this one was checked."""

    code = "file_imported"
