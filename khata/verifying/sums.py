"""Whether what each account was debited and credited fits: docs/FORMAT.md bounds both, so that every sum fits.

Both only ever grow. So the whole book is looked at first, and the entry is looked for only where something is beyond.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from khata.events import codec
from khata.events.base import MalformedError
from khata.events.money import EntryReversed
from khata.postings.base import PARTY, Posting
from khata.postings.kinds import postings
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import LARGEST, Seq
from khata.verifying.stored import recorded
from khata.verifying.tally import AccountMonths

STEP = 1024
"""Entries that are read at a time."""


class Sums:
    """What each account was debited and credited in all, in paise; those of parties are one account together.

    That bounds each of them, too: none is larger than all of them.
    """

    def __init__(self, *parts: AccountMonths) -> None:
        self._sums: dict[str, list[int]] = {}
        for months in parts:
            for (party, account, _), (debit, credit) in months.items():
                self._add(PARTY if party else account, debit, credit)

    def _add(self, account: str, debit: int, credit: int) -> None:
        sums = self._sums.setdefault(account, [0, 0])
        sums[0] += debit
        sums[1] += credit

    def add(self, made: Iterable[Posting]) -> None:
        """Add what an entry does."""
        for account, party, paise in made:
            self._add(PARTY if party is not None else account, max(paise, 0), max(-paise, 0))

    def fit(self) -> bool:
        """Whether none is larger than 2^53 - 1."""
        return all(max(sums) <= LARGEST for sums in self._sums.values())


def first_beyond(pages: ReadOnlyBook, before: AccountMonths, first: int, last: int) -> int | None:
    """The first entry with which a sum is beyond; None if none is.

    Args:
        pages: the book.
        before: the sums of the entries before `first`.
        first: the first entry to look at.
        last: the last one, inclusive. What cannot be read does nothing.
    """
    sums = Sums(before)
    for start in range(first, last + 1, STEP):
        for seq, body, _ in pages.entries(start, min(last, start + STEP - 1))[1]:
            if type(body) is not bytes:
                continue
            with suppress(MalformedError):
                event = codec.read(body).event
                if isinstance(event, EntryReversed) and event.entry >= seq:
                    continue
                sums.add(postings(event, lambda entry: _of_the_original(pages, entry)))
                if not sums.fit():
                    return int(seq)
    return None


def _of_the_original(pages: ReadOnlyBook, entry: Seq) -> Sequence[Posting]:
    found = recorded(pages, entry)
    return postings(found.event, lambda _: []) if found is not None else []
