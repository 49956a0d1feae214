"""What was recorded after a moment for the days before: each figure then and now is what the two clocks say it is."""

from __future__ import annotations

import csv
import io
import random  # noqa: TID251 - seeded: the same book in each run
from datetime import timedelta
from typing import Any

import pytest

from tests.cli.conftest import Counter

CLOCKS = "--as-on 22-11-2026"


def asked(shop: Counter, line: str) -> dict[str, Any]:
    return shop(*line.split(), "--json").data


def then_now(found: dict[str, Any]) -> dict[Any, tuple[Any, ...]]:
    """By number what each customer owed and owes."""
    return {each["party"]: (each["then_paise"], each["now_paise"], each["entries"]) for each in found["parties"]}


def accounts(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {each["account"]: (each["then_paise"], each["now_paise"]) for each in found["accounts"]}


def test_without_a_moment_it_is_refused(shop: Counter) -> None:
    refused = shop("changes", "--json").envelope["refused"]
    assert (refused["code"], refused["facts"]) == ("misused", {"what": "missing", "name": "--since WHEN"})


def test_where_nothing_was_recorded_since_a_sentence_says_so(shop: Counter) -> None:
    assert asked(shop, "changes --since 3") == {
        "as_on": "2026-11-22",
        "since_entry": 3,
        "known_at_entry": 3,
        "parties": [],
        "accounts": [],
    }
    title, sentence = shop("changes", "--since", "3").out.splitlines()
    assert title == "Sharma Kirana Store · what changed · after entry: 3 · as on 22 Nov 2026 · up to entry 3"
    assert sentence.startswith("Nothing was recorded since then that moves money in these days")


def test_what_was_typed_later_for_the_days_before_changes_the_balance_and_the_accounts(shop: Counter) -> None:
    shop.now += timedelta(days=3)
    shop("sale", "ramesh", "20.50", "--on", "20-11-2026")
    shop("receive", "ramesh", "100", "--mode", "upi", "--on", "22-11-2026")
    shop("sale", "ramesh", "5")
    found = asked(shop, f"changes {CLOCKS} --since 22-11-2026")
    assert then_now(found) == {1: (45000, 37050, [4, 5])}
    assert accounts(found) == {"party": (45000, 37050), "sales": (-45000, -47050), "upi": (0, 10000)}
    assert (found["since_entry"], found["known_at_entry"], found["as_on"]) == (3, 6, "2026-11-22")
    assert found["parties"][0]["name"] == "Ramesh Kumar"
    assert found["parties"][0]["party_id"] == asked(shop, "balance ramesh")["parties"][0]["party_id"]


def test_the_same_moment_is_an_entry_a_day_or_an_instant(shop: Counter) -> None:
    shop("sale", "ramesh", "20")
    for since in ("3", "e3", "2026-11-22T10:02", "21-11-2026"):
        found = shop("changes", "--since", since, "--json").data
        assert found["since_entry"] == (0 if since == "21-11-2026" else 3), since


def test_the_later_moment_is_known_at(shop: Counter) -> None:
    shop("sale", "ramesh", "20")
    shop("sale", "ramesh", "30")
    found = asked(shop, "changes --since 3 --known-at 4")
    assert (then_now(found), found["known_at_entry"]) == ({1: (45000, 47000, [4])}, 4)
    assert accounts(found) == {"party": (45000, 47000), "sales": (-45000, -47000)}
    assert shop("changes", "--since", "4", "--known-at", "3", "--json").refused == "misused"


def test_whoever_comes_to_the_same_is_told_with_his_entries_all_the_same(shop: Counter) -> None:
    shop("sale", "ramesh", "20")
    shop("reverse", "4")
    found = asked(shop, "changes --since 3")
    assert then_now(found) == {1: (45000, 45000, [4, 5])}
    assert found["accounts"] == []
    assert "4, 5 · Ramesh Kumar" in shop("changes", "--since", "3").out


def test_a_correction_of_the_day_alone_moves_the_amount_out_of_the_days_before(shop: Counter) -> None:
    shop.now += timedelta(days=1)
    shop("correct", "3", "--on", "23-11-2026")
    assert then_now(asked(shop, f"changes {CLOCKS} --since 3")) == {1: (45000, 0, [4])}
    assert then_now(asked(shop, "changes --since 3")) == {1: (45000, 45000, [4, 5])}


def test_the_counter_has_entries_and_no_balance(shop: Counter) -> None:
    shop("sale", "counter", "20")
    found = asked(shop, "changes --since 3")
    assert found["parties"] == [
        {"party": None, "party_id": None, "name": None, "then_paise": None, "now_paise": None, "entries": [4]}
    ]
    assert accounts(found) == {"cash": (0, 2000), "sales": (-45000, -47000)}
    (row, *_) = csv.DictReader(io.StringIO(shop("changes", "--since", "3", "--format", "csv").out))
    assert (row["party"], row["then"], row["now"], row["difference"], row["entries"]) == ("counter", "", "", "", "4")
    assert "4 · counter" in shop("changes", "--since", "3").out


def test_khatas_joined_by_the_later_moment_are_one_person_then_and_now(shop: Counter) -> None:
    shop("sale", "Ramu", "100", "--new")
    shop("sale", "ramu", "20")
    shop("party", "merge", "ramesh", "ramu")
    assert then_now(asked(shop, "changes --since 5")) == {1: (55000, 57000, [6])}
    assert then_now(asked(shop, "changes --since 5 --known-at 6")) == {2: (10000, 12000, [6])}


def test_of_somebody_who_was_forgotten_the_number_stands(shop: Counter) -> None:
    shop("receive", "ramesh", "450")
    shop("party", "forget", "ramesh", "--yes")
    (row,) = asked(shop, "changes --since 3")["parties"]
    assert (row["party"], row["name"], row["then_paise"], row["now_paise"]) == (1, None, 45000, 0)
    assert "4 · @1" in shop("changes", "--since", "3").out


def test_an_advance_and_a_debt_are_told_apart_by_a_word(shop: Counter) -> None:
    shop("receive", "ramesh", "500.50")
    line = shop("changes", "--since", "3").out.splitlines()[2]
    assert " ".join(line.split()) == "₹450.00 Dr ₹50.50 Cr ₹500.50 Cr 4 · Ramesh Kumar"
    assert "जमा" in shop("changes", "--since", "3", "--lang", "hi").out
    (row, *_) = csv.DictReader(io.StringIO(shop("changes", "--since", "3", "--format", "csv").out))
    assert (row["then"], row["now"], row["difference"]) == ("450.00", "-50.50", "-500.50")


def test_of_many_entries_the_first_are_named_and_the_rest_counted(shop: Counter) -> None:
    for amount in range(1, 8):
        shop("sale", "ramesh", str(amount))
    assert "4, 5, 6, 7, 8 · more: 2 · Ramesh Kumar" in shop("changes", "--since", "3").out


def test_a_moment_that_is_to_come_is_said_to_be(shop: Counter) -> None:
    answer = shop("changes", "--since", "700")
    assert answer.err == "No such entry yet: 700. Shown up to: entry 3\n"
    assert shop("changes", "--since", "700", "--json").envelope["data"]["since_entry"] == 3


# --- against what the two clocks say of each customer, and the postings of each account


def grown(shop: Counter, seed: int) -> None:
    """Some weeks of a shop that types late, wrong, and from files."""
    chance = random.Random(seed)
    shop("party", "add", "Meena")
    shop("party", "add", "Suresh")
    standing = [3]
    for number in range(40):
        shop.now += timedelta(hours=chance.choice((0, 2, 9, 20)))
        day = (shop.now + timedelta(hours=5, minutes=30)).date() - timedelta(days=chance.choice((0, 0, 1, 3, 40)))
        who = chance.choice(("ramesh", "meena", "suresh", "counter"))
        what = chance.random()
        amount = f"{chance.randrange(10, 900)}.{chance.randrange(10, 99)}"
        if what < 0.05:
            path = shop.home / f"{number}.csv"
            path.write_text(f"date,type,party,amount\n{day},sale,Meena,{number + 5}\n", encoding="utf-8")
            assert shop("import", str(path)).code == 0
            continue
        if what < 0.2 and standing:
            words = ["reverse", str(standing.pop(chance.randrange(len(standing))))]
        elif what < 0.4 and standing:
            words = ["correct", str(standing.pop(chance.randrange(len(standing)))), amount, "--on", day.isoformat()]
        else:
            kind = "sale" if who == "counter" else chance.choice(("sale", "receive", "return", "opening", "charge"))
            words = [kind, who, amount, "--on", day.isoformat()]
        answer = shop(*words, "--json")
        if answer.code == 0 and words[0] != "reverse":
            standing.append(answer.data["entry"])


def balances(shop: Counter, as_on: str, known: int) -> dict[int, int]:
    found = asked(shop, f"balance --all --as-on {as_on} --known-at {known}")["parties"]
    return {each["party"]: each["balance_paise"] for each in found}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_then_and_now_are_the_balances_of_both_moments(shop: Counter, seed: int) -> None:
    grown(shop, seed)
    log = {each["entry"]: each for each in asked(shop, "log")["lines"]}
    made = {entry: asked(shop, f"show {entry}")["postings"] for entry in log}
    chance, last = random.Random(seed), max(log)
    told = 0
    for known in (last, last, last - 7):
        since = chance.randrange(4, known)
        for as_on in ("2026-11-22", "2026-11-30", "2026-10-20", max(each["on"] for each in log.values())):
            found = asked(shop, f"changes --as-on {as_on} --since {since} --known-at {known}")
            then, now = balances(shop, as_on, since), balances(shop, as_on, known)
            shown = {each["party"]: each for each in found["parties"] if each["party"] is not None}
            assert {party: each["then_paise"] for party, each in shown.items()} == {p: then.get(p, 0) for p in shown}
            assert {party: each["now_paise"] for party, each in shown.items()} == {p: now[p] for p in shown}
            assert [party for party in now if party not in shown and now[party] != then.get(party, 0)] == []
            fresh = [each for each in made if since < each <= known and log[each]["on"] <= as_on and made[each]]
            assert sorted(entry for each in found["parties"] for entry in each["entries"]) == fresh
            assert accounts(found) == differing(made, log, as_on, since, known)
            assert sum(each["now_paise"] - each["then_paise"] for each in found["accounts"]) == 0
            told += len(found["accounts"])
    assert told


def differing(
    made: dict[int, list[dict[str, Any]]], log: dict[int, dict[str, Any]], as_on: str, since: int, known: int
) -> dict[str, tuple[int, int]]:
    """By account what all postings of the days come to at both moments, where that is not the same."""
    sums: dict[str, list[int]] = {}
    for entry, postings in made.items():
        for each in postings if log[entry]["on"] <= as_on and entry <= known else []:
            both = sums.setdefault(each["account"], [0, 0])
            both[1] += each["amount_paise"]
            both[0] += each["amount_paise"] if entry <= since else 0
    return {account: (then, now) for account, (then, now) in sums.items() if then != now}
