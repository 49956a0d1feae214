"""What belongs to something that was taken back, or ended, and stays: it is said, and how to take it back, too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Counter


def stays(shop: Counter, line: str) -> list[Any]:
    """The entries that are said to stay after a line."""
    answer = shop(*line.split(), "--json")
    assert answer.code == 0, answer.err
    return [
        entry
        for each in answer.envelope["warnings"]
        if each["code"] == "still_there"
        for entry in each["facts"]["entries"]
    ]


@pytest.fixture
def family(shop: Counter) -> Counter:
    """Two payments of Ramesh and Sita that came at once: entries 6 and 7."""
    assert shop("sale", "Sita", "900", "--new").code == 0
    assert shop("receive", "--for", "ramesh=100,sita=200", "--mode", "upi").code == 0
    return shop


@pytest.mark.parametrize(("line", "other"), [("undo --yes", 6), ("reverse 7", 6), ("reverse 6", 7)])
def test_of_a_payment_for_several_the_other_shares_are_named(family: Counter, line: str, other: int) -> None:
    assert stays(family, line) == [other]
    assert stays(family, f"reverse {other}") == [], "the last one leaves nothing behind"


def test_it_is_said_in_words(family: Counter) -> None:
    assert "stays in the book: entry 6. To cancel that too: khata reverse ENTRY" in family("undo", "--yes").err


def test_payments_one_after_the_other_do_not_belong_together(shop: Counter) -> None:
    assert shop("receive", "ramesh", "10").code == 0
    assert shop("receive", "ramesh", "20").code == 0
    assert stays(shop, "undo --yes") == []


def test_of_lines_of_a_batch_only_payments_of_one_way_may_be_shares(shop: Counter) -> None:
    lines = "receive ramesh 10\nreceive ramesh 20 --mode upi\nsale ramesh 30\n"
    assert shop("batch", "--group", "10", typed=lines).code == 0
    assert stays(shop, "reverse 4") == []


@pytest.mark.parametrize(("on", "left"), [("2026-11-20", [8, 9, 10]), ("2026-11-22", [10])])
def test_what_is_recorded_already_of_a_line_that_is_stopped_earlier_is_named(
    shop: Counter, on: str, left: list[int]
) -> None:
    for line in ("every day ramesh 30 --from 2026-11-18", "due-lines --yes"):  # 5; 6 to 10, up to the 22nd
        assert shop(*line.split()).code == 0, line
    assert stays(shop, f"every stop 5 --on {on}") == left


def test_after_an_import_undo_takes_nothing_older_back(shop: Counter, tmp_path: Any) -> None:
    path = tmp_path / "day.csv"
    path.write_text("date,type,party,amount\n2026-11-21,sale,Ramesh Kumar,70\n", encoding="utf-8")
    assert shop("import", str(path)).code == 0
    refused = shop("undo", "--yes", "--json")
    assert (refused.code, refused.refused) == (2, "nothing_to_undo")
    assert "khata reverse --import 4 " in refused.out
    assert shop("sale", "ramesh", "80").code == 0
    assert shop("undo", "--yes", "--json").data["reverses"] == 6
