"""From what was typed to the party that is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from khata.api.refusals import BadEventId, BadField, NameMissing, NotAtTheCounter, NotExact
from khata.grammar.digits import ascii_digits
from khata.grammar.text import RESERVED, clean_name
from khata.questions import parties
from khata.questions.parties import How, Match, PartyRow
from khata.questions.persons import NOBODY, Persons, persons
from khata.rules.refused import AmbiguousParty, Refused, UnknownParty
from khata.units import Party, Seq
from khata.views.cache import Connection

if TYPE_CHECKING:
    from khata.rules.base import Who

Whom = str | int
"""A party: by its number, or by its name: exact, an alias, `@3`, or one whole word of one party only."""

COUNTER = frozenset(RESERVED)
LARGEST = 10**9 - 1
_NUMBER = re.compile(r"@([0-9]{1,9})")


def is_counter(name: str) -> bool:
    """Whether a name means nobody in particular."""
    return name.strip().casefold() in COUNTER


def check(text: str, command: str) -> None:
    """Refuse an empty name, or the counter where somebody is to be named. Raises NameMissing, NotAtTheCounter."""
    if not text.strip():
        raise NameMissing(command=command)
    if is_counter(text):
        raise NotAtTheCounter(command=command)


def to_write(views: Connection, text: str, *, new: bool = False, who: Persons | None = None) -> Who:
    """The party that an entry is for: exact, an alias, `@3`, or one whole word that belongs to one party only.

    Args:
        views: caught up.
        text: what was typed.
        new: a name that nobody has exactly is added.
        who: who stands for whom; None for who does by now.

    Raises:
        UnknownParty, AmbiguousParty, NotExact, Unreadable: as they say.
    """
    number = number_of(text)
    if number is not None:
        return by_number(views, number, who).party
    match = persons_called(views, text, who)
    if match is not None and match.how is How.EXACT and len(match.parties) == 1:
        return match.parties[0].party
    if new and (match is None or match.how is not How.EXACT):
        return new_party(text)
    if match is None:
        raise UnknownParty(name=text, nearest=facts_of(parties.nearest(views, text)))
    if match.how in (How.EXACT, How.WORD):
        if len(match.parties) == 1:
            return match.parties[0].party
        raise AmbiguousParty(name=text, candidates=facts_of(match.parties))
    raise NotExact(name=text, candidates=facts_of(match.parties))


def is_event_id(text: str) -> bool:
    """Whether it is 32 hex, the letters small."""
    return len(text) == 32 and all(digit in "0123456789abcdef" for digit in text)


def check_id(event_id: str) -> str:
    """An event id as it was given. Raises BadEventId."""
    if is_event_id(event_id):
        return event_id
    raise BadEventId(value=event_id)


def tried(views: Connection, event_id: str | None) -> Party | None:
    """The party of what an earlier try under this event id recorded: since then its name may be anybody's."""
    from khata.questions import entries

    row = entries.with_id(views, event_id) if event_id and is_event_id(event_id) else None
    return row.party if row else None


def new_party(text: str) -> Who:
    """Somebody who is added under this name. Raises Unreadable."""
    from khata.rules.base import Named

    return Named(clean_name(text), add=True)


def by_number(views: Connection, number: Party, who: Persons | None = None) -> PartyRow:
    """The person whose khata this is; `who` stands for whom, None for by now. Raises UnknownParty."""
    row = None
    if 0 < number <= LARGEST:
        row = parties.party(views, (who or persons(views)).of(number))
    if row is None:
        raise UnknownParty(name=f"@{number}", party=number, nearest=[], what="number")
    return row


def persons_called(views: Connection, text: str, who: Persons | None = None) -> Match | None:
    """Whom a text may mean; of a person with several khatas the one that stands for all, by now or as `who` says."""
    match = parties.find(views, text)
    return match and Match(match.how, _standing(views, match.parties, who or persons(views)))


def _standing(views: Connection, found: list[PartyRow], who: Persons) -> list[PartyRow]:
    """The khatas that stand for the persons of these."""
    if not who.joined:
        return found
    numbers = dict.fromkeys(who.of(row.party) for row in found)
    return [row for number in numbers if (row := parties.party(views, number)) is not None]


def with_id(views: Connection, whom: Whom) -> dict[str, Party | str]:
    """The party that an id (32 hex) names: `other` in this book, `same` in another; nothing for what is no id."""
    if not (isinstance(whom, str) and is_event_id(whom)):
        return {}
    row = parties.with_identity(views, whom)
    return {"other": row.party} if row else {"same": whom}


def own_khata(views: Connection, whom: Whom, command: str) -> Party:
    """The khata that has this very name or number, whoever's it is by now.

    Raises:
        BadField, NameMissing, NotAtTheCounter, UnknownParty, AmbiguousParty, NotExact: as they say.
    """
    if not isinstance(whom, str):
        if type(whom) is not int:
            raise BadField(field="other", why="type")
        return by_number(views, Party(whom), NOBODY).party
    check(whom, command)
    found = to_write(views, whom, who=NOBODY)
    assert not isinstance(found, tuple)  # noqa: S101 - without `new` nobody is added
    return found


def to_ask(views: Connection, text: str, command: str, known: Seq | None = None) -> PartyRow:
    """The party that a question is about: beginnings and sound-alikes suffice if only one fits.

    Raises:
        NameMissing, UnknownParty, AmbiguousParty: as they say.
    """
    return only_one(meant(views, text, command, known), text)


def meant(views: Connection, text: str, command: str, known: Seq | None = None) -> list[PartyRow]:
    """The persons that a question may be about, at least one; also by a phone number or its last four.

    Args:
        views: caught up.
        text: what was typed.
        command: for whoever is told that a name is missing.
        known: the entry up to which it is asked who is whom, and who was there; None for now.

    Raises:
        NameMissing, UnknownParty: as they say; also where nobody who is meant was in the book then.
    """
    if not text.strip():
        raise NameMissing(command=command)
    number, who = number_of(text), persons(views, known)
    if number is not None:
        return _then([by_number(views, number, who)], known)
    match = persons_called(views, text, who)
    found = match.parties if match else _standing(views, parties.with_phone(views, text), who)
    if not found:
        raise UnknownParty(name=text, nearest=facts_of(parties.nearest(views, text)))
    return _then(found, known)


def _then(found: Sequence[PartyRow], known: Seq | None) -> list[PartyRow]:
    """Those who were in the book at an entry: of nobody else it was known then that he owed nothing."""
    there = [row for row in found if known is None or row.entry <= known]
    if not there:
        first = min(found, key=lambda row: row.entry)
        raise UnknownParty(what="then", name=first.name or f"@{first.party}", entry=first.entry)
    return there


def only_one(found: Sequence[PartyRow], text: str) -> PartyRow:
    """The one of them. Raises AmbiguousParty."""
    if len(found) > 1:
        raise AmbiguousParty(name=text, candidates=facts_of(found))
    return found[0]


def facts_of(rows: Sequence[PartyRow], most: int = 5) -> list[dict[str, object]]:
    """Parties as the facts of a refusal name them."""
    return [{"party": row.party, "name": row.name} for row in rows[:most]]


def number_of(text: str) -> Party | None:
    """The number in `@3`; None for anything else."""
    match = _NUMBER.fullmatch(ascii_digits(text.strip()) or "")
    return Party(int(match[1])) if match else None


class Door:
    """Where a command comes in: the day, and whom its names mean."""

    def __init__(self, views: Connection | None, today: date) -> None:
        self._views, self.today = views, today

    @property
    def views(self) -> Connection:
        """The views in which names are looked for, caught up."""
        assert self._views is not None  # noqa: S101 - or a door says for itself how they are opened
        return self._views

    def party(self, whom: Whom, command: str, event_id: str | None, *, new: bool) -> Who:
        """The party that is meant; `new`: one that nobody is called is added.

        Raises:
            BadField, NameMissing, NotAtTheCounter, UnknownParty, AmbiguousParty, NotExact: as they say.
        """
        if not isinstance(whom, str):
            if type(whom) is not int:
                raise BadField(field="party", why="type")
            return by_number(self.views, Party(whom)).party
        check(whom, command)
        try:
            return to_write(self.views, whom, new=new)
        except (UnknownParty, AmbiguousParty, NotExact) as e:
            before = tried(self.views, event_id)
            return before if before is not None else self.instead(whom, e)

    def instead(self, name: str, refused: Refused) -> Who:  # noqa: ARG002 - for a door at which somebody can be asked
        """Whom a name that means nobody for sure stands for after all. Raises the refusal, where nobody says so."""
        raise refused


def party_of(views: Connection, whom: Whom, command: str, event_id: str | None) -> Party:
    """The party that is there, by its number or as an entry names it. Raises as `Door.party`."""
    found = Door(views, date.min).party(whom, command, event_id, new=False)
    assert not isinstance(found, tuple)  # noqa: S101 - without `new` nobody is added
    return found
