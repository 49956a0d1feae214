"""A year of trade on credit: what customers bought, what they paid and from where, with the due that made them pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random  # noqa: TID251 - seeded: the same year in each run

from tests.reconciling.names import Regular
from tests.reconciling.payers import PayingAccount

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
ICICI_FROM = date(2025, 10, 1)
DAYS = (LAST - FIRST).days + 1
RECEIPTS, CASH_ONLY, CASH_PAYMENTS = 3_600, 10, 420
APP, SBI, HDFC, ICICI = "app", "sbi", "hdfc", "icici"


@dataclass
class CreditLine:
    """A line of the shop's book: a sale on credit, or a payment as the shop typed it; `row` is its row in book.csv."""

    day: date
    type: str
    party: str
    paise: int
    mode: str
    ref: str = ""
    note: str = ""
    phone: str = ""
    row: int = 0


@dataclass
class TrueReceipt:
    """A payment of a customer that came to an account of the shop.

    `exact`: its amount is odd, and just what was due or what the last bill came to. `typed`: how the shop typed it
    already, "" if it did not; `lines`: where.
    """

    number: int
    customer: Regular
    account: PayingAccount
    day: date
    second: int
    paise: int
    channel: str
    utr: str
    exact: bool
    typed: str = ""
    lines: list[CreditLine] = field(default_factory=list)


@dataclass
class TradeYear:
    """All that happened between the shop and those who buy on credit."""

    customers: list[Regular]
    accounts: dict[str, tuple[PayingAccount, ...]]
    lines: list[CreditLine] = field(default_factory=list)
    receipts: list[TrueReceipt] = field(default_factory=list)


def year_of_trade(
    rng: Random, customers: Sequence[Regular], accounts: dict[str, tuple[PayingAccount, ...]]
) -> TradeYear:
    """What each customer bought and paid; as many receipts as are wanted in all."""
    year = TradeYear(list(customers), accounts)
    paying = [one for one in customers if one.kind in ("plain", "family")]
    without = {one.name for one in rng.sample(paying, CASH_ONLY)}
    counts = _shared_out(rng, [one.name for one in customers if one.name not in without], RECEIPTS)
    cash = _shared_out(rng, [one.name for one in customers], CASH_PAYMENTS)
    bill = 1000
    for one in customers:
        bill = _account_of(rng, year, one, counts.get(one.name, 0), cash.get(one.name, 0), bill)
    year.receipts.sort(key=lambda each: (each.day, each.second, each.utr))
    for number, receipt in enumerate(year.receipts):
        receipt.number = number
    return year


def _shared_out(rng: Random, names: Sequence[str], whole: int) -> dict[str, int]:
    """A number for each name, one at least, that come to the whole; a few get many."""
    weights = [rng.choice((1, 2, 3, 4, 4, 6, 8, 14)) for _ in names]
    counts = dict.fromkeys(names, 1)
    for name in rng.choices(names, weights, k=whole - len(names)):
        counts[name] += 1
    return counts


def _account_of(rng: Random, year: TradeYear, one: Regular, receipts: int, cash: int, bill: int) -> int:
    """One customer's year; returns the number of the last bill."""
    pays = sorted((rng.randrange(DAYS), nth) for nth in range(receipts + cash))
    in_cash = set(rng.sample(range(receipts + cash), cash))
    style, usual = rng.choice(("due", "due", "part", "bill", "other")), rng.choice((APP, APP, SBI, SBI, HDFC))
    due, before, last = 0, 0, 0
    phone = one.phone or "" if one.phone_in_book else ""
    for nth, (at, _) in enumerate(pays):
        for on in sorted(rng.randrange(before, at + 1) for _ in range(rng.randrange(1, 4) if len(pays) < 25 else 1)):
            last, bill = _bill_amount(rng), bill + 1
            day = FIRST + timedelta(days=on)
            year.lines.append(CreditLine(day, "sale", one.name, last, "credit", f"B-{bill}", phone=phone))
            due, phone = due + last, ""
        paise = _paid(rng, style, due, last)
        due, before = due - paise, at
        day = FIRST + timedelta(days=at)
        if nth in in_cash:
            year.lines.append(CreditLine(day, "receive", one.name, paise, "cash"))
        else:
            exact = paise in (due + paise, last) and paise % 50_00 != 0
            year.receipts.append(_receipt(rng, year, one, day, paise, usual, exact=exact))
    return bill


def _bill_amount(rng: Random) -> int:
    chance = rng.randrange(100)
    if chance < 55:
        return rng.randrange(45, 900) * 100
    if chance < 70:
        return rng.randrange(90, 2_400) * 50
    if chance < 92:
        return rng.randrange(900, 3_000) * 100
    return rng.randrange(2, 40) * 100_00


def _paid(rng: Random, style: str, due: int, last: int) -> int:
    """How much is paid: what is usual for a customer, or something else."""
    way = style if rng.randrange(10) < 6 else rng.choice(("due", "part", "bill", "ahead", "other"))
    if due <= 0:
        return last
    if way == "due":
        return due
    if way == "bill":
        return last
    step = 500_00 if due > 2_000_00 else 100_00 if due > 300_00 else 50_00
    if way == "part":
        return max(step, due * rng.randrange(30, 95) // 100 // step * step)
    if way == "ahead":
        return (due // step + 1) * step
    return max(20_00, due * rng.randrange(20, 100) // 100 // 100 * 100)


def _receipt(
    rng: Random, year: TradeYear, one: Regular, day: date, paise: int, usual: str, *, exact: bool
) -> TrueReceipt:
    accounts = year.accounts[one.name]
    account = accounts[-1] if rng.randrange(10) < 3 else accounts[0]
    channel = usual if rng.randrange(10) < 7 else rng.choice((APP, SBI, HDFC, ICICI))
    if account.way != "upi" and channel == APP:
        channel = SBI
    if channel == ICICI and day < ICICI_FROM:
        channel = HDFC
    utr = new_utr(rng, account, day)
    return TrueReceipt(0, one, account, day, rng.randrange(7 * 3600, 22 * 3600), paise, channel, utr, exact)


def new_utr(rng: Random, account: PayingAccount, day: date) -> str:
    """The number under which a payment goes through the banks."""
    of_day = f"{day.year % 10}{day.timetuple().tm_yday:03d}"
    if account.way == "neft":
        if rng.randrange(2):
            return f"{account.bank}N5{day:%Y%m%d}{rng.randrange(10**8):08d}"
        return f"N{day.timetuple().tm_yday:03d}{day:%y}{rng.randrange(10**10):010d}"
    if account.way == "cheque":
        return f"{rng.randrange(10**6):06d}"
    return f"{of_day}{rng.randrange(10**8):08d}"
