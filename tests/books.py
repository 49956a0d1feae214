"""How tests make books: small builders that read like a shop's day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from khata.events import codec
from khata.events.base import Event, Recorded
from khata.events.book import BookOpened
from khata.events.money import SaleRecorded
from khata.log.book import Book, Detail
from khata.log.chain import EMPTY, Entry, Head, broken, seal
from khata.pen import stamp
from khata.rules.base import Command, Named, Who
from khata.rules.book import OpenBook
from khata.rules.goods import RecordSale
from khata.rules.importing import FileRow, RecordRows
from khata.rules.money import ReceivePayment
from khata.store.memory import MemoryBook
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.units import At, Day, Paise, Party, Seq
from khata.views.cache import Cache, path_for
from khata.writing import Books, Outcome, handle
from khata.writing import Till as Counter

MORNING = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
"""Ten o'clock in the shop."""

TODAY = Day("2026-11-22")
BOOK_ID = "b0" * 16
COUNTER = "c0ffee00"
SHOP = "Sharma Kirana Store"
OPENING: dict[str, Any] = {
    "book": BOOK_ID,
    "counter": COUNTER,
    "shop": SHOP,
    "lang": "en",
    "currency": "INR",
    "zone": "+05:30",
    "min_reader": 1,
    "min_writer": 1,
}
"""The fields of the first entry of a book."""
_MACHINES = count()
"""No two of them give the same id."""


@dataclass
class Clock:
    """A clock that goes on by a second with each look at it, unless it is set."""

    now: datetime = MORNING
    step: timedelta = timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now

    def set(self, **change: float) -> None:
        """Put the clock forward or back: `set(hours=-3)`."""
        self.now += timedelta(**change)


@dataclass
class Ids:
    """32 hex, another one each time, the same ones in each run."""

    seed: str = "ids"
    count: int = 0

    def __call__(self) -> str:
        self.count += 1
        return event_id(f"{self.seed} {self.count}")


def event_id(of: object) -> str:
    """32 hex, always the same for the same thing."""
    return hashlib.sha256(str(of).encode()).hexdigest()[:32]


def opening_command(name: str = "Ravi") -> OpenBook:
    return OpenBook(book=BOOK_ID, shop=SHOP, lang="en", counter_name=name)


def first_entry(at: datetime = MORNING, **changes: Any) -> tuple[Entry, Detail]:
    """The one entry of a new book, and its detail."""
    salt, words = b"s" * 16, codec.detail_body({"counter": "Ravi"})
    event = BookOpened(**OPENING | changes)
    event.detail = codec.commitment(salt, words)
    recorded = Recorded(Seq(1), stamp(at), TODAY, COUNTER, event_id("the first"), event)
    return seal(codec.encode(recorded, EMPTY.hash.hex()), EMPTY), Detail(Seq(1), salt, words)


def next_entry(head: Head, event: Event, *, at: datetime = MORNING, on: Day = TODAY, by: str = COUNTER) -> Entry:
    """An entry that follows a head, made without asking any rule."""
    recorded = Recorded(Seq(head.seq + 1), stamp(at), on, by, event_id(("next", head.seq)), event)
    return seal(codec.encode(recorded, head.hash.hex()), head)


def new_file(path: Path) -> Path:
    """A new book file with its first entry."""
    entry, detail = first_entry()
    create(path, [entry], [detail])
    return path


@dataclass
class Shop:
    """A book, its views, its clock: what a test records with and asks.

    `record` takes commands as they are; `sell`, `receive` are for the most common ones.
    """

    store: Book
    cache: Callable[[], Cache] = field(default=lambda: Cache(None))
    clock: Clock = field(default_factory=Clock)
    ids: Ids = field(default_factory=Ids)
    till: Counter = field(default_factory=lambda: Counter("Ravi", COUNTER))

    def __post_init__(self) -> None:
        self.books = Books(self.store, self.cache, self.clock, self.ids, self.till)

    def record(self, *commands: Command) -> Outcome:
        return handle(commands, self.books)

    def at_counter(self, name: str, by: str | None = None) -> Shop:
        """The same book as another person types into it, with views of their own."""
        return Shop(self.store, lambda: Cache(None), self.clock, self.ids, Counter(name, by))

    def sell(self, who: str, rupees: int, **more: Any) -> Outcome:
        return self.record(sale(who, rupees, **more))

    def receive(self, who: str, rupees: int, **more: Any) -> Outcome:
        return self.record(payment(who, rupees, **more))

    def close_views(self) -> None:
        """Let go of the views; the next use opens them again."""
        if self.books._cache is not None:
            self.books._cache.close()
            self.books._cache = None

    def entries(self) -> list[Entry]:
        with self.store.reading() as reading:
            return list(reading.entries(1, reading.head().seq))

    def details(self) -> list[Detail]:
        with self.store.reading() as reading:
            return list(reading.details(1, reading.head().seq))

    def recorded(self) -> list[Recorded]:
        return [codec.read(entry.body) for entry in self.entries()]

    def kinds(self) -> list[str]:
        return [recorded.event.KIND for recorded in self.recorded()]

    def party(self, name: str) -> Party:
        """The number of the party that has this name."""
        self.books.catch_up()
        rows = self.books.cache.connection.execute("SELECT party, record FROM party").fetchall()
        (found,) = [number for number, record in rows if f'"{name}"' in record]
        return Party(found)

    def balances(self) -> dict[int, int]:
        """What each party owes in paise, by number; zero left out."""
        self.books.catch_up()
        return balances_in(self.books.cache)


def balances_in(cache: Cache) -> dict[int, int]:
    """What each party owes in paise according to these views; zero left out."""
    rows = cache.connection.execute(
        "SELECT party, sum(debit_paise - credit_paise) FROM entry WHERE debit_paise IS NOT NULL"
        " GROUP BY party ORDER BY party"
    )
    return {party: total for party, total in rows if total}


def in_memory(**more: Any) -> Shop:
    """A shop with a book in memory, opened."""
    shop = Shop(MemoryBook(), **more)
    shop.record(opening_command())
    return shop


def on_disk(path: Path, cache_folder: Path, **more: Any) -> Shop:
    """A shop with the book file at `path` (made if it is not there) and its cache in `cache_folder`."""
    if not path.exists():
        new_file(path)
    more.setdefault("ids", Ids(f"machine {next(_MACHINES)}"))
    return Shop(SqliteBook(path), lambda: Cache(path_for(cache_folder, path)), **more)


def rs(rupees: int) -> Paise:
    return Paise(rupees * 100)


def named(name: str) -> Named:
    """A party by name, added if nobody has it."""
    return Named(name, add=True)


def sale(who: str | Who | None, rupees: int, **more: Any) -> RecordSale:
    return RecordSale(party=named(who) if isinstance(who, str) else who, amount_paise=rs(rupees), **more)


def payment(who: str | Who, rupees: int, **more: Any) -> ReceivePayment:
    return ReceivePayment(party=named(who) if isinstance(who, str) else who, amount_paise=rs(rupees), **more)


def file_rows(*rows: FileRow) -> RecordRows:
    """Rows of the file whose import has begun."""
    return RecordRows(rows=rows)


def file_row(number: int, party: int, rupees: int, new: str | None = None, **more: Any) -> FileRow:
    """A sale in a row of a file; `new` is the name of the party that it declares."""
    words = {"note": more.pop("note")} if "note" in more else None
    event = SaleRecorded(amount_paise=rs(rupees), party=Party(party), ref=more.pop("ref", None))
    return FileRow(number, more.pop("on", TODAY), event, words, named(new) if new else None)


def at(text: str) -> At:
    """`2026-11-22 10:30` in UTC as the book writes it."""
    return stamp(datetime.fromisoformat(text).replace(tzinfo=UTC))


def faults_of(entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """Where a chain does not hold; nothing for a good one."""
    before = EMPTY
    for entry in entries:
        why = broken(entry, before)
        if why is not None:
            yield entry.seq, why
        before = Head(entry.seq, entry.hash)


TABLES = {
    "meta": "key",
    "entry": "seq",
    "party": "party",
    "name_key": "kind, key, party",
    "counter": "by",
    "import": "entry",
    "clock": "seq",
    "month": "party, account, month",
}
"""The tables of the views, and an order of their rows."""


def contents(cache: Cache) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the views."""
    return {
        table: cache.connection.execute(f'SELECT * FROM "{table}" ORDER BY {order}').fetchall()
        for table, order in TABLES.items()
    }
