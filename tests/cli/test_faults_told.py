"""What is wrong with a file, told so that somebody reads it: the same thing once, never more than a screen or two."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Counter

HEADER = "date,type,party,amount,mode\n"


def refused(shop: Counter, *rows: str, header: str = HEADER) -> dict[str, Any]:
    path = shop.home / "rows.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    answer = shop("import", str(path), "--json")
    assert answer.refused == "bad_rows"
    facts: dict[str, Any] = answer.envelope["refused"]["facts"]
    return facts


def printed(shop: Counter) -> list[str]:
    return shop("import", str(shop.home / "rows.csv")).err.splitlines()


def test_what_is_wrong_alike_in_many_rows_is_one_line_with_their_number_and_the_first(shop: Counter) -> None:
    facts = refused(shop, *["2026-11-20,vendor,Ramesh Kumar,5,"] * 1500, "2026-11-20,sale,Ramesh Kumar,0,")
    (types, amount) = facts["faults_by_kind"]
    assert (types["code"], types["count"], types["rows"]) == ("bad_type", 1500, [2, 3, 4, 5, 6])
    assert (amount["code"], amount["count"], amount["rows"], amount["row"]) == ("amount_zero", 1, [1502], 1502)
    assert (len(facts["faults"]), facts["faults_total"]) == (1501, 1501)
    lines = printed(shop)
    assert len(lines) == 4
    assert lines[2].split()[:6] == ["2,", "3,", "4,", "…", "type", "vendor"]
    assert lines[2].endswith("(1,500 rows)")


def test_a_program_is_told_every_fault(shop: Counter) -> None:
    told = refused(shop, *["2026-11-20,sale,counter,x,cash"] * 1500)["faults"]
    assert [each["row"] for each in told] == list(range(2, 1502))
    assert len(printed(shop)) < 60


def test_of_many_values_of_one_column_the_first_are_shown_and_how_many_more_there_are(shop: Counter) -> None:
    rows = [f"2026-11-20,sale,Ramesh Kumar,x{number},barter" for number in range(300)]
    facts = refused(shop, *rows, "2026-11-20,sale,Ramesh Kumar,5")
    of = [(each["column"], each["value"], each["count"]) for each in facts["faults_by_kind"]]
    assert of.count(("amount", None, 260)) == 1
    assert sum(count for _, _, count in of) == facts["faults_total"] == 601
    lines = printed(shop)
    assert len(lines) < 45
    assert sum("Not an amount: " in line for line in lines) == 13
    assert [line.split() for line in lines if "more" in line] == [["amount", "…", "more:", "287"]]
    assert [line for line in lines if "barter" in line and line.endswith("(300 rows)")]


def test_where_all_fits_all_is_shown(shop: Counter) -> None:
    facts = refused(shop, *[f"2026-11-20,sale,Customer {number:02d}x,5," for number in range(40)])
    assert len(facts["faults_by_kind"]) == 40
    assert not [line for line in printed(shop) if "more" in line]
    refused(shop, *[f"2026-11-20,sale,Customer {number:02d}x,5," for number in range(41)])
    assert printed(shop)[-1].split() == ["party", "…", "more:", "1"]


@pytest.mark.parametrize("rows", [1, 5000])
def test_a_column_that_nobody_knows_is_told_once_and_how_it_is_passed_over(shop: Counter, rows: int) -> None:
    header = HEADER.replace("mode", "Salesman")
    facts = refused(shop, *["2026-11-20,sale,Ramesh Kumar,5,Gopal"] * rows, header=header)
    assert facts["faults_total"] == 1
    assert '--ignore "Salesman"' in "\n".join(printed(shop))
    assert shop("import", str(shop.home / "rows.csv"), "--ignore", "Salesman", "--dry-run").code == 0


def test_of_very_many_columns_the_worst_are_told(shop: Counter) -> None:
    header = HEADER.strip() + "".join(f",Extra {number}" for number in range(100)) + "\n"
    refused(shop, "2026-11-20,sale,Ramesh Kumar,5," + "," * 100, header=header)
    lines = printed(shop)
    assert len(lines) < 50
    assert lines[-1].strip() == "… more: 55"
