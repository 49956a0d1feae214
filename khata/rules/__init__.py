"""What may be recorded: one file a topic, in the order commands, refusals, decide. Pure.

`decide(command, facts)` gives the events to append, or the entry that an earlier try already made, or raises a
Refused. It reads facts and touches nothing.
"""

from collections.abc import Callable

from khata.rules import allowance, book, correction, erasure, goods, importing, money, opening, party
from khata.rules.base import AlreadyRecorded, Command, Decision, Facts
from khata.rules.retry import earlier_try

_TOPICS: dict[type[Command], Callable[..., Decision]] = {
    goods.RecordSale: goods.decide_sale,
    goods.RecordReturn: goods.decide_return,
    money.ReceivePayment: money.decide_payment,
    money.RefundMoney: money.decide_refund,
    allowance.AllowDiscount: allowance.decide_discount,
    allowance.WriteOffDebt: allowance.decide_write_off,
    opening.RecordOpening: opening.decide,
    party.AddParty: party.decide_add,
    party.ChangeParty: party.decide_change,
    erasure.ForgetParty: erasure.decide,
    correction.ReverseEntry: correction.decide_reverse,
    correction.CorrectEntry: correction.decide_correct,
    importing.StartImport: importing.decide,
    book.OpenBook: book.decide_open,
    book.FixClock: book.decide_clock,
}


def decide(command: Command, facts: Facts) -> Decision:
    """The events that a command makes, given what the book knows.

    Raises:
        Refused: with a code and facts; nothing is to be recorded then.
    """
    if command.id is not None:
        seen = facts.seq_of_id(command.id)
        if seen is not None:
            return AlreadyRecorded(earlier_try(command, seen, facts))
    return _TOPICS[type(command)](command, facts)
