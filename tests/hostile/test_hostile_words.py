"""A book that verifies and says hostile things: shown and told harmlessly by every command, in bounded time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from khata.cli.completing import party_name
from khata.cli.env import Env
from khata.events import codec
from khata.events.base import MalformedError
from khata.render import text
from khata.verifying.verify import verify
from tests.cli.conftest import Counter
from tests.hostile.books import saying
from tests.hostile.naughty import CONTROLS, STEERING, UNSEEN
from tests.hostile.screen import harmful

QUESTIONS = """
    balance
    balance @1
    statement @1
    statement @1 --format csv
    statement @1 --format html
    statement --all-parties --format html --lang hi,en
    qr @1 5
    statement @1 --format json
    dues
    daybook
    log
    show 1
    show 3
    show 4
    status
    party list
    party show @1
    books
    where
    verify
    export
    balance nobody
"""
CHANGES = """
    rebuild
    backup
    sale @1 5
    sale nobody 5
    receive @1 1
    undo --yes
    reverse 4 --yes
    correct 4 5 --yes
    import rows.csv --new-parties safe
    party rename @1 --to Ramesh
    party forget @1 --yes
"""

STEERS = "".join([*CONTROLS, *UNSEEN, *STEERING])
ODD: dict[str, Any] = {
    "a number": 5,
    "a list": ["x"],
    "an object": {"a": 1},
    "a truth": True,
    "half a character": b'{"name":"\\ud800","note":"\\udfff","counter":"\\ud800"}',
    "no JSON": b"\xff{",
    "no object": b"[1]",
    "nested": b"[" * 60_000,
    "a long word": "x" * 60_000,
    "many words": "a " * 30_000,
    "many letters": "\u0939\u0940" * 10_000,
    "marks out of order": "e" + "\u0315" * 9_000 + "\u0300" * 9_000,
}


def lines_of(commands: str) -> list[list[str]]:
    return [line.split() for line in commands.strip().splitlines()]


def met(khata: Counter, said: Any) -> Counter:
    """A counter at which somebody else's book lies."""
    khata.environ["KHATA_BOOK"] = str(saying(khata.home / "hostile.khata", said))
    os.chdir(khata.home)
    Path("rows.csv").write_text("date,type,party,amount\n2026-11-20,sale,Mahesh,5\n")
    return khata


def ask(khata: Counter, words: list[str], number: int) -> int:
    """One command, in one of eight ways; harmless and soon."""
    terminal, json, hindi = number % 2 == 0, number % 4 > 1, number % 8 > 3
    started = time.process_time()
    answer = khata(
        *words, *(["--json"] if json else []), terminal=terminal, environ={"KHATA_LANG": "hi" if hindi else "en"}
    )
    assert time.process_time() - started < 5, words
    assert answer.code in {0, 1, 2, 4, 5}, (words, answer.err, answer.out)
    assert harmful(answer.out, terminal=terminal) == [], (words, answer.out)
    assert harmful(answer.err) == [], (words, answer.err)
    return answer.code


@pytest.fixture
def khata(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.chdir(khata.home)
    return khata


@pytest.mark.parametrize("way", range(2))
def test_what_a_book_says_steers_no_terminal(khata: Counter, way: int) -> None:
    khata = met(khata, STEERS)
    for number, words in enumerate([*lines_of(QUESTIONS), *lines_of(CHANGES)]):
        ask(khata, words, number + way)


@pytest.mark.slow
@pytest.mark.parametrize("way", range(8))
@pytest.mark.parametrize("said", [STEERS, *ODD.values()], ids=["steers", *ODD])
def test_whatever_a_book_says_every_command_answers_or_refuses(khata: Counter, said: Any, way: int) -> None:
    khata = met(khata, said)
    for words in [*lines_of(QUESTIONS), *lines_of(CHANGES)]:
        ask(khata, words, way)


@pytest.mark.parametrize("name", ["a list", "half a character", "nested", "many words"])
def test_a_book_that_says_odd_things_is_answered_or_refused(khata: Counter, name: str) -> None:
    khata = met(khata, ODD[name])
    for number, words in enumerate(lines_of("party list\nlog\nexport\nsale nobody 5\nsale @1 5")):
        ask(khata, words, number * 2)


@pytest.mark.parametrize("name", ["a number", "a list", "an object", "a truth", "half a character", "no object"])
def test_free_text_that_no_khata_wrote_is_a_fault(tmp_path: Path, name: str) -> None:
    verdict = verify(saying(tmp_path / "hostile.khata", ODD[name]))
    assert verdict.result == "broken"
    assert {(fault.check, fault.code) for fault in verdict.faults} == {("details", "not_canonical")}


def test_free_text_of_the_right_kind_is_taken() -> None:
    assert codec.words_of({"name": "", "aliases": ["x"], "other": 5}) == {"name": "", "aliases": ["x"], "other": 5}
    for bad in (5, {"name": 5}, {"aliases": "x"}, {"items": [5]}, {"note": "\ud800"}):
        with pytest.raises(MalformedError):
            codec.words_of(bad)


def test_questions_that_list_names_are_put_harmlessly(khata: Counter) -> None:
    """Whom do you mean: the names stand in the question."""
    khata = met(khata, "Ramesh \x1b[2J\x9b2J\u202e")
    answer = khata("sale", "rames", "5", typed="\n")
    assert answer.code == 2
    assert "Ramesh" in answer.err
    assert harmful(answer.err) == []


def test_a_number_that_long_is_no_choice(khata: Counter) -> None:
    khata = met(khata, "Ramesh Kumar")
    assert khata("sale", "rames", "5", typed="9" * 5000 + "\n").code == 2


def test_a_name_that_steers_is_not_offered_by_tab(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    khata = met(khata, "Ramesh\x1b[2J")
    env = Env({**khata.environ, "HOME": str(khata.home)})
    monkeypatch.setattr("khata.cli.completing._env", lambda: env)
    assert party_name("") == []
    env.close()


@pytest.mark.parametrize("name", ["USER", "KHATA_BY", "KHATA_LANG", "LC_ALL", "XDG_STATE_HOME", "KHATA_BOOK", "HOME"])
def test_the_surroundings_steer_nothing(khata: Counter, name: str) -> None:
    assert khata("init", "Store").code == 0
    hostile = {name: f"{'/x' if name.startswith('XDG') else ''}a\x1b[2J\x9b2J\u202e\n"}
    for words in ("sale counter 5 --paid all", "balance", "where", "status", "log"):
        answer = khata(*words.split(), environ=hostile)
        assert answer.code in {0, 2, 5}, (words, answer.err)
        assert harmful(answer.out) == harmful(answer.err) == []


def test_without_the_guard_the_book_steers_the_screen(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with `visible` taken out where tables are laid out, the judge sees it."""
    khata = met(khata, STEERS)
    for module in ("text", "line", "terminal.parties", "terminal.cells", "terminal.drawing"):
        monkeypatch.setattr(f"khata.render.{module}.visible", lambda text: text)
    assert harmful(khata("party", "list").out) != []


def test_without_escapes_json_steers_the_screen(khata: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control for scripts' answers."""
    khata = met(khata, STEERS)
    monkeypatch.setattr(text, "escaped", lambda text: text)
    monkeypatch.setattr(text, "harmless", lambda text: text)
    assert "U+009B" in harmful(khata("balance", "--json").out)
