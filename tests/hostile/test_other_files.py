"""Files of other programs with any bytes changed: all of it recorded, or all refused, and nothing falls over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.fuzz_csv import TestOneInput
from tests.importing.bundles import LATER, MEENA, PAID, TABLES, books, bundle
from tests.importing.test_journals import BEANCOUNT, JOURNAL

SAMPLES = Path(__file__).parent.parent / "importing" / "samples"
PAGE = (
    b"<html><meta charset='utf-8'><table><tr><th>date<th>type<th>party<th>amount</tr>"
    b"<tr><td>2026-11-20</td><td>sale</td><td colspan=1>Ramesh</td><td>450</td></tr></table>"
)
KINDS = {
    "tally": (SAMPLES / "tally-day-book.xml").read_bytes(),
    "bundle": bundle(books(TABLES, LATER, MEENA, PAID)),
    "page": PAGE,
    "journal": JOURNAL.encode(),
    "beancount": BEANCOUNT.encode(),
}
SIGNS = st.binary(max_size=4) | st.sampled_from(
    (b"<", b">", b"&", b"&#4;", b'"', b"-", b"0", b"<TABLE>", b"</VOUCHER>")
)
CHANGES = st.lists(st.tuples(st.integers(0, 1 << 14), st.integers(0, 40), SIGNS), min_size=1, max_size=4)


def changed(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, gone, new in changes:
        at = place % len(content)
        content = content[:at] + new + content[at + gone :] or b" "
    return content


@pytest.mark.parametrize("kind", KINDS)
@given(changes=CHANGES)
@settings(deadline=None)
def test_any_change_of_it_is_read_or_refused(kind: str, changes: list[tuple[int, int, bytes]]) -> None:
    TestOneInput(changed(KINDS[kind], changes))


@given(changes=CHANGES)
@settings(deadline=None)
def test_a_database_with_any_bytes_changed_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    """Its manifest vouches for it: what is read is what SQLite makes of it."""
    TestOneInput(bundle(changed(books(TABLES, LATER, MEENA, PAID), changes)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@given(changes=CHANGES)
@settings(max_examples=5_000, deadline=None)
def test_many_more_changes(kind: str, changes: list[tuple[int, int, bytes]]) -> None:
    TestOneInput(changed(KINDS[kind], changes))
