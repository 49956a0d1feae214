"""The fold of the book into rows: what each event leaves in the views.

What it does to accounts and their party is one loop over all entries. What a kind leaves besides, in tables of its own
law, is a function in `FOLDS`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from khata import names, sounds
from khata.events.base import Event, Recorded, Unknown
from khata.events.bill import SaleBilled
from khata.events.book import BookOpened, ClockCorrected, CounterAdded, DetailErased, FormatRaised, ImportStarted
from khata.events.collecting import EntryDisputed, ReminderSent
from khata.events.evidence import KeyLost, KeyRotated
from khata.events.matching import StatementMatched
from khata.events.money import EntryReversed, PaymentBounced
from khata.events.party import PartyAdded, PartyChanged, PartyMerged, PartyParted
from khata.events.pending import PaymentBegun, PaymentSettled
from khata.events.period import PeriodLocked, PeriodUnlocked
from khata.events.recurring import RecurringBegun, RecurringEnded, RecurringSkipped
from khata.events.shop import IN_WORDS, ShopChanged
from khata.grammar.phones import END, phone_key
from khata.grammar.text import ref_key
from khata.log.errors import BookBrokenError, NewerBookError
from khata.postings.base import PARTY as ON_ACCOUNT
from khata.postings.base import Posting
from khata.postings.kinds import postings
from khata.units import Party, Seq
from khata.views.laws import Gathered, gathering, plain
from khata.views.schema import (
    BOUNCE,
    CLOCK,
    COUNTER,
    DISPUTE,
    DUE,
    ENDED,
    FACT,
    IMPORT,
    KIND,
    LOCK,
    MATCH,
    MERGE,
    MONTH,
    PARTY,
    PENDING,
    RECURRING,
    REMINDER,
    REVERSED,
    REVERSES,
    SEQ,
    SETTLED,
    SKIPPED,
    TABLES,
    TOTAL,
    WHOSE,
)

FreeText = Mapping[str, Any]
Row = tuple[object, ...]


def key_rows(number: Party, record: FreeText) -> Iterator[Row]:
    """The keys under which a party is found: by its exact names, a word of them, their sound, its phone number."""
    called = [name for name in (record.get("name"), *record.get("aliases", ())) if isinstance(name, str)]
    # One kind after the other: a record may have a million aliases.
    yield from (("exact", key, number) for key in sorted({names.exact_key(name) for name in called}) if key)
    yield from (("sound", key, number) for key in sorted({key for name in called for key in sounds.keys(name)}))
    yield from (("word", key, number) for key in sorted({word for name in called for word in names.words(name)}))
    phone = record.get("phone")
    if key := phone_key(phone) if isinstance(phone, str) else "":
        yield from (("phone", key, number), ("phone_end", key[-END:], number))


def _text(event: Any, words: FreeText) -> tuple[str | None, str | None, str | None]:
    """The note of an entry, its items as JSON, and who brought the money.

    Of an item it is [name, quantity in thousandths, rate and amount in paise].
    """
    note, by_hand = words.get("note") or words.get("reason"), words.get("by_hand")
    lines = getattr(event, "lines", None)
    if not lines:
        return note, None, by_hand
    called = words.get("items") or []
    if not isinstance(called, list):
        called = []
    rows = [
        [called[i] if i < len(called) else "", line.quantity_milli, line.rate_paise, line.amount_paise]
        for i, line in enumerate(lines)
    ]
    return note, json.dumps(rows, ensure_ascii=False, separators=(",", ":")), by_hand


Posted = tuple[Party | None, Any, Any, str | None]
"""Whose account it is, what that is debited and credited in paise (None: nobody's), and all postings as JSON (None:
there are none): [account, paise] each, as the names of accounts need no escapes."""

_NO_TEXT = (None, None, None)

_NONE: FreeText = {}

Erased = tuple[Party | None, Seq | None, tuple[Seq, ...] | None]
"""A party and the entry up to which its free text is gone, or the entries whose text is."""


_ID, _ENTRY, _RECORD, _RECORD_ENTRY, _FORGOTTEN, _LARGEST, _LAST, _DEBITED, _CREDITED = map(
    PARTY.at.__getitem__,
    (
        "id",
        "entry",
        "record",
        "record_entry",
        "forgotten",
        "largest_paise",
        "last_entry",
        "debited_paise",
        "credited_paise",
    ),
)

Folding = Callable[[Recorded, FreeText, Gathered], None]
"""Takes an entry and its free text, and puts what it leaves into the rows of the tables: `made[TABLE.name][key]`."""


def record_text(record: FreeText) -> str:
    """What is known of a party, as it is kept."""
    return json.dumps(dict(record), ensure_ascii=False, sort_keys=True)


def _party_added(recorded: Recorded, words: FreeText, made: Gathered) -> None:
    row = made[PARTY.name][recorded.event.party]
    if row[_ENTRY] is None:
        row[_ID], row[_ENTRY] = recorded.id, recorded.seq
    _party_changed(recorded, words, made)


def _party_changed(recorded: Recorded, words: FreeText, made: Gathered) -> None:
    row = made[PARTY.name][recorded.event.party]
    row[_RECORD], row[_RECORD_ENTRY], row[_FORGOTTEN] = record_text(words), recorded.seq, 0


def _party_merged(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[MERGE.name][recorded.seq] = [event.party, event.same, int(event.KIND == PartyMerged.KIND)]


def _import_started(recorded: Recorded, words: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[IMPORT.name][recorded.seq] = [event.sha256, event.rows, event.profile, words.get("file")]


def _counter_added(recorded: Recorded, words: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[COUNTER.name].setdefault(event.counter, [words.get("counter"), recorded.seq])


def _clock_corrected(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    made[CLOCK.name][recorded.seq] = [recorded.at]


def _book_opened(recorded: Recorded, words: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    facts = {
        "book": event.book,
        "opened_on": recorded.on,
        "opened_at": recorded.at,
        "min_writer": str(event.min_writer),
        "continues": "1" if event.continues else None,
    }
    made[FACT.name].update({key: [value, recorded.seq] for key, value in facts.items() if value})
    _shop_changed(recorded, words, made)


def _shop_changed(recorded: Recorded, words: FreeText, made: Gathered) -> None:
    """All that the shop says of itself; what it does not say any more is ""."""
    said = {key: getattr(recorded.event, key) for key in ("shop", "lang", "state", "gstin")}
    said |= {key: words.get(key) for key in IN_WORDS}
    made[FACT.name].update({key: [value or "", recorded.seq] for key, value in said.items()})


def _format_raised(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[FACT.name]["min_writer"] = [str(event.min_writer), recorded.seq]


def _key_changed(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    made[FACT.name]["signing_key"] = [recorded.event.new, recorded.seq]


def _bounced(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    made[BOUNCE.name][recorded.seq] = [recorded.event.entry]


def _sold(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    if event.due_on is not None and event.party is not None:
        # What was moved to an open day, or corrected to a later one, is due then at the earliest.
        made[DUE.name][recorded.seq] = [event.party, max(event.due_on, recorded.on)]


def _payment_begun(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[PENDING.name][recorded.seq] = [event.party, event.amount_paise, event.mode, event.ref]


def _payment_settled(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    row = made[SETTLED.name][recorded.event.entry]  # which may be there, and empty: a rule has asked for it
    if row[0] is None:
        row[:] = recorded.seq, recorded.event.outcome


def _statement_matched(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    for line in event.matched:
        key = (event.sha256, line.row, line.entry, ref_key(line.ref or ""))
        made[MATCH.name].setdefault(key, [recorded.seq])


def _recurring_begun(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[RECURRING.name][recorded.seq] = [event.party, event.amount_paise, event.every, event.first, event.made_as]


def _recurring_ended(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    row = made[ENDED.name][recorded.event.entry]
    if row[0] is None:  # a rule that asked has begun the row
        row[:] = [recorded.seq, recorded.on]


def _recurring_skipped(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[SKIPPED.name][recorded.seq] = [event.entry, event.first, event.last]


def _reminder_sent(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[REMINDER.name][recorded.seq] = [event.party, event.amount_paise, recorded.on]


def _disputed(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    event: Any = recorded.event
    made[DISPUTE.name][recorded.seq] = [event.entry, event.status]


def _period_locked(recorded: Recorded, _: FreeText, made: Gathered) -> None:
    upto, cut = getattr(recorded.event, "upto", None), getattr(recorded.event, "cut", None)
    made[FACT.name]["locked_upto"] = [upto or "", recorded.seq]
    made[LOCK.name][recorded.seq] = [upto, cut]


FOLDS: dict[type[Event], tuple[Folding, ...]] = {
    PartyAdded: (_party_added,),
    PartyChanged: (_party_changed,),
    PartyMerged: (_party_merged,),
    PartyParted: (_party_merged,),
    ImportStarted: (_import_started,),
    CounterAdded: (_counter_added,),
    ClockCorrected: (_clock_corrected,),
    BookOpened: (_book_opened, _counter_added),
    FormatRaised: (_format_raised,),
    ShopChanged: (_shop_changed,),
    KeyRotated: (_key_changed,),
    KeyLost: (_key_changed,),
    SaleBilled: (_sold,),
    PaymentBounced: (_bounced,),
    PaymentBegun: (_payment_begun,),
    PaymentSettled: (_payment_settled,),
    StatementMatched: (_statement_matched,),
    RecurringBegun: (_recurring_begun,),
    RecurringEnded: (_recurring_ended,),
    RecurringSkipped: (_recurring_skipped,),
    ReminderSent: (_reminder_sent,),
    EntryDisputed: (_disputed,),
    PeriodLocked: (_period_locked,),
    PeriodUnlocked: (_period_locked,),
}
"""What an event leaves in tables of its own."""


class FoldedRows(NamedTuple):
    """What a fold leaves for the cache: plain values, which may cross from one process to another."""

    entries: list[Row]
    made: Gathered
    erasures: list[Erased]

    @property
    def new_parties(self) -> set[Party]:
        """The parties that are declared."""
        return {party for party, row in self.made[PARTY.name].items() if row[_ENTRY] is not None}

    @property
    def declared(self) -> list[tuple[Seq, Party]]:
        """The entries that declare a party, and its number."""
        return [(row[SEQ], row[WHOSE]) for row in self.entries if row[KIND] == PartyAdded.KIND]  # type: ignore[misc] # as below

    @property
    def reversed(self) -> list[tuple[Seq, Seq]]:
        """The entries that reverse another one, and that one."""
        return [(row[SEQ], row[REVERSES]) for row in self.entries if row[REVERSES] is not None]  # type: ignore[misc]


class Fold:
    """Rows for the cache, gathered from recorded events in order.

    Args:
        recorded: gives an earlier entry of the book, for reversals.
        made: where what is folded by law goes, to go on from what is there.
    """

    def __init__(self, recorded: Callable[[Seq], Recorded], made: Gathered | None = None) -> None:
        self._recorded = recorded
        self.made = gathering(TABLES) if made is None else made
        self._parties, self._months = self.made[PARTY.name], self.made[MONTH.name]
        self.entries: list[Row] = []
        self.erasures: list[Erased] = []

    def rows(self) -> FoldedRows:
        """What has been gathered, with the totals of all months."""
        self.made[TOTAL.name] = totals_of(self.made[MONTH.name])
        return FoldedRows(self.entries, plain(self.made), self.erasures)

    def _earlier(self, seq: Seq) -> Sequence[Posting]:
        return postings(self._recorded(seq).event, _never)

    def add(self, many: Sequence[Recorded], words: Mapping[Seq, FreeText]) -> None:
        """Fold in events, in order: in one loop, for half of what catching up costs is spent here.

        Args:
            many: the events.
            words: the free text of those that have any.

        Raises:
            NewerBookError: for an event whose meaning is not known.
            BookBrokenError: for a reversal of nothing. What came before either is folded in.
        """
        take, add = self.take, self.entries.append
        for recorded in many:
            event, seq = recorded.event, recorded.seq
            said = words.get(seq, _NONE)
            party, debit, credit, posted = take(recorded, said)
            note, items, by_hand = _text(event, said) if said or getattr(event, "lines", None) else _NO_TEXT
            imported = event.imported
            # Of money only: what a payment on its way names, no account knows, and no question about amounts finds.
            amount, ref = (
                (None, None) if posted is None else (getattr(event, "amount_paise", None), getattr(event, "ref", None))
            )
            add(
                (
                    seq,
                    recorded.id,
                    event.KIND,
                    recorded.on,
                    recorded.at,
                    recorded.by,
                    party,
                    amount,
                    debit,
                    credit,
                    posted,
                    ref,
                    event.entry if isinstance(event, EntryReversed) else None,
                    event.corrects,
                    None if imported is None else imported.entry,
                    None if imported is None else imported.row,
                    note,
                    items,
                    by_hand,
                )
            )

    def take(self, recorded: Recorded, words: FreeText) -> Posted:
        """Fold one event into the tables of the laws, and tell what it does. Raises as `add`."""
        event, seq = recorded.event, recorded.seq
        made = postings(event, self._earlier)
        if isinstance(event, EntryReversed):
            if event.entry >= seq:
                raise BookBrokenError(entry=seq, reason="reverses nothing")
            self.made[REVERSED.name].setdefault(event.entry, [seq])
        if made:
            posted = self._post(recorded.on[:7], made)
            party, debit, credit, _ = posted
            if party is not None:
                row = self._parties[party]
                row[_LAST] = seq
                row[_DEBITED] += debit
                row[_CREDITED] += credit
                amount = getattr(event, "amount_paise", None)
                if amount is not None and amount > row[_LARGEST]:
                    row[_LARGEST] = amount
        else:
            posted = self._about_the_book(event, seq)
        for folding in FOLDS.get(type(event), ()):
            folding(recorded, words, self.made)
        return posted

    def _about_the_book(self, event: Any, seq: Seq) -> Posted:
        """What moves no money."""
        if type(event) is Unknown:
            raise NewerBookError(entry=seq, kind=event.kind, v=event.v)
        if type(event) is DetailErased:
            self.erasures.append((event.party, event.upto, event.entries))
        party: Party | None = getattr(event, "party", None)
        if party is not None:
            self._parties[party][_LAST] = seq
        return party, None, None, None

    def _post(self, month: str, made: Sequence[Posting]) -> Posted:
        """Add postings to the sums."""
        if len(made) == 2:  # nearly always, and then much faster
            (one, who, here), (other, whose, there) = made
            said = f'[["{one}",{here}],["{other}",{there}]]'
            if who is None:
                one, who, here, other, whose = other, whose, there, one, who
            if who is not None and whose is None:
                months = self._months
                mine, theirs = months[who, one, month], months[0, other, month]
                if here > 0:
                    mine[0] += here
                    theirs[1] += here
                    return who, here, 0, said
                mine[1] -= here
                theirs[0] -= here
                return who, 0, -here, said
        return self._post_any(month, made)

    def _post_any(self, month: str, made: Sequence[Posting]) -> Posted:
        """Add any postings to the sums, however many and whoever's they are."""
        months = self._months
        party: Party | None = None
        debit = credit = 0
        for account, who, paise in made:
            if who is not None:
                party = who
                debit += max(paise, 0)
                credit += max(-paise, 0)
            sums = months[who or 0, account, month]
            sums[0] += max(paise, 0)
            sums[1] += max(-paise, 0)
        said = "[" + ",".join([f'["{account}",{paise}]' for account, _, paise in made]) + "]"
        return (None, None, None, said) if party is None else (party, debit, credit, said)


def totals_of(months: Mapping[Any, Sequence[int]]) -> dict[str, list[int]]:
    """The totals of sums by party, account and month: the accounts of all parties are one."""
    totals: dict[str, list[int]] = {}
    for (party, account, _), (debit, credit) in months.items():
        both = totals.setdefault(ON_ACCOUNT if party else account, [0, 0])
        both[0] += debit
        both[1] += credit
    return totals


def _never(seq: Seq) -> Sequence[Posting]:
    raise BookBrokenError(entry=seq, reason="a reversal is reversed")
