"""Whose file it is: a profile arranges the cells of a row in the order that the row reader knows.

A further format is a further profile: it recognises its header and says where each of the nine cells comes from, or
makes them up (a column "You gave" is an amount and the type `sale`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from khata.importing.faults import Faults

COLUMNS = ("date", "type", "party", "amount", "mode", "paid", "ref", "note", "phone")
"""The cells that a row is made of, in this order."""

REQUIRED = COLUMNS[:4]

Cells = tuple[str, str, str, str, str, str, str, str, str]
"""One row, in the order of COLUMNS; "" where the file has no such column."""

Arrange = Callable[[list[str]], Cells]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the cells of one file are arranged, and what its columns are called there."""

    arrange: Arrange
    called: dict[str, str]


Profile = Callable[[Sequence[str], int, Faults], Arrangement | None]
"""From a header and its row to an arrangement; None, and faults, if the rows cannot be read under such a header."""


def khata(header: Sequence[str], row: int, faults: Faults) -> Arrangement | None:
    """The plain CSV: columns by their names, in any order and case."""
    places: dict[str, int] = {}
    called: dict[str, str] = {}
    readable = True
    for place, typed in enumerate(header):
        column = typed.strip().casefold()
        if column not in COLUMNS:
            _unknown(row, typed.strip(), column, faults)
        elif column in places:
            faults.add(row, typed.strip(), typed.strip(), "column_twice", {"columns": [places[column] + 1, place + 1]})
            readable = False
        else:
            places[column], called[column] = place, typed.strip()
    for column in REQUIRED:
        if column not in places:
            faults.add(row, column, "", "missing_column", {"required": list(REQUIRED)})
            readable = False
    if not readable:
        return None
    # The reader puts one empty cell after the last: that is where a column points which the file does not have.
    return Arrangement(itemgetter(*(places.get(column, len(header)) for column in COLUMNS)), called)


def _unknown(row: int, typed: str, column: str, faults: Faults) -> None:
    from difflib import get_close_matches

    near = get_close_matches(column, COLUMNS, n=1)
    facts: dict[str, object] = {"allowed": list(COLUMNS)}
    if near:
        facts["nearest"] = near[0]
    faults.add(row, typed, typed, "unknown_column", facts)


PROFILES: dict[str, Profile] = {"khata": khata}
"""By the name that `import_started` carries."""
