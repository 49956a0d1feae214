"""The edit log: each change once, with what was before and after, who, when and why; by either clock."""

from __future__ import annotations

import csv
import io
import random  # noqa: TID251 - seeded: the same book in each run
import shutil
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Counter

ABOUT = {
    "import_started": "import",
    "detail_erased": "erasure",
    "copy_adopted": "adopted",
    "clock_corrected": "clock",
}


def lines(shop: Counter, options: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop("edit-log", *options.split(), "--json").data["lines"]
    return found


def told(shop: Counter, options: str = "") -> list[tuple[Any, ...]]:
    """Of each line what it is, of which entry, and the amounts before and after."""
    return [(each["entry"], each["what"], each["of"], *amounts(each)) for each in lines(shop, options)]


def amounts(line: dict[str, Any]) -> tuple[Any, Any]:
    return line["before_paise"], line["after_paise"]


def the_only(shop: Counter, options: str = "") -> dict[str, Any]:
    (line,) = lines(shop, options)
    return line


def typed_at(shop: Counter, at: str) -> None:
    """The next command is typed at this instant, in UTC."""
    shop.now = datetime.fromisoformat(at).replace(tzinfo=UTC) - timedelta(minutes=1)


def imported(shop: Counter, *rows: str) -> None:
    path = shop.home / f"rows-{shop.count}.csv"
    path.write_text("date,type,party,amount\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    assert shop("import", str(path)).code == 0


def test_a_book_in_which_nothing_was_changed_says_so_in_a_sentence(shop: Counter) -> None:
    data = shop("edit-log", "--json").data
    assert data == {
        "as_on": "2026-11-22",
        "known_at_entry": 3,
        "from": None,
        "to": "2026-11-22",
        "by_day": False,
        "lines": [],
    }
    title, sentence = shop("edit-log").out.splitlines()
    assert title == "Sharma Kirana Store · edit log · recorded: up to 22 Nov 2026"
    assert sentence == "Nothing cancelled, corrected, typed late, imported or erased."


def test_an_entry_taken_back_is_told_with_its_amount_its_reason_and_who_did_it(shop: Counter) -> None:
    shop("reverse", "3", "--reason", "wrong customer")
    line = the_only(shop)
    assert (line["what"], line["of"], *amounts(line)) == ("reversal", 3, 45000, 0)
    assert (line["entry"], line["party"], line["name"]) == (4, 1, "Ramesh Kumar")
    assert (line["reason"], line["by_name"], line["days_late"]) == ("wrong customer", "asha", None)
    assert line["at"] == "2026-11-22T04:33:00.000000Z"


def test_a_correction_is_one_line_with_the_reason_of_its_reversal(shop: Counter) -> None:
    shop("correct", "3", "470", "--reason", "typed wrong")
    line = the_only(shop)
    assert (line["entry"], line["what"], line["of"], line["reversal"], *amounts(line)) == (
        5,
        "correction",
        3,
        4,
        45000,
        47000,
    )
    assert (line["changed"], line["reason"], line["before_on"]) == (["amount"], "typed wrong", "2026-11-22")


def test_as_known_before_a_change_there_is_none_and_in_the_midst_of_a_correction_a_reversal(shop: Counter) -> None:
    shop("correct", "3", "470")
    shop("reverse", "5")
    assert told(shop, "--known-at 3") == []
    assert told(shop, "--known-at 4") == [(4, "reversal", 3, 45000, 0)]
    assert told(shop, "--known-at 5") == [(5, "correction", 3, 45000, 47000)]
    assert told(shop) == [(5, "correction", 3, 45000, 47000), (6, "reversal", 5, 47000, 0)]


@pytest.mark.parametrize(
    ("sold", "correction", "changed", "said"),
    [
        ("sale ramesh 20", "--on 21-11-2026", ["day"], "date: 21 Nov · before: 22 Nov"),
        ("sale ramesh 20", "--on 31-12-2025", ["day"], "date: 31 Dec 2025 · before: 22 Nov 2026"),
        ("sale ramesh 20", "--party counter", ["party", "mode"], "customer: counter · before: Ramesh Kumar"),
        ("sale ramesh 20 --paid all:upi", "25", ["amount"], "correction of: 4 (sale) · asha"),
        ("sale ramesh 20 --paid 5:upi", "--paid 6:upi", ["mode"], "mode of payment: UPI"),
        ("sale ramesh 20 --paid all:upi", "25 --paid 20:upi", ["amount", "mode"], "mode of payment: UPI"),
        ("receive ramesh 20", "--mode upi", ["mode"], "mode of payment: UPI · before: cash"),
        ("receive ramesh 20", "30 --mode upi", ["amount", "mode"], "mode of payment: UPI · before: cash"),
        ("sale ramesh 20 --ref B-1", "--ref B-2", ["ref"], "bill no.: B-2 · before: B-1"),
        ("sale ramesh 20", "--ref B-2", ["ref"], "bill no.: B-2 ·"),
        ("sale ramesh 20 --note atta", "--note dal", ["note"], "note: dal · before: atta"),
    ],
)
def test_what_is_another_way_is_said_though_the_amount_be_the_same(
    shop: Counter, sold: str, correction: str, changed: list[str], said: str
) -> None:
    assert shop(*sold.split()).code == 0
    assert shop("correct", "4", *correction.split()).code == 0
    line = the_only(shop)
    assert (line["what"], line["of"], line["changed"]) == ("correction", 4, changed)
    assert said in shop("edit-log").out


def test_days_of_two_years_are_told_with_the_year(shop: Counter) -> None:
    typed_at(shop, "2027-01-02T05:00:00")
    shop("sale", "ramesh", "20", "--on", "31-12-2026")
    typed_at(shop, "2027-01-03T05:00:00")
    shop("correct", "4", "--on", "2-1-2027")
    assert "date: 2 Jan 2027 · before: 31 Dec 2026" in shop("edit-log", "--period", "3-1-2027").out


def test_another_customer_is_told_with_the_one_before(shop: Counter) -> None:
    shop("party", "add", "Meena")
    shop("correct", "3", "--party", "meena")
    line = the_only(shop)
    assert (line["party"], line["name"], line["before_party"], line["before_name"]) == (2, "Meena", 1, "Ramesh Kumar")
    assert line["changed"] == ["party"]


def test_what_was_undone_is_a_correction_that_stands_as_it_stood_before(shop: Counter) -> None:
    shop("correct", "3", "470")
    shop("undo", "--yes")
    assert told(shop) == [(5, "correction", 3, 45000, 47000), (7, "correction", 5, 47000, 45000)]


@pytest.mark.parametrize(
    ("at", "on", "days"),
    [
        ("2026-11-22T18:29:59.999999", "22-11-2026", None),
        ("2026-11-22T18:30:00", "22-11-2026", 1),
        ("2026-11-22T18:30:00", "23-11-2026", None),
        ("2026-11-23T18:29:59.999999", "22-11-2026", 1),
        ("2026-11-23T18:30:00", "22-11-2026", 2),
        ("2026-11-22T00:00:00", "21-11-2026", 1),
        ("2026-11-22T00:00:00", "31-12-2025", 325 + 1),
    ],
)
def test_late_is_what_was_typed_on_a_later_day_and_the_day_ends_at_midnight_in_the_shop(
    shop: Counter, at: str, on: str, days: int | None
) -> None:
    typed_at(shop, at)
    assert shop("sale", "ramesh", "20", "--on", on).code == 0
    found = lines(shop)
    assert [each["days_late"] for each in found] == ([days] if days else [])
    if days:
        assert (found[0]["what"], found[0]["of"], *amounts(found[0])) == ("late", None, None, 2000)


def test_what_somebody_brings_forward_late_is_told_and_what_a_file_brought_is_told_with_it(shop: Counter) -> None:
    shop("opening", "ramesh", "100", "--on", "1-4-2026")
    imported(shop, "2026-10-01,sale,Ramesh Kumar,99", "2026-11-03,sale,Ramesh Kumar,98")
    brought, file = lines(shop)
    assert (brought["what"], brought["days_late"]) == ("late", 235)
    assert (file["what"], file["rows"], file["days_late"]) == ("import", 2, None)


def test_by_day_an_import_is_told_for_the_days_of_its_rows(shop: Counter) -> None:
    imported(
        shop, "2026-10-01,sale,Ramesh Kumar,99", "2026-10-03,sale,Ramesh Kumar,97", "2026-11-03,receive,Ramesh Kumar,9"
    )
    for days, rows, late in (("--from 1-10-2026 --to 31-10-2026", 2, 52), ("--from 3-10-2026 --to 22-11-2026", 2, 50)):
        file = the_only(shop, f"{days} --by-day")
        assert (file["what"], file["rows_here"], file["days_late"]) == ("import", rows, late)
    assert lines(shop, "--from 22-11-2026 --by-day") == []
    assert the_only(shop, "--from 22-11-2026")["what"] == "import"


def test_of_an_import_the_file_and_its_rows_are_told_and_a_row_taken_back(shop: Counter) -> None:
    imported(shop, "2026-11-20,sale,Ramesh Kumar,99", "2026-11-20,sale,Ramesh Kumar,150")
    shop("reverse", "5", "--reason", "twice")
    shop("correct", "6", "160")
    file, taken, right = lines(shop)
    assert (file["what"], file["rows"], file["after_paise"]) == ("import", 2, None)
    assert file["reason"].startswith("rows-")
    assert (taken["what"], taken["of"], *amounts(taken)) == ("import_reversed", 5, 9900, 0)
    assert (taken["reason"], taken["days_late"]) == ("twice", 2)
    assert (right["what"], right["of"], *amounts(right)) == ("correction", 6, 15000, 16000)


def test_both_halves_of_a_transfer_are_taken_back(shop: Counter) -> None:
    shop("party", "add", "Meena")
    shop("transfer", "ramesh", "meena", "100")
    shop("reverse", "6")
    found = [(each["what"], each["of"], each["party"], *amounts(each)) for each in lines(shop)]
    assert sorted(found) == [("reversal", 6, 1, 10000, 0), ("reversal", 7, 2, 10000, 0)]


def test_of_somebody_who_was_forgotten_the_number_stands_and_no_word(shop: Counter) -> None:
    shop("correct", "3", "460", "--reason", "Ramesh said so")
    shop("receive", "ramesh", "460")
    shop("party", "forget", "ramesh", "--yes")
    correction, erasure = lines(shop)
    assert (correction["party"], correction["name"], correction["reason"]) == (1, None, None)
    assert amounts(correction) == (45000, 46000)
    assert (erasure["what"], erasure["party"], erasure["name"], *amounts(erasure)) == ("erasure", 1, None, None, None)
    out = shop("edit-log").out + shop("edit-log", "--format", "csv").out
    assert "Ramesh" not in out
    assert "@1" in out


def test_a_note_that_was_erased_is_not_taken_for_one_that_was_changed(shop: Counter) -> None:
    shop("party", "add", "Meena")
    shop("sale", "ramesh", "20", "--note", "atta")
    shop("correct", "5", "--party", "meena")
    shop("receive", "ramesh", "450")
    shop("party", "forget", "ramesh", "--yes")
    assert lines(shop)[0]["changed"] == ["party"]


def test_a_copy_that_was_adopted_and_a_clock_put_right_are_told_with_their_reasons(shop: Counter) -> None:
    book = shop.home / "Khata" / "sharma-kirana-store.khata"
    shutil.copyfile(book, shop.home / "copy")
    shop("sale", "ramesh", "5")
    shutil.copyfile(shop.home / "copy", book)
    assert shop("adopt", "--reason", "laptop broke").code == 0
    assert shop("clock", "fix", "--reason", "battery").code == 0
    assert [(each["what"], each["reason"]) for each in lines(shop)] == [
        ("adopted", "laptop broke"),
        ("clock", "battery"),
    ]


def test_days_are_those_of_recording_and_with_by_day_those_that_the_entries_are_of(shop: Counter) -> None:
    typed_at(shop, "2026-12-02T05:00:00")
    shop("sale", "ramesh", "20", "--on", "30-11-2026")
    shop("reverse", "3")
    typed_at(shop, "2026-12-03T05:00:00")
    shop("sale", "ramesh", "30", "--on", "1-12-2026")
    assert [each["entry"] for each in lines(shop, "--period 2026-11")] == []
    assert [each["entry"] for each in lines(shop, "--period 2026-12")] == [4, 5, 6]
    assert [each["entry"] for each in lines(shop, "--to 2-12-2026")] == [4, 5]
    assert [each["entry"] for each in lines(shop, "--from 3-12-2026")] == [6]
    assert [each["entry"] for each in lines(shop, "--period 2026-11 --by-day")] == [5, 4]
    assert [each["entry"] for each in lines(shop, "--period 2026-12 --by-day")] == [6]
    assert [each["entry"] for each in lines(shop, "--by-day")] == [5, 4, 6]


def test_a_correction_of_the_day_alone_is_told_of_the_day_that_lost_it_too(shop: Counter) -> None:
    typed_at(shop, "2026-12-02T05:00:00")
    shop("correct", "3", "--on", "1-12-2026")
    for period in ("2026-11", "2026-12"):
        assert told(shop, f"--by-day --period {period}") == [(5, "correction", 3, 45000, 45000)]
    assert told(shop, "--by-day --period 2026-10") == []


def test_at_a_business_day_before_the_new_one_a_correction_is_an_entry_taken_back(shop: Counter) -> None:
    typed_at(shop, "2026-12-02T05:00:00")
    shop("correct", "3", "--on", "1-12-2026")
    assert told(shop, "--as-on 30-11-2026") == [(4, "reversal", 3, 45000, 0)]
    assert told(shop, "--as-on 30-11-2026 --by-day") == [(4, "reversal", 3, 45000, 0)]
    assert told(shop, "--as-on 21-11-2026") == []


def test_of_joined_khatas_each_line_names_the_one_it_was_typed_for(shop: Counter) -> None:
    shop("sale", "Ramu", "20", "--new", "--on", "20-11-2026")
    shop("party", "merge", "ramesh", "ramu")
    late, merged = lines(shop)
    assert (late["what"], late["party"], late["name"]) == ("late", 2, "Ramu")
    assert (merged["what"], merged["party"]) == ("merged", 1)


def test_a_cell_that_a_spreadsheet_would_run_is_guarded(shop: Counter) -> None:
    shop("reverse", "3", "--reason", "=1+1")
    (row,) = csv.DictReader(io.StringIO(shop("edit-log", "--format", "csv").out))
    assert (row["reason"], row["before"], row["after"], row["party"]) == ("'=1+1", "450.00", "0.00", "Ramesh Kumar")


def test_it_is_written_to_a_file_and_said_in_hindi(shop: Counter) -> None:
    shop("reverse", "3")
    path = shop.home / "edits.csv"
    assert shop("edit-log", "--format", "csv", "-o", str(path)).code == 0
    assert path.read_text(encoding="utf-8").count("\n") == 2
    said = shop("edit-log", "--lang", "hi").out
    assert "रद्द की गई एंट्री: 3 (बिक्री)" in said
    assert "asha, 10:03" in said


def test_a_period_and_days_together_are_refused(shop: Counter) -> None:
    assert shop("edit-log", "--period", "Nov", "--from", "1-11-2026", "--json").refused == "misused"
    assert shop("edit-log", "--from", "22-11-2026", "--to", "21-11-2026", "--json").refused == "period_backwards"
    assert shop("edit-log", "--format", "pdf", "--json").refused == "unknown_format"


# --- against what anybody could work out from the list of all entries


def grown(shop: Counter, seed: int) -> None:
    """Some weeks of a shop in which much goes wrong."""
    chance = random.Random(seed)
    shop("party", "add", "Meena")
    standing: list[int] = [3]
    for number in range(45):
        shop.now += timedelta(hours=chance.choice((0, 1, 7, 20)))
        day = (shop.now + timedelta(hours=5, minutes=30)).date() - timedelta(days=chance.choice((0, 0, 1, 2, 9)))
        who = chance.choice(("ramesh", "meena"))
        what = chance.random()
        if what < 0.1:
            imported(shop, f"{day},sale,Meena,{number + 5}", f"{day},receive,Ramesh Kumar,{number + 5}")
            continue
        if what < 0.25:
            words = ["reverse", str(standing.pop(chance.randrange(len(standing))))]
        elif what < 0.5:
            words = ["correct", str(standing.pop(chance.randrange(len(standing)))), "--on", day.isoformat()]
            words += chance.choice(([], [str(chance.randrange(10, 900))]))
        else:
            words = [
                chance.choice(("sale", "receive", "opening")),
                who,
                str(chance.randrange(10, 900)),
                "--on",
                f"{day}",
            ]
        answer = shop(*words, "--json")
        if answer.code == 0 and words[0] != "reverse":
            standing.append(answer.data["entry"])
        if not standing:
            standing.append(shop("sale", "ramesh", "77", "--json").data["entry"])


def worked_out(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of the whole book, by the list of all entries."""
    entries = {each["entry"]: each for each in log}
    replaced = {each["corrects"] for each in log if each["corrects"]}
    found = []
    for each in log:
        at = datetime.fromisoformat(each["at"]) + timedelta(hours=5, minutes=30)
        late = (at.date() - date.fromisoformat(each["on"])).days
        of, what, after = None, None, each["amount_paise"]
        if each["corrects"]:
            of, what = each["corrects"], "correction"
        elif each["reverses"] and each["reverses"] not in replaced:
            of, after = each["reverses"], 0
            what = "import_reversed" if entries[of]["import"] else "reversal"
        elif each["kind"] in ABOUT:
            what = ABOUT[each["kind"]]
        elif after is not None and not each["import"] and late > 0:
            what = "late"
        if what:
            days = {each["on"], *([entries[of]["on"]] if what == "correction" else [])}
            found.append(
                {
                    "entry": each["entry"],
                    "what": what,
                    "of": of,
                    "before_paise": entries[of]["amount_paise"] if of else None,
                    "after_paise": after,
                    "days_late": late or None,
                    "recorded": at.date().isoformat(),
                    "days": days,
                    "on": each["on"],
                }
            )
    return found


def brought(log: list[dict[str, Any]], first: str, last: str) -> list[dict[str, Any]]:
    """The imports with rows for some days: each on the earliest of them."""
    found = []
    for each in log:
        if each["kind"] == "import_started":
            rows = [row for row in log if row["import"] and row["import"]["entry"] == each["entry"]]
            days = sorted(row["on"] for row in rows if row["amount_paise"] and first <= row["on"] <= last)
            if days:
                at = datetime.fromisoformat(each["at"]) + timedelta(hours=5, minutes=30)
                late = (at.date() - date.fromisoformat(days[0])).days
                about = {"entry": each["entry"], "what": "import", "of": None, "days_late": late or None}
                found.append(about | {"before_paise": None, "after_paise": None, "on": days[0]})
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_log_is_what_the_list_of_all_entries_comes_to(shop: Counter, seed: int) -> None:
    grown(shop, seed)
    log = shop("log", "--json").data["lines"]
    every = worked_out(log)
    assert {each["what"] for each in every} >= {"reversal", "correction", "late", "import"}
    compared = ("entry", "what", "of", "before_paise", "after_paise", "days_late", "on")

    def shown(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return [tuple(each[key] for key in compared) for each in found]

    assert shown(lines(shop)) == shown(every)
    every = [each for each in every if each["what"] != "import"]
    for first, last in (("2026-11-24", "2026-11-30"), ("2026-11-15", "2026-11-23"), ("2026-11-26", "2026-11-26")):
        recorded = [each for each in worked_out(log) if first <= each["recorded"] <= last]
        assert shown(lines(shop, f"--from {first} --to {last}")) == shown(recorded)
        of_days = [each for each in every if any(first <= day <= last for day in each["days"])]
        of_days += brought(log, first, last)
        of_days.sort(key=lambda each: (each["on"], each["entry"]))
        assert shown(lines(shop, f"--from {first} --to {last} --by-day")) == shown(of_days)


def test_days_that_were_locked_and_opened_stand_in_it(shop: Counter) -> None:
    assert shop("lock", "--upto", "20-11-2026").code == 0
    assert shop("unlock", "--reason", "a bill was forgotten").code == 0
    found = [(each["what"], each["upto"], each["reason"]) for each in shop("edit-log", "--json").data["lines"]]
    assert found == [("locked", "2026-11-20", None), ("unlocked", None, "a bill was forgotten")]
    assert "days locked up to: 20 Nov 2026" in shop("edit-log").out
