"""The program at a terminal: its pager, its messages and its help, and what it asks the terminal itself."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
from contextlib import suppress
from io import StringIO
from typing import Any, NamedTuple

import pytest

from khata.cli import registry
from khata.cli.env import Env, Streams
from khata.cli.main import run
from khata.i18n.messages import languages
from khata.render.text import width
from tests.cli.conftest import PROGRAM, Counter

PATIENCE_S = 20
CODES = re.compile(r"\x1b\[[\d;]*[mGK]")


class Shown(NamedTuple):
    """What a terminal got, and the exit code."""

    text: str
    code: int


def shown(
    shop: Counter, words: str, *, columns: int = 60, rows: int = 10, answers: bytes = b"", **environ: str
) -> Shown:
    """Run a command in a terminal of its own, which answers the question where its cursor is, if it does."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    surroundings = {
        "HOME": str(shop.home),
        "USER": "asha",
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
    } | environ
    program = [*PROGRAM, *words.split()]
    process = subprocess.Popen(program, stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings)
    os.close(theirs)
    got = b""
    with suppress(OSError):  # the end of a terminal is an error
        while select.select([ours], [], [], PATIENCE_S)[0]:
            more = os.read(ours, 65536)
            got += more
            if answers and b"\x1b[6n" in more:
                os.write(ours, answers)
    os.close(ours)
    return Shown(got.decode().replace("\r\n", "\n"), process.wait(PATIENCE_S))


@pytest.fixture
def long_log(shop: Counter) -> Counter:
    """A shop whose log is longer than the terminal."""
    for name in ("सीता देवी", "ക്ഷേത്രന്\u200d", "محمد علی"):
        for _ in range(3):
            assert shop("sale", name, "45", "--new").code == 0
    return shop


def test_a_long_answer_goes_through_the_pager_and_a_short_one_does_not(long_log: Counter) -> None:
    assert shown(long_log, "log", KHATA_PAGER="sed s/^/P:/").text.startswith("P:\x1b[1mEntry")
    assert "P:" not in shown(long_log, "log --last 2", KHATA_PAGER="sed s/^/P:/").text
    assert shown(long_log, "log", PAGER="sed s/^/P:/").text.startswith("P:")
    assert shown(long_log, "--help", PAGER="sed s/^/P:/").text.startswith("P:")


def test_the_pager_gets_styles_and_no_move_of_the_cursor(long_log: Counter) -> None:
    paged = shown(long_log, "log --lang hi", KHATA_PAGER="cat -v").text
    assert "^[[1m" in paged
    assert not re.search(r"\^\[\[\d+G", paged)
    printed = shown(long_log, "log --no-pager --lang hi", KHATA_PAGER="cat -v").text
    assert re.search(r"\x1b\[\d+G", printed)


@pytest.mark.parametrize(
    "environ", [{"KHATA_PAGER": ""}, {"KHATA_PAGER": "cat"}, {"KHATA_PAGER": "no-such-pager"}, {"TERM": "dumb"}]
)
def test_without_a_pager_it_is_printed_as_it_is(long_log: Counter, environ: dict[str, Any]) -> None:
    answer = shown(long_log, "log", **{"PAGER": "sed s/^/P:/", **environ})
    assert answer.code == 0
    assert CODES.sub("", answer.text).startswith("Entry")


@pytest.mark.parametrize("words", ["log --no-pager", "log --json"])
def test_no_pager_means_none_and_a_script_has_none(long_log: Counter, words: str) -> None:
    assert "P:" not in shown(long_log, words, KHATA_PAGER="sed s/^/P:/").text


def test_a_pager_that_leaves_early_is_no_fault_and_the_exit_code_stays(long_log: Counter) -> None:
    assert shown(long_log, "log", KHATA_PAGER="true") == ("", 0)
    book = next((long_log.home / "Khata").glob("*.khata"))
    damaged = book.read_bytes().replace(b'"amount_paise":4500', b'"amount_paise":4501', 1)
    (long_log.home / "damaged.khata").write_bytes(damaged)
    answer = shown(long_log, f"verify --book {long_log.home / 'damaged.khata'}", KHATA_PAGER="sed s/^/P:/", rows=6)
    assert "P:" in answer.text
    assert answer.code == 1


def test_less_is_told_what_git_tells_it(long_log: Counter) -> None:
    (long_log.home / "pager").write_text('#!/bin/sh\ncat > /dev/null\necho "LESS=$LESS"\n', encoding="utf-8")
    (long_log.home / "pager").chmod(0o755)
    pager = str(long_log.home / "pager")
    assert shown(long_log, "log", KHATA_PAGER=pager).text == "LESS=FRX\n"
    assert shown(long_log, "log", KHATA_PAGER=pager, LESS="S").text == "LESS=S\n"


class Tty(StringIO):
    def isatty(self) -> bool:
        return True


def said(shop: Counter, *words: str, columns: int) -> tuple[str, str]:
    """What stdout and stderr of a terminal of so many columns get."""
    out, err = Tty(), Tty()
    streams = Streams(StringIO(), out, err, asks=False, terminal=True, width=columns, height=1000)
    run(words, Env({"HOME": str(shop.home), "USER": "asha"}, lambda: shop.now, lambda: "0" * 32, streams))
    return out.getvalue(), err.getvalue()


def test_messages_are_folded_at_words_on_a_terminal_and_whole_in_a_pipe(shop: Counter) -> None:
    whole = shop("sale", "nobody", "45").err
    assert max(map(width, whole.splitlines())) > 40
    _, folded = said(shop, "sale", "nobody", "45", columns=40)
    assert max(map(width, folded.splitlines())) <= 40
    assert folded.split() == whole.split()


@pytest.mark.wide
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("columns", [40, 60])
def test_help_is_no_wider_than_the_terminal(shop: Counter, language: str, columns: int) -> None:
    for command in ("", *registry.COMMANDS):
        page, _ = said(shop, *command.split(), "--help", "--lang", language, columns=columns)
        for line in CODES.sub("", page).splitlines():
            assert width(line) <= columns or len(line.split()) == 1, (command, line)


def test_a_terminal_says_how_wide_it_draws_each_script(shop: Counter) -> None:
    answer = shown(shop, "doctor --terminal", rows=40, answers=b"\x1b[1;17R")
    drawn = CODES.sub("", answer.text)
    assert "....:....1....:....2....:....3....:....4....:....5....:....6\n" in drawn
    assert re.search(r"16 +16  as khata counts +Ramesh ₹1,234.50\n", drawn)
    assert re.search(r"14 +16  differs by \+2 +श्रीमती क्षेत्रपाल\n", drawn)
    assert answer.code == 0


def test_a_terminal_that_does_not_say_is_not_waited_for(shop: Counter) -> None:
    answer = shown(shop, "doctor --terminal --json", rows=40, columns=77)
    found = json.loads(answer.text[answer.text.index("{") :])["data"]["terminal"]
    assert (found["columns"], found["rows"], found["term"]) == (77, 40, "xterm-256color")
    assert {each["terminal"] for each in found["scripts"]} == {None}
    assert len(found["scripts"]) > 9


def test_without_a_terminal_that_is_said(shop: Counter) -> None:
    assert shop("doctor", "--terminal").out.startswith("There is no terminal here")
    assert shop("doctor", "--terminal", "--json").data["terminal"]["columns"] is None


def test_what_is_due_and_an_advance_differ_in_colour_and_in_word(shop: Counter) -> None:
    assert shop("opening", "Sita", "90", "--advance", "--new", "--on", "2026-03-31").code == 0
    due, advance = (shown(shop, f"balance {name}").text for name in ("ramesh", "sita"))
    assert due.startswith("\x1b[31m₹450.00 due\x1b[0m")
    assert advance.startswith("\x1b[32m₹90.00 ADVANCE\x1b[0m")
    assert "\x1b[31m" not in shown(shop, "balance ramesh", NO_COLOR="1").text
    page = shown(shop, "balance", rows=50).text
    assert "\x1b[31mdue" in page
    assert "\x1b[32mADVANCE" in page
