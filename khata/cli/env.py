"""What comes from outside: clock, ids, streams, files and the words of a language. Made once, carried in ctx.obj."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from khata.api.desk import Desk, real_id, real_now
from khata.cli.refusals import NextLine, NotAgreed, UnknownChoice, UnknownLanguage
from khata.i18n.messages import Words, choose_language, code_of, languages, words_for
from khata.log.errors import BookError
from khata.rules.refused import Refused
from khata.views.cache import CacheError, Connection

if TYPE_CHECKING:
    from khata.api.asked import ToCome
    from khata.render.cell import Cell
    from khata.render.terminal.table import Table

TELL_AFTER_S, STOPPED_WAIT_S = 1.0, 5.0

ASKED = 3
"""How often a question is put before what was typed counts as no."""
YES, NO = ("y", "yes"), ("n", "no")  # in every language
DIGITS = ("latin", "native")
SPEAKING = ("lang", "digits", "compact", "plain")
"""The options on which it depends how anything is said: once one changes, `Env.words` is made anew."""


class Streams(NamedTuple):
    """Where a command reads and writes, and whether a person sits there."""

    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]
    asks: bool
    terminal: bool
    width: int | None = None
    height: int | None = None

    def size(self, environ: Mapping[str, str]) -> tuple[int, int]:
        """The columns and rows of the terminal: as the environment says, as the terminal says, or 80 by 24."""
        asked = os.terminal_size((80, 24))
        for stream in (self.stdout, self.stderr):
            with suppress(OSError, ValueError):  # no terminal, or nothing that the machine knows
                asked = os.get_terminal_size(stream.fileno())
                break
        said = [environ.get(name, "") for name in ("COLUMNS", "LINES")]
        columns, rows = [int(each) if each.isdecimal() and int(each) else 0 for each in said]
        return self.width or columns or asked.columns or 80, self.height or rows or asked.lines or 24


def real_streams() -> Streams:
    """The process's own."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started us
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            # An old locale has no ₹: that must not look as if a sale had failed.
            stream.reconfigure(errors="backslashreplace")
    return Streams(
        sys.stdin,
        sys.stdout,
        sys.stderr,
        asks=sys.stdin.isatty() and sys.stderr.isatty(),
        terminal=sys.stdout.isatty(),
    )


def _harmless(text: str, columns: int | None) -> str:
    """A text that no terminal obeys, folded for one, also where there is no room for one more module."""
    try:
        from khata.render.text import harmless, wrapped
    except (ImportError, OSError, MemoryError):
        return ascii(text)
    return harmless(text) if columns is None else wrapped(harmless(text), columns)


class Env(Desk):
    """The surroundings of one command.

    Attributes:
        environ: environment variables.
        now: an aware instant in UTC.
        new_id: 32 random hex.
        streams: where to read and write.
        options: the options that every command takes, as they were typed.
        args: the words of the command.

    The environment and the streams are the process's own where none are given.
    """

    # Set once the command is known, for the JSON envelope.
    command: str = "status"
    recorded: bool = False
    # Whether what was asked for is done, and only what follows from it is not.
    done: bool = False
    # What was asked for and is still to come: it is said with the answer.
    to_come: ToCome | None = None
    # In a batch: whether a line of it is being read, and the views in which the names of a group are looked for.
    on_line: bool = False
    views_kept: Connection | None = None
    # Whether what answers no question is the next line: at a counter nothing that is typed is lost.
    in_shell: bool = False

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = real_now,
        new_id: Callable[[], str] = real_id,
        streams: Streams | None = None,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(dict(os.environ) if environ is None else environ, now, new_id, options)
        self.streams = real_streams() if streams is None else streams
        self.args: list[str] = []

    # --- options

    @property
    def json(self) -> bool:
        """Whether one JSON envelope is all that may stand on stdout."""
        return bool(self.options.get("json"))

    @property
    def quiet(self) -> bool:
        """Whether only what was asked for may be said."""
        return bool(self.options.get("quiet"))

    @property
    def plain(self) -> bool:
        """Whether answers are listened to: a fact a line, no table, no colour."""
        return bool(self.options.get("plain") or self.environ.get("KHATA_PLAIN", "0") not in ("", "0"))

    @property
    def asks(self) -> bool:
        """Whether questions can be put: a person at a terminal, and no script reading."""
        return self.streams.asks and not self.json

    @contextmanager
    def line(self, words: Sequence[str] = ()) -> Iterator[None]:
        """A block for one line of a batch: options of its own, and nobody is asked."""
        options, streams = self.options, self.streams
        self.options = {
            name: options[name]
            for name in ("book", "by", "lang", "digits", "compact", "plain", "no_doubts")
            if name in options
        } | {"quiet": True}
        self.streams, self.args, self.on_line = streams._replace(asks=False), list(words), True
        self.to_come = None
        try:
            yield
        finally:
            self.options, self.streams, self.on_line = options, streams, False

    def waiting(self, waited_s: float) -> float:
        """How many seconds to wait in all for the book's lock; after the first, the person is told for whom."""
        if waited_s > TELL_AFTER_S and not self.options.get("told"):
            self.options["told"] = True
            self.say_aside("busy.import" if self.held_by_import() else "busy.counter")
        return super().waiting(waited_s)

    def ask_views(self, *, wait: bool = False) -> Connection:
        """The views' connection, caught up; the book may just have been met, and with it its language."""
        if self.views_kept is not None:
            return self.views_kept
        views = super().ask_views(wait=wait)
        self._heed_erasures()
        if "words" in self.__dict__ and self.words.language != (self._book_language() or self.words.language):
            del self.__dict__["words"]
        return views

    def close(self) -> None:
        """Let go of the book and its views."""
        self._heed_erasures()
        super().close()

    def _heed_erasures(self) -> None:
        """Once somebody was forgotten, here or by another counter: delete what else this user keeps of the name."""
        if not self.looked or not self.cache.purged or self.about is None:
            return
        from khata.views.leftovers import clear

        self.cache.purged = False
        self.places.drop_history()
        clear(self.places.cache, self.about.book, self.cache_path)

    # --- words

    @cached_property
    def words(self) -> Words:
        """The language: asked for (of several the first), the book's, the machine's."""
        book = self._book_language()
        try:
            language = choose_language(next(iter(self.languages_asked), None), self.environ, book)
        except LookupError as e:
            self.options["lang"] = None
            self.environ = {name: value for name, value in self.environ.items() if name != "KHATA_LANG"}
            raise UnknownLanguage(language=str(e.args[0]), languages=languages()) from e
        return self._words_for(language)

    def _words_for(self, language: str) -> Words:
        return words_for(
            language,
            strict=bool(self.environ.get("KHATA_DEBUG")),
            native=self._native,
            compact=bool(self.option("compact")),
            aloud=self.plain,
        )

    @property
    def languages_asked(self) -> list[str]:
        """The languages of `--lang`, each once: several for what is handed out, one for all else."""
        return [*dict.fromkeys(map(code_of, filter(None, (self.option("lang") or "").split(","))))]

    @property
    def all_words(self) -> list[Words]:
        """The languages that were asked for, `--lang hi,en`. Raises UnknownLanguage."""
        further = self.languages_asked[1:]
        if unknown := [each for each in further if each not in languages()]:
            raise UnknownLanguage(language=unknown[0], languages=languages())
        return [self.words, *map(self._words_for, further)]

    def words_of(self, language: str | None) -> list[Words]:
        """The languages of what is handed out to somebody: those asked for, else his own, else the shop's."""
        if language is None or self.option("lang") or language not in languages():
            return self.all_words
        return [self._words_for(language)]

    @property
    def _native(self) -> bool:
        """Whether amounts and days are written in the digits of the language."""
        digits = self.option("digits") or self.environ.get("KHATA_DIGITS") or DIGITS[0]
        if digits not in DIGITS:
            self.options["digits"] = DIGITS[0]  # the refusal itself is said in these
            raise UnknownChoice(value=digits, known=list(DIGITS))
        return bool(digits == "native")

    def _book_language(self) -> str | None:
        """The book's language, as far as its views have been made; no book is opened for it."""
        with suppress(Refused, BookError, OSError, CacheError):
            if self.looked or self.cache_path.exists():
                return self.about.lang if self.about else None
        return None

    def say(self, key: str, /, **facts: object) -> str:
        """A sentence of the catalog, with amounts, days and names as a person reads them."""
        from khata.cli.speech import spoken

        return self.words.say(key, **spoken(facts, self.words))

    @property
    def committing(self) -> bool:
        """Whether a commit has begun in this command, so that it must not be done once more."""
        books = self.__dict__.get("books")
        return self.done or (books is not None and books.meant is not None)

    def stopped(self) -> dict[str, object]:
        """What Ctrl-C came too late for. Nobody guesses whether something was recorded: the book is asked."""
        books = self.__dict__.get("books")
        if books is None or books.meant is None:
            return {"what": "done"} if self.done else {}
        self.store.close()  # a transaction that was not committed any more goes with it
        try:
            with self.store.reading(wait_s=STOPPED_WAIT_S) as reading:
                found = [*reading.entries(books.meant.seq, books.meant.seq)]
        except (BookError, OSError):
            return {"what": "unknown"}
        return {"what": "recorded", "entry": found[0].seq} if found and found[0].hash == books.meant.hash else {}

    # --- streams

    def say_aside(self, key: str, /, **facts: object) -> None:
        """Say something on stderr, unless `-q`."""
        if not self.quiet:
            self.err(self.say(key, **facts))

    def out(self, text: str, *, folded: bool = True) -> None:
        """A line on stdout; on a terminal folded at words, unless it is for a program."""
        from khata.render.text import harmless, wrapped

        text = self._read(harmless(text))
        if folded and self.streams.terminal and not self.json and not self.plain:
            text = wrapped(text, self.streams.size(self.environ)[0])
        print(text, file=self.streams.stdout)

    def out_cells(self, cells: Sequence[Cell]) -> None:
        """Cells after each other in a line on stdout, in their colours where a terminal has them and room for all."""
        from khata.render.cell import coloured
        from khata.render.text import width

        text = "".join(each.text for each in cells)
        plain = self.plain or "NO_COLOR" in self.environ or self.environ.get("TERM", "dumb") == "dumb"
        if not self.streams.terminal or plain or width(text) > self.streams.size(self.environ)[0]:
            self.out(text)
        else:
            print(coloured(cells), file=self.streams.stdout)

    def err(self, text: str, end: str = "\n") -> None:
        """A line on stderr, if anybody can be told: what was done is not undone because nobody can."""
        text = self._read(text) + (" " if text.endswith(" ") and self.plain else "")
        with suppress(OSError):
            print(_harmless(text, self._columns_of(self.streams.stderr)), end=end, file=self.streams.stderr, flush=True)

    def _read(self, text: str) -> str:
        """As it is read aloud, if it is; else as it is."""
        if not self.plain or self.json:
            return text
        from khata.render.line import spoken

        comma = self.say("word.comma")
        return "\n".join([spoken(line, comma) for line in text.split("\n")])

    def _columns_of(self, stream: IO[str]) -> int | None:
        """The cells in a line of a stream; None if it is no terminal."""
        return self.streams.size(self.environ)[0] if stream.isatty() and not self.plain else None

    def show(self, table: Table) -> None:
        """A table on stdout: laid out for a terminal, or for a pipe without any control code."""
        if self.plain:
            self.streams.stdout.write(table.aloud(self.say("word.comma")))
        elif self.streams.terminal:
            self._lay_out(table, self.streams.stdout)
        else:
            self.streams.stdout.write(table.plain())

    def show_aside(self, table: Table) -> None:
        """The same on stderr."""
        if self.plain:
            self.err(table.aloud(self.say("word.comma")), end="")
        elif self.streams.stderr.isatty():
            with suppress(OSError):
                self._lay_out(table, self.streams.stderr)
        else:
            self.err(table.plain(), end="")

    def _lay_out(self, table: Table, stream: IO[str]) -> None:
        from khata.render.terminal.console import make_console

        no_color = "NO_COLOR" in self.environ
        table.print(make_console(stream, terminal=True, size=self.streams.size(self.environ), no_color=no_color))

    def agree(self, key: str, /, **facts: object) -> None:
        """Ask for a yes; `--yes` is one. Raises NotAgreed on a no, or where nobody can be asked."""
        if self.option("yes") or self.option("dry_run"):
            return
        question = self.say(key, **facts)
        if not self.asks:
            raise NotAgreed(question=question)
        for _ in range(ASKED):
            answer = self._answer(question + " " + self.say("ask.yes_no") + " ")
            word = answer.lower()
            if word in (*YES, *self.say("ask.yes").split()):
                return
            if not word or word in (*NO, *self.say("ask.no").split()):
                break
            self._neither(answer)
        raise NotAgreed(question=question, answered=True)

    def _neither(self, answer: str, key: str = "ask.again", **facts: object) -> None:
        """What was typed is no answer: in the shell it is the next line, else it is asked again. Raises NextLine."""
        if self.in_shell:
            raise NextLine(answer)
        self.say_aside(key, typed=answer, **facts)

    def choose(self, key: str, choices: list[str], /, **facts: object) -> int | None:
        """Ask for one of several by number; Enter is none of them. None where nobody can be asked."""
        if not self.asks or self.option("dry_run"):
            return None
        self.err(self.say(key, **facts))
        for number, choice in enumerate(choices, 1):
            self.err(f"  {number}  {choice}")
        for _ in range(ASKED):
            answer = self._answer(self.say("ask.number") + " ")
            if answer in map(str, range(1, len(choices) + 1)):
                return int(answer) - 1
            if not answer or answer.lower() in (*NO, *self.say("ask.no").split()):
                break
            self._neither(answer, "ask.again_number", last=len(choices))
        return None

    def ask_text(self, key: str) -> str:
        """Ask for a line of text; "" where nobody can be asked."""
        return self._answer(self.say(key) + " ") if self.asks else ""

    def _answer(self, prompt: str) -> str:
        self.err(prompt, end="")
        from khata.cli.lines import wait_for

        wait_for(self.streams.stdin)
        return self.streams.stdin.readline().strip()
