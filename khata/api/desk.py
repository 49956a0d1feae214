"""A book on the desk: its file, its views, its mark and who writes in it, each opened at its first use.

This is where rules, views and store are joined.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khata.api.places import Places
from khata.grammar.days import business_day
from khata.grammar.text import LONGEST_NAME, clean_text
from khata.log.book import BookLocator, Reading
from khata.log.chain import EMPTY, Head
from khata.log.errors import BookBrokenError, BusyError
from khata.rules.refused import UnknownEntry, UnknownParty
from khata.store.anchor import Anchor, Mark
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import check_file
from khata.store.sqlite.turns import Waiting
from khata.units import Day
from khata.views.about import About, about
from khata.views.cache import Cache, CacheError, Connection, path_for
from khata.views.catch_up import Reach, Readable, catch_up, rebuild
from khata.views.cut import first_lost

if TYPE_CHECKING:
    from khata.writing import Books, Till

IMPORT_WAIT_S, COUNTER_WAIT_S = 120.0, 30.0

TRIES = 10
"""How often others may put new views in the place of those that a question has just brought up."""


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


class Glance:
    """A book as a question looks at it: a counter that is saving is waited for a moment, an import not at all.

    Args:
        store: the book.
        for_long: whether whoever holds it will hold it for longer than a moment.
    """

    def __init__(self, store: SqliteBook, for_long: Callable[[], bool]) -> None:
        self._store, self._for_long = store, for_long

    def elsewhere(self) -> BookLocator:
        """How another process opens the same book."""
        return self._store.elsewhere()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A block in which the book stands still. Raises BusyError if another process holds it."""
        with ExitStack() as stack:
            try:
                reading = stack.enter_context(self._store.reading(wait_s=0))
            except BusyError:
                if self._for_long():
                    raise
                reading = stack.enter_context(self._store.reading())
            yield reading


class Patient:
    """A book as a writer looks at it: whoever holds it is waited for."""

    def __init__(self, store: SqliteBook, waiting: Waiting) -> None:
        self._store, self._waiting = store, waiting

    def elsewhere(self) -> BookLocator:
        """How another process opens the same book."""
        return self._store.elsewhere()

    def reading(self) -> AbstractContextManager[Reading]:
        """A block in which the book stands still. Raises BusyError if another process holds it for too long."""
        return self._store.reading(waiting=self._waiting)


class Desk:
    """A book, its views and its mark.

    Attributes:
        environ: environment variables.
        now: an aware instant in UTC.
        new_id: 32 random hex.
        options: what was asked for by name: `book` (a path), `by` (the counter's name).
        reach_held: whether the last question found the book held by another process.
        views_differed: whether the views had been changed by somebody, and were built anew.
        missed: what this machine wrote last, where the last question did not find it in the book.
        other_book: what it wrote last at this path, where that is another book.
    """

    environ: Mapping[str, str]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    options: dict[str, Any]
    reach_held: bool = False
    views_differed: bool = False
    missed: Head | None = None
    other_book: Head | None = None

    def __init__(
        self,
        environ: Mapping[str, str],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        options: Mapping[str, Any],
    ) -> None:
        self.environ, self.now, self.new_id, self.options = environ, now, new_id, dict(options)

    def option(self, name: str) -> Any:
        """What was asked for under a name; None if nothing was."""
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
        """The business day of the clock, as a date."""
        return date.fromisoformat(self.today)

    @cached_property
    def book_path(self) -> Path:
        """The book that is meant. Raises SeveralBooks, NoBookError."""
        return self.places.book(self.option("book"))

    # --- the book

    @cached_property
    def store(self) -> SqliteBook:
        """The book's file."""
        return SqliteBook(self.book_path, self.waiting)

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
        from khata.writing import Books

        return Books(
            self.store,
            lambda: self.cache,
            self.now,
            self.new_id,
            self.till,
            self.anchor,
            no_doubts=bool(self.option("no_doubts")) or self.environ.get("KHATA_NO_DOUBTS", "") not in ("", "0"),
        )

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

    def rebuild_views(self) -> None:
        """Replay the book into new views. Raises BusyError, BookBrokenError, NewerBookError."""
        check_file(self.book_path)
        rebuild(self._glance, self.cache)

    @property
    def till(self) -> Till:
        """The counter that types."""
        from khata.writing import Till

        name = self.option("by") or self.environ.get("KHATA_BY")
        if name:
            return Till(clean_text(name, what="counter", longest=LONGEST_NAME))
        return Till(self.places.login, self.places.counter(self.new_id()))

    @cached_property
    def importing_marker(self) -> Path:
        """The file that says that an import holds the book."""
        return self.cache_path.with_suffix(".importing")

    def waiting(self, waited_s: float) -> float:  # noqa: ARG002 - whoever tells a person looks at it
        """How many seconds to wait in all for the book's lock, after so many."""
        return IMPORT_WAIT_S if self.held_by_import() else COUNTER_WAIT_S

    def held_by_import(self) -> bool:
        """Whether an import holds the book."""
        from khata.store.importing_marker import is_held

        return is_held(self.importing_marker)

    def ask_views(self, *, wait: bool = False) -> Connection:
        """The views' connection, caught up; `reach_held` says whether the book was held by somebody.

        With `wait` whoever holds the book is waited for, as before an entry is recorded.

        What is asked through it is answered from one moment, until the next call, the next entry, or `let_go`: how
        far the views reach and what they come to are looked up one after the other, and other counters save meanwhile.

        Raises:
            BusyError: it is held, and there are no views yet that could answer; with `wait`, for too long.
            BookBrokenError, NewerBookError: what the book says cannot be believed, or not be known.
        """
        check_file(self.book_path)  # before the cache: a book that is not there leaves no trace
        if self.looked and self.cache.replaced():
            self.__dict__.pop("cache").close()
            self.__dict__.pop("books", None)
        try:
            self.reach_held = self._caught_up(wait=wait).held
            lost = first_lost(self.cache.connection)
        except CacheError:  # somebody took a table from them, or a page is damaged
            self.rebuild_views()
            self.views_differed = True
            self.reach_held = self._caught_up(wait=wait).held
            lost = first_lost(self.cache.connection)
        if lost is not None:
            raise BookBrokenError(path=str(self.book_path), entry=lost, reason="detail_missing")
        # The book may just have been met for the first time.
        self.__dict__.pop("about", None)
        book = self.about.book if self.about is not None else ""
        mark = self.anchor.read(book)
        self.missed = self._missed(book, mark)
        self.other_book = self._other_book(book, mark)
        return self.cache.connection

    @property
    def _glance(self) -> Glance:
        return Glance(self.store, self.held_by_import)

    def _caught_up(self, *, wait: bool) -> Reach:
        book: Readable = Patient(self.store, self.waiting) if wait else self._glance
        for _ in range(TRIES):
            reach = catch_up(book, self.cache)
            if reach.position == EMPTY:
                raise BookBrokenError(path=str(self.book_path), entry=1, reason="not_opened")
            self.cache.stand_still()
            # Another process may have put other views in the place of these meanwhile, which reach less far.
            seen = self.cache.standing()
            if seen.usable and seen.position.seq >= reach.position.seq:
                return reach
        raise BusyError(path=str(self.book_path), reason="the views were replaced at every try")

    def certain(self, error: Exception) -> Exception:
        """An error, or what is to be said in its place: of a held book it is not known that somebody is not there."""
        if self.reach_held and isinstance(error, UnknownParty | UnknownEntry):
            return BusyError(path=str(self.book_path), what="not_known")
        return error

    def let_go(self) -> None:
        """No question is being answered any more."""
        if self.looked:
            self.cache.move_on()

    def _missed(self, book: str, mark: Mark | None) -> Head | None:
        """What this machine wrote last in this book, where the file at hand does not have it."""
        if mark is not None and not self.reach_held and mark.head != self.cache.position():
            with suppress(BusyError), self.store.reading() as reading:
                return self.anchor.missed(book, reading)
        return None

    def _other_book(self, book: str, mark: Mark | None) -> Head | None:
        """What this machine wrote last in another book at this path, unless it has written in this one here since."""
        if not book or (mark is not None and self.anchor.is_here(mark)):
            return None
        here = self.anchor.here()
        return here[1].head if here is not None and here[0] != book else None

    @cached_property
    def about(self) -> About | None:
        """What is known of the book, as far as its views reach."""
        return about(self.cache.connection)
