"""Phone numbers as they are looked for."""

from khata.grammar.digits import BLANKS, ascii_digits

FEWEST_DIGITS = 6
"""Of a phone number: those of a town's own exchange."""

END = 4
"""Digits at the end of a number by which people tell each other's: `3210`."""

_BETWEEN_DIGITS = str.maketrans(dict.fromkeys(BLANKS + "-()+.\u2010\u2011\u2012\u2013"))


def phone_key(text: str) -> str:
    """The digits of a phone number, of an Indian one the ten that count; "" for what is none.

    >>> phone_key("+91 98765-43210"), phone_key("098765 43210"), phone_key("3210")
    ('9876543210', '9876543210', '')
    """
    bare = _digits(text)
    if len(bare) < FEWEST_DIGITS:
        return ""
    return bare[-10:] if 10 < len(bare) <= 14 and bare[:-10].lstrip("0") in ("", "91") else bare


def phone_end(text: str) -> str:
    """A phone number's last four digits, given alone; "" for anything else.

    >>> phone_end("3210"), phone_end("३२१०"), phone_end("43210")
    ('3210', '3210', '')
    """
    bare = (ascii_digits(text) or "").strip()
    return bare if len(bare) == END and bare.isascii() and bare.isdecimal() else ""


def is_phone(text: str) -> bool:
    """Whether a word can only be a phone number: ten digits of it count."""
    return len(phone_key(text)) == 10


def _digits(text: str) -> str:
    bare = (ascii_digits(text) or "").translate(_BETWEEN_DIGITS)
    return bare if bare.isdecimal() else ""
