"""What the shop says of itself, after the book is open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Counter


def facts(shop: Counter) -> dict[str, Any]:
    return {key: value for key, value in shop("shop", "show", "--json").data.items() if value}


def change(shop: Counter, *words: str) -> dict[str, Any]:
    return shop("shop", "set", *words, "--json").data


def test_what_init_was_told_is_shown_and_what_is_changed_is_added(khata: Counter) -> None:
    khata("init", "Gupta", "--upi", "GUPTA@okaxis", "--phone", "9876543210", "--state", "27")
    assert facts(khata) == {"name": "Gupta", "upi": "gupta@okaxis", "phone": "9876543210", "state": "MH", "lang": "en"}
    data = change(khata, "--payee", "  Gupta  Kirana ", "--gstin", "27aapfu0939f1zv", "--name", "Gupta Kirana")
    assert (data["kind"], data["payee"], data["already_recorded"]) == ("shop_changed", "Gupta Kirana", False)
    change(khata, "--without", "phone", "--without", "state")
    assert facts(khata) == {
        "name": "Gupta Kirana",
        "payee": "Gupta Kirana",
        "upi": "gupta@okaxis",
        "gstin": "27AAPFU0939F1ZV",
        "lang": "en",
    }
    assert khata("balance", "--json").envelope["shop"] == "Gupta Kirana"
    assert khata("rebuild").code == 0
    assert facts(khata)["payee"] == "Gupta Kirana"
    assert khata("verify", "--json").data["result"] == "unbroken"


def test_the_language_of_the_book_is_spoken_from_then_on(shop: Counter) -> None:
    assert "due" in shop("balance", "ramesh").out
    assert shop("shop", "set", "--lang", "hi").code == 0
    assert "बाकी" in shop("balance", "ramesh").out
    assert shop("shop", "set", "--lang", "xx", "--json").refused == "unknown_language"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--phone", ""], "misused"),
        (["--name", ""], "misused"),
        (["--payee", ""], "misused"),
        (["--upi", "gupta@gmail.com"], "bad_upi"),
        (["--payee", "गुप्ता"], "bad_payee"),
        (["--payee", "x" * 100], "bad_payee"),
        (["--gstin", "27AAPFU0939F1ZW"], "bad_gstin"),
        (["--state", "XX"], "bad_state"),
        (["--without", "lang"], "not_without"),
        ([], "nothing_changed"),
        (["--name", "Sharma Kirana Store"], "nothing_changed"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(shop: Counter, words: list[str], code: str) -> None:
    before = facts(shop), shop("log", "--json").data["lines"]
    assert shop("shop", "set", *words, "--json").refused == code
    assert (facts(shop), shop("log", "--json").data["lines"]) == before


def test_a_dry_run_changes_nothing(shop: Counter) -> None:
    assert change(shop, "--phone", "9876543210", "--dry-run")["dry_run"]
    assert "phone" not in facts(shop)


def test_a_retry_changes_once(shop: Counter) -> None:
    words = ["--phone", "9876543210", "--event-id", "ab" * 16]
    assert [change(shop, *words)["already_recorded"] for _ in range(2)] == [False, True]
    assert shop("shop", "set", "--phone", "9876543211", "--event-id", "ab" * 16, "--json").refused == "id_reused"


def test_a_line_of_a_batch_changes_it_too(shop: Counter) -> None:
    from io import StringIO

    answer = shop("batch", stdin=StringIO('{"command":"shop set","phone":"9876543210","lang":"hi"}\n'))
    assert answer.code == 0, answer.out
    assert (facts(shop)["phone"], facts(shop)["lang"]) == ("9876543210", "hi")


def test_the_language_of_a_sitting_is_not_the_books(shop: Counter) -> None:
    from io import StringIO

    from tests.cli.sitting import sit

    sit(shop, "shop set --phone 9876543210", "shop set --upi a.b@upi --lang hi")
    assert facts(shop)["lang"] == "hi"
    shop("shop", "set", "--lang", "en")
    shop("batch", "--lang", "hi", stdin=StringIO("shop set --phone 9876543211\n"))
    assert (facts(shop)["lang"], facts(shop)["phone"]) == ("en", "9876543211")


def test_what_is_said_and_left_out_at_once_is_refused(shop: Counter) -> None:
    assert shop("shop", "set", "--upi", "a.b@upi", "--without", "upi", "--json").refused == "not_without"
