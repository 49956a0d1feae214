"""What hledger and ledger read in the export of an imported sample is what its rows come to, added up by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from khata.cli.importing import spoken_types
from tests.exporting.books import WRITERS, asked, by_hledger, by_ledger, laid_down, needs_hledger, needs_ledger
from tests.importing.files import Files
from tests.importing.test_samples import CAME, RAMESH, WANTED, sample

LET_GO = {("khata", RAMESH): 500}
"""Kasar of the samples, in paise: the rows above do not show it."""

SIGN = {"sale_recorded": 1, "goods_returned": -1, CAME: -1}


def owed(name: str) -> dict[str, int]:
    """What each customer owes by the rows of a sample, in paise."""
    found: Counter[str] = Counter()
    for kind, _, paise, whose, how, _ in WANTED[name]:
        at_once = sum(int(part.split()[1]) for part in how.split(",")) if how and kind != CAME else 0
        if whose != "counter":
            found[whose] += SIGN[kind] * (paise - at_once)
    less = {whose: paise - LET_GO.get((name, whose), 0) for whose, paise in found.items()}
    return {whose: paise for whose, paise in less.items() if paise}


@pytest.mark.parametrize("name", WANTED)
@pytest.mark.parametrize(
    "read", [pytest.param(by_hledger, marks=needs_hledger), pytest.param(by_ledger, marks=needs_ledger)]
)
def test_a_sample_goes_in_and_out_to_the_paisa(files: Files, tmp_path: Path, name: str, read: object) -> None:
    files.take(sample(name), profile=name, words=spoken_types("en"))
    files.shop.books.catch_up()
    journal = WRITERS["journal"](asked(files.shop.books.cache, None, "2026-11-30", 0))
    told: dict[str, int] = read(laid_down(tmp_path / "out.journal", journal))  # type: ignore[operator]
    customers = {account.removeprefix("assets:khata:"): paise for account, paise in told.items()}
    assert {whose: paise for whose, paise in customers.items() if ":" not in whose} == owed(name)
