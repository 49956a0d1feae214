"""Days that are filed: nothing is recorded for them any more, and nothing is moved that nobody reads about."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from khata.events.base import Imported
from khata.events.money import SaleRecorded
from khata.rules.base import Draft
from khata.rules.importing import RecordRows
from khata.rules.locking import PeriodIsLocked, on_open_days
from khata.units import Day, Paise, Party, Seq
from tests.cli.conftest import Counter

THE_ID = "cd" * 16


@pytest.fixture
def locked(shop: Counter) -> Counter:
    """A shop whose days up to 20 November are closed; entry 4 is of the 15th, and it is the 22nd."""
    assert shop("sale", "ramesh", "100", "--on", "15-11-2026", "--ref", "B-1").code == 0
    assert shop("lock", "--upto", "20-11-2026", "--json").data["upto"] == "2026-11-20"
    return shop


def owed(shop: Counter, as_on: str) -> int:
    return int(shop("balance", "ramesh", "--as-on", as_on, "--json").data["net_paise"])


@pytest.mark.parametrize(
    "words",
    [
        "sale ramesh 50",
        "sale ramesh 50 --paid 20:upi",
        "receive ramesh 50",
        "return ramesh 50",
        "refund ramesh 50",
        "discount ramesh 5",
        "write-off ramesh 5 --reason gone",
        "charge ramesh 5",
        "sale counter 5",
        "transfer ramesh suresh 5 --new",
    ],
)
def test_what_is_typed_for_a_closed_day_stands_on_today_and_says_so(locked: Counter, words: str) -> None:
    if "transfer" in words:
        assert locked("party", "add", "suresh").code == 0
    before = owed(locked, "20-11-2026")
    answer = locked(*words.replace(" --new", "").split(), "--on", "20-11-2026", "--json")
    assert answer.data["on"] == "2026-11-22"
    warning = next(each for each in answer.envelope["warnings"] if each["code"] == "period_locked")
    assert warning["facts"] == {"on": "2026-11-20", "upto": "2026-11-20", "today": "2026-11-22"}
    assert owed(locked, "20-11-2026") == before


def test_the_day_after_the_last_closed_one_is_open(locked: Counter) -> None:
    answer = locked("sale", "ramesh", "50", "--on", "21-11-2026", "--json")
    assert (answer.data["on"], answer.envelope["warnings"]) == ("2026-11-21", [])


def test_a_person_at_a_terminal_is_not_asked_but_told(locked: Counter) -> None:
    answer = locked("sale", "ramesh", "50", "--on", "20-11-2026", typed="", terminal=True)
    assert answer.code == 0
    assert "The entry got the date of today: 22 Nov 2026." in answer.err


@pytest.mark.parametrize(
    ("words", "entry", "now_paise"), [("reverse 4", 4, 45000), ("correct 4 170", 4, 62000), ("undo --yes", 4, 45000)]
)
def test_what_takes_back_an_entry_of_a_closed_day_stands_on_today(
    locked: Counter, words: str, entry: int, now_paise: int
) -> None:
    then = owed(locked, "20-11-2026")
    answer = locked(*words.split(), "--json")
    assert answer.data["on"] == "2026-11-22"
    assert [each["code"] for each in answer.envelope["warnings"]] == ["period_locked"]
    assert locked("show", str(entry), "--json").data["reversed_by"]
    assert (owed(locked, "20-11-2026"), owed(locked, "22-11-2026")) == (then, now_paise)


def test_an_opening_is_refused_and_never_moved(locked: Counter) -> None:
    assert locked("opening", "ramesh", "50", "--on", "20-11-2026", "--json").refused == "period_locked"
    assert locked("opening", "ramesh", "50", "--json").data["on"] == "2026-11-22"


def test_a_file_with_a_row_for_a_closed_day_is_refused_by_row(locked: Counter, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "date,type,party,amount,ref\n2026-11-15,sale,Ramesh Kumar,100,B-1\n2026-11-20,sale,Ramesh Kumar,45,\n"
        "2026-11-21,sale,Ramesh Kumar,46,\n2026-11-19,receive,Ramesh Kumar,47,\n",
        encoding="utf-8",
    )
    refused = locked("import", str(rows), "--json").envelope["refused"]
    # The row that is recorded already is no new one.
    assert [(each["row"], each["code"]) for each in refused["facts"]["faults"]] == [
        (3, "period_locked"),
        (5, "period_locked"),
    ]
    rows.write_text("date,type,party,amount\n2026-11-21,sale,Ramesh Kumar,46\n", encoding="utf-8")
    assert locked("import", str(rows), "--json").data["recorded"] == 1


def test_a_line_of_a_script_with_a_closed_day_is_refused_and_one_without_is_not(locked: Counter) -> None:
    lines = "sale ramesh 5 --on 20-11-2026\nsale ramesh 6\nreverse 4\nreverse 3 --on 20-11-2026\n"
    lines += '{"command": "sale", "party": "ramesh", "amount_paise": 700, "on": "2026-11-20"}\n'
    lines += "sale ramesh 8 --on 20-11-2026 --dry-run\n"
    answer = locked("batch", stdin=StringIO(lines))
    assert answer.out.count('"code": "period_locked", "facts": {"on": "2026-11-20", "upto": "2026-11-20"}') == 4
    assert '"line": 3, "entry"' in answer.out
    assert "The entry got the date of today: 22 Nov 2026." in answer.out
    assert owed(locked, "20-11-2026") == 10000


def test_the_same_command_again_is_the_same_though_its_day_was_closed(locked: Counter) -> None:
    words = ("sale", "ramesh", "50", "--on", "20-11-2026", "--event-id", THE_ID, "--json")
    first = locked(*words).data
    again = locked(*words).data
    assert (again["entry"], again["already_recorded"]) == (first["entry"], True)
    assert locked("sale", "ramesh", "50", "--on", "21-11-2026", "--event-id", THE_ID, "--json").refused == "id_reused"


def test_a_reference_given_once_is_the_same_though_its_day_was_closed(locked: Counter) -> None:
    words = ("sale", "ramesh", "50", "--on", "20-11-2026", "--ref", "B-7", "--once", "--json")
    first = locked(*words).data
    assert locked(*words).data["entry"] == first["entry"]


def test_days_that_are_opened_take_entries_again(locked: Counter) -> None:
    assert locked("unlock", "--json").refused == "reason_missing"
    assert locked("unlock", "--reason", "revised", "--json").code == 0
    assert locked("sale", "ramesh", "50", "--on", "20-11-2026", "--json").data["on"] == "2026-11-20"
    assert locked("unlock", "--reason", "revised", "--json").refused == "nothing_locked"


def test_a_lock_never_opens_a_day(locked: Counter) -> None:
    assert locked("lock", "--upto", "19-11-2026", "--json").refused == "locked_already"
    assert locked("lock", "--upto", "20-11-2026", "--json").refused == "locked_already"
    assert locked("lock", "--upto", "21-11-2026", "--json").code == 0
    assert locked("status", "--json").data["locked_upto"] == "2026-11-21"


def test_today_is_not_locked(locked: Counter) -> None:
    assert locked("lock", "--upto", "today", "--json").refused == "day_not_over"


def test_a_clock_that_was_put_back_into_closed_days_records_nothing(locked: Counter) -> None:
    locked.now = locked.now.replace(day=23)
    assert locked("lock", "--upto", "22-11-2026", "--json").code == 0
    locked.now = locked.now.replace(day=22, hour=10)
    assert locked("sale", "ramesh", "50", "--json").refused == "period_locked"


def test_what_was_filed_may_have_been_known_earlier(locked: Counter) -> None:
    assert locked("lock", "--upto", "21-11-2026", "--known-at", "4", "--json").data["cut"] == 4


def test_what_moves_no_money_is_recorded_as_ever(locked: Counter) -> None:
    assert locked("party", "add", "Suresh", "--json").code == 0
    assert locked("verify", "--json").data["result"] == "unbroken"


def test_the_same_lock_tried_twice_is_one(shop: Counter) -> None:
    words = ("lock", "--upto", "20-11-2026", "--event-id", THE_ID, "--json")
    assert shop(*words).data["already_recorded"] is False
    assert shop(*words).data["already_recorded"] is True
    assert shop("lock", "--upto", "21-11-2026", "--event-id", THE_ID, "--json").refused == "id_reused"


def test_a_row_of_a_file_is_not_moved_though_the_day_was_closed_after_the_file_was_checked() -> None:
    facts: Any = SimpleNamespace(locked_upto="2026-11-20", today="2026-11-22")
    sale = SaleRecorded(amount_paise=Paise(5), party=Party(1), imported=Imported(Seq(4), 2))
    with pytest.raises(PeriodIsLocked):
        on_open_days([Draft(sale, Day("2026-11-20"))], RecordRows(rows=[]), facts, typed=True)
