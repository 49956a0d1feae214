"""Finding a party by what was typed, and what the book knows of one."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from khata import names
from khata.grammar.phones import END, phone_end, phone_key
from khata.log.errors import ViewsDifferError
from khata.units import Party, Seq
from khata.views.about import kept_parties


class PartyRow(NamedTuple):
    """A party: its number, its identity across books (32 hex), its record; empty once forgotten."""

    party: Party
    party_id: str
    entry: Seq
    record: Mapping[str, Any]
    forgotten: bool

    @property
    def name(self) -> str | None:
        """The name; None once forgotten."""
        return self.record.get("name")


class How(Enum):
    """How closely what was typed names a party, from the closest."""

    EXACT = "exact"
    WORD = "word"
    BEGINNING = "beginning"
    SOUND = "sound"


class Match(NamedTuple):
    """The parties that what was typed may mean, at the closest level that finds any."""

    how: How
    parties: list[PartyRow]


MOST_WORDS = 20
"""Words of a name that are looked for; SQLite takes no condition of a thousand parts."""

_SELECT = "SELECT party, id, entry, record, forgotten FROM party"


def _row(row: tuple[Any, ...]) -> PartyRow:
    return PartyRow(Party(row[0]), row[1], Seq(row[2]), json.loads(row[3]), bool(row[4]))


def party(connection: sqlite3.Connection, number: Party) -> PartyRow | None:
    """One party; None if the number was never declared."""
    row = connection.execute(f"{_SELECT} WHERE party = ?", (number,)).fetchone()
    return _row(row) if row else None


def with_identity(connection: sqlite3.Connection, party_id: str) -> PartyRow | None:
    """The party whose `party_added` has this id (32 hex); None if it is not of this book."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (party_id,)).fetchone()
    return _row(row) if row else None


def all_parties(connection: sqlite3.Connection) -> list[PartyRow]:
    """Everybody, by number."""
    return [_row(row) for row in connection.execute(f"{_SELECT} ORDER BY party")]


def beginning(connection: sqlite3.Connection, text: str, limit: int) -> list[PartyRow]:
    """The parties whose name or alias begins so, at most so many, those last traded with first."""
    key = names.exact_key(text)
    rows = connection.execute(
        f"{_SELECT} WHERE party IN (SELECT party FROM name_key WHERE kind = 'exact' AND key >= ? AND key < ?)"
        " ORDER BY last_entry DESC, party LIMIT ?",
        (key, key + "\U0010ffff", limit),
    )
    return [_row(row) for row in rows]


def find(connection: sqlite3.Connection, text: str) -> Match | None:
    """Whom a text may mean: by exact name or alias, by one whole word, by a beginning, by sound; None if nobody.

    Raises:
        ViewsDifferError: somebody is found by a name that is not his.
    """
    key = names.exact_key(text)
    found = _by_key(connection, "exact", key)
    if found:
        for row in found:
            if key not in map(names.exact_key, _names(row)):
                raise ViewsDifferError(party=row.party)
        return Match(How.EXACT, found)
    found = _by_key(connection, "word", key)
    if found:
        return Match(How.WORD, found)
    found = _by_beginnings(connection, names.words(text))
    if found:
        return Match(How.BEGINNING, found)
    found = _by_sound(connection, text)
    return Match(How.SOUND, found) if found else None


def _by_sound(connection: sqlite3.Connection, text: str) -> list[PartyRow]:
    """The parties who are called so in another script or spelling; if nobody is, those of whom each word is one."""
    from khata import sounds  # of a name that is spelt as it stands in the book nobody needs to know how it sounds

    whole, words = sounds.keys_of_words(text)
    if not whole or len(words) > MOST_WORDS:
        return []
    one, among = _among(whole), [_among(word) for word in words]
    facts = [*one[1], *(key for _, keys in among for key in keys)]
    where = f"{one[0]} OR ({' AND '.join(part for part, _ in among)})"
    heard = _rows(connection, where, facts)
    found = [row for row in heard if any(sounds.alike(text, name) for name in _names(row))]
    return found or [row for row in heard if any(sounds.among(text, name) for name in _names(row))]


def _among(keys: set[str]) -> tuple[str, list[str]]:
    marks = ", ".join("?" * len(keys))
    return f"party IN (SELECT party FROM name_key WHERE kind = 'sound' AND key IN ({marks}))", sorted(keys)


def _names(row: PartyRow) -> list[str]:
    return [name for name in (row.name, *row.record.get("aliases", ())) if isinstance(name, str)]


def _by_beginnings(connection: sqlite3.Connection, typed: list[str]) -> list[PartyRow]:
    """The parties of whom each word typed begins a word: `rames kum` is Ramesh Kumar."""
    if len(typed) > MOST_WORDS:
        return []
    one = "party IN (SELECT party FROM name_key WHERE kind = 'word' AND key >= ? AND key < ?)"
    facts = [bound for word in typed for bound in (word, word + "\U0010ffff")]
    return _rows(connection, " AND ".join([one] * len(typed)), facts) if typed else []


def _by_key(connection: sqlite3.Connection, kind: str, key: str) -> list[PartyRow]:
    return _rows(connection, "party IN (SELECT party FROM name_key WHERE kind = ? AND key = ?)", (kind, key))


def _rows(connection: sqlite3.Connection, where: str, facts: Sequence[str]) -> list[PartyRow]:
    rows = connection.execute(f"{_SELECT} WHERE {where} ORDER BY last_entry DESC, party", facts)
    return [_row(row) for row in rows]


def with_phone(connection: sqlite3.Connection, text: str) -> list[PartyRow]:
    """The parties with this phone number: whole, where spaces, dashes, 0 and +91 count for nothing, or its last four.

    Raises:
        ViewsDifferError: somebody is found by a number that is not his.
    """
    number, end = phone_key(text), phone_end(text)
    if not number and not end:
        return []
    kind = "phone" if number else "phone_end"
    found = _by_key(connection, kind, number or end)
    for row in found:
        his = phone_key(str(row.record.get("phone", "")))
        if (number or end) != (his if number else his[-END:]):
            raise ViewsDifferError(party=row.party)
    return found


def nearest(connection: sqlite3.Connection, text: str, limit: int = 3) -> list[PartyRow]:
    """The parties whose names are most like a text, best first: for a refusal."""
    called = [row for row in all_parties(connection) if row.name]
    return [called[index] for index in names.nearest(text, [row.name or "" for row in called], limit)]


def highest_party(views: sqlite3.Connection) -> Party:
    """The highest number of a party, 0 where there is none: the next one is decided by it. Raises ViewsDifferError."""
    found = tuple(views.execute("SELECT count(*), coalesce(max(party), 0) FROM party").fetchone())
    if found != kept_parties(views):
        raise ViewsDifferError(what="parties")
    return Party(found[1])
