"""What a row is made of, whatever the file: its cells in one order, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from khata.importing.undone import Undone

COLUMNS = ("date", "type", "party", "amount", "mode", "paid", "ref", "note", "phone", "discount")
"""The cells that a row is made of, in this order."""

REQUIRED = COLUMNS[:4]

GAVE, GOT = "gave", "got"
"""Two columns in place of type and amount: what went to the customer, and what came from him."""

SIDE = "side"
"""A column beside the amount that says Dr or Cr."""

STATUS = "status"
"""A column that says whether a row came to anything: paid, failed, refunded."""

BALANCE = "balance"
"""What the account of a bank holds after each row."""

CANCELLED = "cancelled"
"""A column in which something stands where a row was cancelled."""

ENTRY, REVERSES = "entry", "reverses"
"""What khata's own export has: the number of an entry, and of that which it takes back."""

VPA = "vpa"
"""The UPI id from which money came: by it whoever paid is known again."""

PASSED_OVER = "ignore"

OTHERS = (GAVE, GOT, SIDE, STATUS, BALANCE, CANCELLED, ENTRY, REVERSES, VPA, PASSED_OVER)
"""What else a column of a profile may be."""

REASON = "khata_reason"
"""The head of the column that khata adds to rows that it set aside; in any file it is passed over."""

Cells = tuple[str, str, str, str, str, str, str, str, str, str]
"""One row, in the order of COLUMNS; "" where the file has no such column."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that holds no entry; `why` is one of REASONS, or "" for a total and what was cancelled.

    `undone` has what khata's own export says of an entry that was taken back, or that takes one back.
    """

    why: str = ""
    undone: Undone | None = None


BAD_STATUS, MONEY_OUT, OTHER_TYPE, LEFT_OUT, BELOW = "status", "money_out", "type", "left_out", "below"
REASONS = ("", MONEY_OUT, BAD_STATUS, OTHER_TYPE, LEFT_OUT, BELOW)
"""Why rows are passed over: a total; money that went out; a payment that came to nothing; what is no business of a
customers' ledger; what somebody marked with a dash; and what stands below the table."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be arranged: one of its cells, as a fault of the file names it."""

    column: str
    value: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


Arrange = Callable[[list[str]], "Cells | Aside | Wrong"]
"""From the cells of a row, and one empty cell after them, to those of COLUMNS."""
