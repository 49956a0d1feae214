"""The grammar on generated and absurd texts: a value within its limits or Unreadable, never another error, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.grammar.amounts import MAX_LARGE_PAISE, MAX_PAISE, parse_amount, parse_paise
from khata.grammar.days import FIRST_YEAR, LAST_YEAR, parse_day, parse_period
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.grammar.items import parse_item
from khata.grammar.known import parse_known_at
from khata.grammar.modes import parse_mode, parse_paid
from khata.grammar.shop import check_gstin, clean_upi, parse_state
from khata.grammar.spreadsheet import guarded, unguarded
from khata.grammar.text import clean_name, clean_phone, clean_ref, clean_text
from khata.names import NameIndex, exact_key, sound_key
from khata.render.text import folded, visible, width
from tests.hostile.naughty import ALL

TODAY = date(2026, 11, 22)

READERS: dict[str, Callable[[str], Any]] = {
    "amount": parse_amount,
    "paise": parse_paise,
    "day": lambda text: parse_day(text, TODAY),
    "period": lambda text: parse_period(text, TODAY),
    "known at": lambda text: parse_known_at(text, TODAY),
    "entry": parse_entry,
    "item": parse_item,
    "mode": parse_mode,
    "paid": parse_paid,
    "name": clean_name,
    "text": lambda text: clean_text(text, what="note"),
    "ref": clean_ref,
    "phone": clean_phone,
    "state": parse_state,
    "gstin": check_gstin,
    "upi": clean_upi,
}
OTHERS: dict[str, Callable[[str], Any]] = {
    "key": exact_key,
    "sound": sound_key,
    "nearest": lambda text: NameIndex([text, "Ramesh"]).nearest(text),
    "resembling": lambda text: NameIndex([text, "Ramesh"]).resembling(text),
    "visible": visible,
    "width": width,
    "folded": lambda text: folded(text, 80, 80),
    "guarded": guarded,
    "unguarded": unguarded,
}

LONG = 50_000
ABSURD = {
    "digits": "9" * LONG,
    "zeros": "0" * LONG,
    "decimals": "1." + "0" * LONG,
    "pluses": "+" * LONG,
    "a sum": "1" + "+1" * (LONG // 2),
    "a product": "3" + "x3" * (LONG // 2),
    "sums of products": "3x3+" * (LONG // 4) + "1",
    "commas": "1" + ",00" * (LONG // 3),
    "dashes": "-" * LONG,
    "a day that goes on": "20-11-2026" + "-20" * (LONG // 3),
    "letters": "a" * LONG,
    "words": "a " * (LONG // 2),
    "blanks": " " * LONG + "x",
    "blanks within": "1" + " " * LONG + "x",
    "times": "1 12:" * (LONG // 5),
    "semicolons": ";'" * (LONG // 2) + "=",
    "at signs": "a @ " * (LONG // 4),
    "other digits": "\u0967" * LONG,
    "syllables": "\u0939\u0940" * (LONG // 2),
    "joined": "\u0915\u094d" * (LONG // 2),
    "marks": "e" + "\u0301" * LONG,
    "marks out of order": "e" + "\u0315" * (LONG // 2) + "\u0300" * (LONG // 2),
    "that which grows": "\ufdfa" * LONG,
    "hangul": "\u1112\u1161\u11ab" * (LONG // 3),
}

PIECES = st.sampled_from(
    [
        *"0123456789.,+-x*/:@=() \u00a0\u0967\u0661T",
        "20",
        "11",
        "2026",
        "Nov",
        "\u0928\u0935",
        "fy",
        "Q1",
        "rs",
        "\u20b9",
        "/-",
    ]
)
LIKELY = st.lists(PIECES, max_size=12).map("".join)


def read(name: str, text: str) -> Any:
    try:
        return READERS[name](text)
    except Unreadable:
        return None


def assert_within(name: str, value: Any) -> None:
    if value is None:
        return
    if name in {"amount", "paise"}:
        paise = value if name == "paise" else value.paise
        assert type(paise) is int
        assert 0 < paise <= MAX_PAISE
    elif name == "item":
        assert 0 < value.amount_paise <= MAX_PAISE
    elif name == "day":
        assert date.fromisoformat(value).isoformat() == value
        assert FIRST_YEAR <= int(value[:4]) <= LAST_YEAR
    elif name == "period":
        assert value[0] <= value[1]


@given(LIKELY | st.text())
@pytest.mark.parametrize("name", READERS)
def test_it_is_read_within_its_limits_or_unreadable(name: str, text: str) -> None:
    assert_within(name, read(name, text))


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(LIKELY | st.text())
@pytest.mark.parametrize("name", READERS)
def test_many_more_are_read_within_their_limits_or_unreadable(name: str, text: str) -> None:
    assert_within(name, read(name, text))


@given(st.integers(1, MAX_LARGE_PAISE))
def test_every_amount_is_read_as_it_is_written(paise: int) -> None:
    text = f"{paise // 100}.{paise % 100:02}"
    assert parse_amount(text, large=True).paise == paise
    if paise > MAX_PAISE:
        with pytest.raises(Unreadable):
            parse_amount(text)


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y"):
        assert parse_day(day.strftime(form), TODAY) == day.isoformat()


@pytest.mark.parametrize("name", READERS)
def test_naughty_strings_are_read_within_their_limits(name: str) -> None:
    for text in ALL:
        assert_within(name, read(name, text))


@pytest.mark.parametrize("absurd", ABSURD)
def test_absurd_texts_are_read_or_refused_soon(absurd: str) -> None:
    """A tenth of a second for each is what a person does not notice; twenty times that is what a busy machine takes."""
    text = ABSURD[absurd]
    for name in READERS:
        started = time.process_time()
        assert_within(name, read(name, text))
        assert time.process_time() - started < 2, name
    for name, act in OTHERS.items():
        started = time.process_time()
        act(text)
        assert time.process_time() - started < 2, name
