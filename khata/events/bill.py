"""The second version of a sale and a return: with what a tax invoice says, and what was decided at the counter.

It is laid down whole before any command uses it, so that there need not be a third. The tax of each line is frozen as
it was worked out then: no reader looks rates up. Sources: CGST Rules 46 and 53 (what an invoice and a credit note
say), section 15 of the CGST Act (the value on which tax is due).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from khata.events.base import (
    Amount,
    EntryNumber,
    LaterError,
    MalformedError,
    Natural,
    StateCode,
    Text,
    amount_from,
    checked,
    day,
    one_of,
    pattern,
)
from khata.events.money import Goods, GoodsReturned, Line, SaleRecorded
from khata.units import LARGEST, Paise

TAXABLE = "taxable"


BusinessDay = Annotated[str, checked(day)]
Share = Annotated[Paise, checked(amount_from(0), ge=0, le=LARGEST)]
"""Of a line, which may be given free."""
RoundOff = Annotated[Paise, checked(amount_from(-LARGEST), ge=-LARGEST, le=LARGEST)]
"""Added, or with a minus taken off."""
Bill = Annotated[str, checked(pattern(r"[A-Za-z0-9/-]{1,16}", "bad_bill"))]
"""The shop's own number of an invoice or a credit note: CGST Rule 46(b)."""
Gstin = Annotated[str, checked(pattern(r"[0-9]{2}[0-9A-Z]{13}", "bad_gstin"))]
Hsn = Annotated[str, checked(pattern(r"[0-9]{2,8}", "bad_hsn"))]
Uqc = Annotated[str, checked(pattern(r"[A-Z]{2,3}", "bad_uqc"))]
Treatment = Annotated[str, checked(one_of(TAXABLE, "nil", "exempt", "non_gst", later=True))]
Code = Annotated[str, checked(pattern(r"[a-z][a-z_]{0,39}", "bad_code"))]


class BillLine(Line, frozen=True, omit_defaults=True, gc=False):
    """One item of a bill: what is payable for it, in paise, tax included; 0 where it was free.

    `unit` is the one in which the quantity counts, `discount_paise` what was taken off before tax, `rate_bp` the rate
    of tax in hundredths of a percent.
    """

    amount_paise: Share
    item: Natural | None = None
    unit: Text | None = None
    batch: Text | None = None
    discount_paise: Amount | None = None
    hsn: Hsn | None = None
    uqc: Uqc | None = None
    treatment: Treatment | None = None
    rate_bp: Natural | None = None
    taxable_paise: Share | None = None
    cgst_paise: Amount | None = None
    sgst_paise: Amount | None = None
    igst_paise: Amount | None = None
    cess_paise: Amount | None = None

    @property
    def tax_paise(self) -> int:
        """All taxes together."""
        return (self.cgst_paise or 0) + (self.sgst_paise or 0) + (self.igst_paise or 0) + (self.cess_paise or 0)

    def check(self) -> None:
        """Value and tax make the line; tax is on what is taxable, and either within the state or across."""
        taxable = self.treatment == TAXABLE
        if taxable in (self.taxable_paise is None, self.rate_bp is None):
            raise MalformedError("tax_does_not_fit")
        if self.taxable_paise is not None:
            if self.taxable_paise + self.tax_paise != self.amount_paise:
                raise MalformedError("tax_does_not_fit")
        elif self.tax_paise:
            raise MalformedError("tax_does_not_fit")
        within = self.cgst_paise is not None
        if within != (self.sgst_paise is not None) or (within and self.igst_paise is not None):
            raise MalformedError("tax_does_not_fit")


class Against(Struct, frozen=True, omit_defaults=True, gc=False):
    """The sale that goods came back from: its entry, or number and day of an invoice that is not in this book."""

    entry: EntryNumber | None = None
    bill: Bill | None = None
    on: BusinessDay | None = None


class Billed(Goods, kw_only=True):
    """What the second versions add. `round_off_paise` is what was added to the lines to make the amount."""

    V: ClassVar[int] = 2
    NEEDS: ClassVar[int] = 2

    lines: Annotated[tuple[BillLine, ...], Meta(min_length=1)] | None = None
    round_off_paise: RoundOff | None = None
    due_on: BusinessDay | None = None
    bill: Bill | None = None
    pos: StateCode | None = None
    buyer_gstin: Gstin | None = None
    override: Annotated[tuple[Code, ...], Meta(min_length=1)] | None = None

    def check(self) -> None:
        """As for the first version, and each line; what the first version can say is not said by the second."""
        super().check()
        if self.round_off_paise == 0:
            raise MalformedError("bad_amount", "round_off_paise")
        if self.lines is None and self.round_off_paise is not None:
            raise MalformedError("lines_do_not_add_up")
        lines = self.lines or ()
        for line in lines:
            line.check()
        free = any(not line.amount_paise for line in lines)
        if not free and not _says_more(self, Goods) and not any(_says_more(line, Line) for line in lines):
            raise LaterError("nothing of this version")

    @property
    def rounded_paise(self) -> int:
        """What is added to the items to make the whole; with a minus, taken off."""
        return self.round_off_paise or 0

    @property
    def tax_paise(self) -> int:
        """The tax in the whole, of all items."""
        return sum([line.tax_paise for line in self.lines or ()])


def _says_more(value: Struct, than: type[Struct]) -> bool:
    names = set(value.__struct_fields__) - set(than.__struct_fields__)
    return any(getattr(value, name) is not None for name in names)


class SaleBilled(Billed, kw_only=True):
    """Goods went out, with a bill."""

    KIND: ClassVar[str] = SaleRecorded.KIND


class ReturnBilled(Billed, kw_only=True):
    """Goods came back, with a credit note, whose number `bill` then is."""

    KIND: ClassVar[str] = GoodsReturned.KIND

    against: Against | None = None

    def check(self) -> None:
        """As for a sale; and what they came back from is named in one way."""
        super().check()
        sale = self.against
        if sale is not None and not (sale.entry is None) == (sale.bill is not None) == (sale.on is not None):
            raise MalformedError("against_what")
