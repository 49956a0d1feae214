"""khata reconcile as it is typed: answers of each form, refusals that say what to do, a look without writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter

HEAD = "Date,Narration,Chq./Ref.No.,Withdrawal Amt.,Deposit Amt.,Closing Balance"
LINES = (
    "20/11/26,UPI-SURESH YADAV-R12@OKSBI-SBIN0001234-431598712004-UPI,,,457.00,1457.00",
    "20/11/26,UPI-S YADAV-XK12@YBL-SBIN0001234-431598712005-UPI,,,50.00,1507.00",
    "21/11/26,RENT,,500.00,,1007.00",
    "21/11/26,UPI-NOBODY HERE-N1@YBL-SBIN0001234-431598712006-UPI,,,60.00,1067.00",
)


@pytest.fixture
def bank(shop: Counter, tmp_path: Path) -> str:
    """A statement: a sure line (2), a doubtful one (3), money out (4), nobody's (5)."""
    assert shop("sale", "Suresh Yadav", "457", "--new", "--on", "01-11-2026").code == 0
    return written(tmp_path, *LINES)


def written(folder: Path, *lines: str) -> str:
    path = folder / "bank.csv"
    path.write_text("\n".join((HEAD, *lines, "")), encoding="utf-8")
    return str(path)


def rows(data: dict[str, list[dict[str, int]]], what: str) -> list[int]:
    return [each["row"] for each in data[what]]


def test_without_yes_nothing_is_recorded_and_the_way_is_said(shop: Counter, bank: str) -> None:
    before = shop("log", "--json").data["lines"]
    said = shop("reconcile", bank)
    assert "--yes" in said.err
    data = shop("reconcile", bank, "--json").data
    assert {what: rows(data, what) for what in ("matched", "recorded", "sure", "doubtful", "left", "out")} == {
        "matched": [], "recorded": [], "sure": [2], "doubtful": [3], "left": [5], "out": [4],
    }  # fmt: skip
    assert shop("log", "--json").data["lines"] == before


def test_with_it_what_is_sure_is_recorded_and_the_import_takes_it_back(shop: Counter, bank: str) -> None:
    data = shop("reconcile", bank, "--yes", "--json").data
    assert (rows(data, "recorded"), rows(data, "doubtful")) == ([2], [3])
    assert shop("balance", "suresh", "--json").data["net_paise"] == 0
    taken = shop("reverse", "--import", str(data["import_id"]), "--reason", "not his", "--yes")
    assert taken.code == 0, taken.err
    assert shop("balance", "suresh", "--json").data["net_paise"] == 45700
    again = shop("reconcile", bank, "--yes", "--json").data
    assert (rows(again, "recorded"), rows(again, "doubtful")) == ([], [2, 3])


@pytest.mark.parametrize("who", ["suresh", "@2", "Suresh Yadav"])
def test_an_answer_may_be_a_customer(shop: Counter, bank: str, who: str) -> None:
    data = shop("reconcile", bank, "--yes", "--answer", f"3={who}", "--json").data
    assert [(each["row"], each["party"], each["why"]) for each in data["recorded"]] == [
        (2, 2, "name"),
        (3, 2, "answer"),
    ]


@pytest.mark.parametrize("nobody", ["-", "–"])
def test_or_nobody(shop: Counter, bank: str, nobody: str) -> None:
    data = shop("reconcile", bank, "--yes", "--answer", f"3={nobody}", "--answer", f"2={nobody}", "--json").data
    assert data["recorded"] == []
    assert [(each["row"], each["why"]) for each in data["left"]] == [(2, "answer"), (3, "answer"), (5, "nobody")]


def test_or_an_entry(shop: Counter, bank: str) -> None:
    entry = shop("receive", "suresh", "55", "--mode", "upi", "--on", "20-11-2026", "--json").data["entry"]
    data = shop("reconcile", bank, "--yes", "--answer", f"3=entry {entry}", "--json").data
    assert [(each["row"], each["entry"], each["why"]) for each in data["matched"]] == [(3, entry, "answer")]


@pytest.mark.parametrize(
    "answer", ["3", "3=", "=suresh", "99=suresh", "4=suresh", "x=suresh", "1=suresh", f"{'9' * 400}=suresh"]
)
def test_an_answer_that_is_none_is_refused(shop: Counter, bank: str, answer: str) -> None:
    before = shop("log", "--json").data["lines"]
    said = shop("reconcile", bank, "--yes", "--answer", answer)
    assert said.code == 2
    assert "--answer" in said.err
    assert shop("log", "--json").data["lines"] == before


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("entry 99", "unknown_entry"),
        ("entry 3", "not_a_payment"),
        ("Nobody", "unknown_party"),
        ("entry x", "bad_entry"),
    ],
)
def test_whoever_or_whatever_is_not_there_is_refused_by_its_name(
    shop: Counter, bank: str, what: str, code: str
) -> None:
    assert shop("reconcile", bank, "--yes", "--answer", f"3={what}", "--json").refused == code


def test_an_entry_on_its_way_over_another_amount_is_no_answer(shop: Counter, bank: str) -> None:
    assert shop("receive", "suresh", "70", "--upi-pending").code == 0
    entry = shop("pending", "--json").data["pending"][0]["entry"]
    assert shop("reconcile", bank, "--yes", "--answer", f"3=entry {entry}", "--json").refused == "not_a_payment"


def test_a_balance_that_does_not_add_up_names_the_row_and_records_nothing(shop: Counter, bank: str) -> None:
    path = written(Path(bank).parent, LINES[0], LINES[2], LINES[1])
    said = shop("reconcile", path, "--yes")
    assert (said.code, "--ignore" in said.out + said.err) == (2, True)
    assert shop("balance", "suresh", "--json").data["net_paise"] == 45700
    data = shop("reconcile", path, "--yes", "--profile", "hdfc", "--ignore", "Closing Balance", "--json").data
    assert rows(data, "recorded") == [2]


def test_a_locked_day_is_refused_plainly(shop: Counter, bank: str) -> None:
    assert shop("lock", "--upto", "20-11-2026", "--yes").code == 0
    said = shop("reconcile", bank, "--yes")
    assert said.code == 2
    assert "20 Nov 2026" in said.err
    assert "khata unlock" in said.err


def test_a_file_of_customers_is_no_statement(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("date,type,party,amount\n2026-11-20,receive,Ramesh,5\n", encoding="utf-8")
    assert shop("reconcile", str(path), "--json").refused == "not_a_statement"


def test_heads_may_be_said_for_once(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("When,Narration,Debit,Credit\n20/11/2026,UPI/CR/431598712004/ASHA/SBIN,,5.00\n", encoding="utf-8")
    data = shop("reconcile", str(path), "--map", "When=date", "--json").data
    assert (data["profile"], rows(data, "left")) == ("bank", [2])


def test_at_the_counter_what_is_sure_is_recorded_after_a_yes_and_the_rest_is_asked_about(
    shop: Counter, bank: str
) -> None:
    said = shop("reconcile", bank, typed="y\n1\n")
    assert said.code == 0
    assert "Sure and new: 1" in said.out + said.err
    assert shop("balance", "suresh", "--json").data["net_paise"] == -5000


def test_and_a_no_records_nothing_of_it(shop: Counter, bank: str) -> None:
    assert shop("reconcile", bank, typed="n\n\n").code == 0
    assert shop("balance", "suresh", "--json").data["net_paise"] == 45700
