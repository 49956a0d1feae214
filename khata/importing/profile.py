"""Whose file it is: a profile arranges the cells of a row in the order that the row reader knows.

A profile is data: which heads a column may have, which words its types, and what is passed over. khata's own is here;
the others are small TOML files in `profiles/`, and anybody's own may be named by its path.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from khata.importing.faults import Faults
from khata.rules.refused import Refused

COLUMNS = ("date", "type", "party", "amount", "mode", "paid", "ref", "note", "phone", "discount")
"""The cells that a row is made of, in this order."""

REQUIRED = COLUMNS[:4]

REASON = "khata_reason"
"""The head of the column that khata adds to rows that it set aside; in any file it is passed over."""

GAVE, GOT = "gave", "got"
"""Two columns in place of type and amount: what went to the customer, and what came from him."""

PASSED_OVER = "ignore"

Cells = tuple[str, str, str, str, str, str, str, str, str, str]
"""One row, in the order of COLUMNS; "" where the file has no such column."""

Arrange = Callable[[list[str]], Cells | None]
"""From the cells of a row, and one empty cell after them, to those of COLUMNS; None for a row that is passed over."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the cells of one file are arranged, what its columns are called there, and which have no head at all."""

    arrange: Arrange
    called: dict[str, str]
    unnamed: tuple[int, ...] = ()


class BadProfile(Refused):
    """A profile that cannot be read, or says what no profile says. Facts: `path`, `why`.

    With `what` "column": a head (`path`) was to be what is no column (`why`).
    """

    code = "bad_profile"


class UnknownProfile(Refused):
    """There is no profile of this name. Facts: `value`, `known`."""

    code = "unknown_profile"


@dataclass(frozen=True)
class TableProfile:
    """What is known of a kind of file.

    Attributes:
        name: as `import_started` carries it.
        columns: of each head, folded, the cell that its column is: one of COLUMNS, GAVE, GOT, PASSED_OVER.
        types: of each word of its own for a type, folded, ours.
        others: whether columns that it does not know are passed over.
        pairs: the types of what was given and of what came, where amounts stand in two columns.
        cancelled: whether rows that say of themselves that they were cancelled, and what cancels them, are passed over.
        about: one line of what it is, in English.
    """

    name: str
    columns: Mapping[str, str]
    types: Mapping[str, str] = field(default_factory=dict)
    others: bool = False
    pairs: tuple[str, str] = ("sale", "receive")
    cancelled: bool = False
    about: str = ""

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a row is a header from which rows can be read."""
        found = {self.columns.get(folded(each)) for each in header}
        amount = "amount" in found and "type" in found
        return {"date", "party"} <= found and (amount or {GAVE, GOT} <= found)

    def arranged(self, header: Sequence[str], row: int, faults: Faults) -> Arrangement | None:
        """How rows are read under a header; None, and faults, if they cannot be."""
        places: dict[str, int] = {}
        called: dict[str, str] = {}
        unnamed = []
        readable = True
        for place, typed in enumerate(header):
            column = self.columns.get(folded(typed))
            if typed.strip() == REASON:
                continue
            if not typed.strip():
                unnamed.append(place)
            elif column is None and not self.others:
                _unknown(row, typed.strip(), faults)
            elif column in places:
                facts = {"columns": [places[column] + 1, place + 1]}
                faults.add(row, typed.strip(), typed.strip(), "column_twice", facts)
                readable = False
            elif column not in (None, PASSED_OVER):
                places[column], called[column] = place, typed.strip()
        paired = GAVE in places and GOT in places
        for column in REQUIRED:
            if column not in places and not (paired and column in ("type", "amount")):
                faults.add(row, column, "", "missing_column", {"required": list(REQUIRED)})
                readable = False
        if not readable:
            return None
        if paired:
            called |= {"amount": called[GAVE], "type": called[GAVE]}
        return Arrangement(self._arrange(places, len(header), paired=paired), called, tuple(unnamed))

    def _arrange(self, places: Mapping[str, int], width: int, *, paired: bool) -> Arrange:
        # The reader puts one empty cell after the last: that is where a column points which the file does not have.
        pick: Callable[[list[str]], Cells] = itemgetter(*(places.get(column, width) for column in COLUMNS))
        if not (paired or self.types or self.cancelled):
            return pick
        types, (given, came) = self.types, self.pairs
        gave, got = places.get(GAVE, width), places.get(GOT, width)
        cancelled = places.get("cancelled", width) if self.cancelled else width

        def arrange(cells: list[str]) -> Cells | None:
            if cells[cancelled].strip():
                return None
            found = list(pick(cells))
            if paired:
                out, into = _nothing(cells[gave]), _nothing(cells[got])
                if out and not into:
                    found[1], found[3] = given, out
                elif into and not out:
                    found[1], found[3] = came, into
                else:  # both or neither: the amount cannot be read, and is told so
                    found[1], found[3] = given, f"{out} {into}".strip()
            found[1] = types.get(folded(found[1]), found[1])
            if found[1] == PASSED_OVER:
                return None
            return tuple(found)  # type: ignore[return-value] # as many as there are columns

        return arrange


def folded(text: str) -> str:
    """A head or a word as it is compared: without case, points, brackets around a unit, and the blanks between.

    >>> folded("  Bill No. "), folded("Amount (Rs.)")
    ('bill no', 'amount')
    """
    bare = re.sub(r"\((?:rs\.?|inr|₹|\+|-)\)", "", text.casefold().replace("\ufeff", ""))
    return " ".join(re.sub(r"[._:*\-]+", " ", bare).split())


_NIL = re.compile(r"[-–—\s]*|0+(?:\.0+)?")


def _nothing(cell: str) -> str:
    """A cell of one of two columns for amounts; "" where there is nothing in it, or nothing but a zero or a dash."""
    return "" if _NIL.fullmatch(cell.strip()) else cell


def _unknown(row: int, typed: str, faults: Faults) -> None:
    from difflib import get_close_matches

    near = get_close_matches(folded(typed), COLUMNS, n=1)
    facts: dict[str, object] = {"allowed": list(COLUMNS)}
    if near:
        facts["nearest"] = near[0]
    faults.add(row, typed, typed, "unknown_column", facts)


_OWN_EXPORT = ("entry", "party number", "reverses", "corrects", "at", "by", "by name", "items")

KHATA = TableProfile("khata", {column: column for column in COLUMNS}, about="khata's own columns")
EXPORT = TableProfile(
    "khata-export",
    {column: column for column in COLUMNS} | dict.fromkeys(_OWN_EXPORT, PASSED_OVER) | {"reversed by": "cancelled"},
    {"reverse": PASSED_OVER},
    cancelled=True,
    about="what khata export --format csv writes",
)

TALLY = TableProfile("tally-xml", KHATA.columns, {"ignore": PASSED_OVER}, about="Tally's XML of ledgers and vouchers")
BUNDLE = TableProfile("khata-bundle", KHATA.columns, {"ignore": PASSED_OVER}, about="the open .khata bundle (Bahi)")
_MADE = (KHATA, EXPORT, TALLY, BUNDLE)
"""Those that are no files of their own."""

_FOLDER = Path(__file__).parent / "profiles"


@cache
def names() -> tuple[str, ...]:
    """The profiles that khata brings."""
    return (*(each.name for each in _MADE), *sorted(path.stem for path in _FOLDER.glob("*.toml")))


def profile(name: str) -> TableProfile:
    """A profile by its name, or by the path of its file, which ends in `.toml`.

    Raises:
        UnknownProfile: there is none.
        BadProfile: it cannot be read.
    """
    for own in _MADE:
        if name == own.name:
            return own
    path = Path(name).expanduser() if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in names():
        raise UnknownProfile(value=name, known=list(names()))
    try:
        return _read(path.stem, tomllib.loads(path.read_text(encoding="utf-8")), path)
    except FileNotFoundError as e:
        raise UnknownProfile(value=name, known=list(names())) from e
    except (OSError, ValueError) as e:
        raise BadProfile(path=str(path), why=str(e)) from e


def _read(name: str, said: Mapping[str, Any], path: Path) -> TableProfile:
    columns: dict[str, str] = {}
    given = said.get("columns")
    if not isinstance(given, dict) or not given:
        raise BadProfile(path=str(path), why="[columns]")
    for column, heads in given.items():
        if column not in (*COLUMNS, GAVE, GOT, PASSED_OVER):
            raise BadProfile(path=str(path), why=column)
        for head in [heads] if isinstance(heads, str) else heads:
            columns[folded(str(head))] = column
    types = {folded(str(word)): str(type_) for word, type_ in dict(said.get("types", {})).items()}
    pairs = tuple(said.get("pairs", ("sale", "receive")))
    if len(pairs) != 2:
        raise BadProfile(path=str(path), why="pairs")
    return TableProfile(name, columns, types, bool(said.get("others", False)), pairs, about=str(said.get("about", "")))


def mapped(base: TableProfile, mapping: Mapping[str, str], ignored: Sequence[str]) -> TableProfile:
    """A profile with heads that were given for once: head → column, or a type for a column of amounts.

    Raises:
        BadProfile: a head is mapped to what is no column.
    """
    columns, pairs = dict(base.columns), list(base.pairs)
    for head, column in mapping.items():
        target = folded(column).replace(" ", "-")
        if target in ("sale", "receive"):
            target = GAVE if target == "sale" else GOT
        if target not in (*COLUMNS, GAVE, GOT, PASSED_OVER):
            known = [*COLUMNS, "sale", "receive", PASSED_OVER]
            raise BadProfile(what="column", path=head, why=column, known=known)
        columns[folded(head)] = target
    columns |= dict.fromkeys(map(folded, ignored), PASSED_OVER)
    return TableProfile(base.name, columns, base.types, base.others, (pairs[0], pairs[1]), base.cancelled, base.about)
