"""How the shop is paid by UPI: what a QR, a statement and a reminder ask for."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from khata.api.refusals import NoPayee
from khata.grammar.fault import Unreadable
from khata.grammar.shop import clean_payee
from khata.grammar.upi import upi_link
from khata.units import Party
from khata.views.about import About


class PaidTo(NamedTuple):
    """Where money for the shop goes: its UPI address, and the name that the payer's app shows."""

    upi: str
    payee: str

    def link(self, party: Party, amount_paise: int | None = None) -> str:
        """The link to pay; the customer's number goes along, so that the bank's statement says whose it was."""
        return upi_link(self.upi, self.payee, amount_paise, f"khata {party}")


def paid_to(about: About) -> PaidTo:
    """As `khata shop set --upi … --payee …` has it; the shop's own name is the payee's where it is in Latin letters.

    Raises:
        NoPayee: the shop has said no UPI address (`what` is `upi`), or no name that can stand in a link (`payee`).
    """
    if not about.upi:
        raise NoPayee(what="upi")
    payee = about.payee
    if payee is None:
        with suppress(Unreadable):
            payee = clean_payee(about.shop)
    if payee is None:
        raise NoPayee(what="payee")
    return PaidTo(about.upi, payee)
