"""Who paid, by what a statement shows of them: the UPI id, the phone in it, the name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from khata.importing.bank_lines import BankLine
from khata.questions.receipts import PayerKnown
from khata.reconciling.likeness import Like, Namebook, heard
from khata.units import Party

_PHONE = re.compile(r"(?:\+?91)?([6-9]\d{9})(?!\d)")
CUT = 8
"""Characters of a UPI id that was cut short which still say something."""


class Level(IntEnum):
    """How far what is shown says who paid: by the amount alone, a name that may be his, his name, himself."""

    NOTHING, PERHAPS, NAMED, KNOWN = range(4)


class Payer(NamedTuple):
    """Who paid, if that is one customer, how far that is sure and by what; and all that it may be."""

    party: Party | None
    level: Level
    why: str
    named: dict[Party, Like]


def agree(one: str, other: str) -> bool:
    """Whether two UPI ids may be one, cut at different places.

    >>> agree("ramesh.kum", "ramesh.kumar89@oksbi"), agree("a.b@ok", "a.b@oksbi"), agree("a.b@oksbi", "a.b@ybl")
    (True, True, False)
    """
    if "@" in one and "@" in other:
        (local, handle), (local2, handle2) = one.split("@", 1), other.split("@", 1)
        return local == local2 and (handle.startswith(handle2) or handle2.startswith(handle))
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= CUT and long.startswith(short) and "@" not in short)


def phone_in(vpa: str) -> str:
    """The ten digits of the phone by which a UPI id is called; "" for none."""
    match = _PHONE.match(vpa)
    return match[1] if match else ""


def _is_of_name(line: BankLine) -> bool:
    """Whether a UPI id that was cut short says no more than the name does."""
    name, letters = "".join(heard(line.name)), "".join(heard(line.vpa.replace(".", "")))
    return letters.isalpha() and letters.startswith(name[:4])


class Payers:
    """What is known of who pays how; it learns as lines become clear."""

    def __init__(self, known: Iterable[PayerKnown]) -> None:
        self.known = {each.party: each for each in known}
        self._book = Namebook({each.party: each.called for each in self.known.values()})
        self._vpas: dict[str, set[Party]] = defaultdict(set)
        self._begun: dict[str, set[str]] = defaultdict(set)
        self._payers: dict[tuple[str, ...], set[Party]] = defaultdict(set)
        self._phones: dict[str, set[Party]] = defaultdict(set)
        self.learned: dict[Party, tuple[dict[str, None], dict[str, None]]] = {}
        for each in self.known.values():
            for vpa in each.vpas:
                self._add_vpa(vpa, each.party)
            for payer in each.payers:
                self._payers[heard(payer)].add(each.party)
            if each.phone and (match := _PHONE.match(each.phone)):
                self._phones[match[1]].add(each.party)

    def _add_vpa(self, vpa: str, party: Party) -> None:
        self._vpas[vpa].add(party)
        self._begun[vpa[:CUT]].add(vpa)

    def learn(self, line: BankLine, party: Party) -> None:
        """A line is clear: by its UPI id and its name the customer is known from now on."""
        vpas, payers = self.learned.setdefault(party, ({}, {}))
        if len(line.vpa) >= CUT or "@" in line.vpa:
            vpas[line.vpa] = None
            self._add_vpa(line.vpa, party)
        if heard(line.name):
            payers[line.name] = None
            self._payers[heard(line.name)].add(party)

    def of(self, line: BankLine) -> Payer:
        """Who paid a line."""
        named = self._named(line)
        full = [party for party, like in named.items() if like == Like.FULL]
        by_vpa = self._by_vpa(line.vpa)
        phones = self._phones.get(phone_in(line.vpa), set()) if line.vpa else set()
        if len(by_vpa) == 1:
            (party,) = by_vpa
            # Of one that was cut the rest may be anybody's: the name must be his, and nobody else's.
            if self._is_whole(line.vpa):
                return Payer(party, Level.KNOWN, "vpa", named)
            if self._is_his(line, party, named):
                level = Level.NAMED if line.vpa not in self._vpas or _is_of_name(line) else Level.KNOWN
                return Payer(party, level, "vpa", named)
            return Payer(None, Level.PERHAPS, "vpa", {**named, party: Like.PART})
        if by_vpa:
            return Payer(None, Level.PERHAPS, "vpa", dict.fromkeys(by_vpa, Like.FULL))
        if len(phones) == 1 and full and not phones & set(full):
            return Payer(None, Level.PERHAPS, "phone", {**named, **dict.fromkeys(phones, Like.FULL)})
        if len(phones) == 1:
            return Payer(next(iter(phones)), Level.KNOWN, "phone", named)
        learned = self._payers.get(heard(line.name), set())
        # A name of one word is anybody's.
        several = len(heard(line.name)) > 1
        if several and len(learned) == 1 and set(full) <= learned and set(named) <= learned:
            return Payer(next(iter(learned)), Level.NAMED, "name", named)
        named = {**named, **dict.fromkeys(learned, Like.FULL)}
        if len(named) == 1:
            ((party, like),) = named.items()
            is_full = like == Like.FULL and several
            return Payer(party, Level.NAMED if is_full else Level.PERHAPS, "name", named)
        return Payer(None, Level.PERHAPS if named else Level.NOTHING, "name", named)

    def _named(self, line: BankLine) -> dict[Party, Like]:
        if heard(line.name):
            return self._book.who(line.name)
        letters = re.sub(r"[^a-z]+", " ", line.vpa.partition("@")[0]).strip()
        return dict.fromkeys(self._book.who(letters), Like.PART) if len(letters) >= CUT - 2 else {}

    def _by_vpa(self, vpa: str) -> set[Party]:
        if vpa in self._vpas and "@" in vpa:
            return self._vpas[vpa]
        if len(vpa) < CUT and "@" not in vpa:
            return set()
        found: set[Party] = set()
        for each in self._begun.get(vpa[:CUT], ()):
            if agree(each, vpa):
                found |= self._vpas[each]
        return found

    def _is_whole(self, vpa: str) -> bool:
        """Whether a UPI id that is known is this very one, and not another one that begins so."""
        if phone_in(vpa):
            return True
        return "@" in vpa and any("@" in each and agree(each, vpa) for each in self._begun.get(vpa[:CUT], ()))

    def _is_his(self, line: BankLine, party: Party, named: dict[Party, Like]) -> bool:
        """Whether a name is this customer's and nobody else's."""
        learned = self._payers.get(heard(line.name), set())
        return (party in named or party in learned) and not (set(named) | learned) - {party}
