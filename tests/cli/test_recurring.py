"""`khata every` and `khata due-lines` as somebody types them: asked, recorded once, from two counters, both clocks."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from khata.cli.recurring import EVERY
from khata.render.text import width
from khata.units import EVERY as HOW_OFTEN
from tests.cli.batches import send
from tests.cli.conftest import Counter
from tests.cli.sitting import sit

THE_ID = "cd" * 16


@pytest.fixture
def milk(shop: Counter) -> Counter:
    """A shop in which milk comes again: on 22 November it is due for 31 August (entry 5), and twice since."""
    assert shop("every", "month", "ramesh", "450", "--note", "milk", "--from", "31/8", "--json").data["entry"] == 5
    return shop


def owed(shop: Counter) -> int:
    return int(shop("balance", "ramesh", "--json").data["net_paise"])


def refs(shop: Counter, *words: str) -> list[str]:
    return [each["ref"] for each in shop("due-lines", *words, "--json").data["due"]]


AUG, SEP, OCT = (f"every-5/2026-{month}" for month in ("08", "09", "10"))


def test_it_is_shown_and_nothing_is_recorded_where_nobody_can_be_asked(milk: Counter) -> None:
    answer = milk("due-lines")
    assert (answer.code, owed(milk)) == (0, 45000)
    assert answer.out.splitlines()[1:] == [
        "   Amount    Date  Line  Name",
        "  ₹450.00  31 Aug     5  Ramesh Kumar · milk",
        "  ₹450.00  30 Sep     5  Ramesh Kumar · milk",
        "  ₹450.00  31 Oct     5  Ramesh Kumar · milk",
        "₹1,350.00                3 times",
    ]
    assert answer.err == "Nothing was recorded. To record this, type the same once more with --yes.\n"
    assert milk("due-lines", "--json").data["recorded"] == []


def test_a_person_is_asked_once_for_all_and_no_records_nothing(milk: Counter) -> None:
    no = milk("due-lines", typed="n\n", terminal=True)
    assert (no.code, owed(milk)) == (2, 45000)
    assert no.err.count("Record all of this?") == 1
    assert "1,350.00" in no.out, "what is asked about was shown first"
    yes = milk("due-lines", typed="y\n", terminal=True)
    assert (yes.code, owed(milk)) == (0, 180000)
    assert yes.out.count("31 Aug") == 1, "it is shown once"
    assert yes.out.splitlines()[-1] == "Recorded: 3 entries · in all: ₹1,350.00"
    assert "Days ago" not in yes.err, "somebody looked at each"
    again = milk("due-lines", typed="", terminal=True)
    assert (again.code, again.err) == (0, "")
    assert "Nothing is due." in again.out


def test_some_are_left_out_by_the_entry_of_their_line(milk: Counter) -> None:
    milk("every", "day", "ramesh", "30", "--from", "yesterday")
    assert refs(milk, "--except", "5") == ["every-6/2026-11-21", "every-6/2026-11-22"]
    assert refs(milk, "--only", "5,6", "--upto", "30/9") == [AUG, SEP]
    done = milk("due-lines", "--only", "entry 5", "--upto", "1/9", "--yes", "--json").data
    assert [(each["entry"], each["line"], each["ref"]) for each in done["recorded"]] == [(7, 5, AUG)]
    assert refs(milk, "--only", "5", "--only", "6") == [SEP, OCT, "every-6/2026-11-21", "every-6/2026-11-22"]


def test_a_day_to_come_means_today(milk: Counter) -> None:
    answer = milk("due-lines", "--upto", "2026-12-31", "--json")
    assert [each["code"] for each in answer.envelope["warnings"]] == ["day_to_come"]
    assert [each["ref"] for each in answer.data["due"]] == [AUG, SEP, OCT]


def test_a_backlog_of_years_is_shown_whole(shop: Counter) -> None:
    shop("every", "day", "ramesh", "30", "--from", "2024-02-28")
    shop("every", "month", "ramesh", "400", "--from", "2024-02-29")
    found = shop("due-lines", "--json").data["due"]
    assert len([each for each in found if each["entry"] == 5]) == 999
    assert [each["on"] for each in found if each["entry"] == 6][11:14] == ["2025-01-29", "2025-02-28", "2025-03-29"]
    assert {each["on"] for each in found} >= {"2024-02-28", "2024-02-29", "2024-03-01", "2026-11-22"}
    assert len(shop("due-lines", "--yes", "--json").data["recorded"]) == len(found) == 1032
    assert shop("status", "--json").data["due_lines"] == 0


def test_a_try_records_nothing_and_says_what_it_would(milk: Counter) -> None:
    answer = milk("due-lines", "--dry-run")
    assert answer.out.splitlines()[-1] == "Recorded: 3 entries · in all: ₹1,350.00"
    assert "--dry-run: nothing was recorded." in answer.err
    assert milk("due-lines", "--dry-run", "--json").data["dry_run"] is True
    assert milk("every", "stop", "5", "--dry-run").code == milk("every", "skip", "5", "--dry-run").code == 0
    assert milk("every", "day", "ramesh", "5", "--dry-run").code == 0
    assert len(milk("every", "list", "--json").data["lines"]) == 1
    assert refs(milk) == [AUG, SEP, OCT]


def test_a_retry_records_once_and_gives_the_first_answer(milk: Counter) -> None:
    first = milk("due-lines", "--yes", "--event-id", THE_ID, "--json").data
    assert [each["entry"] for each in first["recorded"]] == [6, 7, 8]
    for words in (("--yes",), (), ("--only", "5")):
        again = milk("due-lines", *words, "--event-id", THE_ID, "--json").data
        assert (again["recorded"], again["already_recorded"]) == (first["recorded"], True)
    assert "Recorded before: entry 8" in milk("due-lines", "--yes", "--event-id", THE_ID).err
    assert owed(milk) == 180000
    assert milk("sale", "ramesh", "5", "--event-id", THE_ID, "--json").refused == "id_reused"
    other = "ab" * 16
    milk("sale", "ramesh", "5", "--event-id", other)
    assert milk("due-lines", "--yes", "--event-id", other, "--json").refused == "id_reused"


def test_a_retry_of_a_beginning_and_of_an_end_records_once(shop: Counter) -> None:
    for nth, words in enumerate(("every month Suresh 450 --new", "every skip 6", "every stop 6")):
        one, two = (shop(*words.split(), "--event-id", f"{nth:032x}", "--json").data for _ in range(2))
        assert (one["entry"], one["already_recorded"]) == (two["entry"], not two["already_recorded"])


def test_two_counters_do_not_record_one_time_twice(milk: Counter) -> None:
    other = Counter(milk.home, milk.now, {"USER": "raju"})

    class Meanwhile(StringIO):
        """Who is asked, while the other counter records."""

        def readline(self, _: int = -1, /) -> str:  # type: ignore[override]
            assert other("due-lines", "--only", "5", "--upto", "30/9", "--yes").code == 0
            return "y\n"

    answer = milk("due-lines", typed="", terminal=True, stdin=Meanwhile())
    assert answer.out.splitlines()[-1] == "Recorded: 1 entry · ₹450.00"
    assert owed(milk) == 180000
    assert milk("verify", "--json").data["result"] == "unbroken"


def test_what_another_counter_recorded_whole_is_told(milk: Counter) -> None:
    class Meanwhile(StringIO):
        def readline(self, _: int = -1, /) -> str:  # type: ignore[override]
            assert Counter(milk.home, milk.now, {"USER": "raju"})("due-lines", "--yes").code == 0
            return "y\n"

    answer = milk("due-lines", typed="", terminal=True, stdin=Meanwhile())
    assert answer.code == 0
    assert answer.out.splitlines()[-1].startswith("Nothing was recorded: meanwhile")
    assert owed(milk) == 180000


def test_both_clocks_are_asked(milk: Counter) -> None:
    milk("due-lines", "--only", "5", "--upto", "31/8", "--yes")
    milk("every", "stop", "5", "--on", "31/10")
    assert refs(milk) == [SEP]
    assert refs(milk, "--as-on", "15/9/2026") == []
    assert refs(milk, "--known-at", "5") == [AUG, SEP, OCT]
    assert refs(milk, "--known-at", "6", "--as-on", "30/9/2026") == [SEP]
    assert refs(milk, "--known-at", "4") == []

    def listed(*clocks: str) -> list[str]:
        return [each["next_on"] for each in milk("every", "list", *clocks, "--json").data["lines"]]

    assert listed() == []
    assert listed("--as-on", "30/10/2026") == ["2026-09-30"]
    assert listed("--known-at", "5") == ["2026-08-31"]
    assert milk("due-lines", "--known-at", "5", typed="y\n").code == 0
    assert owed(milk) == 90000, "what was due once is only shown"
    assert milk("due-lines", "--known-at", "5", "--yes", "--json").refused == "misused"


def test_what_falls_on_closed_days_stands_on_today_and_is_told_once(milk: Counter) -> None:
    milk("lock", "--upto", "30-9-2026")
    answer = milk("due-lines", "--yes")
    assert answer.err.splitlines()[0] == (
        "Closed days, up to: 30 Sep 2026. What was due on these days got the date of today: 22 Nov 2026. In all: 2."
    )
    statement = milk("statement", "ramesh", "--json").data["lines"]
    assert [(line["on"], line["ref"]) for line in statement if line["ref"]] == [
        ("2026-10-31", OCT),
        ("2026-11-22", AUG),
        ("2026-11-22", SEP),
    ]
    assert "milk, August 2026" in milk("statement", "ramesh").out


def test_on_a_statement_the_month_is_said_and_no_reference(milk: Counter) -> None:
    milk("due-lines", "--yes")
    milk("every", "day", "ramesh", "30")
    milk("due-lines", "--yes")
    page = milk("statement", "ramesh", "--all").out
    assert "milk, September 2026" in page
    assert "every-" not in page
    assert "late" not in page


def test_the_status_the_card_and_the_log_mention_it(milk: Counter) -> None:
    assert "Due lines: 3. To record: khata due-lines" in milk("status").out
    assert "₹450.00 every month · milk · entry 5" in milk("party", "show", "ramesh").out
    milk("every", "skip", "5", "Sep", "--reason", "away")
    milk("every", "stop", "5")
    log = milk("log", "--from", "5").out
    assert "₹450.00 every month · from: 31 Aug 2026" in log
    assert "left out: 1 Sep 2026 – 30 Sep 2026 · ₹450.00 every month (entry 5)" in log
    assert "stopped: ₹450.00 every month (entry 5)" in log
    assert "Entry 5: ₹450.00 every month · from: 31 Aug 2026" in milk("show", "5").out
    again = milk("show", "6", "--json").data["again"]
    assert (again["entry"], again["from"], again["to"]) == (5, "2026-09-01", "2026-09-30")
    assert "Due lines: 2." in milk("status").out
    assert milk("party", "show", "ramesh", "--json").data["every"] == []
    assert "कुछ" not in milk("status", "--lang", "hi").out
    assert "लिखनी बाकी बंधी: 2।" in milk("status", "--lang", "hi").out


@pytest.mark.parametrize(
    ("line", "every"),
    [
        ("har mahina ramesh 450", "month"),
        ("हर महीने ramesh 450", "month"),
        ("बंधी रोज़ ramesh 30", "day"),
        ("har hafte ramesh 70", "week"),
        ("EVERY Day ramesh 30", "day"),
    ],
)
def test_it_is_said_in_words_of_the_trade(shop: Counter, line: str, every: str) -> None:
    assert shop(*line.split(), "--json").data["every"] == every
    assert every in HOW_OFTEN


def test_alone_it_lists(milk: Counter) -> None:
    assert milk("every").out == milk("every", "list").out
    assert milk("every", "--json").envelope["command"] == "every list"
    assert milk("every", "--known-at", "4").out.endswith("khata every month ramesh 450 --note milk\n")
    for name in EVERY.COMMANDS:
        assert milk("every", name, "--help").code == 0


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("every months ramesh 450", "month?"),
        ("every ramesh 450", "every month ramesh 450"),
        ("every remove 5", "every stop"),
        ("monthly", "every month"),
        ("subscription", "every"),
        ("duelines", "due-lines"),
    ],
)
def test_what_is_nearly_a_command_is_answered_with_it(milk: Counter, line: str, meant: str) -> None:
    assert f"Meant: {meant}" in milk(*line.split()).err


def test_it_is_typed_in_the_shell_and_in_a_batch(shop: Counter) -> None:
    sat = sit(shop, "every month ramesh 450 --from 1/11", "due-lines", "every", answers="y\n")
    assert "Recorded: 1 entry" in sat.said or "₹450.00" in sat.said
    assert owed(shop) == 90000
    sent = send(
        shop,
        {"command": "every", "party": "ramesh", "amount_paise": 3000, "every": "day", "first": "2026-11-21"},
        {"command": "every", "party": "ramesh", "amount_paise": 3000, "every": "year"},
        "due-lines --yes",
        "every list",
        {"command": "every skip", "entry": 7, "first": "2026-12-01", "last": "2026-12-31"},
        {"command": "every stop", "entry": 7},
        group=3,
    )
    assert [each.get("refused", {}).get("code") for each in sent.answers] == [None, "bad_field", None, None, None, None]
    assert [each["ref"] for each in sent.answers[2]["data"]["recorded"]] == ["every-7/2026-11-21", "every-7/2026-11-22"]


def test_a_line_of_a_batch_is_refused_for_closed_days(milk: Counter) -> None:
    milk("lock", "--upto", "30-9-2026")
    assert send(milk, "due-lines --yes").codes == ["period_locked"]
    assert owed(milk) == 45000


def test_a_customer_is_forgotten_with_what_comes_again(milk: Counter) -> None:
    milk("every", "skip", "5", "--reason", "away to Patna")
    milk("receive", "ramesh", "450")
    assert milk("party", "forget", "ramesh", "--yes").code == 0
    assert refs(milk) == []
    assert "@1" in milk("every").out
    book = milk.home / "Khata" / "sharma-kirana-store.khata"
    for kept in (book, *(milk.home / ".cache").rglob("*.sqlite")):
        assert b"milk" not in kept.read_bytes()
        assert b"Patna" not in kept.read_bytes()
    assert milk("verify", "--json").data["result"] == "unbroken"
    assert milk("every", "stop", "5").code == 0


def test_a_book_with_it_is_verified_rebuilt_exported_and_made_again(milk: Counter) -> None:
    milk("due-lines", "--yes")
    milk("every", "skip", "5")
    milk("every", "stop", "5")
    before = milk("every", "list", "--known-at", "8", "--json").data
    assert milk("verify", "--json").data["result"] == "unbroken"
    assert milk("rebuild").code == 0
    assert milk("every", "list", "--known-at", "8", "--json").data == before
    files = {
        name: milk.home / name for name in ("book.jsonl", "all.csv", "y.journal", "y.ledger", "y.beancount", "t.xml")
    }
    for file in files.values():
        assert milk("export", "-o", str(file)).code == 0, file
        if file.suffix != ".jsonl":
            assert "recurring" not in file.read_text("utf-8")
    copy = milk.home / "copy.khata"
    assert milk("import-log", str(files["book.jsonl"]), "--book", str(copy)).code == 0
    again = milk("every", "list", "--known-at", "8", "--book", str(copy), "--json").data
    assert again == before
    fresh = Counter(milk.home / "fresh")
    assert fresh("init", "Fresh").code == 0
    assert fresh("import", str(files["all.csv"]), "--new-parties", "all").code == 0
    assert owed(fresh) == owed(milk) == 180000


def test_a_verification_goes_on_from_the_last_one(milk: Counter) -> None:
    assert milk("verify", "--json").data["result"] == "unbroken"
    milk("due-lines", "--yes")
    milk("every", "skip", "5")
    milk("every", "stop", "5")
    milk("every", "day", "ramesh", "30")
    again = milk("verify", "--since", "last", "--json").data
    assert (again["result"], again["faults"]) == ("unbroken", [])
    milk("every", "stop", "11")
    assert milk("verify", "--since", "last", "--json").data["faults"] == []


def test_what_a_book_that_was_damaged_says_is_found(milk: Counter) -> None:
    milk("every", "skip", "5")
    milk("every", "stop", "5")
    cache = next((milk.home / ".cache" / "khata").glob("*.sqlite"))
    import sqlite3

    for table in ("recurring", "skipped", "ended"):
        with sqlite3.connect(cache) as views:
            kept = views.execute(f"SELECT * FROM {table}").fetchall()
            views.execute(f"DELETE FROM {table}")
        faults = milk("verify", "--json").data["faults"]
        assert [fault["code"] for fault in faults] == [f"{table}_differs"]
        with sqlite3.connect(cache) as views:
            views.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(kept[0]))})", kept)
    assert milk("verify", "--json").data["result"] == "unbroken"


@pytest.mark.parametrize("cells", [60, 80])
@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_pages_fit(milk: Counter, cells: int, language: str) -> None:
    milk("every", "week", "ramesh", "70", "--as", "charge", "--note", "flowers for the temple")
    for words in (("every",), ("due-lines",)):
        page = milk(*words, "--lang", language).out
        rows = page.splitlines()
        assert len(rows) >= 4
        # What comes last may run on; where it begins nothing is cut off.
        assert all(width(row.partition("Ramesh")[0]) <= cells - 12 for row in rows[1:])


def test_a_line_begins_on_the_nearest_such_day(shop: Counter) -> None:
    for typed, first in (("1/12", "2026-12-01"), ("1/11", "2026-11-01"), ("yesterday", "2026-11-21")):
        assert shop("every", "month", "ramesh", "450", "--from", typed, "--json").data["from"] == first
    shop.now += timedelta(days=9)
    assert [each["on"] for each in shop("due-lines", "--upto", "1/12", "--json").data["due"]] == [
        "2026-11-01",
        "2026-11-21",
        "2026-12-01",
        "2026-12-01",
    ]


def test_the_question_is_held_against_the_vectors(tmp_path: Path) -> None:
    """A second reader, which knows no khata, worked out what is due in tests/vectors."""
    from khata.log.book import Detail
    from khata.log.chain import Entry
    from khata.questions.recurring import due
    from khata.store.sqlite.book import SqliteBook
    from khata.store.sqlite.create import create
    from khata.units import Day, Seq
    from khata.views.cache import Cache
    from khata.views.catch_up import catch_up
    from khata.views.cut import Cut

    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "format-v4-recurring.json").read_text("utf-8"))
    entries = [Entry(each["seq"], each["body"].encode(), bytes.fromhex(each["hash"])) for each in vectors["events"]]
    details = [Detail(each["entry"], bytes.fromhex(each["salt"]), each["body"].encode()) for each in vectors["details"]]
    create(tmp_path / "book.khata", entries, details)
    views = Cache(None)
    catch_up(SqliteBook(tmp_path / "book.khata"), views)
    for question in vectors["questions"]:
        found = due(views.connection, Cut(Day(question["as_on"]), Seq(question["up_to_entry"])))
        assert sorted(each.ref for each in found) == sorted(question["due"])
