"""Reading a line from a person: with prompt_toolkit where it is installed, else with readline, else as it comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from select import select
from typing import Any, Protocol

from khata.cli.env import Streams
from khata.cli.lines import wait_for
from khata.cli.refusals import CutOff

AT_ONCE_S = 0.02
"""Nobody types a whole further line in so short a time: it was pasted."""

QUIET_S = 0.1
"""After so long without a further line a pasted block has ended."""

Offers = Callable[[str], Sequence[str]]
"""Given a line up to the cursor: what Tab may make of it, as whole lines."""


class Keyboard(Protocol):
    """Where lines come from."""

    def line(self, prompt: str, text: str = "") -> str:
        """The next line. Lines that arrived together are given together, with their line ends.

        Args:
            prompt: what stands before it.
            text: what Enter alone gives back. It does not stand in the line: whoever types on types the next one.

        Raises:
            EOFError: there are no more.
            CutOff: there are no more, and the last one has no end.
            KeyboardInterrupt: Ctrl-C: the line is not wanted.
        """

    def remember(self, line: str) -> None:
        """Let Up go back to this line."""


class PlainKeyboard:
    """Lines as they come, from any stream."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def line(self, prompt: str, text: str = "") -> str:
        """The next line."""
        print(prompt, end="", file=self._streams.stderr, flush=True)
        wait_for(self._streams.stdin)
        typed = self._streams.stdin.readline()
        if not typed:
            raise EOFError
        if not typed.endswith("\n"):  # of `ramesh 450` this may be `ramesh 45`
            raise CutOff(line=typed)
        return _or(text, typed + rest_of_block(self._streams.stdin))

    def remember(self, line: str) -> None:
        """Nothing goes back here."""


class ReadlineKeyboard:
    """Lines edited with GNU readline, or what Python has in its place."""

    def __init__(self, past: Sequence[str], offers: Offers) -> None:
        import readline

        self._readline: Any = readline
        self._offers, self._found = offers, [""]
        readline.set_auto_history(False)
        for each in past:
            readline.add_history(each)
        readline.set_completer_delims("")  # Tab is asked about whole lines
        readline.set_completer(self._offered)
        readline.parse_and_bind("tab: complete")

    def line(self, prompt: str, text: str = "") -> str:
        """The next line."""
        typed = input(prompt)
        return _or(text, typed + "\n" + rest_of_block(sys.stdin))

    def remember(self, line: str) -> None:
        """Let Up go back to this line."""
        self._readline.add_history(line)

    def _offered(self, text: str, state: int) -> str | None:
        if not state:
            self._found = list(self._offers(text))
        return self._found[state] if state < len(self._found) else None


def _or(text: str, typed: str) -> str:
    return text if text and not typed.strip() else typed


def rest_of_block(stream: Any, wait_s: float = AT_ONCE_S) -> str:
    """Further lines that are there already, so that they were pasted."""
    try:
        fd = stream.fileno()
    except (OSError, ValueError):
        return ""
    found = b""
    while select([fd], [], [], QUIET_S if found else wait_s)[0]:
        chunk = os.read(fd, 1 << 16)
        if not chunk:
            break
        found += chunk
    return found.decode("utf-8", "replace").replace("\r", "\n")


class OneAnswer:
    """A stream from which questions are answered: lines that arrive together with an answer make it none."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def fileno(self) -> int:
        """Its number. Raises OSError for a text in memory."""
        number: int = self._stream.fileno()
        return number

    def readline(self) -> str:
        """The next line; "" for a pasted block, all of which is dropped."""
        answer: str = self._stream.readline()
        return "" if rest_of_block(self._stream).strip() else answer
