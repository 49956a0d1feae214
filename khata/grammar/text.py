"""Free text that people type: what may be stored, and what is refused because it deceives an eye or a terminal."""

import re
from unicodedata import category, combining, normalize

from khata.grammar.amounts import parse_amount
from khata.grammar.digits import ascii_digits
from khata.grammar.fault import Unreadable

LONGEST = 500
LONGEST_NAME = 100
LONGEST_REF = 40
RESERVED = ("counter", "nakad", "नकद", "काउंटर")
"""Names of the sale to nobody in particular."""

_JOINERS = "\u200c\u200d"
_VIRAMA = 9
_REFUSED = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
# Letters, marks and symbols that show nothing: a name made of them would look empty.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def clean_text(text: str, *, what: str, longest: int = LONGEST) -> str:
    """The text as it is stored: NFC, trimmed, blanks within as single spaces.

    `what` names the field for the sentence; `longest` counts characters after cleaning.
    ZWJ and ZWNJ are taken between letters and after a virama, where Indic scripts need them.

    Raises:
        Unreadable: `bad_text` with `what`, `character` (`U+202E`) and `at` (from 0, in what was typed),
            `empty_text` with `what`, `too_long` with `what`, `longest` and `length`.

    >>> clean_text("  Ramesh   Kumar ", what="name")
    'Ramesh Kumar'
    """
    if not (text.isascii() and text.isprintable()):
        _refuse_unseen(text, what)
    clean = " ".join(text.split())
    # The normal form of many marks takes the square of their number; it makes one character of four at most.
    if len(clean) <= 4 * longest:
        clean = " ".join(normalize("NFC", clean).split())
    if not clean:
        raise Unreadable("empty_text", text, what=what)
    if len(clean) > longest:
        raise Unreadable("too_long", text, what=what, longest=longest, length=len(clean))
    return clean


def clean_name(text: str) -> str:
    """A party's name as it is stored: `clean_text`, and never what reads as something else at the counter.

    Raises:
        Unreadable: as `clean_text`; `name_reserved`; `bad_name` with `reason`: `digits`, `amount`, `at_sign`,
            `dash`, or `no_letter`.

    >>> clean_name("रमेश  कुमार")
    'रमेश कुमार'
    """
    name = clean_text(text, what="name", longest=LONGEST_NAME)
    if normalize("NFC", normalize("NFKC", name).casefold()) in RESERVED:
        raise Unreadable("name_reserved", text)
    if reason := _misread(name):
        raise Unreadable("bad_name", text, reason=reason)
    return name


def clean_ref(text: str) -> str:
    """Somebody else's reference (UTR, cheque, bill number): printable ASCII, single spaces, at most 40.

    Raises:
        Unreadable: `bad_ref` with `longest`.

    >>> clean_ref(" UTR  431598712 ")
    'UTR 431598712'
    """
    ref = " ".join(part for part in text.strip("\r\n\t ").split(" ") if part)
    if not re.fullmatch("[ -~]{1,40}", ref):
        raise Unreadable("bad_ref", text, longest=LONGEST_REF)
    return ref


def ref_key(ref: str) -> str:
    """A reference as it is compared: without case, and without the blanks that somebody typed into it.

    >>> ref_key("Bill 7") == ref_key("BILL7")
    True
    """
    return ref.replace(" ", "").lower()


def clean_phone(text: str) -> str:
    """An Indian mobile number as ten digits, another country's as `+` and digits.

    Blanks, dashes, points and brackets are dropped; `+91`, `91`, `0091` and `0` before an Indian one too.

    Raises:
        Unreadable: `bad_phone`.

    >>> clean_phone("+91 98765-43210"), clean_phone("+977 1 4220000")
    ('9876543210', '+97714220000')
    """
    digits = ascii_digits(text) or ""
    dense = re.sub(r"[\s().\u2010-\u2013-]", "", digits)
    if match := re.fullmatch(r"(?:\+91|0091|91|0)?([6-9][0-9]{9})", dense):
        return match[1]
    if re.fullmatch(r"\+(?!91)[1-9][0-9]{7,14}", dense):
        return dense
    raise Unreadable("bad_phone", text)


def _misread(name: str) -> str | None:
    if name.startswith("@"):
        return "at_sign"
    if name.startswith("-"):
        return "dash"
    if not any(category(character)[0] in "LN" for character in name):
        return "no_letter"
    if all(category(character) in ("Nd", "Zs") for character in name):
        return "digits"
    try:
        parse_amount(name)
    except Unreadable as fault:
        if fault.facts.get("plus"):  # `+2 Coaching` is a name, `+2` none
            return "amount" if _misread(name.lstrip("+ ")) else None
        # An amount that is zero, negative or too large is still one to whoever reads it.
        return None if fault.code == "bad_amount" else "amount"
    return "amount"


def _refuse_unseen(text: str, what: str) -> None:
    start = len(text) - len(text.lstrip(" \t\r\n"))
    end = len(text.rstrip(" \t\r\n"))
    for at in range(start, end):
        character = text[at]
        if character in _JOINERS:
            wrong = not _joins(text, at)
        else:
            wrong = category(character) in _REFUSED or character in _BLANK or _is_noncharacter(ord(character))
        if wrong:
            raise Unreadable("bad_text", text, what=what, character=f"U+{ord(character):04X}", at=at)


def _joins(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or category(before)[0] not in "LM":
        return False
    # Malayalam of before 2008 ends words in a virama and a joiner, Bengali in a virama and a non-joiner.
    return combining(before) == _VIRAMA or (after != "" and category(after)[0] in "LM")


def _is_noncharacter(point: int) -> bool:
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
