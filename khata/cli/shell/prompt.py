"""Reading a line with prompt_toolkit. Loaded only where the extra `shell` is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead

from khata.cli.shell.keyboard import Offers, rest_of_block
from khata.render.text import uncertain


class _Past(InMemoryHistory):
    """Lines that Up goes back to: those that were remembered, not every one that Enter ended."""

    def append_string(self, string: str) -> None:
        """Not this way: a pasted block is none."""

    def remember(self, line: str) -> None:
        """Let Up go back to this line."""
        super().append_string(line)


class _Tab(Completer):
    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002 - prompt_toolkit's signature
        before = document.text_before_cursor
        for each in self._offers(before):
            yield Completion(each, start_position=-len(before))


class PromptKeyboard:
    """Lines edited with prompt_toolkit: names are offered below the line, and a pasted block comes as one."""

    def __init__(self, past: Sequence[str], offers: Offers) -> None:
        self._past = _Past(list(past))
        self._session: PromptSession[str] = PromptSession(
            history=self._past, completer=_Tab(offers), complete_while_typing=False
        )

    def line(self, prompt: str, text: str = "") -> str:
        """The next line."""
        # The cursor goes back over it by a count of cells that terminals make otherwise; what it is was said above.
        shown = "" if uncertain(text) else text
        typed = self._session.prompt(prompt, placeholder=shown) or text
        keys = get_typeahead(self._session.app.input)
        further = "".join(key.data for key in keys)
        if keys and "\r" not in further and "\n" not in further:
            store_typeahead(self._session.app.input, keys)  # the beginning of the next line, typed fast
            return typed
        return typed + "\n" + further.replace("\r", "\n") + rest_of_block(sys.stdin)

    def remember(self, line: str) -> None:
        """Let Up go back to this line."""
        self._past.remember(line)
