"""What comes from outside: the clock, ids, streams, files and the words of a language. Made once, carried in ctx.obj.

This is where rules, views and store are joined.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from khata.cli.places import Places
from khata.cli.refusals import NotAgreed, UnknownLanguage
from khata.grammar.days import business_day
from khata.grammar.text import LONGEST_NAME, clean_text
from khata.i18n.messages import Words, choose_language, words_for
from khata.log.chain import Head
from khata.log.errors import BookError, BusyError
from khata.rules.refused import Refused
from khata.store.anchor import Anchor
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import check_file
from khata.units import Day
from khata.views.about import About, about
from khata.views.cache import Cache, Connection, discard, path_for
from khata.views.catch_up import catch_up

if TYPE_CHECKING:
    from khata.render.terminal.table import Table
    from khata.shell import Books, Who

IMPORT_WAIT_S, COUNTER_WAIT_S = 120.0, 30.0
TELL_AFTER_S = 1.0


@dataclass
class Streams:
    """Where a command reads and writes, and whether a person sits there."""

    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]
    asks: bool
    terminal: bool
    width: int | None = None


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


def real_now() -> datetime:
    """The clock: the one place where it is read."""
    return datetime.now(UTC)  # noqa: TID251 - this is Env.now


def real_id() -> str:
    """128 random bits as 32 hex."""
    return os.urandom(16).hex()


def _login(environ: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if environ.get(name):
            return environ[name]
    import pwd

    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return "counter"


@dataclass
class Env:
    """The surroundings of one command.

    Attributes:
        environ: environment variables.
        now: an aware instant in UTC.
        new_id: 32 random hex.
        streams: where to read and write.
        options: the options that every command takes, as they were typed.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    now: Callable[[], datetime] = real_now
    new_id: Callable[[], str] = real_id
    streams: Streams = field(default_factory=real_streams)
    options: dict[str, Any] = field(default_factory=dict)
    # Set once the command is known, for the JSON envelope.
    command: str = "status"
    reach_held: bool = False
    missed: Head | None = None
    recorded: bool = False
    args: list[str] = field(default_factory=list)

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
    def asks(self) -> bool:
        """Whether questions can be put: a person at a terminal, and no script reading."""
        return self.streams.asks and not self.json

    def option(self, name: str) -> Any:
        """An option's value as typed; None if it was not."""
        return self.options.get(name)

    # --- where and when

    @cached_property
    def places(self) -> Places:
        """The folders of this user."""
        return Places(self.environ, _login(self.environ))

    @property
    def today(self) -> Day:
        """The business day of the clock."""
        return business_day(self.now())

    @property
    def today_date(self) -> date:
        """The same, as a date."""
        return date.fromisoformat(self.today)

    @cached_property
    def book_path(self) -> Path:
        """The book that is meant. Raises SeveralBooks, NoBookError."""
        return self.places.book(self.option("book"))

    # --- the book

    @cached_property
    def store(self) -> SqliteBook:
        """The book's file."""
        return SqliteBook(self.book_path, self._waiting)

    @cached_property
    def anchor(self) -> Anchor:
        """What this machine wrote last."""
        return Anchor(self.places.anchors, self.book_path)

    @cached_property
    def cache_path(self) -> Path:
        """Where its views are kept."""
        return path_for(self.places.cache, self.book_path)

    @cached_property
    def cache(self) -> Cache:
        """Its views."""
        return Cache(self.cache_path)

    @cached_property
    def books(self) -> Books:
        """The book and its views, joined for writing. A question does without, and so without the rules."""
        from khata.shell import Books

        return Books(self.store, lambda: self.cache, self.now, self.new_id, self.who, self.anchor)

    @property
    def looked(self) -> bool:
        """Whether the views were opened: a complaint never opens a book."""
        return "cache" in self.__dict__

    def turn_to(self, path: str | Path) -> None:
        """From here on that book is meant; what was looked at before, for the language, is let go of."""
        if self.looked:
            self.cache.close()
        for name in (
            "book_path",
            "store",
            "anchor",
            "cache_path",
            "cache",
            "books",
            "importing_marker",
            "about",
            "words",
        ):
            self.__dict__.pop(name, None)
        self.options["book"] = str(path)

    def close(self) -> None:
        """Let go of the book and its views."""
        for name in ("cache", "store"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()
        self.__dict__.pop("books", None)

    def drop_views(self) -> None:
        """Delete the cache file: what its pages and its log still hold of a name goes with it."""
        self.cache.close()
        discard(self.cache_path)
        self.__dict__.pop("cache", None)
        self.__dict__.pop("books", None)

    @property
    def who(self) -> Who:
        """The counter that types."""
        from khata.shell import Who

        name = self.option("by") or self.environ.get("KHATA_BY")
        if name:
            return Who(clean_text(name, what="counter", longest=LONGEST_NAME))
        return Who(self.places.login, self.places.counter(self.new_id()))

    @cached_property
    def importing_marker(self) -> Path:
        """The file that says that an import holds the book."""
        return self.cache_path.with_suffix(".importing")

    def _waiting(self, waited_s: float) -> float:
        from khata.store.importing_marker import is_held

        importing = is_held(self.importing_marker)
        if waited_s > TELL_AFTER_S and not self.options.get("told"):
            self.options["told"] = True
            self.say_aside("busy.import" if importing else "busy.counter")
        return IMPORT_WAIT_S if importing else COUNTER_WAIT_S

    def ask_views(self) -> Connection:
        """The views' connection, caught up; `reach_held` says whether the book was held by somebody."""
        check_file(self.book_path)  # before the cache: a book that is not there leaves no trace
        self.reach_held = catch_up(self.store, self.cache).held
        # The book may just have been met for the first time, and with it its language.
        self.__dict__.pop("about", None)
        self.missed = self._missed()
        if "words" in self.__dict__ and self.words.language != (self._book_language() or self.words.language):
            del self.__dict__["words"]
        return self.cache.connection

    def _missed(self) -> Head | None:
        """What this machine wrote last in this book, where the file at hand does not have it."""
        if self.about is not None and not self.reach_held:
            mark = self.anchor.read(self.about.book)
            if mark is not None and mark.head != self.cache.position():
                with suppress(BusyError), self.store.reading() as reading:
                    return self.anchor.missed(self.about.book, reading)
        return None

    @cached_property
    def about(self) -> About | None:
        """What is known of the book, as far as its views reach."""
        return about(self.cache.connection)

    # --- words

    @cached_property
    def words(self) -> Words:
        """The language: asked for, the book's, the machine's."""
        book = self._book_language()
        try:
            language = choose_language(self.option("lang"), self.environ, book)
        except LookupError as e:
            self.options["lang"] = None
            self.environ = {name: value for name, value in self.environ.items() if name != "KHATA_LANG"}
            raise UnknownLanguage(language=str(e.args[0])) from e
        return words_for(language, strict=bool(self.environ.get("KHATA_DEBUG")))

    def _book_language(self) -> str | None:
        """The book's language, as far as its views have been made; no book is opened for it."""
        with suppress(Refused, BookError, OSError):
            if self.looked or self.cache_path.exists():
                return self.about.lang if self.about else None
        return None

    def say(self, key: str, /, **facts: object) -> str:
        """A sentence of the catalog, with amounts, days and names as a person reads them."""
        from khata.cli.speech import spoken

        return self.words.say(key, **spoken(facts, self.words))

    # --- streams

    def say_aside(self, key: str, /, **facts: object) -> None:
        """Say something on stderr, unless `-q`."""
        if not self.quiet:
            self.err(self.say(key, **facts))

    def out(self, text: str) -> None:
        """A line on stdout."""
        from khata.render.terminal.text import harmless

        print(harmless(text), file=self.streams.stdout)

    def err(self, text: str, end: str = "\n") -> None:
        """A line on stderr."""
        from khata.render.terminal.text import harmless

        print(harmless(text), end=end, file=self.streams.stderr, flush=True)

    def show(self, table: Table) -> None:
        """A table on stdout: laid out for a terminal, or for a pipe without any control code."""
        if not self.streams.terminal:
            self.streams.stdout.write(table.plain())
            return
        from khata.render.terminal.console import make_console

        table.print(
            make_console(
                self.streams.stdout,
                terminal=True,
                width=self.streams.width,
                no_color="NO_COLOR" in self.environ,
            )
        )

    def agree(self, key: str, /, **facts: object) -> None:
        """Ask for a yes; `--yes` is one. Raises NotAgreed on a no, or where nobody can be asked."""
        if self.option("yes"):
            return
        question = self.say(key, **facts)
        if not self.asks:
            raise NotAgreed(question=question)
        if self._answer(question + " " + self.say("ask.yes_no") + " ").lower() not in self.say("ask.yes").split():
            raise NotAgreed(question=question, answered=True)

    def choose(self, key: str, choices: list[str], /, **facts: object) -> int | None:
        """Ask for one of several by number; Enter is none of them. None where nobody can be asked."""
        if not self.asks:
            return None
        self.err(self.say(key, **facts))
        for number, choice in enumerate(choices, 1):
            self.err(f"  {number}  {choice}")
        answer = self._answer(self.say("ask.number") + " ")
        return int(answer) - 1 if answer in map(str, range(1, len(choices) + 1)) else None

    def ask_text(self, key: str) -> str:
        """Ask for a line of text; "" where nobody can be asked."""
        return self._answer(self.say(key) + " ") if self.asks else ""

    def _answer(self, prompt: str) -> str:
        self.err(prompt, end="")
        return self.streams.stdin.readline().strip()
