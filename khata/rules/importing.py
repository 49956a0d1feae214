"""The beginning of an import: where the rows that follow come from."""

from __future__ import annotations

from dataclasses import dataclass

from khata.events.book import ImportStarted
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import Refused
from khata.units import Seq


@dataclass(slots=True, kw_only=True)
class StartImport(Command):
    """A file whose rows follow, checked against the book as it stood at entry `checked_upto`."""

    sha256: str
    rows: int
    file: str
    checked_upto: Seq
    profile: str = "khata"

    def decide(self, facts: Facts) -> Decision:
        """See `decide_import`."""
        return decide_import(self, facts)


class BookMovedOn(Refused):
    """Entries came in while the file was checked: it is checked again, nobody is told."""

    code = "book_moved_on"


class FileImported(Refused):
    """The identical file was imported while this one was checked."""

    code = "file_imported"


def decide_import(command: StartImport, facts: Facts) -> Decision:
    """One event that the rows refer to. Raises FileImported, BookMovedOn."""
    before = facts.import_of(command.sha256)
    if before is not None:
        raise FileImported(entry=before)
    if facts.head != command.checked_upto:
        raise BookMovedOn(checked_upto=command.checked_upto, head=facts.head)
    event = ImportStarted(sha256=command.sha256, rows=command.rows, profile=command.profile)
    return [Draft(event, facts.today, {"file": command.file}, command.id)]
