"""No file may grow beyond a limit, for many limits: what a full disk does, without a full disk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.torture.figures import Figures
from tests.torture.till import Till, entries_of
from tests.torture.trials import PAGE, TRIALS, Trial

SECTOR = 512
PARTS = 2
"""The long run is done in so many parts."""


def explore(till: Till, trial: Trial, limits: Sequence[int]) -> Counter[str]:
    """One command under each limit, and what came of it."""
    trial.begin(till)
    before = entries_of(till.book)
    found: Counter[str] = Counter()
    for most in limits:
        trial.begin(till)
        told = till.limited(most, trial.words)
        found[trial.outcome(till, trial.words, told, before)] += 1
    return found


@pytest.mark.parametrize("command", ["sale", "import", "forget"])
def test_a_file_that_cannot_grow_loses_nothing_and_a_retry_records_once(till: Till, command: str) -> None:
    found = explore(till, TRIALS[command](till), [SECTOR + 4, 4 * PAGE, 1 << 20])
    assert found["not recorded, not recorded"] >= 1
    assert found["told, recorded"] >= 1
    assert found["unconfirmed, not recorded"] == (command == "import")


def test_a_stick_that_is_full_is_named_and_not_the_book(till: Till) -> None:
    trial = TRIALS["backup"](till)
    found = explore(till, trial, [2 * PAGE])
    assert found == {"not made, none": 1}
    trial.begin(till)
    failed = json.loads(till.limited(2 * PAGE, trial.words).out)["failed"]
    assert Path(failed["facts"]["path"]).parent == till.stick


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("command", TRIALS)
def test_every_length_at_which_a_file_may_stop_growing(till: Till, command: str, part: int, figures: Figures) -> None:
    trial = TRIALS[command](till)
    trial.begin(till)
    size = till.book.stat().st_size + trial.grows
    limits = sorted({max(0, at + off) for at in range(0, size, SECTOR) for off in (0, 4)} | {size, 1 << 20})[
        part::PARTS
    ]
    found = explore(till, trial, limits)
    figures(f"{command}, part {part}: a file of at most n bytes, for {len(limits)} n: {dict(found)}")
    assert sum(number for what, number in found.items() if what.startswith("not ")) > 10
    assert sum(number for what, number in found.items() if what.startswith("told")) > 1
