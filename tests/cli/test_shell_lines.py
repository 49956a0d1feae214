"""The shell's rules, each from the line that is typed to the entry that stands in the book."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from khata.cli.examples import EXAMPLES
from khata.cli.shell import sheet
from khata.i18n.messages import languages, words_for
from tests.cli.conftest import Counter, like
from tests.cli.sitting import Typed, sit


def entries(shop: Counter) -> int:
    """How many entries the book has."""
    known: int = shop("balance", "--json").data["known_at_entry"]
    return known


def last(shop: Counter) -> dict[str, object]:
    """The last entry."""
    found: dict[str, object] = shop("log", "--json").data["lines"][-1]
    return found


@pytest.fixture(scope="module")
def made_shop(opened_home: Counter, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Further customers: Mahesh Gupta (@2), Jama (@3), Suresh (@4), Suresh Jama (@5), Flat 12 (@6)."""
    shop = like(opened_home, tmp_path_factory.mktemp("made"))
    for name in ("Mahesh Gupta", "Jama", "Suresh", "Suresh Jama", "Flat 12"):
        assert shop("party", "add", name).code == 0
    assert shop("party", "alias", "ramesh", "--add", "रमेश").code == 0
    return shop


@pytest.fixture
def shop(made_shop: Counter, tmp_path: Path) -> Counter:
    """A copy of it."""
    return like(made_shop, tmp_path)


@pytest.mark.parametrize(
    ("line", "kind", "amount", "balance"),
    [
        ("ramesh 450", "sale_recorded", 45000, 90000),
        ("रमेश ४५०", "sale_recorded", 45000, 90000),
        ("ramesh ko 450", "sale_recorded", 45000, 90000),
        ("ramesh jama 200 upi", "payment_received", 20000, 25000),
        ("रमेश जमा २००", "payment_received", 20000, 25000),
        ("ramesh 450 paid 200 cash ; atta", "sale_recorded", 45000, 70000),
        ("ramesh jama 440 full", "payment_received", 44000, 0),
        ("ramesh kasar 5", "discount_allowed", 500, 44500),
        ("रमेश वापस ९०", "goods_returned", 9000, 36000),
        ("counter 350 upi", "sale_recorded", 35000, 45000),
        ("नकद ३५० upi", "sale_recorded", 35000, 45000),
    ],
)
def test_a_quick_line_records_on_enter(shop: Counter, line: str, kind: str, amount: int, balance: int) -> None:
    before = entries(shop)
    sat = sit(shop, line)
    assert entries(shop) == before + 1, sat.said
    found = last(shop)
    assert (found["kind"], found["amount_paise"]) == (kind, amount)
    assert shop("balance", "ramesh", "--json").data["parties"][0]["balance_paise"] == balance
    assert f"entry {before + 1}" in sat.said


def test_what_was_said_of_a_sale_is_what_is_recorded(shop: Counter) -> None:
    sit(shop, "ramesh 450 paid 200 upi on 21-11 ; atta", answers="y\n")  # the book was opened later
    found = last(shop)
    assert (found["on"], found["note"]) == ("2026-11-21", "atta")
    assert "paid: ₹200.00 (UPI)" in sit(shop, "ramesh 450 paid 200 upi").said


def test_questions(shop: Counter) -> None:
    sat = sit(shop, "ramesh?", "रमेश?", "rame?", "ramesh??", "?", "??", "ramesh baki")
    assert sat.said.count("₹450.00 due   Ramesh Kumar") == 4
    assert "as known now" in sat.said
    assert "sold today" in sat.said
    assert "day book" in sat.said


# --- names


def test_a_commands_word_first_is_a_command_and_such_a_party_has_a_sign(shop: Counter) -> None:
    assert "The name is missing" in sit(shop, "jama 450").said
    assert "Jama" in sit(shop, "@jama 450").lines[0]
    assert last(shop)["kind"] == "sale_recorded"
    assert sit(shop, "Jama ramesh 20").lines[0].startswith("received: ₹20.00")


def test_whoever_types_such_a_party_as_a_command_is_told_how(shop: Counter) -> None:
    assert shop("party", "add", "Doctor Sahab").code == 0
    said = sit(shop, "doctor sahab 450").said
    assert "For the customer: @doctor sahab 450" in said
    assert "@" not in sit(shop, "doctor sahib 450").said


def test_the_longest_name_and_a_shorter_reading_are_both_listed_and_neither_is_the_default(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "suresh jama 200", answers="\n")
    assert sat.lines[:3] == [
        "Which of these?",
        "  1  on khata: ₹200.00   Suresh Jama",
        "  2  received: ₹200.00 (cash)   Suresh",
    ]
    assert sat.lines[-1].endswith("Nothing was recorded.")
    assert entries(shop) == before
    sit(shop, "suresh jama 200", answers="1\n")
    assert (last(shop)["kind"], last(shop)["party"]) == ("sale_recorded", 5)
    assert "on khata: ₹12.00   Flat 12" in sit(shop, "flat 12", answers="\n").said
    sit(shop, "flat 12 450")
    assert (last(shop)["party"], last(shop)["amount_paise"]) == (6, 45000)


def test_direction_is_asked_and_never_guessed(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "ramesh 450 upi", answers="\n")
    assert sat.lines[1:3] == [
        "  1  sale: ₹450.00, paid (UPI)   Ramesh Kumar",
        "  2  received: ₹450.00 (UPI)   Ramesh Kumar",
    ]
    for answer in ("\n", "3\n", "y\n", ""):
        sit(shop, "ramesh 450 upi", answers=answer)
        assert entries(shop) == before
    sit(shop, "ramesh 450 upi", answers="2\n")
    assert last(shop)["kind"] == "payment_received"
    for line in ("ramesh +450", "ramesh -200", "+450"):
        assert "No sign in front" in sit(shop, line).said
    assert entries(shop) == before + 1


@pytest.mark.parametrize("line", ["writeoff ramesh 10", "cancel ramesh 5", "payment ramesh 200"])
def test_another_programs_word_is_no_new_customer(shop: Counter, line: str) -> None:
    before = entries(shop)
    assert "No such command: " in sit(shop, line, answers="y\n").said
    assert entries(shop) == before
    sit(shop, "naya payment ramesh 200", answers="y\n")  # unless it is said to be one
    assert entries(shop) == before + 2


def test_a_wrong_number_is_answered_with_those_that_there_are(shop: Counter) -> None:
    before = entries(shop)
    assert shop("sale", "mahes", "5", typed="9\n\n").err.count("No such number: 9. Numbers: 1 – 2.") == 1
    assert entries(shop) == before


def test_a_looser_name_is_written_out_and_waits_for_a_second_enter(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "rame 450 ; atta")
    assert sat.lines == ["Ramesh Kumar? If so, Enter once more: Ramesh Kumar 450 ; atta"]
    assert sat.keys.texts[-1] == "Ramesh Kumar 450 ; atta"
    assert entries(shop) == before
    sit(shop, "rame 450 ; atta", "")
    assert (last(shop)["amount_paise"], last(shop)["note"]) == (45000, "atta")
    sat = sit(shop, "rame 450", "mahesh 20")
    assert sat.lines[1:3] == ["Nothing was recorded for: Ramesh Kumar 450", sat.lines[2]]
    assert (last(shop)["party"], last(shop)["amount_paise"]) == (2, 2000)
    assert sat.keys.remembered[:2] == ["rame 450", "Ramesh Kumar 450"]


def test_a_line_that_waits_is_shown_also_to_whoever_wants_it_quiet(shop: Counter) -> None:
    assert sit(shop, "rame 450", quiet=True).said.startswith("Ramesh Kumar? If so, Enter once more")


def test_ctrl_c_forgets_the_line_that_waits(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "rame 450", KeyboardInterrupt, "")
    assert sat.keys.texts == ["", "Ramesh Kumar 450", "", ""]
    assert entries(shop) == before


def test_an_unknown_name_offers_the_nearest_or_to_add_and_enter_cancels(shop: Counter) -> None:
    before = entries(shop)
    for line, answer in (("Mahesh Guptaji 450", "\n"), ("Bholu 450", "\n"), ("Bholu 450", "")):
        sat = sit(shop, line, answers=answer)
        assert entries(shop) == before, sat.said
    assert "Mahesh Gupta (@2)" in sit(shop, "Mahesh Guptaji 450", answers="\n").said
    assert entries(shop) == before
    sit(shop, "Bholu 450", answers="y\n")
    assert entries(shop) == before + 2
    assert "Bholu" in shop("balance").out


def test_several_that_fit_are_listed(shop: Counter) -> None:
    assert shop("party", "add", "Ramesh Patil").code == 0
    before = entries(shop)
    said = sit(shop, "rames 450", answers="\n").said
    assert "Ramesh Kumar (@1)" in said
    assert "Ramesh Patil" in said
    assert entries(shop) == before


# --- one line is one line


@pytest.mark.parametrize("block", ["ramesh 450\nmahesh 20", "ramesh 450\n\n\nmahesh 20\n", "ramesh?\nmahesh?"])
def test_a_pasted_block_is_refused_whole(shop: Counter, block: str) -> None:
    before = entries(shop)
    sat = sit(shop, block)
    assert "khata batch" in sat.said
    assert entries(shop) == before
    assert sat.keys.remembered == []


def test_a_line_without_its_end_is_refused(shop: Counter) -> None:
    """Of `ramesh 450` a connection that broke may have brought `ramesh 45`."""
    answer = shop("shell", typed="ramesh 5\nramesh 45")
    assert answer.code == 2
    assert "The last line has no end" in answer.err
    assert shop("balance", "ramesh", "--json").data["parties"][0]["balance_paise"] == 45500


def test_rows_are_not_read_from_the_keyboard_that_types(shop: Counter) -> None:
    assert "khata import" in sit(shop, "import -").said


def test_empty_lines_say_nothing(shop: Counter) -> None:
    assert sit(shop, "", "  ", "\n").lines == []


# --- fix, undo


def test_fix_changes_the_last_entry_of_this_shell(shop: Counter) -> None:
    sit(shop, "ramesh 450", "fix 540", "fix mahesh")
    assert (last(shop)["amount_paise"], last(shop)["party"]) == (54000, 2)
    assert shop("balance", "ramesh", "--json").data["parties"][0]["balance_paise"] == 45000


def test_fix_names_an_entry(shop: Counter) -> None:
    sit(shop, "fix 3 540 ; half a bag")
    assert (last(shop)["corrects"], last(shop)["amount_paise"]) == (3, 54000)
    sit(shop, f"fix {last(shop)['entry']} mahesh")
    assert last(shop)["party"] == 2


def test_fix_asks_about_what_another_window_recorded(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "fix 540", answers="\n")
    assert sat.lines[0].startswith("Correct? Entry 3 · sale · ₹450.00 · Ramesh Kumar")
    assert entries(shop) == before
    sit(shop, "fix 540", answers="y\n")
    assert last(shop)["amount_paise"] == 54000


def test_fix_and_undo_take_back_only_what_the_one_who_types_recorded(shop: Counter) -> None:
    said = sit(shop, "ramesh 20", "by meena", "fix 30", "undo").said
    assert said.count("meena: no entry of today to cancel.") == 2
    said = sit(shop, "ramesh 20 --by meena", "fix 30 --by meena").said
    assert "replaces: 12" in said


def test_a_looser_name_after_fix_waits_too(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "ramesh 20", "fix mahe")
    assert sat.keys.texts[-1] == "fix Mahesh Gupta"
    assert entries(shop) == before + 1


def test_undo_shows_and_asks(shop: Counter) -> None:
    before = entries(shop)
    assert "Cancel? Entry" in sit(shop, "ramesh 20", "undo", answers="\n").said
    assert entries(shop) == before + 1
    sit(shop, "undo", answers="y\n")
    assert last(shop)["kind"] == "entry_reversed"


# --- the day


def test_a_day_counts_for_the_lines_that_follow_and_stands_in_the_prompt(shop: Counter) -> None:
    sat = sit(shop, "day 21-11", "ramesh 10", "sale ramesh 11", "ramesh 12 on 20-11", "day today", "ramesh 13")
    assert sat.keys.prompts == ["khata> ", *["khata 21 Nov> "] * 4, "khata> ", "khata> "]
    days = [line["on"] for line in shop("log", "--json").data["lines"][-4:]]
    assert days == ["2026-11-21", "2026-11-21", "2026-11-20", "2026-11-22"]


def test_the_day_of_a_cancelled_or_corrected_entry_stays_its_own(shop: Counter) -> None:
    sit(shop, "day 21-11", "reverse 3")
    assert last(shop)["on"] == "2026-11-22"
    sit(shop, "ramesh 20", "day 21-11", "fix 30")
    assert last(shop)["on"] == "2026-11-22"


def test_a_day_in_the_future_is_refused(shop: Counter) -> None:
    sat = sit(shop, "day 1-12-2026", "ramesh 10")
    assert "for today or for an earlier day" in sat.lines[0]
    assert sat.keys.prompts[-1] == "khata> "
    assert (last(shop)["on"], last(shop)["amount_paise"]) == ("2026-11-22", 1000)


def test_a_day_of_last_year_is_written_out(shop: Counter) -> None:
    assert sit(shop, "day 31-12-2025", answers="y\n").keys.prompts[-1] == "khata 31 Dec 2025> "
    assert sit(shop, "day 30-11", answers="\n").keys.prompts[-1] == "khata> "  # a slip for 20-11: last year's


def test_a_day_long_ago_is_asked_about_once_and_not_at_each_line(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "day 1-9", "ramesh 10", "mahesh 20", answers="y\n")
    assert "Days ago: 82." in sat.said
    assert entries(shop) == before + 2
    sit(shop, "ramesh 31 on 1-9", answers="\n")
    assert entries(shop) == before + 2


def later(shop: Counter, line: str) -> Typed:
    """A line that is typed after midnight."""

    def typed() -> str:
        shop.now = datetime(2026, 11, 22, 18, 40, tzinfo=UTC)  # ten past midnight in the shop
        return line

    return typed


def test_midnight_ends_the_day_and_the_line_that_was_typed_for_it_waits(shop: Counter) -> None:
    before = entries(shop)
    sat = sit(shop, "day 21-11", later(shop, "ramesh 10"))
    assert sat.lines[-2] == "Today is now: 23 Nov 2026"
    assert sat.lines[-1].startswith(
        "It is past midnight. The date that was set ends: 21 Nov 2026. Nothing was recorded;"
    )
    assert entries(shop) == before
    assert (sat.keys.prompts[-1], sat.keys.texts[-1]) == ("khata> ", "ramesh 10")


def test_a_second_enter_after_midnight_records_for_the_new_day(shop: Counter) -> None:
    sit(shop, "day 21-11", later(shop, "ramesh 10"), "")
    assert last(shop)["on"] == "2026-11-23"


def test_midnight_without_a_day_is_only_told(shop: Counter) -> None:
    sat = sit(shop, "ramesh 10", later(shop, "ramesh 11"), "ramesh 12")
    assert sat.said.count("Today is now: 23 Nov 2026") == 1
    assert [line["on"] for line in shop("log", "--json").data["lines"][-3:]] == [
        "2026-11-22",
        "2026-11-23",
        "2026-11-23",
    ]


# --- who types


def test_several_people_at_one_shell(shop: Counter) -> None:
    sat = sit(shop, "by meena", "ramesh 10", "by", "by ASHA", "ramesh 11", "ramesh 12 --by meena", "ramesh 13")
    names = [line["by_name"] for line in shop("log", "--json").data["lines"] if line["kind"] == "sale_recorded"]
    assert names[-4:] == ["meena", "asha", "meena", "asha"]
    assert sat.keys.prompts[1] == "meena> "
    assert sat.keys.prompts[-1] == "asha> "
    assert "This name is new;" in sat.lines[0]
    assert "At the counter: meena\n" in sat.said


def test_the_shell_may_begin_with_a_name(shop: Counter) -> None:
    assert sit(shop, "ramesh 10", by="meena").keys.prompts[0] == "meena> "
    assert last(shop)["by_name"] == "meena"


def test_a_name_that_cannot_be_one_is_refused(shop: Counter) -> None:
    assert sit(shop, f"by {'m' * 101}").keys.prompts[-1] == "khata> "


# --- commands, options, the end


def test_every_command_works_without_khata(shop: Counter) -> None:
    said = sit(shop, "khata dues", "dues", "balance ramesh --lang hi", "ramesh?", "sale ramesh 5 --dry-run").said
    assert said.count("Payments settle the oldest sale first.") == 2
    assert "₹450.00 बाकी   Ramesh Kumar" in said
    assert "₹450.00 due   Ramesh Kumar" in said
    assert "--dry-run: nothing was recorded." in said


def test_options_of_one_line_are_gone_with_it(shop: Counter) -> None:
    sit(shop, "ramesh 10 --new --ref 118", "ramesh 11", "sale ramesh 12 --note x", "ramesh 13")
    lines = shop("log", "--json").data["lines"][-4:]
    assert [(line["ref"], line["note"]) for line in lines] == [("118", None), (None, None), (None, "x"), (None, None)]


def test_the_language_of_one_line_is_gone_with_it(shop: Counter) -> None:
    sat = sit(shop, "day 21-11", "ramesh? --lang hi", "ramesh?", answers="y\n")
    assert sat.lines[1:] == ["₹450.00 बाकी   Ramesh Kumar", "₹450.00 due   Ramesh Kumar"]
    assert sat.keys.prompts[-2:] == ["khata 21 Nov> "] * 2


@pytest.mark.parametrize("command", ["shell", "batch", "init Second", "use x.khata", "demo", "restore x"])
def test_what_reads_the_same_keyboard_or_turns_to_another_book_is_refused(shop: Counter, command: str) -> None:
    said = sit(shop, command, "ramesh?").said
    assert f"khata {command.split(maxsplit=1)[0]}" in said
    assert "₹450.00 due" in said


def test_a_line_that_goes_wrong_does_not_end_the_day(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khata.cli.asking.to_ask", lambda *_: 1 / 0)
    sat = sit(shop, "ramesh?", "ramesh 20")
    assert "A fault in khata itself: ZeroDivisionError" in sat.said
    assert "on khata: ₹20.00" in sat.said
    assert sat.code == 0


@pytest.mark.parametrize("word", ["exit", "quit", "bas", "बस", EOFError])
def test_what_ends_the_shell(shop: Counter, word: Typed) -> None:
    before = entries(shop)
    sat = sit(shop, word, "ramesh 450")
    assert sat.code == 0
    assert entries(shop) == before


def test_help_shows_what_can_be_typed_and_a_commands_help(shop: Counter, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ramesh jama 200 upi" in sit(shop, "help").said
    sit(shop, "help sale", "sale --help")
    assert capsys.readouterr().out.count("khata sale") >= 2


@pytest.mark.wide
@pytest.mark.parametrize("language", languages())
def test_each_example_of_the_help_can_be_typed(shop: Counter, language: str) -> None:
    words = words_for(language)
    shown = sit(shop, "help", lang=language).said
    for typed, key in sheet.EXAMPLES:
        example = sheet.line(typed, words)
        assert f"{example} " in shown
        assert words.say(f"shell.help.{key}") in shown
        said = sit(shop, example, answers="y\n").said
        for code in ("refused", "cannot", "no sign"):
            assert code not in said.lower(), example
    assert all(shlex.split(line)[:2] == ["khata", "shell"] for line in EXAMPLES["shell"].splitlines())


# --- Ctrl-C while something is done


def test_ctrl_c_says_whether_it_was_recorded(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = entries(shop)
    monkeypatch.setattr("khata.cli.shell.sitting.tell", interrupted)
    sat = sit(shop, "ramesh 20")
    assert entries(shop) == before + 1
    assert f"Stopped, but recorded already: entry {before + 1}" in sat.said
    said = sit(shop, f"sale ramesh 22 --event-id {'ab' * 16}").said
    assert f"Stopped, but recorded already: entry {before + 2}" in said
    monkeypatch.setattr("khata.cli.record.handle", interrupted)
    assert "Stopped. Nothing was recorded." in sit(shop, "ramesh 21").said
    assert entries(shop) == before + 2


# --- where it may run


def test_a_shell_is_for_a_person(shop: Counter) -> None:
    answer = shop("shell")
    assert answer.code == 2
    assert "khata batch" in answer.err
    assert shop("shell", "--json", typed="ramesh 450\n").refused == "misused"


def test_a_shell_without_a_book_says_so(khata: Counter) -> None:
    answer = khata("shell", typed="ramesh 450\n")
    assert answer.code == 2
    assert "khata init" in answer.err


def test_lines_from_a_terminal_without_any_library(shop: Counter) -> None:
    answer = shop("shell", typed="rame 20\n\nramesh?\n")
    assert answer.code == 0
    assert "khata> " in answer.err
    assert "₹470.00 due" in answer.out


def test_what_was_still_to_come_in_a_line_that_was_refused_is_not_said_of_the_next(shop: Counter) -> None:
    said = sit(shop, "daybook --as-on 2027-01-01 --from 2026-11-20 --to 2026-11-19", "ramesh 21").said
    assert "still to come" not in said


def test_a_line_is_said_as_its_own_options_want_and_the_next_as_before(shop: Counter) -> None:
    for option, said in (
        ("--plain", "Ramesh Kumar: ₹450.00 due"),
        ("--compact", "₹450 due   Ramesh Kumar"),
        ("--lang hi", "₹450.00 बाकी   Ramesh Kumar"),
        ("--lang hi --digits native", "₹४५०.०० बाकी   Ramesh Kumar"),
    ):
        sat = sit(shop, "balance ramesh", f"balance ramesh {option}", "balance ramesh")
        assert said in sat.said, option
        assert sat.said.count("₹450.00 due   Ramesh Kumar") == 2, option
