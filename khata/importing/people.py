"""The parties that a file names: known, new, or neither. Only exact names and aliases are believed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from khata.importing import known_rows
from khata.importing.faults import LISTED, Faults
from khata.importing.file import File
from khata.importing.file_rows import ReadRow
from khata.importing.profile import EXPORT
from khata.importing.vouchers import from_elsewhere
from khata.names import exact_key
from khata.units import Party
from khata.views.cache import Cache

NewParties = Literal["none", "safe", "all"]
"""Which names that nobody has are added: none, those that resemble nobody, or all."""

Candidate = tuple[Party | None, str]
"""A party and a name that it has; no number where it is only about to be added."""


@dataclass(slots=True)
class NewParty:
    """A party to be added: its place among the file's names, the number it will get, and who it resembles.

    `looked` is False where there were too many new names to compare all.
    """

    place: int
    number: Party
    name: str
    row: int
    phone: str | None
    resembles: list[Candidate]
    looked: bool = True


def resolve(
    file: File,
    views: Cache,
    new_parties: NewParties,
    faults: Faults,
    places: Container[int] | None = None,
    listed: Mapping[str, str] | None = None,
) -> tuple[list[Party | None], list[NewParty]]:
    """The number of each of the file's names, None where it could not be found, and the parties to be added.

    Numbers of new parties are given out in the order in which the file names them, from the book's next free one.
    `places`: the names that are asked about; None for all. `listed`: of names that somebody looked through, by key, who
    it is; "" for somebody new.
    """
    if file.profile == EXPORT.name:
        _of_another_book(file, views)
    _as_listed(file, listed or {})
    keys = (name.key for name in file.names if name.number is None)
    known = known_rows.called(views.connection, keys)
    declared = known_rows.declared(views.connection, (name.number for name in file.names if name.number is not None))
    found: list[Party | None] = []
    unknown: list[int] = []
    ambiguous: list[int] = []
    for place, name in enumerate(file.names):
        numbered = [name.number] if name.number is not None and declared.get(name.number) is False else []
        parties = known.get(name.key, []) if name.number is None else numbered
        found.append(parties[0] if len(parties) == 1 else None)
        if len(parties) > 1:
            ambiguous.append(place)
        elif not parties:
            unknown.append(place)
    if places is not None:
        ambiguous, unknown = ([place for place in each if place in places] for each in (ambiguous, unknown))
    _tell_ambiguous(file, ambiguous, known, views, faults)
    if not unknown:
        return found, []
    agreed = {place for place in unknown if (listed or {}).get(file.names[place].key) == ""}
    may_add = [
        place
        for place in unknown
        if (place in agreed or new_parties in ("safe", "all")) and file.names[place].number is None
    ]
    added = _added(file, may_add, views) if may_add else []
    if new_parties == "safe":
        _refuse_resembling(file, [new for new in added if new.place not in agreed], faults)
    forgotten = [place for place in unknown if declared.get(file.names[place].number or Party(0))]
    for place in forgotten:
        name = file.names[place]
        faults.add(name.row, file.column("party"), name.text, "party_forgotten", {"party": name.number})
    _tell_unknown(file, sorted(set(unknown) - {*may_add, *forgotten}), views, faults)
    for new in added:
        found[new.place] = new.number
    return found, added


def _of_another_book(file: File, views: Cache) -> None:
    """Make a name of each number that an export has for somebody who was forgotten, unless he is forgotten here, too.

    Whoever has that number in this book is another one, or this is not the book that was exported.
    """
    numbers = (name.number for name in file.names if name.number is not None)
    gone = {number for number, forgotten in known_rows.declared(views.connection, numbers).items() if forgotten}
    taken = {name.key for name in file.names}
    for name in file.names:
        if name.number is None or name.number in gone:
            continue
        number, name.number, name.text = name.text, None, from_elsewhere(name.text)
        while exact_key(name.text) in taken:
            name.text += f" {number}"
        name.key = exact_key(name.text)
        taken.add(name.key)


def _as_listed(file: File, listed: Mapping[str, str]) -> None:
    """Put the names of those who were found to be somebody else in place of what the file calls them."""
    for name in file.names if any(listed.values()) else ():
        if name.number is None and (instead := listed.get(name.key)):
            number = re.fullmatch("@([1-9][0-9]{0,14})", instead)
            name.text, name.key = instead, instead if number else exact_key(instead)
            name.number = Party(int(number[1])) if number else None


def renumber(rows: Iterable[ReadRow], added: Sequence[NewParty], found: list[Party | None]) -> list[NewParty]:
    """The parties that are added for some rows alone, numbered in the order in which these name them.

    `found` is what `resolve` gave, and has the numbers afterwards.
    """
    by_place = {new.place: new for new in added}
    number = min((new.number for new in added), default=Party(0))
    kept = []
    for row in rows if by_place else ():
        if (new := by_place.pop(row.name, None)) is not None:
            new.number = found[new.place] = number
            kept.append(new)
            number = Party(number + 1)
    return kept


def _added(file: File, places: Sequence[int], views: Cache) -> list[NewParty]:
    names = [file.names[place] for place in places]
    number = known_rows.next_party(views.connection)
    alike = alike_among([name.text for name in names[:LISTED]], views)
    return [
        NewParty(
            place,
            Party(number + nth),
            name.text,
            name.row,
            name.phone,
            alike[nth] if nth < LISTED else [],
            nth < LISTED,
        )
        for nth, (place, name) in enumerate(zip(places, names, strict=True))
    ]


def alike_among(new: list[str], views: Cache) -> list[list[Candidate]]:
    """Whom each of some new names resembles.

    They are what is indexed, and everybody in the book is held against them: an index of a large book is larger than
    all else that an import remembers.
    """
    from khata.names import NameIndex

    index = NameIndex(new)
    alike: list[list[Candidate]] = [[] for _ in new]
    for party, name in known_rows.names(views.connection):
        for nth in index.resembling(name):
            alike[nth].append((party, name))
    for nth, name in enumerate(new):
        # Of two new names that resemble each other the second one is asked about, once.
        alike[nth] += [(None, new[at]) for at in index.resembling(name) if at < nth]
    return [_distinct(each) for each in alike]


def _distinct(alike: list[Candidate]) -> list[Candidate]:
    """One name for each party."""
    seen: dict[object, Candidate] = {}
    for party, name in alike:
        seen.setdefault(name if party is None else party, (party, name))
    return list(seen.values())


def _refuse_resembling(file: File, added: list[NewParty], faults: Faults) -> None:
    rows = _rows_by_place(file) if any(new.resembles or not new.looked for new in added) else {}
    for new in added:
        if not new.looked:  # the same is wrong with all of these, and it is told once
            faults.add(new.row, file.column("party"), "", "too_many_names", {"most": LISTED})
        elif new.resembles:
            facts: dict[str, Any] = {"rows": rows.get(new.place, 1), "resembles": candidates(new.resembles)}
            faults.add(new.row, file.column("party"), new.name, "resembling_party", facts)


def _tell_ambiguous(file: File, places: list[int], known: dict[str, list[Party]], views: Cache, faults: Faults) -> None:
    if not places:
        return
    names: dict[Party, str] = {}
    for party, called in known_rows.names(views.connection):
        names.setdefault(party, called)
    for place in places:
        name = file.names[place]
        several: list[Candidate] = [(party, names.get(party, f"@{party}")) for party in known[name.key]]
        faults.add(name.row, file.column("party"), name.text, "ambiguous_party", {"parties": candidates(several)})


def _tell_unknown(file: File, places: list[int], views: Cache, faults: Faults) -> None:
    if not places:
        return
    from khata.names import NameIndex

    known: list[Candidate] = [*known_rows.names(views.connection)]
    index = NameIndex(name for _, name in known)
    rows = _rows_by_place(file)
    for nth, place in enumerate(places):
        name = file.names[place]
        near = index.nearest(name.text) if nth < LISTED and name.number is None else []
        facts = {"rows": rows.get(place, 1), "nearest": candidates(_distinct([known[at] for at in near]))}
        if name.number is not None:
            facts["what"] = "number"
        faults.add(name.row, file.column("party"), name.text, "unknown_party", facts)


def _rows_by_place(file: File) -> dict[int, int]:
    return Counter(row.name for row in file.rows)


def candidates(parties: Sequence[Candidate]) -> list[dict[str, object]]:
    """JSON: `party` is left out for one that is only about to be added."""
    return [{"name": name} | ({} if party is None else {"party": party}) for party, name in parties]
