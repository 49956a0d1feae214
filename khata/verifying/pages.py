"""One range of entries: what each of them shows by itself, and what it adds to the tally."""

from __future__ import annotations

from binascii import hexlify
from collections.abc import Sequence
from operator import gt
from typing import Any

from khata.events import codec
from khata.events.base import Event, MalformedError, Recorded, Unknown
from khata.events.book import BookOpened, ClockCorrected, CopyAdopted, CounterAdded, DetailErased, ImportStarted
from khata.events.erasure import covers_later
from khata.events.evidence import BalancesSealed, KeyLost, KeyRotated
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded
from khata.log.chain import Head, all_follow
from khata.log.errors import BookBrokenError, NewerBookError
from khata.log.merkle import root_of
from khata.postings.kinds import MONEY
from khata.store.sqlite.readonly import Pages, ReadOnlyBook
from khata.units import Seq
from khata.verifying.ids import Ids
from khata.verifying.links import Ties, check, link_to
from khata.verifying.tally import WHOLE, Tally
from khata.verifying.tree import BLOCK
from khata.views.compare import CacheLook
from khata.views.fold import Fold
from khata.views.laws import bound, gathering, plain
from khata.views.schema import MONTH, TABLES

_MONTHS = 20_000
"""Sums by party and month that are in memory at a time."""

_BEYOND = 1 << 62
"""Paise at which a sum stops: it is far beyond what it may be (docs/FORMAT.md), and msgpack has no larger numbers."""

_APART = frozenset((Unknown.KIND, ClockCorrected.KIND))
"""What an `at` may go back at, or what nothing is known of: such a range is read entry by entry."""


class Reader:
    """Reads ranges of a book, in ascending order, into a tally.

    Args:
        book: the book.
        cache: its views, or None.
        upto: the last entry up to which the cache is compared; no range may lie on both sides of it.
        ids: where the ids go.
    """

    def __init__(self, book: ReadOnlyBook, cache: CacheLook | None, upto: int, ids: Ids) -> None:
        self.tally = Tally()
        self.ids = ids
        self._made = gathering(TABLES)
        self._beyond = gathering(TABLES)
        self._book, self._cache, self._upto = book, cache, upto
        self._here: dict[int, Recorded] = {}
        self._details: dict[int, tuple[Any, ...]] = {}
        self._unsure: set[int] = set()

    def read(self, first: int, last: int) -> None:
        """Check the entries from `first` to `last`, both inclusive."""
        while first <= last:
            pages = self._book.pages(first, last)
            self._read(pages, first, pages.last)
            first = pages.last + 1

    def _read(self, pages: Pages, first: int, last: int) -> None:
        tally = self.tally
        within = last <= self._upto
        fold = Fold(self._recorded, self._made if within else self._beyond)
        self._here, self._unsure = {}, set()
        self._details = {row[0]: row for row in pages.details}
        faults = tally.fault_count
        if not self._at_once(pages, first, last, fold):
            self._walk(pages, first, last, fold)
        if pages.details_torn:
            tally.fault("details", pages.details[-1][0] + 1 if pages.details else first, "unreadable")
        for entry in self._details:
            tally.fault("details", entry, "no_commitment")
        if within and faults == tally.fault_count:
            self._compare(first, last, fold)
        if len(fold.made[MONTH.name]) > _MONTHS:
            self._sum_up()

    def gathered(self) -> Tally:
        """The tally of all that was read."""
        self._sum_up()
        for made in (self._made, self._beyond):
            bound(TABLES, made, _BEYOND)
        self.tally.made, self.tally.beyond = plain(self._made), plain(self._beyond)
        return self.tally

    def _sum_up(self) -> None:
        """Put the months of each party together: twenty years of them would fill the memory."""
        for made, sums in ((self._made, self.tally.seen), (self._beyond, self.tally.later)):
            months = made[MONTH.name]
            for (party, account, month), (debit, credit) in months.items():
                both = sums.setdefault((party, account, WHOLE if party else month), [0, 0])
                both[0] = min(both[0] + debit, _BEYOND)
                both[1] = min(both[1] + credit, _BEYOND)
            months.clear()

    def _at_once(self, pages: Pages, first: int, last: int, fold: Fold) -> bool:
        """The whole range at once, if all of it is well and known; otherwise nothing is done, and False.

        A list that is compared in one step costs a fraction of its entries' comparisons.
        """
        places = list(range(first, last + 1))
        link, at = self._seed(pages.before, first)
        if pages.torn or link is None or len(pages.entries) != len(places):
            return False
        if not all_follow(pages.entries, Head(Seq(first - 1), link)):
            return False
        recorded = self._decoded([row[1] for row in pages.entries])
        if recorded is None or [each.seq for each in recorded] != places:
            return False
        ats = [each.at for each in recorded]
        if ats[0] < at or any(map(gt, ats, ats[1:])) or not {each.event.KIND for each in recorded}.isdisjoint(_APART):
            return False
        tally = self.tally
        tally.rows += len(places)
        self.ids.add(bytes.fromhex("".join([each.id for each in recorded])))
        firsts = dict(zip([each.by for each in reversed(recorded)], reversed(places), strict=True))
        for by, seq in firsts.items():
            tally.counters_used.setdefault(by, seq)
        if len(places) == BLOCK:  # no other range is as long
            self.tally.blocks[first // BLOCK] = root_of([row[2] for row in pages.entries])
        self._here = dict(zip(places, recorded, strict=True))
        self._meaning(recorded, fold)
        return True

    def _decoded(self, bodies: list[bytes]) -> Sequence[Recorded] | None:
        """What the bodies record, if canonical bytes and meaning are all well."""
        try:
            return codec.read_many(bodies)
        except MalformedError:
            return None

    def _walk(self, pages: Pages, first: int, last: int, fold: Fold) -> None:
        """The range entry by entry, to say what is not well and where."""
        tally = self.tally
        link, at = self._seed(pages.before, first)
        ties: Ties = (hexlify(link) if link is not None else None, None)
        expected = first
        for seq, body, digest in pages.entries:
            if seq != expected:
                if seq < expected:
                    tally.fault("chain", expected, "out_of_order")
                    break
                tally.fault("chain", expected, "missing")
                ties, at = (None, None), ""
            expected = seq + 1
            tally.rows += 1
            ties = check(tally, seq, body, digest, ties)
            recorded = self._one(seq, body)
            if recorded is not None:
                self.ids.add(bytes.fromhex(recorded.id))
            if recorded is None or type(recorded.event) is Unknown:
                at = ""
                self._details.pop(seq, None)
                tally.not_money.append(seq)
                continue
            if recorded.at < at and type(recorded.event) is not ClockCorrected:
                tally.fault("chain", seq, "at_goes_back")
            at = recorded.at
            tally.counters_used.setdefault(recorded.by, seq)
            self._here[seq] = recorded
            self._meaning([recorded], fold)
        if pages.torn:
            tally.fault("chain", expected, "unreadable")
        elif expected <= last:
            tally.fault("chain", expected, "missing")

    def _one(self, seq: int, body: Any) -> Recorded | None:
        """What an entry records; None, and a fault, if it is not what an event must be."""
        if type(body) is not bytes:
            return None
        try:
            recorded = codec.read(body)
        except MalformedError as e:
            self.tally.fault("chain", seq, e.code)
            return None
        self.tally.unknown += type(recorded.event) is Unknown
        return recorded

    def _seed(self, before: tuple[Any, Any, Any] | None, first: int) -> tuple[bytes | None, str]:
        """The hash that the first entry must link to, and the `at` that it must not be earlier than."""
        link = link_to(before, first)
        if first == 1 or before is None or link is None:
            return link, ""
        try:
            recorded = codec.read(before[1])
        except MalformedError:
            return link, ""
        return link, "" if isinstance(recorded.event, Unknown) else recorded.at

    def _recorded(self, seq: Seq) -> Recorded:
        """An earlier entry, for reversals."""
        found = self._here.get(seq)
        if found is None:
            body = self._book.body(seq)
            if body is None:
                raise BookBrokenError(entry=seq, reason="no such entry")
            try:
                found = codec.read(body)
            except MalformedError as e:
                raise BookBrokenError(entry=seq, reason=e.code) from e
        return found

    def _meaning(self, many: Sequence[Recorded], fold: Fold) -> None:
        """Gather what entries say."""
        tally, details = self.tally, self._details
        imports_used, parties_used = tally.imports_used, tally.parties_used
        words: dict[Seq, dict[str, Any]] = {}
        for recorded in many:
            event, seq = recorded.event, recorded.seq
            if recorded.clock is not None and recorded.clock >= recorded.at:
                tally.fault("chain", seq, "clock_not_behind")
            if event.corrects is not None and event.corrects >= seq:
                tally.fault("chain", seq, "corrects_later")
            if event.imported is not None and event.imported.entry not in imports_used:
                imports_used[event.imported.entry] = seq
            party: int | None = getattr(event, "party", None)
            if event.KIND not in MONEY:
                party = self._about_the_book(recorded, party)
            elif party is not None and party not in parties_used:
                parties_used[party] = seq
            if event.detail is not None or seq in details:
                said = self._words(seq, event, party or 0)
                if said is not None:
                    words[seq] = said
            if type(event) is BalancesSealed:
                if event.upto >= seq:
                    tally.fault("chain", seq, "seals_later")
                seed = str(words.get(seq, {}).get("seed", ""))
                tally.seals.append((seq, event.as_on, event.leaves, event.root, event.upto, seed))
        self._fold(many, words, fold)

    def _fold(self, many: Sequence[Recorded], words: dict[Seq, dict[str, Any]], fold: Fold) -> None:
        """Fold entries in, but for reversals of nothing."""
        while many:
            before = len(fold.entries)
            try:
                fold.add(many, words)
            except (BookBrokenError, NewerBookError):
                done = len(fold.entries) - before
                self.tally.fault("chain", many[done].seq, "reverses_nothing")
                many = many[done + 1 :]
            else:
                return

    def _about_the_book(self, recorded: Recorded, party: int | None) -> int | None:
        """What moves no money by itself; returns the party whose detail it is."""
        tally, seq = self.tally, recorded.seq
        event: Any = recorded.event
        tally.not_money.append(seq)
        if isinstance(event, EntryReversed):
            tally.reversals.append((seq, event.entry))
            if event.entry < seq:
                try:
                    return getattr(self._recorded(event.entry).event, "party", None)
                except BookBrokenError:
                    return None
        elif isinstance(event, PartyAdded):
            tally.parties.append((seq, event.party))
            return party
        elif isinstance(event, CounterAdded):
            tally.counters.setdefault(event.counter, seq)
        elif isinstance(event, BookOpened):
            tally.opened.append(seq)
            tally.counters.setdefault(event.counter, seq)
            tally.continues = tally.continues or event.continues is not None
        elif isinstance(event, ImportStarted):
            tally.imports.append(seq)
        elif isinstance(event, KeyRotated | KeyLost):
            signature = event.signature if isinstance(event, KeyRotated) else ""
            tally.keys.append((seq, event.old or "", event.new, signature))
        elif isinstance(event, CopyAdopted):
            tally.adoptions.append((seq, event.size))
        elif isinstance(event, DetailErased):
            if covers_later(event, seq):
                tally.fault("chain", seq, "erases_later")
            tally.erasures.append((seq, event.party or 0, event.upto or 0, list(event.entries or ())))
        if party is not None:
            tally.parties_used.setdefault(party, seq)
        return party

    def _words(self, seq: int, event: Event, party: int) -> dict[str, Any] | None:
        """The free text of an entry, checked against its commitment."""
        tally = self.tally
        row = self._details.pop(seq, None)
        if row is None:
            tally.missing.append((seq, party))
            self._unsure.add(seq)
            return None
        _, salt, body, form = row
        tally.kept.setdefault(party, seq)
        if type(form) is not int:  # STRICT forbids it; a file whose schema was changed does not
            tally.fault("details", seq, "not_bytes")
            self._unsure.add(seq)
            return None
        if event.detail is not None and form != 0:
            tally.forms += 1
            tally.unread.append(seq)
            self._unsure.add(seq)
            return None
        try:
            words = codec.said(event.detail, salt, body)
        except MalformedError as e:
            tally.fault("details", seq, e.code)
            self._unsure.add(seq)
            return None
        tally.details += 1
        return words

    def _compare(self, first: int, last: int, fold: Fold) -> None:
        found = None
        # A cache that went further before this process opened it may have forgotten what it has not noticed.
        if self._cache is not None and self._cache.position.seq == self._upto:
            found = self._cache.differences(first, last, fold, self._unsure)
        if self._cache is None or found is None:
            self.tally.compared = False
            return
        for difference in found:
            self.tally.fault("replay", difference.entry, difference.code)
