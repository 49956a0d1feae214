"""The files that were imported, and one of them taken back whole: once, in one commit, and known again afterwards."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from khata.log.errors import UnconfirmedError
from khata.pen import FLUSH
from khata.questions.state import State
from khata.store.sqlite.book import SqliteWriting
from tests.cli.batches import send
from tests.cli.conftest import Counter

HEADER = "date,type,party,amount,ref\n"
ROWS = (
    "2026-11-03,sale,Ramesh Kumar,1234,B1",
    "2026-11-05,sale,counter,640,",
    "2026-11-06,sale,Ramesh Kumar,500,",
    "2026-11-08,receive,Ramesh Kumar,300,",
)
THE_ID = "cd" * 16


def write(shop: Counter, name: str, *rows: str) -> str:
    path = shop.home / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def brought(shop: Counter) -> Counter:
    """A shop with an import: entry 4, its rows 5 to 8; Ramesh owes ₹450 from before."""
    assert shop("import", write(shop, "november.csv", *ROWS), "--json").data["import_id"] == 4
    return shop


def listed(shop: Counter, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop("imports", *options, "--json").data["imports"]
    return found


def owed(shop: Counter) -> int:
    return int(shop("balance", "ramesh", "--json").data["net_paise"])


def take_back(shop: Counter, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = shop("reverse", "--import", "4", "--reason", "wrong month", *options, "--json").data
    return found


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
        "    4        4  ₹2,374.00   ₹940.00  november.csv · 3 to 8 Nov 2026 · imported 22 Nov 2026 10:03 by asha"
    )


def test_rows_that_were_in_the_book_already_are_of_the_file_and_not_of_the_import(brought: Counter) -> None:
    more = write(brought, "more.csv", "2026-11-03,sale,Ramesh Kumar,1234,B1", "2026-11-09,sale,Ramesh Kumar,7,")
    assert brought("import", more).code == 0
    assert [(each["import_id"], each["rows"], each["recorded"]) for each in listed(brought)] == [(4, 4, 4), (9, 2, 1)]
    assert "more.csv · of 2 rows · 9 Nov 2026" in brought("imports").out


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
    assert "november.csv · 1 taken back · 1 corrected ·" in brought("imports").out
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


def read(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text))]


def test_it_is_a_file_for_a_spreadsheet(brought: Counter) -> None:
    brought("imports", "--format", "csv", "-o", str(brought.home / "imports.csv"))
    (row,) = read((brought.home / "imports.csv").read_text(encoding="utf-8"))
    assert (row["import_id"], row["given"], row["received"], row["from"]) == ("4", "2374.00", "940.00", "2026-11-03")
    assert brought("imports", "--format", "pdf", "--json").refused == "unknown_format"


def test_a_name_of_a_file_that_a_spreadsheet_or_a_terminal_would_obey_is_harmless(shop: Counter) -> None:
    shop("import", write(shop, "=1+\x1b[2J.csv", "2026-11-03,sale,Ramesh Kumar,10,"))
    assert "\x1b" not in shop("imports").out
    assert read(shop("imports", "--format", "csv").out)[0]["file"].startswith("'=")


# --- taken back


def test_all_that_stands_is_taken_back_on_its_own_days_with_the_reason(brought: Counter) -> None:
    told = take_back(brought)
    assert (told["reversed"], told["reversed_before"], told["corrected"]) == (4, 0, [])
    assert (told["given_paise"], told["received_paise"], told["entry"]) == (237400, 94000, 12)
    made = brought("log", "--json").data["lines"][8:]
    assert [(each["reverses"], each["on"], each["note"]) for each in made] == [
        (5, "2026-11-03", "wrong month"),
        (6, "2026-11-05", "wrong month"),
        (7, "2026-11-06", "wrong month"),
        (8, "2026-11-08", "wrong month"),
    ]
    assert len({each["at"] for each in made}) == 1
    assert owed(brought) == 45000
    assert "november.csv · all taken back ·" in brought("imports").out
    assert brought("verify", "--json").data["result"] == "unbroken"
    assert brought("rebuild").code == 0
    assert owed(brought) == 45000


def test_what_was_taken_back_before_is_counted_and_what_was_corrected_stays(brought: Counter) -> None:
    brought("reverse", "5")
    brought("correct", "7", "520")
    said = brought("reverse", "--import", "4", "--reason", "wrong month")
    assert said.out.splitlines() == [
        "2 entries of november.csv (import 4) taken back: given ₹640.00, received ₹940.00.",
        "1 entry had been taken back before.",
        "1 entry was corrected since and stays: 11",
    ]
    assert owed(brought) == 45000 + 52000


def test_a_correction_that_was_undone_stays_too(brought: Counter) -> None:
    brought("correct", "7", "520")
    brought("undo", "--yes")
    assert take_back(brought)["corrected"] == [12]
    assert owed(brought) == 45000 + 50000


def test_of_very_many_corrections_the_first_are_named(shop: Counter) -> None:
    shop("import", write(shop, "rows.csv", *[f"2026-11-03,sale,Ramesh Kumar,{10 + n}," for n in range(12)]))
    for entry in range(5, 16):
        assert shop("correct", str(entry), "99").code == 0
    assert "18, 20, 22, 24, 26, 28, 30, 32, 34 and 2 more" in shop("reverse", "--import", "4", "--reason", "x").out


def test_a_reason_is_wanted(brought: Counter) -> None:
    assert brought("reverse", "--import", "4", "--json").refused == "reason_missing"
    assert "[y/N]" not in brought("reverse", "--import", "4", typed="y\n").err
    assert owed(brought) == 45000 + 143400


def test_once_nothing_stands_there_is_nothing_to_take_back(brought: Counter) -> None:
    take_back(brought)
    refused = brought("reverse", "--import", "4", "--reason", "again", "--json").envelope["refused"]
    assert (refused["code"], refused["facts"]["reversed"]) == ("nothing_to_reverse", 4)
    assert brought("status", "--json").data["entries"] == 12


def test_where_only_corrections_stand_these_are_named(brought: Counter) -> None:
    for entry, amount in ((5, "1"), (6, "2"), (7, "3"), (8, "4")):
        brought("correct", str(entry), amount)
    refused = brought("reverse", "--import", "4", "--reason", "x", "--json").envelope["refused"]
    assert (refused["code"], refused["facts"]["corrected"]) == ("nothing_to_reverse", [10, 12, 14, 16])


def test_a_dry_run_shows_what_would_be_and_records_nothing(brought: Counter) -> None:
    told = take_back(brought, "--dry-run")
    assert (told["reversed"], told["dry_run"]) == (4, True)
    assert owed(brought) == 45000 + 143400
    assert "--dry-run: nothing was recorded." in brought("reverse", "--import", "4", "--reason", "x", "--dry-run").err


def test_a_counter_may_begin_with_it(brought: Counter) -> None:
    assert take_back(brought, "--by", "sita")["entry"] == 13
    assert [each["by_name"] for each in brought("log", "--json").data["lines"][8:]] == ["sita"] * 5
    assert edits(brought)[-1] == ("import_reversed", 4, 4, "wrong month")


def test_a_person_at_a_terminal_is_asked_and_a_no_records_nothing(brought: Counter) -> None:
    words = ("reverse", "--import", "4", "--reason", "wrong month")
    no = brought(*words, typed="n\n")
    assert "Take back 4 entries of november.csv (import 4): given ₹2,374.00, received ₹940.00? [y/N]" in no.err
    assert (no.code, owed(brought)) == (2, 45000 + 143400)
    assert brought(*words, "--yes", "--dry-run", typed="").code == 0
    assert brought(*words, typed="y\n").code == 0
    assert owed(brought) == 45000


def test_the_day_can_be_another_one_and_a_note_is_kept(brought: Counter) -> None:
    take_back(brought, "--on", "20-11-2026", "--note", "the sister's file")
    made = brought("log", "--json").data["lines"][8:]
    assert {(each["on"], each["note"]) for each in made} == {("2026-11-20", "the sister's file")}
    assert brought("reverse", "--import", "4", "--reason", "x", "--on", "23-11-2026", "--json").code == 2


def test_what_is_of_a_locked_day_stands_on_today_and_that_is_said_once(brought: Counter) -> None:
    brought("lock", "--upto", "5-11-2026")
    answer = brought("reverse", "--import", "4", "--reason", "wrong month", "--json")
    (warning,) = answer.envelope["warnings"]
    assert warning["code"] == "period_locked_entries"
    assert warning["facts"] == {"upto": "2026-11-05", "today": "2026-11-22", "entries": 2}
    days = [each["on"] for each in brought("log", "--json").data["lines"][-4:]]
    assert days == ["2026-11-22", "2026-11-22", "2026-11-06", "2026-11-08"]


@pytest.mark.parametrize("words", ["reverse 5 --import 4 --reason x", "reverse --import november --reason x"])
def test_words_that_do_not_fit_are_refused(brought: Counter, words: str) -> None:
    assert brought(*words.split(), "--json").code == 2
    assert owed(brought) == 45000 + 143400


def test_it_is_no_line_of_a_batch(brought: Counter) -> None:
    sent = send(brought, "reverse --import 4 --reason x", "reverse 5", "imports", group=9)
    assert sent.entries == ["misused", 9, None]
    assert "reverse --import is not for a batch" in sent.answer.out


# --- once


def test_the_same_command_under_its_id_records_once(brought: Counter) -> None:
    brought("reverse", "5")
    brought("correct", "7", "520")
    first = take_back(brought, "--event-id", THE_ID)
    assert brought("show", str(first["entry"]), "--json").data["event_id"] == THE_ID
    brought("reverse", "11")
    again = take_back(brought, "--event-id", THE_ID)
    assert again == {**first, "already_recorded": True}
    assert again["entry"] == first["entry"]
    at_terminal = brought("reverse", "--import", "4", "--reason", "wrong month", "--event-id", THE_ID, typed="")
    assert (at_terminal.code, "[y/N]" in at_terminal.err) == (0, False)


def test_an_id_that_stands_for_something_else_is_refused(brought: Counter) -> None:
    brought("import", write(brought, "more.csv", "2026-11-09,sale,Ramesh Kumar,7,"))
    brought("reverse", "10", "--event-id", THE_ID)
    refused = brought("reverse", "--import", "4", "--reason", "x", "--event-id", THE_ID, "--json").refused
    assert refused == "id_reused"
    assert listed(brought)[0]["standing"] == 4


def test_after_a_fault_at_the_commit_the_id_is_told(brought: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsure(*_: object, **__: object) -> None:
        raise UnconfirmedError(reason="I/O error")

    monkeypatch.setattr("khata.importing.taking_back.handle", unsure)
    failed = brought("reverse", "--import", "4", "--reason", "x", "--event-id", THE_ID, "--json").envelope["failed"]
    assert (failed["code"], failed["facts"]["event_id"]) == ("unconfirmed", THE_ID)


def test_what_another_counter_took_back_meanwhile_is_looked_up_anew(
    brought: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = State.reversed_by, []

    def reversed_by(state: State, entry: int) -> int | None:
        tries.append(entry)
        if tries == [5]:
            return 99
        return real(state, entry)  # type: ignore[arg-type]

    monkeypatch.setattr(State, "reversed_by", reversed_by)
    assert take_back(brought)["reversed"] == 4
    assert tries == [5, 5, 6, 7, 8]


def test_many_are_one_commit_and_nothing_of_them_is_kept_in_memory(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 3 * FLUSH + 5
    shop("import", write(shop, "many.csv", *[f"2026-11-03,sale,Ramesh Kumar,{n % 9 + 1}," for n in range(count)]))
    commits, states = [], set()
    real, apply = SqliteWriting.append, State.apply

    def kept(state: State, *arguments: Any, **more: Any) -> None:
        apply(state, *arguments, **more)
        states.add((len(state._ids), len(state._own), len(state._reversed)))

    def counted(pages: SqliteWriting, *arguments: Any) -> None:
        commits.append(pages)
        real(pages, *arguments)

    monkeypatch.setattr(State, "apply", kept)
    monkeypatch.setattr(SqliteWriting, "append", counted)
    assert take_back(shop)["reversed"] == count
    assert states == {(0, 0, 0)}
    assert len({id(each) for each in commits}) == 1
    assert owed(shop) == 45000


# --- the edit log


def edits(shop: Counter, *options: str) -> list[tuple[Any, ...]]:
    lines = shop("edit-log", *options, "--json").data["lines"]
    return [(each["what"], each["of"], each["entries"], each["reason"]) for each in lines]


def test_a_batch_is_one_line_of_the_edit_log(brought: Counter) -> None:
    take_back(brought)
    assert edits(brought) == [
        ("import", None, None, "november.csv"),
        ("import_reversed", 4, 4, "wrong month"),
    ]
    line = brought("edit-log", "--json").data["lines"][1]
    assert (line["party"], line["before_paise"], line["after_paise"], line["days_late"]) == (None, None, None, None)
    assert line["entry"] == 12
    assert "cancels 4 entries of november.csv (import 4) · by asha, 10:04 · wrong month" in brought("edit-log").out
    row = read(brought("edit-log", "--format", "csv").out)[1]
    assert (row["of"], row["entries"], row["party"], row["before_party"]) == ("4", "4", "", "")


def test_single_ones_stay_single_lines_also_where_a_batch_follows(brought: Counter) -> None:
    brought("reverse", "5", "--reason", "twice")
    assert edits(brought)[1:] == [("import_reversed", 5, None, "twice")]
    take_back(brought)
    assert edits(brought)[1:] == [("import_reversed", 5, None, "twice"), ("import_reversed", 4, 3, "wrong month")]


def test_the_last_one_by_itself_is_no_batch(brought: Counter) -> None:
    for entry in (5, 6, 7):
        brought("reverse", str(entry), "--reason", "twice")
    take_back(brought)
    assert edits(brought)[-1] == ("import_reversed", 8, None, "wrong month")


def test_reversals_of_one_commit_that_leave_something_are_single_lines(brought: Counter) -> None:
    send(brought, "reverse 5 --reason twice", "reverse 6 --reason twice", group=9)
    assert [each[1:3] for each in edits(brought)[1:]] == [(5, None), (6, None)]


def test_reversals_of_one_commit_with_reasons_of_their_own_are_single_lines(brought: Counter) -> None:
    send(brought, *[f"reverse {entry} --reason {entry}th" for entry in (5, 6, 7, 8)], group=9)
    assert [each[1:] for each in edits(brought)[1:]] == [(entry, None, f"{entry}th") for entry in (5, 6, 7, 8)]


def test_of_a_period_a_batch_has_what_is_of_it(brought: Counter) -> None:
    take_back(brought)
    told = edits(brought, "--by-day", "--from", "5-11-2026", "--to", "6-11-2026")
    assert told == [("import_reversed", 4, 2, "wrong month")]
    assert edits(brought, "--by-day", "--from", "1-11-2026", "--to", "2-11-2026") == []
    assert edits(brought, "--known-at", "10")[1:] == [("import_reversed", 4, 2, "wrong month")]
    assert edits(brought, "--known-at", "8")[1:] == []


def test_a_reason_that_was_erased_with_a_customer_parts_no_batch(brought: Counter) -> None:
    take_back(brought)
    brought("receive", "ramesh", "450")
    assert brought("party", "forget", "ramesh", "--yes").code == 0
    assert edits(brought)[1] == ("import_reversed", 4, 4, "wrong month")


def test_what_is_filed_counts_the_entries_of_a_batch(brought: Counter) -> None:
    take_back(brought)
    said = brought("verify", "--for-filing", "--period", "Nov").out
    assert next(line.split()[0] for line in said.splitlines() if "cancelled" in line) == "4"


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
