"""A book in memory: for tests, and for what goes on from a real one without touching it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from khata.log.book import Conflict, Detail, Reading
from khata.log.chain import EMPTY, Entry, Head
from khata.units import Seq


class MemoryReading:
    """Entries and details in memory, after those of another book where there is one."""

    def __init__(self, before: Reading | None = None) -> None:
        self._before = before
        self._base = before.head() if before else EMPTY
        self._entries: list[Entry] = []
        self._details: dict[int, Detail] = {}
        self._erased: set[int] = set()

    def head(self) -> Head:
        """The last entry's place and hash."""
        return Head(self._entries[-1].seq, self._entries[-1].hash) if self._entries else self._base

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries from `first` to `last`, inclusive."""
        base = self._base.seq
        if self._before is not None and first <= base:
            yield from self._before.entries(first, min(last, base))
        yield from self._entries[max(0, first - base - 1) : max(0, last - base)]

    def details(self, first: int, last: int) -> Iterator[Detail]:
        """Details of the entries from `first` to `last`, inclusive."""
        if self._before is not None and first <= self._base.seq:
            for detail in self._before.details(first, min(last, self._base.seq)):
                if detail.entry not in self._erased:
                    yield detail
        for entry in sorted(self._details):
            if first <= entry <= last:
                yield self._details[entry]

    def overfull(self, after: int) -> bool:  # noqa: ARG002 - of a file
        """What is in memory is there once."""
        return False

    def append(self, entries: Sequence[Entry], details: Iterable[Detail] = ()) -> None:
        """Add entries that follow the head."""
        if entries and entries[0].seq != self.head().seq + 1:
            raise Conflict(entries[0].seq)
        self._entries += entries
        self._details.update({detail.entry: detail for detail in details})

    def erase(self, entries: Iterable[Seq]) -> None:
        """Forget details."""
        for entry in entries:
            self._details.pop(entry, None)
            self._erased.add(entry)


class MemoryBook:
    """A whole book in memory."""

    def __init__(self) -> None:
        self._pages = MemoryReading()

    def elsewhere(self) -> None:
        """No other process sees it."""

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A block in which the book stands still."""
        yield self._pages

    @contextmanager
    def writing(self) -> Iterator[MemoryReading]:
        """A block whose appends all last when it ends well, and none when it raises."""
        pages = MemoryReading(self._pages)
        yield pages
        head, new = self._pages.head(), pages.head()
        self._pages.append(list(pages.entries(head.seq + 1, new.seq)), list(pages.details(head.seq + 1, new.seq)))
        self._pages.erase(Seq(entry) for entry in pages._erased)  # noqa: SLF001 - one class, one house
