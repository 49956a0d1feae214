"""The new names of a file as a list that somebody looks through and hands back."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.importing import names_list
from tests.cli.conftest import Answer, Counter

ROWS = (
    "2026-11-03,sale,Anil Sethi,100",
    "2026-11-03,sale,Ramesh Kumarr,50",
    "2026-11-04,sale,Scrap Dealer,7",
    "2026-11-04,sale,anil sethi,20",
    "2026-11-05,sale,Ramesh Kumar,1",
)


def imported(shop: Counter, *options: str, rows: tuple[str, ...] = ROWS) -> Answer:
    (shop.home / "rows.csv").write_text("date,type,party,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return shop("import", str(shop.home / "rows.csv"), "--new-parties-file", str(names(shop)), *options, "--json")


def names(shop: Counter) -> Path:
    return shop.home / "names.csv"


def lines(shop: Counter) -> list[str]:
    return names(shop).read_text(encoding="utf-8-sig").splitlines()


def handed_back(shop: Counter, *kept: str) -> None:
    header = lines(shop)[0]
    names(shop).write_text("\n".join([header, *kept, ""]), encoding="utf-8")


def balances(shop: Counter) -> dict[str, int]:
    return {row["name"]: row["balance_paise"] for row in shop("balance", "--json").data["parties"]}


def test_the_first_time_the_names_are_listed_and_nothing_is_recorded(shop: Counter) -> None:
    answer = imported(shop)
    assert (answer.code, answer.refused) == (2, "names_listed")
    assert answer.envelope["refused"]["facts"]["names"] == 3
    assert lines(shop) == [
        "name,rows,first_row,resembles,is",
        "Anil Sethi,2,2,,",
        "Ramesh Kumarr,1,3,Ramesh Kumar (@1),",
        "Scrap Dealer,1,4,,",
    ]
    assert balances(shop) == {"Ramesh Kumar": 45000}


def test_handed_back_it_says_who_is_new_who_is_known_and_who_is_nobody(shop: Counter) -> None:
    imported(shop)
    handed_back(shop, "Anil Sethi,2,2,,", "Ramesh Kumarr,1,3,,@1")
    answer = imported(shop)
    assert answer.refused == "bad_rows"
    assert [fault["value"] for fault in answer.envelope["refused"]["facts"]["faults"]] == ["Scrap Dealer"]
    handed_back(shop, "Anil Sethi,2,2,,", "Ramesh Kumarr,1,3,,ramesh kumar", "Scrap Dealer,1,4,,")
    assert imported(shop).data["recorded"] == 5
    assert balances(shop) == {"Ramesh Kumar": 45000 + 5100, "Anil Sethi": 12000, "Scrap Dealer": 700}
    again = imported(shop).data
    assert (again["recorded"], len(again["duplicates"])) == (0, 5)


def test_who_stands_in_the_list_is_to_be_somebody(shop: Counter) -> None:
    imported(shop)
    handed_back(shop, "Anil Sethi,2,2,,@9", "Ramesh Kumarr,1,3,,", "Scrap Dealer,1,4,,Nobody There")
    faults = imported(shop).envelope["refused"]["facts"]["faults"]
    assert [(fault["code"], fault["value"]) for fault in faults] == [
        ("unknown_party", "@9"),
        ("unknown_party", "Nobody There"),
    ]


def test_with_no_new_name_there_is_no_list(shop: Counter) -> None:
    assert imported(shop, rows=ROWS[4:]).data["recorded"] == 1
    assert not names(shop).exists()


def test_what_a_spreadsheet_would_run_is_kept_from_it(shop: Counter) -> None:
    rows = ("2026-11-03,sale,+2 Coaching,100",)
    imported(shop, rows=rows)
    assert lines(shop)[1].startswith("'+2 Coaching")
    assert imported(shop, rows=rows).data["parties_added"][0]["name"] == "+2 Coaching"


@pytest.mark.parametrize("contents", ["name;is\nAnil;\n", "", "date,type,party,amount\n"])
def test_what_is_no_such_list_is_told(shop: Counter, contents: str) -> None:
    names(shop).write_text(contents, encoding="utf-8")
    answer = imported(shop)
    assert answer.refused in ("bad_names_list", "bad_rows")
    assert balances(shop) == {"Ramesh Kumar": 45000}


def test_of_very_many_names_the_first_are_compared(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_list, "COMPARED", 1)
    imported(shop)
    assert [line.split(",")[3] for line in lines(shop)[1:]] == ["", "?", "?"]


def test_it_is_for_one_file(shop: Counter) -> None:
    imported(shop)
    file = str(shop.home / "rows.csv")
    assert shop("import", file, file, "--new-parties-file", str(names(shop)), "--json").refused == "misused"


def test_more_new_names_than_are_compared_are_told_once_with_the_way_out(shop: Counter) -> None:
    path = shop.home / "many.csv"
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{a}{b}{c} {c}{a}{b}" for a in letters for b in letters for c in letters[:2]]
    path.write_text("date,type,party,amount\n" + "".join(f"2026-11-20,sale,{name},5\n" for name in names), "utf-8")
    facts = shop("import", str(path), "--new-parties", "safe", "--json").envelope["refused"]["facts"]
    (kind,) = [each for each in facts["faults_by_kind"] if each["code"] == "too_many_names"]
    assert (kind["count"], kind["value"]) == (len(names) - 1000, "")
    assert "--new-parties-file FILE" in kind["hint"]
    said = shop("import", str(path), "--new-parties", "safe").err
    assert ("--new-parties-file FILE" in said, "resembles ." in said) == (True, False)
