"""An import is taken back whole: once, in one commit, and told as one."""

from __future__ import annotations

from typing import Any

import pytest

from khata.log.errors import UnconfirmedError
from khata.pen import FLUSH
from khata.questions.state import State
from khata.store.sqlite.book import SqliteWriting
from tests.cli.batches import send
from tests.cli.brought import bring, listed, owed, read, take_back, write
from tests.cli.conftest import Counter

THE_ID = "cd" * 16


@pytest.fixture
def brought(shop: Counter) -> Counter:
    return bring(shop)


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
        "Taken back: 2 entries · november.csv (import 4) · given: ₹640.00 · received: ₹940.00",
        "Taken back before: 1 entry.",
        "Corrected since, not taken back: 1 entry · 11",
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
    assert "18, 20, 22, 24, 26, 28, 30, 32, 34 · more: 2" in shop("reverse", "--import", "4", "--reason", "x").out


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


def test_of_two_rows_alike_the_one_that_was_corrected_stays_known_and_the_other_comes_in_again(shop: Counter) -> None:
    file = write(shop, "rows.csv", "2026-11-03,sale,Ramesh Kumar,99,", "2026-11-03,sale,Ramesh Kumar,99,")
    shop("import", file)
    shop("correct", "5", "90")
    assert shop("reverse", "--import", "4", "--reason", "x", "--json").data["reversed"] == 1
    again = shop("import", file, "--json").data
    assert [each["row"] for each in again["duplicates"]] == [2]
    assert (again["recorded"], owed(shop)) == (1, 45000 + 9000 + 9900)


def test_what_was_corrected_twice_is_still_that_row_to_another_file(shop: Counter) -> None:
    shop("import", write(shop, "rows.csv", "2026-11-03,sale,Ramesh Kumar,99,"))
    shop("correct", "5", "90")
    shop("correct", "7", "80")
    for rupees in ("99", "90", "80"):
        other = write(shop, "other.csv", f"2026-11-03,sale,Ramesh Kumar,{rupees},", "2026-11-04,sale,Ramesh Kumar,1,")
        assert shop("import", other, "--json").refused == "bad_rows"
    shop("reverse", "9")
    assert shop("import", write(shop, "other.csv", "2026-11-03,sale,Ramesh Kumar,99,"), "--json").data["recorded"] == 1


def test_a_counter_may_begin_with_it(brought: Counter) -> None:
    assert take_back(brought, "--by", "sita")["entry"] == 13
    assert [each["by_name"] for each in brought("log", "--json").data["lines"][8:]] == ["sita"] * 5
    assert edits(brought)[-1] == ("import_reversed", 4, 4, "wrong month")


def test_a_person_at_a_terminal_is_asked_and_a_no_records_nothing(brought: Counter) -> None:
    words = ("reverse", "--import", "4", "--reason", "wrong month")
    no = brought(*words, typed="n\n")
    assert "Take back? november.csv (import 4) · entries: 4 · given: ₹2,374.00 · received: ₹940.00 [y/N]" in no.err
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
    assert "Not for a batch: reverse --import." in sent.answer.out


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
    assert (line["party"], line["before_paise"], line["after_paise"], line["days_late"]) == (None, None, None, 19)
    assert line["entry"] == 12
    assert (
        "cancellation of 4 entries · file: november.csv (import 4) · for: 3 Nov · 19 days late"
        " · asha, 10:04 · wrong month" in brought("edit-log").out
    )
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
    assert told == [("import", None, None, "november.csv"), ("import_reversed", 4, 2, "wrong month")]
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
    assert next(line.split()[0] for line in said.splitlines() if "cancellations" in line) == "4"
    data = brought("verify", "--for-filing", "--period", "5-11-2026", "--json").data
    assert (data["edits"], data["late_entries"], data["most_days_late"]) == ({"import": 1, "import_reversed": 1}, 1, 17)
