"""What else is on a shop's statements: its own money, strangers' payments, what went out, what came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random  # noqa: TID251 - seeded: the same year in each run
from typing import NamedTuple

from tests.reconciling.names import Regular, Townsfolk
from tests.reconciling.payers import PayingAccount, stranger
from tests.reconciling.trade import APP, DAYS, FIRST, HDFC, ICICI, ICICI_FROM, LAST, SBI, TradeYear, new_utr

OWNER, SHOP = "MAHESH AGARWAL", "SHREE KRISHNA KIRANA"
SUPPLIERS = ("GUPTA WHOLESALE", "HINDUSTAN FOODS LTD", "SRI VENKATESWARA OIL MILLS", "PATEL TRADING CO",
             "METRO CASH CARRY", "AMBIKA FLOUR MILL", "KHAN EGG SUPPLY")  # fmt: skip
COUNTS = {
    "a walk-in": 640,
    "a stranger with a customer's name": 18,
    "own money": 26,
    "a deposit of cash": 48,
    "interest": 10,
    "bank charges": 44,
    "rent": 12,
    "salary": 24,
    "a supplier": 150,
    "a refund to a customer": 30,
    "a payment that came back": 10,
    "money of a supplier": 8,
    "a cheque that was returned": 9,
    "a payment that failed": 60,
    "cashback": 12,
}
"""How many rows there are of each kind that is no customer's payment; of returned cheques, that came and went again."""


class OtherRow(NamedTuple):
    """A row that is no customer's payment: why, when, where, paise (money out is less than 0), from or to whom.

    A supplier is paid a share of what is there: `paise` is then nought.
    """

    why: str
    day: date
    second: int
    channel: str
    paise: int
    account: PayingAccount
    utr: str


def other_rows(rng: Random, town: Townsfolk, year: TradeYear) -> list[OtherRow]:
    """All of a year."""
    made = _Others(rng, town, year)
    found = [row for why, count in COUNTS.items() for nth in range(count) for row in made.of(why, nth)]
    return sorted(found, key=lambda row: (row.day, row.second, row.utr))


class _Others:
    def __init__(self, rng: Random, town: Townsfolk, year: TradeYear) -> None:
        self._rng, self._town, self._year = rng, town, year
        self._often = [stranger(rng, town.person(), town) for _ in range(25)]

    def of(self, why: str, nth: int) -> list[OtherRow]:
        """The rows of one such event."""
        day = FIRST + timedelta(days=self._rng.randrange(DAYS))
        match why:
            case "a walk-in" | "a stranger with a customer's name":
                return [self._stranger(why, day)]
            case "a refund to a customer":
                return [self._refund(day)]
            case "a cheque that was returned":
                return self._returned()
            case "a payment that failed":
                return [self._failed(nth)]
        return [self._plain(why, nth, day)]

    def _plain(self, why: str, nth: int, day: date) -> OtherRow:
        """A row of the shop's own business."""
        rng = self._rng
        bank, who, way = rng.choice((SBI, SBI, HDFC, ICICI)), OWNER, "neft"
        paise = rng.randrange(5, 200) * 1_000_00
        match why:
            case "own money":
                way = rng.choice(("imps", "upi", "neft"))
            case "a deposit of cash":
                way = "cash"
            case "interest":
                way, bank, paise, day = "interest", (SBI, HDFC)[nth % 2], rng.randrange(2_000, 90_000), _end(nth // 2)
            case "bank charges":
                way, paise = "charges", -rng.choice((11_80, 17_70, 59_00, 236_00, 2_95))
            case "rent":
                who, paise, day, bank = "LALCHAND ESTATES", -18_000_00, _month(nth, 5), SBI
            case "salary":
                who, way, bank = ("RAJU PRASAD", "KAMLA BAI")[nth % 2], "upi", SBI
                paise, day = -(9_000 + nth % 2 * 1_500) * 100, _month(nth // 2, 2)
            case "a supplier":
                who, way, paise = rng.choice(SUPPLIERS), rng.choice(("neft", "imps", "upi", "neft")), 0
            case "a payment that came back":
                who, way, bank, paise = (
                    rng.choice(SUPPLIERS),
                    "reversal",
                    (HDFC, SBI)[nth % 2],
                    rng.randrange(2, 60) * 100_00,
                )
            case "money of a supplier":
                who, paise = rng.choice(SUPPLIERS), rng.randrange(300, 9_000) * 100
            case "cashback":
                who, way, bank, paise = "PHONEPE CASHBACK", "upi", APP, rng.randrange(1, 60) * 100
        account = PayingAccount(who, f"{who.split()[0].lower()}.{who.split()[-1].lower()}@okaxis", "UTIB", way, why)
        return self._row(why, day, bank, paise, account)

    def _row(self, why: str, day: date, channel: str, paise: int, account: PayingAccount) -> OtherRow:
        channel = HDFC if channel == ICICI and day < ICICI_FROM else channel
        second = self._rng.randrange(8 * 3600, 21 * 3600)
        return OtherRow(why, day, second, channel, paise, account, new_utr(self._rng, account, day))

    def _stranger(self, why: str, day: date) -> OtherRow:
        rng = self._rng
        often = why == "a walk-in" and rng.randrange(10) < 3
        named = why != "a walk-in"
        account = rng.choice(self._often) if often else stranger(rng, self._town.person(), self._town)
        if named:
            full = [one for one in self._year.customers if one.name == one.latin]
            account = account._replace(held=rng.choice(full).name.upper())
        return self._row(why, day, rng.choice((APP, APP, APP, SBI, HDFC, ICICI)), rng.randrange(10, 480) * 100, account)

    def _customer(self) -> tuple[Regular, PayingAccount]:
        while True:
            one = self._rng.choice(self._year.customers)
            account = self._year.accounts[one.name][0]
            if account.way == "upi":
                return one, account

    def _refund(self, day: date) -> OtherRow:
        account = self._customer()[1]
        return self._row("a refund to a customer", day, SBI, -self._rng.randrange(1, 20) * 50_00, account)

    def _returned(self) -> list[OtherRow]:
        """A customer's cheque comes in, and goes out again within the same month."""
        rng, why = self._rng, "a cheque that was returned"
        one, account = self._customer()
        held = account._replace(held=one.latin.upper(), way="cheque")
        day = _month(rng.randrange(12), rng.randrange(4, 20))
        came = self._row(why, day, SBI, rng.randrange(5, 80) * 100_00, held)
        after = came.day + timedelta(days=rng.randrange(1, 4))
        return [came, came._replace(day=after, paise=-came.paise)]

    def _failed(self, nth: int) -> OtherRow:
        """A customer tries to pay by the app, and it comes to nothing: half of them pay a minute later."""
        rng, why = self._rng, "a payment that failed"
        if nth % 2:
            tries = [each for each in self._year.receipts if each.channel == APP]
            paid = rng.choice(tries)
            row = self._row(why, paid.day, APP, paid.paise, paid.account)
            return row._replace(second=max(0, paid.second - rng.randrange(30, 240)))
        return self._row(why, FIRST + timedelta(days=rng.randrange(DAYS)), APP, rng.randrange(2, 90) * 50_00,
                         self._customer()[1])  # fmt: skip


def _month(nth: int, day: int) -> date:
    return date(2025 + (nth + 3) // 12, (nth + 3) % 12 + 1, day)


def _end(nth: int) -> date:
    ends: Sequence[date] = (date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), LAST - timedelta(days=1), LAST)
    return ends[nth % len(ends)]
