"""What an accountant looks for: cash of two lakh or more, dues near three years, gaps among the numbers of bills."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest

from tests.cli.batches import send
from tests.cli.conftest import Counter

LIMIT_PAISE = 2_00_000_00


@pytest.fixture
def shop(khata: Counter) -> Counter:
    """A counter with a book in which nothing stands yet."""
    assert khata("init", "Sharma Kirana Store").code == 0
    return khata


def write(shop: Counter, *lines: str) -> list[int]:
    """The entries that lines of a batch made."""
    sent = send(shop, *lines)
    assert not sent.codes, sent.answers
    return sent.entries


def asked(shop: Counter, words: str) -> list[dict[str, Any]]:
    """The lines of an audit."""
    lines: list[dict[str, Any]] = shop("audit", *words.split(), "--json").data["lines"]
    return lines


def cash_of(shop: Counter, words: str = "") -> list[tuple[Any, ...]]:
    return [
        (line["name"], line["on"], line["cash_paise"], line["why"], line["rule"])
        for line in asked(shop, f"cash {words}")
    ]


# Cash


@pytest.mark.parametrize(("rupees", "found"), [("199999.99", []), ("200000", [LIMIT_PAISE])])
def test_given_cash_of_a_day_it_is_told_from_two_lakh_on(shop: Counter, rupees: str, found: list[int]) -> None:
    write(shop, f"receive Ramu {rupees} --new --on 1-9-2026", "receive Ramu 900000 --mode upi --on 1-9-2026")
    assert [line["cash_paise"] for line in asked(shop, "cash")] == found


def test_given_parts_on_a_day_they_are_one_sum_and_on_two_days_they_are_not(shop: Counter) -> None:
    first, second, _ = write(
        shop,
        "receive Ramu 150000 --new --on 1-9-2026",
        "sale Ramu 90000 --paid 50000:cash --paid 20000:upi --on 1-9-2026",
        "receive Ramu 199999 --on 2-9-2026",
    )
    (line,) = asked(shop, "cash")
    assert line == {
        "party": 1,
        "name": "Ramu",
        "on": "2026-09-01",
        "cash_paise": LIMIT_PAISE,
        "entries": [first, second],
        "rule": "s.186",
        "why": "day",
        "bill": None,
    }


def test_given_a_day_the_rule_is_the_one_that_was_in_force(shop: Counter) -> None:
    for day in ("2017-03-31", "2017-04-01", "2026-03-31", "2026-04-01"):
        write(shop, f"receive Ramu 200000 --new --on {day}", f"receive Ramu 1 --mode upi --on {day}")
    assert [(line["on"], line["rule"]) for line in asked(shop, "cash")] == [
        ("2017-04-01", "269ST"),
        ("2026-03-31", "269ST"),
        ("2026-04-01", "s.186"),
    ]


def test_given_two_khatas_of_one_person_their_cash_is_one_sum(shop: Counter) -> None:
    write(shop, "receive Ramu 100000 --new --on 1-9-2026", "receive Shamu 100000 --new --on 1-9-2026")
    assert cash_of(shop) == []
    before = shop("status", "--json").data["entries"]
    shop("party", "merge", "Ramu", "Shamu")
    assert cash_of(shop) == [("Ramu", "2026-09-01", LIMIT_PAISE, "day", "s.186")]
    assert cash_of(shop, f"--known-at {before}") == []
    shop("party", "part", "Ramu", "Shamu")
    assert cash_of(shop) == []


def test_given_a_cancelled_entry_it_counts_only_as_long_as_nothing_else_was_known(shop: Counter) -> None:
    (entry,) = write(shop, "receive Ramu 200000 --new --on 1-9-2026")
    write(shop, f"reverse {entry} --on 5-9-2026")
    assert cash_of(shop) == []
    assert len(cash_of(shop, f"--known-at {entry}")) == 1
    assert len(cash_of(shop, "--as-on 4-9-2026")) == 1
    assert cash_of(shop, "--as-on 5-9-2026") == []


def test_given_cash_that_went_out_again_it_came_in_all_the_same(shop: Counter) -> None:
    write(shop, "receive Ramu 200000 --new --on 1-9-2026", "refund Ramu 150000 --on 1-9-2026")
    (refund,) = write(shop, "refund Ramu 200000 --on 3-9-2026")
    write(shop, f"reverse {refund} --on 4-9-2026")  # that puts cash back, and nobody paid it
    assert cash_of(shop) == [("Ramu", "2026-09-01", LIMIT_PAISE, "day", "s.186")]
    assert len(cash_of(shop, "--as-on 3-9-2026")) == 1


def test_given_counter_sales_each_stands_for_itself(shop: Counter) -> None:
    lines = ["sale counter 199999.99", "sale counter 200000", "sale counter 200000", "sale counter 300000"]
    first, second, *_ = write(shop, *(f"{line} --paid all:cash --on 1-9-2026" for line in lines))[1:]
    write(shop, "sale counter 300000 --paid 199999:cash --paid 100001:upi --on 1-9-2026", f"reverse {second}")
    found = asked(shop, "cash")
    assert [(line["party"], line["name"], line["why"], line["entries"]) for line in found] == [
        (None, None, "day", [first]),
        (None, None, "day", [second + 1]),
    ]
    assert "counter" in shop("audit", "cash").out


def test_given_one_bill_paid_on_several_days_it_is_told_on_the_day_that_reached_the_limit(shop: Counter) -> None:
    _, bill, first, _, third, _ = write(
        shop,
        "sale Ramu 1000 --new --on 1-8-2026",
        "sale Ramu 250000 --paid 50000:cash --on 2-8-2026",
        "receive Ramu 101000 --on 3-8-2026",  # 1,000 of it for the older sale
        "receive Ramu 20000 --mode upi --on 4-8-2026",
        "receive Ramu 50000 --on 5-8-2026",
        "receive Ramu 90000 --on 6-8-2026",  # 30,000 of it for the bill
    )
    (line,) = asked(shop, "cash")
    assert (line["why"], line["bill"], line["on"], line["cash_paise"]) == ("bill", bill, "2026-08-05", 2_30_000_00)
    assert line["entries"] == [bill, first, third, third + 1]
    assert [line["on"] for line in asked(shop, "cash --as-on 5-8-2026")] == ["2026-08-05"]
    assert asked(shop, "cash --as-on 4-8-2026") == []
    assert asked(shop, "cash --from 6-8-2026") == []
    assert len(asked(shop, "cash --period 5-8-2026")) == 1


def test_given_a_bill_that_is_no_sale_or_below_the_limit_nothing_is_told_of_it(shop: Counter) -> None:
    write(shop, "opening Ramu 300000 --new --on 1-8-2026", "receive Ramu 150000 --on 2-8-2026")
    write(shop, "receive Ramu 150000 --on 3-8-2026")
    write(shop, "sale Shamu 199999 --new --on 1-8-2026", "receive Shamu 150000 --on 2-8-2026")
    write(shop, "receive Shamu 50000 --on 3-8-2026")
    assert asked(shop, "cash") == []


def test_given_kasar_and_goods_that_came_back_only_the_cash_counts_for_a_bill(shop: Counter) -> None:
    write(
        shop,
        "sale Ramu 200000 --new --on 1-8-2026",
        "return Ramu 10000 --on 2-8-2026",
        "receive Ramu 100000 --on 3-8-2026",
        "receive Ramu 89999 --full --yes --on 4-8-2026",
    )
    assert asked(shop, "cash") == []


def test_given_an_advance_it_counts_for_the_bill_that_it_paid(shop: Counter) -> None:
    advance, bill, rest = write(
        shop,
        "receive Ramu 150000 --new --on 1-8-2026",
        "sale Ramu 200000 --on 2-8-2026",
        "receive Ramu 50000 --on 3-8-2026",
    )
    (line,) = asked(shop, "cash")
    assert (line["bill"], line["on"], line["entries"]) == (bill, "2026-08-03", [advance, rest])


# Old dues


def old_of(shop: Counter, words: str = "") -> list[tuple[Any, ...]]:
    keys = ("name", "due_paise", "oldest_on", "last_received_on", "lapses_on", "days_left")
    return [tuple(line[key] for key in keys) for line in asked(shop, f"old {words}")]


def test_given_a_sale_its_time_ends_after_three_years_to_the_day(shop: Counter) -> None:
    write(shop, "sale Ramu 100 --new --on 2023-11-22", "sale Shamu 100 --new --on 2023-11-21")
    write(shop, "sale Bala 100 --new --on 2023-11-23")
    assert old_of(shop, "--within 0") == [
        ("Shamu", 10000, "2023-11-21", None, "2026-11-21", -1),
        ("Ramu", 10000, "2023-11-22", None, "2026-11-22", 0),
    ]
    assert [line[0] for line in old_of(shop, "--within 1d")] == ["Shamu", "Ramu", "Bala"]
    assert [line[0] for line in old_of(shop, "--as-on 2026-05-26")] == ["Shamu", "Ramu"]


def test_given_a_sale_of_29_february_its_time_ends_on_the_28th(shop: Counter) -> None:
    write(shop, "sale Ramu 100 --new --on 2024-02-29")
    assert [line[4:] for line in old_of(shop)] == [("2027-02-28", 98)]
    assert old_of(shop, "--within 97") == []


def test_given_a_part_payment_in_time_the_time_begins_anew_and_after_it_not(shop: Counter) -> None:
    write(shop, "sale Ramu 100 --new --on 2020-01-01", "receive Ramu 10 --on 2023-01-01")
    write(shop, "sale Shamu 100 --new --on 2020-01-01", "receive Shamu 10 --on 2023-01-02")
    assert old_of(shop) == [
        ("Shamu", 9000, "2020-01-01", "2023-01-02", "2023-01-01", -1421),
        ("Ramu", 9000, "2020-01-01", "2023-01-01", "2026-01-01", -325),
    ]
    write(shop, "receive Ramu 10 --on 2025-12-31")
    assert [line[0] for line in old_of(shop)] == ["Shamu"]
    assert [line["part_paid_on"] for line in asked(shop, "old --within 9999")] == [None, "2025-12-31"]


@pytest.mark.parametrize("what", ["discount Ramu 10", "return Ramu 10", "write-off Ramu 10 --reason gone"])
def test_given_something_else_than_a_payment_no_time_begins_anew(shop: Counter, what: str) -> None:
    write(shop, "sale Ramu 100 --new --on 2023-06-01", f"{what} --on 2025-06-01")
    assert [line[4] for line in old_of(shop)] == ["2026-06-01"]


def test_given_a_payment_that_settled_an_older_sale_the_next_one_is_not_renewed(shop: Counter) -> None:
    write(shop, "sale Ramu 100 --new --on 2023-05-01", "sale Ramu 70 --on 2023-06-01", "sale Ramu 5 --on 2026-06-01")
    write(shop, "receive Ramu 100 --on 2025-06-01")
    assert old_of(shop) == [("Ramu", 7000, "2023-06-01", "2025-06-01", "2026-06-01", -174)]
    (paid,) = write(shop, "receive Ramu 1 --on 2025-07-01")
    assert old_of(shop) == []
    write(shop, f"reverse {paid}")
    assert len(old_of(shop)) == 1


def test_given_a_renewed_sale_and_a_younger_one_the_one_that_ends_first_is_told(shop: Counter) -> None:
    write(shop, "sale Ramu 100 --new --on 2023-05-01", "sale Ramu 70 --on 2023-06-01", "receive Ramu 1 --on 2025-06-01")
    (line,) = asked(shop, "old")
    assert (line["due_paise"], line["oldest_on"], line["debit_on"]) == (7000, "2023-05-01", "2023-06-01")
    assert (line["part_paid_on"], line["balance_paise"]) == (None, 16900)


def test_given_two_khatas_of_one_person_the_payment_of_one_settles_the_other(shop: Counter) -> None:
    write(shop, "sale Ramu 100 --new --on 2023-05-01", "receive Shamu 100 --new --on 2025-06-01")
    assert len(old_of(shop)) == 1
    shop("party", "merge", "Ramu", "Shamu")
    assert old_of(shop) == []


def test_given_what_was_brought_forward_it_is_said_that_the_sale_is_older(shop: Counter) -> None:
    write(shop, "opening Ramu 100 --new --on 2023-05-01")
    assert [line["brought_forward"] for line in asked(shop, "old")] == [True]
    assert "The sales themselves are older." in shop("audit", "old").out
    assert "written acknowledgement" in shop("audit", "old").out


# Numbers


def series_of(shop: Counter, words: str = "") -> list[tuple[Any, ...]]:
    keys = ("series", "first", "last", "count", "missing", "missing_total")
    return [tuple(line[key] for key in keys) for line in asked(shop, f"numbers {words}")]


def sales(shop: Counter, *refs: str, on: str = "2026-09-01") -> list[int]:
    return write(shop, *(f"sale Ramu 10 --new --on {on} --ref {ref}" for ref in refs))


def test_given_a_gap_the_missing_number_is_written_as_its_neighbours_are(shop: Counter) -> None:
    sales(shop, "B-008", "B-009", "b-011", "B-0102", "7", "9", "10", "12")
    assert series_of(shop) == [
        ("", "7", "12", 4, ["8", "11"], 2),
        ("B-", "B-008", "b-011", 3, ["B-010"], 1),
    ]


@pytest.mark.parametrize(("last", "found"), [(150, 1), (151, 2)])
def test_given_a_jump_of_more_than_fifty_another_series_begins(shop: Counter, last: int, found: int) -> None:
    numbers = [*range(51, 101), *range(last, last + 50)]
    sales(shop, *(f"B{number}" for number in numbers))
    assert len(series_of(shop)) == found


def test_given_few_or_far_apart_or_long_numbers_there_is_no_series(shop: Counter) -> None:
    sales(shop, "A1", "A2", "C1", "C4", "C7", "D1", "D3", "D6", "431598712001", "431598712002", "431598712003")
    sales(shop, *(f"E{number:010}" for number in range(1, 4)))
    assert series_of(shop) == [("D", "D1", "D6", 3, ["D2", "D4", "D5"], 3)]


def test_given_nine_digits_or_something_behind_the_number_it_is_a_series_all_the_same(shop: Counter) -> None:
    sales(shop, "100000001", "100000002", "100000003", "K1/a", "K2/A", "K3/a")
    assert [(line["series"], line["suffix"], line["count"]) for line in asked(shop, "numbers")] == [
        ("", "", 3),
        ("K", "/a", 3),
    ]


def test_given_another_kind_of_entry_its_numbers_are_its_own(shop: Counter) -> None:
    sales(shop, "B1", "B2", "B4")
    (entry,) = write(shop, "receive Ramu 1 --ref B3")
    (line,) = asked(shop, "numbers")
    assert (line["kind"], line["missing"]) == ("sale_recorded", ["B3"])
    assert line["elsewhere"] == [{"ref": "B3", "entry": entry}]
    assert "another kind of entry: B3" in shop("audit", "numbers").out


def test_given_a_number_twice_it_is_a_double_but_not_if_one_was_cancelled(shop: Counter) -> None:
    one, other, *_ = sales(shop, "B7", "b07", "B8", "B9", "B10")
    assert asked(shop, "numbers")[0]["doubles"] == [{"ref": "B7", "entries": [one, other]}]
    write(shop, f"reverse {one}")
    (line,) = asked(shop, "numbers")
    assert (line["doubles"], line["cancelled"], line["count"]) == ([], [], 4)


def test_given_a_correction_that_keeps_or_moves_its_number(shop: Counter) -> None:
    _, kept, moved, _ = sales(shop, "B1", "B2", "B3", "B5")
    write(shop, f"correct {kept} 20", f"correct {moved} 10 --ref B4")
    (line,) = asked(shop, "numbers")
    assert (line["doubles"], line["missing"]) == ([], [])
    assert line["cancelled"] == [{"ref": "B3", "entry": moved}]
    (line,) = asked(shop, f"numbers --known-at {moved + 1}")
    assert (line["missing"], line["cancelled"]) == (["B4"], [])


def test_given_a_cancelled_number_it_is_told_until_another_entry_has_it(shop: Counter) -> None:
    _, entry, _ = sales(shop, "B1", "B2", "B3")
    write(shop, f"reverse {entry}")
    assert asked(shop, "numbers")[0]["cancelled"] == [{"ref": "B2", "entry": entry}]
    assert asked(shop, f"numbers --known-at {entry + 1}")[0]["cancelled"] == []
    sales(shop, "B2", on="2026-10-01")
    for words in ("numbers", "numbers --period 2026-09"):
        (line,) = asked(shop, words)
        assert (line["doubles"], line["cancelled"], line["missing"]) == ([], [], [])


def test_given_two_series_of_one_beginning_each_has_its_own(shop: Counter) -> None:
    first, *_ = sales(shop, "B1", "B2", "b02", "B3", "B101", "B102", "B103", "B0000000102", "b0102")
    write(shop, f"reverse {first}", f"reverse {first + 7}")  # ten digits are none of the series
    found = [(line["first"], line["doubles"], line["cancelled"]) for line in asked(shop, "numbers")]
    assert found == [
        ("B1", [{"ref": "B2", "entries": [first + 1, first + 2]}], [{"ref": "B1", "entry": first}]),
        ("B101", [{"ref": "B102", "entries": [first + 5, first + 8]}], []),
    ]


def test_given_a_number_of_one_digit_it_is_counted_as_often_as_it_stands_there(shop: Counter) -> None:
    first, *_ = sales(shop, "7", "07", "8", "9")
    write(shop, f"correct {first} 20")
    assert asked(shop, "numbers")[0]["doubles"] == [{"ref": "7", "entries": [first + 1, first + 5]}]


def test_given_a_period_a_number_of_another_day_is_not_missing(shop: Counter) -> None:
    sales(shop, "B1", "B2", "B4", "B6")
    sales(shop, "B3", on="2026-08-31")
    assert series_of(shop, "--period 2026-09") == [("B", "B1", "B6", 4, ["B5"], 1)]
    assert series_of(shop, "--period 2026-08") == []


def test_given_very_many_missing_numbers_a_hundred_are_listed_and_all_are_counted(shop: Counter) -> None:
    sales(shop, *(f"B{number}" for number in range(1, 302, 2)), "B302", "B303")
    (line,) = asked(shop, "numbers")
    assert (len(line["missing"]), line["missing_total"], line["missing"][-1]) == (100, 150, "B200")
    assert " · more: 50\n" in shop("audit", "numbers").out


# All of them


@pytest.mark.parametrize("words", ["cash", "old", "numbers"])
@pytest.mark.parametrize("language", ["en", "hi"])
def test_given_an_empty_book_each_says_so_and_what_it_cannot_know(shop: Counter, words: str, language: str) -> None:
    answer = shop("audit", words, "--lang", language)
    assert (answer.code, answer.err) == (0, "")
    assert len(answer.out.splitlines()) >= 3
    assert "illegal" not in answer.out


def test_given_a_forgotten_customer_the_number_stands_for_the_name(shop: Counter) -> None:
    write(shop, "sale Ramu 200000 --paid all:cash --new --on 2026-09-01", "sale Ramu 10 --on 2020-09-01")
    (last,) = write(shop, "receive Ramu 10 --on 2020-09-02")
    assert shop("party", "forget", "Ramu", "--yes").code == 0
    for words in ("cash", f"old --known-at {last - 1}"):
        assert [line["name"] for line in asked(shop, words)] == [None]
        assert "@1" in shop("audit", *words.split()).out


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_given_csv_a_spreadsheet_gets_rupees_and_runs_nothing(shop: Counter) -> None:
    write(shop, '{"command":"sale","party":"=1+1","amount":"200000.50","new":true,"on":"2020-09-01","ref":"=1"}')
    write(shop, "receive @1 200000.50 --on 2026-09-01", "sale @1 7 --ref =2 --on 2020-09-02")
    write(shop, "sale @1 8 --ref =4 --on 2020-09-03")
    (line,) = rows(shop("audit", "cash", "--format", "csv").out)
    assert (line["party"], line["cash"], line["entries"]) == ("'=1+1", "200000.50", "4")
    (line,) = rows(shop("audit", "old", "--format", "csv").out)
    assert (line["due"], line["balance"], line["oldest"]) == ("15.00", "15.00", "2020-09-02")
    found = rows(shop("audit", "numbers", "--format", "csv").out)
    assert [(line["series"], line["finding"], line["ref"]) for line in found] == [
        ("'=", "", ""),
        ("'=", "missing", "'=3"),
    ]


def test_given_a_file_it_is_written_once_and_named(shop: Counter) -> None:
    path = str(shop.home / "cash.csv")
    assert shop("audit", "cash", "--format", "csv", "-o", path, "--json").data["file"] == path
    assert shop("audit", "cash", "--format", "csv", "-o", path, "--json").refused == "path_taken"
    assert shop("audit", "cash", "--format", "pdf", "--json").refused == "unknown_format"
    assert shop("audit", "old", "--within", "soon", "--json").refused == "bad_days"
    assert shop("audit", "cash", "--period", "2026", "--to", "2026", "--json").refused == "misused"


def test_given_what_comes_again_a_day_that_was_left_out_is_no_missing_bill(shop: Counter) -> None:
    begun = "every day Ramu 30 --new --from 2026-11-10"
    for line in (begun, "every skip 4 2026-11-14 --to 2026-11-16", "due-lines --yes"):
        assert shop(*line.split()).code == 0, line
    assert series_of(shop) == []
