"""Several shells and plain commands at one book: what others record is shown, nothing is held, nothing told is lost."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from khata.api.places import KEPT_LINES
from khata.cli.customers import offers
from khata.cli.shell.sitting import Sitting
from tests.cli.conftest import Counter
from tests.cli.sitting import Keys, sit, surroundings

BOOK = "Khata/sharma-kirana-store.khata"


def by(shop: Counter, name: str, *words: str) -> Callable[[], str]:
    """An empty line, before which somebody else has typed a command."""

    def typed() -> str:
        answer = shop(*words, "--by", name)
        assert answer.code == 0, answer.err
        return ""

    return typed


def meanwhile(said: list[str]) -> list[str]:
    return [line for line in said if line.startswith("Meanwhile")]


def test_another_counters_entry_is_shown_before_the_result(shop: Counter) -> None:
    sat = sit(shop, "ramesh 10", by(shop, "meena", "receive", "ramesh", "200", "--mode", "upi"), "ramesh 20")
    assert sat.lines == [
        "on khata: ₹10.00   now ₹460.00 due   entry 4   Ramesh Kumar",
        "Meanwhile · meena · 10:05 · received: ₹200.00 (UPI)   entry 6",
        "on khata: ₹20.00   now ₹280.00 due   entry 7   Ramesh Kumar",
    ]


def test_it_is_shown_once_and_for_that_customer_only(shop: Counter) -> None:
    assert shop("party", "add", "Mahesh").code == 0
    other = by(shop, "meena", "sale", "ramesh", "31", "--note", "soap")
    sat = sit(shop, other, "mahesh 10", "ramesh 20", "ramesh 21")
    assert meanwhile(sat.lines) == ["Meanwhile · meena · 10:05 · on khata: ₹31.00   entry 6"]
    assert sat.lines[1].startswith("Meanwhile")


def test_what_a_question_has_shown_is_no_news(shop: Counter) -> None:
    for question in ("ramesh?", "ramesh??", "balance", "statement ramesh"):
        sat = sit(shop, by(shop, "meena", "sale", "ramesh", str(31 + shop.count)), question, "ramesh 20", answers="y\n")
        assert not meanwhile(sat.lines), question
    shown_of_old = sit(
        shop, by(shop, "meena", "sale", "ramesh", "77"), "balance ramesh --known-at 3", "ramesh 20", answers="y\n"
    )
    assert len(meanwhile(shown_of_old.lines)) == 1


def test_what_was_there_before_the_shell_began_is_no_news(shop: Counter) -> None:
    assert shop("sale", "ramesh", "31", "--by", "meena").code == 0
    assert not meanwhile(sit(shop, "ramesh 20").lines)


def test_what_this_shell_did_is_no_news_whoever_typed_it(shop: Counter) -> None:
    assert shop("party", "add", "Mahesh").code == 0
    lines = ("ramesh 20", "fix mahesh", "by meena", "ramesh 21", "undo", "by asha", "ramesh 22", "ramesh 23 --by ravi")
    assert not meanwhile(sit(shop, *lines, "ramesh 24", answers="y\n").lines)


def test_the_same_person_in_another_window_is_another_counter(shop: Counter) -> None:
    assert len(meanwhile(sit(shop, by(shop, "asha", "sale", "ramesh", "31"), "ramesh 20").lines)) == 1


def test_of_many_a_few_are_shown(shop: Counter) -> None:
    others = [by(shop, "meena", "sale", "ramesh", str(amount)) for amount in range(31, 39)]
    found = meanwhile(sit(shop, *others, "ramesh 20").lines)
    assert len(found) == 5
    assert found[-1] == "Meanwhile, more of these: 4. To see all: NAME??"


def test_kinds_of_entries_are_named(shop: Counter) -> None:
    sat = sit(
        shop,
        by(shop, "meena", "party", "alias", "ramesh", "--add", "Ramu"),
        by(shop, "meena", "reverse", "3"),
        "ramu 20",
    )
    assert [line.split(" · ", 3)[3] for line in meanwhile(sat.lines)] == [
        "customer changed   entry 5",
        "cancellation of: entry 3   entry 6",
    ]


def test_a_dry_run_shows_nothing_and_marks_nothing(shop: Counter) -> None:
    sat = sit(shop, by(shop, "meena", "sale", "ramesh", "31"), "ramesh 20 --dry-run", "ramesh 20")
    assert [line.startswith("Meanwhile") for line in sat.lines] == [False, False, True, False]


def test_two_shells_and_a_plain_command_take_turns(shop: Counter) -> None:
    one, two = StringIO(), StringIO()
    with surroundings(shop, one, by="asha") as left, surroundings(shop, two, by="meena") as right:
        first, second = Sitting(left, Keys(shop)), Sitting(right, Keys(shop))
        for turn in range(3):
            first.take(f"ramesh {10 + turn}")
            second.take(f"ramesh jama {5 + turn}")
            assert shop("sale", "ramesh", str(20 + turn), "--by", "ravi").code == 0
            first.take("ramesh?")
    numbers = [line["entry"] for line in shop("log", "--json").data["lines"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert one.getvalue().splitlines()[-1] == "₹528.00 due   Ramesh Kumar"
    assert two.getvalue().count("Meanwhile · asha") == 3
    assert two.getvalue().count("Meanwhile · ravi") == 2
    assert shop("verify").code == 0


def test_between_two_lines_nothing_is_held(shop: Counter) -> None:
    def take_both() -> str:
        caches = list((shop.home / ".cache/khata").glob("*.sqlite"))
        for path in (shop.home / BOOK, *caches):
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                other.execute("ROLLBACK")
        assert len(caches) == 1
        return ""

    sat = sit(shop, "ramesh 10", take_both, "ramesh??", take_both, "?", take_both, "undo", take_both, answers="y\n")
    assert "Cancelled: entry 4" in sat.said


def test_views_that_another_process_threw_away_are_made_anew(shop: Counter) -> None:
    with surroundings(shop, out := StringIO()) as env:
        sitting = Sitting(env, Keys(shop))
        sitting.take("ramesh 10")
        before = env.cache.connection
        for each in env.cache_path.parent.glob("*.sqlite*"):
            each.unlink()
        assert shop("rebuild").code == 0
        held = env.cache_path.stat().st_ino
        sitting.take("ramesh?")
        assert env.cache.connection is not before
        assert env.cache_path.stat().st_ino == held
        sitting.take("ramesh 11")
    assert "₹460.00 due" in out.getvalue()
    assert "now ₹471.00 due" in out.getvalue()


def test_a_book_that_was_restored_under_a_shell_is_the_one_it_goes_on_with(shop: Counter) -> None:
    assert shop("backup").code == 0
    (copy,) = (shop.home / "Khata/backups").glob("*.khata*")

    def restore() -> str:
        (shop.home / BOOK).unlink()
        answer = shop("restore", str(copy))
        assert answer.code == 0, answer.err
        return ""

    sit(shop, "ramesh?", restore, "ramesh 20")
    assert shop("balance", "ramesh", "--json").data["parties"][0]["balance_paise"] == 47000


def test_a_book_that_is_gone_is_told_and_the_shell_stays(shop: Counter) -> None:
    def gone() -> str:
        (shop.home / BOOK).rename(shop.home / "away")
        return "ramesh 20"

    def back() -> str:
        (shop.home / "away").rename(shop.home / BOOK)
        return "ramesh 21"

    sat = sit(shop, gone, back)
    assert sat.lines[0].startswith("No book here: ")
    assert "now ₹471.00 due" in sat.said


# --- what was typed


def history(shop: Counter) -> Path:
    return shop.home / ".local/state/khata/history"


def test_what_was_typed_is_kept_for_its_owner_alone(shop: Counter) -> None:
    sit(shop, "ramesh 10", "  ramesh ??", "+9", "ramesh 1\nramesh 2", "", "x" * 1001)
    assert history(shop).read_text(encoding="utf-8") == "ramesh 10\nramesh ??\n+9\n"
    assert stat.S_IMODE(history(shop).stat().st_mode) == 0o600
    history(shop).chmod(0o644)
    assert sit(shop, "रमेश?").keys.remembered == ["रमेश?"]
    assert stat.S_IMODE(history(shop).stat().st_mode) == 0o600
    with surroundings(shop, StringIO()) as env:
        assert env.places.history() == ["ramesh 10", "ramesh ??", "+9", "रमेश?"]


def test_the_history_does_not_grow_for_ever(shop: Counter) -> None:
    history(shop).write_text("".join(f"ramesh {n}\n" for n in range(2 * KEPT_LINES + 1)), encoding="utf-8")
    with surroundings(shop, StringIO()) as env:
        assert len(env.places.history()) == KEPT_LINES
        assert env.places.history()[-1] == f"ramesh {2 * KEPT_LINES}"
    assert len(history(shop).read_text(encoding="utf-8").splitlines()) == KEPT_LINES


@pytest.mark.parametrize("strange", ["link", "pipe", "folder"])
def test_what_stands_in_the_place_of_the_history_is_left_alone(shop: Counter, strange: str) -> None:
    history(shop).parent.mkdir(parents=True, exist_ok=True)
    elsewhere = shop.home / "elsewhere"
    elsewhere.write_text("", encoding="utf-8")
    if strange == "link":
        history(shop).symlink_to(elsewhere)
    elif strange == "pipe":
        os.mkfifo(history(shop))
    else:
        history(shop).mkdir()
    assert "₹460.00" in sit(shop, "ramesh 10").said
    assert elsewhere.read_text(encoding="utf-8") == ""


def test_a_customer_who_is_forgotten_is_forgotten_here_too(shop: Counter) -> None:
    sit(shop, "party add Sita Devi", "sita?")
    assert "Sita" in history(shop).read_text(encoding="utf-8")
    assert shop("party", "forget", "sita", "--yes").code == 0
    assert not history(shop).exists()


# --- Tab


def test_tab_offers_commands_customers_and_entries(shop: Counter) -> None:
    for name in ("रमा", "Jama Traders", "Dayal", "Bad\u200dly"):
        shop("party", "add", name)
    with surroundings(shop, StringIO()) as env:
        assert offers(env, "ra") == ["ramesh Kumar ", "radd "]
        assert offers(env, "Ra") == ["Ramesh Kumar "]
        assert offers(env, "ramesh k") == ["ramesh kumar "]
        assert offers(env, "रम") == ["रमा "]
        assert offers(env, "st") == ["statement ", "status "]
        assert offers(env, "sale ra") == ["sale ramesh Kumar "]
        assert offers(env, "जमा ra") == ["जमा ramesh Kumar "]
        assert offers(env, "fix da") == ["fix dayal "]
        assert "@jama Traders " in offers(env, "jam")
        assert offers(env, "@jam") == ["@jama Traders "]
        assert offers(env, "show 3") == ["show 3 "]
        assert offers(env, "log ra") == []
        assert offers(env, "ex") == ["export ", "exit "]
        assert offers(env, "ramesh kumar 4") == []


def test_tab_without_a_book_is_silent(shop: Counter) -> None:
    with surroundings(shop, StringIO()) as env:
        env.ask_views()
        (shop.home / BOOK).unlink()
        assert offers(env, "ramesh k") == []
