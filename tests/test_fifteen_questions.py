"""The fifteen questions of an accountant who sits with a year: one command each, its answer held against plain SQL."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from tests.sample_shops import SAMPLES, SHOPS, Fact, SampleShop, facts, opened, summed, tables

FY, END = "FY2025-26", "2026-03-31"


class Asked:
    """A shop at which questions are typed, and what its own files say."""

    def __init__(self, name: str, home: Path) -> None:
        self.shop: SampleShop = opened(name, home)
        self.khata = Counter(home, environ={"KHATA_BOOK": str(self.shop.path)})
        self.import_at: str = self.shop.about["import_at"]
        self.all = [fact for fact in facts(SAMPLES / name, self.import_at) if fact.day <= END]
        self.sql = tables(SAMPLES / name)

    def __call__(self, line: str) -> dict[str, Any]:
        return self.khata(*line.split(), "--json").data

    def of(self, figure: str) -> list[Fact]:
        return [fact for fact in self.all if fact.figure == figure]

    def parts(self, line: str, key: str = "key") -> dict[str, int]:
        rows = self(line)["rows"]
        return {row[key] or row["key"]: row["amount_paise"] for row in rows if row["amount_paise"]}

    def owed(self, known: str) -> dict[str, int]:
        """What everybody owes at the end, as expected.csv has it."""
        with (self.shop.folder / "expected.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if (row["as_on"], row["known"]) == (END, known)]
        return {row["party"]: int(row["balance_paise"]) for row in rows}


@pytest.fixture(scope="module", params=SHOPS)
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(request.param, tmp_path_factory.mktemp(request.param))


def test_1_what_was_sold_month_by_month(year: Asked) -> None:
    assert year.parts(f"sales --period {FY}") == summed(year.of("sales"), "month")


def test_2_how_much_of_it_was_paid_at_once_and_how_much_went_on_khata(year: Asked) -> None:
    found = year.parts(f"sales --per mode --period {FY}")
    assert found | {"khata": found["party"]} == summed(year.of("sales"), "mode") | {"party": found["party"]}


def test_3_what_money_came_in_and_how(year: Asked) -> None:
    assert year.parts(f"receipts --per mode --period {FY}") == summed(year.of("receipts"), "mode")


def test_4_what_goods_came_back(year: Asked) -> None:
    assert year.parts(f"returns --period {FY}") == summed(year.of("returns"), "month")


def test_5_what_was_let_go_and_to_whom(year: Asked) -> None:
    assert year.parts(f"discounts --per customer --period {FY}", "name") == summed(year.of("discounts"), "party")


def test_6_whose_debts_were_written_off(year: Asked) -> None:
    assert year.parts(f"write-offs --per customer --period {FY}", "name") == summed(year.of("write-offs"), "party")


def test_7_what_was_brought_forward_from_the_paper_book(year: Asked) -> None:
    assert year.parts(f"openings --per customer --period {FY}", "name") == summed(year.of("openings"), "party")


def test_8_what_everybody_owed_at_the_end_as_known_when_it_was_filed_and_now(year: Asked) -> None:
    filed = year.sql.execute("SELECT count(*) FROM trade").fetchone()[0]
    for known, clock in (("import", "--known-at 01-04-2026"), ("all", "")):
        found = year(f"balance --as-on {END} {clock}")["parties"]
        wanted = {party: owed for party, owed in year.owed(known).items() if owed}
        assert {row["name"]: row["balance_paise"] for row in found} == wanted
    assert filed > 2500


def test_9_what_changed_since_it_was_filed(year: Asked) -> None:
    data = year(f"changes --as-on {END} --since 01-04-2026")
    then, now = year.owed("import"), year.owed("all")
    found = {row["name"]: (row["then_paise"], row["now_paise"]) for row in data["parties"] if row["party"] is not None}
    assert {name: both for name, both in found.items() if both[0] != both[1]} == {
        name: (then.get(name, 0), now[name]) for name in now if then.get(name, 0) != now[name]
    }
    accounts = {row["account"]: row["now_paise"] - row["then_paise"] for row in data["accounts"]}
    since = [fact for fact in year.of("sales") if fact.at > year.import_at]
    assert -accounts.get("sales", 0) == sum(fact.paise for fact in since)


def test_10_what_was_cancelled_or_corrected_by_whom_and_why(year: Asked) -> None:
    lines = year(f"edit-log --by-day --period {FY}")["lines"]
    taken = [line for line in lines if line["what"] in ("reversal", "import_reversed", "correction")]
    # A correction of the day is told on both days, by the entry that stands now.
    told = {line["entry"]: line["reason"] for line in taken}
    wanted = [
        reason for (reason,) in year.sql.execute("SELECT reason FROM later WHERE \"do\" IN ('reverse', 'correct')")
    ]
    assert sorted(told.values()) == sorted(wanted)
    assert all(line["by_name"] for line in taken)


def test_11_what_was_typed_late_and_by_how_much(year: Asked) -> None:
    lines = [line for line in year(f"edit-log --by-day --period {FY}")["lines"] if line["what"] == "late"]
    wanted = year.sql.execute(
        'SELECT "on", CAST(julianday(date(at, \'+330 minutes\')) - julianday("on") AS INTEGER) FROM later'
        ' WHERE "do" = \'record\' AND "on" <= ?',
        (END,),
    ).fetchall()
    assert sorted((line["on"], line["days_late"]) for line in lines) == sorted(wanted)


def test_12_who_paid_two_lakh_or_more_in_cash_in_a_day(year: Asked) -> None:
    cash: dict[tuple[str, str], int] = {}
    for fact in year.of("receipts"):
        if fact.mode == "cash":
            cash[fact.party, fact.day] = cash.get((fact.party, fact.day), 0) + fact.paise
    wanted = {(party, day) for (party, day), paise in cash.items() if paise >= 200_000_00 and party != "counter"}
    lines = [line for line in year(f"audit cash --period {FY}")["lines"] if line["why"] == "day" and line["party"]]
    assert {(line["name"], line["on"]) for line in lines} == wanted


def test_13_which_dues_are_near_three_years(year: Asked) -> None:
    # The books begin with 1 April 2025: by the end of March 2028 what is left of that day comes near.
    assert year(f"audit old --as-on {END}")["lines"] == []
    found = {row["name"]: row["due_paise"] for row in year(f"audit old --as-on {END} --within 1095d")["lines"]}
    owing = {party: owed for party, owed in year.owed("all").items() if owed > 0}
    assert found.keys() <= owing.keys()
    assert all(0 < due <= owing[name] for name, due in found.items())
    assert found


def test_14_which_bill_numbers_are_missing_or_stand_twice(year: Asked) -> None:
    numbers = [
        int(found[1])
        for (ref,) in year.sql.execute(
            "SELECT ref FROM trade WHERE type = 'sale' AND ref <> ''"
            " UNION ALL SELECT ref FROM later WHERE type = 'sale' AND ref <> ''"
        )
        if (found := re.search(r"(\d{1,9})$", ref))
    ]
    lines = [line for line in year(f"audit numbers --period {FY}")["lines"] if line["kind"] == "sale_recorded"]
    if numbers:
        missing = max(numbers) - min(numbers) + 1 - len(set(numbers))
        assert sum(line["missing_total"] for line in lines) == missing
        assert sum(line["count"] for line in lines) == len(set(numbers))
    else:
        assert lines == []


def test_15_do_debits_and_credits_agree_and_with_what(year: Asked) -> None:
    data = year(f"trial --as-on {END}")
    accounts = {row["account"]: row["debit_paise"] - row["credit_paise"] for row in data["accounts"]}
    assert data["debit_paise"] == data["credit_paise"] > 0
    assert -accounts["sales"] == sum(fact.paise for fact in year.of("sales"))
    assert accounts["party"] == sum(year.owed("all").values())
    received = summed(year.of("receipts"), "mode")
    assert {mode: accounts.get(mode) for mode in received} == received
