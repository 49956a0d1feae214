"""Phone numbers as they are looked for."""

import re
from urllib.parse import quote, unquote

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


def whatsapp_number(text: str) -> str:
    """A phone number as a WhatsApp link has it, with the country's code and without + and 0; "" where it has none.

    >>> whatsapp_number("098765 43210"), whatsapp_number("+1 415 555 2671"), whatsapp_number("2423 1234")
    ('919876543210', '14155552671', '')
    """
    bare = phone_key(text)
    if len(bare) == 10 and bare[0] in "6789":
        return f"91{bare}"
    abroad = text.strip().startswith(("+", "00")) or len(bare) > 10
    return _digits(text).lstrip("0") if abroad and len(bare) >= 8 else ""


def whatsapp_link(phone: str, text: str) -> str:
    """The link that opens a chat with a text in it; without a number the sender chooses whom.

    >>> whatsapp_link("98765 43210", "₹450 due")
    'https://wa.me/919876543210?text=%E2%82%B9450%20due'
    """
    return f"https://wa.me/{whatsapp_number(phone)}?text={quote(text, safe='')}"


def iri_to_read(link: str) -> str:
    """A link with its letters as they are (RFC 3987), not as bytes: of Hindi a third as long. Browsers take either.

    >>> iri_to_read("https://wa.me/?text=%E2%82%B9450%20%E0%A4%AC%E0%A4%BE%E0%A4%95%E0%A5%80")
    'https://wa.me/?text=₹450%20बाकी'
    """

    def letters(found: re.Match[str]) -> str:
        return "".join(each if each.isprintable() else quote(each) for each in unquote(found[0]))

    return re.sub("(?:%[89A-F][0-9A-F])+", letters, link)
