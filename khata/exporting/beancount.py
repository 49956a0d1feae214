"""The book as a file of beancount.

Source: the language syntax of beancount, version 3; of accounts in khata/exporting/charts.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from khata.exporting.cells import rupees
from khata.exporting.charts import beancount_number, in_beancount, one_line, place_of, spelt_apart
from khata.exporting.transactions import JournalBook, Transaction
from khata.postings.base import PARTY
from khata.questions.journal import Net
from khata.units import Party

AMOUNTS_AT = 64


def beancount(book: JournalBook) -> Iterator[str]:
    """The lines of the file, without line ends: options, the accounts with the names of customers, transactions."""
    spelt = spelt_apart(book.known, in_beancount, beancount_number, beside="-")
    yield f'option "title" {_text(book.shop or "khata")}'
    yield 'option "operating_currency" "INR"'
    yield ""
    yield from (f"{book.begins} open {name} INR" for name in sorted(map(_account, book.accounts)))
    for party, name in book.people.items():
        yield f"{book.begins} open {_account(PARTY)}:{spelt[party]} INR"
        yield f"  name: {_text(name or f'@{party}')}"
        yield f"  party: {party}"
    for each in book.transactions():
        yield ""
        yield from _transaction(each, book.known, spelt)


@cache
def _account(account: str) -> str:
    place = place_of(account)
    return f"{place.kind.title()}:{in_beancount(place.name.title())}"


def _transaction(each: Transaction, people: dict[Party, str | None], spelt: dict[Party, str]) -> Iterator[str]:
    payee = f"{_text(people[each.party] or f'@{each.party}')} " if each.party is not None else ""
    yield f"{each.on} * {payee}{_text(each.title)}"
    for key, number in (("entry", each.entry), ("reverses", each.reverses), ("corrects", each.corrects)):
        if number is not None:
            yield f"  {key}: {number}"
    for key, text in (("ref", each.ref), ("note", each.note)):
        if text:
            yield f"  {key}: {_text(text)}"
    yield from (_posting(leg, spelt) for leg in each.legs)


def _posting(leg: Net, spelt: dict[Party, str]) -> str:
    name = _account(leg.account) + (f":{spelt[leg.party]}" if leg.party is not None else "")
    amount = rupees(leg.paise)
    return f"  {name}{' ' * max(2, AMOUNTS_AT - len(name) - len(amount))}{amount} INR"


_QUOTED = re.compile(r'(["\\])')


def _text(text: str) -> str:
    r"""A string: quotes and backslashes in it are escaped, and it stays on its line.

    >>> print(_text('a "b" \\n'))
    "a \"b\" \\n"
    """
    return '"' + _QUOTED.sub(r"\\\1", one_line(text)) + '"'
