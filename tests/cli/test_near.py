"""What people type that is no command: tests/stories/what-people-type.md shows it; here is what must hold of it."""

from __future__ import annotations

from collections import Counter as Count
from pathlib import Path

import pytest

from khata.cli import registry, spoken
from khata.cli.near import NEAR, TO_COME
from khata.cli.party import PARTY
from tests.cli.conftest import Counter

TABLE = Path(__file__).parent.parent / "stories" / "what-people-type.md"


def test_the_table_has_at_least_sixty_lines() -> None:
    assert TABLE.read_text(encoding="utf-8").count("\n$ khata ") >= 60


def test_each_word_stands_once_and_is_no_command() -> None:
    for after, lines in NEAR.items():
        words = " ".join([*lines.values(), TO_COME if not after else ""]).split()
        assert [word for word, count in Count(words).items() if count > 1] == []
        assert not [word for word in words if (word in PARTY.COMMANDS if after else spoken.find(word))]


def test_each_line_that_is_offered_begins_with_a_command() -> None:
    for lines in NEAR.values():
        for line in ", ".join(lines).split(", "):
            first, *rest = line.split()
            assert first.startswith("--") or first in registry.COMMANDS, line
            assert first != "party" or rest[0] in PARTY.COMMANDS, line


def test_an_offered_line_is_a_fact_for_a_script(shop: Counter) -> None:
    refused = shop("delete", "ramesh", "--json").envelope["refused"]
    assert refused["facts"] == {"what": "command", "command": "delete", "nearest": ["party forget ramesh"]}
    refused = shop("sale", "ramesh", "4.5k", "--json").envelope["refused"]
    assert refused["facts"] == {"value": "4.5k", "what": "short", "amount": "4500"}


def test_without_a_book_a_word_that_is_no_command_is_answered_all_the_same(khata: Counter) -> None:
    assert khata("ramesh", "450", "--json").refused == "misused"
    assert khata("add", "ramesh").err == "No such command: add. Meant: party add ramesh? All of them: khata --help\n"


def test_a_name_comes_before_the_calendar(shop: Counter) -> None:
    assert shop("sale", "Monday Tiffins", "20", "--new").code == 0
    assert shop("balance", "monday", "--json").data["parties"][0]["balance_paise"] == 2000
    assert shop("balance", "tuesday", "--json").data["as_on"] == "2026-11-17"
    assert shop("balance", "ramesh", "17/11", "--as-on", "today", "--json").refused == "unknown_party"


def test_a_customer_is_asked_for_by_a_whole_phone_number_and_not_written_to(shop: Counter) -> None:
    shop("party", "add", "Meena", "--phone", "+91 98765-43210")
    for typed in ("9876543210", "098765 43210", "+919876543210", "९८७६५४३२१०"):
        assert shop("party", "show", typed, "--json").data["name"] == "Meena", typed
    for typed in ("43210", "8765432109", "19876543210"):
        assert shop("party", "show", typed, "--json").refused == "unknown_party", typed
    assert shop("sale", "9876543210", "20", "--json").refused == "unknown_party"


@pytest.mark.parametrize("word", ["yesterday", "kal", "monday", "सोमवार"])
def test_a_file_names_no_day_that_is_another_tomorrow(shop: Counter, word: str) -> None:
    (shop.home / "rows.csv").write_text(f"date,party,type,amount\n{word},Ramesh Kumar,sale,20\n", encoding="utf-8")
    faults = shop("import", str(shop.home / "rows.csv"), "--json").envelope["refused"]["facts"]["faults"]
    assert [(fault["row"], fault["column"], fault["code"]) for fault in faults] == [(2, "date", "bad_day")]


@pytest.mark.parametrize("empty", ["", " ", "\u3000", "-", "--", "5", "\x00"])
def test_whatever_is_typed_is_answered(shop: Counter, empty: str) -> None:
    for line in (
        "show",
        "reverse",
        "undo",
        "balance",
        "dues",
        "daybook",
        "log",
        "status",
        "sale",
        "sale ramesh 5",
        "transfer ramesh",
        "transfer ramesh ramesh",
        "party",
        "party rename",
        "party rename ramesh",
        "party add",
        "party merge",
        "party merge ramesh",
        "party part ramesh",
        "shop",
        "shop set",
        "help",
        "",
    ):
        answer = shop(*line.split(), "--", empty)
        assert answer.code in (0, 2), (line, answer.err)
        answer = shop(*line.split(), empty, typed="n\n")
        assert answer.code in (0, 2), (line, answer.err)


def test_a_name_that_is_also_a_day_is_still_a_name(shop: Counter) -> None:
    shop("sale", "Kal", "5", "--new")
    assert "khata statement Kal" in shop("undo", "kal").err
