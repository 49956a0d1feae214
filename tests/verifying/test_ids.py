"""No id stands twice, however many there are and wherever they are kept meanwhile."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.nameless import nameless_file
from khata.verifying import ids
from khata.verifying.ids import Ids, alike, second_ones


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if twenty were many."""
    monkeypatch.setattr(ids, "_MOST", 20)


@pytest.fixture
def on_disk(few: None) -> Iterator[Ids]:
    made = Ids(nameless_file())
    yield made
    made.close()


MANY = [hashlib.sha256(number.to_bytes(2)).digest()[:16] for number in range(300)]


def half(event_id: bytes) -> int:
    return int.from_bytes(event_id[:8], "little")


def filled(into: Ids, many: list[bytes]) -> Ids:
    for start in range(0, len(many), 7):
        into.add(b"".join(many[start : start + 7]))
    return into


def test_many_different_ones(on_disk: Ids) -> None:
    filled(on_disk, MANY)
    assert len(on_disk.lengths) > 10
    assert alike([on_disk]) == set()


@pytest.mark.parametrize(("one", "other"), [(0, 299), (0, 1), (150, 151), (298, 299)])
def test_one_that_stands_twice(on_disk: Ids, one: int, other: int) -> None:
    twice = [*MANY]
    twice[other] = twice[one]
    assert alike([filled(on_disk, twice)]) == {half(twice[one])}


def test_one_in_each_of_two_processes(on_disk: Ids) -> None:
    theirs = Ids(nameless_file())
    filled(on_disk, MANY[:150])
    filled(theirs, [*MANY[150:], MANY[20]])
    theirs.put_by()
    heard = Ids(theirs.file)
    heard.lengths = theirs.lengths
    assert alike([on_disk, heard]) == {half(MANY[20])}
    theirs.close()


def test_where_there_is_no_file(few: None) -> None:
    assert alike([filled(Ids(), MANY)]) == set()
    assert alike([filled(Ids(), [*MANY, MANY[5]])]) == {half(MANY[5])}


@pytest.mark.parametrize("full_after", [0, 100, 1000])
def test_where_there_is_no_room(on_disk: Ids, full_after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes so many bytes and no more, half of a write among them."""
    real, taken = os.pwrite, count()
    left = full_after

    def full(file: int, said: bytes, at: int) -> int:
        nonlocal left
        next(taken)
        if not left:
            raise OSError(28, "No space left on device")
        written = real(file, bytes(said)[:left], at)
        left -= written
        return written

    monkeypatch.setattr(os, "pwrite", full)
    twice = [*MANY, MANY[3]]
    assert alike([filled(on_disk, twice)]) == {half(MANY[3])}
    assert next(taken) > 0


def test_only_whole_ids_that_are_the_same_are_told() -> None:
    same_half = MANY[0][:8] + bytes(8)
    each = [(seq, event_id.hex()) for seq, event_id in enumerate([MANY[0], MANY[1], same_half, MANY[1], MANY[0]], 1)]
    assert list(second_ones(each, {half(MANY[0])})) == [5]
    assert list(second_ones(each, {half(MANY[0]), half(MANY[1])})) == [4, 5]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 30))
def test_what_a_list_says(numbers: list[int], most: int) -> None:
    made = Ids(nameless_file())
    made._most = most
    each = [bytes([number]) * 16 for number in numbers]
    filled(made, each)
    assert alike([made]) == {half(event_id) for event_id in each if each.count(event_id) > 1}
    made.close()
