"""Many commands in one commit, of which one that is refused stands in the way of no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from khata.log.errors import UnconfirmedError
from khata.rules.base import Command, Named
from khata.rules.book import ClockBehind, FixClock
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.refused import Refused, UnknownParty
from khata.units import Party, Seq
from khata.writing import Outcome, handle, handle_each
from tests.books import Clock, Shop, event_id, in_memory, named, payment, rs, sale

UNKNOWN = sale(Named("Nobody"), 5)


def told(found: Outcome | Refused) -> tuple[object, ...]:
    """What a caller is told of one command."""
    if isinstance(found, Refused):
        return found.code, found.facts
    assert found.entry is not None
    made = [recorded.seq for recorded in found.recorded]
    return made, found.already, found.entry.id, found.party, found.name, found.balance_paise, found.slips


def one_by_one(shop: Shop, command: Command) -> Outcome | Refused:
    try:
        return handle([command], shop.books)
    except Refused as refused:
        return refused


def test_what_is_refused_leaves_nothing_and_all_others_are_recorded_together(shop: Shop, disk_shop: Shop) -> None:
    for chosen in (shop, disk_shop):
        first, refused, second = handle_each([sale("Ramesh", 450), UNKNOWN, payment("Ramesh", 200)], chosen.books)
        assert isinstance(refused, UnknownParty)
        assert isinstance(first, Outcome)
        assert isinstance(second, Outcome)
        assert chosen.kinds()[-3:] == ["party_added", "sale_recorded", "payment_received"]
        assert (first.name, first.balance_paise, second.balance_paise) == ("Ramesh", 45000, 25000)
        assert len({recorded.at for recorded in chosen.recorded()[-3:]}) == 1


def test_where_all_are_refused_nothing_is_written(disk_shop: Shop) -> None:
    before = disk_shop.entries()
    assert [type(each) for each in handle_each([UNKNOWN, UNKNOWN], disk_shop.books)] == [UnknownParty] * 2
    assert disk_shop.entries() == before


def test_a_fault_of_the_machine_takes_the_whole_group_back(disk_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise UnconfirmedError(path="", reason="disk full")

    disk_shop.sell("Ramesh", 450)
    before = disk_shop.entries()
    with monkeypatch.context() as patched:
        patched.setattr(type(disk_shop.store), "_commit", full)
        with pytest.raises(UnconfirmedError):
            handle_each([sale("Ramesh", 1), UNKNOWN, sale("Ramesh", 2)], disk_shop.books)
    disk_shop.store.close()  # type: ignore[attr-defined]
    assert disk_shop.entries() == before


def test_a_dry_run_tells_all_and_records_nothing(shop: Shop) -> None:
    before = shop.entries()
    first, refused = handle_each([sale("Ramesh", 450), UNKNOWN], shop.books, dry_run=True)
    assert isinstance(first, Outcome)
    assert first.balance_paise == 45000
    assert isinstance(refused, UnknownParty)
    assert shop.entries() == before


def test_what_came_of_a_retry_is_the_entry_of_the_first_try(shop: Shop) -> None:
    command = sale("Ramesh", 450, id=event_id("x"))
    shop.record(replace(command))
    shop.sell("Ramesh", 50)
    (again,) = handle_each([replace(command)], shop.books)
    assert isinstance(again, Outcome)
    assert again.already == 3
    assert again.entry is not None
    assert (again.entry.seq, again.entry.id, again.balance_paise, again.total) == (3, event_id("x"), 50000, 0)


def test_what_came_of_a_reversal_is_the_balance_of_the_party_it_was_about(shop: Shop) -> None:
    shop.sell("Ramesh", 450)
    (done,) = handle_each([ReverseEntry(entry=Seq(3))], shop.books)
    assert isinstance(done, Outcome)
    assert (done.party, done.name, done.balance_paise) == (1, "Ramesh", 0)


def test_a_clock_far_behind_refuses_what_stands_before_its_correction(shop: Shop, clock: Clock) -> None:
    clock.set(days=-2)
    early, fixed, late = handle_each([sale("Ramesh", 1), FixClock(reason="battery"), sale("Ramesh", 2)], shop.books)
    assert isinstance(early, ClockBehind)
    assert isinstance(fixed, Outcome)
    assert isinstance(late, Outcome)
    assert shop.kinds() == ["book_opened", "clock_corrected", "party_added", "sale_recorded"]


names = st.sampled_from(["Ramesh", "Suresh", "Sunita"])
rupees = st.integers(1, 40)
ids = st.sampled_from([None, None, event_id(1), event_id(2)])
refs = st.sampled_from([None, None, "A1", "A2"])
entries = st.integers(1, 12).map(Seq)
more = st.fixed_dictionaries({"id": ids, "ref": refs, "once": st.booleans()})


def whom(name: str, *, add: bool) -> Any:
    return named(name) if add else Named(name)


commands = st.one_of(
    st.builds(lambda n, a, r, m: sale(whom(n, add=a), r, **m), names, st.booleans(), rupees, more),
    st.builds(lambda r, paid: sale(None, r, paid=[("upi", paid)]), rupees, st.sampled_from([None, rs(5)])),
    st.builds(lambda n, r, f: payment(whom(n, add=False), r, full=f), names, rupees, st.booleans()),
    st.builds(lambda e, i: ReverseEntry(entry=e, id=i), entries, ids),
    st.builds(lambda e, r, n: CorrectEntry(entry=e, amount_paise=rs(r), party=named(n)), entries, rupees, names),
    st.builds(lambda n, i: DeclareParty(name=n, id=i), names, ids),
    st.builds(lambda p, n: AmendParty(party=Party(p), name=n), st.integers(1, 3), names),
)


@given(st.lists(commands, max_size=14), st.integers(1, 5))
def test_however_commands_are_grouped_the_same_is_recorded_and_told(wanted: list[Command], size: int) -> None:
    alone, grouped = (in_memory(clock=Clock()) for _ in range(2))
    singly = [told(one_by_one(alone, replace(each))) for each in wanted]
    together = [
        told(found)
        for first in range(0, len(wanted), size)
        for found in handle_each([replace(each) for each in wanted[first : first + size]], grouped.books)
    ]
    assert together == singly
    ours, theirs = grouped.recorded(), alone.recorded()
    assert [(each.seq, each.on, each.event) for each in ours] == [(each.seq, each.on, each.event) for each in theirs]
