import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.amounts import MAX_PAISE
from khata.grammar.fault import Unreadable
from khata.grammar.items import MAX_QUANTITY_MILLI, Item, parse_item
from khata.units import Paise


def item(name: str, quantity: int | None, rate: int | None, amount: int) -> Item:
    return Item(name, quantity, None if rate is None else Paise(rate), Paise(amount))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Atta 5kg x2 @ 225", item("Atta 5kg", 2000, 225_00, 450_00)),
        ("Atta 5kg x 2 @ ₹225", item("Atta 5kg", 2000, 225_00, 450_00)),
        ("Atta  5kg  X2@225/-", item("Atta 5kg", 2000, 225_00, 450_00)),
        ("आटा ×२ @ २२५", item("आटा", 2000, 225_00, 450_00)),
        ("Sugar x0.333 @ 45.50", item("Sugar", 333, 45_50, 15_15)),
        ("Sugar x0.5 @ 0.01", item("Sugar", 500, 1, 1)),
        ("Sugar x1.5 @ 0.03", item("Sugar", 1500, 3, 5)),
        ("Chai @ 15", item("Chai", None, None, 15_00)),
        ("Chai = 30", item("Chai", None, None, 30_00)),
        ("Chai x2 = 30", item("Chai", 2000, None, 30_00)),
        ("Rex2 @ 10", item("Rex2", None, None, 10_00)),
        ("Box 2 @ 10", item("Box 2", None, None, 10_00)),
        ("Model x1a @ 10", item("Model x1a", None, None, 10_00)),
        ("Thali @ 60+20", item("Thali", None, None, 80_00)),
    ],
)
def test_a_line_of_a_bill_is_read(text: str, read: Item) -> None:
    assert parse_item(text) == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_item"),
        ("Atta", "bad_item"),
        ("Atta 225", "bad_item"),
        ("@ 225", "bad_item"),
        ("Atta @", "bad_item"),
        ("Atta @ 225 = 450", "bad_item"),
        ("Atta = 225 @ 2", "bad_item"),
        ("Atta x0 @ 225", "bad_item"),
        ("Soap x1.2345 @ 10", "bad_item"),
        ("Soap x123456 @ 10", "bad_item"),
        ("Soap x1२ @ 10", "bad_item"),
        ("Atta @ abc", "bad_amount"),
        ("Atta @ -5", "amount_minus"),
        ("Atta @ 0", "amount_zero"),
        ("Atta x0.001 @ 0.01", "amount_zero"),
        ("Atta x99999 @ 99999", "amount_too_large"),
        ("At\u202eta @ 5", "bad_text"),
        ("\x1b[31mAtta @ 5", "bad_text"),
        ("a" * 201 + " @ 5", "too_long"),
    ],
)
def test_what_is_no_line_of_a_bill_is_refused(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_item(text)
    assert refused.value.code == code


def test_large_is_handed_on_to_rate_and_amount() -> None:
    assert parse_item("Machine x2 @ 9,99,99,999", large=True).amount_paise == 19_99_99_998_00


def test_a_long_run_of_blanks_takes_no_long_time() -> None:
    start = time.perf_counter()
    with pytest.raises(Unreadable):
        parse_item("a" + " " * 200_000 + "b @ x")
    assert time.perf_counter() - start < 2


@given(st.text() | st.text("Atta x0123.@= ", max_size=20))
def test_any_text_is_a_line_within_range_or_refused(text: str) -> None:
    try:
        line = parse_item(text)
    except Unreadable:
        return
    assert 1 <= line.amount_paise <= MAX_PAISE
    assert line.quantity_milli is None or 1 <= line.quantity_milli <= MAX_QUANTITY_MILLI
    assert line.name.strip() == line.name != ""
