"""The shell at a real terminal: with prompt_toolkit, with readline, and with neither."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

pytestmark = pytest.mark.wide

BLOCKED = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))  # now Ctrl-C is for this process
sys.modules.update({blocked})
from khata.cli.main import main
main()
"""
LIBRARIES = {
    "prompt_toolkit": {},
    "readline": {"prompt_toolkit": None},
    "neither": {"prompt_toolkit": None, "readline": None},
}
PATIENCE_S = 30
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r")


class Terminal:
    """A shell in a terminal of its own."""

    def __init__(self, home: Path, library: str) -> None:
        self.library = library
        program = [sys.executable, "-c", BLOCKED.format(blocked=LIBRARIES[library]), "shell"]
        environ = {
            "HOME": str(home),
            "USER": "asha",
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "INPUTRC": "/dev/null",
        }
        self.fd, end = pty.openpty()
        self.process = subprocess.Popen(
            program, stdin=end, stdout=end, stderr=end, env=environ, start_new_session=True, close_fds=True
        )
        os.close(end)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def until(self, text: str, since: int = 0) -> int:
        """Wait until this text is shown; gives the place after it."""
        end = time.monotonic() + PATIENCE_S
        while text not in self.shown[since:]:
            assert time.monotonic() < end, f"{text!r} not in {self.shown[since:]!r}"
            if select.select([self.fd], [], [], 0.2)[0]:
                with suppress(OSError):
                    self.shown += _CONTROL.sub("", os.read(self.fd, 65536).decode("utf-8", "replace"))
        return self.shown.index(text, since) + len(text)

    def enter(self, line: str, answer: str) -> None:
        """Type a line, Enter, and wait for what is answered."""
        since = len(self.shown)
        self.type(line + "\r")
        self.until(">", self.until(answer, since))

    def ctrl_c(self) -> None:
        """Ctrl-C, once the shell sleeps in its reading of the keyboard.

        Python notices a signal late, with the next key, that comes between its last look for signals and its reading.
        No hand is so quick; a test is, on a busy machine.
        """
        quiet = 0
        stat = Path(f"/proc/{self.process.pid}/stat")
        end = time.monotonic() + PATIENCE_S
        while quiet < 3 and time.monotonic() < end:
            time.sleep(0.1)
            asleep = not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "S"
            quiet = quiet + 1 if asleep else 0
        self.type("\x03")

    def close(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self.fd)


@pytest.fixture(params=LIBRARIES)
def terminal(shop: Counter, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    if request.param == "prompt_toolkit":
        pytest.importorskip("prompt_toolkit")
    opened = Terminal(shop.home, request.param)
    try:
        opened.until("khata>")
        yield opened
    finally:
        opened.close()


def recorded(shop: Counter) -> list[object]:
    """The amounts of all sales."""
    return [line["amount_paise"] for line in shop("log", "--json").data["lines"] if line["kind"] == "sale_recorded"]


def test_lines_are_typed_and_answered(shop: Counter, terminal: Terminal) -> None:
    terminal.enter("ramesh 20", "on khata: ₹20.00")
    terminal.enter("day kal", "Back to today at midnight, or with:\nday today")
    assert re.search(r"khata \d+ \w{3}>", terminal.shown)
    terminal.enter("day today", "(today)")
    terminal.enter("रमेश?", "₹470.00 due")
    terminal.type("exit\r")
    assert terminal.process.wait(PATIENCE_S) == 0
    assert recorded(shop) == [45000, 2000]


def test_a_second_enter_records_what_was_written_out(shop: Counter, terminal: Terminal) -> None:
    since = len(terminal.shown)
    terminal.type("rame 20\r")
    terminal.until(">", terminal.until("Enter once more", since))
    assert recorded(shop) == [45000]
    terminal.enter("", "on khata: ₹20.00")
    assert recorded(shop) == [45000, 2000]


def test_the_next_line_is_not_glued_to_the_one_that_waits(shop: Counter, terminal: Terminal) -> None:
    since = len(terminal.shown)
    terminal.type("rame 20\r")
    terminal.until(">", terminal.until("Enter once more", since))
    terminal.enter("ramesh 50", "on khata: ₹50.00")
    assert "Nothing was recorded for: Ramesh Kumar 20" in terminal.shown
    assert recorded(shop) == [45000, 5000]


@pytest.mark.parametrize("bracketed", [False, True])
def test_a_pasted_block_records_nothing(shop: Counter, terminal: Terminal, *, bracketed: bool) -> None:
    lines = "ramesh 20\rramesh 30\rramesh 40\r"
    if bracketed and terminal.library == "neither":
        pytest.skip("a plain terminal knows no brackets")
    since = len(terminal.shown)
    terminal.type(f"\x1b[200~{lines}\x1b[201~\r" if bracketed else lines)
    terminal.until("khata batch", since)
    terminal.enter("ramesh?", "₹450.00 due")
    assert recorded(shop) == [45000]


def test_a_block_that_is_pasted_at_a_question_answers_nothing(shop: Counter, terminal: Terminal) -> None:
    since = len(terminal.shown)
    terminal.type("ramesh 20 upi\r")
    since = terminal.until("(Enter: none): ", since)
    terminal.type("1\rramesh 30\r")
    terminal.until("khata>", terminal.until("Nothing was recorded", since))
    terminal.enter("ramesh?", "₹450.00 due")
    assert recorded(shop) == [45000]


def test_ctrl_c_drops_the_line_and_ctrl_d_ends(shop: Counter, terminal: Terminal) -> None:
    terminal.type("ramesh 20")
    terminal.until("ramesh 20")
    since = len(terminal.shown)
    terminal.ctrl_c()
    terminal.until("khata>", since)
    terminal.enter("ramesh?", "₹450.00 due")
    terminal.type("\x04")
    assert terminal.process.wait(PATIENCE_S) == 0
    assert recorded(shop) == [45000]


def test_ctrl_c_at_a_question_records_nothing(shop: Counter, terminal: Terminal) -> None:
    since = len(terminal.shown)
    terminal.type("ramesh 20 upi\r")
    since = terminal.until("(Enter: none): ", since)
    terminal.ctrl_c()
    terminal.until("khata>", terminal.until("Nothing was recorded", since))
    assert recorded(shop) == [45000]


def test_tab_completes_a_name(shop: Counter, terminal: Terminal) -> None:
    if terminal.library == "neither":
        pytest.skip("nothing completes there")
    terminal.type("rame\t")
    terminal.until("ramesh Kumar", 0)
    terminal.enter("20", "on khata: ₹20.00")
    assert recorded(shop) == [45000, 2000]


def test_up_goes_back_to_what_was_typed_in_another_shell(shop: Counter, terminal: Terminal) -> None:
    if terminal.library == "neither":
        pytest.skip("nothing goes back there")
    terminal.enter("ramesh 20", "on khata: ₹20.00")
    other = Terminal(shop.home, terminal.library)
    try:
        other.until("khata>")
        other.type("\x1b[A")
        other.until("ramesh 20")
    finally:
        other.close()


def test_kill_in_the_middle_of_a_line_loses_nothing_that_was_told(shop: Counter, terminal: Terminal) -> None:
    for amount in (21, 22, 23):
        terminal.enter(f"ramesh {amount}", f"on khata: ₹{amount}.00")
    terminal.type("ramesh 24")
    terminal.until("ramesh 24")
    os.kill(terminal.process.pid, signal.SIGKILL)
    terminal.process.wait()
    assert recorded(shop) == [45000, 2100, 2200, 2300]
    assert shop("verify").code == 0
