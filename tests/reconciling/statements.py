"""The accounts of the shop over the year, and the files that its banks and its UPI app give out of them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random  # noqa: TID251 - seeded: the same year in each run
from typing import NamedTuple

from tests.reconciling.narrations import SBI_WIDE_FROM, Passage, Shown, shown
from tests.reconciling.others import OtherRow
from tests.reconciling.payers import PayingAccount
from tests.reconciling.trade import APP, FIRST, HDFC, ICICI, ICICI_FROM, LAST, SBI, TrueReceipt, new_utr

OPENING = {SBI: 184_320_50, HDFC: 96_005_00, ICICI: 5_000_00, APP: 0}
OVERLAP = {SBI: 3, HDFC: 5, ICICI: 2, APP: 2}
"""Days of the month before that a file shows once more."""

BOTH_PERCENT, NO_REF_PERCENT, NO_NAME_PERCENT, LEAST = 12, 3, 3, 20_000_00
REMARKS = ("", "", "", "UPI", "payment", "khata", "bill", "kirana", "paid", "ration", "Sent from app", "udhar")
PHONEPE = PayingAccount("PHONEPE PRIVATE LIMITED", "", "YESB", "settled", "settlement")


@dataclass
class AccountRow:
    """A row of an account; `status` is that of the UPI app. Of a customer's payment it has the receipt, else `why`."""

    day: date
    second: int
    paise: int
    shown: Shown
    receipt: TrueReceipt | None
    why: str
    status: str = "SUCCESS"
    balance: int = 0


class StatementFile(NamedTuple):
    """A file, its kind, its days, and its rows by their numbers as a spreadsheet counts lines."""

    name: str
    channel: str
    first: date
    last: date
    rows: dict[int, AccountRow]


class _Ledgers:
    """Puts rows into the accounts."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.rows: dict[str, list[AccountRow]] = defaultdict(list)
        self._settled: dict[date, int] = defaultdict(int)

    def take_receipt(self, receipt: TrueReceipt) -> None:
        rng, channel = self._rng, receipt.channel
        row = self._row(channel, receipt.day, receipt.second, receipt.paise, receipt.account, receipt.utr)
        row.receipt = receipt
        self.rows[channel].append(row)
        if channel == APP:
            self._settled[receipt.day] += receipt.paise
        elif channel == SBI and receipt.account.way == "upi" and row.shown.utr and rng.randrange(100) < BOTH_PERCENT:
            # Paid to the owner's own address, which the app lists as well: it goes through no settlement.
            twin = self._row(APP, receipt.day, receipt.second, receipt.paise, receipt.account, receipt.utr, whole=True)
            twin.receipt = receipt
            self.rows[APP].append(twin)

    def take_other(self, other: OtherRow) -> None:
        row = self._row(other.channel, other.day, other.second, other.paise, other.account, other.utr, whole=True)
        row.why = other.why
        if other.channel == APP:
            if other.why == "a payment that failed":
                row.status = self._rng.choice(("FAILED", "FAILED", "PENDING", "REFUNDED"))
            else:
                self._settled[other.day] += other.paise
        self.rows[other.channel].append(row)

    def settle(self) -> None:
        """What came by the app in a day comes to the bank in one sum on the next."""
        for day, paise in sorted(self._settled.items()):
            if day < LAST:
                utr = new_utr(self._rng, PHONEPE._replace(way="neft"), day)
                row = self._row(HDFC, day + timedelta(1), 6 * 3600, paise, PHONEPE, utr, whole=True)
                row.why = "a settlement"
                self.rows[HDFC].append(row)

    def balance(self) -> None:
        """Put the rows in their order, decide what suppliers get, and work the balances out."""
        for channel, rows in self.rows.items():
            rows.sort(key=lambda row: (row.day, row.second))
            balance, kept = OPENING[channel], []
            for row in rows:
                if row.why == "a supplier" and row.paise == 0:
                    share = self._rng.randrange(5, 45)
                    row.paise = -max(0, (balance - LEAST) * share // 100 // 100_00 * 100_00)
                    if row.paise == 0:
                        continue
                balance += row.paise
                row.balance = balance
                kept.append(row)
            rows[:] = kept

    def _row(
        self, channel: str, day: date, second: int, paise: int, account: PayingAccount, utr: str, *, whole: bool = False
    ) -> AccountRow:
        rng = self._rng
        wide = channel == SBI and (day.month >= SBI_WIDE_FROM or day.month < FIRST.month)
        no_ref = not whole and rng.randrange(100) < NO_REF_PERCENT
        no_name = not whole and not no_ref and account.way == "upi" and rng.randrange(100) < NO_NAME_PERCENT
        out = -1 if account.whose in ("a supplier", "rent", "salary") else paise
        name = account.held.title() if channel == APP and account.bank in ("YESB", "UTIB", "ICIC") else account.held
        remark = rng.choice(REMARKS)
        passage = Passage(name, account.vpa, account.bank, account.way, utr, out, remark, wide, no_ref, no_name)
        return AccountRow(day, second, paise, shown(channel, passage), None, "")


def accounts_of_year(
    rng: Random, receipts: Iterable[TrueReceipt], others: Iterable[OtherRow]
) -> dict[str, list[AccountRow]]:
    """The rows of each account in their order, with their balances."""
    made = _Ledgers(rng)
    for receipt in receipts:
        made.take_receipt(receipt)
    for other in others:
        made.take_other(other)
    made.settle()
    made.balance()
    return made.rows


def files_of_year(rng: Random, accounts: dict[str, list[AccountRow]]) -> list[tuple[StatementFile, str]]:
    """The files in the order in which the shop gets them, each with its text."""
    spans = []
    for channel, months in ((APP, 1), (SBI, 1), (ICICI, 1), (HDFC, 3)):
        begin = ICICI_FROM if channel == ICICI else FIRST
        while begin <= LAST:
            after = _months_on(begin, months)
            spans.append((after, rng.randrange(100), channel, begin))
            begin = after
    found = []
    for nth, (after, _, channel, begin) in enumerate(sorted(spans), 1):
        first = max(begin - timedelta(OVERLAP[channel]), ICICI_FROM if channel == ICICI else FIRST)
        last = after - timedelta(1)
        rows = [row for row in accounts[channel] if first <= row.day <= last]
        text, numbered = WRITERS[channel](rows, first, last)
        ending = "tsv" if channel == SBI else "csv"
        name = f"{nth:02d}-{channel}-{begin:%Y-%m}.{ending}"
        found.append((StatementFile(name, channel, first, last, numbered), text))
    return found


def _months_on(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


Written = tuple[str, dict[int, AccountRow]]


def _sheet(above: Sequence[Sequence[str]], rows: Sequence[AccountRow], cells: Callable[[int, AccountRow], list[str]],
           below: Sequence[Sequence[str]], delimiter: str = ",") -> Written:  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(above)
    numbered = {}
    for nth, row in enumerate(rows, 1):
        writer.writerow(cells(nth, row))
        numbered[len(above) + nth] = row
    writer.writerows(below)
    return out.getvalue(), numbered


def _sbi(rows: Sequence[AccountRow], first: date, last: date) -> Written:
    def cells(nth: int, row: AccountRow) -> list[str]:
        day = f"{row.day.day} {row.day:%b %Y}"
        return [day, day, row.shown.text, row.shown.ref, _out(row, " "), _in(row, " "), rupees(row.balance)]

    above = [
        ["Account Name       :", "M/S. SHREE KRISHNA KIRANA"],
        ["Address            :", "MANDI ROAD"],
        ["Account Number     :", "_00000031234500017"],
        ["Start Date         :", f"{first.day} {first:%b %Y}"],
        ["End Date           :", f"{last.day} {last:%b %Y}"],
        [],
        ["Txn Date", "Value Date", "Description", "Ref No./Cheque No.", "        Debit", "Credit", "Balance"],
    ]
    below = [["**This is a computer generated statement and does not require a signature"]]
    return _sheet(above, rows, cells, below, "\t")


def _hdfc(rows: Sequence[AccountRow], first: date, last: date) -> Written:
    def cells(nth: int, row: AccountRow) -> list[str]:
        day = f"{row.day:%d/%m/%y}"
        amounts = [plain(-row.paise) if row.paise < 0 else "", plain(row.paise) if row.paise > 0 else ""]
        return [day, row.shown.text, row.shown.ref, day, *amounts, plain(row.balance)]

    heads = ["Date", "Narration", "Chq./Ref.No.", "Value Dt", "Withdrawal Amt.", "Deposit Amt.", "Closing Balance"]
    stars = ["********"] * 7
    above = [["HDFC BANK Ltd."], ["SHREE KRISHNA KIRANA"], [f"Statement From : {first:%d/%m/%Y} To : {last:%d/%m/%Y}"],
             [], heads, stars]  # fmt: skip
    below = [stars, ["STATEMENT SUMMARY :-"], [f"Generated On: {last:%d-%b-%Y} 19:05:11"]]
    return _sheet(above, rows, cells, below)


def _icici(rows: Sequence[AccountRow], first: date, last: date) -> Written:
    def cells(nth: int, row: AccountRow) -> list[str]:
        day = f"{row.day:%d/%m/%Y}"
        amounts = [_out(row, "0.00"), _in(row, "0.00")]
        return ["", str(nth), day, day, row.shown.ref, row.shown.text, *amounts, rupees(row.balance)]

    heads = ["", "S No.", "Value Date", "Transaction Date", "Cheque Number", "Transaction Remarks",
             "Withdrawal Amount (INR )", "Deposit Amount (INR )", "Balance (INR )"]  # fmt: skip
    above = [["DETAILED STATEMENT"], ["", "Account Number", "000401002345 ( INR )  - SHREE KRISHNA KIRANA"],
             ["", "Transaction Period", f"From {first:%d/%m/%Y} To {last:%d/%m/%Y}"], heads]  # fmt: skip
    return _sheet(above, rows, cells, [["", "Legends Used in Account Statement"], ["", "1", "VAT - Visa ATM"]])


def _app(rows: Sequence[AccountRow], first: date, last: date) -> Written:
    def cells(nth: int, row: AccountRow) -> list[str]:
        at = f"{row.day} {row.second // 3600:02d}:{row.second // 60 % 60:02d}:{row.second % 60:02d}"
        side = "CREDIT" if row.paise > 0 else "DEBIT"
        whose = [row.shown.name, row.shown.vpa]
        return [at, side, row.status, *whose, row.shown.ref, plain(abs(row.paise)), row.shown.text]

    heads = ["Date", "Type", "Status", "Payer Name", "Payer VPA", "UTR", "Amount", "Remarks"]
    return _sheet([heads], rows, cells, [])


WRITERS: dict[str, Callable[[Sequence[AccountRow], date, date], Written]] = {
    SBI: _sbi, HDFC: _hdfc, ICICI: _icici, APP: _app,
}  # fmt: skip


def _out(row: AccountRow, nothing: str) -> str:
    return rupees(-row.paise) if row.paise < 0 else nothing


def _in(row: AccountRow, nothing: str) -> str:
    return rupees(row.paise) if row.paise > 0 else nothing


def plain(paise: int) -> str:
    """Rupees with two decimals.

    >>> plain(125050)
    '1250.50'
    """
    return f"{paise // 100}.{paise % 100:02d}"


def rupees(paise: int) -> str:
    """The same with Indian commas.

    >>> rupees(12345650), rupees(99900)
    ('1,23,456.50', '999.00')
    """
    whole, part = str(paise // 100), f"{paise % 100:02d}"
    head, tail = whole[:-3], whole[-3:]
    groups: list[str] = []
    while head:
        head, groups = head[:-2], [head[-2:], *groups]
    return f"{','.join([*groups, tail])}.{part}"
