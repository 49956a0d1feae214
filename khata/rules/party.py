"""Adding a customer, and changing how a customer is called or reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from khata.events.base import Imported
from khata.events.party import PartyAdded, PartyChanged
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import Refused, UnknownParty
from khata.units import Party


@dataclass(slots=True, kw_only=True)
class AddParty(Command):
    """A new customer."""

    name: str
    aliases: tuple[str, ...] = ()
    phone: str | None = None
    address: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """See `decide_add`."""
        return decide_add(self, facts)


@dataclass(slots=True, kw_only=True)
class ChangeParty(Command):
    """A new name, further aliases, another phone or address; None leaves what there is."""

    party: Party
    name: str | None = None
    add_aliases: tuple[str, ...] = ()
    remove_aliases: tuple[str, ...] = ()
    phone: str | None = None
    address: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """See `decide_change`."""
        return decide_change(self, facts)


class NameTaken(Refused):
    """Another party has this name or alias: two parties must differ in how they are called."""

    code = "name_taken"


class NothingChanged(Refused):
    """The record would be as it was."""

    code = "nothing_changed"


class PartyForgotten(Refused):
    """What is known of this party was erased; it cannot be called anything again."""

    code = "party_forgotten"


def added(number: Party, words: Mapping[str, Any], facts: Facts, imported: Imported | None) -> Draft:
    """The draft that declares a party."""
    return Draft(PartyAdded(party=number, imported=imported), facts.today, words)


def _check_free(names: tuple[str, ...], facts: Facts, own: Party | None) -> None:
    for name in names:
        others = [party for party in facts.named(name) if party != own]
        if others:
            raise NameTaken(name=name, party=others[0])


def decide_add(command: AddParty, facts: Facts) -> Decision:
    """A party with the next free number. Raises NameTaken."""
    _check_free((command.name, *command.aliases), facts, None)
    words: dict[str, Any] = {"name": command.name}
    if command.aliases:
        words["aliases"] = list(dict.fromkeys(command.aliases))
    if command.phone:
        words["phone"] = command.phone
    if command.address:
        words["address"] = command.address
    event = PartyAdded(party=facts.next_party())
    return [Draft(event, facts.today, words, command.id)]


def decide_change(command: ChangeParty, facts: Facts) -> Decision:
    """The whole record as it is from now on. Raises UnknownParty, PartyForgotten, NameTaken, NothingChanged."""
    known = facts.party(command.party)
    if known is None:
        raise UnknownParty(party=command.party, name=f"@{command.party}", nearest=[])
    if known.forgotten:
        raise PartyForgotten(party=command.party)
    _check_free((*((command.name,) if command.name else ()), *command.add_aliases), facts, command.party)
    before = dict(known.record)
    words = dict(before)
    if command.name:
        words["name"] = command.name
    aliases = [alias for alias in words.get("aliases", ()) if alias not in command.remove_aliases]
    aliases += [alias for alias in command.add_aliases if alias not in aliases]
    words.pop("aliases", None)
    if aliases:
        words["aliases"] = aliases
    if command.phone:
        words["phone"] = command.phone
    if command.address:
        words["address"] = command.address
    if words == before:
        raise NothingChanged(party=command.party)
    return [Draft(PartyChanged(party=command.party), facts.today, words, command.id)]
