"""What goes into a pipe is plain text; what goes to a terminal cannot be made to obey a name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

QUESTIONS = ["balance", "statement ramesh", "dues", "daybook", "log", "show 3", "status", "party list", "verify"]
NAMES = ["[bold red]Ram[/]", "رمیش", "சுரேஷ்", ":smile: Sita"]


def peopled(shop: Counter) -> Counter:
    for name in NAMES:
        assert shop("sale", name, "99", "--new", "--note", "[link=x]y[/link]").code == 0
    return shop


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_no_control_code_is_in_a_pipe(shop: Counter, question: str, language: str) -> None:
    answer = peopled(shop)(*question.split(), "--lang", language)
    assert answer.code == 0
    assert answer.out
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", answer.out + answer.err
    )
    assert answer.out.endswith("\n")


@pytest.mark.parametrize("question", QUESTIONS)
def test_names_are_shown_as_typed_at_a_terminal(shop: Counter, question: str) -> None:
    answer = peopled(shop)(*question.split(), terminal=True, environ={"TERM": "xterm-256color"})
    assert answer.code == 0
    if question in ("balance", "dues", "daybook", "log", "party list"):
        assert "[bold red]Ram[/]" in answer.out
        assert ":smile: Sita" in answer.out


def test_no_color_leaves_the_colours_out(shop: Counter) -> None:
    shop("receive", "ramesh", "500")
    colour = re.compile(r"\x1b\[[0-9;]*3[0-7]")
    assert colour.search(shop("balance", terminal=True, environ={"TERM": "xterm"}).out)
    assert not colour.search(shop("balance", terminal=True, environ={"TERM": "xterm", "NO_COLOR": "1"}).out)


@pytest.mark.parametrize("name", ["Ram\x1b[2J", "Ram\u202eesh", "Ram\nesh", "Ram\x00esh"])
def test_what_a_terminal_would_obey_is_no_name(shop: Counter, name: str) -> None:
    answer = shop("sale", name, "5", "--new")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", answer.err)


def test_messages_go_to_stderr_and_quiet_silences_them(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.home)
    assert shop("export", "-o", "one.csv").err == "Written: one.csv\n"
    assert shop("export", "-o", "two.csv", "-q").err == ""
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert shop("sale", "ramesh", "2x10").err == "2x10 = ₹20.00\n"
