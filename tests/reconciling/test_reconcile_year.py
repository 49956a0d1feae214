"""A year of statements against a book, with khata's own reading, judging and recording; every row's truth is known.

A row that is sure and wrong is one too many. One kind is counted apart: "a guess" that names the right customer. Of
such rows the yardstick holds that nobody could have known whose they are, for nobody in the book has the name that the
bank shows. khata goes by more than the yardstick's onlooker: by the phone in a UPI id that a bank has cut short behind
it, which a row in another file has shown to be this customer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reconciling.driving import DrivenYear
from tests.reconciling.scoring import Score, SureWrong
from tests.reconciling.year import Year, generate


def _wrong(driven: DrivenYear, score: Score) -> Iterator[SureWrong]:
    """What is sure and wrong, but for guesses that name the right customer."""
    for each in score.sure_wrong:
        answer = driven.results.get(each.file, {})
        named = next((one.get("party") for one in answer.get("recorded", ()) if one["row"] == each.row), None)
        right = named is not None and each.truth is not None and driven.names[named] == each.truth.party
        if not (each.why.startswith("a guess") and right):
            yield each


def _of_open_rows(driven: DrivenYear, name: str) -> int:
    """Reconcile a file of before once more; what is recorded are open rows, each on the right account. How many."""
    had = driven.results[name]
    still_open = {each["row"] for what in ("doubtful", "left") for each in had[what]}
    recorded = driven.read(name).reconcile({}, record=True).recorded
    for each in recorded:
        assert each.row in still_open
        assert driven.names[each.party] == driven.year.truth[name, each.row].party
    return len(recorded)


def _holds(year: Year, each: int = 1) -> None:
    """`each`: of so many files one is reconciled once more at once."""
    driven = DrivenYear(year)
    for nth, name in enumerate(year.files):
        driven.drive(name)
        if nth % each:
            continue
        before = len(driven.shop.entries())
        assert driven.read(name).reconcile({}, record=True).recorded == []
        assert len(driven.shop.entries()) == before, f"{name}: at once again"
    score = driven.scored()
    assert list(_wrong(driven, score)) == [], score.told()
    known = score.sure_right + score.proposed_right
    assert score.sure_right * 100 >= 70 * score.receipts, score.told()
    assert known * 100 >= 90 * score.receipts, score.told()

    # Learned since, some of the rows that were left open are clear now. After that nothing is.
    assert sum(_of_open_rows(driven, name) for name in year.files) < score.receipts // 20
    before = len(driven.shop.entries())
    assert sum(_of_open_rows(driven, name) for name in year.files) == 0
    assert len(driven.shop.entries()) == before


@pytest.mark.wide
def test_a_year_is_reconciled_without_a_line_that_is_sure_and_wrong(year: Year) -> None:
    _holds(year, each=5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_other_years_are_too(seed: int, tmp_path: Path) -> None:
    _holds(generate(seed, tmp_path))
