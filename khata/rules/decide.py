"""From a command to the events that it makes."""

from __future__ import annotations

from khata.rules.base import AlreadyRecorded, Command, Decision, Facts
from khata.rules.book import AdoptCopy, BookBehind
from khata.rules.sums import check_sums


def decide(command: Command, facts: Facts) -> Decision:
    """The events that a command makes, given what the book knows.

    Raises:
        Refused: with a code and facts; nothing is to be recorded then.
    """
    if command.id is not None:
        seen = facts.seq_of_id(command.id)
        if seen is not None:
            from khata.rules.retry import earlier_try

            return AlreadyRecorded(earlier_try(command, seen, facts))
    if facts.missed is not None and not isinstance(command, AdoptCopy):
        raise BookBehind(entries=facts.head, written=facts.missed.seq, forked=facts.head >= facts.missed.seq)
    decision = command.decide(facts)
    if not isinstance(decision, AlreadyRecorded):
        check_sums(decision, facts)
    return decision
