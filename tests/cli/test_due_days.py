"""When a sale is due: as is said, by a customer's own days, after a correction; and what every question makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.conftest import Counter
from tests.cli.sitting import sit
from tests.cli.test_reminding import dues, last, made_dues

__all__ = ["dues", "made_dues"]


def due_on(shop: Counter, *words: str) -> str | None:
    said = shop("sale", *words, "--json").data.get("due_on")
    return None if said is None else str(said)


def test_a_sale_is_due_when_that_is_said(shop: Counter) -> None:
    assert due_on(shop, "ramesh", "50") is None
    assert due_on(shop, "ramesh", "50.01", "--due", "15d") == "2026-12-07"
    assert due_on(shop, "ramesh", "50.02", "--due", "15 days") == "2026-12-07"
    assert due_on(shop, "ramesh", "50.03", "--due", "5 Dec") == "2026-12-05"
    assert due_on(shop, "ramesh", "50.04", "--due", "1/11") == "2027-11-01", "the next such day"
    assert due_on(shop, "ramesh", "50.05", "--due", "sunday") == "2026-11-29", "not today"
    assert due_on(shop, "ramesh", "50.06", "--due", "10d", "--on", "1-11-2026") == "2026-11-11"
    assert due_on(shop, "ramesh", "50.07", "--due", "5/11", "--on", "1-11-2026") == "2026-11-05"
    assert shop("sale", "ramesh", "9", "--due", "21-11-2026", "--json").refused == "due_before"
    assert shop("sale", "ramesh", "9", "--due", "soon", "--json").refused == "bad_due"
    assert shop("sale", "ramesh", "9", "--due", "9d", "--paid", "all", "--json").refused == "nothing_to_be_due"
    assert shop("sale", "counter", "9", "--due", "9d", "--json").refused == "nothing_to_be_due"
    assert "to be paid by: 7 Dec 2026" in shop("sale", "ramesh", "51", "--due", "15d").out


def test_a_bill_with_items_and_a_round_off_is_due_like_any_other(shop: Counter) -> None:
    assert due_on(shop, "ramesh", "--item", "Atta x2 @ 22.40", "--round", "--due", "15d") == "2026-12-07"
    shown = shop("show", "5", "--json").data  # behind what says that the format was raised
    assert (shown["amount_paise"], shown["due_on"], len(shown["items"])) == (4500, "2026-12-07", 1)
    assert "7 Dec 2026" in shop("show", "5").out
    assert "to be paid by: 7 Dec" in " ".join(shop("receipt", "5").out.split())


def test_a_customers_own_days_count_from_then_on(shop: Counter) -> None:
    assert shop("party", "due", "ramesh", "30d").code == 0
    assert shop("party", "show", "ramesh", "--json").data["due_days"] == 30
    assert due_on(shop, "ramesh", "50") == "2026-12-22"
    assert due_on(shop, "ramesh", "60", "--due", "0d") == "2026-11-22"
    assert due_on(shop, "ramesh", "70", "--paid", "all") is None
    assert shop("return", "ramesh", "5", "--json").data.get("due_on") is None
    (due,) = shop("dues", "--json").data["parties"]
    assert due["by_age_paise"] == [45000 + 6000 - 500, 0, 0, 0], "the return settles the oldest"
    assert due["not_due_paise"] == 5000
    assert shop("party", "due", "ramesh", "0").code == 0
    assert due_on(shop, "ramesh", "80") is None
    assert shop("party", "due", "ramesh", "15", "days").code == 0
    assert shop("party", "show", "ramesh", "--json").data["due_days"] == 15
    assert shop("party", "due", "ramesh", "soon", "--json").refused == "bad_days"
    assert shop("party", "due", "ramesh", "--json").refused == "misused"
    assert shop("party", "due", "ramesh", "none").code == 0
    assert shop("party", "show", "ramesh", "--json").data["due_days"] is None


def test_a_retry_after_the_terms_changed_is_the_same_sale(shop: Counter) -> None:
    words = ("sale", "ramesh", "50", "--event-id", "ab" * 16, "--json")
    first = shop(*words).data
    assert shop("party", "due", "ramesh", "30d").code == 0
    again = shop(*words).data
    assert (again["entry"], again["already_recorded"]) == (first["entry"], True)
    assert shop(*words, "--due", "15d").refused == "id_reused"
    due = ("sale", "ramesh", "51", "--due", "15d", "--event-id", "cd" * 16, "--json")
    assert shop(*due).data["entry"] == shop(*due).data["entry"]
    assert shop("sale", "ramesh", "51", "--due", "16d", "--event-id", "cd" * 16, "--json").refused == "id_reused"
    ref = ("sale", "ramesh", "52", "--ref", "B-1", "--once", "--json")
    one = shop(*ref).data["entry"]
    assert shop("party", "due", "ramesh", "0").code == 0
    assert shop(*ref).data["entry"] == one, "what the terms made of it is no other sale"


def test_what_comes_again_and_what_is_imported_is_on_the_customers_terms(shop: Counter, tmp_path: Path) -> None:
    assert shop("party", "due", "ramesh", "30d").code == 0
    assert shop("every", "month", "ramesh", "45", "--from", "1/11").code == 0
    assert shop("due-lines", "--yes").code == 0
    (tmp_path / "rows.csv").write_text("date,type,party,amount\n2026-11-20,sale,Ramesh Kumar,20\n", encoding="utf-8")
    assert shop("import", str(tmp_path / "rows.csv")).code == 0
    lines = shop("statement", "ramesh", "--json").data["lines"]
    assert [(each["on"], each["due_on"]) for each in lines] == [
        ("2026-11-01", "2026-12-01"),
        ("2026-11-20", "2026-12-20"),
        ("2026-11-22", None),
    ]


def test_a_correction_keeps_the_due_day(shop: Counter) -> None:
    assert due_on(shop, "ramesh", "50", "--due", "15d") == "2026-12-07"
    assert shop("correct", "5", "55").code == 0
    assert shop("statement", "ramesh", "--json").data["lines"][-1]["due_on"] == "2026-12-07"
    assert shop("dues", "--json").data["parties"][0]["not_due_paise"] == 5500


def test_what_is_not_due_yet_has_a_place_of_its_own(dues: Counter) -> None:
    page = dues("dues").out
    assert "Not yet due" in page
    (gopal,) = (each for each in dues("dues", "--json").data["parties"] if each["name"] == "Gopal")
    assert (gopal["not_due_paise"], gopal["by_age_paise"], gopal["due_since"]) == (70000, [0, 0, 0, 0], None)
    assert "Gopal" not in [each["name"] for each in dues("dues", "--over", "1", "--json").data["parties"]]
    ages = dues("chart", "dues", "--json").data["ages"]
    assert ages[0] == {"from_days": None, "upto_days": None, "due_paise": 70000, "customers": 1}
    assert "Not yet due" in dues("chart", "dues").out
    assert "Not yet due" in dues("statement", "gopal", "--format", "html").out
    dues.now += timedelta(days=40)
    (gopal,) = (each for each in dues("dues", "--over", "20", "--json").data["parties"] if each["name"] == "Gopal")
    assert (gopal["by_age_paise"][0], gopal["due_since"], gopal["oldest_on"]) == (70000, "2026-12-07", "2026-11-22")


def test_three_years_run_from_the_day_on_which_it_was_due(khata: Counter) -> None:
    """Limitation Act 1963, article 15: when the period of credit expires."""
    assert khata("init", "Old").code == 0
    assert khata("sale", "Asha", "100", "--new", "--on", "01-01-2024", "--due", "60d").code == 0
    khata.now = datetime(2027, 2, 20, 4, 30, tzinfo=UTC)
    (line,) = khata("audit", "old", "--within", "30d", "--json").data["lines"]
    assert (line["debit_on"], line["due_on"], line["lapses_on"]) == ("2024-01-01", "2024-03-01", "2027-03-01")
    assert line["part_paid_on"] is None


def test_a_sale_that_went_on_an_open_day_is_due_then_at_the_earliest(shop: Counter) -> None:
    shop.now += timedelta(days=9)
    assert shop("lock", "--upto", "30-11-2026", "--yes").code == 0
    words = ("sale", "ramesh", "70", "--on", "24-11-2026", "--due", "2d", "--event-id", "ab" * 16, "--json")
    first = shop(*words).data
    assert (first["on"], first["due_on"]) == ("2026-12-01", "2026-11-26")
    assert shop(*words).data["already_recorded"]
    (due,) = shop("dues", "--json").data["parties"]
    assert due["by_age_paise"] == [45000 + 7000, 0, 0, 0]
    assert shop("statement", "ramesh", "--json").data["lines"][-1]["due_on"] == "2026-12-01"


def test_a_correction_puts_the_due_day_right(shop: Counter) -> None:
    def line() -> tuple[str, str | None]:
        lines = shop("statement", "@1", "--json").data["lines"]
        found = next(each for each in lines if each["debit_paise"] == 5000 and not each["reversed_by"])
        return found["on"], found["due_on"]

    assert due_on(shop, "ramesh", "50", "--due", "15d") == "2026-12-07"
    assert shop("correct", str(last(shop)["entry"]), "--due", "20d").code == 0
    assert line() == ("2026-11-22", "2026-12-12")
    assert shop("correct", str(last(shop)["entry"]), "--on", "20-11-2026").code == 0
    assert line() == ("2026-11-20", "2026-12-10"), "as long after the sale as before"
    assert shop("party", "add", "Chand").code == 0
    assert shop("party", "due", "chand", "5d").code == 0
    entry = next(
        row["entry"] for row in reversed(shop("log", "--json").data["lines"]) if row["kind"] == "sale_recorded"
    )
    assert shop("correct", str(entry), "--party", "chand").code == 0
    (due,) = (each for each in shop("dues", "--json").data["parties"] if each["name"] == "Chand")
    assert due["not_due_paise"] == 5000
    assert shop("statement", "chand", "--json").data["lines"][-1]["due_on"] == "2026-11-25", "by his own terms"
    assert shop("correct", str(last(shop)["entry"]), "--paid", "all").code == 0
    assert shop("statement", "chand", "--json").data["lines"][-1]["due_on"] is None
    assert shop("correct", str(last(shop)["entry"]), "--due", "5d", "--json").refused == "nothing_to_be_due"
    assert shop("receive", "ramesh", "5").code == 0
    assert shop("correct", str(last(shop)["entry"]), "--due", "5d", "--json").refused == "not_of_this_kind"
    assert shop("verify", "--json").data["result"] == "unbroken"


def test_a_correction_is_tried_again_with_its_due_day(shop: Counter) -> None:
    words = ("correct", "3", "--due", "20d", "--event-id", "ab" * 16, "--json")
    assert shop(*words).data["entry"] == shop(*words).data["entry"]
    assert shop("correct", "3", "--due", "21d", "--event-id", "ab" * 16, "--json").refused == "id_reused"


def test_the_terms_of_either_khata_are_the_persons(shop: Counter) -> None:
    assert shop("party", "add", "Bina").code == 0
    assert shop("party", "due", "bina", "10d").code == 0
    assert shop("party", "merge", "ramesh", "Bina").code == 0
    assert due_on(shop, "bina", "50") == "2026-12-02"


def test_of_one_day_what_is_due_first_is_settled_first_in_every_question(khata: Counter) -> None:
    assert khata("init", "Old").code == 0
    assert khata("sale", "Asha", "100", "--new", "--on", "01-10-2023", "--due", "2000d", "--no-doubts").code == 2
    assert khata("sale", "Asha", "100", "--new", "--on", "01-10-2023", "--due", "2000d").code == 0
    assert khata("sale", "asha", "70", "--on", "01-10-2023", "--due", "1d").code == 0
    assert khata("receive", "asha", "70").code == 0
    assert khata("dues", "--json").data["parties"][0]["not_due_paise"] == 10000
    assert khata("audit", "old", "--json").data["lines"] == []


def test_a_due_day_far_away_is_asked_about(shop: Counter) -> None:
    answer = shop("sale", "ramesh", "50", "--due", "5/11", typed="n\n", terminal=True)
    assert "To be paid by: 5 Nov 2027" in answer.err
    assert last(shop)["entry"] == 3
    assert shop("party", "due", "ramesh", "200d").code == 0
    assert due_on(shop, "ramesh", "50") == "2027-06-10"
    assert shop("sale", "ramesh", "60", "--json").envelope["warnings"] == [], "those days were agreed"


def test_days_to_come_are_words_too(shop: Counter) -> None:
    assert due_on(shop, "ramesh", "50", "--due", "kal") == "2026-11-23"
    assert due_on(shop, "ramesh", "51", "--due", "tomorrow") == "2026-11-23"
    assert due_on(shop, "ramesh", "52", "--due", "29 feb") == "2028-02-29"
    assert shop("sale", "ramesh", "53", "--due", "", "--json").refused == "misused"


def test_a_quick_line_takes_a_due_day(shop: Counter) -> None:
    sat = sit(shop, "ramesh 50 --due 15d", "")
    assert "to be paid by: 7 Dec 2026" in sat.said
