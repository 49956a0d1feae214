"""Books that are taken out, and what other programs read in them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from khata.events.money import Line
from khata.exporting.beancount import beancount
from khata.exporting.journal import journal
from khata.exporting.tally_xml import tally_xml
from khata.exporting.transactions import JournalBook
from khata.postings.base import PARTY
from khata.questions.accounts import nets
from khata.questions.balances import balance_of, balances
from khata.questions.journal import Extract
from khata.questions.persons import persons
from khata.rules.charge import MakeCharge
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.goods import RecordSale
from khata.rules.merging import JoinParties
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.transfer import TransferBalance
from khata.units import Day, Paise, Party, Seq
from khata.views.cache import Cache
from khata.views.cut import Cut
from tests.books import Shop, in_memory, payment, rs, sale

STEERS = (
    'x"\n2026-01-01 fake\n  a:b  INR 9\u2028; [2020-01-01] date:2020-01-01, :tag: | {y}'
    " \\ ]]> </NARRATION> \x1b[2J\ufeff"
)
"""A note as nobody can type it and a hostile book may have it: ends of lines, and what steers each of the programs."""

NAMES = {
    1: "A/B: Traders",
    2: "A/B- Traders",
    3: "रमेश कुमार",
    4: 'Gupta; "Tea" {x}',
    5: "Suresh",
    6: "Suresh  2nd\tshop",
    7: "Sales",
    8: "సీతమ్మ",
    9: "a & b",
    10: "(Old) *",
}
"""The odd book's customers by number; 5 is forgotten, 6 is the same person as 3."""


def odd_book() -> Shop:
    """Each thing once that is hard to write down elsewhere."""
    shop = in_memory()
    for name in NAMES.values():
        shop.record(sale(name, 100, on="2026-10-30"))
    who = {number: Party(number) for number in NAMES}
    shop.record(RecordOpening(party=who[1], amount_paise=rs(800), on=Day("2026-03-31")))
    shop.record(RecordOpening(party=who[2], amount_paise=Paise(15075), advance=True, on=Day("2026-11-05")))
    shop.record(RecordOpening(party=who[4], amount_paise=rs(70), on=Day("2026-11-05")))
    wrong = shop.recorded()[-1].seq
    shop.record(ReverseEntry(entry=wrong, reason="not his"))
    shop.record(sale(who[3], 450, note=STEERS, ref="B-1)", paid=[("upi", rs(150)), ("cash", rs(50))]))
    part_paid = shop.recorded()[-1].seq
    shop.record(sale(None, 30, paid=[("card", rs(30))]), sale(who[3], 99, on="2026-11-10"))
    shop.record(CorrectEntry(entry=part_paid, amount_paise=rs(500)))
    shop.record(
        RecordSale(party=who[9], amount_paise=rs(7), round_off_paise=40, lines=[Line(Paise(660))], items=["Soap"])
    )
    shop.record(ReceivePayment(party=who[1], amount_paise=rs(890), mode="cheque", full=True))
    shop.record(TransferBalance(party=who[2], to=who[9], amount_paise=rs(5)))
    shop.record(MakeCharge(party=who[4], amount_paise=Paise(2550)), RefundMoney(party=who[8], amount_paise=rs(1)))
    shop.record(payment(who[5], 100, on="2026-11-12"))
    shop.record(ReverseEntry(entry=shop.recorded()[-1].seq, reason="typed twice"))
    shop.record(payment(who[5], 100), ForgetParty(party=who[5]))
    shop.record(JoinParties(party=who[3], other=who[6]))
    shop.books.catch_up()
    return shop


class Asked(NamedTuple):
    """An extract, and the views that it is taken from."""

    cache: Cache
    wanted: Extract

    @property
    def book(self) -> JournalBook:
        return JournalBook(self.cache.connection, self.wanted, "Sharma; Kirana")


def asked(cache: Cache, first: str | None, as_on: str, known: int, party: int | None = None) -> Asked:
    """An extract by its words; `known` 0 for everything."""
    last = cache.position().seq
    cut = Cut(Day(as_on), Seq(known or last), everything=not known)
    return Asked(cache, Extract(Day(first) if first else None, cut, Party(party) if party else None))


def expected(of: Asked) -> dict[tuple[str, int | None], int]:
    """What each account, and each customer's, comes to by khata, in paise; zero left out."""
    views, cut = of.cache.connection, of.wanted.cut
    if of.wanted.party is not None:
        owed = balance_of(views, of.wanted.party, cut)
        return {(PARTY, persons(views, cut.known).of(of.wanted.party)): owed} if owed else {}
    found: dict[tuple[str, int | None], int] = {
        (account, None): paise for account, paise in nets(views, cut).items() if account != PARTY and paise
    }
    return found | {(PARTY, each.party): each.balance_paise for each in balances(views, cut)}


def paise(text: str) -> int:
    """`INR -450.50` as paise."""
    whole = Decimal(text.replace("INR", "").strip()) * 100
    assert whole == int(whole), text
    return int(whole)


def _told(*command: str, home: Path) -> str:
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def laid_down(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="")
    return path


def by_hledger(path: Path) -> dict[str, int]:
    """What hledger reads, strictly: every account and the commodity must be declared."""
    said = _told("hledger", "-f", str(path), "-s", "bal", "--flat", "-N", "-O", "csv", home=path.parent)
    return {row[0]: paise(row[1]) for row in list(csv.reader(said.splitlines()))[1:] if row[1] != "0"}


def by_ledger(path: Path) -> dict[str, int]:
    """What ledger reads, pedantically: the same, and every tag."""
    form = "%(account)\t%(quantity(amount))\n"
    wanted = ("bal", "--flat", "--no-total", "--balance-format", form)
    said = _told("ledger", "-f", str(path), "--pedantic", *wanted, home=path.parent)
    return {name: paise(amount) for name, amount in (line.split("\t") for line in said.splitlines())}


BEANCOUNT = """
import json, sys
from beancount import loader
from beancount.core import realization
from beancount.core.data import Open, Transaction
entries, errors, options = loader.load_file(sys.argv[1])
sums = {}
for each in entries:
    if isinstance(each, Transaction):
        for leg in each.postings:
            sums[leg.account] = sums.get(leg.account, 0) + leg.units.number
people = {each.account: each.meta.get("party") for each in entries if isinstance(each, Open)}
print(json.dumps({"errors": [str(e) for e in errors], "title": options["title"],
    "sums": {k: [str(v), str(people[k] or 0)] for k, v in sums.items() if v}}))
"""


def by_beancount(path: Path) -> dict[str, tuple[int, int]]:
    """What beancount reads: by account the paise, and the customer's number (0 for none)."""
    done = subprocess.run([sys.executable, "-c", BEANCOUNT, str(path)], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["errors"] == []
    return {name: (paise(amount), int(party)) for name, (amount, party) in said["sums"].items()}


def by_tally(root: ET.Element) -> dict[str, int]:
    """What Tally would come to: what the ledgers begin with, and the vouchers; a debit is negative there."""
    sums: dict[str, int] = {}
    for ledger in root.iter("LEDGER"):
        name = ledger.findtext("NAME") or ""
        assert name == ledger.get("NAME")
        assert name not in sums
        sums[name] = -paise(ledger.findtext("OPENINGBALANCE") or "0")
    assert sum(sums.values()) == 0
    for voucher in root.iter("VOUCHER"):
        legs = [(leg.findtext("LEDGERNAME") or "", leg) for leg in voucher.iter("ALLLEDGERENTRIES.LIST")]
        amounts = [paise(leg.findtext("AMOUNT") or "") for _, leg in legs]
        assert sum(amounts) == 0
        for (name, leg), amount in zip(legs, amounts, strict=True):
            assert (leg.findtext("ISDEEMEDPOSITIVE") == "Yes") == (amount < 0)
            sums[name] -= amount  # a ledger that is in no master is an error
    return {name: each for name, each in sums.items() if each}


WRITERS: dict[str, Callable[[Asked], Iterable[str]]] = {
    "journal": lambda of: journal(of.book),
    "beancount": lambda of: beancount(of.book),
    "tally": lambda of: tally_xml(of.cache.connection, of.book),
}

needs_hledger, needs_ledger, needs_beancount = map(pytest.mark.peers, ("hledger", "ledger", "beancount"))
