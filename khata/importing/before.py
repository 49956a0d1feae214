"""The rows that an identical file brought before: they are known by their number, however they stand by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khata.importing import known_rows
from khata.importing.duplicates import Duplicates
from khata.importing.file import File
from khata.importing.file_rows import ReadRow
from khata.questions import imports
from khata.questions.imports import CorrectedRow
from khata.units import Seq
from khata.views.cache import Cache

NO_MORE = (1 << 62, Seq(0))
"""After the last of rows with their entries."""


class BroughtBefore:
    """What earlier imports of a file brought.

    Attributes:
        standing: the imports of it of which anything stands; of one that was taken back only what somebody corrected
            is known.
        rows: the rows that are known, each with the entry that stands for it, by row.
        as_recorded: of rows that were corrected, the entries that the imports made of them.
    """

    def __init__(self, file: File, views: Cache) -> None:
        begun = imports.begun_by(views.connection, file.sha256)
        self.standing = [each for each in begun if imports.stands(views.connection, each)]
        corrected = _corrected(views, begun)
        self.as_recorded = [(each.row, each.of) for each in corrected]
        right = [(each.row, each.entry) for each in corrected]
        if not self.standing:
            self.rows = Duplicates(right)
            return
        found = 0
        file.rows.find_anew()
        for each in self.standing:
            found = file.rows.find(imports.rows_of(views.connection, each))
        if found < file.count:
            file.rows.find(right)
            file.rows.find(known_rows.found_by_ref(views.connection, file.rows.refs()))
        self.rows = Duplicates(file.rows.found())

    def all_of(self, file: File) -> bool:
        """Whether nothing of the file is left that they did not bring."""
        if not self.standing:
            return False
        if next(not_among(self.rows, file.rows), None) is not None:
            return False
        unread = set(file.unread)
        return unread <= {row for row, _ in self.rows if row in unread}


def _corrected(views: Cache, begun: Iterable[Seq]) -> list[CorrectedRow]:
    """The rows of imports that stand another way, as somebody had corrected them; by row."""
    rows: dict[int, CorrectedRow] = {}
    for each in begun:
        rows |= {found.row: found for found in imports.corrected(views.connection, each, imports.NOW)}
    return [rows[row] for row in sorted(rows)]


def not_among(known: Iterable[tuple[int, Seq]], rows: Iterable[ReadRow]) -> Iterator[ReadRow]:
    """Rows without those that are known; both come by row."""
    rest = iter(known)
    number, _ = next(rest, NO_MORE)
    for row in rows:
        while number < row.number:
            number, _ = next(rest, NO_MORE)
        if row.number != number:
            yield row
