"""Where the accounts of the book stand in the books of other programs, and how customers are spelt there.

One table for all journals. Whoever adds an account adds a line here (a test holds it against the trial balance).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from unicodedata import category

from khata import names
from khata.postings.base import (
    DISCOUNT,
    OPENING,
    OTHER_INCOME,
    OUTPUT_TAX,
    PARTY,
    RETURNS,
    ROUND_OFF,
    SALES,
    TRANSFERS,
    WRITTEN_OFF,
)
from khata.render.text import visible
from khata.units import Party


class Place(NamedTuple):
    """An account elsewhere.

    Attributes:
        kind: one of the five kinds that plain-text accounting knows, in small letters.
        name: what it is called below that.
        ledger, group: the ledger of Tally and the group above it, one of those that every company there has.
    """

    kind: str
    name: str
    ledger: str
    group: str


_BANK = "Bank Accounts"
_EXPENSE = "Indirect Expenses"

PLACES = {
    "cash": Place("assets", "cash", "Cash", "Cash-in-Hand"),
    "upi": Place("assets", "upi", "UPI", _BANK),
    "card": Place("assets", "card", "Card", _BANK),
    "bank": Place("assets", "bank", "Bank", _BANK),
    "cheque": Place("assets", "cheque", "Cheque", _BANK),
    PARTY: Place("assets", "khata", "", "Sundry Debtors"),
    OUTPUT_TAX: Place("liabilities", "gst", "GST", "Duties & Taxes"),
    OPENING: Place("equity", "opening", "Opening Balances", "Capital Account"),
    TRANSFERS: Place("equity", "transfers", "Transfers", "Suspense A/c"),
    SALES: Place("income", "sales", "Sales", "Sales Accounts"),
    RETURNS: Place("income", "returns", "Sales Returns", "Sales Accounts"),
    OTHER_INCOME: Place("income", "charges", "Charges", "Indirect Incomes"),
    DISCOUNT: Place("expenses", "discount", "Discount Allowed", _EXPENSE),
    WRITTEN_OFF: Place("expenses", "written off", "Written Off", _EXPENSE),
    ROUND_OFF: Place("expenses", "round off", "Round Off", _EXPENSE),
}
"""By the name that an account has in the book. That of a party has the customers below it."""

RESERVED_LEDGERS = frozenset(place.ledger.casefold() for place in PLACES.values()) | {"profit & loss a/c"}
"""What no customer's ledger can be called: the shop's own, and the one that every company of Tally has."""


def place_of(account: str) -> Place:
    """Where an account stands; one that is not in the table, among the assets under its own name."""
    said = account.replace("_", " ")
    return PLACES.get(account) or Place("assets", said, said.title(), "Suspense A/c")


def spelt_apart(
    people: Mapping[Party, str | None],
    spell: Callable[[str], str],
    number: Callable[[Party], str],
    beside: str = " ",
    taken: Iterable[str] = (),
) -> dict[Party, str]:
    """How each customer is written: no two alike, in any case of letters, and the same in every extract of a book.

    Args:
        people: names by number, in the order of the numbers; None once forgotten.
        spell: a name as the format can have it; "" if nothing of it is left.
        number: a customer's number, for those without a name and for whoever comes second to a spelling.
        beside: what stands between a name and that number.
        taken: what is called so already, in small letters.
    """
    gone, found = set(taken), {}
    for party, name in people.items():
        said = (spell(name) if name else "") or number(party)
        while said.casefold() in gone:
            said += beside + number(party)
        gone.add(said.casefold())
        found[party] = said
    return found


def at_number(party: Party) -> str:
    """`@7`."""
    return f"@{party}"


# A colon parts accounts, a semicolon begins a comment; the others have a meaning elsewhere on a line.
_NOT_IN_ACCOUNT = re.compile(r'[:;|"{}\[\]]')


def in_journal(name: str) -> str:
    """A name as a part of an account in hledger and ledger, where two blanks would end it.

    >>> in_journal("A/C: Ramesh;  Pune"), in_journal("गुप्ता (पुणे)")
    ('A/C- Ramesh- Pune', 'गुप्ता (पुणे)')
    """
    return one_line(_NOT_IN_ACCOUNT.sub("-", name))


def one_line(text: str) -> str:
    """Text that stays on its line: nothing that steers, and each run of blanks, of whatever width, is one."""
    return " ".join(visible(" ".join(text.split())).split())


_DASHES = re.compile("-+")


def in_beancount(name: str) -> str:
    """A name as a component of an account of beancount: letters, digits and dashes, a capital or a digit first.

    A word of an Indian script, whose vowel signs are no letters there, is written as it sounds in Latin ones.
    Source: the grammar of accounts in beancount.core.account, version 3.

    >>> in_beancount("ramesh & sons (Pune)"), in_beancount("रमेश कुमार"), in_beancount("%%")
    ('Ramesh-sons-Pune', 'Ramesh-Kumar', '')
    """
    words = [part for word in name.split() for part in _of_letters(word)]
    said = _DASHES.sub("-", "-".join(words)).strip("-")
    said = said[:1].upper() + said[1:]
    return said if said and category(said[0]) in ("Lu", "Nd") else ""


def _of_letters(word: str) -> list[str]:
    """The parts of a word that beancount takes."""
    if any(category(each)[0] == "M" or category(each) in ("Lo", "Cf") for each in word):
        word = names.romanised(word).capitalize()
    kept = "".join(each if category(each)[0] == "L" or category(each) == "Nd" else "-" for each in word)
    return [part for part in kept.split("-") if part]


def beancount_number(party: Party) -> str:
    """`N7`: an at sign cannot stand there."""
    return f"N{party}"


def in_tally(name: str) -> str:
    """A name as a ledger of Tally. XML can have any character of it that can be seen.

    >>> in_tally("  Sharma & Sons  ")
    'Sharma & Sons'
    """
    return one_line(name)
