"""How money changed hands: `cash`, `upi`, `card`, `bank`, `cheque`, and what was paid of a sale at once."""

from collections.abc import Sequence
from typing import NamedTuple

from khata.grammar.amounts import parse_paise
from khata.grammar.digits import LONGEST
from khata.grammar.fault import Unreadable
from khata.units import MODES, Paise

PAID_MODES = ("cash", "upi", "card", "bank")
"""The modes of what is paid at the counter with a sale."""

_SPOKEN = {
    "cash": "कैश nakad naqad nagad nakadi rokad rokda rokh नकद नक़द नक़दी नकदी नगद रोकड़ रोकड रोख"
    " નકદ રોકડ ரொக்கம் నగదు ನಗದು ਨਕਦ নগদ نقد",
    "upi": "gpay phonepe paytm bhim qr यूपीआई युपीआय फोनपे फ़ोनपे जीपे गूगलपे पेटीएम भीम યુપીઆઈ ફોનપે જીપે",
    "card": "कार्ड કાર્ડ",
    "bank": "neft rtgs imps transfer बैंक बँक બેંક",
    "cheque": "check chq चेक ચેક",
}
ALL = frozenset(("all", "sab", "pura", "poora", "सब", "पूरा"))
"""Words for the whole of a sum."""


class PaidPart(NamedTuple):
    """A part of a sale that was paid at once: `paise` is None for all of it."""

    paise: Paise | None
    mode: str


def parse_mode(text: str, allowed: Sequence[str] = MODES) -> str:
    """Read a mode, or a spoken word for one (`nakad`, `नकद`, `gpay`); one of `allowed` comes back.

    Raises:
        Unreadable: `bad_mode` with the list `allowed`.

    >>> parse_mode("नकद")
    'cash'
    """
    typed = _folded(text)
    mode = typed if typed in MODES else _spoken().get(typed, "")
    if mode not in allowed:
        raise Unreadable("bad_mode", text, allowed=list(allowed))
    return mode


def parse_paid(text: str, *, large: bool = False) -> PaidPart:
    """Read `200`, `200:upi`, `all` or `all:cash`; cash unless said.

    Raises:
        Unreadable: `bad_paid` for another shape, of `upi` alone with `what` "mode" and that `mode`; `bad_mode`, or
            the code of an amount that cannot be read.

    >>> parse_paid("200:upi")
    PaidPart(paise=20000, mode='upi')
    >>> parse_paid("all")
    PaidPart(paise=None, mode='cash')
    """
    amount, colon, mode = text.partition(":")
    if not amount.strip() or ":" in mode or (colon and not mode.strip()):
        raise Unreadable("bad_paid", text)
    if not colon and (meant := _spoken().get(_folded(text), _folded(text))) in PAID_MODES:
        raise Unreadable("bad_paid", text, what="mode", mode=meant)
    how = parse_mode(mode, PAID_MODES) if colon else "cash"
    if _folded(amount) in ALL:
        return PaidPart(None, how)
    return PaidPart(parse_paise(amount, large=large), how)


def _spoken() -> dict[str, str]:
    return {_folded(word): mode for mode, words in _SPOKEN.items() for word in words.split()}


def _folded(text: str) -> str:
    if len(text) > LONGEST:
        return ""
    typed = text.strip().casefold()
    if typed.isascii():
        return typed
    from unicodedata import normalize

    return normalize("NFC", typed)
