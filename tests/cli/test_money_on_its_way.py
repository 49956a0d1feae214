"""What every table, journal and proof makes of payments on their way, that came back, and for several."""

from __future__ import annotations

import csv
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

VERIFY = Path(__file__).parents[2] / "docs" / "verify.py"


@pytest.fixture
def verma(shop: Counter) -> Counter:
    """A sale of ₹10,000 on 1 August, its cheque on 1 October (entry 5), which came back on the 10th (8, and ₹250)."""
    for line in (
        "sale verma 10000 --new --on 01-08-2026",
        "receive verma 10000 --mode cheque --ref 000451 --on 01-10-2026",
        "receive verma 700 --upi-pending --on 02-10-2026",
    ):
        assert shop(*line.split()).code == 0, line
    entry = last(shop, "payment_received")
    assert shop("bounced", entry, "--charge", "250", "--on", "10-10-2026", "--reason", "funds").code == 0
    return shop


def last(shop: Counter, kind: str) -> str:
    rows = shop("log", "--json").data["lines"]
    return str([row["entry"] for row in rows if row["kind"] == kind][-1])


def lines(shop: Counter, *words: str) -> list[tuple[str, int, int]]:
    found = shop("statement", "verma", *words, "--json").data
    return [(each["on"], each["debit_paise"] - each["credit_paise"], each["balance_paise"]) for each in found["lines"]]


def owed(shop: Counter, who: str, *words: str) -> int:
    return int(shop("balance", who, *words, "--json").data["net_paise"])


def test_a_cheque_counts_until_the_day_on_which_it_came_back(verma: Counter) -> None:
    assert lines(verma) == [
        ("2026-08-01", 1000000, 1000000),
        ("2026-10-01", -1000000, 0),
        ("2026-10-10", 25000, 25000),
        ("2026-10-10", 1000000, 1025000),
    ]
    assert owed(verma, "verma", "--as-on", "05-10-2026") == 0
    assert owed(verma, "verma", "--as-on", "09-10-2026") == 0
    assert owed(verma, "verma", "--as-on", "10-10-2026") == 1025000
    assert "SETTLED" in verma("balance", "verma", "--as-on", "05-10-2026").out


def test_statements_of_any_days_agree_with_the_balances(verma: Counter) -> None:
    days = ["2026-08-01", "2026-09-30", "2026-10-01", "2026-10-05", "2026-10-10", "2026-10-11"]
    for first in days:
        for to in days[days.index(first) :]:
            found = verma("statement", "verma", "--from", first, "--to", to, "--json").data
            moved = sum(each["debit_paise"] - each["credit_paise"] for each in found["lines"])
            assert found["opening_paise"] + moved == found["closing_paise"]
            assert found["closing_paise"] == owed(verma, "verma", "--as-on", to)
            assert found["times_bounced"] == (to >= "2026-10-10")
            assert len(found["pending"]) == (to >= "2026-10-02")


def test_what_was_known_before_it_came_back_is_what_stood_then(verma: Counter) -> None:
    paid = last(verma, "payment_received")
    assert lines(verma, "--known-at", f"e{paid}")[-1] == ("2026-10-01", -1000000, 0)
    page = verma("statement", "verma", "--known-at", f"e{paid}").out
    assert "came back" not in page
    assert "on its way" not in page
    assert "came back unpaid, see entry" in verma("statement", "verma").out
    shown = verma("party", "show", "verma", "--json").data
    assert (shown["times_bounced"], shown["bounced_last_on"], shown["pending_paise"]) == (1, "2026-10-10", 70000)
    shown = verma("party", "show", "verma", "--as-on", "09-10-2026", "--json").data
    assert (shown["times_bounced"], shown["pending_paise"]) == (0, 70000)


def test_what_came_back_is_as_old_as_what_was_sold(verma: Counter) -> None:
    (due,) = verma("dues", "--as-on", "10-10-2026", "--json").data["parties"]
    assert due["by_age_paise"] == [25000, 0, 1000000, 0]
    assert due["oldest_on"] == "2026-08-01"
    assert verma("dues", "--as-on", "05-10-2026", "--json").data["parties"] == []


def test_the_cheque_account_is_empty_again_and_money_on_its_way_is_in_none(verma: Counter) -> None:
    for day, cheque in (("05-10-2026", 1000000), ("10-10-2026", 0)):
        rows = verma("trial", "--as-on", day, "--json").data["accounts"]
        by_account = {row["account"]: row["debit_paise"] - row["credit_paise"] for row in rows}
        assert by_account.get("cheque", 0) == cheque
        assert "upi" not in by_account
        assert sum(by_account.values()) == 0


def test_the_day_book_and_the_edit_log_tell_of_it(verma: Counter) -> None:
    entry = last(verma, "payment_received")
    assert f"payment that came back unpaid: entry {entry}" in verma("daybook", "10-10-2026").out
    log = verma("edit-log").out
    assert f"payment that came back unpaid: {entry} (received)" in log


@pytest.mark.parametrize("words", [(), ("--lang", "hi")])
def test_on_the_same_day_it_is_one_line(shop: Counter, words: tuple[str, ...]) -> None:
    shop("receive", "ramesh", "5", "--mode", "cheque")
    shop("bounced", last(shop, "payment_received"))
    page = shop("statement", "ramesh", *words).out
    assert ("came back the same day" if not words else "उसी दिन लौट आया") in page
    assert ("₹5.00 · came back" if not words else "₹5.00 · पैसा लौट आया") in shop("daybook", *words).out


# --- out and in again


def exported(shop: Counter, path: Path) -> list[dict[str, str]]:
    assert shop("export", "-o", str(path)).code == 0
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8").removeprefix("\ufeff"))))


def another(shop: Counter) -> Counter:
    there = Counter(shop.home / "there", shop.now)
    there.home.mkdir()
    assert there("init", "Another Shop").code == 0
    return there


def balances(shop: Counter) -> dict[str, int]:
    return {row["name"]: row["balance_paise"] for row in shop("balance", "--json").data["parties"]}


def three(shop: Counter) -> Counter:
    for name in ("asha", "bina", "chand"):
        assert shop("sale", name, "1000", "--new").code == 0
    assert shop("receive", "--for", "asha=300,bina=200,chand=100", "--mode", "upi", "--ref", "U-1").code == 0
    return shop


def test_shares_of_one_payment_come_back_whole_and_once(shop: Counter, tmp_path: Path) -> None:
    three(shop)
    rows = exported(shop, tmp_path / "all.csv")
    assert [row["ref"] for row in rows if row["type"] == "receive"][-3:] == ["U-1"] * 3
    there = another(shop)
    answer = there("import", str(tmp_path / "all.csv"), "--new-parties", "safe", "--json")
    assert answer.code == 0, answer.out
    assert balances(there) == balances(shop)
    again = there("import", str(tmp_path / "all.csv"), "--json")
    assert (again.code, again.data["recorded"]) == (0, 0)
    here = shop("import", str(tmp_path / "all.csv"), "--same-rows", "skip", "--json")
    assert (here.code, here.data["recorded"]) == (0, 0)


def test_with_a_share_that_was_put_right_and_one_that_came_back(shop: Counter, tmp_path: Path) -> None:
    three(shop)
    a, b, c = (
        str(row["entry"]) for row in shop("log", "--json").data["lines"][-3:] if row["kind"] == "payment_received"
    )
    assert shop("correct", a, "350", "--on", "yesterday", "--mode", "bank").code == 0
    shop.now = shop.now.replace(month=12, day=3)
    assert shop("bounced", c, "--charge", "20").code == 0
    assert b
    rows = exported(shop, tmp_path / "all.csv")
    assert len([row for row in rows if row["ref"] == "U-1"]) == 4
    there = another(shop)
    answer = there("import", str(tmp_path / "all.csv"), "--new-parties", "safe", "--json")
    assert answer.code == 0, answer.out
    assert balances(there) == balances(shop)


def test_a_doubled_row_is_refused_and_in_anybodys_own_file_any_second_one(shop: Counter, tmp_path: Path) -> None:
    three(shop)
    exported(shop, tmp_path / "all.csv")
    text = (tmp_path / "all.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if ",bina," in line and "U-1" in line)
    (tmp_path / "doubled.csv").write_text(text + row + "\n", encoding="utf-8")
    sale = row.replace(",receive,", ",sale,").replace(",bina,", ",Zulfiqar,")
    (tmp_path / "sale.csv").write_text(text + sale + "\n", encoding="utf-8")
    own = "date,type,party,amount,mode,ref\n21-11-2026,receive,asha,300,upi,U-1\n21-11-2026,receive,bina,200,upi,U-1\n"
    (tmp_path / "own.csv").write_text(own, encoding="utf-8")
    there = another(shop)
    for name in ("doubled", "sale", "own"):
        answer = there("import", str(tmp_path / f"{name}.csv"), "--new-parties", "safe", "--json")
        assert answer.refused == "bad_rows", answer.out
        assert [fault["code"] for fault in answer.envelope["refused"]["facts"]["faults"]] == ["ref_twice"]


def test_a_row_with_the_reference_of_a_payment_on_its_way_is_a_fault_that_says_what_to_do(
    shop: Counter, tmp_path: Path
) -> None:
    assert shop("receive", "ramesh", "700", "--upi-pending", "--ref", "u-9").code == 0
    begun = int(last(shop, "payment_begun"))
    path = tmp_path / "bank.csv"
    path.write_text("date,type,party,amount,mode,ref\n22-11-2026,receive,Ramesh Kumar,700,upi,U-9\n", encoding="utf-8")
    (fault,) = shop("import", str(path), "--json").envelope["refused"]["facts"]["faults"]
    assert (fault["code"], fault["facts"]["entry"]) == ("ref_pending", begun)
    assert f"khata confirm {begun}" in shop("import", str(path)).err
    assert shop("confirm", str(begun), "--ref", "U-9").code == 0
    answer = shop("import", str(path), "--json")
    assert (answer.code, answer.data["recorded"]) == (0, 0)


BANK = "date,type,party,amount,mode,ref\n01-10-2026,receive,verma,10000,cheque,{ref}\n"


@pytest.mark.parametrize("ref", ["000451", ""])
def test_the_row_of_a_cheque_that_came_back_is_known(verma: Counter, tmp_path: Path, ref: str) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(BANK.format(ref=ref), encoding="utf-8")
    answer = verma("import", str(path), "--same-rows", "skip", "--json")
    assert (answer.code, answer.data["recorded"]) == (0, 0)
    path.write_text(BANK.format(ref=ref or "000452").replace("01-10", "12-10"), encoding="utf-8")
    answer = verma("import", str(path), "--json")
    assert (answer.code, answer.data["recorded"]) == (0, 1)


def test_a_file_of_which_all_came_back_is_known_all_the_same(verma: Counter, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(BANK.format(ref="000777").replace("10000", "20"), encoding="utf-8")
    assert verma("import", str(path), "--json").data["recorded"] == 1
    assert verma("bounced", last(verma, "payment_received")).code == 0
    assert verma("import", str(path), "--json").data["recorded"] == 0


@pytest.mark.parametrize("form", ["ledger", "hledger", "beancount", "tally", "jsonl"])
def test_every_journal_takes_them(verma: Counter, form: str) -> None:
    three(verma)
    answer = verma("export", "--format", form)
    assert answer.code == 0, answer.err
    assert answer.out.count("U-1") == 3 or form == "jsonl"
    assert "700.00" not in answer.out or form == "jsonl"


def test_the_book_holds_and_is_the_same_when_it_is_built_anew(verma: Counter) -> None:
    three(verma)
    before = (
        verma("balance", "--json").data,
        verma("pending", "--json").data,
        verma("statement", "verma", "--json").data,
    )
    assert verma("verify").code == 0
    assert verma("rebuild").code == 0
    after = verma("balance", "--json").data, verma("pending", "--json").data, verma("statement", "verma", "--json").data
    assert before == after


def test_on_a_day_before_it_was_settled_it_was_on_its_way(verma: Counter) -> None:
    begun = last(verma, "payment_begun")
    verma("confirm", begun, "--on", "05-10-2026")
    for day, coming, owes in (("01-10-2026", 0, 0), ("04-10-2026", 70000, 0), ("05-10-2026", 0, -70000)):
        assert verma("pending", "--as-on", day, "--json").data["pending_paise"] == coming
        assert owed(verma, "verma", "--as-on", day) == owes
    known = verma("pending", "--known-at", f"e{begun}", "--json").data
    assert [each["entry"] for each in known["pending"]] == [int(begun)]


def test_of_two_khatas_of_one_person_all_is_told(verma: Counter) -> None:
    verma("sale", "varma", "5", "--new")
    verma("party", "merge", "varma", "verma")
    shown = verma("party", "show", "varma", "--json").data
    assert (shown["times_bounced"], shown["pending_paise"]) == (1, 70000)
    status = verma("status", "--json").data
    assert status["pending_paise"] == 70000
    (row,) = verma("balance", "--json").data["parties"][:1]
    assert row["pending_paise"] == 70000


def test_a_statement_with_them_is_proved_and_checked_without_khata(verma: Counter, tmp_path: Path) -> None:
    path = tmp_path / "verma.proof"
    assert verma("checkpoint", "-o", str(tmp_path / "now.checkpoint")).code == 0
    answer = verma("proof", "--statement", "verma", "-o", str(path))
    assert answer.code == 0, answer.err
    held = verma("verify-proof", str(path))
    assert held.code == 0, held.out + held.err
    alone = subprocess.run(
        (sys.executable, "-I", "-S", str(VERIFY), str(path)), capture_output=True, text=True, check=False
    )
    said = alone.stdout + alone.stderr
    assert "Traceback" not in said
    assert alone.returncode == 0, said
    assert {"payment_begun, Rs. 700.00", "charge_made, Rs. 250.00", "HOLDS"} <= set(_phrases(said)), said


def _phrases(said: str) -> list[str]:
    """What stands on each line behind its entry and day."""
    return [line.rpartition(": ")[2].strip() for line in said.splitlines()]
