"""The digits of the Indian scripts, and the blanks that stand around numbers."""

_ZEROS = (
    0x0966,  # Devanagari
    0x09E6,  # Bengali
    0x0A66,  # Gurmukhi
    0x0AE6,  # Gujarati
    0x0B66,  # Oriya
    0x0BE6,  # Tamil
    0x0C66,  # Telugu
    0x0CE6,  # Kannada
    0x0D66,  # Malayalam
    0x0660,  # Arabic-Indic
    0x06F0,  # extended Arabic-Indic: Urdu
)
_ASCII = {zero + value: 0x30 + value for zero in _ZEROS for value in range(10)}

BLANKS = " \t\r\n\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f"
"""What may stand around a number: spreadsheets and phones put no-break and thin spaces there."""


LONGEST = 100
"""Characters of a day, a mode, a command: whatever is longer is none, and need not be looked at."""


def ascii_digits(text: str) -> str | None:
    """The text with the digits of the Indian scripts as ASCII, or None where one number mixes two scripts.

    A number is a run of digits, commas and points. Digits of other scripts (full-width, mathematical) stay as
    they are, so that a grammar of ASCII digits refuses them.

    >>> ascii_digits("१,२३४.५० x 2")
    '1,234.50 x 2'
    >>> ascii_digits("१2") is None
    True
    """
    if text.isascii():
        return text
    zero = 0
    for character in text:
        point = ord(character)
        value = _ASCII.get(point)
        if value is None and not 0x30 <= point <= 0x39:
            if character not in ",.":
                zero = 0
            continue
        here = 0x30 if value is None else point - value + 0x30
        if zero not in (0, here):
            return None
        zero = here
    return text.translate(_ASCII)
