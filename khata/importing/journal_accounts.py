"""What an account of a journal is to a shop's customers, by its name: nothing else in a journal says so.

Whose account it is stands below those for what customers owe, `assets:khata`, `assets:receivable`, `Assets:Debtors`.
The names are khata's own and those that the manuals of hledger, ledger and beancount use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from khata.importing.vouchers import Ledger, Role, bank_mode, from_elsewhere, of_expense, of_income
from khata.units import MODES

PARTY = "party"
"""What an account is called to be whose parts below it are customers."""

ACCOUNTS_AS = (PARTY, *MODES)
"""What an account may be said to be."""


class Accounts(NamedTuple):
    """What somebody said of a journal: which profile it has, "" for none, and what some of its accounts are."""

    profile: str = ""
    said: Mapping[str, str] = {}


_KINDS = {
    **dict.fromkeys(("assets", "asset"), "assets"),
    **dict.fromkeys(("liabilities", "liability"), "liabilities"),
    "equity": "equity",
    **dict.fromkeys(("income", "incomes", "revenue", "revenues"), "income"),
    **dict.fromkeys(("expenses", "expense"), "expenses"),
}
_DEBTORS = re.compile(
    r"(?i)khatas?|(?:accounts?|trade)?[ _-]*receivables?|a/?r|(?:sundry|trade)?[ _-]*debtors?|customers?"
    r"|udhaar|उधार|ग्राहक"
)
_CASH = re.compile(r"(?i)(?:petty[ _-]*)?cash(?:[ _-]*(?:in[ _-]*hand|box|drawer))?|galla|नकद|रोकड़")
_BANK = re.compile(r"(?i)banks?(?:[ _-]*accounts?)?|checking|chequing|savings?|current[ _-]*account|बैंक")
_SALES = re.compile(r"(?i)\b(?:sales?|returns?)\b|बिक्री|वापसी")
_CHARGES = re.compile(r"(?i)\b(?:charges?|interest|delivery|freight|fees?|penalty|penalties)\b|ब्याज|भाड़ा")
_TAX = re.compile(r"(?i)\b(?:[cisu]?gst|vat|cess|tax(?:es)?)\b")
_OPENING = re.compile(r"(?i)opening|प्रारंभिक|आरंभिक|शुरुआती")
_TRANSFERS = re.compile(r"(?i)transfers?")


def ledger_of(account: str, said: Mapping[str, str], names: Mapping[str, str]) -> Ledger:
    """What an account is.

    Args:
        account: with its parents, `assets:khata:Ramesh`.
        said: of accounts that somebody named, one of ACCOUNTS_AS; what stands below one is the same.
        names: of accounts that the file gives a name of its own, that name.

    >>> ledger_of("assets:receivable:Ramesh", {}, {})
    Ledger(name='Ramesh', role='customer', mode='')
    >>> ledger_of("Assets:Bank:PhonePe", {}, {})
    Ledger(name='Assets:Bank:PhonePe', role='money', mode='upi')
    """
    parts = account.split(":")
    for upto in range(len(parts), 0, -1):
        meant = said.get(":".join(parts[:upto]).casefold())
        if meant == PARTY:
            return _customer(account, parts[upto:], names)
        if meant is not None:
            return Ledger(account, "money", meant)
    kind = _KINDS.get(parts[0].casefold(), "")
    if kind == "assets":
        place = next((place for place, part in enumerate(parts[1:], start=1) if _DEBTORS.fullmatch(part)), 0)
        return _customer(account, parts[place + 1 :], names) if place else _money(account, parts[1:])
    return Ledger(account, _role(kind, " ".join(parts[1:]).replace("-", " ").replace("_", " ")))


def is_charge(account: str) -> bool:
    """Whether an account of income is of what is no sale: a charge, interest."""
    return bool(_CHARGES.search(account.replace("-", " ").replace(":", " ")))


def is_transfer(account: str) -> bool:
    """Whether an account of equity is where what goes from one customer to another comes to nothing."""
    return bool(_TRANSFERS.fullmatch(account.rpartition(":")[2]))


def _customer(account: str, below: list[str], names: Mapping[str, str]) -> Ledger:
    name = names.get(account) or ":".join(below).strip()
    if not below or not name:
        return Ledger(account, "unknown")
    return Ledger(from_elsewhere(name), "customer")


def _money(account: str, below: list[str]) -> Ledger:
    """How money on an account among the assets was paid; what is neither cash nor at a bank is none."""
    mode = next((mode for each in below if (mode := bank_mode(each.replace("-", " "))) != "bank"), "")
    if not mode and any(map(_CASH.fullmatch, below)):
        mode = "cash"
    if not mode and any(map(_BANK.fullmatch, below)):
        mode = "bank"
    return Ledger(account, "money" if mode else "other", mode)


def _role(kind: str, below: str) -> Role:
    if kind == "expenses":
        return of_expense(below)
    if kind == "income":
        if of_expense(below) == "discount":
            return "discount"
        return "sales" if _SALES.search(below) else of_income(below)
    if kind == "equity":
        return "opening" if _OPENING.search(below) or _TRANSFERS.fullmatch(below) else "other"
    return "tax" if kind == "liabilities" and _TAX.search(below) else "other"
