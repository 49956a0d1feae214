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
from tests.cli.conftest import Counter, like

VECTORS = Path(__file__).parents[1] / "vectors" / "format-v4-reminders.json"


@pytest.fixture(scope="module")
def made_dues(opened_home: Counter, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Ramesh owes ₹450 and has a phone, Sita ₹900 of which ₹200 was paid, Gopal ₹700 that are not due yet."""
    shop = like(opened_home, tmp_path_factory.mktemp("made"))
    for line in (
        "shop set --upi sharma@okaxis --phone 9822012345 --payee Sharma",
        "party rename ramesh --phone 98765-43210",
        "sale Sita 900 --new --on 01-10-2026",
        "receive sita 200 --mode upi --on 05-10-2026",
        "sale Gopal 700 --new --due 15d",
    ):
        assert shop(*line.split()).code == 0, line
    shop.now += timedelta(days=1)  # nobody is reminded of what he bought today
    return shop


@pytest.fixture
def dues(made_dues: Counter, tmp_path: Path) -> Counter:
    """A copy of it."""
    return like(made_dues, tmp_path)


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
        "Sharma Kirana Store. Due as on 23 Nov 2026: ₹700.00",
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
    (found,) = shop("remind", "ramesh", "--json").data["reminders"]
    assert (found["upi"], "UPI" in found["text"]) == (None, False)


@pytest.mark.parametrize("lang", languages())
def test_it_is_in_the_customers_language(dues: Counter, lang: str) -> None:
    assert dues("party", "lang", "sita", lang).code == 0
    sita, ramesh = dues("remind", "--json").data["reminders"]
    assert (sita["lang"], ramesh["lang"]) == (lang, "en")
    assert ("Namaste" in sita["text"]) == (lang == "en")
    assert "₹700.00" in sita["text"].replace("\u2066", "").replace("\u2069", "")
    assert ("\u2066₹700.00\u2069" in sita["text"]) == (lang == "ur")


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
    assert dues("party", "show", "sita", "--json").data["reminded_on"] == "2026-11-23"
    assert "23 Nov 2026" in dues("party", "show", "sita").out
    assert dues("party", "show", "sita", "--as-on", "2026-11-22", "--json").data["reminded_on"] is None
    before = dues("remind", "sita", "--as-on", "2026-11-22", "--json").data
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
    assert f"entry {last(dues)['entry']}" in answer.out
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
    dues.now += timedelta(days=1)
    said = dues("dispute", "3", "--note", "not mine", "--json").data
    assert (said["disputed"], said["status"], said["amount_paise"], said["name"]) == (3, "open", 45000, "Ramesh Kumar")
    assert asked(dues)["Ramesh Kumar"] == 10000
    (due,) = (each for each in dues("dues", "--json").data["parties"] if each["name"] == "Ramesh Kumar")
    assert (due["balance_paise"], due["disputed_paise"]) == (55000, 45000)
    assert "Disputed" in dues("dues").out
    assert "not agreed by the customer" in dues("statement", "ramesh").out
    assert dues("show", "3", "--json").data["disputed_by"] == said["entry"]
    assert "not agreed by the customer: entry 3" in dues("log").out
    assert dues("remind", "ramesh", "--as-on", "yesterday", "--json").data["reminders"][0]["amount_paise"] == 55000
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
    dues.now += timedelta(days=1)
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


# --- what a cold reading and a week at the counter found


def test_what_is_denied_stays_denied_when_it_is_corrected_and_when_that_is_undone(dues: Counter) -> None:
    assert dues("dispute", "3").code == 0
    assert "Ramesh Kumar" not in asked(dues)
    assert dues("correct", "3", "400", "--note", "two bags").code == 0
    assert "Ramesh Kumar" not in asked(dues)
    corrected = last(dues)["entry"]
    assert dues("dispute", str(corrected), "--json").refused == "disputed_already"
    assert dues("undo", "--yes").code == 0
    assert "Ramesh Kumar" not in asked(dues)
    assert dues("dispute", str(last(dues)["entry"]), "--over").code == 0
    assert asked(dues)["Ramesh Kumar"] == 45000
    assert dues("show", str(last(dues)["disputes"]), "--json").data.get("disputed_by") is None


def test_a_retry_of_a_dispute_says_which_way_it_went(dues: Counter) -> None:
    words = ("dispute", "3", "--event-id", "ab" * 16, "--json")
    assert dues(*words).data["entry"] == dues(*words).data["entry"]
    assert dues(*words, "--over").refused == "id_reused"


def test_an_id_of_a_reminder_is_that_customers(dues: Counter) -> None:
    ours = ("--mark-sent", "--event-id", "ab" * 16, "--json")
    assert dues("remind", "sita", *ours).data["sent"] == 1
    assert dues("remind", "ramesh", *ours).refused == "id_reused"
    assert asked(dues) == {"Ramesh Kumar": 45000}
    assert dues("remind", "sita", *ours).data["already_recorded"]
    assert dues("remind", "--event-id", "ab" * 16, "--json").refused == "misused"


def test_nothing_is_noted_where_it_cannot_be_handed_over(dues: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(text: str) -> None:
        raise pyperclip.PyperclipException

    monkeypatch.setattr(pyperclip, "copy", no)
    assert dues("remind", "sita", "--mark-sent", "--copy", "--json").refused == "no_clipboard"
    assert asked(dues)["Sita"] == 70000
    by_hand = dues("remind", "sita", "--copy", typed="y\n", terminal=True)
    assert "to be opened by hand" in by_hand.err
    assert "https://wa.me/" in by_hand.out
    assert "Sita" not in asked(dues)


def test_with_a_clock_nothing_of_several_is_handed_over(dues: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", pytest.fail)
    assert dues("remind", "--open", "--known-at", "9", typed="", terminal=True).code == 2


def test_nobody_is_asked_for_a_rounded_sum(dues: Counter) -> None:
    assert dues("sale", "sita", "123456.50", "--on", "yesterday").code == 0
    (found,) = dues("remind", "sita", "--compact", "--json").data["reminders"]
    assert "₹1,24,156.50" in found["text"]
    warned = dues("remind", "sita", "--json").envelope["warnings"]
    assert [each["code"] for each in warned] == ["above_upi"], "apps take no more at once"


def test_what_is_on_its_way_settles_the_oldest(dues: Counter) -> None:
    assert dues("sale", "sita", "60").code == 0
    assert dues("receive", "sita", "700", "--upi-pending").code == 0
    dues.now += timedelta(days=1)
    (found,) = dues("remind", "sita", "--json").data["reminders"]
    assert (found["amount_paise"], found["due_since"]) == (6000, "2026-11-23")
    assert "Sita" not in asked(dues, "--over", "5")


def test_over_counts_with_a_name_too(dues: Counter) -> None:
    assert asked(dues, "ramesh", "--over", "30d") == {}
    assert asked(dues, "sita", "--over", "30d") == {"Sita": 70000}


def test_nobody_is_reminded_of_what_he_bought_today(dues: Counter) -> None:
    assert dues("sale", "Asha", "90", "--new").code == 0
    assert "Asha" not in asked(dues)
    assert asked(dues, "asha") == {"Asha": 9000}, "but whoever is named is"


def test_what_is_to_be_paid_by_qr_is_what_is_agreed(dues: Counter) -> None:
    assert dues("sale", "ramesh", "100").code == 0
    assert dues("dispute", "3").code == 0
    assert dues("receive", "ramesh", "30", "--upi-pending").code == 0
    link = dues("qr", "ramesh", "--json").data["upi"]
    assert parse_qs(urlsplit(link).query)["am"] == ["70.00"]
    assert "scan with a UPI app · ₹70.00" in dues("statement", "ramesh", "--format", "html").out
    assert dues("qr", "gopal", "--json").data["amount_paise"] == 70000, "who has time still may pay"


def test_no_more_is_disputed_than_is_owed(dues: Counter) -> None:
    assert dues("dispute", "3").code == 0
    assert dues("receive", "ramesh", "30").code == 0
    (due,) = (each for each in dues("dues", "--json").data["parties"] if each["name"] == "Ramesh Kumar")
    assert (due["balance_paise"], due["disputed_paise"]) == (42000, 42000)
    assert "Disputed amounts are part of these sums" in dues("dues").out


def test_a_reversal_is_not_what_a_customer_disputes(dues: Counter) -> None:
    assert dues("reverse", "3").code == 0
    refused = dues("dispute", str(last(dues)["entry"]), "--json")
    assert refused.refused == "not_owed"
    assert "takes back entry 3" in refused.envelope["refused"]["message"]


def test_who_was_left_out_is_said_at_the_terminal_and_beside_a_file(dues: Counter, tmp_path: Path) -> None:
    assert dues("remind", "sita", "--mark-sent").code == 0
    assert "Sita" in dues("remind", typed="n\n", terminal=True).err
    answer = dues("remind", "--mark-sent", "-o", str(tmp_path / "send.csv"))
    assert "Noted as sent: 1 reminder" in answer.err
    assert "Left out, for a reminder was sent within seven days: Sita" in answer.err
    dry = dues("remind", "--again", "--mark-sent", "--dry-run")
    assert ("nothing was recorded" in dry.err, "Noted as sent" in dry.out + dry.err) == (True, False)


def test_urdu_on_a_screen_has_no_marks_written_out(dues: Counter) -> None:
    assert dues("party", "lang", "sita", "ur").code == 0
    for terminal in (True, False):
        assert "U+2066" not in dues("remind", "sita", terminal=terminal).out
    assert "\u2066₹700.00\u2069" in dues("remind", "sita").out


def test_the_link_is_read_with_its_letters(dues: Counter) -> None:
    assert dues("party", "lang", "sita", "hi").code == 0
    shown = dues("remind", "sita", terminal=True).out
    assert "https://wa.me/?text=नमस्ते%20Sita" in shown
    assert "https://wa.me/?text=%E0%A4%A8" in dues("remind", "sita").out


def test_khata_asks_for_what_the_vectors_ask(khata: Counter, tmp_path: Path) -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    khata.now = datetime(2026, 12, 31, 4, 30, tzinfo=UTC)
    entries = [Entry(row["seq"], row["body"].encode(), bytes.fromhex(row["hash"])) for row in vectors["events"]]
    details = [Detail(row["entry"], bytes.fromhex(row["salt"]), row["body"].encode()) for row in vectors["details"]]
    create(tmp_path / "new.khata", entries, details)
    khata.environ["KHATA_BOOK"] = str(tmp_path / "new.khata")
    for question in vectors["questions"]:
        clocks = ("--as-on", question["as_on"], "--known-at", question["known_at"] or "entry 12")
        found = khata("remind", "@1", "--again", *clocks, "--json").data["reminders"]
        asked = {str(each["party"]): each["amount_paise"] for each in found}
        assert asked == {party: paise for party, paise in question["to_ask_paise"].items() if paise}, question
