"""The names of a file that nobody in the book has, as a list: written to be looked through, read when it comes back.

A line that is struck out is a name that is not added. In the column `is` stands who it is, where it is nobody new.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from khata.grammar.spreadsheet import guarded, unguarded
from khata.importing import known_rows
from khata.importing.people import alike_among
from khata.log.errors import DiskError
from khata.names import exact_key
from khata.rules.refused import Refused
from khata.store.sqlite.atomic import atomic_write

if TYPE_CHECKING:
    from khata.importing.file import File, Name
    from khata.views.cache import Cache

COMPARED = 5_000
"""New names that are held against each other and everybody: the time for it grows with their square."""

HEADS = ("name", "rows", "first_row", "resembles", "is")


class NamesListed(Refused):
    """Nothing was recorded: the new names stand in a list that is to be looked through. Facts: `path`, `names`."""

    code = "names_listed"


class BadNamesList(Refused):
    """A file is no list of names as khata wrote it. Facts: `path`."""

    code = "bad_names_list"


def written(file: File, views: Cache, path: Path) -> int:
    """Write the list of the names that nobody has, unless there are none; gives their number.

    Raises:
        PathTakenError, DiskError: it was not written.
    """
    names = _unknown(file, views)
    if not names:
        return 0
    rows = Counter(row.name for row in file.rows)
    alike = alike_among([name.text for _, name in names[:COMPARED]], views)
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as to:
        lines = csv.writer(to)
        lines.writerow(HEADS)
        for nth, (place, name) in enumerate(names):
            resembles = (
                [f"{who} (@{party})" if party else who for party, who in alike[nth]] if nth < COMPARED else ["?"]
            )
            lines.writerow([guarded(name.text), rows[place] or 1, name.row, guarded("; ".join(resembles)), ""])
    return len(names)


def _unknown(file: File, views: Cache) -> list[tuple[int, Name]]:
    known = known_rows.called(views.connection, (name.key for name in file.names if name.number is None))
    return [(place, name) for place, name in enumerate(file.names) if name.number is None and name.key not in known]


def read(path: Path) -> Mapping[str, str]:
    """Of each name that is to be added its key, and who it is instead; "" for somebody new.

    Raises:
        BadNamesList: it is no such list.
        DiskError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return dict(_entries(csv.DictReader(lines)))
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    except (csv.Error, UnicodeDecodeError, KeyError) as e:
        raise BadNamesList(path=str(path)) from e


def _entries(rows: csv.DictReader[str]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if (row["name"] or "").strip():
            yield exact_key(unguarded(row["name"])), unguarded((row["is"] or "").strip())
