"""What other processes do to the views after a tail was read and before its rows are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from khata.log.book import Reading
from khata.log.chain import Entry
from khata.log.errors import BookBrokenError
from khata.store.memory import MemoryBook
from khata.views.cache import Cache, discard
from khata.views.catch_up import catch_up
from tests.any_book import Deed, entries_of
from tests.on_paper import Paper
from tests.views.test_accounts import EVERY_KIND, assert_accounts

MINE = entries_of(EVERY_KIND)
OTHER = entries_of([Deed("sale_recorded", 1, 900 + number, 17) for number in range(len(MINE))])
SEEN = len(MINE) - 5
"""How far the views reach when the tail is read."""


class Watched:
    """A book; something happens, once, when it has been read and let go."""

    def __init__(self, entries: Sequence[Entry], then: Callable[[], object]) -> None:
        self._book, self._then = of(entries), [then]

    def elsewhere(self) -> None:
        """No other process sees it."""

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._book.reading() as reading:
            yield reading
        if self._then:
            self._then.pop()()


def of(entries: Sequence[Entry]) -> MemoryBook:
    """A book of these entries."""
    book = MemoryBook()
    with book.writing() as writing:
        writing.append(entries)
    return book


@pytest.mark.parametrize(
    "then",
    [
        lambda path: catch_up(of(MINE), Cache(path)),
        lambda path: catch_up(of(MINE[: SEEN + 2]), Cache(path)),
        lambda path: catch_up(of(MINE[: SEEN - 2]), Cache(path)),
        lambda path: catch_up(of(OTHER), Cache(path)),
        discard,
    ],
    ids=["caught up", "caught up in part", "of an older copy", "of another history", "deleted"],
)
def test_what_others_made_of_the_views_is_looked_at_again(tmp_path: Path, then: Callable[[Path], object]) -> None:
    path = tmp_path / "views.sqlite"
    cache = Cache(path)
    catch_up(of(MINE[:SEEN]), cache)
    catch_up(Watched(MINE, lambda: then(path)), cache)
    assert_accounts(cache, Paper(entry.body for entry in MINE))


def test_views_of_another_history_that_end_where_the_tail_begins_are_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "views.sqlite"
    cache = Cache(path)
    catch_up(of(MINE[:SEEN]), cache)
    with suppress(BookBrokenError):
        catch_up(Watched(MINE, lambda: catch_up(of(OTHER[:SEEN]), Cache(path))), cache)
    again = Cache(path)
    catch_up(of(MINE), again)
    assert_accounts(again, Paper(entry.body for entry in MINE))
