"""A book that is restored, lost and adopted while others sell from it: nothing that was told is lost by that."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same choices in each run
from functools import partial
from pathlib import Path

import pytest

from tests.torture.copies import Copies
from tests.torture.figures import Figures
from tests.torture.test_many_counters import assert_in_order, left_behind, opened
from tests.torture.till import KILLED, Till, assert_sound

SECONDS = 90.0
WRITERS, SHELLS, READERS = 2, 1, 1
ROWS = 5000
"""So many that a restore takes a while between its look at the book and the exchange."""


@pytest.mark.slow
def test_copies_are_restored_and_adopted_while_others_sell(tmp_path: Path, figures: Figures) -> None:
    till = opened(tmp_path / "till")
    copies = Copies(till, SECONDS, Till(tmp_path / "elsewhere"), WRITERS + SHELLS + READERS)
    copies.bring_in(ROWS, random.Random("rows"))
    log = copies.work(
        *(copies.at(n, partial(copies.sell, f"Counter {n}")) for n in range(WRITERS)),
        *(copies.sit_at(WRITERS + n, f"Shell {n}") for n in range(SHELLS)),
        *(copies.at(WRITERS + SHELLS + n, copies.ask) for n in range(READERS)),
        copies.carry,
    )
    copies.settle(assert_sound(till))
    assert not log.others, "\n".join(log.others)
    assert_in_order(till)
    aside = {name for name in left_behind(till) if name.startswith(f"{till.book.name}.before-")}
    assert set(left_behind(till)) == aside == copies.asides
    kills = sum(count for (_, code), count in log.ends.items() if code == KILLED)
    lines = sum(entry > 0 for _, entry in log.lines.values())
    figures(
        f"copies, {SECONDS:.0f} s: {log.ends.total()} commands, {kills} of them killed; told of {len(log.told)} sales "
        f"and {lines} lines of shells that stand; {dict(copies.found)}; {dict(log.ends)}"
    )
    assert copies.found["restored"] > 0
    assert copies.found["somebody sold first"] > 0
    assert copies.found["lost and brought back"] + copies.found["lost and adopted"] > 1
