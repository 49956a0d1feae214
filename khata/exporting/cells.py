"""Rows of CSV that are safe to open: no cell is run, none is parted in two, none steers a terminal."""

import re
from collections.abc import Iterable

from khata.grammar.spreadsheet import guarded
from khata.render.text import visible

# Not only the comma: a spreadsheet offers to part cells at all of these, and one that is quoted stays whole.
_QUOTED = re.compile('[",;|\t\r\n]')
_QUOTED_BESIDES = re.compile('[";|\t\r\n]')


def text(typed: str) -> str:
    """What somebody typed, as a cell: nothing that a spreadsheet runs, or that steers or hides.

    >>> text("=1+1")
    "'=1+1"
    """
    return guarded(visible(typed))


def rupees(paise: int) -> str:
    """Paise as a plain number of rupees.

    >>> rupees(45050), rupees(-45050)
    ('450.50', '-450.50')
    """
    whole, part = divmod(abs(paise), 100)
    return f"{'-' if paise < 0 else ''}{whole}.{part:02}"


def thousandths(milli: int) -> str:
    """A quantity in thousandths as a plain number.

    >>> thousandths(-1250)
    '-1.250'
    """
    return f"{'-' if milli < 0 else ''}{abs(milli) // 1000}.{abs(milli) % 1000:03}"


def line(cells: Iterable[object]) -> str:
    """A row without its line end; numbers are never quoted.

    >>> line(["Ramesh, Kirana", 3])
    '"Ramesh, Kirana",3'
    """
    said = [str(cell) for cell in cells]
    whole = ",".join(said)
    # Nearly no row has anything to be quoted, and of a long table that is asked of each row and not of each cell.
    if not _QUOTED_BESIDES.search(whole) and whole.count(",") == len(said) - 1:
        return whole
    return ",".join(map(_quoted, said))


def _quoted(said: str) -> str:
    return '"' + said.replace('"', '""') + '"' if _QUOTED.search(said) else said
