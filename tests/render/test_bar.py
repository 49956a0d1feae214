"""A bar of eighth blocks is as long as its amount is large."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from khata.render.bar import FULL, PARTS, bar
from khata.render.text import width

PAISE = st.integers(1, 10**13)
CELLS = st.integers(1, 60)


def eighths(drawn: str) -> int:
    return sum(8 if each == FULL else PARTS.index(each) for each in drawn)


@given(st.tuples(PAISE, PAISE).map(sorted), CELLS)
def test_it_is_as_long_as_its_amount_to_half_an_eighth(both: list[int], cells: int) -> None:
    paise, most = both
    long = eighths(bar(paise, most, cells))
    assert long >= 1
    assert abs(long * most - 8 * cells * paise) * 2 <= most or (long == 1 and 16 * cells * paise < most)


@given(PAISE, CELLS)
def test_the_largest_takes_all_cells(most: int, cells: int) -> None:
    assert bar(most, most, cells) == FULL * cells


@given(st.tuples(PAISE, PAISE, PAISE).map(sorted), CELLS)
def test_a_larger_amount_has_no_shorter_bar_and_none_is_wider_than_its_cells(of: list[int], cells: int) -> None:
    less, more, most = (bar(paise, of[2], cells) for paise in of)
    assert eighths(less) <= eighths(more) <= eighths(most)
    assert width(less) <= width(more) <= cells


@given(st.integers(max_value=0), st.integers(0, 10**13), CELLS)
def test_nothing_and_less_than_nothing_have_no_bar(paise: int, most: int, cells: int) -> None:
    assert bar(paise, most, cells) == ""


def test_only_its_last_cell_is_not_full() -> None:
    assert [bar(paise, 16, 2) for paise in (1, 7, 8, 9, 15, 16)] == ["▏", "▉", "█", "█▏", "█▉", "██"]
