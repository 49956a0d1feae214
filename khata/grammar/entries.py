"""Numbers of entries as people type them."""

import re

from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.fault import Unreadable
from khata.units import Seq

# The largest integer that the book's format can hold has 16 digits; 15 keep every number below it.
_ENTRY = "(?i)(?:e|entry)? *0*([1-9][0-9]{0,14})"


def parse_entry(text: str) -> Seq:
    """Read `17`, `e17` or `entry 17`, also in the digits of the Indian scripts.

    Raises:
        Unreadable: `bad_entry`, with the fact `hash` for `#17`, which a shell would drop.

    >>> parse_entry("entry १७")
    17
    """
    typed = (ascii_digits(text) or "").strip(BLANKS)
    match = re.fullmatch(_ENTRY, typed)
    if match is None:
        if typed.startswith("#"):
            raise Unreadable("bad_entry", text, hash=True)
        raise Unreadable("bad_entry", text)
    return Seq(int(match[1]))
