"""Both clocks on the questions that are about an entry or the shop as a whole."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Counter


def test_an_entry_is_shown_as_it_was_known_then(shop: Counter) -> None:
    shop("correct", "3", "500")
    assert shop("show", "3", "--json").data["corrected_by"] == 5
    then = shop("show", "3", "--known-at", "3", "--json").data
    assert (then["reversed_by"], then["corrected_by"]) == (None, None)
    assert shop("show", "5", "--known-at", "4", "--json").refused == "unknown_entry"


def test_the_shop_stands_as_it_stood(shop: Counter) -> None:
    shop("sale", "ramesh", "70", "--on", "yesterday")
    now = shop("status", "--json").data
    assert (now["sales_today_paise"], now["to_receive_paise"]) == (45000, 52000)
    yesterday = shop("status", "--as-on", "yesterday", "--json").data
    assert (yesterday["sales_today_paise"], yesterday["to_receive_paise"]) == (7000, 7000)
    then = shop("status", "--as-on", "yesterday", "--known-at", "3", "--json").data
    assert (then["sales_today_paise"], then["to_receive_paise"]) == (0, 0)
    assert "that day" in shop("status", "--as-on", "yesterday").out


def test_a_word_too_many_is_said_so(shop: Counter) -> None:
    refused = shop("verify", "everything", "--json").envelope["refused"]
    assert refused["facts"] == {"what": "no_words", "words": "everything"}


def test_a_clock_that_was_put_back_hides_nothing_that_is_owed(shop: Counter) -> None:
    """A laptop whose battery is dead begins in the year 2000: the customer owes what he owed."""
    shop.now = shop.now.replace(year=2000)
    owed = shop("balance", "--json").data
    assert (owed["to_receive_paise"], owed["as_on"]) == (45000, "2026-11-22")
    assert shop("dues", "--json").data["parties"][0]["balance_paise"] == 45000
    assert shop("statement", "ramesh", "--to", "2026-11-30", "--json").data["closing_paise"] == 45000
    assert shop("daybook", "--on", "2026-11-22", "--json").data["lines"]
    assert shop("balance", "--as-on", "2026-11-20", "--json").data["to_receive_paise"] == 0
    assert shop("clock", "fix", "--reason", "battery").code == 0
    assert shop("sale", "ramesh", "5").code == 0
    assert shop("balance", "--json").data["to_receive_paise"] == 45500


@pytest.mark.parametrize("line", ["balance", "statement", "party show", "export --party", "proof --balance"])
def test_of_somebody_who_came_later_nothing_was_known(shop: Counter, line: str) -> None:
    """Not that he owed nothing: a question as known then was answered with SETTLED."""
    assert shop("sale", "Suresh", "20", "--new").code == 0  # entries 4 and 5
    for name in ("suresh", "@2"):
        answer = shop(*line.split(), name, "--known-at", "3", "--json")
        assert answer.refused == "unknown_party", (line, name)
        assert answer.envelope["refused"]["message"] == "Not in the book then: Suresh. Added by: entry 4"
        assert shop(*line.split(), name, "--known-at", "4", "--json").code == 0, (line, name)


def test_of_two_who_are_meant_the_one_who_was_there_is(shop: Counter) -> None:
    assert shop("party", "add", "Ramesh Gupta").code == 0
    assert shop("balance", "ramesh", "--json").refused == "ambiguous_party"
    (one,) = shop("balance", "ramesh", "--known-at", "3", "--json").data["parties"]
    assert (one["name"], one["balance_paise"]) == ("Ramesh Kumar", 45000)
