"""A voucher of double entry as what it is to one customer: a sale, a payment, a return, or why it is none of these.

Nothing is guessed: what a voucher is shows in the ledgers that it moves, and one that moves anything besides what one
row of khata says is not understood. Amounts are in paise, positive debit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from khata.grammar.spreadsheet import guarded

Role = Literal[
    "customer",
    "money",
    "sales",
    "income",
    "expense",
    "tax",
    "round",
    "discount",
    "written_off",
    "opening",
    "other",
    "unknown",
]
"""What a ledger is to a shop's customers: `other` is none of what a row speaks of, `unknown` is not in the file."""

_OF_A_BILL = frozenset(("sales", "income", "expense", "tax", "round", "discount"))
"""What the total of a bill is made of, besides who owes it and what was paid at once."""

_ROUND = re.compile(r"(?i)round(?:ed|ing)?[\s_-]*off|rounding|पूर्णांक")
_DISCOUNT = re.compile(r"(?i)discount|rebate|kasar|vatav|छूट|कसर|वटाव")
_WRITTEN_OFF = re.compile(r"(?i)writ(?:e|ten)[\s_-]*off|bad[\s_-]*debt|बट्टे खाते|डूबत")
_MODES = (
    ("upi", re.compile(r"(?i)\bupi\b|\bg(?:oogle)?[\s-]*pay\b|phone[\s-]*pe|paytm|\bbhim\b")),
    ("card", re.compile(r"(?i)\bcards?\b|\bpos\b|\bswipe\b")),
    ("cheque", re.compile(r"(?i)\bcheques?\b")),
)


class Ledger(NamedTuple):
    """A ledger: its name, what it is, and of money how that is paid: `cash`, `upi`, `card`, `bank`, `cheque`."""

    name: str
    role: Role
    mode: str = ""


class Leg(NamedTuple):
    """One side of a voucher."""

    ledger: Ledger
    paise: int


@dataclass(frozen=True, slots=True)
class Voucher:
    """What another program has recorded at once.

    Attributes:
        kind: `sales`, `receipt`, `payment`, `credit note`, `debit note`, `journal` …
        on: its day, as text.
        legs: what it moves; they come to nothing.
        ref, note: as they go into the row.
    """

    kind: str
    on: str
    legs: tuple[Leg, ...]
    ref: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why a voucher is no row: a word for it, and facts."""

    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Why a voucher is no row, and need not be one: a word for it."""

    why: str


Meant = list[str] | NotUnderstood | PassedOver
"""The cells of a row in the order of COLUMNS, or why there is none."""


def rupees(paise: int) -> str:
    """An amount as the row reader reads it.

    >>> rupees(45050)
    '450.50'
    """
    return f"{paise // 100}.{paise % 100:02d}"


def of_expense(name: str) -> Role:
    """What an account among the expenses is to a customer, by its name."""
    if _ROUND.search(name):
        return "round"
    if _WRITTEN_OFF.search(name):
        return "written_off"
    return "discount" if _DISCOUNT.search(name) else "expense"


def of_income(name: str) -> Role:
    """What an account among the incomes is, by its name."""
    return "round" if _ROUND.search(name) else "income"


def bank_mode(name: str) -> str:
    """How what is on an account with a bank was paid, by its name; `bank` where that says nothing.

    >>> bank_mode("PhonePe Business"), bank_mode("HDFC Bank 0123"), bank_mode("Cardamom Traders' Bank")
    ('upi', 'bank', 'bank')
    """
    return next((mode for mode, said in _MODES if said.search(name)), "bank")


def row(on: str, type_: str, party: str, paise: int, *, ref: str = "", note: str = "", **more: str) -> list[str]:
    """The cells of a row; `more` are `mode`, `paid`, `phone` and `discount`."""
    given = (on, type_, guarded(party), rupees(paise), more.get("mode", ""), more.get("paid", ""), guarded(ref))
    return [*given, guarded(note), more.get("phone", ""), more.get("discount", "")]


def opening(on: str, party: str, owed: int, *, ref: str = "", note: str = "", phone: str = "") -> list[str]:
    """The row of what was brought forward: `owed` by the customer, or to him where it is below nothing."""
    return row(on, "opening", party, abs(owed), mode="advance" if owed < 0 else "", ref=ref, note=note, phone=phone)


class _Sums:
    """What a voucher comes to.

    Attributes:
        owed: what its customer owes more by it.
        money: what came in, by mode; what is nothing is left out.
        rest: all else by role, what is nothing left out.
    """

    def __init__(self, voucher: Voucher) -> None:
        self.voucher = voucher
        people: Counter[str] = Counter()
        money: Counter[str] = Counter()
        rest: Counter[str] = Counter()
        for (name, role, mode), paise in voucher.legs:
            into, key = {"customer": (people, name), "money": (money, mode)}.get(role, (rest, role))
            into[key] += paise
        self.people = list(people)
        self.owed = people.total()
        self.money = {mode: paise for mode, paise in money.items() if paise}
        self.rest = {role: paise for role, paise in rest.items() if paise}

    def row(self, type_: str, paise: int, **more: str) -> list[str]:
        party = self.people[0] if self.people else "counter"
        given = {"ref": self.voucher.ref, "note": self.voucher.note} | more
        return row(self.voucher.on, type_, party, paise, **given)

    def mixed(self) -> NotUnderstood:
        """It moves what no one row says."""
        names = dict.fromkeys(leg.ledger.name for leg in self.voucher.legs if leg.ledger.role != "customer")
        return NotUnderstood("mixed", {"ledgers": ", ".join(list(names)[:4])})


def meant(voucher: Voucher) -> Meant:
    """What a voucher is to one customer, or at the counter.

    NotUnderstood has `ledger_not_told`, `other_ledger` or `no_debtor` (fact `ledger`), `two_customers` (`names`),
    `two_modes` or `mixed` (`ledgers`); PassedOver has `no_customer`.
    """
    sums = _Sums(voucher)
    for leg in voucher.legs:
        if leg.ledger.role == "unknown":
            return NotUnderstood("ledger_not_told", {"ledger": leg.ledger.name})
    if len(sums.people) > 1:
        return NotUnderstood("two_customers", {"names": ", ".join(sums.people[:3])})
    strange = [leg.ledger.name for leg in voucher.legs if leg.ledger.role == "other" and leg.paise]
    if strange and sums.people:
        return NotUnderstood("other_ledger", {"ledger": strange[0]})
    if strange and voucher.kind in ("sales", "credit note"):
        return NotUnderstood("no_debtor", {"ledger": strange[0]})
    of_a_bill = "sales" in sums.rest or ("income" in sums.rest and voucher.kind in ("sales", "credit note"))
    if not sums.people:
        return _goods(sums) if of_a_bill and sums.rest.keys() <= _OF_A_BILL else PassedOver("no_customer")
    if of_a_bill:
        return _goods(sums)
    if sums.money:
        return _paid(sums)
    return _on_account(sums) if sums.owed else PassedOver("no_customer")


def _goods(sums: _Sums) -> Meant:
    """Goods that went out or came back: what they come to, and what of it was paid at once."""
    total = sums.owed + sum(sums.money.values())
    sign = 1 if total > 0 else -1
    paid = {mode: sign * paise for mode, paise in sums.money.items()}
    goods = sums.rest.get("sales", 0) + sums.rest.get("income", 0)
    if not total or sign * goods >= 0 or not sums.rest.keys() <= _OF_A_BILL:
        return sums.mixed()
    if sign * sums.owed < 0 or min(paid.values(), default=0) < 0:
        return sums.mixed() if sums.people else PassedOver("no_customer")
    if sums.voucher.kind == "debit note" and sign > 0 and not paid:
        return sums.row("charge", total)
    # A cheque is no way to pay at once; what it is paid into is the bank.
    parts = " ".join(f"{rupees(paise)}:{'bank' if mode == 'cheque' else mode}" for mode, paise in paid.items())
    return sums.row("sale" if sign > 0 else "return", abs(total), paid=parts)


def _paid(sums: _Sums) -> Meant:
    """Money that came in, with what was let go over and above it, or that was given back."""
    if len(sums.money) > 1:
        return NotUnderstood("two_modes", {"ledgers": ", ".join(sums.money)})
    ((mode, paise),) = sums.money.items()
    less = sum(sums.rest.values())
    if paise > 0 and sums.owed < 0 <= less and sums.rest.keys() <= {"discount", "round"}:
        return sums.row("receive", paise, mode=mode, discount=rupees(less) if less else "")
    if paise < 0 and not sums.rest:
        return sums.row("refund", -paise, mode=mode)
    return sums.mixed()


def _on_account(sums: _Sums) -> Meant:
    """What moves neither goods nor money."""
    owed, rest, voucher = sums.owed, sums.rest.keys(), sums.voucher
    if rest <= {"discount", "round"} and owed < 0:
        return sums.row("discount", -owed)
    if rest == {"written_off"} and owed < 0:
        reason = next(leg.ledger.name for leg in voucher.legs if leg.ledger.role == "written_off")
        return sums.row("write-off", -owed, note=voucher.note or reason)
    if "income" in rest and rest <= {"income", "tax", "round"} and owed > 0:
        return sums.row("charge", owed)
    if rest == {"opening"}:
        return opening(voucher.on, sums.people[0], owed, ref=voucher.ref, note=voucher.note)
    return sums.mixed()


def from_elsewhere(name: str) -> str:
    """How a customer of another book is called here: a number, of one who was forgotten, is nobody's in this one.

    >>> from_elsewhere("@7"), from_elsewhere("Ramesh")
    ('Ledger @7', 'Ramesh')
    """
    return f"Ledger {name}" if name.startswith("@") else name
