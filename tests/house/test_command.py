"""A command is a class and a line of the registry: whatever takes commands then takes this one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from khata.api.book import open_book
from tests.cli.batches import send
from tests.cli.conftest import Counter
from tests.cli.sitting import sit
from tests.house.fine import Fine, declared


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    with declared(monkeypatch):
        counter = Counter(tmp_path)
        assert counter("init", "Sharma Kirana Store").code == 0
        assert counter("sale", "Ramesh Kumar", "450", "--new").code == 0
        yield counter


def owed(shop: Counter) -> int:
    return int(shop("balance", "ramesh", "--json").data["parties"][0]["balance_paise"])


def test_it_is_typed(shop: Counter) -> None:
    answer = shop("fine", "ramesh", "20", "--note", "bounced", "--json").data
    assert (answer["kind"], answer["balance_paise"]) == ("cheque_fined", 47000)
    assert owed(shop) == 47000
    assert shop("fine", "ramesh", "20", "--frequently", "--json").refused == "misused"
    assert shop("fine", "ramesh", "--json").refused == "amount_comes_last"


def test_it_is_taken_back_and_corrected(shop: Counter) -> None:
    shop("fine", "ramesh", "20")
    assert shop("correct", "4", "30", "--json").data["balance_paise"] == 48000
    assert shop("undo", "--yes", "--json").data["balance_paise"] == 47000, "as before the correction"
    assert shop("undo", "--yes", "--json").data["balance_paise"] == 45000


def test_it_is_a_line_of_a_batch_in_words_and_in_json(shop: Counter) -> None:
    sent = send(
        shop,
        "fine ramesh 20",
        {"command": "fine", "party": "ramesh", "amount_paise": 500},
        {"command": "fine", "party": "ramesh", "amount_paise": 500, "mode": "upi"},
        group=9,
    )
    assert sent.entries == [4, 5, "bad_field"]
    assert owed(shop) == 47500


def test_python_records_it(shop: Counter) -> None:
    with open_book(
        shop.home / "Khata" / "sharma-kirana-store.khata", by="asha", environ={"HOME": str(shop.home)}
    ) as book:
        (done,) = book.record([Fine("ramesh", 2000)])
    assert (done.kind, done.balance_paise) == ("cheque_fined", 47000)


@pytest.mark.parametrize("line", ["fine ramesh 20", "ramesh fine 20", "ramesh 20 fine"])
def test_the_shell_reads_it(shop: Counter, line: str) -> None:
    sat = sit(shop, line)
    assert "470.00" in sat.said
    assert owed(shop) == 47000


def test_a_day_that_is_set_in_the_shell_is_its_day(shop: Counter) -> None:
    sit(shop, "day 20-11", "fine ramesh 20")
    assert shop("show", "4", "--json").data["on"] == "2026-11-20"


def test_both_clocks_know_it(shop: Counter) -> None:
    shop("fine", "ramesh", "20", "--on", "20-11-2026")
    for clocks, paise in ((("--as-on", "20-11-2026"), 2000), (("--known-at", "entry 3"), 45000)):
        assert shop("balance", "ramesh", *clocks, "--json").data["parties"][0]["balance_paise"] == paise
    assert shop("dues", "--json").data["parties"][0]["balance_paise"] == 47000


def test_it_is_exported_and_shown(shop: Counter) -> None:
    shop("fine", "ramesh", "20", "--ref", "CHQ 7")
    rows = list(csv.DictReader(StringIO(shop("export", "--format", "csv").out)))
    assert [(row["type"], row["amount"], row["ref"]) for row in rows] == [
        ("sale", "450.00", ""),
        ("fine", "20.00", "CHQ 7"),
    ]
    assert [line["kind"] for line in shop("log", "--json").data["lines"]][3:] == ["cheque_fined"]
    assert [line["debit_paise"] for line in shop("statement", "ramesh", "--json").data["lines"]] == [45000, 2000]
    assert shop("verify", "--json").data["result"] == "unbroken"
    assert shop("rebuild").code == 0
    assert owed(shop) == 47000
