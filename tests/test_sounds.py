"""Names in every script: the tables of what is one name and what is two, heard, and found in a book."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unicodedata import name as name_of

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata import sounds
from khata.log.errors import ViewsDifferError
from khata.names import exact_key
from khata.questions import parties
from khata.questions.parties import How
from khata.rules.base import Named
from khata.rules.erasure import ForgetParty
from khata.rules.party import AmendParty
from khata.units import Party
from khata.views import schema
from khata.views.fold import key_rows
from tests.books import in_memory, payment, sale

FOLDER = Path(__file__).parent / "names"


def pairs(file: str, sign: str) -> list[tuple[str, str]]:
    """The pairs of a table, one a line."""
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    found = [tuple(line.split(f" {sign} ")) for line in lines if not line.startswith("#")]
    return [(one, other) for one, other in found]


SAME, APART = pairs("same.txt", "="), pairs("apart.txt", "/")
SCRIPTS = "LATIN DEVANAGARI GUJARATI BENGALI GURMUKHI ORIYA TAMIL TELUGU KANNADA MALAYALAM ARABIC".split()  # noqa: SIM905


def script(name: str) -> str:
    """The script of a name: that of its first letter."""
    return name_of(next(letter for letter in name if letter.isalpha())).split()[0]


def views(*names: str) -> sqlite3.Connection:
    """A cache with customers of these names, and nothing else."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.create(connection)
    schema.build_indexes(connection)
    for number, name in enumerate(names, start=1):
        record = {"name": name}
        facts = (number, f"{number:032x}", number, json.dumps(record), number, 0, 0, number, 0, 0)
        connection.execute("INSERT INTO party VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", facts)
        connection.executemany("INSERT INTO name_key VALUES (?, ?, ?)", key_rows(Party(number), record))
    return connection


def both_ways(table: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for one, other in table:
        yield one, other
        yield other, one


def test_the_tables_hold_enough_and_every_script() -> None:
    for table in (SAME, APART):
        assert len(table) >= 120
        assert max(Counter(frozenset(pair) for pair in table).values()) == 1
        seen = Counter(frozenset(map(script, pair)) for pair in table)
        for each in SCRIPTS:
            assert seen[frozenset((each, "LATIN"))] >= 2
        assert sum(many for each, many in seen.items() if "LATIN" not in each and len(each) == 2) >= 8
    assert not {frozenset(pair) for pair in SAME} & {frozenset(pair) for pair in APART}


def test_one_name_in_two_spellings_is_alike_and_has_a_key_in_common() -> None:
    assert [pair for pair in both_ways(SAME) if not sounds.alike(*pair)] == []
    assert [(one, other) for one, other in SAME if not sounds.keys(one) & sounds.keys(other)] == []


def test_two_names_are_not_alike() -> None:
    assert [pair for pair in both_ways(APART) if sounds.alike(*pair)] == []


def test_one_name_in_two_spellings_finds_the_party_among_all_others() -> None:
    called = list(dict.fromkeys(name for pair in [*SAME, *APART] for name in pair))
    book = views(*called)
    for typed, name in both_ways(SAME):
        number = called.index(name) + 1
        rows = book.execute("DELETE FROM name_key WHERE party = ? RETURNING *", (called.index(typed) + 1,)).fetchall()
        match = parties.find(book, typed)  # but for whoever is called so to the letter
        assert match is not None, typed
        if match.how is How.SOUND:
            assert number in [row.party for row in match.parties], (typed, name)
        book.executemany("INSERT INTO name_key VALUES (?, ?, ?)", rows)


@pytest.mark.parametrize("rule", sounds._HEARD, ids=str)
def test_each_rule_of_hearing_is_needed_by_a_pair(rule: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    memories = (sounds._heard, sounds._sounds, sounds._same)
    monkeypatch.setattr(sounds, "_HEARD", tuple(each for each in sounds._HEARD if each != rule))
    for memory in memories:
        memory.cache_clear()
    try:
        same = all(sounds.alike(*pair) and sounds.keys(pair[0]) & sounds.keys(pair[1]) for pair in SAME)
        assert not same or any(sounds.alike(*pair) for pair in APART)
    finally:
        for memory in memories:
            memory.cache_clear()


def test_one_name_finds_the_other_in_a_book() -> None:
    assert [(typed, name) for typed, name in both_ways(SAME) if _found(views(name), typed) != [name]] == []


def test_one_name_does_not_find_the_other_in_a_book() -> None:
    for typed, name in both_ways(APART):
        match = parties.find(views(name), typed)
        if exact_key(name).startswith(exact_key(typed)):  # what is written so far is a beginning: Dev of Devendra
            assert match is not None, (typed, name)
            assert match.how is How.BEGINNING, (typed, name)
        else:
            assert match is None, (typed, name)


def test_a_word_of_a_name_is_enough_and_the_whole_name_comes_first() -> None:
    book = views("Shree Ganesh Traders", "Ramesh Kumar", "Ramesh", "राम कुमार")
    assert _found(book, "கணேஷ்") == ["Shree Ganesh Traders"]
    assert _found(book, "ট্রেডার্স গণেশ") == ["Shree Ganesh Traders"]
    assert _found(book, "गणेश गणेश") == []
    assert _found(book, "रमेश") == ["Ramesh"]
    assert _found(book, "रमेश कुमार") == ["Ramesh Kumar"]
    assert _found(book, "Ramkumar") == ["राम कुमार"]
    assert _found(book, "ரமேஷ் गुप्ता") == []
    assert _found(book, "& !") == []


def test_a_name_is_found_by_the_sound_of_an_alias() -> None:
    book = views("Ramesh")
    record = {"name": "Munna", "aliases": ["Vishwanath"]}
    book.execute("UPDATE party SET record = ?", (json.dumps(record),))
    book.executemany("INSERT INTO name_key VALUES (?, ?, ?)", key_rows(Party(1), record))
    assert _found(book, "বিশ্বনাথ") == ["Munna"]
    assert _found(book, "मुन्ना") == ["Munna"]
    assert _found(book, "रमेश") == []  # a key that is left of an older name finds nobody


def _found(book: sqlite3.Connection, typed: str) -> list[str | None]:
    match = parties.find(book, typed)
    return [row.name for row in match.parties] if match else []


QUESTIONS = ("ramesh", "ram kum", "லட்சுமி", "محمد جاوید", "வெங்கடேஷ் கோபால் மோகன்", "9876543210", "3210", "zzz yyy")


@pytest.mark.parametrize("typed", QUESTIONS)
def test_no_question_by_name_or_phone_goes_through_all_parties_or_keys(typed: str) -> None:
    book = views("Mohan")
    asked: list[str] = []
    book.set_trace_callback(asked.append)
    parties.find(book, typed)
    parties.with_phone(book, typed)
    parties.beginning(book, typed, 9)
    book.set_trace_callback(None)
    assert len(asked) > 2
    for statement in asked:
        steps = [row[3] for row in book.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert any(step.startswith("SEARCH name_key") for step in steps)
        for step in steps:
            assert not step.startswith("SCAN"), (statement, steps)
            if "name_key" in step:  # `kind` alone would be a scan of all names
                assert re.search(r"USING COVERING INDEX name_key_key \(kind=\? AND key[=<>]", step), (statement, step)
            elif "party" in step:
                assert "PRIMARY KEY (rowid=?)" in step


LETTERS = "".join({letter for pair in SAME for name in pair for letter in name})


@given(st.text(LETTERS, max_size=12), st.text(LETTERS, max_size=12))
def test_any_text_is_heard_and_is_like_itself(one: str, other: str) -> None:
    assert sounds.alike(one, other) == sounds.alike(other, one)
    assert sounds.alike(one, one) == bool(sounds.keys(one))
    assert sounds.keys(one) == sounds.keys(exact_key(one))


@given(st.text("aeiou" + "kgtdpbvnmrlsjhy", min_size=2, max_size=7), st.text("कगतदपबवनमरलसजहयािीुेो", max_size=6))
def test_whoever_is_alike_has_a_key_in_common(one: str, other: str) -> None:
    if sounds.alike(one, other):
        assert sounds.keys(one) & sounds.keys(other)


def test_what_may_be_heard_in_very_many_ways_has_few_keys() -> None:
    assert len(sounds.keys("கமகமகமகமகமகமகமகமகமகம")) <= 32


def test_a_name_of_very_many_words_is_not_looked_for_by_its_sound() -> None:
    latin, devanagari = ["mohan"] * parties.MOST_WORDS, ["मोहन"] * parties.MOST_WORDS
    book = views(" ".join([*latin, "lal"]))
    assert len(_found(book, " ".join(devanagari))) == 1
    assert _found(book, " ".join([*devanagari, "लाल"])) == []


def test_whoever_is_found_by_a_phone_number_that_is_not_his_has_views_that_differ() -> None:
    book = views("Mohan")
    keys = key_rows(Party(1), {"phone": "9876543210"})
    book.executemany("INSERT INTO name_key VALUES (?, ?, ?)", keys)
    for typed in ("9876543210", "3210"):
        with pytest.raises(ViewsDifferError):
            parties.with_phone(book, typed)
    book.execute("""UPDATE party SET record = '{"name": "Mohan", "phone": "9876543210"}'""")
    for typed in ("9876543210", "3210"):
        assert [row.name for row in parties.with_phone(book, typed)] == ["Mohan"]


@pytest.mark.parametrize("phone", [5, None, "", "98", "no phone", ["9876543210"]])
def test_what_is_no_phone_number_is_not_looked_for(phone: object) -> None:
    assert {kind for kind, *_ in key_rows(Party(1), {"name": "Mohan", "phone": phone})} == {"exact", "sound", "word"}


def test_keys_go_with_the_name_and_the_number_that_they_are_of() -> None:
    shop = in_memory()

    def kept(*kinds: str) -> set[str]:
        shop.books.catch_up()
        rows = shop.books.cache.connection.execute("SELECT kind, key FROM name_key WHERE party = 1")
        return {key for kind, key in rows if kind in kinds}

    shop.record(payment(Named("Ramesh", add=True, phone="9876543210"), 5))
    assert kept("phone", "phone_end") == {"9876543210", "3210"}
    shop.record(AmendParty(party=Party(1), name="Mohan", phone="9123456780"))
    assert kept("phone", "phone_end", "sound") == {"9123456780", "6780", *sounds.keys("Mohan")}
    shop.record(sale(Party(1), 5), ForgetParty(party=Party(1)))
    assert not kept("phone", "phone_end", "sound", "exact", "word")


def test_a_name_too_long_to_be_heard_is_asked_for_as_it_is_written() -> None:
    assert not sounds.keys("ab" * 200)
    assert not sounds.alike("ab" * 200, "ab" * 201)
