"""What identifies a shop: its state, its GSTIN, its UPI address."""

import re

from khata.grammar.digits import ascii_digits
from khata.grammar.fault import Unreadable

STATES = {
    "01": "JK",
    "02": "HP",
    "03": "PB",
    "04": "CH",
    "05": "UK",
    "06": "HR",
    "07": "DL",
    "08": "RJ",
    "09": "UP",
    "10": "BR",
    "11": "SK",
    "12": "AR",
    "13": "NL",
    "14": "MN",
    "15": "MZ",
    "16": "TR",
    "17": "ML",
    "18": "AS",
    "19": "WB",
    "20": "JH",
    "21": "OD",
    "22": "CG",
    "23": "MP",
    "24": "GJ",
    "25": "DNHDD",  # Daman and Diu, until 2020
    "26": "DNHDD",
    "27": "MH",
    "28": "AP",  # before Telangana
    "29": "KA",
    "30": "GA",
    "31": "LD",
    "32": "KL",
    "33": "TN",
    "34": "PY",
    "35": "AN",
    "36": "TG",
    "37": "AP",
    "38": "LA",
    "96": "OC",
    "97": "OT",
    "99": "CJ",
}
"""GST's number of a state -> letters. 96 is another country, 97 another territory, 99 the centre's jurisdiction."""

_OTHER_LETTERS = {
    "CT": "CG",
    "DD": "DNHDD",
    "DH": "DNHDD",
    "DN": "DNHDD",
    "OR": "OD",
    "TS": "TG",
    "UA": "UK",
    "UT": "UK",
}
# The second form is that of services sold online from abroad: 99, year, country, number, OS.
_GSTIN = "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]|99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]"
_UPI = "[a-z0-9][a-z0-9._-]{1,99}@[a-z][a-z0-9]{1,63}"
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_gstin(text: str) -> str:
    """A GSTIN in capitals, its state and its check digit tried.

    Raises:
        Unreadable: `bad_gstin` with `reason`: `shape`, `state` or `check_digit`.

    >>> check_gstin("27aapfu0939f1zv")
    '27AAPFU0939F1ZV'
    """
    gstin = "".join(text.split()).upper()
    if not (text.isascii() and re.fullmatch(_GSTIN, gstin)):
        raise Unreadable("bad_gstin", text, reason="shape")
    if gstin[:2] not in STATES:
        raise Unreadable("bad_gstin", text, reason="state")
    if _check_digit(gstin[:14]) != gstin[14]:
        raise Unreadable("bad_gstin", text, reason="check_digit")
    return gstin


def parse_state(text: str) -> str:
    """The letters of a state from its letters or from GST's number: `MH`, `27`, `9`.

    Raises:
        Unreadable: `bad_state`.

    >>> parse_state("27"), parse_state("mh")
    ('MH', 'MH')
    """
    typed = (ascii_digits(text) or "").strip().upper()
    letters = STATES.get(typed.zfill(2)) or _OTHER_LETTERS.get(typed, typed)
    if letters not in STATES.values():
        raise Unreadable("bad_state", text)
    return letters


def clean_upi(text: str) -> str:
    """A UPI address in small letters: `name@handle`. An e-mail address has a point after the @ and is none.

    Raises:
        Unreadable: `bad_upi`.

    >>> clean_upi("Sharma.Kirana@okhdfcbank")
    'sharma.kirana@okhdfcbank'
    """
    upi = text.strip().lower()
    if not (text.isascii() and re.fullmatch(_UPI, upi)):
        raise Unreadable("bad_upi", text)
    return upi


def clean_payee(text: str) -> str:
    """Whom a payment by UPI names: letters, digits, spaces and `.&'-` of ASCII, at most 99 characters.

    A link to pay has the name in it, and the apps show other letters as boxes (NPCI, UPI linking specification, `pn`).

    Raises:
        Unreadable: `bad_payee`.

    >>> clean_payee("  Gupta  Kirana ")
    'Gupta Kirana'
    """
    payee = " ".join(text.split())
    if not re.fullmatch(r"(?a:[A-Za-z0-9][A-Za-z0-9 .&'-]{0,98})", payee):
        raise Unreadable("bad_payee", text)
    return payee


def _check_digit(fourteen: str) -> str:
    total = 0
    for place, character in enumerate(fourteen):
        value = _BASE_36.index(character) * (1 + place % 2)
        total += value // 36 + value % 36
    return _BASE_36[-total % 36]
