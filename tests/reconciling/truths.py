"""What each row of a year's statements is in truth, and of which rows nobody could have known it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tests.reconciling.names import Regular
from tests.reconciling.payers import PayingAccount
from tests.reconciling.spelling import likeness
from tests.reconciling.statements import AccountRow, StatementFile
from tests.reconciling.trade import CreditLine, TradeYear, TrueReceipt

TruthKind = Literal["typed", "payment", "unknowable", "again", "none"]
NEAR = timedelta(days=3)


@dataclass(frozen=True)
class RowTruth:
    """What a row is.

    Attributes:
        kind: `typed`: the payment stands in the book already, in `lines`; `payment`: of `party`, and the book does not
            have it; `unknowable`: a payment of `party`, but what the statement and the book say fits another one, or
            nobody at all: whoever is sure has guessed, and `acceptable` are those who may be asked about; `again`: a
            row that an earlier file, or an earlier row, had; `none`: no customer's payment, `why` says what it is.
        receipt: the number of the payment; None for `none`.
        lines: rows of book.csv that stand for it.
        why: how it was typed, what it is, or what makes it unknowable.
    """

    kind: TruthKind
    party: str = ""
    receipt: int | None = None
    lines: tuple[int, ...] = ()
    acceptable: frozenset[str] = frozenset()
    why: str = ""


@dataclass
class _Sight:
    """What could be known of a receipt from its row, without the files before."""

    strong: frozenset[str]
    weak: frozenset[str]


class _Onlooker:
    """Somebody patient who reads file after file, and is told who paid wherever that cannot be seen."""

    def __init__(self, year: TradeYear, accounts: Iterable[PayingAccount]) -> None:
        self._customers = year.customers
        self._vpas = sorted({(each.vpa.lower(), owner) for each, owner in _owned(year, accounts) if each.vpa})
        self._phones: dict[str, list[str]] = defaultdict(list)
        for one in year.customers:
            if one.phone and one.phone_in_book:
                self._phones[one.phone].append(one.name)
        self._seen_vpas: set[tuple[str, str]] = set()
        self._seen_names: dict[str, set[str]] = defaultdict(set)
        self._sights: dict[tuple[str, bool], _Sight] = {}
        self._paid: dict[int, list[CreditLine]] = defaultdict(list)
        for line in year.lines:
            if line.type == "receive" and line.mode != "cash":
                self._paid[line.paise].append(line)

    def has_seen(self, row: AccountRow, whose: str) -> None:
        """It is clear whose a row is, and with that its address."""
        if row.receipt and row.shown.vpa:
            self._seen_vpas.add((row.receipt.account.vpa.lower(), whose))

    def has_read(self, rows: Iterable[AccountRow]) -> None:
        """A file was read to its end, and asked about."""
        for row in rows:
            whose = row.receipt.customer.name if row.receipt else ""
            self._seen_names[row.shown.name.upper()].add(whose)
            self.has_seen(row, whose)

    def knows(self, row: AccountRow, receipt: TrueReceipt) -> tuple[str, frozenset[str]]:
        """Why nobody could know whose payment a row is, "" where somebody could; and who may be asked about."""
        whose, sight = receipt.customer.name, self._sight(row.shown.name.upper(), cut=row.shown.cut)
        # Who has an address made of letters often has his name in it.
        letters = re.sub(r"[^A-Z]+", " ", row.shown.vpa.partition("@")[0].upper()).strip()
        address = self._sight(letters, cut=True)
        strong, weak = (sight if row.shown.name else address).strong, sight.weak
        if self._by_vpa(row, receipt) or receipt.exact:
            return "", frozenset()
        if receipt.lines and self._by_line(receipt, strong | weak):
            return "", frozenset()
        asked = (strong or weak) | {whose}
        if strong == {whose} or (not strong and whose in (*weak, *address.strong) and len(weak | address.strong) == 1):
            return "", frozenset()
        if self._seen_names[row.shown.name.upper()] == {whose} and strong <= {whose} and row.shown.name:
            return "", frozenset()
        if whose in strong or (whose in weak and not strong):
            return "several have this name", asked
        return ("it names another customer" if strong else "nobody in the book has this name"), asked

    def _sight(self, shown: str, *, cut: bool) -> _Sight:
        key = shown, cut
        if key not in self._sights:
            found: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}
            for one in self._customers:
                best = max(likeness(key[0], name, cut=key[1]) for name in _called(one))
                found[best].add(one.name)
            self._sights[key] = _Sight(frozenset(found[2]), frozenset(found[1]))
        return self._sights[key]

    def _by_vpa(self, row: AccountRow, receipt: TrueReceipt) -> bool:
        """Whether the VPA or the number that is shown was this customer's before, or is one that the book has."""
        shown, whose = row.shown.vpa.lower(), receipt.customer.name
        if not shown:
            return False
        if self._phones.get(shown[:10]) == [whose]:
            return True
        owners = {owner for _, owner in self._beginning(shown)}
        return owners == {whose} and (receipt.account.vpa.lower(), whose) in self._seen_vpas

    def _beginning(self, shown: str) -> Iterator[tuple[str, str]]:
        place = bisect_left(self._vpas, (shown, ""))
        while place < len(self._vpas) and self._vpas[place][0].startswith(shown):
            yield self._vpas[place]
            place += 1

    def _by_line(self, receipt: TrueReceipt, named: frozenset[str]) -> bool:
        """Whether the line that the shop typed is the only one of these days that can be meant."""
        near = [line for line in self._paid[receipt.paise] if abs(line.day - receipt.day) <= NEAR]
        parties = {line.party for line in near}
        of_named = parties & named
        whose = receipt.customer.name
        return of_named == {whose} or (not of_named and parties == {whose})


def _called(one: Regular) -> list[str]:
    book = one.latin if one.kind == "script" else one.name
    return [book, *one.aliases]


def _owned(year: TradeYear, others: Iterable[PayingAccount]) -> Iterator[tuple[PayingAccount, str]]:
    for name, accounts in year.accounts.items():
        yield from ((account, name) for account in accounts)
    yield from ((account, "") for account in others if account.whose == "stranger")


def truths(
    year: TradeYear, files: Sequence[StatementFile], others: Iterable[PayingAccount]
) -> dict[tuple[str, int], RowTruth]:
    """The truth of every row, the files read in their order."""
    onlooker = _Onlooker(year, others)
    receipts: dict[int, RowTruth] = {}
    plain: set[int] = set()
    found: dict[tuple[str, int], RowTruth] = {}
    for file in files:
        first: list[_News] = []
        for number, row in file.rows.items():
            key = file.name, number
            if row.receipt is None:
                again = id(row) in plain
                found[key] = RowTruth("none", why=row.why + (", once more" if again else ""))
                plain.add(id(row))
            elif (before := receipts.get(row.receipt.number)) is not None:
                found[key] = RowTruth(
                    "again", before.party, before.receipt, before.lines, before.acceptable, before.kind
                )
            else:
                found[key] = receipts[row.receipt.number] = _truth(onlooker, row, row.receipt)
                news = file.name, number, row, row.receipt
                first.append(news)
        _look_again(onlooker, first, receipts, found)
        onlooker.has_read(file.rows.values())
    return found


_News = tuple[str, int, AccountRow, TrueReceipt]


def _look_again(
    onlooker: _Onlooker, news: list[_News], receipts: dict[int, RowTruth], found: dict[tuple[str, int], RowTruth]
) -> None:
    """What one row of a file says of an address is known of the others: look until nothing more is."""
    clear = -1
    while clear != (clear := sum(receipts[receipt.number].kind != "unknowable" for *_, receipt in news)):
        for _, _, row, receipt in news:
            if receipts[receipt.number].kind != "unknowable":
                onlooker.has_seen(row, receipt.customer.name)
        for name, number, row, receipt in news:
            found[name, number] = receipts[receipt.number] = _truth(onlooker, row, receipt)


def _truth(onlooker: _Onlooker, row: AccountRow, receipt: TrueReceipt) -> RowTruth:
    whose, lines = receipt.customer.name, tuple(line.row for line in receipt.lines)
    if row.shown.utr and any(line.ref == row.shown.utr for line in receipt.lines):
        return RowTruth("typed", whose, receipt.number, lines, why=receipt.typed)
    why, asked = onlooker.knows(row, receipt)
    if why:
        return RowTruth("unknowable", whose, receipt.number, lines, asked, why)
    return RowTruth("typed" if lines else "payment", whose, receipt.number, lines, why=receipt.typed)
