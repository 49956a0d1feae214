"""Text in a file for spreadsheets: what they would run as a formula is kept from it, and read back as it was."""

import re

# Full-width signs are formulas to a spreadsheet set to Japanese; blanks and apostrophes before a sign hide it from us,
# not from every spreadsheet. After a semicolon a new cell begins where the semicolon parts the cells.
_SIGN = r"[\s'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]"
_RUN = re.compile(rf"{_SIGN}|'*[\t\r\n]")
_RUN_WITHIN = re.compile(f";(?={_SIGN})")
_AS_TEXT = re.compile(r"""\s*(?:'([\d.₹].*?)|="([^"]*)")\s*""")
_GUARDED_WITHIN = re.compile(f";'(?={_SIGN})")


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before it, as one would type it there.

    >>> guarded("=1+1"), guarded("Ramesh"), guarded("x;-1")
    ("'=1+1", 'Ramesh', "x;'-1")
    """
    text = _RUN_WITHIN.sub(";'", text)
    return "'" + text if _RUN.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given; other text stays as it is.

    >>> unguarded("'=1+1"), unguarded("'Ramesh'")
    ('=1+1', "'Ramesh'")
    """
    if text.startswith("'") and _RUN.match(text, 1):
        text = text[1:]
    return _GUARDED_WITHIN.sub(";", text)


def number_in(text: str) -> str:
    """A number without what keeps it a text in a spreadsheet; other text stays as it is.

    >>> number_in("'450"), number_in('="450"'), number_in("=450"), number_in("450")
    ('450', '450', '=450', '450')
    """
    found = _AS_TEXT.fullmatch(text) if "'" in text or '"' in text else None
    return (found[1] or found[2]) if found else text
