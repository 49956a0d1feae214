"""A refusal, and those that questions share with rules. Nothing else is loaded here: every command needs it."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - the word of the trade: a refusal is not an error
    """A command that may not be carried out: a code and facts, no prose."""

    code: str

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts


class UnknownParty(Refused):
    """Nobody has this name or number."""

    code = "unknown_party"


class UnknownEntry(Refused):
    """The book has no such entry."""

    code = "unknown_entry"


class AmbiguousParty(Refused):
    """More than one party has exactly this name."""

    code = "ambiguous_party"


class SameParty(Refused):
    """Two customers are wanted, and both names mean one."""

    code = "same_party"


class PartyForgotten(Refused):
    """What is known of this party was erased: it is called nothing again, and has no further entries."""

    code = "party_forgotten"


class ReasonMissing(Refused):
    """This wants a reason: an accountant will ask."""

    code = "reason_missing"
