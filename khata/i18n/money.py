"""Paise into rupees: grouped in lakhs, two decimals, the same in every language."""

from typing import Final

_ZEROS: Final = {
    "arabext": 0x06F0,
    "deva": 0x0966,
    "beng": 0x09E6,
    "guru": 0x0A66,
    "gujr": 0x0AE6,
    "orya": 0x0B66,
    "taml": 0x0BE6,
    "telu": 0x0C66,
    "knda": 0x0CE6,
    "mlym": 0x0D66,
}
"""The zero of each script's digits, by CLDR's name of the numbering system; the nine others follow it."""

_DIGITS: Final[dict[str, dict[int, int]]] = {
    script: {ord("0") + value: zero + value for value in range(10)} for script, zero in _ZEROS.items()
}


def rupees(paise: int, *, sign: bool = False, digits: str = "latn") -> str:
    """An amount as text.

    Args:
        paise: the amount, 100 to the rupee.
        sign: put a plus before an amount above zero.
        digits: the numbering system of the digits, as CLDR names it (`deva`, `taml`); `latn` is 0-9.

    Returns:
        For example `₹1,23,456.50` or `-₹450.00`.

    >>> rupees(12345650), rupees(-45000), rupees(45000, sign=True), rupees(45000, digits="deva")
    ('₹1,23,456.50', '-₹450.00', '+₹450.00', '₹४५०.००')
    """
    whole, part = divmod(abs(paise), 100)
    mark = "-" if paise < 0 else "+" if sign and paise else ""
    text = f"{mark}₹{whole if whole < 1000 else _grouped(whole)}.{part:02d}"
    return text if digits == "latn" else in_digits(text, digits)


def count(n: int) -> str:
    """A number of things, grouped in lakhs as amounts are.

    >>> count(131), count(1234567), count(-12345)
    ('131', '12,34,567', '-12,345')
    """
    return f"-{_grouped(-n)}" if n < 0 else _grouped(n)


def in_digits(text: str, digits: str) -> str:
    """A text with its 0-9 in another script's digits.

    Raises:
        LookupError: no such numbering system is known here.
    """
    if digits == "latn":
        return text
    return text.translate(_DIGITS[digits])


def _grouped(n: int) -> str:
    """`n`, zero or more, with a comma before the last three digits and before every two further ones."""
    if n < 1000:
        return str(n)
    if n < 1_00_000:
        return f"{n // 1000},{n % 1000:03d}"
    if n < 1_00_00_000:
        return f"{n // 1_00_000},{n // 1000 % 100:02d},{n % 1000:03d}"
    return f"{_grouped_by_two(n // 1_00_000)},{n // 1000 % 100:02d},{n % 1000:03d}"


def _grouped_by_two(n: int) -> str:
    """`n`, 1 or more, with a comma between every two digits, counted from the right."""
    groups = []
    while n > 99:
        n, group = divmod(n, 100)
        groups.append(f"{group:02d}")
    return ",".join([str(n), *reversed(groups)])
