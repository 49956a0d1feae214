"""Tally's XML of ledgers and vouchers as a source of rows: what TallyPrime exports, and what `khata export` writes.

Of the ledgers the customers' openings come first, then the vouchers as they stand in the file; a row's number is its
place among these. Sources: the developer reference of TallyPrime (the tags of masters and of vouchers; a debit is
negative; days as YYYYMMDD; the groups that every company has), and its help on cancelled and optional vouchers and on
the voucher types that move no ledger.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from khata.importing.columns import COLUMNS
from khata.importing.profile import TALLY
from khata.importing.row_types import TYPES
from khata.importing.source import Tell, UnreadableFileError
from khata.importing.tally_reader import Node, objects
from khata.importing.voucher_source import CONCERNS, KeptVoucher, VoucherSide, VoucherSource
from khata.importing.vouchers import (
    Ledger,
    Meant,
    NotUnderstood,
    PassedOver,
    Role,
    Voucher,
    bank_mode,
    from_elsewhere,
    meant,
    of_expense,
    of_income,
    opening,
)
from khata.units import Day

_AT_ONCE = 1 << 16
_WANTED = frozenset(("GROUP", "LEDGER", "VOUCHERTYPE", "VOUCHER", "COMPANY"))
GROUPS: dict[str, Role] = {
    "sundry debtors": "customer",
    "cash-in-hand": "money",
    "bank accounts": "money",
    "bank od a/c": "money",
    "bank occ a/c": "money",
    "sales accounts": "sales",
    "duties & taxes": "tax",
    "direct incomes": "income",
    "income (direct)": "income",
    "indirect incomes": "income",
    "income (indirect)": "income",
    "direct expenses": "expense",
    "expenses (direct)": "expense",
    "indirect expenses": "expense",
    "expenses (indirect)": "expense",
    **dict.fromkeys(("capital account", "reserves & surplus", "retained earnings", "current assets"), "other"),
    **dict.fromkeys(("current liabilities", "deposits (asset)", "fixed assets", "investments"), "other"),
    **dict.fromkeys(("loans & advances (asset)", "loans (liability)", "misc. expenses (asset)"), "other"),
    **dict.fromkeys(("provisions", "purchase accounts", "secured loans", "stock-in-hand", "sundry creditors"), "other"),
    **dict.fromkeys(("suspense a/c", "unsecured loans", "branch / divisions", "primary"), "other"),
}
"""The groups of every company, in small letters, and what a ledger below one is to a customer."""

RESERVED: dict[str, Role] = {"cash": "money", "profit & loss a/c": "other"}
"""The ledgers of every company, which a file need not have."""

KINDS = frozenset(("sales", "receipt", "payment", "journal", "contra", "purchase", "credit note", "debit note"))
"""The voucher types that move ledgers, in small letters."""

BESIDE = frozenset(
    (
        *("sales order", "purchase order", "job work in order", "job work out order", "delivery note", "receipt note"),
        *("rejections in", "rejections out", "stock journal", "physical stock", "material in", "material out"),
        *("memorandum", "reversing journal", "attendance", "manufacturing journal"),
    )
)
"""The voucher types that no balance knows of."""

_OPENING = re.compile(r"(?i)opening|प्रारंभिक|आरंभिक|शुरुआती")
_AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2})0*)?(?: (Dr|Cr)\.?)?")
_OWN = re.compile(r"([a-z]+(?:-[a-z]+)?) ([0-9]+)(?:, cancels ([0-9]+))?(?:: (.*))?", re.DOTALL)
_WORDS = frozenset((*TYPES, "transfer", "reverse"))
"""How khata's own export begins what it says of an entry."""

_PRINTABLE = re.compile("[ -~]{1,40}")
_ENTRIES = ("ALLLEDGERENTRIES.LIST", "LEDGERENTRIES.LIST")
_INVENTORY = (
    "ALLINVENTORYENTRIES.LIST",
    "INVENTORYENTRIES.LIST",
    "INVENTORYENTRIESOUT.LIST",
    "INVENTORYENTRIESIN.LIST",
)


class TallyVoucher(KeptVoucher, array_like=True, frozen=True, kw_only=True):
    """A voucher of Tally."""

    type: str
    number: str
    guid: str

    @property
    def label(self) -> str:
        """`Sales 12`."""
        return f"{self.type} {self.number}".strip()


class _Master(Struct, frozen=True):
    """A ledger as the file declares it: its name, the group it is in, what it begins with, a phone, its GUID."""

    name: str
    parent: str
    begins: str
    phone: str
    guid: str


class TallySource(VoucherSource[TallyVoucher]):
    """A file of Tally's, read whole.

    Raises:
        UnreadableFileError: as `objects`; `no_vouchers` where there are neither ledgers nor vouchers in it.
    """

    profile = TALLY.name
    kept = TallyVoucher
    code = "voucher_not_understood"
    column = "VOUCHER"

    def __init__(self, raw: BinaryIO, name: str, today: Day | None = None, tell: Tell | None = None) -> None:
        super().__init__(raw, name, tell)
        self._hash = hashlib.sha256()
        self._groups: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._ledgers: dict[str, _Master] = {}
        self._began = self._first = ""
        self._today = today or Day("")
        for node in objects(self._chunks(raw), _WANTED):
            self._take(node)
        if not self._count and not self._ledgers:
            raise UnreadableFileError("no_vouchers")
        self.sha256 = self._hash.hexdigest()
        self._taken_back = self._pairs()
        self._twice = self._in_two_types()
        self._alike = self._ledgers_alike(each.name for each in self._ledgers.values())
        self.found = {"kind": TALLY.name, "vouchers": self._count, "ledgers": len(self._ledgers), "passed": self.passed}
        self.records = self._rows()

    def _chunks(self, raw: BinaryIO) -> Iterator[bytes]:
        while chunk := raw.read(_AT_ONCE):
            self._hash.update(chunk)
            self.size = self.done = self.done + len(chunk)
            if self._tell is not None:
                self._tell(self.done, None)
            yield chunk

    # --- what is in the file

    def _take(self, node: Node) -> None:
        if node.tag == "VOUCHER":
            if node.children:
                self._keep(node)
            return
        name = _name(node)
        if node.tag == "COMPANY":
            self._began = self._began or _digits(node.first("BOOKSFROM"))
        elif not name or node.attributes.get("ACTION") == "Delete":
            return
        elif node.tag == "LEDGER":
            phone = node.first("LEDGERMOBILE") or node.first("LEDGERPHONE")
            parent, begins = node.first("PARENT"), node.first("OPENINGBALANCE")
            self._ledgers[_folded(name)] = _Master(name, parent, begins, phone, node.first("GUID"))
        else:
            of = self._groups if node.tag == "GROUP" else self._types
            of[_folded(name)] = _folded(node.first("PARENT"))

    def _keep(self, node: Node) -> None:
        type_ = node.first("VOUCHERTYPENAME") or node.attributes.get("VCHTYPE", "")
        number, narration = node.first("VOUCHERNUMBER"), node.first("NARRATION")
        sides, wrong = _sides(node)
        match = _OWN.fullmatch(narration)
        own = match is not None and match[1] in _WORDS and match[2] == number
        note = (match[4] or "") if own and match else narration
        takes = match[3] if own and match else None
        ref = node.first("REFERENCE") if own else ""
        on = node.first("DATE")
        if not _passed(node):
            self._first = min(self._first or "9", _digits(on) or "9")
        kept = TallyVoucher(
            type=type_, number=number, on=on, sides=sides, ref=ref, note=note, own=own, passed=_passed(node),
            wrong=wrong, guid=node.first("GUID") or node.attributes.get("REMOTEID", ""),
        )  # fmt: skip
        self._wait(kept, mark=type_, number=number, takes=takes)

    def _in_two_types(self) -> frozenset[str]:
        rows = self._vouchers.execute("SELECT number FROM voucher GROUP BY number HAVING count(DISTINCT mark) > 1")
        return frozenset(number for (number,) in rows)

    # --- what a ledger is

    def _folded(self, called: str) -> str:
        return _folded(called)

    def _made(self, called: str) -> Ledger:
        folded = _folded(called)
        master = self._ledgers.get(folded)
        if master is None:
            role = RESERVED.get(folded, "unknown")
            return Ledger(called, role, "cash" if role == "money" else "")
        name, group, seen = master.name, _folded(master.parent), set[str]()
        while group not in GROUPS and group in self._groups and group not in seen:
            seen.add(group)
            group = self._groups[group]
        role = GROUPS.get(group, "unknown" if group else "other")
        if role == "money":
            return Ledger(name, role, "cash" if group == "cash-in-hand" else bank_mode(name))
        if role == "expense":
            role = of_expense(name)
        elif role == "income":
            role = of_income(name)
        elif group in ("capital account", "suspense a/c") and _is_own(name, group):
            role = "opening"
        return Ledger(from_elsewhere(name), role)

    # --- the rows

    def _rows(self) -> Iterator[list[str]]:
        on = self._before()
        for folded, each in self._ledgers.items():
            if each.begins and self._ledger(folded).role in ("customer", "unknown"):
                yield from self._brought(each, on)
        for nth, kept in self._waiting():
            yield self._row(kept, self._said(nth, kept))
        self._vouchers.close()

    def _brought(self, each: _Master, on: str) -> Iterator[list[str]]:
        """What a customer's ledger begins with, as a row; none if that is nothing."""
        ledger, begun = self._ledger(each.name), _paise(each.begins)
        if begun is None:
            yield self._not_understood(each.name, column="OPENINGBALANCE", what="amount")
        elif not begun:
            return
        elif ledger.role == "unknown":
            yield self._not_understood(each.name, what="ledger_not_told", ledger=each.name)
        elif (alike := self._is_alike(each.name)) is not None:
            yield self._not_understood(each.name, what=alike.why, **alike.facts)
        else:
            assert self.found is not None  # noqa: S101 - made before this
            self.found["openings_on"] = on
            yield opening(on, ledger.name, begun, phone=each.phone)

    def _before(self) -> str:
        """The day before the books of Tally begin: on 1 April, where the file does not say so, of the first voucher.

        What a ledger begins with has no day of its own there.
        """
        first = self._began or (self._first if self._first != "9" else "") or self._today.replace("-", "")
        if not first:
            return ""
        year = int(first[:4]) - (first[4:6] < "04")
        return f"{year}-03-31"

    def _said(self, nth: int, kept: TallyVoucher) -> Meant:
        """What a voucher is."""
        if kept.passed:
            return PassedOver(kept.passed)
        if nth in self._taken_back:
            return PassedOver("taken_back")
        kind = _folded(kept.type)
        seen = set[str]()
        while kind not in KINDS and kind in self._types and kind not in seen:
            seen.add(kind)
            kind = self._types[kind]
        if kind in BESIDE:
            return PassedOver("beside")
        if (stopped := self._stopped(kept)) is not None:
            return stopped
        legs = self._legs(kept)
        if kind not in KINDS and any(leg.ledger.role in CONCERNS for leg in legs):
            return NotUnderstood("type", {"type": kept.type})
        return meant(Voucher(kind, kept.on, legs, self._ref(kept), kept.note))

    def _row(self, kept: TallyVoucher, said: Meant) -> list[str]:
        if isinstance(said, list) and not kept.on:
            self.lines.bad = "empty_cell", {"column": "DATE", "value": kept.label}
            return [""] * len(COLUMNS)
        return super()._row(kept, said)

    def _ref(self, kept: TallyVoucher) -> str:
        """By what a voucher is known again: its number as Tally has it.

        Tally counts each type from 1, and anew each year: a bare number stands with its type and its financial year,
        whatever else is in the file, so that it is the same in every file.
        """
        if kept.own:
            return kept.ref
        number = kept.number
        day = _digits(kept.on)
        if number.isdecimal() and day:
            year = int(day[:4]) - (day[4:6] < "04")
            number = f"{kept.type} {number} {year}-{(year + 1) % 100:02d}"
        elif number and number in self._twice:
            number = f"{kept.type} {number}"
        if _PRINTABLE.fullmatch(number):
            return number
        guid = kept.guid.replace("-", "")[-40:]
        return guid if _PRINTABLE.fullmatch(guid) else ""


def _is_own(name: str, group: str) -> bool:
    """The accounts of openings, and that of khata's transfers, in which both halves of one come to nothing."""
    return bool(_OPENING.search(name)) if group == "capital account" else _folded(name) == "transfers"


def _passed(node: Node) -> str:
    if node.first("ISCANCELLED") == "Yes" or node.attributes.get("ACTION") in ("Cancel", "Delete"):
        return "cancelled"
    if node.first("ISDELETED") == "Yes" or node.first("ISVOID") == "Yes":
        return "cancelled"
    return "optional" if node.first("ISOPTIONAL") == "Yes" else ""


def _sides(node: Node) -> tuple[list[VoucherSide], str]:
    """The sides of a voucher, and what is wrong with them.

    In the view of an accountant they all stand at its top; in that of a bill what is sold stands with the goods.
    """
    top = [_of(node.all(tag)) for tag in _ENTRIES]
    sold = _of([part for each in node.all(*_INVENTORY) for part in each.all("ACCOUNTINGALLOCATIONS.LIST")])
    for read in (*top, *([*each, *sold] for each in top)):
        if read and not any(unread for _, unread in read) and not sum(side.paise for side, _ in read):
            return [side for side, _ in read if side.paise], ""
    every = [each for read in (*top, sold) for each in read]
    wrong = "amount" if any(unread for _, unread in every) else "unbalanced" if every else "no_sides"
    return [side for side, _ in every], wrong


def _of(nodes: list[Node]) -> list[tuple[VoucherSide, bool]]:
    """What stands in a list of entries, each with whether its amount cannot be read."""
    return [_side(each) for each in nodes if each.first("LEDGERNAME")]


def _side(node: Node) -> tuple[VoucherSide, bool]:
    paise = _paise(node.first("AMOUNT") or "0")
    deemed = node.first("ISDEEMEDPOSITIVE")
    crooked = bool(paise and deemed) and (deemed == "Yes") != ((paise or 0) > 0)
    return VoucherSide(node.first("LEDGERNAME"), paise or 0, crooked=crooked), paise is None


def _paise(text: str) -> int | None:
    """An amount in paise, positive debit: there a debit is negative, or says `Dr`. None where it cannot be read."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    paise = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    if match[4]:
        return paise if match[4] == "Dr" and not match[1] else -paise if not match[1] else None
    return paise if match[1] else -paise


def _name(node: Node) -> str:
    given = node.attributes.get("NAME") or node.first("NAME")
    if not given:
        listed = (name for each in node.all("LANGUAGENAME.LIST") for name in each.all("NAME.LIST"))
        given = next((name.first("NAME") for name in listed), "")
    return " ".join(given.split())


def _folded(name: str) -> str:
    """A name as Tally compares it: without its case."""
    return " ".join(name.split()).casefold()


def _digits(text: str) -> str:
    return text if re.fullmatch("(?:19|20|21)[0-9]{6}", text) else ""
