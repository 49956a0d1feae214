"""Lines of a table that are no entries: balances between and below them, and what a program prints at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from khata.importing.columns import BELOW
from khata.importing.words import TOTAL

_BALANCE = re.compile(r"(?i)\s*(?:opening|closing|net) bal(?:ance)?\b|\s*(?:प्रारंभिक|शुरुआती|अंतिम) (?:शेष|बाकी)(?:\s|:|$)")
_END = re.compile(
    r"(?i)[\W_]*(?:(?:printed|generated) (?:on|at|by)\b|end of (?:the )?(?:statement|report|ledger|list)\b)"
)


def line_of(cells: Iterable[str], day: str, party: str, amounts: Iterable[str]) -> str | None:
    """Why a row is passed over as such a line, as `Aside` has it; None where it is none.

    A day or a name makes it an entry, or a fault. Only what calls itself a balance may hold an amount.

    >>> line_of(["Closing Balance", "", "500"], "", "", ["500"]), line_of(["*** End of Statement ***"], "", "", [])
    ('', 'below')
    >>> line_of(["Printed on 20/11/2026", "500"], "", "", ["500"]) or line_of(["Net Balance", "Ram"], "", "Ram", [])
    """
    if any(cell.strip() and not _says(cell) for cell in (day, party)):
        return None
    cells = list(cells)
    if any(map(_BALANCE.match, cells)):
        return ""
    return BELOW if any(map(_END.match, cells)) and not any(map(str.strip, amounts)) else None


def is_alone(cells: Iterable[str]) -> bool:
    """Whether a row has one cell, and that is such a line, or the word for a total."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and _says(filled[0])


def _says(cell: str) -> bool:
    return any(each.match(cell) for each in (TOTAL, _BALANCE, _END))
