"""The book as a file that TallyPrime imports: ledgers with what they begin with, then vouchers.

Source: the developer reference of TallyPrime, on integrating accounting masters and transactions (tags, the groups of a
company, `yyyymmdd`). A debit is negative there, and ISDEEMEDPOSITIVE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from khata.events.money import OpeningRecorded
from khata.exporting.cells import rupees
from khata.exporting.charts import RESERVED_LEDGERS, at_number, in_tally, one_line, place_of, spelt_apart
from khata.exporting.transactions import JournalBook, Transaction
from khata.postings.base import PARTY, RETURNS, SALES
from khata.questions.journal import Net, standing_openings
from khata.units import MODES, Party, Seq
from khata.views.cache import Connection

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ENVELOPE>
 <HEADER>
  <TALLYREQUEST>Import Data</TALLYREQUEST>
 </HEADER>
 <BODY>
  <IMPORTDATA>
   <REQUESTDESC>
    <REPORTNAME>All Masters</REPORTNAME>
   </REQUESTDESC>
   <REQUESTDATA>"""
_FOOT = """   </REQUESTDATA>
  </IMPORTDATA>
 </BODY>
</ENVELOPE>"""
_VIEW = "Accounting Voucher View"


def tally_xml(views: Connection, book: JournalBook) -> Iterator[str]:
    """The lines of the file, without line ends.

    What was brought forward before the book, or before the first day, is what the ledgers begin with; an opening that
    was taken back is a voucher like everything else, and so is what takes it back.
    """
    spelt = spelt_apart(book.known, in_tally, at_number, taken=RESERVED_LEDGERS)
    begin: Counter[tuple[str, Party | None]] = Counter()
    openings: set[Seq] = set()
    for leg in book.brought:
        begin[leg.account, leg.party] += leg.paise
    for row in standing_openings(views, book.wanted, OpeningRecorded.KIND):
        openings.add(row.entry)
        for leg in book.transaction(row).legs:
            begin[leg.account, leg.party] += leg.paise
    yield _HEAD
    for account in book.accounts:
        yield from _ledger(Net(account, None, begin[account, None]), spelt)
    for party in book.people:
        yield from _ledger(Net(PARTY, party, begin[PARTY, party]), spelt)
    for each in book.transactions():
        if each.entry is not None and each.entry not in openings:
            yield from _voucher(each, spelt)
    yield _FOOT


def _ledger(begun: Net, spelt: Mapping[Party, str]) -> Iterator[str]:
    name, group = _text(_called(begun, spelt)), _text(place_of(begun.account).group)
    yield '    <TALLYMESSAGE xmlns:UDF="TallyUDF">'
    yield f'     <LEDGER NAME="{name}" ACTION="Create">'
    yield f"      <NAME>{name}</NAME>"
    yield f"      <PARENT>{group}</PARENT>"
    if begun.paise:
        yield f"      <OPENINGBALANCE>{rupees(-begun.paise)}</OPENINGBALANCE>"
    yield "     </LEDGER>"
    yield "    </TALLYMESSAGE>"


def _voucher(each: Transaction, spelt: Mapping[Party, str]) -> Iterator[str]:
    kind, whose = _kind(each.legs), _text(_called(_whose(each), spelt))
    said = each.title if not each.note else f"{each.title}: {each.note}"
    yield '    <TALLYMESSAGE xmlns:UDF="TallyUDF">'
    yield f'     <VOUCHER VCHTYPE="{kind}" ACTION="Create" OBJVIEW="{_VIEW}">'
    yield f"      <DATE>{each.on.replace('-', '')}</DATE>"
    yield f"      <VOUCHERTYPENAME>{kind}</VOUCHERTYPENAME>"
    yield f"      <VOUCHERNUMBER>{each.entry}</VOUCHERNUMBER>"
    if each.ref:
        yield f"      <REFERENCE>{_text(each.ref)}</REFERENCE>"
    yield f"      <PARTYLEDGERNAME>{whose}</PARTYLEDGERNAME>"
    yield f"      <NARRATION>{_text(said)}</NARRATION>"
    yield f"      <PERSISTEDVIEW>{_VIEW}</PERSISTEDVIEW>"
    for leg in each.legs:
        yield "      <ALLLEDGERENTRIES.LIST>"
        yield f"       <LEDGERNAME>{_text(_called(leg, spelt))}</LEDGERNAME>"
        yield f"       <ISDEEMEDPOSITIVE>{'Yes' if leg.paise > 0 else 'No'}</ISDEEMEDPOSITIVE>"
        yield f"       <AMOUNT>{rupees(-leg.paise)}</AMOUNT>"
        yield "      </ALLLEDGERENTRIES.LIST>"
    yield "     </VOUCHER>"
    yield "    </TALLYMESSAGE>"


def _kind(legs: list[Net]) -> str:
    """By what moved: a journal takes no money there, and so what takes a payment back is the payment's opposite."""
    moved: Counter[str] = Counter()
    for leg in legs:
        moved["money" if leg.account in MODES else leg.account] += leg.paise
    if goods := moved[SALES] or moved[RETURNS]:
        return "Sales" if goods < 0 else "Credit Note"
    if money := moved["money"]:
        return "Receipt" if money > 0 else "Payment"
    return "Journal"


def _whose(each: Transaction) -> Net:
    """The leg that a voucher is under: the customer's, at the counter the money's."""
    known = [leg for leg in each.legs if leg.account == PARTY or leg.account in MODES]
    return min(known or each.legs, key=lambda leg: leg.account != PARTY)


def _called(leg: Net, spelt: Mapping[Party, str]) -> str:
    return spelt[leg.party] if leg.party is not None else place_of(leg.account).ledger


# XML 1.0 has no way of writing these two, and no book can hold a control character.
_NONE_SUCH = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


def _text(text: str) -> str:
    """Text of an element or an attribute."""
    return escape(one_line(text.translate(_NONE_SUCH)), {'"': "&quot;"})
