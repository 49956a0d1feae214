"""Rows that are wrong, while the others are recorded: to a file of their own, as they came, each with what to write.

That file is imported like any other once it is mended: the column that was added is passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khata.grammar.spreadsheet import guarded
from khata.importing.columns import REASON
from khata.importing.faults import MOST, BadRows, FaultKind, Faults, FileChanged, FileFault
from khata.importing.opening import opened

if TYPE_CHECKING:
    from khata.importing.file import File

_OF_NAMES = frozenset(("unknown_party", "ambiguous_party", "party_forgotten", "resembling_party", "too_many_names"))

Said = Callable[[FileFault], str]
"""What to write instead, as a sentence."""


@dataclass(slots=True)
class Rejected:
    """The rows that are set aside, each with what is wrong with it; and that once for all rows that have it."""

    rows: Mapping[int, list[FileFault]] = field(default_factory=dict)
    kinds: Sequence[FaultKind] = ()

    def __len__(self) -> int:
        return len(self.rows)


def rejected(file: File, faults: Faults) -> Rejected:
    """The rows that are wrong. Raises BadRows where it is the file that is, or where there are too many."""
    whole = any(fault.row <= file.header_row or fault.facts.get("stopped") for fault in faults.listed)
    if whole or not file.count or faults.total > len(faults.listed):
        raise BadRows(faults, file.count, file.read_as)
    rows: dict[int, list[FileFault]] = {}
    for fault in faults.listed:
        rows.setdefault(fault.row, []).append(fault)
    of_name = {fault.row: fault for fault in faults.listed if fault.code in _OF_NAMES}
    places = {place: of_name[name.row] for place, name in enumerate(file.names) if name.row in of_name}
    for row in file.rows if places else ():
        of_it = places.get(row.name)
        if of_it is not None and row.number != of_it.row:
            rows.setdefault(row.number, []).append(of_it)
            if len(rows) > MOST:
                raise BadRows(faults, file.count, file.read_as)
    return Rejected(dict(sorted(rows.items())), faults.kinds())


def lines(path: str, file: File, rows: Rejected, said: Said) -> Iterator[str]:
    """The lines of the file for them: its own header and the rows as they came, from the file read once more.

    Raises:
        FileChanged: it is another one by now.
        NoFile, NotAFile, DiskError: it cannot be read any more.
    """
    with opened(path, file.encoding, sheet=file.sheet, accounts=file.accounts) as source:
        number = source.lines.row
        header = source.header
        while number < file.header_row:
            header, number = next(source.records), number + 1
        width = next((place for place, head in enumerate(header) if head.strip() == REASON), len(header))
        yield _line([*header[:width], REASON])
        for cells in source.records:
            number += 1
            if number in rows.rows:
                reasons = dict.fromkeys(map(said, rows.rows[number]))
                kept = cells[:width] + [""] * (width - len(cells[:width]))
                yield _line([*map(_kept, kept), guarded(" · ".join(reasons))])
        if source.sha256 != file.sha256:
            raise FileChanged(path=path)


def _kept(cell: str) -> str:
    """A cell as it came; an amount below nothing is no formula."""
    return cell if cell[:1] in "+-" and cell[1:].replace(",", "").replace(".", "", 1).isdecimal() else guarded(cell)


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
