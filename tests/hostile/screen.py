"""What may reach a terminal, and nothing else."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

from khata.render.text import right_to_left

_OWN: Final = re.compile(r"\x1b\[(?:0|2|1|3[123]|1;3[123])m|\x1b\[[0-9]{1,3}G")
"""The styles that khata has, and its moves to a column: not what somebody typed, which is shown, never obeyed."""

_MARK: Final = "\u200e"
_JOINERS: Final = "\u200c\u200d"


def harmful(printed: str, *, terminal: bool = False) -> list[str]:
    """The characters that must not be there: controls but newline, what reorders or hides, halves of characters.

    `terminal`: khata's own styles and moves are let through, and its mark after text that runs from right to left.
    """
    if terminal:
        printed = _OWN.sub("", printed)
        lines = printed.split("\n")
        printed = "\n".join([line.replace(_MARK, "") if right_to_left(line) else line for line in lines])
    return sorted({f"U+{ord(each):04X}" for each in set(printed) if _harms(each)})


def _harms(character: str) -> bool:
    if character == "\n":
        return False
    kind = category(character)
    return kind in {"Cc", "Cs", "Zl", "Zp"} or (kind == "Cf" and character not in _JOINERS)
