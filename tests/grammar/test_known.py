from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.grammar.known import KnownAtEntry, KnownAtInstant, parse_known_at
from khata.units import At, Seq

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("17", 17),
        ("e17", 17),
        ("E17", 17),
        ("entry 17", 17),
        ("Entry  17", 17),
        ("entry17", 17),
        (" 17 ", 17),
        ("१७", 17),
        ("e१७", 17),
        ("007", 7),
        ("9" * 15, 10**15 - 1),
    ],
)
def test_an_entry_is_read(text: str, entry: int) -> None:
    assert parse_entry(text) == entry
    assert parse_known_at(text, TODAY) == KnownAtEntry(Seq(entry))


@pytest.mark.parametrize("text", ["", "0", "-1", "1.0", "1_0", "1,234", "e", "x17", "1१", "9" * 16, "９", "@3"])
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_entry(text)
    assert (refused.value.code, refused.value.facts) == ("bad_entry", {})


def test_a_hash_before_an_entry_is_said_to_be_one() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_entry("#17")
    assert refused.value.facts == {"hash": True}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-07-20", "2026-07-20T18:29:59.999999Z"),
        ("20/7", "2026-07-20T18:29:59.999999Z"),
        ("kal", "2026-11-21T18:29:59.999999Z"),
        ("20 जुलाई 2026", "2026-07-20T18:29:59.999999Z"),
        ("2026-07-20T18:00", "2026-07-20T12:30:00.000000Z"),
        ("2026-07-20t18:00:05", "2026-07-20T12:30:05.000000Z"),
        ("2026-07-20T18:00:05.25", "2026-07-20T12:30:05.250000Z"),
        ("2026-07-20T18:00:05.123456Z", "2026-07-20T18:00:05.123456Z"),
        ("2026-07-20 18:00", "2026-07-20T12:30:00.000000Z"),
        ("2026-07-20T18:00+00:00", "2026-07-20T18:00:00.000000Z"),
        ("2026-07-20T18:00+01:00", "2026-07-20T17:00:00.000000Z"),
        ("2026-07-20T18:00-0100", "2026-07-20T19:00:00.000000Z"),
        ("20 Jul 2026 18:00", "2026-07-20T12:30:00.000000Z"),
        ("20 Jul 2026, 18:00", "2026-07-20T12:30:00.000000Z"),
        ("20/7 9:05", "2026-07-20T03:35:00.000000Z"),
        ("२० जुलाई १८:००", "2026-07-20T12:30:00.000000Z"),
        ("today 02:00", "2026-11-21T20:30:00.000000Z"),
        ("1900-01-01T00:00", "1899-12-31T18:30:00.000000Z"),
    ],
)
def test_an_instant_or_the_end_of_a_day_is_read(text: str, at: str) -> None:
    assert parse_known_at(text, TODAY) == KnownAtInstant(At(at))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "#17",
        "18:00",
        "2026-07-20T24:00",
        "2026-07-20T18",
        "2026-07-20T18:60",
        "2026-07-20T18:00:60",
        "2026-07-20T18:00:00.1234567",
        "2026-07-20T18:00+15:00",
        "2026-07-20T18:00+05:60",
        "2026-07-20T18:00 IST",
        "2026-02-30T18:00",
        "20 Foo 18:00",
        "soon",
    ],
)
def test_what_is_neither_entry_nor_instant_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_known_at(text, TODAY)
    assert (refused.value.code, refused.value.value) == ("bad_known_at", text)


def test_the_hint_about_a_day_is_handed_on() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_known_at("4/17/2026 18:00", TODAY)
    assert refused.value.facts == {"month_first": True}


@given(st.text() | st.text("0123456789-/:. TZ+entry", max_size=25))
def test_any_text_is_known_or_refused(text: str) -> None:
    try:
        known = parse_known_at(text, TODAY)
    except Unreadable:
        return
    if isinstance(known, KnownAtEntry):
        assert 1 <= known.seq < 2**53
    else:
        assert len(known.at) == len("2026-11-22T11:30:00.123456Z")
