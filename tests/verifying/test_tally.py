"""What two processes gathered, put together: the first use, the last entry, every fault, whoever read which part."""

from __future__ import annotations

from copy import deepcopy

import pytest

from khata.verifying.tally import LISTED, WHOLE, Tally


def early() -> Tally:
    tally = Tally(
        rows=3,
        details=2,
        unknown=1,
        forms=1,
        opened=[1],
        counters={"a": 1},
        counters_used={"a": 1, "b": 2},
        parties=[(2, 1)],
        parties_used={1: 2, 2: 3},
        imports=[3],
        imports_used={3: 4},
        reversals=[(3, 2)],
        not_money=[1],
        erasures=[(3, 1, 2, [])],
        missing=[(2, 1)],
        kept={1: 2, 2: 3},
        seen={(0, "cash", "2026-11"): [5, 1], (1, "party", WHOLE): [7, 0]},
        later={(0, "cash", "2026-12"): [1, 0]},
        made={"party": {1: ["id", 2, "first", 2, 0, 9, 2, 5, 1], 2: [None, None, None, 3, None, 3, 3, 1, 0]}},
        beyond={"clock": {3: ["then"]}},
        unread=[2],
    )
    tally.fault("chain", 3, "missing")
    tally.fault("replay", 1, "entry_differs")
    return tally


def late() -> Tally:
    tally = Tally(
        rows=2,
        details=1,
        unknown=2,
        compared=False,
        continues=True,
        opened=[9],
        counters={"a": 8, "b": 9},
        counters_used={"a": 8, "b": 9, "c": 9},
        parties=[(9, 2)],
        parties_used={1: 8, 2: 9, 3: 9},
        imports_used={3: 9},
        reversals=[(9, 8)],
        not_money=[9],
        missing=[(8, 2)],
        kept={1: 8},
        seen={(0, "cash", "2026-11"): [10, 2], (0, "upi", "2026-11"): [0, 4]},
        later={(0, "cash", "2026-12"): [2, 2]},
        made={
            "party": {1: [None, None, "second", 8, 0, 4, 8, 2, 2], 2: ["other", 9, None, None, None, 30, None, 0, 7]},
            "entry": {2: [3]},
        },
        beyond={"clock": {9: ["now"]}},
        unread=[9],
    )
    tally.fault("details", 8, "detail_missing")
    return tally


@pytest.mark.parametrize("order", ["the first part first", "the last part first"])
def test_the_parts_of_a_book_come_to_the_whole_of_it(order: str) -> None:
    whole, other = (early(), late()) if order == "the first part first" else (late(), early())
    kept = deepcopy(other)
    whole.merge(other)
    assert other == kept
    assert (whole.rows, whole.details, whole.unknown, whole.forms) == (5, 3, 3, 1)
    assert (whole.compared, whole.continues) == (False, True)
    assert (sorted(whole.opened), sorted(whole.parties), whole.imports) == ([1, 9], [(2, 1), (9, 2)], [3])
    assert (sorted(whole.reversals), sorted(whole.not_money)) == ([(3, 2), (9, 8)], [1, 9])
    assert (whole.erasures, sorted(whole.missing)) == ([(3, 1, 2, [])], [(2, 1), (8, 2)])
    assert whole.counters == {"a": 1, "b": 9}
    assert whole.counters_used == {"a": 1, "b": 2, "c": 9}
    assert (whole.parties_used, whole.imports_used, whole.kept) == ({1: 2, 2: 3, 3: 9}, {3: 4}, {1: 2, 2: 3})
    assert whole.made["party"] == {
        1: ["id", 2, "second", 8, 0, 9, 8, 7, 3],
        2: ["other", 9, None, 3, None, 30, 3, 1, 7],
    }
    assert (whole.made["entry"], whole.beyond["clock"]) == ({2: [3]}, {3: ["then"], 9: ["now"]})
    assert sorted(whole.unread) == [2, 9]
    assert whole.seen == {
        (0, "cash", "2026-11"): [15, 3],
        (0, "upi", "2026-11"): [0, 4],
        (1, "party", WHOLE): [7, 0],
    }
    assert whole.later == {(0, "cash", "2026-12"): [3, 2]}
    assert [fault[1] for fault in whole.faults] == [1, 3, 8]
    assert (whole.fault_count, whole.bad, whole.bad_chain) == (3, [3], [3])


def test_faults_beyond_those_that_are_listed_are_counted_and_the_first_bad_entry_is_kept() -> None:
    one, other = Tally(), Tally()
    for entry in range(LISTED + 5):
        one.fault("details", 2 * entry + 10, "detail_missing")
        other.fault("chain", 2 * entry + 11, "hash_differs")
    other.fault("details", 5, "detail_missing")
    other.fault("details", 6, "detail_missing")
    assert (len(other.faults), other.fault_count, other.bad, other.bad_chain) == (LISTED, LISTED + 7, [5], [11])
    one.merge(other)
    assert [entry for _, entry, _ in one.faults] == list(range(10, LISTED + 10))
    assert (one.fault_count, one.bad, one.bad_chain) == (2 * LISTED + 12, [5], [11])


def test_what_is_wrong_with_the_views_makes_no_entry_bad() -> None:
    tally = Tally()
    tally.fault("replay", 3, "entry_differs")
    tally.fault("anchor", 0, "other_history")
    assert (tally.bad, tally.bad_chain, tally.fault_count) == ([], [], 2)
