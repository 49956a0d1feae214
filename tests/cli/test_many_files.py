"""Several files, one after the other: each whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from khata.importing.patterns import files, natural
from khata.log.errors import BusyError
from tests.cli.conftest import Counter


@pytest.fixture
def months(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A folder with files for three months, that of the second with a fault."""
    monkeypatch.chdir(shop.home)
    Path("months").mkdir()
    for month, amount in (("1", "10"), ("2", "x"), ("10", "30")):
        path = Path("months") / f"{month}.csv"
        path.write_text(f"date,type,party,amount\n2026-11-{month},sale,Ramesh Kumar,{amount}\n", encoding="utf-8")
    return shop


def told(shop: Counter, *words: str) -> list[tuple[str, Any]]:
    """Of each file how many rows were recorded, or why none."""
    found = shop("import", *words, "--json").envelope["data"]["files"]
    return [(each["file"], each["recorded"] if "recorded" in each else each["refused"]["code"]) for each in found]


def owed(shop: Counter) -> int:
    return int(shop("balance", "ramesh", "--json").data["net_paise"])


def test_each_is_recorded_or_refused_by_itself_and_the_answer_says_both(months: Counter) -> None:
    answer = months("import", "months/1.csv", "months/2.csv", "none.csv", "months/10.csv", "--json")
    assert (answer.code, answer.envelope["data"]["recorded"], answer.envelope["data"]["refused"]) == (2, 2, 2)
    assert [each["file"] for each in answer.envelope["data"]["files"]] == [
        "months/1.csv",
        "months/2.csv",
        "none.csv",
        "months/10.csv",
    ]
    one, two, none, _ = answer.envelope["data"]["files"]
    assert (one["rows"], one["import_id"], one["duplicates"]) == (1, 4, [])
    assert (two["refused"]["code"], two["refused"]["facts"]["faults"][0]["code"]) == ("bad_rows", "bad_amount")
    assert two["refused"]["facts"]["faults"][0]["hint"]
    assert none["refused"]["code"] == "no_file"
    assert owed(months) == 45000 + 1000 + 3000


def test_files_that_are_all_well_end_well(months: Counter) -> None:
    answer = months("import", "months/1.csv", "months/10.csv")
    assert answer.code == 0
    assert answer.out == (
        "months/1.csv: 1 row. Recorded: 1.\nmonths/10.csv: 1 row. Recorded: 1.\n2 files. Recorded in all: 2.\n"
    )


def test_what_is_wrong_with_one_stands_behind_its_name(months: Counter) -> None:
    answer = months("import", "months/1.csv", "months/2.csv")
    assert answer.out == "months/1.csv: 1 row. Recorded: 1.\n2 files. Recorded in all: 1. Refused: 1 file.\n"
    first, *table = answer.err.splitlines()
    assert first == "months/2.csv: Nothing recorded. Faults in the file: 1"
    assert "Not an amount: x." in table[-1]


def test_a_pattern_is_its_files_in_the_order_of_their_numbers(months: Counter) -> None:
    assert told(months, "months/*.csv") == [("months/1.csv", 1), ("months/2.csv", "bad_rows"), ("months/10.csv", 1)]
    assert told(months, "none.csv", "months/1*.csv") == [
        ("none.csv", "no_file"),
        ("months/1.csv", 0),
        ("months/10.csv", 0),
    ]


def test_of_a_pattern_for_one_file_the_answer_is_that_for_several(months: Counter) -> None:
    assert told(months, "months/10*") == [("months/10.csv", 1)]


def test_of_one_file_the_answer_is_that_of_one(months: Counter) -> None:
    data = months("import", "months/1.csv", "--json").data
    assert (data["rows"], data["recorded"], "files" in data) == (1, 1, False)
    assert months("import", "months/2.csv", "--json").refused == "bad_rows"


def test_a_pattern_that_fits_nothing_is_no_file(months: Counter) -> None:
    refused = months("import", "weeks/*.csv", "--json").envelope["refused"]
    assert (refused["code"], refused["facts"]["path"]) == ("no_file", "weeks/*.csv")
    assert told(months, "months/1.csv", "weeks/*.csv") == [("months/1.csv", 1), ("weeks/*.csv", "no_file")]


def test_a_file_that_is_called_like_a_pattern_is_itself(months: Counter) -> None:
    Path("months/1.csv").rename("m[1].csv")
    Path("months/2.csv").rename("m1.csv")
    assert months("import", "m[1].csv", "--json").data["recorded"] == 1
    assert files(["m[1].csv"]) == ["m[1].csv"]


def test_folders_fit_no_pattern(months: Counter) -> None:
    Path("months/3.csv").mkdir()
    assert files(["months/*"]) == ["months/1.csv", "months/2.csv", "months/10.csv"]
    assert files(["mon*"]) == ["mon*"]


@pytest.mark.parametrize(
    "names",
    [
        ["1.csv", "2.csv", "10.csv"],
        ["Apr 2.csv", "apr 10.csv"],
        ["2025/12.csv", "2026/1.csv", "2026/11.csv"],
        ["a", "a1", "a1b", "a01c"],
        ["m1.csv", "m³.csv", "m२.csv"],
    ],
)
def test_names_are_put_in_order_as_a_person_would(names: list[str]) -> None:
    assert sorted({*names}, key=natural) == names


def test_the_same_file_twice_is_recorded_once(months: Counter) -> None:
    assert told(months, "months/1.csv", "months/1.csv") == [("months/1.csv", 1), ("months/1.csv", 0)]


def test_a_dry_run_records_none(months: Counter) -> None:
    answer = months("import", "months/1.csv", "months/10.csv", "--dry-run")
    assert answer.err == "--dry-run: nothing was recorded.\n"
    assert owed(months) == 45000


def test_a_book_that_is_held_meanwhile_ends_it_and_what_was_recorded_is_told(
    months: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from khata.importing import run

    real, taken = run.import_file, []

    def import_file(path: str, *arguments: Any) -> Any:
        taken.append(path)
        if path != "months/1.csv":
            raise BusyError
        return real(path, *arguments)

    monkeypatch.setattr(run, "import_file", import_file)
    answer = months("import", "months/1.csv", "months/10.csv", "months/2.csv", "--json")
    one, ten = answer.envelope["data"]["files"]
    assert (answer.code, one["recorded"], ten["failed"]["code"]) == (3, 1, "busy")
    assert taken == ["months/1.csv", "months/10.csv"]
    taken.clear()
    assert months("import", "months/10.csv", "months/1.csv", "--json").envelope["failed"]["code"] == "busy"


def test_a_file_that_brings_nothing_takes_no_checkpoint_away_from_the_one_before(
    months: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("khata.api.evidence.checkpoint_if_due", lambda _: asked.append(1))
    months("import", "months/1.csv")
    months("import", "months/10.csv", "months/1.csv")
    months("import", "months/10.csv", "months/1.csv")
    assert asked == [1, 1]
