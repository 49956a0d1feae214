"""A bar of eighth blocks."""

from __future__ import annotations

from typing import Final

FULL: Final = "█"
PARTS: Final = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
"""A cell of which none, one, two … seven eighths are filled."""


def bar(paise: int, most_paise: int, cells: int) -> str:
    """How large an amount is beside the largest of its chart, which takes all cells. What is above 0 is seen.

    Nothing takes nothing, and so does less than nothing: a bar to the left would look like one to the right.

    Args:
        paise: the amount, no more than the largest.
        most_paise: the largest.
        cells: how many cells of a line the largest takes, 1 or more.

    >>> bar(45000, 90000, 3), bar(1, 90000, 3), bar(-45000, 90000, 3)
    ('█▌', '▏', '')
    """
    if paise <= 0:
        return ""
    eighths = max(1, (16 * cells * paise + most_paise) // (2 * most_paise))
    full, rest = divmod(eighths, len(PARTS))
    return FULL * full + PARTS[rest]
