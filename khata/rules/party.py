"""Adding a customer, and changing how a customer is called or reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from khata.events.base import Imported
from khata.events.party import PartyAdded, PartyChanged
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import PartyForgotten, Refused, UnknownParty
from khata.units import Party


class DeclareParty(Command, kw_only=True):
    """A new customer."""

    MAKES: ClassVar = PartyAdded

    name: str
    aliases: tuple[str, ...] = ()
    phone: str | None = None
    address: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """A party with the next free number. Raises NameTaken."""
        _check_free((self.name, *self.aliases), facts, None)
        words: dict[str, Any] = {"name": self.name}
        if self.aliases:
            words["aliases"] = list(dict.fromkeys(self.aliases))
        if self.phone:
            words["phone"] = self.phone
        if self.address:
            words["address"] = self.address
        event = PartyAdded(party=facts.next_party())
        return [Draft(event, facts.today, words, self.id)]


class AmendParty(Command, kw_only=True):
    """A new name, further aliases, another phone, address, language or terms; None leaves what there is.

    `lang` is the code of the language in which this customer reads his statements: of two or three small letters.
    `due_days`: what he buys from now on is due after so many days, 0 for at once.
    """

    MAKES: ClassVar = PartyChanged

    party: Party
    name: str | None = None
    add_aliases: tuple[str, ...] = ()
    remove_aliases: tuple[str, ...] = ()
    phone: str | None = None
    address: str | None = None
    lang: str | None = None
    due_days: int | None = None

    def decide(self, facts: Facts) -> Decision:
        """The whole record as it is from now on. Raises UnknownParty, PartyForgotten, NameTaken, NothingChanged."""
        known = facts.party(self.party)
        if known is None:
            raise UnknownParty(party=self.party, name=f"@{self.party}", nearest=[])
        if known.forgotten:
            raise PartyForgotten(party=self.party)
        _check_free((*((self.name,) if self.name else ()), *self.add_aliases), facts, self.party)
        before = dict(known.record)
        words = dict(before)
        if self.name:
            words["name"] = self.name
        aliases = [alias for alias in words.get("aliases", ()) if alias not in self.remove_aliases]
        aliases += [alias for alias in self.add_aliases if alias not in aliases]
        words.pop("aliases", None)
        if aliases:
            words["aliases"] = aliases
        for learned in ("vpas", "payers"):  # by what a customer is known who pays (rules/matching.py)
            kept = [each for each in words.pop(learned, ()) if each not in self.remove_aliases]
            if kept:
                words[learned] = kept
        said = {"phone": self.phone, "address": self.address, "lang": self.lang}
        words |= {key: value for key, value in said.items() if value}
        if self.due_days is not None:
            words.pop("due_days", None)
        if self.due_days:
            words["due_days"] = str(self.due_days)
        if words == before:
            raise NothingChanged(party=self.party)
        return [Draft(PartyChanged(party=self.party), facts.today, words, self.id)]


class NameTaken(Refused):
    """Another party has this name or alias: two parties must differ in how they are called."""

    code = "name_taken"


class NothingChanged(Refused):
    """The record would be as it was."""

    code = "nothing_changed"


def added(number: Party, words: Mapping[str, Any], facts: Facts, imported: Imported | None) -> Draft:
    """The draft that declares a party."""
    return Draft(PartyAdded(party=number, imported=imported), facts.today, words)


def _check_free(names: tuple[str, ...], facts: Facts, own: Party | None) -> None:
    for name in names:
        others = [party for party in facts.named(name) if party != own]
        if others:
            raise NameTaken(name=name, party=others[0])
