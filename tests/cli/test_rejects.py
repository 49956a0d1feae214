"""The rows that are right are recorded, and those that are wrong are set aside in a file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from khata.log.errors import DiskError
from khata.store.sqlite.book import SqliteWriting
from tests.cli.brought import owed
from tests.cli.conftest import Answer, Counter
from tests.importing.workbooks import Row, workbook

HEADER = "date,type,party,amount,mode,ref,note"
GOOD = "2026-11-03,sale,Ramesh Kumar,100,,B-1,atta"
BAD = "2026-11-04,sale,Ramesh Kumar,12x,,B-2,=1+1"


def written(shop: Counter, *rows: str, header: str = HEADER, name: str = "rows.csv") -> Path:
    path = shop.home / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def skipped(shop: Counter, path: Path, *options: str) -> Answer:
    return shop("import", str(path), "--skip-bad", "--rejects", str(shop.home / "bad.csv"), *options)


def rejects(shop: Counter) -> list[str]:
    return (shop.home / "bad.csv").read_text(encoding="utf-8-sig").splitlines()


def test_the_good_rows_are_recorded_and_the_bad_ones_stand_in_the_file_as_they_came(shop: Counter) -> None:
    path = written(shop, GOOD, BAD, '05-11-2026,vendor,"Ramesh, Kumar",-5,,,', "2026-11-06,receive,Ramesh Kumar,30,,,")
    data = skipped(shop, path, "--json")
    assert data.code == 2
    told = data.data
    assert (told["rows"], told["recorded"], told["rejected"]) == (4, 2, 2)
    assert [(fault["row"], fault["code"]) for fault in told["faults"]] == [
        (3, "bad_amount"),
        (4, "bad_type"),
        (4, "amount_minus"),
        (4, "unknown_party"),
    ]
    assert all(fault["hint"] for fault in told["faults"])
    header, one, two = rejects(shop)
    assert header == HEADER + ",khata_reason"
    assert one == (
        "2026-11-04,sale,Ramesh Kumar,12x,,B-2,'=1+1,"
        '"Not an amount: 12x. Write it like 450, 450.50, 1,23,456.50 or 120+45+30."'
    )
    assert two.startswith('05-11-2026,vendor,"Ramesh, Kumar",-5,,,,"No such type: vendor.')
    assert " · " in two
    assert owed(shop) == 45000 + 10000 - 3000


def test_the_file_of_them_is_imported_once_it_is_mended(shop: Counter) -> None:
    skipped(shop, written(shop, GOOD, BAD))
    file = shop.home / "bad.csv"
    assert shop("import", str(file), "--json").refused == "bad_rows"
    file.write_text(file.read_text(encoding="utf-8").replace("12x", "12"), encoding="utf-8")
    assert shop("import", str(file), "--json").data["recorded"] == 1
    assert shop("log", "--json").data["lines"][-1]["note"] == "=1+1"
    assert owed(shop) == 45000 + 11200


def test_said_aloud_it_is_what_was_recorded_and_where_the_others_are(shop: Counter) -> None:
    answer = skipped(shop, written(shop, GOOD, BAD))
    assert "2 rows. Recorded: 1." in answer.out
    assert f"Wrong: 1 row. The row, with what to write instead: {shop.home / 'bad.csv'}." in answer.out
    assert "Not an amount: 12x." in answer.err


def test_the_same_file_again_has_the_same_rows_wrong_and_brings_nothing_twice(shop: Counter) -> None:
    path = written(shop, GOOD, BAD)
    skipped(shop, path)
    (shop.home / "bad.csv").unlink()
    again = skipped(shop, path, "--json").data
    assert (again["recorded"], again["rejected"], again["duplicates"]) == (0, 1, [{"row": 2, "entry": 5}])
    assert len(rejects(shop)) == 2
    assert shop("import", str(path), "--json").refused == "bad_rows"
    assert owed(shop) == 45000 + 10000


def test_rows_of_a_name_that_was_not_there_come_in_once_it_is(shop: Counter) -> None:
    rows = ["2026-11-04,sale,Meena,40,,,", "2026-11-05,sale,Meena,50,,,", GOOD]
    path = written(shop, *rows)
    assert skipped(shop, path, "--json").data["rejected"] == 2
    assert [line.split(",")[2] for line in rejects(shop)] == ["party", "Meena", "Meena"]
    shop("party", "add", "Meena")
    came = shop("import", str(path), "--json").data
    assert (came["recorded"], came["duplicates"]) == (2, [{"row": 4, "entry": 5}])
    again = shop("import", str(path), "--json").data
    assert (again["recorded"], [each["row"] for each in again["duplicates"]]) == (0, [2, 3, 4])
    assert shop("balance", "meena", "--json").data["net_paise"] == 9000
    assert shop("verify", "--json").data["result"] == "unbroken"


def test_what_was_left_out_as_it_stood_there_is_left_out_again_also_once_that_is_cancelled(shop: Counter) -> None:
    shop("sale", "ramesh", "77", "--on", "4-11-2026")
    path = written(shop, GOOD, "2026-11-04,sale,Ramesh Kumar,77,,,")
    assert shop("import", str(path), "--same-rows", "skip", "--json").data["recorded"] == 1
    shop("reverse", "4")
    again = shop("import", str(path), "--json").data
    assert (again["recorded"], again["duplicates"]) == (0, [{"row": 2, "entry": 6}, {"row": 3, "entry": 4}])


def test_customers_are_added_for_good_rows_alone_and_in_their_order(shop: Counter) -> None:
    path = written(
        shop,
        "2026-11-04,sale,Anil Sethi,x,,,",
        "2026-11-04,sale,Bharat Ojha,40,,,",
        "2026-11-04,sale,Chitra Rao,x,,,",
        "2026-11-05,sale,Anil Sethi,60,,,",
        "2026-11-05,sale,Dinesh Vora,70,,,",
    )
    told = skipped(shop, path, "--new-parties", "safe", "--json").data
    assert [(each["party"], each["name"]) for each in told["parties_added"]] == [
        (2, "Bharat Ojha"),
        (3, "Anil Sethi"),
        (4, "Dinesh Vora"),
    ]
    found = {row["name"]: row["balance_paise"] for row in shop("balance", "--json").data["parties"]}
    assert found == {"Ramesh Kumar": 45000, "Bharat Ojha": 4000, "Anil Sethi": 6000, "Dinesh Vora": 7000}
    assert shop("rebuild").code == 0


def test_a_row_that_may_stand_in_the_book_is_set_aside_unless_it_is_said_what_it_is(shop: Counter) -> None:
    shop("sale", "ramesh", "77", "--on", "4-11-2026")
    path = written(shop, GOOD, "2026-11-04,sale,Ramesh Kumar,77,,,")
    assert skipped(shop, path, "--json").data["rejected"] == 1
    assert "Perhaps the same as an entry that was typed: entry 4" in rejects(shop)[1]


@pytest.mark.parametrize(
    ("contents", "codes"),
    [
        ("date,type,amount\n2026-11-04,sale,5\n", {"missing_column"}),
        ("date,type,party,amount,rate\n2026-11-04,sale,Ramesh Kumar,5,1\n", {"unknown_column"}),
        (f'{HEADER}\n{GOOD}\n2026-11-04,sale,"Ramesh Kumar,5,,,\n', {"quote_not_closed"}),
        (f"{HEADER}\n", {"no_rows"}),
        ("", {"empty_file"}),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(shop: Counter, contents: str, codes: set[str]) -> None:
    path = shop.home / "rows.csv"
    path.write_text(contents, encoding="utf-8")
    answer = skipped(shop, path, "--json")
    assert (answer.code, answer.refused) == (2, "bad_rows")
    assert answer.envelope["refused"]["facts"]["faults_by_code"].keys() == codes
    assert not (shop.home / "bad.csv").exists()
    assert owed(shop) == 45000


def test_a_dry_run_lays_nothing_down(shop: Counter) -> None:
    answer = skipped(shop, written(shop, GOOD, BAD), "--dry-run")
    assert answer.code == 2
    assert "Wrong: 1 row. Would go to: " in answer.out
    assert not (shop.home / "bad.csv").exists()
    assert owed(shop) == 45000


def test_where_all_is_wrong_nothing_is_recorded_and_where_all_is_right_there_is_no_file(shop: Counter) -> None:
    assert skipped(shop, written(shop, BAD), "--json").data["import_id"] is None
    assert len(rejects(shop)) == 2
    (shop.home / "bad.csv").unlink()
    assert skipped(shop, written(shop, GOOD), "--json").code == 0
    assert not (shop.home / "bad.csv").exists()


def test_no_file_is_written_over_and_none_is_left_where_nothing_was_recorded(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(shop, GOOD, BAD)
    (shop.home / "bad.csv").write_text("mine")
    assert skipped(shop, path, "--json").refused == "path_taken"
    assert (shop.home / "bad.csv").read_text() == "mine"
    (shop.home / "bad.csv").unlink()

    def full(*_: Any, **__: Any) -> None:
        raise DiskError(path="book", reason="no room")

    with monkeypatch.context() as patched:
        patched.setattr(SqliteWriting, "append", full)
        assert skipped(shop, path).code > 2
    assert not (shop.home / "bad.csv").exists()
    assert owed(shop) == 45000
    assert skipped(shop, path, "--json").data["recorded"] == 1


def test_of_a_workbook_with_a_letterhead_they_come_with_its_own_heads(shop: Counter) -> None:
    rows: list[Row] = [
        ["Gupta Traders"],
        [],
        ["Bill Date", "Customer Name", "You Gave", "You Got", "Balance"],
        ["2026-11-03", "Ramesh Kumar", 100, None, 100],
        ["2026-11-31", "Ramesh Kumar", 50, None, 150],
        ["Total", None, 150, None, None],
    ]
    path = shop.home / "rows.xlsx"
    path.write_bytes(workbook(rows))
    told = skipped(shop, path, "--profile", "register", "--json").data
    assert (told["recorded"], told["rejected"], told["passed_over"]) == (1, 1, [6])
    header, row = rejects(shop)
    assert header == "Bill Date,Customer Name,You Gave,You Got,Balance,khata_reason"
    assert row.startswith("2026-11-31,Ramesh Kumar,50,,150,")
    file = shop.home / "bad.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("11-31", "11-21"), encoding="utf-8")
    assert shop("import", str(file), "--profile", "register", "--json").data["recorded"] == 1


@pytest.mark.parametrize(
    "words",
    [
        "rows.csv --skip-bad",
        "rows.csv --rejects bad.csv",
        "rows.csv --skip-bad --rejects -",
        "- --skip-bad --rejects bad.csv",
        "rows.csv rows.csv --skip-bad --rejects bad.csv",
    ],
)
def test_one_goes_with_the_other_and_with_one_file_that_can_be_read_again(shop: Counter, words: str) -> None:
    written(shop, GOOD)
    typed = [str(shop.home / each) if each.endswith(".csv") else each for each in words.split()]
    assert shop("import", *typed, "--json").refused == "misused"
