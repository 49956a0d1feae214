"""The fold of the book into rows: what each event leaves in the views."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from khata import names
from khata.events.base import Recorded, Unknown
from khata.events.book import BookOpened, ClockCorrected, CounterAdded, DetailErased, FormatRaised, ImportStarted
from khata.events.money import EntryReversed, Goods
from khata.events.party import PartyAdded, PartyChanged
from khata.log.errors import BookBrokenError, NewerBookError
from khata.postings.base import Posting
from khata.postings.of_event import postings
from khata.units import Party, Seq
from khata.views.schema import LINES

Words = Mapping[str, Any]
Row = tuple[object, ...]


def key_rows(number: Party, record: Words) -> list[Row]:
    """The keys under which a party is found: by its exact names, by a word of them, by their sound."""
    called = [name for name in (record.get("name"), *record.get("aliases", ())) if isinstance(name, str)]
    keys = {("exact", names.exact_key(name)) for name in called}
    keys |= {("word", word) for name in called for word in names.words(name)}
    keys |= {("sound", names.sound_key(name)) for name in called}
    return [(kind, key, number) for kind, key in sorted(keys) if key]


def items_of(event: Goods, words: Words) -> str | None:
    """The items of a sale as JSON: [name, quantity in thousandths, rate in paise, amount in paise] each."""
    if event.lines is None:
        return None
    called = words.get("items") or []
    if not isinstance(called, list):
        called = []
    rows = [
        [called[i] if i < len(called) else "", line.quantity_milli, line.rate_paise, line.amount_paise]
        for i, line in enumerate(event.lines)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


Erased = tuple[Party | None, Seq | None, tuple[Seq, ...] | None]
"""A party and the entry up to which its free text is gone, or the entries whose text is."""


class Rows(NamedTuple):
    """What a fold leaves for the cache: plain values, which may cross from one process to another."""

    meta: dict[str, str]
    entries: list[Row]
    postings: list[Row]
    months: dict[tuple[int, str, str], list[int]]
    parties: dict[Party, dict[str, Any]]
    new_parties: dict[Party, Row]
    largest: dict[Party, int]
    last: dict[Party, Seq]
    reversed: list[tuple[Seq, Seq]]
    counters: list[Row]
    imports: list[Row]
    clocks: list[Row]
    erasures: list[Erased]


class Fold:
    """Rows for the cache, gathered from recorded events in order.

    Args:
        recorded: gives an earlier entry of the book, for reversals of what lies before this fold.
    """

    def __init__(self, recorded: Callable[[Seq], Recorded]) -> None:
        self._recorded = recorded
        self.meta: dict[str, str] = {}
        self.entries: list[Row] = []
        self.postings: list[Row] = []
        self.months: dict[tuple[int, str, str], list[int]] = {}
        self.parties: dict[Party, dict[str, Any]] = {}
        self.new_parties: dict[Party, Row] = {}
        self.largest: dict[Party, int] = {}
        self.last: dict[Party, Seq] = {}
        self.reversed: list[tuple[Seq, Seq]] = []
        self.counters: list[Row] = []
        self.imports: list[Row] = []
        self.clocks: list[Row] = []
        self.erasures: list[Erased] = []
        self._lately: dict[Seq, Sequence[Posting]] = {}

    def rows(self) -> Rows:
        """What has been gathered."""
        return Rows(*(getattr(self, name) for name in Rows._fields))

    def _earlier(self, seq: Seq) -> Sequence[Posting]:
        made = self._lately.get(seq)
        if made is None:
            made = postings(self._recorded(seq).event, _never)
        return made

    def add(self, recorded: Recorded, words: Words | None) -> None:
        """Fold in one event. Raises NewerBookError for one whose meaning is not known."""
        event, seq = recorded.event, recorded.seq
        if type(event) is Unknown:
            raise NewerBookError(entry=seq, kind=event.kind, v=event.v)
        made = postings(event, self._earlier)
        party: Party | None = None
        amount = getattr(event, "amount_paise", None)
        note = items = None
        if words:
            note = words.get("note") or words.get("reason")
            if isinstance(event, Goods):
                items = items_of(event, words)
        elif isinstance(event, Goods) and event.lines:
            items = items_of(event, {})
        reverses = None
        if made:
            party = self._post(recorded, made)
            if type(event) is EntryReversed:
                reverses = event.entry
                self.reversed.append((seq, reverses))
            elif party is not None and amount is not None and amount > self.largest.get(party, 0):
                self.largest[party] = amount
        else:
            party = getattr(event, "party", None)
            self._about_the_book(recorded, words or {})
        if party is not None:
            self.last[party] = seq
        imported = event.imported or (None, None)
        self.entries.append(
            (
                seq,
                bytes.fromhex(recorded.id),
                event.KIND,
                recorded.on,
                recorded.at,
                recorded.by,
                party,
                amount,
                getattr(event, "ref", None),
                reverses,
                event.corrects,
                *imported,
                note,
                items,
            )
        )

    def _post(self, recorded: Recorded, made: Sequence[Posting]) -> Party | None:
        seq, on = recorded.seq, recorded.on
        month, place = on[:7], seq * LINES
        months, add = self.months, self.postings.append
        found = None
        for account, party, amount in made:
            add((place, seq, on, account, party, amount))
            place += 1
            key = (party or 0, account, month)
            if party is not None:
                found = party
            sums = months.get(key)
            if sums is None:
                sums = months[key] = [0, 0]
            if amount > 0:
                sums[0] += amount
            else:
                sums[1] -= amount
        self._lately[seq] = made
        return found

    def _about_the_book(self, recorded: Recorded, words: Words) -> None:
        event = recorded.event
        if isinstance(event, PartyAdded | PartyChanged):
            if isinstance(event, PartyAdded):
                self.new_parties[event.party] = (event.party, recorded.id, recorded.seq)
            self.parties[event.party] = {"record": dict(words), "entry": recorded.seq}
        elif isinstance(event, ImportStarted):
            self.imports.append((recorded.seq, event.sha256, event.rows, event.profile, words.get("file")))
        elif isinstance(event, CounterAdded):
            self.counters.append((event.counter, words.get("counter"), recorded.seq))
        elif isinstance(event, ClockCorrected):
            self.clocks.append((recorded.seq, recorded.at))
        elif isinstance(event, DetailErased):
            self.erasures.append((event.party, event.upto, event.entries))
        elif isinstance(event, BookOpened):
            self._opened(recorded, event, words)
        elif isinstance(event, FormatRaised):
            self.meta["min_writer"] = str(event.min_writer)

    def _opened(self, recorded: Recorded, event: BookOpened, words: Words) -> None:
        self.counters.append((event.counter, words.get("counter"), recorded.seq))
        self.meta |= {
            "book": event.book,
            "shop": event.shop,
            "lang": event.lang,
            "opened_on": recorded.on,
            "opened_at": recorded.at,
            "min_writer": str(event.min_writer),
        }
        for key, value in (("state", event.state), ("gstin", event.gstin), ("upi", words.get("upi"))):
            if value:
                self.meta[key] = value


def _never(seq: Seq) -> Sequence[Posting]:
    raise BookBrokenError(entry=seq, reason="a reversal is reversed")
