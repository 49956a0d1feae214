"""The fold of the book into rows: what each event leaves in the views."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from khata import names
from khata.events.base import Recorded, Unknown
from khata.events.book import BookOpened, ClockCorrected, CounterAdded, DetailErased, FormatRaised, ImportStarted
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded, PartyChanged
from khata.log.errors import BookBrokenError, NewerBookError
from khata.postings.base import Posting
from khata.postings.of_event import postings
from khata.units import Party, Seq

if TYPE_CHECKING:
    from khata.events.everyday import Everyday

Words = Mapping[str, Any]
Row = tuple[object, ...]


def key_rows(number: Party, record: Words) -> Iterator[Row]:
    """The keys under which a party is found: by its exact names, by a word of them, by their sound."""
    called = [name for name in (record.get("name"), *record.get("aliases", ())) if isinstance(name, str)]
    # One kind after the other: a record may have a million aliases.
    yield from (("exact", key, number) for key in sorted({names.exact_key(name) for name in called}) if key)
    yield from (("sound", key, number) for key in sorted({names.sound_key(name) for name in called}) if key)
    yield from (("word", key, number) for key in sorted({word for name in called for word in names.words(name)}))


def _text(event: Any, words: Words) -> tuple[str | None, str | None]:
    """The note of an entry, and its items as JSON: [name, quantity in thousandths, rate and amount in paise] each."""
    note = words.get("note") or words.get("reason")
    lines = getattr(event, "lines", None)
    if not lines:
        return note, None
    called = words.get("items") or []
    if not isinstance(called, list):
        called = []
    rows = [
        [called[i] if i < len(called) else "", line.quantity_milli, line.rate_paise, line.amount_paise]
        for i, line in enumerate(lines)
    ]
    return note, json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


_Posted = tuple[Party | None, int | None, int | None, str]
"""Whose account it is, what that is debited and credited in paise (None: nobody's), and all postings as JSON:
[account, paise] each, as the names of accounts need no escapes."""

_NONE: Words = {}

Erased = tuple[Party | None, Seq | None, tuple[Seq, ...] | None]
"""A party and the entry up to which its free text is gone, or the entries whose text is."""


class Rows(NamedTuple):
    """What a fold leaves for the cache: plain values, which may cross from one process to another."""

    meta: dict[str, str]
    entries: list[Row]
    months: dict[tuple[int, str, str], list[int]]
    parties: dict[Party, dict[str, Any]]
    new_parties: dict[Party, Row]
    declared: list[tuple[Seq, Party]]
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
        recorded: gives an earlier entry of the book, for reversals.
    """

    def __init__(self, recorded: Callable[[Seq], Recorded | Everyday]) -> None:
        self._recorded = recorded
        self.meta: dict[str, str] = {}
        self.entries: list[Row] = []
        self.months: dict[tuple[int, str, str], list[int]] = {}
        self.parties: dict[Party, dict[str, Any]] = {}
        self.new_parties: dict[Party, Row] = {}
        self.declared: list[tuple[Seq, Party]] = []
        self.largest: dict[Party, int] = {}
        self.last: dict[Party, Seq] = {}
        self.reversed: list[tuple[Seq, Seq]] = []
        self.counters: list[Row] = []
        self.imports: list[Row] = []
        self.clocks: list[Row] = []
        self.erasures: list[Erased] = []

    def rows(self) -> Rows:
        """What has been gathered."""
        return Rows(*(getattr(self, name) for name in Rows._fields))

    def _earlier(self, seq: Seq) -> Sequence[Posting]:
        return postings(self._recorded(seq).event, _never)

    def add(self, many: Sequence[Recorded | Everyday], words: Mapping[Seq, Words]) -> None:
        """Fold in events, in order: in one loop, for half of what catching up costs is spent here.

        Args:
            many: the events.
            words: the free text of those that have any.

        Raises:
            NewerBookError: for an event whose meaning is not known.
            BookBrokenError: for a reversal of nothing. What came before either is folded in.
        """
        largest, last, earlier, post = self.largest, self.last, self._earlier, self._post
        add = self.entries.append
        for recorded in many:
            event, seq, on = recorded.event, recorded.seq, recorded.on
            party: Party | None = getattr(event, "party", None)
            amount = getattr(event, "amount_paise", None)
            made = postings(event, earlier)
            debit = credit = said = reverses = note = items = None
            if type(event) is EntryReversed:
                reverses = event.entry
                if reverses >= seq:
                    raise BookBrokenError(entry=seq, reason="reverses nothing")
                self.reversed.append((seq, reverses))
            if made:
                party, debit, credit, said = post(on[:7], made)
                if party is not None and amount is not None and amount > largest.get(party, 0):
                    largest[party] = amount
            else:
                self._about_the_book(recorded, words.get(seq, _NONE))
            if party is not None:
                last[party] = seq
            if seq in words or getattr(event, "lines", None):
                note, items = _text(event, words.get(seq, _NONE))
            imported = event.imported
            add(
                (
                    seq,
                    recorded.id,
                    event.KIND,
                    on,
                    recorded.at,
                    recorded.by,
                    party,
                    amount,
                    debit,
                    credit,
                    said,
                    getattr(event, "ref", None),
                    reverses,
                    event.corrects,
                    None if imported is None else imported.entry,
                    None if imported is None else imported.row,
                    note,
                    items,
                )
            )

    def _post(self, month: str, made: Sequence[Posting]) -> _Posted:
        """Add postings to the sums."""
        if len(made) == 2:  # nearly always, and then much faster
            (one, who, here), (other, whose, there) = made
            said = f'[["{one}",{here}],["{other}",{there}]]'
            if who is None:
                one, who, here, other, whose = other, whose, there, one, who
            if who is not None and whose is None:
                months = self.months
                mine, theirs = months.get((who, one, month)), months.get((0, other, month))
                if mine is None:
                    mine = months[who, one, month] = [0, 0]
                if theirs is None:
                    theirs = months[0, other, month] = [0, 0]
                if here > 0:
                    mine[0] += here
                    theirs[1] += here
                    return who, here, 0, said
                mine[1] -= here
                theirs[0] -= here
                return who, 0, -here, said
        return self._post_any(month, made)

    def _post_any(self, month: str, made: Sequence[Posting]) -> _Posted:
        """The same for any postings."""
        months = self.months
        party: Party | None = None
        debit = credit = 0
        for account, who, paise in made:
            if who is not None:
                party = who
                debit += max(paise, 0)
                credit += max(-paise, 0)
            sums = months.setdefault((who or 0, account, month), [0, 0])
            sums[0] += max(paise, 0)
            sums[1] += max(-paise, 0)
        said = "[" + ",".join([f'["{account}",{paise}]' for account, _, paise in made]) + "]"
        return (None, None, None, said) if party is None else (party, debit, credit, said)

    def _about_the_book(self, recorded: Recorded | Everyday, words: Words) -> None:
        event: Any = recorded.event
        if isinstance(event, Unknown):
            raise NewerBookError(entry=recorded.seq, kind=event.kind, v=event.v)
        if isinstance(event, PartyAdded | PartyChanged):
            if isinstance(event, PartyAdded):
                self.declared.append((recorded.seq, event.party))
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

    def _opened(self, recorded: Recorded | Everyday, event: BookOpened, words: Words) -> None:
        self.counters.append((event.counter, words.get("counter"), recorded.seq))
        self.meta |= {
            "book": event.book,
            "shop": event.shop,
            "lang": event.lang,
            "opened_on": recorded.on,
            "opened_at": recorded.at,
            "min_writer": str(event.min_writer),
        }
        continues = "1" if event.continues else None
        for key, value in (
            ("state", event.state),
            ("gstin", event.gstin),
            ("upi", words.get("upi")),
            ("continues", continues),
        ):
            if value:
                self.meta[key] = value


def _never(seq: Seq) -> Sequence[Posting]:
    raise BookBrokenError(entry=seq, reason="a reversal is reversed")
