"""What came of a command, in the words of a caller."""

from __future__ import annotations

from typing import NamedTuple

from khata.rules.slips import Slip
from khata.units import Day, Party, Seq
from khata.writing import Outcome


class Done(NamedTuple):
    """An entry that was recorded, now or by an earlier try.

    Attributes:
        entry: its number.
        event_id: 32 hex.
        kind: what it is, `sale_recorded`.
        party: whose it is; None at the counter. A reversal is whose the reversed entry was.
        name: what the party is called.
        on: the business day.
        amount_paise: None for what moves no money of its own.
        balance_paise: what the party owes right after it; negative: the shop owes the party.
        already_recorded: whether an earlier try recorded it; `balance_paise` is then that of now.
        slips: what looks mistyped about it; it is recorded all the same.
    """

    entry: Seq
    event_id: str
    kind: str
    party: Party | None
    name: str | None
    on: Day
    amount_paise: int | None
    balance_paise: int
    already_recorded: bool
    slips: tuple[Slip, ...]


def done(outcome: Outcome) -> Done:
    """What came of one command."""
    recorded = outcome.made
    return Done(
        entry=recorded.seq,
        event_id=recorded.id,
        kind=recorded.event.KIND,
        party=outcome.party,
        name=outcome.name,
        on=recorded.on,
        amount_paise=getattr(recorded.event, "amount_paise", None),
        balance_paise=outcome.balance_paise,
        already_recorded=outcome.already is not None,
        slips=tuple(outcome.slips),
    )
