"""The files that were imported, and the same file once more after it was taken back."""

from __future__ import annotations

import pytest

from tests.cli.brought import bring, listed, owed, read, take_back, write
from tests.cli.conftest import Counter


@pytest.fixture
def brought(shop: Counter) -> Counter:
    return bring(shop)


# --- the list


def test_a_book_into_which_nothing_was_imported_says_so(shop: Counter) -> None:
    assert listed(shop) == []
    assert shop("imports").out.splitlines()[1] == "No file was imported."


def test_an_import_is_told_with_its_file_its_sums_its_days_and_who_did_it(brought: Counter) -> None:
    (one,) = listed(brought)
    assert one == {
        "import_id": 4,
        "at": "2026-11-22T04:33:00.000000Z",
        "by": one["by"],
        "by_name": "asha",
        "file": "november.csv",
        "rows": 4,
        "recorded": 4,
        "reversed": 0,
        "corrected": 0,
        "standing": 4,
        "given_paise": 123400 + 64000 + 50000,
        "received_paise": 64000 + 30000,
        "from": "2026-11-03",
        "to": "2026-11-08",
    }
    assert brought("imports").out.splitlines()[2] == (
        "    4        4  ₹2,374.00   ₹940.00  november.csv · 3 to 8 Nov 2026 · imported: 22 Nov 2026 10:03 · asha"
    )


def test_rows_that_were_in_the_book_already_are_of_the_file_and_not_of_the_import(brought: Counter) -> None:
    more = write(brought, "more.csv", "2026-11-03,sale,Ramesh Kumar,1234,B1", "2026-11-09,sale,Ramesh Kumar,7,")
    assert brought("import", more).code == 0
    assert [(each["import_id"], each["rows"], each["recorded"]) for each in listed(brought)] == [(4, 4, 4), (9, 2, 1)]
    assert "more.csv · rows in the file: 2 · 9 Nov 2026" in brought("imports").out


def test_what_was_typed_between_two_imports_belongs_to_neither(brought: Counter) -> None:
    brought("sale", "ramesh", "77")
    brought("import", write(brought, "more.csv", "2026-11-09,sale,Ramesh Kumar,7,"))
    assert [(each["recorded"], each["given_paise"]) for each in listed(brought)] == [(4, 237400), (1, 700)]


def test_an_import_that_raised_the_format_in_its_midst_is_one_import(shop: Counter) -> None:
    rows = ("2026-11-03,sale,Sita,10,", "2026-11-04,charge,Sita,20,", "2026-11-05,sale,Sita,30,")
    path = write(shop, "rows.csv", *rows)
    shop("import", path, "--new-parties", "all")
    kinds = [line["kind"] for line in shop("log", "--json").data["lines"]]
    assert kinds[4:] == ["party_added", "sale_recorded", "format_raised", "charge_made", "sale_recorded"]
    assert [(each["recorded"], each["given_paise"]) for each in listed(shop)] == [(3, 6000)]
    assert [each["entry"] for each in shop("import", path, "--json").data["duplicates"]] == [6, 8, 9]
    assert (take_back(shop)["reversed"], owed(shop)) == (3, 45000)


def test_one_that_was_taken_back_and_one_that_was_corrected_are_told_apart(brought: Counter) -> None:
    brought("reverse", "5")
    brought("correct", "7", "520")
    (one,) = listed(brought)
    assert (one["recorded"], one["reversed"], one["corrected"], one["standing"]) == (4, 2, 1, 2)
    assert "november.csv · taken back: 1 · corrected: 1 ·" in brought("imports").out
    brought("correct", "11", "530")
    brought("reverse", "13")
    assert listed(brought)[0]["corrected"] == 0, "a correction that was taken back itself stands no more"


def test_both_clocks_cut_it(brought: Counter) -> None:
    brought("reverse", "5")
    assert listed(brought, "--known-at", "3") == []
    assert [(each["recorded"], each["reversed"]) for each in listed(brought, "--known-at", "6")] == [(2, 0)]
    assert [(each["recorded"], each["reversed"]) for each in listed(brought, "--known-at", "8")] == [(4, 0)]
    assert [(each["recorded"], each["reversed"]) for each in listed(brought, "--as-on", "5-11-2026")] == [(2, 1)]
    assert listed(brought, "--as-on", "2-11-2026") == []
    brought("reverse", "6", "--on", "10-11-2026")
    assert [each["reversed"] for each in listed(brought, "--as-on", "9-11-2026")] == [1]
    assert [each["reversed"] for each in listed(brought, "--as-on", "10-11-2026")] == [2]


def test_the_entries_of_one_are_listed_without_the_customers_that_it_declared(shop: Counter) -> None:
    shop(
        "import",
        write(shop, "rows.csv", "2026-11-03,sale,Sita,10,", "2026-11-04,sale,Gita,20,"),
        "--new-parties",
        "all",
    )
    data = shop("imports", "--entries", "4", "--json").data
    assert [each["entry"] for each in data["lines"]] == [6, 8]
    assert data["from"] == "2026-11-03"
    assert "Gita" in shop("imports", "--entries", "entry 4").out
    assert [row["entry"] for row in read(shop("imports", "--entries", "4", "--format", "csv").out)] == ["6", "8"]


@pytest.mark.parametrize(("of", "what"), [("3", None), ("99", None), ("5", "row")])
def test_what_is_no_import_is_refused_with_those_that_there_are(brought: Counter, of: str, what: str | None) -> None:
    for words in (("imports", "--entries", of), ("reverse", "--import", of, "--reason", "x")):
        refused = brought(*words, "--json").envelope["refused"]
        assert (refused["code"], refused["facts"].get("what")) == ("not_an_import", what)
        assert refused["facts"]["imports"] == [{"import_id": 4, "file": "november.csv"}]


def test_it_is_a_file_for_a_spreadsheet(brought: Counter) -> None:
    brought("imports", "--format", "csv", "-o", str(brought.home / "imports.csv"))
    (row,) = read((brought.home / "imports.csv").read_text(encoding="utf-8"))
    assert (row["import_id"], row["given"], row["received"], row["from"]) == ("4", "2374.00", "940.00", "2026-11-03")
    assert brought("imports", "--format", "pdf", "--json").refused == "unknown_format"


def test_a_name_of_a_file_that_a_spreadsheet_or_a_terminal_would_obey_is_harmless(shop: Counter) -> None:
    shop("import", write(shop, "=1+\x1b[2J.csv", "2026-11-03,sale,Ramesh Kumar,10,"))
    assert "\x1b" not in shop("imports").out
    assert read(shop("imports", "--format", "csv").out)[0]["file"].startswith("'=")


# --- the same file again


def again(shop: Counter, *options: str) -> tuple[int, list[tuple[int, int]]]:
    data = shop("import", str(shop.home / "november.csv"), *options, "--json").data
    return data["recorded"], [(each["row"], each["entry"]) for each in data["duplicates"]]


@pytest.mark.parametrize("options", [(), ("--same-rows", "skip"), ("--same-rows", "record")])
def test_a_file_that_was_taken_back_can_be_imported_again(brought: Counter, options: tuple[str, ...]) -> None:
    assert again(brought, *options)[0] == 0
    take_back(brought)
    assert again(brought, *options) == (4, [])
    assert owed(brought) == 45000 + 143400
    assert again(brought, *options) == (0, [(2, 14), (3, 15), (4, 16), (5, 17)])
    assert [(each["import_id"], each["standing"]) for each in listed(brought)] == [(4, 0), (13, 4)]


@pytest.mark.parametrize("options", [(), ("--same-rows", "skip"), ("--same-rows", "record")])
def test_so_can_one_of_which_some_had_been_taken_back_one_by_one(brought: Counter, options: tuple[str, ...]) -> None:
    brought("reverse", "5")
    brought("reverse", "7")
    assert again(brought, *options)[0] == 0, "what was taken back by itself is not brought again by its file"
    take_back(brought)
    assert again(brought, *options) == (4, [])
    assert owed(brought) == 45000 + 143400


FORWARD = "2026-11-22,opening,Ramesh Kumar,1200,\n2026-11-22,opening,Asha,70,\n"
"""Ramesh has an account by that day, Asha has none."""


def test_an_account_that_has_begun_is_not_brought_forward_again_unasked(shop: Counter) -> None:
    path = write(shop, "forward.csv", *FORWARD.splitlines())
    refused = shop("import", path, "--new-parties", "all", "--json")
    faults = refused.envelope["refused"]["facts"]["faults"]
    assert [(each["code"], each["row"], each["value"]) for each in faults] == [("brought_again", 2, "Ramesh Kumar")]
    aside = shop.home / "aside.csv"
    words = ["import", path, "--new-parties", "all", "--dry-run", "--json"]
    assert shop(*words, "--skip-bad", "--rejects", str(aside)).data["rejected"] == 1
    assert shop(*words, "--again").data["recorded"] == 2
    answer = shop("import", path, "--new-parties", "all", typed="n\n", terminal=True)
    assert (answer.code, "Record anyway?" in answer.err) == (2, True)
    assert "Ramesh Kumar" in answer.err.partition("Rows: ")[0]
    assert owed(shop) == 45000
    assert shop("import", path, "--new-parties", "all", typed="y\n", terminal=True).code == 0
    assert owed(shop) == 45000 + 120000


def test_nobody_is_brought_forward_twice_in_one_file(shop: Counter) -> None:
    path = write(shop, "twice.csv", "2026-11-10,opening,Asha,70,", "2026-11-11,opening,asha ,80,")
    faults = shop("import", path, "--new-parties", "all", "--json").envelope["refused"]["facts"]["faults"]
    assert [(each["code"], each["row"]) for each in faults] == [("brought_again", 3)]
    assert shop("import", path, "--new-parties", "all", "--again", "--json").data["recorded"] == 2


def test_an_account_that_begins_later_can_be_brought_forward(shop: Counter) -> None:
    for words in ("party add Asha", "sale asha 20 --on 2026-11-15"):
        assert shop(*words.split()).code == 0
    path = write(shop, "forward.csv", "2026-11-10,opening,Asha,70,")
    assert shop("import", path, "--json").data["recorded"] == 1
    again = write(shop, "earlier.csv", "2026-11-01,opening,Asha,60,")
    assert shop("import", again, "--json").refused == "bad_rows"  # for two days, that is twice
    assert shop("reverse", "--import", "6", "--reason", "wrong", "--json").code == 0
    assert shop("import", again, "--json").data["recorded"] == 1


@pytest.mark.parametrize("options", [(), ("--same-rows", "skip"), ("--same-rows", "record")])
def test_rows_that_stand_as_they_were_corrected_are_not_brought_again(
    brought: Counter, options: tuple[str, ...]
) -> None:
    brought("correct", "5", "1243")
    brought("correct", "7", "520")
    take_back(brought)
    assert again(brought, *options) == (2, [(2, 10), (4, 12)])
    assert owed(brought) == 45000 + 124300 + 52000 - 30000
    assert again(brought, *options) == (0, [(2, 10), (3, 16), (4, 12), (5, 17)])


def test_a_corrected_row_is_no_other_row_of_another_file(brought: Counter) -> None:
    brought("correct", "7", "520")
    take_back(brought)
    brought("import", write(brought, "other.csv", "2026-11-06,sale,Ramesh Kumar,500,"))
    assert again(brought, "--same-rows", "skip") == (3, [(4, 10)])


def test_it_can_be_taken_back_and_imported_again_and_again(brought: Counter) -> None:
    for _ in range(3):
        last = str(listed(brought)[-1]["import_id"])
        assert brought("reverse", "--import", last, "--reason", "again").code == 0
        assert again(brought) == (4, [])
    assert owed(brought) == 45000 + 143400
    assert [each["standing"] for each in listed(brought)] == [0, 0, 0, 4]
    assert brought("verify", "--json").data["result"] == "unbroken"


def test_customers_that_the_file_brought_stay(shop: Counter) -> None:
    path = write(shop, "rows.csv", "2026-11-03,sale,Sita,10,")
    shop("import", path, "--new-parties", "all")
    take_back(shop)
    assert shop("party", "show", "sita").code == 0
    assert shop("import", path, "--json").data["recorded"] == 1


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("path", ["imports", "imports --entries 4", "edit-log"])
def test_it_is_said_in_each_language(brought: Counter, language: str, path: str) -> None:
    brought("correct", "7", "520")
    take_back(brought)
    strict = {"KHATA_DEBUG": "1", "KHATA_LANG": language}
    answer = brought(*path.split(), environ=strict, terminal=True)
    assert (answer.code, answer.err) == (0, "")
    assert ("november.csv" in answer.out) == (path != "imports --entries 4")
