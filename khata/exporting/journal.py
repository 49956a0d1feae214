"""The book as a journal of hledger and ledger, in what both of them read alike.

Sources: the manuals of hledger (journal format) and ledger (commands and directives; transactions and comments).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from khata.exporting.cells import rupees
from khata.exporting.charts import at_number, in_journal, one_line, place_of, spelt_apart
from khata.exporting.transactions import JournalBook, Transaction
from khata.postings.base import PARTY
from khata.questions.journal import Net
from khata.render.text import width
from khata.units import Party

AMOUNTS_AT = 64
"""The column at which amounts end, where the account leaves room."""

TAGS = ("entry", "reverses", "corrects", "note")


def journal(book: JournalBook) -> Iterator[str]:
    """The lines of a journal, without line ends: what is declared, then the transactions; every amount is written."""
    spelt = spelt_apart(book.known, in_journal, at_number)
    names = [_account(each) for each in book.accounts]
    people = [f"{_account(PARTY)}:{spelt[each]}" for each in book.people]
    if book.shop:
        yield f"; {_comment(book.shop)}"
    yield "commodity INR"
    yield "    format INR 1000.00"
    yield from (f"account {name}" for name in [*sorted(names), *sorted(people)])
    yield from (f"tag {tag}" for tag in TAGS)
    for each in book.transactions():
        yield ""
        yield from _transaction(each, spelt)


@cache
def _account(account: str) -> str:
    place = place_of(account)
    return f"{place.kind}:{place.name}"


def _transaction(each: Transaction, spelt: dict[Party, str]) -> Iterator[str]:
    code = f"({_code(each.ref)}) " if each.ref else ""
    yield f"{each.on} {code}{each.title}"
    if each.entry is not None:
        yield f"    ; entry: {each.entry}"
    if each.reverses is not None:
        yield f"    ; reverses: {each.reverses}"
    if each.corrects is not None:
        yield f"    ; corrects: {each.corrects}"
    if each.note:
        yield f"    ; note: {_comment(each.note)}"
    yield from (_posting(leg, spelt) for leg in each.legs)


def _posting(leg: Net, spelt: dict[Party, str]) -> str:
    name = _account(leg.account) + (f":{spelt[leg.party]}" if leg.party is not None else "")
    amount = f"INR {rupees(leg.paise)}"
    blanks = " " * max(2, AMOUNTS_AT - width(name) - len(amount))
    return f"    {name}{blanks}{amount}"


# A code ends with its bracket.
_NOT_IN_CODE = re.compile(r"[()\[\]{};|\"]")


def _code(ref: str) -> str:
    return one_line(_NOT_IN_CODE.sub("-", ref))


# In a comment a word with a colon is a tag, for hledger after a comma, too; a day in brackets is the posting's day.
_STEERS = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", ":": ".", ";": ",", "|": "/", '"': "'"})


def _comment(text: str) -> str:
    """Free text behind a semicolon: it stays on its line, and says nothing to a program.

    >>> _comment('due [2026-01-01]; date:2026-02-01 "x"')
    "due (2026-01-01), date.2026-02-01 'x'"
    """
    return one_line(text.translate(_STEERS))
