"""A command that was tried before: the same one records once, another one under its id is refused."""

from __future__ import annotations

from khata.events.base import Recorded
from khata.events.book import BookOpened, ClockCorrected, DetailErased, ImportStarted
from khata.events.money import (
    DebtWrittenOff,
    DiscountAllowed,
    EntryReversed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    PaymentReceived,
    SaleRecorded,
)
from khata.events.party import PartyAdded, PartyChanged
from khata.rules import allowance, book, correction, erasure, goods, importing, money, opening, party
from khata.rules.base import Command, Facts, Named
from khata.rules.refused import Refused
from khata.units import Seq


class IdReused(Refused):
    """The event id stands in the book for something else."""

    code = "id_reused"


_MADE = {
    goods.RecordSale: SaleRecorded,
    goods.RecordReturn: GoodsReturned,
    money.ReceivePayment: PaymentReceived,
    money.RefundMoney: MoneyRefunded,
    allowance.AllowDiscount: DiscountAllowed,
    allowance.WriteOffDebt: DebtWrittenOff,
    opening.RecordOpening: OpeningRecorded,
    party.AddParty: PartyAdded,
    party.ChangeParty: PartyChanged,
    erasure.ForgetParty: DetailErased,
    correction.ReverseEntry: EntryReversed,
    importing.StartImport: ImportStarted,
    book.OpenBook: BookOpened,
    book.FixClock: ClockCorrected,
}


def earlier_try(command: Command, seen: Seq, facts: Facts) -> Seq:
    """The entry that an earlier try of this command made.

    The kind and what the command states (party, amount, parts paid, items, a typed day) are compared; what was
    worked out then (kasar, today, a new party's number) is not.

    Raises:
        IdReused: if they differ.
    """
    stored = facts.recorded(seen)
    if stored is None or not _same(command, stored, facts):
        raise IdReused(event_id=command.id, entry=seen)
    return seen


def _same(command: Command, stored: Recorded, facts: Facts) -> bool:
    event = stored.event
    if isinstance(command, correction.CorrectEntry):
        if event.corrects != command.entry:
            return False
    elif type(event) is not _MADE.get(type(command)):
        return False
    if command.on is not None and command.on != stored.on:
        return False
    if command.ref is not None and command.ref != getattr(event, "ref", None):
        return False
    for attribute in ("amount_paise", "mode", "entry", "sha256"):
        stated = getattr(command, attribute, None)
        if stated is not None and hasattr(event, attribute) and getattr(event, attribute) != stated:
            return False
    if isinstance(command, goods.GoodsCommand) and not _same_goods(command, event):
        return False
    if isinstance(command, opening.RecordOpening) and command.advance != (getattr(event, "side", None) == "give"):
        return False
    return _same_party(command, event, facts)


def _same_goods(command: goods.GoodsCommand, event: object) -> bool:
    """Whether the parts paid and the items are the same, "all" worked out anew."""
    return goods.parts(command) == getattr(event, "paid", None) and (
        tuple(command.lines) == (getattr(event, "lines", None) or ())
    )


def _same_party(command: Command, event: object, facts: Facts) -> bool:
    if not hasattr(command, "party"):
        return True
    stated, held = command.party, getattr(event, "party", None)
    if isinstance(command, correction.CorrectEntry) and stated is None:
        return True
    if isinstance(stated, Named):
        return held in facts.named(stated.name)
    return bool(stated == held)
