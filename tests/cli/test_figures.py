"""Figures, accounts and lists at the command line: how they are asked for, and in which forms they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter, like


@pytest.fixture(scope="module")
def made_trade(opened_home: Counter, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Ramesh Kumar owes 450 (entry 3) of today, the 22nd; then what stands below it."""
    shop = like(opened_home, tmp_path_factory.mktemp("made"))
    for line in (
        "sale ramesh --item 'Atta 5kg x2 @ 150' --item 'Dal = 150' --on 31-10-2026",  # 4
        "sale counter --item 'atta 5KG x1 @ 160' --paid all:upi --on 01-11-2026",  # 5
        "sale ramesh 100 --paid 40:cash --on 02-11-2026 --ref B-7",  # 6
        "return ramesh --item 'Atta 5kg x1 @ 150' --on 03-11-2026",  # 7
        "discount ramesh 5 --on 03-11-2026",  # 8
        "receive ramesh 60 --mode upi --on 04-11-2026",  # 9
        "reverse 4 --reason 'written twice' --on 05-11-2026",  # 10
        "charge ramesh 20",  # 12, after the entry that raises the format
        "refund ramesh 10",  # 13
    ):
        assert shop(*_words(line)).code == 0, line
    return shop


@pytest.fixture
def trade(made_trade: Counter, tmp_path: Path) -> Counter:
    """A copy of it."""
    return like(made_trade, tmp_path)


def _words(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


def rows(trade: Counter, line: str) -> list[tuple[str, int, int]]:
    data = trade(*_words(line), "--json").data
    assert data["amount_paise"] == sum(row["amount_paise"] for row in data["rows"])
    return [(row["key"], row["amount_paise"], row["entries"]) for row in data["rows"]]


def test_sales_are_net_of_what_was_cancelled_on_the_day_on_which_it_was(trade: Counter) -> None:
    assert rows(trade, "sales") == [("2026-10", 45000, 1), ("2026-11", 45000 + 16000 + 10000 - 45000, 4)]
    assert rows(trade, "sales --known-at 9") == [("2026-10", 45000, 1), ("2026-11", 71000, 3)]
    assert rows(trade, "sales --as-on 04-11-2026")[-1] == ("2026-11", 26000, 2)
    assert rows(trade, "sales --period Oct") == [("2026-10", 45000, 1)]


def test_an_item_is_one_however_it_is_written_and_a_cancelled_bill_takes_it_back(trade: Counter) -> None:
    data = trade("sales", "--per", "item", "--json").data
    assert [(row["key"], row["amount_paise"], row["entries"], row["quantity_milli"]) for row in data["rows"]] == [
        ("", 55000, 2, None),
        ("Atta 5kg", 16000, 3, 1000),
        ("Dal", 0, 2, None),
    ]
    behind = trade("sales", "--per", "item", "--entries", "ATTA 5kg", "--json").data
    assert [line["entry"] for line in behind["lines"]] == [4, 5, 10]
    behind = trade("sales", "--per", "item", "--entries", "", "--json").data
    assert [line["entry"] for line in behind["lines"]] == [6, 3]


def test_a_sale_is_parted_by_how_it_was_paid_and_what_went_on_khata(trade: Counter) -> None:
    assert rows(trade, "sales --per mode") == [("party", 45000 + 6000, 4), ("upi", 16000, 1), ("cash", 4000, 1)]
    data = trade("sales", "--per", "mode", "--entries", "khata", "--json").data
    assert [line["entry"] for line in data["lines"]] == [4, 6, 10, 3]


def test_receipts_are_net_of_what_was_given_back(trade: Counter) -> None:
    assert rows(trade, "receipts --per mode") == [("upi", 22000, 2), ("cash", 3000, 2)]
    assert rows(trade, "receipts --per day --period Nov-2026")[0] == ("2026-11-01", 16000, 1)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("returns", 15000),
        ("discounts", 500),
        ("charges", 2000),
        ("write-offs", 0),
        ("openings", 0),
    ],
)
def test_what_else_a_year_came_to(trade: Counter, words: str, found: int) -> None:
    assert trade(words, "--period", "FY2026-27", "--json").data["amount_paise"] == found


def test_a_part_is_asked_for_as_a_person_says_it(trade: Counter) -> None:
    def entries(line: str) -> list[int]:
        return [each["entry"] for each in trade(*_words(line), "--json").data["lines"]]

    assert entries("sales --entries 'Oct 2026'") == [4]
    assert entries("sales --per day --entries 2/11/2026") == [6]
    assert entries("sales --per customer --entries counter") == [5]
    assert entries("sales --per customer --entries काउंटर --lang hi") == [5]
    assert entries("sales --per customer --entries ramesh") == [4, 6, 10, 3]
    assert entries("receipts --per mode --entries यूपीआई --lang hi") == [5, 9]
    assert entries("trial --entries discount") == [8]
    assert entries("trial --period Nov --entries UPI") == [5, 9]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("sales --per week", "unknown_choice"),
        ("discounts --per item", "unknown_choice"),
        ("sales --per mode --entries gold", "unknown_choice"),
        ("sales --per customer --entries nobody", "unknown_party"),
        ("sales --period Diwali", "bad_period"),
        ("sales --period Nov --from 01-11-2026", "misused"),
        ("sales --format pdf", "unknown_format"),
        ("trial --entries gold", "unknown_choice"),
        ("modebook gold", "bad_mode"),
        ("log --kind gold", "unknown_choice"),
        ("log --counter gold", "unknown_choice"),
        ("log --mode gold", "bad_mode"),
        ("log --last 0", "misused"),
        ("log --last many", "misused"),
        ("statement ramesh --all-parties", "misused"),
    ],
)
def test_what_there_is_not_is_refused(trade: Counter, line: str, code: str) -> None:
    assert trade(*_words(line), "--json").refused == code


def test_the_forms_say_the_same(trade: Counter, tmp_path: Path) -> None:
    assert (
        trade("sales", "--format", "csv").out
        == "month,name,quantity,amount,entries\n2026-10,,,450.00,1\n2026-11,,,260.00,4\n"
    )
    assert "₹710.00  in all" in " ".join(trade("sales").out.split(" ")).replace("          ", "  ").replace("   ", "  ")
    assert trade("trial", "--format", "csv").out.splitlines()[0] == "account,debit,credit"
    file = tmp_path / "sales.csv"
    assert trade("sales", "--format", "csv", "-o", str(file)).code == 0
    assert file.read_text(encoding="utf-8") == trade("sales", "--format", "csv").out
    assert trade("modebook", "cash", "--format", "csv").out.splitlines()[1:3] == [
        ",,brought_forward,,,0.00,,,,",
        "2026-11-02,6,sale,40.00,0.00,40.00,Ramesh Kumar,1,B-7,",
    ]


def test_a_cell_that_a_spreadsheet_would_run_is_guarded(shop: Counter) -> None:
    assert shop("sale", "=cmd|x", "5", "--new", "--item", "+cmd x1 @ 5").code == 0
    for line in ("sales --per customer", "sales --per item", "statement --all-parties", "modebook cash"):
        out = shop(*line.split(), "--format", "csv").out
        assert "\n=" not in out
        assert "\n+" not in out
        assert ",=" not in out
        assert ",+" not in out


def test_the_log_is_asked_for_by_day_counter_kind_and_mode_the_newest_first(trade: Counter) -> None:
    assert trade("sale", "ramesh", "7", "--by", "Meena", "--json").data["entry"] == 15

    def entries(line: str) -> list[int]:
        return [each["entry"] for each in trade("log", *line.split(), "--json").data["lines"]]

    assert entries("--last 3") == [15, 14, 13]
    assert entries("--kind sale --last 2") == [15, 6]
    assert entries("--kind sale_recorded") == [3, 4, 5, 6, 15]
    assert entries("--kind reverse") == [10]
    assert entries("--counter Meena") == [14, 15]
    assert entries("--mode upi") == [5, 9]
    assert entries("--period Oct") == [4]
    assert entries("--period 03-11-2026 --party ramesh") == [7, 8]
    assert entries("--from 12 --kind refund") == [13]
    assert entries("--mode upi --known-at 8") == [5]


def test_the_story_of_an_entry_ends_with_words_and_shows_its_bytes_when_asked(trade: Counter) -> None:
    plain, whole = trade("show", "3").out, trade("show", "3", "--bytes").out
    assert "sale_recorded" not in plain
    assert "sale_recorded" in whole
    assert whole.startswith(plain)


def test_all_accounts_are_one_table(trade: Counter) -> None:
    assert trade("sale", "Suresh", "5", "--new").code == 0
    data = trade("statement", "--all-parties", "--json").data
    assert [each["name"] for each in data["parties"]] == ["Ramesh Kumar", "Suresh"]
    lines = trade("statement", "--all-parties", "--format", "csv").out.splitlines()
    assert lines[0].startswith("party,party_number,date,entry,type")
    assert lines[-1].startswith("Suresh,2,2026-11-22,15,sale,5.00,0.00,5.00")
    assert trade("statement", "--all-parties", "--period", "Nov", "--json").refused == "misused"


def test_of_an_item_that_was_cancelled_in_the_period_and_sold_before_it_less_than_nothing_was_sold(
    trade: Counter,
) -> None:
    assert shown(trade, "sales --per item --period Nov") == [
        "₹550.00 - 2 no item on the bill",
        "-₹140.00 -1 2 Atta 5kg",
        "-₹150.00 - 1 Dal",
    ]
    lines = trade("sales", "--per", "item", "--period", "Nov", "--format", "csv").out.splitlines()
    assert "Atta 5kg,,-1.000,-140.00,2" in lines


def shown(trade: Counter, line: str) -> list[str]:
    """The rows of a table without what keeps its columns straight."""
    return [" ".join(each.split()) for each in trade(*_words(line)).out.splitlines()[2:-1]]
