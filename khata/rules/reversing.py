"""Taking an import back: all that stands of it, one reversal after the other, in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from khata.events.book import ImportStarted
from khata.events.money import EntryReversed
from khata.postings.kinds import MONEY
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.correction import NotReversible
from khata.rules.entry import day_of
from khata.rules.importing import BookMovedOn
from khata.rules.refused import ReasonMissing, Refused, UnknownEntry
from khata.units import Seq


class ReverseImport(Command, kw_only=True):
    """The beginning: an import is to be taken back, and why. Its rows follow, as `ReverseRows`."""

    MAKES: ClassVar = EntryReversed

    of: Seq
    reason: str

    def decide(self, facts: Facts) -> Decision:
        """Nothing yet: whether it may be. Raises UnknownEntry, NotAnImport, ReasonMissing, FutureDay."""
        begun = facts.recorded(self.of)
        if begun is None:
            raise UnknownEntry(entry=self.of, last=facts.head)
        if not isinstance(begun.event, ImportStarted):
            raise NotAnImport(entry=self.of)
        if not self.reason:
            raise ReasonMissing
        day_of(self.on, facts)
        return []


class ReverseRows(Command, kw_only=True):
    """Entries of one import that stand, some hundred at a time; the id of the whole is that of the last ones."""

    BULK: ClassVar = True
    MAKES: ClassVar = EntryReversed

    of: Seq
    entries: Sequence[Seq]
    reason: str

    def decide(self, facts: Facts) -> Decision:
        """A reversal for each, on its own day unless `on` says otherwise; the id stands on the last.

        Raises:
            BookMovedOn: one does not stand any more.
            NotReversible: one is no row of that import, or moves no money.
        """
        words = {"reason": self.reason} | ({"note": self.note} if self.note else {})
        drafts: list[Draft] = []
        for entry in self.entries:
            original = facts.recorded(entry)
            if original is None or facts.reversed_by(entry) is not None:
                raise BookMovedOn(checked_upto=None, head=facts.head)
            imported, kind = original.event.imported, original.event.KIND
            if imported is None or imported.entry != self.of or kind not in MONEY:
                raise NotReversible(entry=entry, kind=kind)
            drafts.append(Draft(EntryReversed(entry=entry), self.on or original.on, words))
        drafts[-1] = drafts[-1]._replace(id=self.id)
        return drafts


class NotAnImport(Refused):
    """The entry is not the beginning of an import."""

    code = "not_an_import"


class NothingToReverse(Refused):
    """Nothing that an import recorded counts any more as it was recorded."""

    code = "nothing_to_reverse"
