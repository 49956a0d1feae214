"""Asking for what is due: whom, for how much, in which language, and nobody twice in a week; due days and disputes."""

from __future__ import annotations

import csv
import json
import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyperclip
import pytest

from khata.i18n.messages import languages
from khata.log.book import Detail
from khata.log.chain import Entry
from khata.store.sqlite.create import create
from tests.cli.batches import send
from tests.cli.conftest import Counter

VECTORS = Path(__file__).parents[1] / "vectors" / "format-v4-reminders.json"


@pytest.fixture
def dues(shop: Counter) -> Counter:
    """Ramesh owes ₹450 and has a phone, Sita ₹900 of which ₹200 was paid, Gopal ₹700 that are not due yet."""
    for line in (
        "shop set --upi sharma@okaxis --phone 9822012345 --payee Sharma",
        "party rename ramesh --phone 98765-43210",
        "sale Sita 900 --new --on 01-10-2026",
        "receive sita 200 --mode upi --on 05-10-2026",
        "sale Gopal 700 --new --due 15d",
    ):
        assert shop(*line.split()).code == 0, line
    return shop


def asked(shop: Counter, *words: str) -> dict[str, int]:
    found = shop("remind", *words, "--json")
    assert found.code == 0, found
    return {each["name"]: each["amount_paise"] for each in found.data["reminders"]}


def last(shop: Counter) -> dict[str, Any]:
    lines: list[dict[str, Any]] = shop("log", "--json").data["lines"]
    return lines[-1]


def test_whoever_owes_something_that_is_due_is_asked_for_that(dues: Counter) -> None:
    assert asked(dues) == {"Sita": 70000, "Ramesh Kumar": 45000}
    assert asked(dues, "--over", "30d") == {"Sita": 70000}
    assert asked(dues, "gopal") == {}
    assert "Nothing to ask for now" in dues("remind", "gopal").out
    dues.now += timedelta(days=15)
    assert asked(dues) == {"Sita": 70000, "Gopal": 70000, "Ramesh Kumar": 45000}


def test_the_message_has_the_amount_the_last_payment_and_how_to_pay(dues: Counter) -> None:
    (found,) = dues("remind", "sita", "--json").data["reminders"]
    assert found["text"].splitlines() == [
        "Namaste Sita,",
        "Sharma Kirana Store. Due as on 22 Nov 2026: ₹700.00",
        "Last payment: ₹200.00, 5 Oct 2026",
        "Please pay when you can. If it is paid already, please ignore this message. Thank you.",
        "",
        "To pay by UPI: Sharma, sharma@okaxis",
        found["upi"],
        "",
        "Sharma Kirana Store · 9822012345",
    ]
    assert parse_qs(urlsplit(found["upi"]).query)["am"] == ["700.00"]
    assert found["wa"].startswith("https://wa.me/?text=Namaste%20Sita")
    ramesh = dues("remind", "ramesh", "--json").data["reminders"][0]
    assert ramesh["wa"].startswith("https://wa.me/919876543210?text=")
    assert parse_qs(urlsplit(ramesh["wa"]).query)["text"] == [ramesh["text"]]
    assert "Last payment" not in ramesh["text"], "he never paid"


def test_a_shop_without_a_upi_address_asks_without_a_link(shop: Counter) -> None:
    (found,) = shop("remind", "--json").data["reminders"]
    assert (found["upi"], "UPI" in found["text"]) == (None, False)


@pytest.mark.parametrize("lang", languages())
def test_it_is_in_the_customers_language(dues: Counter, lang: str) -> None:
    assert dues("party", "lang", "sita", lang).code == 0
    sita, ramesh = dues("remind", "--json").data["reminders"]
    assert (sita["lang"], ramesh["lang"]) == (lang, "en")
    assert ("Namaste" in sita["text"]) == (lang == "en")
    assert "₹700.00" in sita["text"].replace("\u2068", "").replace("\u2069", "")
    assert ("\u2068₹700.00\u2069" in sita["text"]) == (lang == "ur")


def test_two_languages_one_after_the_other_and_the_link_once(dues: Counter) -> None:
    (found,) = dues("remind", "sita", "--lang", "hi,en", "--json").data["reminders"]
    assert found["lang"] == "hi,en"
    assert found["text"].index("नमस्ते") < found["text"].index("Namaste")
    assert found["text"].count("upi://") == 1


def test_what_was_sent_is_an_entry_and_nobody_is_asked_twice_in_a_week(dues: Counter) -> None:
    sent = dues("remind", "--mark-sent", "--json").data
    assert (sent["sent"], len(sent["reminders"])) == (2, 2)
    entry = last(dues)
    assert (entry["kind"], entry["reminded_paise"], entry["amount_paise"]) == ("reminder_sent", 45000, None)
    assert dues("balance", "ramesh", "--json").data["net_paise"] == 45000
    assert asked(dues) == {}
    assert [each["name"] for each in dues("remind", "--json").data["reminded_lately"]] == ["Sita", "Ramesh Kumar"]
    assert "Sita, Ramesh Kumar" in dues("remind").err
    assert dues("remind", "sita", "--json").refused == "reminded_lately"
    assert asked(dues, "--again") == {"Sita": 70000, "Ramesh Kumar": 45000}
    dues.now += timedelta(days=6)
    assert asked(dues) == {}
    dues.now += timedelta(days=1)
    assert asked(dues) == {"Sita": 70000, "Ramesh Kumar": 45000}
    assert dues("party", "show", "sita", "--json").data["reminded_on"] == "2026-11-22"
    assert "22 Nov 2026" in dues("party", "show", "sita").out
    assert dues("party", "show", "sita", "--as-on", "2026-11-21", "--json").data["reminded_on"] is None
    before = dues("remind", "sita", "--as-on", "2026-11-21", "--json").data
    assert before["reminders"][0]["reminded_on"] is None, "on that day nobody had asked yet"
    assert dues("verify", "--json").data["result"] == "unbroken"


def test_two_tills_do_not_ask_the_same_customer(dues: Counter) -> None:
    """The rule is asked once more where the entry is written."""
    line: dict[str, object] = {"command": "remind", "party": "sita", "amount_paise": 70000}
    first, second = send(dues, line, line).answers
    assert first["kind"] == "reminder_sent"
    assert second["refused"]["code"] == "reminded_lately"


def test_a_retry_notes_them_once(dues: Counter) -> None:
    words = ("remind", "--mark-sent", "--event-id", "ab" * 16, "--json")
    first, again = dues(*words).data, dues(*words).data
    assert (first["sent"], again["already_recorded"]) == (2, True)
    assert [row["kind"] for row in dues("log", "--json").data["lines"]].count("reminder_sent") == 2
    assert dues("sale", "ramesh", "5", "--event-id", "ab" * 16, "--json").refused == "id_reused"


def test_a_dry_run_notes_nothing(dues: Counter) -> None:
    assert dues("remind", "--mark-sent", "--dry-run").code == 0
    assert asked(dues) == {"Sita": 70000, "Ramesh Kumar": 45000}


def test_one_at_a_time_each_is_noted_when_it_was_sent(dues: Counter) -> None:
    answer = dues("remind", typed="n\ny\n", terminal=True)
    assert answer.code == 0
    assert answer.err.count("was it sent?") == 2
    assert "1 of 2 · Sita · ₹700.00 due since 1 Oct 2026 · no phone number" in answer.out
    assert "Noted as sent: 1 reminder" in answer.out
    assert (last(dues)["kind"], last(dues)["name"]) == ("reminder_sent", "Ramesh Kumar")
    assert asked(dues) == {"Sita": 70000}
    assert dues("remind", typed="", terminal=True).out.count("Noted as sent: 0 reminders") == 1


def test_the_message_goes_into_the_clipboard_one_and_never_several(
    dues: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", held.append)
    assert dues("remind", "--copy", "--json").refused == "misused"
    (found,) = dues("remind", "sita", "--copy", "--json").data["reminders"]
    assert held == [found["text"]]
    assert dues("remind", "--copy", typed="y\ny\n", terminal=True).code == 0
    assert [text.split(",")[0] for text in held[1:]] == ["Namaste Sita", "Namaste Ramesh Kumar"]


def test_a_computer_without_a_clipboard_or_a_browser_says_so_and_notes_nothing(
    dues: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(text: str) -> None:
        raise pyperclip.PyperclipException

    monkeypatch.setattr(pyperclip, "copy", no)
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    refused = dues("remind", "sita", "--copy", "--json")
    assert refused.refused == "no_clipboard"
    assert "xclip" in refused.envelope["refused"]["message"]
    assert "https://wa.me/" in dues("remind", "sita", "--open").err
    assert asked(dues) == {"Sita": 70000, "Ramesh Kumar": 45000}


def test_the_chat_is_opened(dues: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n', encoding="utf-8")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setattr("webbrowser._tryorder", None)  # or it has looked before
    answer = dues("remind", "ramesh", "--open", typed="y\n", terminal=True)
    assert opened.read_text(encoding="utf-8").startswith("https://wa.me/919876543210?text=Namaste%20Ramesh")
    assert "wa.me" not in answer.out, "what is open need not be shown"


def test_as_a_table_for_a_program_that_sends_many(dues: Counter, tmp_path: Path) -> None:
    assert dues("remind", "-o", str(tmp_path / "send.csv"), "--mark-sent").code == 0
    rows = list(csv.DictReader(StringIO((tmp_path / "send.csv").read_text(encoding="utf-8"))))
    assert [(row["party"], row["amount"], row["last_received"]) for row in rows] == [
        ("Sita", "700.00", "200.00"),
        ("Ramesh Kumar", "450.00", ""),
    ]
    assert rows[0]["text"].splitlines()[0] == "Namaste Sita,"
    before = last(dues)["entry"]
    assert dues("remind", "-o", str(tmp_path / "send.csv"), "--mark-sent", "--again", "--json").code == 2
    assert last(dues)["entry"] == before, "nothing was noted, for the file is there"
    text = dues("remind", "--again", "-o", str(tmp_path / "send.txt"))
    assert text.code == 0
    assert (tmp_path / "send.txt").read_text(encoding="utf-8").count("https://wa.me/") == 2
    assert dues("remind", "--again", "--format", "json").envelope["data"]["sent"] == 0


def test_nobody_is_asked_for_what_is_on_its_way(dues: Counter) -> None:
    assert dues("receive", "ramesh", "400", "--upi-pending").code == 0
    assert asked(dues)["Ramesh Kumar"] == 5000
    assert dues("receive", "ramesh", "50", "--upi-pending", "--no-doubts").code == 0
    assert "Ramesh Kumar" not in asked(dues)


def test_nobody_is_asked_for_what_he_denies(dues: Counter) -> None:
    assert dues("sale", "ramesh", "100").code == 0
    said = dues("dispute", "3", "--note", "not mine", "--json").data
    assert (said["disputed"], said["status"], said["amount_paise"], said["name"]) == (3, "open", 45000, "Ramesh Kumar")
    assert asked(dues)["Ramesh Kumar"] == 10000
    (due,) = (each for each in dues("dues", "--json").data["parties"] if each["name"] == "Ramesh Kumar")
    assert (due["balance_paise"], due["disputed_paise"]) == (55000, 45000)
    assert "Disputed" in dues("dues").out
    assert "not agreed by the customer" in dues("statement", "ramesh").out
    assert dues("show", "3", "--json").data["disputed"] is True
    assert "not agreed by the customer: entry 3" in dues("log").out
    assert dues("remind", "ramesh", "--as-on", "yesterday", "--json").data["reminders"] == []
    assert dues("dispute", "3", "--over").code == 0
    assert asked(dues)["Ramesh Kumar"] == 55000
    before = dues("statement", "ramesh", "--known-at", f"e{said['entry']}")
    assert "not agreed by the customer" in before.out
    assert "not agreed by the customer" not in dues("statement", "ramesh").out


def test_what_was_denied_and_then_cancelled_is_denied_no_more(dues: Counter) -> None:
    assert dues("dispute", "3").code == 0
    assert dues("reverse", "3").code == 0
    assert dues("dues", "--json").data["parties"][0]["disputed_paise"] == 0
    assert dues("sale", "ramesh", "100").code == 0
    assert asked(dues)["Ramesh Kumar"] == 10000


def test_of_a_customer_who_was_forgotten_nobody_asks(dues: Counter) -> None:
    assert dues("dispute", "3", "--note", "a private matter").code == 0
    assert dues("remind", "sita", "--mark-sent").code == 0
    for name, paise in (("ramesh", "450"), ("sita", "700")):
        assert dues("write-off", name, paise, "--reason", "gone").code == 0
        assert dues("party", "forget", name, "--yes").code == 0
    assert dues("reverse", str(last(dues)["entry"] - 3)).code == 0
    assert dues("balance", "@1", "--json").data["net_paise"] == 45000, "he owes it again"
    assert asked(dues, "--again") == {}
    assert "private" not in dues("log").out
    assert dues("verify", "--json").data["result"] == "unbroken"


# --- due days


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
    assert shop("party", "due", "ramesh", "--json").refused == "bad_days"


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


def test_khata_asks_for_what_the_vectors_ask(khata: Counter, tmp_path: Path) -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    khata.now = datetime(2026, 12, 31, 4, 30, tzinfo=UTC)
    entries = [Entry(row["seq"], row["body"].encode(), bytes.fromhex(row["hash"])) for row in vectors["events"]]
    details = [Detail(row["entry"], bytes.fromhex(row["salt"]), row["body"].encode()) for row in vectors["details"]]
    create(tmp_path / "new.khata", entries, details)
    khata.environ["KHATA_BOOK"] = str(tmp_path / "new.khata")
    for question in vectors["questions"]:
        clocks = ("--as-on", question["as_on"], "--known-at", question["known_at"] or "entry 12")
        found = khata("remind", "--again", *clocks, "--json").data["reminders"]
        asked = {str(each["party"]): each["amount_paise"] for each in found}
        assert asked == {party: paise for party, paise in question["to_ask_paise"].items() if paise}, question
