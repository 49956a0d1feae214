"""What several customers pay at once: `Ramesh=300,Sunita=1,200`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khata.grammar.fault import Unreadable

_SHARE = re.compile(r"([^=]+)=([^=]+)")
# A comma within an amount has a digit on both sides; a name begins with something else, or with the number of a party.
_NEXT = re.compile(r",(?=[^=,]*[^=,\d\s.][^=,]*=|\s*@\d+\s*=)")


def parse_shares(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Each customer and his amount, both as they are typed. Raises Unreadable.

    >>> parse_shares(["Ramesh=300, Sunita Devi=1,200", "@3=50"])
    [('Ramesh', '300'), ('Sunita Devi', '1,200'), ('@3', '50')]
    """
    found = []
    for text in texts:
        for share in _NEXT.split(text):
            match = _SHARE.fullmatch(share)
            name, amount = (part.strip() for part in match.groups()) if match else ("", "")
            if not (name and amount):
                raise Unreadable("bad_share", share.strip() or text)
            found.append((name, amount))
    return found
