"""The year itself: made again byte for byte, added up, read by khata's profiles, with each hard kind in its number."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from khata.importing.file import File
from khata.importing.profile import profile
from khata.importing.rows import read_file
from khata.units import Day
from tests.reconciling import names
from tests.reconciling.others import COUNTS
from tests.reconciling.payers import CONFUSED
from tests.reconciling.trade import CASH_PAYMENTS, RECEIPTS
from tests.reconciling.typing_in import CASH_BESIDE, TYPED
from tests.reconciling.year import CUSTOMERS, Year, generate
from tests.test_tidy import floats

TODAY = Day("2026-04-02")
HEADS = {"sbi": "Txn Date", "hdfc": "Date", "icici": "Transaction Date", "app": "Date"}
MONEY_COLUMNS = {
    "sbi": ("Debit", "Credit", "Balance"),
    "hdfc": ("Withdrawal Amt.", "Deposit Amt.", "Closing Balance"),
    "icici": ("Withdrawal Amount (INR )", "Deposit Amount (INR )", "Balance (INR )"),
}


def cells(year: Year, name: str) -> list[list[str]]:
    with (year.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t" if name.endswith("tsv") else ","))


def paise(typed: str) -> int:
    bare = typed.replace(",", "").strip()
    return int(Decimal(bare) * 100) if bare else 0


def test_the_same_seed_writes_the_same_bytes(year: Year, tmp_path: Path) -> None:
    again = generate(7, tmp_path)
    assert again.truth == year.truth
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {path.name: path.read_bytes() for path in year.folder.iterdir()}
    assert len(found) == len(year.files) + 2 == 36


def test_there_are_as_many_customers_and_receipts_as_are_stated(year: Year) -> None:
    assert len({one.name for one in year.trade.customers}) == CUSTOMERS
    assert len(year.receipts) == len({one.number for one in year.receipts}) == RECEIPTS == 3_600
    first = [one for one in year.truth.values() if one.kind in ("typed", "payment", "unknowable")]
    assert sorted(one.receipt or 0 for one in first) == list(range(RECEIPTS))
    assert len({one.utr for one in year.receipts if len(one.utr) > 6}) == sum(len(one.utr) > 6 for one in year.receipts)


def test_each_way_of_typing_is_there_in_its_number(year: Year) -> None:
    typed = Counter(one.typed for one in year.receipts if one.lines)
    assert typed == TYPED
    assert sum(TYPED.values()) == RECEIPTS // 4
    untyped = Counter(one.typed for one in year.receipts if not one.lines)
    assert (untyped["not, and as much in cash"], untyped["not, and like one that was"]) == (CASH_BESIDE, 8)
    assert sum(line.type == "receive" and line.mode == "cash" for line in year.lines) == (
        CASH_PAYMENTS + CASH_BESIDE + TYPED["with its reference, as cash"]
    )


def test_each_kind_of_row_that_is_no_payment_is_there_in_its_number(year: Year) -> None:
    found = Counter(one.why for one in year.truth.values() if one.kind == "none")
    twice = {"a cheque that was returned"}
    # A supplier is paid only while there is something to pay with.
    expected = {why: count * (2 if why in twice else 1) for why, count in COUNTS.items() if why != "a supplier"}
    assert {why: found[why] for why in expected} == expected
    assert found["a supplier"] > 100
    assert found["a settlement"] > 300


def test_some_customers_have_one_name_or_pay_from_the_account_of_somebody_else(year: Year) -> None:
    latin = Counter(full for _, full in names.NAMESAKES)
    assert sum(count > 1 for count in latin.values()) >= 3
    whose = Counter(accounts[0].whose for accounts in year.trade.accounts.values())
    assert whose["relative"] > 15
    assert whose["business"] > 5
    customers = {one.latin.upper(): one.name for one in year.trade.customers}
    confused = [
        name
        for name, accounts in year.trade.accounts.items()
        if accounts[0].whose == "relative" and customers.get(accounts[0].held, name) != name
    ]
    assert len(confused) == CONFUSED


def test_what_nobody_could_know_is_little_and_more_than_one_may_be_asked_about(year: Year) -> None:
    unknowable = [one for one in year.truth.values() if one.kind == "unknowable"]
    assert 60 < len(unknowable) < 250
    assert all(one.party in one.acceptable for one in unknowable)
    assert {one.why for one in unknowable} == {
        "several have this name", "it names another customer", "nobody in the book has this name",
    }  # fmt: skip


def test_addresses_go_by_phone_by_name_and_by_chance_and_some_rows_have_no_name_or_number(year: Year) -> None:
    rows = [row for file in year.statements for row in file.rows.values() if row.receipt]
    vpas = [row.receipt.account.vpa for row in rows if row.receipt and row.receipt.account.way == "upi"]
    assert sum(bool(re.match(r"[6-9]\d{9}\D", vpa)) for vpa in vpas) > 1_000
    assert sum(bool(re.match(r"[a-z]{6}\d", vpa)) for vpa in vpas) > 300
    upi = [row for row in rows if row.receipt and row.receipt.account.way == "upi"]
    assert sum(not row.shown.name for row in upi) > 50
    assert sum(not row.shown.utr for row in upi) > 30
    assert sum(row.shown.cut for row in rows) > 400


def test_rows_come_again_in_the_next_file_and_in_the_list_of_the_app(year: Year) -> None:
    again = [one.receipt for one in year.truth.values() if one.kind == "again"]
    channels: dict[int, set[str]] = defaultdict(set)
    for file in year.statements:
        for row in file.rows.values():
            if row.receipt:
                channels[row.receipt.number].add(file.channel)
    in_both = sum(len(each) > 1 for each in channels.values())
    assert in_both > 80
    assert len(again) - in_both > 100


def test_every_row_with_a_day_has_an_answer_and_no_other_row_has_one(year: Year) -> None:
    for file in year.statements:
        dated = {
            nth
            for nth, row in enumerate(cells(year, file.name), 1)
            if any(re.match(r"\d{1,4}[-/ ]\w{2,3}[-/ ]\d{2,4}", cell) for cell in (row[:1] + row[2:3]))
            if len(row) > 5
        }
        assert dated == set(file.rows) == {row for name, row in year.truth if name == file.name}


def test_the_balance_beside_each_row_is_what_the_rows_come_to(year: Year) -> None:
    for file in year.statements:
        if file.channel == "app":
            continue
        table = cells(year, file.name)
        heads = [each.strip() for each in table[min(file.rows) - 2]]
        heads = heads if file.channel != "hdfc" else [each.strip() for each in table[min(file.rows) - 3]]
        out, into, balance = (heads.index(each) for each in MONEY_COLUMNS[file.channel])
        rows = [table[number - 1] for number in sorted(file.rows)]
        for before, after in pairwise(rows):
            assert paise(before[balance]) + paise(after[into]) - paise(after[out]) == paise(after[balance]), after
        assert all(paise(row[balance]) > 0 for row in rows)


def read(path: Path, name: str) -> File:
    return read_file(str(path), TODAY, profile(name))


def test_khata_reads_every_statement_by_its_profile(year: Year) -> None:
    for file in year.statements:
        found = read(year.folder / file.name, year.profiles[file.name])
        assert set(found.faults.by_code) <= {"nobody_named", "empty_cell"}
        assert found.balance_checked == (file.channel != "app")
        assert [(row.number, row.on, row.amount_paise) for row in found.rows] == [
            (number, row.day.isoformat(), row.paise)
            for number, row in sorted(file.rows.items())
            if row.paise > 0 and row.status == "SUCCESS" and number not in found.unread
        ]
        found.close()


def test_khata_reads_the_book(year: Year) -> None:
    found = read(year.book, "khata")
    assert not found.faults.total
    assert [(row.number, row.on, row.amount_paise) for row in found.rows] == [
        (line.row, line.day.isoformat(), line.paise) for line in year.lines
    ]
    assert {name.text for name in found.names} == {one.name for one in year.trade.customers}
    found.close()


def test_most_of_what_was_bought_is_paid_in_the_end(year: Year) -> None:
    bought = sum(line.paise for line in year.lines if line.type == "sale")
    cash = sum(line.paise for line in year.lines if line.mode == "cash" and not line.ref)
    paid = cash + sum(one.paise for one in year.receipts)
    assert bought * 80 // 100 < paid < bought


def test_the_answers_are_written_down_for_people(year: Year) -> None:
    with (year.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], int(row["row"])) for row in rows] == list(year.truth)


def test_no_float_comes_near_the_money_of_a_year() -> None:
    folder = Path(__file__).parent
    assert {path.name: list(floats(path)) for path in folder.glob("*.py") if list(floats(path))} == {}
