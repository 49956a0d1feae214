"""Paise into rupees: grouped in lakhs, two decimals, the same in every language."""

_LAKH, _CRORE = 1_00_000_00, 1_00_00_000_00  # in paise


def rupees(paise: int, *, sign: bool = False) -> str:
    """An amount as text.

    Args:
        paise: the amount, 100 to the rupee.
        sign: put a plus before an amount above zero.

    Returns:
        For example `₹1,23,456.50` or `-₹450.00`.

    >>> rupees(12345650), rupees(-45000), rupees(45000, sign=True)
    ('₹1,23,456.50', '-₹450.00', '+₹450.00')
    """
    whole, part = divmod(abs(paise), 100)
    mark = "-" if paise < 0 else "+" if sign and paise else ""
    return f"{mark}₹{whole if whole < 1000 else _grouped(whole)}.{part:02d}"


def count(n: int) -> str:
    """A number of things, grouped in lakhs as amounts are.

    >>> count(131), count(1234567), count(-12345)
    ('131', '12,34,567', '-12,345')
    """
    return f"-{_grouped(-n)}" if n < 0 else _grouped(n)


def compact(paise: int, *, sign: bool = False) -> tuple[str, str | None]:
    """An amount to a tenth of a lakh or a crore, halves away from zero, and which of them.

    Below a lakh it is whole rupees, below a rupee paise.

    >>> compact(12_34_567_00), compact(-99_99_999_00), compact(45_300_50), compact(40)
    (('₹12.3', 'lakh'), ('-₹1', 'crore'), ('₹45,301', None), ('₹0.40', None))
    """
    amount = abs(paise)
    mark = "-" if paise < 0 else "+" if sign and paise else ""
    if 0 < amount < 100:
        return rupees(paise, sign=sign), None  # what is due is never nothing
    if (whole := (amount + 50) // 100) < 1_00_000:
        return f"{mark}₹{count(whole)}", None
    name, unit = ("lakh", _LAKH) if _tenths(amount, _LAKH) < 1000 else ("crore", _CRORE)
    whole, tenth = divmod(_tenths(amount, unit), 10)
    return f"{mark}₹{count(whole)}" + (f".{tenth}" if tenth else ""), name


def _tenths(amount: int, unit: int) -> int:
    return (amount * 20 + unit) // (2 * unit)


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
