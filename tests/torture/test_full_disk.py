"""No file may grow beyond a limit, for many limits: what a full disk does, without a full disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.torture.figures import Figures
from tests.torture.till import FORGET, SALE, Till, assert_outcome, entries_of

SECTOR, PAGE = 512, 4096


def explore(till: Till, words: Sequence[str], limits: Sequence[int]) -> Counter[str]:
    """One command under each limit, and what came of it."""
    till.begin_again()
    before = entries_of(till.book)
    found: Counter[str] = Counter()
    for most in limits:
        till.begin_again()
        told = till.limited(most, words)
        found[assert_outcome(till, words, told, before)] += 1
    return found


def words_of(till: Till, command: str) -> tuple[str, ...]:
    return {"sale": SALE, "import": till.bring_in(20), "forget": FORGET}[command]


@pytest.mark.parametrize("command", ["sale", "import", "forget"])
def test_a_file_that_cannot_grow_loses_nothing_and_a_retry_records_once(till: Till, command: str) -> None:
    found = explore(till, words_of(till, command), [SECTOR + 4, 4 * PAGE, 1 << 20])
    assert found["not recorded, not recorded"] >= 1
    assert found["told, recorded"] >= 1
    assert found["unconfirmed, not recorded"] == (command == "import")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["sale", "import", "forget"])
def test_every_length_at_which_a_file_may_stop_growing(till: Till, command: str, figures: Figures) -> None:
    till.begin_again()
    size = till.book.stat().st_size + 16 * PAGE
    limits = sorted({max(0, at + off) for at in range(0, size, SECTOR) for off in (0, 4)} | {size, 1 << 20})
    found = explore(till, words_of(till, command), limits)
    figures(f"{command}: a file of at most n bytes, for {len(limits)} n: {dict(found)}")
    assert found["not recorded, not recorded"] > 10
    assert found["told, recorded"] > 1
