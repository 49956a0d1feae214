"""What only the whole book can tell, once every range has been read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager, suppress

from khata.postings.base import PARTY as ON_ACCOUNT
from khata.questions.persons import NOBODY, Persons, after
from khata.units import Party
from khata.verifying.tally import WHOLE, Erasure, Tally
from khata.views.compare import CacheLook
from khata.views.fold import totals_of
from khata.views.laws import Gathered, Key, ViewTable
from khata.views.schema import MERGE, MONTH, PARTY, TABLES, TOTAL

Has = Callable[[int], bool]
"""Whether an entry has a detail now."""


def across_entries(tally: Tally) -> None:
    """Declared before it is used, reversed once, opened once."""
    if tally.unknown:
        return  # what a newer khata wrote may have declared what is used here
    _opening(tally)
    for by, used in tally.counters_used.items():
        if tally.counters.get(by, used + 1) > used:
            tally.fault("chain", used, "counter_not_declared")
    _parties(tally)
    imports = frozenset(tally.imports)
    for entry, used in tally.imports_used.items():
        if entry not in imports or entry >= used:
            tally.fault("chain", used, "import_not_started")
    _reversals(tally)


def _opening(tally: Tally) -> None:
    opened = sorted(tally.opened)
    if tally.rows and (not opened or opened[0] != 1):
        tally.fault("chain", 1, "not_opened")
    for seq in opened:
        if seq != 1:
            tally.fault("chain", seq, "opened_twice")


def _parties(tally: Tally) -> None:
    declared: dict[int, int] = {}
    free = 1
    for seq, party in sorted(tally.parties):
        # A book that goes on from another one keeps the numbers of those who still have an account.
        if party in declared or (party != free and not tally.continues):
            tally.fault("chain", seq, "party_not_next")
        declared.setdefault(party, seq)
        free = max(free, party + 1)
    for party, used in tally.parties_used.items():
        if declared.get(party, used + 1) > used:
            tally.fault("chain", used, "party_not_declared")


def _reversals(tally: Tally) -> None:
    not_money = frozenset(tally.not_money)
    done: set[int] = set()
    for seq, entry in sorted(tally.reversals):
        if entry >= seq or entry in not_money:
            tally.fault("chain", seq, "reverses_nothing")
        elif entry in done:
            tally.fault("chain", seq, "reversed_twice")
        done.add(entry)


def about_details(tally: Tally, lately: list[Erasure], has: Has) -> None:
    """A missing detail is explained by an erasure, and an erasure leaves no detail behind.

    Args:
        tally: of the whole book.
        lately: erasures recorded while the book was being read.
        has: see Has.
    """
    if tally.unknown:
        return  # it may be a newer khata's way to forget
    named, upto = _covered([*tally.erasures, *lately])
    for entry, party in tally.missing:
        if entry not in named and entry > upto.get(party, 0):
            tally.fault("details", entry, "detail_missing")
    named, upto = _covered(tally.erasures)  # what was erased lately may have been there when it was read
    for party, entry in tally.kept.items():
        if party and entry <= upto.get(party, 0):
            tally.fault("details", entry, "detail_erased")
    for entry in sorted(named):
        if has(entry):
            tally.fault("details", entry, "detail_erased")


def _covered(erasures: list[Erasure]) -> tuple[set[int], dict[int, int]]:
    """The entries that erasures name, and for each party the entry up to which its details are gone."""
    named = {entry for erasure in erasures for entry in erasure[3]}
    upto: dict[int, int] = {}
    for _, party, last, _ in erasures:
        if party:
            upto[party] = max(upto.get(party, 0), last)
    return named, upto


def against_cache(tally: Tally, cache: CacheLook, upto: int) -> None:
    """What the cache says of the whole."""
    with _moment(tally, cache) as reach:
        if reach == upto:  # otherwise it has caught up since, and its sums hold more
            _months(tally, cache)
            for table in TABLES:
                if table is not MONTH:
                    _table(tally, cache, table, None, _unsure(tally))
        elif reach > upto:
            _by_entry(tally, cache, {}, 1, upto, range(upto + 1))


def fresh_against_cache(tally: Tally, fresh: Tally, before: Tally, cache: CacheLook, upto: int) -> None:
    """Hold against the cache what came after a verified point: the sums and rows that it touched.

    Args:
        tally: of the whole book.
        fresh: of what came since.
        before: of all that was there at the point.
        cache: the views.
        upto: the last entry that is compared.
    """
    with _moment(tally, cache) as reach:
        if reach >= upto:
            unsure = _unsure(tally) if reach == upto else range(upto + 1)
            _by_entry(tally, cache, fresh.made, before.rows + 1, upto, unsure)
        if reach == upto:
            _touched_sums(tally, fresh, before, cache)
            for table in TABLES:
                if table is not MONTH and not table.by_entry:
                    _table(tally, cache, table, None if table is TOTAL else fresh.made.get(table.name, {}), unsure)


@contextmanager
def _moment(tally: Tally, cache: CacheLook) -> Iterator[int]:
    """A block in which the cache stands still; gives how far it reaches."""
    try:
        with cache.moment() as reach:
            yield reach
    except (sqlite3.Error, UnicodeDecodeError):
        tally.fault("replay", 0, "unreadable")


def _unsure(tally: Tally) -> set[int]:
    """The entries whose words are gone, or cannot be read."""
    return {entry for entry, _ in tally.missing}.union(tally.unread)


def _table(
    tally: Tally,
    cache: CacheLook,
    table: ViewTable,
    keys: Iterable[Key] | None,
    unsure: Container[int],
    upto: int | None = None,
) -> None:
    rows = totals_of(tally.seen) if table is TOTAL else tally.made.get(table.name, {})
    for entry, code in cache.differing(table, rows, keys, unsure, upto):
        tally.fault("replay", entry, code)


def _by_entry(tally: Tally, cache: CacheLook, touched: Gathered, first: int, upto: int, unsure: Container[int]) -> None:
    """The rows under the entries from `first` to `upto`, and under what these touched, wherever the cache is by now."""
    for table in TABLES:
        if table.by_entry:
            made = (key for key in tally.made.get(table.name, {}) if first <= key <= upto)
            keys = {*made, *touched.get(table.name, {}), *cache.between(table, first, upto)}
            _table(tally, cache, table, sorted(keys), unsure, upto)


def ids_in_cache(tally: Tally, cache: CacheLook, ids: Iterable[tuple[int, str]]) -> None:
    """Whether entries since a verified point have an id that an entry before it has, as far as the cache reaches.

    It need not reach to them: views do not take in what has an id that they have.
    """
    with suppress(sqlite3.Error, UnicodeDecodeError):
        for seq, event_id in ids:
            if (first := cache.first_with_id(bytes.fromhex(event_id))) is not None and first < seq:
                tally.fault("chain", seq, "id_twice")


def _touched_sums(tally: Tally, fresh: Tally, before: Tally, cache: CacheLook) -> None:
    added: dict[tuple[int, str], list[int]] = {}
    for (party, account, _), (debit, credit) in fresh.seen.items():
        sums = added.setdefault((party, account), list(before.seen.get((party, account, WHOLE), (0, 0))))
        sums[0] += debit
        sums[1] += credit
    for (party, account), sums in added.items():
        if cache.sums(party, account) != sums:
            row = fresh.made[PARTY.name].get(party)
            tally.fault("replay", row[PARTY.at["last_entry"]] if row else 0, "month_differs")


def _months(tally: Tally, cache: CacheLook) -> None:
    left = {key for key in tally.seen if not key[0]}
    for account, month, debit, credit in cache.months_of_nobody():
        if tally.seen.get((0, account, month)) != [debit, credit]:
            tally.fault("replay", 0, "month_differs")
        left.discard((0, account, month))
    # Those of parties are held against their entries' rows, each of which was held against the book.
    for _ in range(len(left) + cache.months_apart()):
        tally.fault("replay", 0, "month_differs")


def totals(tally: Tally) -> tuple[int, int]:
    """What is due and what is advance, in paise, over all persons: of several khatas of one what they come to."""
    balances: dict[int, int] = {}
    who = _persons(tally)
    for months in (tally.seen, tally.later):
        for (party, account, _), (debit, credit) in months.items():
            if account == ON_ACCOUNT:
                whose = who.of(Party(party))
                balances[whose] = balances.get(whose, 0) + debit - credit
    due = sum(balance for balance in balances.values() if balance > 0)
    return due, due - sum(balances.values())


def _persons(tally: Tally) -> Persons:
    """Which khatas are one person's, as the entries say."""
    both = (tally.made, tally.beyond)
    said = {entry: row for made in both for entry, row in made.get(MERGE.name, {}).items()}
    if not said:
        return NOBODY
    numbers = {row[PARTY.at["id"]]: number for made in both for number, row in made.get(PARTY.name, {}).items()}
    rows = [said[entry] for entry in sorted(said)]
    return after(NOBODY, [(numbers[same], party, bool(joined)) for party, same, joined in rows if same in numbers])
