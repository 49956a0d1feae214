"""The imperative shell: lock, state at the head, decide, append, commit; then the views catch up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from khata.events import base
from khata.events.base import Recorded
from khata.events.book import FormatRaised
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded
from khata.grammar.days import business_day, business_day_of
from khata.log.book import Book, Reading
from khata.log.chain import EMPTY, Head
from khata.log.errors import BookBrokenError, BookError, BusyError, NewerBookError, ViewsDifferError
from khata.pen import Pen
from khata.questions.state import State
from khata.rules.base import AlreadyRecorded, Command, Draft
from khata.rules.book import ClockBehind, FixClock, OpenBook, new_counter
from khata.rules.decide import decide
from khata.rules.erasure import DeclareLost
from khata.rules.locking import on_open_days
from khata.rules.refused import Refused
from khata.rules.slips import Doubt, Slip, slips
from khata.store.anchor import Anchor
from khata.store.dry_run import dry_running
from khata.units import Day, Party, Seq
from khata.views.cache import Cache, CacheError
from khata.views.catch_up import LARGE, Reach, belongs, catch_up, nothing_astray, rebuild

T = TypeVar("T")

HELD_BACK = timedelta(hours=24)
"""A clock less than this behind the last entry is held at it; more, and one of the two is wrong (docs/FORMAT.md)."""

CATCH_UPS = 3
"""How often a long tail is folded outside the lock, before it is folded under it after all."""


class Till(NamedTuple):
    """The counter that records: its name, and its 8 hex; None where the book is to be asked who has that name."""

    name: str
    by: str | None = None


KEPT = 16
"""Entries that an outcome keeps whole; an import only counts them."""
LISTED = 1_000
"""Slips of rows that came from a file, which somebody looks through."""


class MovedDay(NamedTuple):
    """An entry was for the day `on`, which is locked (`upto`), and stands on the day `today`."""

    on: Day
    upto: Day
    today: Day


class Outcome:
    """What came of commands: the first entries recorded, one recorded by an earlier try, counts, and slips.

    `moved`: the last of them that was for a locked day, and `moved_entries` how many were.
    `entry` is the last entry that they made, or else that of the earlier try; `party`, `name` and `balance_paise` are
    those of its party once everything counts (paise, positive when the party owes the shop; 0 for nobody's).
    """

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self.already: Seq | None = None
        self.slips: list[Slip] = []
        self.slips_by_code: dict[str, int] = {}
        self.entries_with_slips = 0
        self.rows_with_slips: list[tuple[int, Slip]] = []
        self.parties_added: list[Recorded] = []
        self.total = 0
        self.moved: MovedDay | None = None
        self.moved_entries = 0
        self.entry: Recorded | None = None
        self.party: Party | None = None
        self.name: str | None = None
        self.balance_paise = 0

    @property
    def made(self) -> Recorded:
        """The entry that the command made, or that an earlier try of it did; one that is not refused has one."""
        assert self.entry is not None  # noqa: S101 - `settle` looked it up
        return self.entry

    def note(self, recorded: Recorded, found: list[Slip]) -> None:
        """Count one entry."""
        self.total += 1
        self.entry = recorded
        if len(self.recorded) < KEPT:
            self.recorded.append(recorded)
        if isinstance(recorded.event, PartyAdded):
            self.parties_added.append(recorded)
        if found:
            self.entries_with_slips += 1
            for slip in found:
                self.slips_by_code[slip.code] = self.slips_by_code.get(slip.code, 0) + 1
                if len(self.slips) < KEPT:
                    self.slips.append(slip)
                if recorded.event.imported is not None and len(self.rows_with_slips) < LISTED:
                    self.rows_with_slips.append((recorded.event.imported.row, slip))

    def settle(self, state: State) -> None:
        """Look at the party of the last entry, now that everything counts."""
        if self.entry is None and self.already is not None:
            self.entry = state.recorded(self.already)
        event = self.entry.event if self.entry else None
        if isinstance(event, EntryReversed) and (original := state.recorded(event.entry)) is not None:
            event = original.event
        self.party = getattr(event, "party", None)
        known = state.party(self.party) if self.party is not None else None
        if known is not None:
            self.name, self.balance_paise = known.name, known.balance_paise


class _Behind(Exception):  # noqa: N818 - no error
    """The views are behind: the book is let go of, and nothing is committed."""


class Books:
    """A book and its views, joined: what `handle` writes to and questions are put to.

    Args:
        store: the book.
        cache: opens its views.
        now: the clock, an aware instant in UTC.
        new_id: 32 random hex.
        till: the counter that records.
        anchor: what this machine wrote last, kept outside the book; None to do without.
        no_doubts: whether an entry that looks mistyped is refused.

    Attributes:
        meant: the head that the last commit was to leave; None before the first one began.
        checkpoint_due: whether one of the commits was the first of its day, or a whole file.
    """

    def __init__(
        self,
        store: Book,
        cache: Callable[[], Cache],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        till: Till,
        anchor: Anchor | None = None,
        *,
        no_doubts: bool = False,
    ) -> None:
        self.no_doubts = no_doubts
        self.store, self.now, self.new_id, self.till, self.anchor = store, now, new_id, till, anchor
        self.meant: Head | None = None
        self.checkpoint_due = False
        self._views_belong = False
        self._open_cache = cache
        self._cache: Cache | None = None

    @property
    def cache(self) -> Cache:
        """The views, opened at the first use."""
        if self._cache is None:
            self._cache = self._open_cache()
        return self._cache

    def catch_up(self, *, at_most: int | None = None) -> Reach:
        """Fold what the book has added into the views; later, where it is held and there are none yet."""
        try:
            return catch_up(self.store, self.cache, at_most=at_most)
        except BusyError:
            return Reach(EMPTY, held=True)

    def follow(self) -> None:
        """Bring the views up after a commit: whatever is wrong with them now is the next question's to say."""
        with suppress(BookError, OSError, CacheError):
            self.catch_up(at_most=LARGE)

    def rebuild(self) -> None:
        """Replay the book into new views. Raises BusyError, BookBrokenError, NewerBookError."""
        rebuild(self.store, self.cache)

    @contextmanager
    def writing(self) -> Iterator[Pen]:
        """The book, held; what the pen wrote is committed when the block ends well.

        If the views are behind, the book is let go again and they catch up first: folding under the lock would hold up
        every counter. What little comes in while they do is folded under it, and after some tries everything is.
        """
        for tries_left in reversed(range(CATCH_UPS + 1)):
            most = 0 if tries_left == CATCH_UPS else LARGE
            with suppress(_Behind), self.store.writing() as pages, self._views_stand_still(pages) as lag:
                if tries_left and lag > most:
                    raise _Behind
                pen = Pen(pages, self.now(), self.new_id)
                before = pen.head
                yield pen
                pen.flush()
                self.meant = pen.head if pen.head != before else None
                return
            self.catch_up()

    @contextmanager
    def dry_running(self) -> Iterator[Pen]:
        """A block in which the pen records into a dry run: every rule is asked, and the book stays as it is."""
        self.catch_up()
        with self.store.reading() as reading, dry_running(reading) as pages, self._views_stand_still(pages):
            pen = Pen(pages, self.now(), self.new_id)
            yield pen
            pen.flush()

    @contextmanager
    def _views_stand_still(self, reading: Reading) -> Iterator[int]:
        """How many entries the views are behind: all, where they are of another history, and then they serve nobody."""
        # Another process may bring the views up meanwhile: what is folded over them would count twice.
        self.cache.stand_still()
        try:
            head, seen = reading.head(), self.cache.standing()
            nothing_astray(reading, head)
            self._views_belong = belongs(seen, reading)
            yield head.seq - (seen.position.seq if self._views_belong else 0)
        finally:
            self.cache.move_on()

    def state_at(self, pen: Pen) -> State:
        """What the rules may ask, at the head of a held book."""
        # The book could not be asked while another process held it, and may be another than the views know.
        views = self.cache if self._views_belong else Cache(None)
        state = State(views.connection, pen.reading, business_day(self.now()), pen.at)
        state.by = pen.by = self.till.by or state.counter_named(self.till.name) or self.new_id()[:8]
        if state.min_writer > base.FORMAT:
            raise NewerBookError(min_writer=state.min_writer)
        state.check_counter()
        if self.anchor is not None:
            state.missed = self.anchor.missed(state.book, pen.reading)
        return state


def handle(commands: Iterable[Command], books: Books, *, dry_run: bool = False, typed: bool = False) -> Outcome:
    """Record what the commands ask for: all of it, or nothing.

    Args:
        commands: one sale, or a million rows; taken one by one, each decided on what those before it recorded.
        books: where.
        dry_run: decide everything and record nothing (`--dry-run`, and what would be asked on a terminal).
        typed: whether a person typed it by itself: for a day that is locked it goes on today's.

    Raises:
        Refused: by the rules; nothing is recorded.
        BookError: the book or the machine is at fault.
    """
    outcome = Outcome()
    with _deciding(books, dry_run=dry_run) as (state, pen):
        for command in commands:
            _carry_out(command, state, pen, books, outcome, typed=typed)
        outcome.settle(state)
    return outcome


def handle_together(commands: Iterable[Command], books: Books, *, dry_run: bool = False) -> list[Outcome]:
    """As `handle`: all of it, or nothing; but tells what came of each command."""
    asked = list(commands)

    def together() -> list[Outcome]:
        with _deciding(books, dry_run=dry_run) as (state, pen):
            return [_outcome(command, state, pen, books) for command in asked]

    return _with_sound_views(books, together)


def handle_each(commands: Iterable[Command], books: Books, *, dry_run: bool = False) -> list[Outcome | Refused]:
    """Record what the commands ask for in one commit; one that is refused stands in the way of no other.

    The views do not follow by themselves: of a line after the other, each next one brings them up before it is read.

    Returns:
        For each command what came of it, in their order.

    Raises:
        BookError: the book or the machine is at fault; nothing is recorded.
    """
    asked = list(commands)

    def each() -> list[Outcome | Refused]:
        found: list[Outcome | Refused] = []
        with _deciding(books, dry_run=dry_run, follow=False) as (state, pen):
            for command in asked:
                try:
                    # A rule refuses before anything is appended, so that nothing of a refused command is in the pen.
                    found.append(_outcome(command, state, pen, books))
                except Refused as e:
                    found.append(e)
        return found

    return _with_sound_views(books, each)


def _with_sound_views(books: Books, act: Callable[[], T]) -> T:
    """What an act gives; where the views turn out to be changed, they are built anew and it is done again."""
    try:
        return act()
    except (ViewsDifferError, CacheError):  # nothing is recorded: after the commit the views are nobody's trouble
        books.rebuild()
        return act()


def _outcome(command: Command, state: State, pen: Pen, books: Books) -> Outcome:
    outcome = Outcome()
    _carry_out(command, state, pen, books, outcome)
    outcome.settle(state)
    return outcome


@contextmanager
def _deciding(books: Books, *, dry_run: bool, follow: bool = True) -> Iterator[tuple[State, Pen]]:
    """The book's facts at its head, and the pen; after the commit the mark follows, and the views if they are to."""
    with books.dry_running() if dry_run else books.writing() as pen:
        state = books.state_at(pen)
        given_up, before = state.missed, pen.head
        yield state, pen
    if dry_run:
        return
    if pen.head != before and pen.last_at is not None and business_day_of(pen.last_at) != state.today:
        books.checkpoint_due = True
    if books.anchor is not None and pen.head != before:
        books.anchor.advance(state.book, pen.head, given_up)
    if follow:
        books.follow()


def _carry_out(
    command: Command, state: State, pen: Pen, books: Books, outcome: Outcome, *, typed: bool = False
) -> None:
    """Append what a command decides. Raises Refused, BookBrokenError before the first append."""
    if not state.head and not isinstance(command, OpenBook):
        raise BookBrokenError(entry=1, reason="not opened")  # a file with the tables of a book, and nothing in them
    decision = decide(command, state)
    if isinstance(decision, AlreadyRecorded):
        outcome.already = decision.entry
        stored, upto = state.recorded(decision.entry), state.locked_before(decision.entry)
        if stored is not None and upto is not None and command.on is not None and command.on != stored.on:
            outcome.moved = MovedDay(command.on, upto, stored.on)  # whoever lost the first answer reads it in this one
        return
    _check_clock(command, pen)
    if state.lost is not None and not isinstance(command, DeclareLost):
        raise BookBrokenError(entry=state.lost, reason="detail_missing")
    open_days = on_open_days(decision, command, state, typed=typed)
    if open_days.moved is not None and state.locked_upto is not None:
        outcome.moved_entries += open_days.moved_entries
        outcome.moved = MovedDay(open_days.moved, state.locked_upto, state.today)
    drafts = _introduced(open_days.drafts, state, books.till.name)
    if books.no_doubts:
        _without_doubt(drafts, state, command.meant)
    for draft in drafts:
        found = slips(draft, state, command.meant)
        recorded = pen.append(draft)
        state.apply(recorded, draft.words, bulk=command.BULK)
        outcome.note(recorded, found)


def _without_doubt(drafts: list[Draft], state: State, meant: frozenset[str]) -> None:
    """Raise Doubt for the first slip of what somebody typed."""
    for draft in drafts:
        if draft.event.imported is None:
            for slip in slips(draft, state, meant):
                raise Doubt(slip)


def _introduced(drafts: Sequence[Draft], state: State, name: str) -> list[Draft]:
    """The drafts, after the events that must come before them.

    Those declare this counter, if the book does not know it, and say which version of the format is needed from here
    on, if that is a newer one: an older khata then stops, where it would overlook what it does not know.
    """
    if not state.head:
        return list(drafts)
    before = [new_counter(state.by, name, state)] if state.counter_name(state.by) is None else []
    needed = max((draft.event.NEEDS for draft in drafts), default=1)
    if needed > state.min_writer:
        before.append(Draft(FormatRaised(min_reader=needed, min_writer=needed), state.today))
    return [*before, *drafts]


def _check_clock(command: Command, pen: Pen) -> None:
    if pen.clock is None or isinstance(command, FixClock):
        return
    behind = datetime.fromisoformat(pen.at) - datetime.fromisoformat(pen.clock)
    if behind >= HELD_BACK:
        raise ClockBehind(clock=pen.clock, last_at=pen.at)
