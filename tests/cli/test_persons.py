"""Two khatas of one person, asked about: one balance, one statement, both names, both clocks, and verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter, like
from tests.cli.sitting import sit


@pytest.fixture(scope="module")
def made_shop(opened_home: Counter, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Ramesh Kumar (@1, ₹450 today), Ramu (@2: ₹100 in September, ₹30 paid), Meena (@3); Ramu is Ramesh: entry 10."""
    shop = like(opened_home, tmp_path_factory.mktemp("made"))
    for line in (
        "sale Ramu 100 --new --on 1-9-2026",
        "receive ramu 30 --on 5-9-2026",
        "sale Meena 20 --new",
        "party merge ramesh ramu",
    ):
        assert shop(*line.split()).code == 0, line
    return shop


@pytest.fixture
def shop(made_shop: Counter, tmp_path: Path) -> Counter:
    """A copy of it."""
    return like(made_shop, tmp_path)


def asked(shop: Counter, line: str) -> dict[str, Any]:
    return shop(*line.split(), "--json").data


@pytest.mark.parametrize("name", ["ramesh", "ramu", "@1", "@2", "Ramu"])
def test_each_name_and_number_finds_him(shop: Counter, name: str) -> None:
    (one,) = asked(shop, f"balance {name}")["parties"]
    assert (one["party"], one["name"], one["balance_paise"]) == (1, "Ramesh Kumar", 52000)
    page = asked(shop, f"statement {name}")
    assert [line["balance_paise"] for line in page["lines"]] == [10000, 7000, 52000]
    assert (page["party"], page["closing_paise"]) == (1, 52000)
    assert asked(shop, f"party show {name}")["khatas"] == [1, 2]
    assert len(asked(shop, f"log --party {name}")["lines"]) == 6


def test_he_is_one_in_every_list(shop: Counter) -> None:
    everybody = asked(shop, "balance")
    assert [(each["name"], each["balance_paise"]) for each in everybody["parties"]] == [
        ("Ramesh Kumar", 52000),
        ("Meena", 2000),
    ]
    assert everybody["to_receive_paise"] == asked(shop, "status")["to_receive_paise"] == 54000
    assert [each["party"] for each in asked(shop, "party list")["parties"]] == [1, 3]
    assert "0 settled" not in shop("balance").out
    due = asked(shop, "dues")["parties"][0]
    assert (due["by_age_paise"], due["oldest_on"], due["last_received_on"]) == (
        [45000, 0, 7000, 0],
        "2026-09-01",
        "2026-09-05",
    )
    assert [each["name"] for each in asked(shop, "dues --over 60d")["parties"]] == ["Ramesh Kumar"]


def test_what_was_known_before_is_answered_as_it_was_known(shop: Counter) -> None:
    for name, number, balance in (("ramu", 2, 7000), ("@2", 2, 7000), ("ramesh", 1, 45000)):
        (one,) = asked(shop, f"balance {name} --known-at 8")["parties"]
        assert (one["party"], one["balance_paise"]) == (number, balance)
        assert asked(shop, f"statement {name} --known-at 8")["closing_paise"] == balance
    assert [each["party"] for each in asked(shop, "balance --known-at 8")["parties"]] == [1, 2, 3]
    assert [each["party"] for each in asked(shop, "dues --known-at 8")["parties"]] == [1, 2, 3]
    shop("party", "part", "ramesh", "ramu")
    assert asked(shop, "balance ramu --known-at 10")["parties"][0]["balance_paise"] == 52000
    assert asked(shop, "balance ramu")["parties"][0]["balance_paise"] == 7000


def test_a_period_brings_forward_what_both_had(shop: Counter) -> None:
    page = asked(shop, "statement ramu --from 1-11-2026")
    assert (page["opening_paise"], page["closing_paise"], len(page["lines"])) == (7000, 52000, 1)


def test_an_advance_of_one_khata_is_set_against_the_dues_of_the_other(shop: Counter) -> None:
    """`verify` comes to the same: what is due of one person, not of two."""
    shop("sale", "Babu", "100", "--new")
    shop("receive", "Babloo", "60", "--new")
    before, verdict = asked(shop, "balance"), asked(shop, "verify")
    assert (before["to_receive_paise"], before["to_give_paise"]) == (64000, 6000)
    shop("party", "merge", "Babu", "Babloo")
    after = asked(shop, "balance")
    assert (after["to_receive_paise"], after["to_give_paise"], after["net_paise"]) == (58000, 0, before["net_paise"])
    for way in (" --since last", ""):
        verdict = asked(shop, f"verify{way}")
        assert (verdict["result"], verdict["to_receive_paise"], verdict["to_give_paise"]) == ("unbroken", 58000, 0), way


def test_views_that_are_built_anew_say_the_same(shop: Counter) -> None:
    before = asked(shop, "balance"), asked(shop, "dues"), asked(shop, "statement ramu")
    assert shop("rebuild").code == 0
    assert before == (asked(shop, "balance"), asked(shop, "dues"), asked(shop, "statement ramu"))


def test_the_log_makes_the_same_persons_in_another_book(shop: Counter) -> None:
    shop("export", "--format", "jsonl", "-o", str(shop.home / "log.jsonl"))
    assert shop("import-log", str(shop.home / "log.jsonl"), "--book", str(shop.home / "again.khata")).code == 0
    again = shop("balance", "ramu", "--book", str(shop.home / "again.khata"), "--json").data
    assert again["parties"][0]["balance_paise"] == 52000


def test_rows_of_a_file_count_for_whoever_has_the_name(shop: Counter) -> None:
    (shop.home / "rows.csv").write_text("date,party,type,amount\n2026-11-20,Ramu,sale,20\n", encoding="utf-8")
    assert shop("import", str(shop.home / "rows.csv")).code == 0
    assert asked(shop, "balance ramesh")["parties"][0]["balance_paise"] == 54000
    assert asked(shop, "verify")["result"] == "unbroken"


def test_in_the_shell_too(shop: Counter) -> None:
    said = sit(shop, "ramu 30", "ramu?", "ramu jama 550").lines
    assert said[0].startswith("on khata: ₹30.00   now ₹550.00 due")
    assert said[1] == "₹550.00 due   Ramesh Kumar"
    assert "SETTLED" in said[2]


def test_a_word_that_both_his_khatas_have_means_one(shop: Counter) -> None:
    shop("party", "alias", "ramesh", "--add", "Ram Babu")
    shop("sale", "Ram Lal", "5", "--new")
    shop("party", "merge", "ramesh", "Ram Lal")
    assert "now ₹555.00 due" in sit(shop, "ram 30").lines[0]
    assert shop("sale", "ram", "5", "--json").data["party"] == 1
    assert "Meant: sale Ramesh Kumar 5?" in shop("ram", "5").err


def test_he_is_forgotten_whole(shop: Counter) -> None:
    shop("receive", "ramu", "520", "--by-hand", "Sonu")
    assert shop("party", "forget", "ramu", "--yes").code == 0
    assert asked(shop, "verify")["result"] == "unbroken"
    for name in ("ramesh", "ramu", "Sonu"):
        assert shop("balance", name, "--json").refused == "unknown_party"
    text = (shop.home / "Khata" / "sharma-kirana-store.khata").read_bytes()
    assert not [word for word in (b"Ramesh", b"Ramu", b"Sonu") if word in text]
    assert shop("sale", "@2", "5", "--json").refused == "party_forgotten"


def test_a_khata_of_another_book_is_named_by_its_id(shop: Counter) -> None:
    there, here = "ab" * 16, asked(shop, "party show meena")["party_id"]
    answer = shop("party", "merge", "ramesh", there)
    assert answer.out == f"One khata from now on: {there} + Ramesh Kumar   now ₹520.00 due   entry 11\n"
    assert shop("party", "part", "ramesh", there).code == 0
    assert asked(shop, f"party merge ramesh {here}")["balance_paise"] == 54000
    assert asked(shop, f"party part ramesh {here}")["other"] == 3


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("party merge ramesh", "two_names"),
        ("party merge", "two_names"),
        ("party merge ramesh nobody", "unknown_party"),
        ("party merge ramesh @2", "same_party"),
        ("party part ramesh meena", "not_merged"),
        ("party part meena ramu", "not_merged"),
        ("party part ramesh @9", "unknown_party"),
        ("transfer ramesh ramu 5", "same_party"),
        ("transfer ramesh 5", "two_names"),
        ("transfer ramesh meena", "amount_comes_last"),
        ("transfer ramesh kumar ramesh kumar meena 5", "two_names"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_recorded(shop: Counter, line: str, code: str) -> None:
    before = asked(shop, "log")["lines"]
    assert shop(*line.split(), "--json").refused == code
    assert asked(shop, "log")["lines"] == before


def test_names_of_several_words_are_told_apart_by_the_book(shop: Counter) -> None:
    shop("sale", "Meena Devi Rao", "5", "--new")
    done = asked(shop, "transfer ramesh kumar meena devi rao 50")
    assert (done["party"], done["name"], done["balance_paise"]) == (4, "Meena Devi Rao", 5500)
    assert (done["other"], done["other_name"]) == (1, "Ramesh Kumar")
    assert shop("transfer", "Ramesh Kumar", "Meena Devi Rao", "1").code == 0


def test_a_half_that_is_cancelled_in_the_shell_takes_the_other_with_it(shop: Counter) -> None:
    shop("transfer", "ramesh", "meena", "50")
    assert "Cancelled: entry 12" in sit(shop, "undo", answers="y\n").said
    assert [each["balance_paise"] for each in asked(shop, "balance")["parties"]] == [52000, 2000]


def test_a_retry_records_once_also_when_two_were_joined_meanwhile(shop: Counter) -> None:
    tries = {
        "sale ramu 30": "a1" * 16,
        "receive @2 10": "a2" * 16,
        "sale meena 5": "a3" * 16,
        "transfer meena ramesh 5": "a4" * 16,
    }
    shop("party", "part", "ramesh", "ramu")
    for line, event_id in tries.items():
        assert shop(*line.split(), "--event-id", event_id).code == 0
    shop("party", "merge", "ramesh", "ramu", "--event-id", "a5" * 16)
    shop("party", "merge", "ramesh", "meena", "--event-id", "a6" * 16)
    before = asked(shop, "balance")
    tries |= {"party merge ramesh ramu": "a5" * 16, "party merge ramesh meena": "a6" * 16}
    for line, event_id in tries.items():
        assert asked(shop, f"{line} --event-id {event_id}")["already_recorded"], line
    assert asked(shop, "balance") == before
    assert shop("sale", "ramesh", "31", "--event-id", "a1" * 16, "--json").refused == "id_reused"


def test_a_parting_is_tried_again_when_the_one_between_was_parted_too(shop: Counter) -> None:
    shop("sale", "Babu", "5", "--new")
    shop("party", "part", "ramesh", "ramu")
    shop("party", "merge", "ramu", "babu")
    shop("party", "merge", "ramesh", "ramu")
    shop("party", "part", "ramesh", "babu", "--event-id", "b1" * 16)
    shop("party", "part", "ramesh", "ramu")
    assert asked(shop, f"party part ramesh babu --event-id {'b1' * 16}")["already_recorded"]


def test_what_was_said_of_a_transfer_is_forgotten_with_either_of_the_two(shop: Counter) -> None:
    shop("transfer", "meena", "ramesh", "20", "--note", "Meena's daughter 9876543210")
    assert shop("party", "forget", "meena", "--yes").code == 0
    assert b"daughter" not in (shop.home / "Khata" / "sharma-kirana-store.khata").read_bytes()
    assert "daughter" not in shop("statement", "ramesh").out
    assert asked(shop, "verify")["result"] == "unbroken"
    assert shop("rebuild").code == 0
    assert "daughter" not in shop("log").out


def test_a_transfer_with_a_reference_is_recorded_once(shop: Counter) -> None:
    words = ["transfer", "ramesh", "meena", "50", "--ref", "T 1"]
    shop(*words)
    assert shop(*words, "--json").refused == "ref_taken"
    assert shop(*words, "--once", "--json").data["already_recorded"]
    assert shop(*words[:3], "60", "--ref", "T 1", "--once", "--json").refused == "ref_conflict"
    assert shop("transfer", "meena", "ramesh", "50", "--ref", "T 1", "--once", "--json").refused == "ref_conflict"


@pytest.mark.parametrize("amount", ["50 rs", "rs 50", "2 kg x 25", "20+30"])
def test_the_sum_of_a_transfer_is_typed_as_any_other(shop: Counter, amount: str) -> None:
    assert asked(shop, f"-q transfer ramesh meena {amount}")["amount_paise"] == 5000


def test_whoever_takes_over_may_be_added_and_named_in_the_lines_that_follow(shop: Counter) -> None:
    from io import StringIO

    lines = (
        '{"command":"transfer","party":"ramesh","to":"Naya Banda","amount_paise":500,"new":true}\n'
        '{"command":"sale","party":"Naya Banda","amount_paise":500}\n'
    )
    answer = shop("batch", "--group", "10", stdin=StringIO(lines))
    assert (answer.code, answer.out.count('"entry"')) == (0, 2)
