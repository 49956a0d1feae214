"""A text with a style: what tables and lines are made of."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from khata.render.text import visible


class Cell(NamedTuple):
    """A text with a style of Rich's (`bold`, `red`). The style may be lost: the words alone must say it all.

    `aloud` is what is read for it where it is short for something: `22 days` for `22 d`.
    """

    text: str
    style: str | None = None
    aloud: str = ""


_CODES: Final = {"red": "31", "green": "32", "dim": "2"}


def coloured(cells: Sequence[Cell]) -> str:
    """Cells after each other, safe to print, with the few colours that a line needs: Rich would take longer to load."""
    drawn = [(visible(text), _CODES.get(style or "")) for text, style, _ in cells]
    return "".join(f"\x1b[{code}m{text}\x1b[0m" if code else text for text, code in drawn)
