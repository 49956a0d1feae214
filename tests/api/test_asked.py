"""Due days, disputes and reminders from Python, held against the command line."""

from __future__ import annotations

import pytest

from khata import Refused
from tests.api.conftest import Home
from tests.api.test_book import Act, recorded
from tests.cli.conftest import Counter


def test_who_was_asked_and_what_is_denied_is_what_the_command_line_records(home: Home, typed: Counter) -> None:
    with home.open() as book:
        assert [(each.row.party, each.asked_paise) for each in book.reminders()] == [(1, 45000)]
        steps: list[tuple[Act, str]] = [
            (lambda b: b.change_party("ramesh", due_days=15), "party due ramesh 15d"),
            (lambda b: b.sale("ramesh", 5000), "sale ramesh 50"),
            (lambda b: b.sale("ramesh", 7000, due="20/12"), "sale ramesh 70 --due 20/12"),
            (lambda b: b.dispute(6, note="not mine"), "dispute 6 --note x"),
            (lambda b: b.dispute(6, over=True, note="it was"), "dispute 6 --over --note x"),
        ]
        for act, line in steps:
            done = act(book)
            said = typed(*line.split(), "--json").data
            assert (done.entry, done.kind, done.party) == (said["entry"], said["kind"], said["party"])
        (asked,) = book.reminders()
        assert asked.asked_paise == 45000
        book.remind("ramesh", asked.asked_paise)
        assert typed("remind", "ramesh", "--mark-sent", "--json").data["sent"] == 1
        with pytest.raises(Refused) as refused:
            book.remind(1, 45000)
        assert refused.value.code == "reminded_lately"
        assert book.remind(1, 45000, again=True).kind == "reminder_sent"
        assert typed("remind", "ramesh", "--mark-sent", "--again", "--json").data["sent"] == 1
    kinds = [(row["kind"], row["party"], row.get("reminded_paise")) for row in recorded(home)]
    assert kinds == [(row["kind"], row["party"], row.get("reminded_paise")) for row in recorded(Home(typed))]
