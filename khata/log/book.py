"""What every store of a book can do, whatever it is kept in."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from khata.log.chain import Entry, Head
from khata.units import Seq

BookLocator = tuple[str, str, str]
"""How another process opens a book: a module, a name in it, and what that is called with (a path)."""


class Conflict(Exception):  # noqa: N818 - a name of the trade: somebody else appended first
    """The entries do not follow the head that the book has now."""


class Detail(NamedTuple):
    """The free text of one entry, which may be erased: salt (16 bytes) and canonical bytes; `form` is 0."""

    entry: Seq
    salt: bytes
    body: bytes
    form: int = 0


class Reading(Protocol):
    """A book as one moment shows it."""

    def head(self) -> Head:
        """The last entry's place and hash."""

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries from `first` to `last`, both inclusive, in order, as they are stored."""

    def details(self, first: int, last: int) -> Iterator[Detail]:
        """Details of the entries from `first` to `last`, both inclusive, in order."""

    def overfull(self, after: int) -> bool:
        """Whether the entries after one have more bytes than there is room for, so that nobody should read them."""


class Writing(Reading, Protocol):
    """A book that this process alone may add to until the block ends."""

    def append(self, entries: Sequence[Entry], details: Iterable[Detail] = ()) -> None:
        """Add entries and their details. Raises Conflict unless they follow the head."""

    def erase(self, entries: Iterable[Seq]) -> None:
        """Delete the details of these entries, so that their bytes are gone from the file."""


class Book(Protocol):
    """A book that can be read and added to."""

    def elsewhere(self) -> BookLocator | None:
        """How another process opens the same book; None for one that no other process sees."""

    def reading(self) -> AbstractContextManager[Reading]:
        """A block in which the book stands still."""

    def writing(self) -> AbstractContextManager[Writing]:
        """A block whose appends all last when it ends well, and none when it raises."""
