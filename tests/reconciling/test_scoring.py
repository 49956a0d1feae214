"""The counting: who knows all gets all, and each way of being sure and wrong is told by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.reconciling.scoring import BookEntry, Score, score
from tests.reconciling.year import Year

NEW = 100_000
"""The first entry that reconciling records; what was typed has the number of its row."""

Answers = dict[str, dict[str, list[dict[str, Any]]]]


class Omniscient:
    """Answers every file from the truth, and is asked to be wrong about a row."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.parties = {nth: one.name for nth, one in enumerate(year.trade.customers, 1)}
        self.numbers = {name: nth for nth, name in self.parties.items()}
        self.entries = {
            line.row: BookEntry(line.ref, line.note, line.party, line.day.isoformat(), line.paise)
            for line in year.lines
            if line.type == "receive"
        }
        self.recorded: dict[int, int] = {}
        self.answers: Answers = {
            name: {"matched": [], "recorded": [], "doubtful": [], "left": []} for name in year.files
        }
        for (name, row), truth in year.truth.items():
            answer = self.answers[name]
            if truth.receipt is None:
                answer["left"].append({"row": row})
            elif truth.lines:
                answer["matched"].append({"row": row, "entry": truth.lines[0]})
            elif truth.receipt in self.recorded:
                answer["matched"].append({"row": row, "entry": self.recorded[truth.receipt]})
            else:
                answer["recorded"].append(self.record(name, row, truth.party))

    def record(self, name: str, row: int, party: str) -> dict[str, Any]:
        truth = self.year.truth[name, row]
        entry = NEW + len(self.entries)
        shown = next(file for file in self.year.statements if file.name == name).rows[row]
        self.entries[entry] = BookEntry("", "", party, shown.day.isoformat(), abs(shown.paise))
        if truth.receipt is not None:
            self.recorded[truth.receipt] = entry
        return {"row": row, "entry": entry, "party": self.numbers[party]}

    def first(self, kind: str, why: str | None = None) -> tuple[str, int]:
        return next(key for key, one in self.year.truth.items() if one.kind == kind and why in (None, one.why))

    def without(self, name: str, row: int) -> None:
        for said in self.answers[name].values():
            said[:] = [each for each in said if each["row"] != row]

    def says(self, name: str, row: int, what: str, said: Mapping[str, Any]) -> None:
        self.without(name, row)
        self.answers[name][what].append({"row": row, **said})

    def scored(self) -> Score:
        return score(self.answers, self.year, self.parties, self.entries)


@pytest.fixture
def knowing(year: Year) -> Omniscient:
    return Omniscient(year)


def whys(scored: Score, name: str, row: int) -> list[str]:
    return [each.why for each in scored.sure_wrong if (each.file, each.row) == (name, row)]


def test_who_knows_all_is_wrong_only_where_nobody_could_know(knowing: Omniscient) -> None:
    scored = knowing.scored()
    guesses = {key for key, one in knowing.year.truth.items() if one.kind == "unknowable"}
    assert {(each.file, each.row) for each in scored.sure_wrong} == guesses
    assert scored.sure_right + len(guesses) == scored.receipts == 3_600
    assert (scored.missed, scored.wrong) == (0, len(guesses))
    assert scored.told().startswith(f"3600 receipts: {scored.sure_right} sure and right ({scored.share_sure})")


def test_who_says_nothing_misses_all_and_is_not_wrong(year: Year) -> None:
    scored = score({}, year, {}, {})
    assert (scored.missed, scored.sure_wrong, scored.share_sure) == (3_600, [], "0.0 %")


@pytest.mark.parametrize(
    ("kind", "why", "says", "told"),
    [
        ("typed", "with its reference", "record", "recorded though the book has it"),
        ("typed", "without", "record", "recorded though the book has it"),
        ("payment", "", "record elsewhere", "recorded on another customer's account"),
        ("typed", "without", "match elsewhere", "matched with an entry that does not stand for it"),
        ("payment", "not, and as much in cash", "match elsewhere", "matched with an entry that does not stand for it"),
        ("none", "a walk-in", "record", "a walk-in: recorded"),
        ("none", "a settlement", "record", "a settlement: recorded"),
        ("again", "payment", "record", "recorded though the book has it"),
        ("again", "typed", "record", "recorded though the book has it"),
    ],
)
def test_what_is_sure_and_wrong_is_told(knowing: Omniscient, kind: str, why: str, says: str, told: str) -> None:
    name, row = knowing.first(kind, why)
    truth = knowing.year.truth[name, row]
    other = next(one for one in knowing.numbers if one != truth.party)
    if says == "match elsewhere":
        knowing.says(name, row, "matched", {"entry": max(one for one in knowing.entries if one < NEW)})
    else:
        party = truth.party if says == "record" and truth.party else other
        knowing.says(name, row, "recorded", knowing.record(name, row, party))
    assert whys(knowing.scored(), name, row) == [told]


def test_an_entry_with_another_amount_is_wrong(knowing: Omniscient) -> None:
    name, row = knowing.first("payment", "")
    said = next(each for each in knowing.answers[name]["recorded"] if each["row"] == row)
    knowing.entries[said["entry"]] = knowing.entries[said["entry"]]._replace(paise=1)
    assert whys(knowing.scored(), name, row) == ["recorded otherwise than it says"]


def test_a_row_that_is_answered_twice_or_is_not_there_is_wrong(knowing: Omniscient) -> None:
    name, row = knowing.first("payment", "")
    knowing.answers[name]["doubtful"].append({"row": row, "candidates": []})
    knowing.answers[name]["matched"].append({"row": 9_999, "entry": 2})
    scored = knowing.scored()
    assert whys(scored, name, row) == ["answered twice"]
    assert whys(scored, name, 9_999) == ["the file has no such row"]


def test_the_right_one_among_five_candidates_is_proposed_and_among_six_it_is_not(knowing: Omniscient) -> None:
    name, row = knowing.first("unknowable")
    party = knowing.numbers[knowing.year.truth[name, row].party]
    others = [{"party": number, "name": "", "entry": None} for number in knowing.parties if number != party]
    before = knowing.scored().wrong
    for count, expected in ((4, (1, 0)), (5, (0, 1))):
        knowing.says(name, row, "doubtful", {"candidates": [*others[:count], {"party": party, "entry": None}]})
        if knowing.year.truth[name, row].lines:
            knowing.answers[name]["doubtful"][-1]["candidates"][-1]["entry"] = knowing.year.truth[name, row].lines[0]
        scored = knowing.scored()
        assert (scored.proposed_right, scored.missed) == expected
        assert scored.wrong == before - 1


def test_of_what_the_book_has_its_entry_must_be_proposed(knowing: Omniscient) -> None:
    name, row = knowing.first("typed", "without")
    truth = knowing.year.truth[name, row]
    candidate = {"party": knowing.numbers[truth.party], "name": truth.party}
    for entry, expected in ((None, 0), (truth.lines[0], 1)):
        knowing.says(name, row, "doubtful", {"candidates": [candidate | {"entry": entry}]})
        assert knowing.scored().proposed_right == expected


def test_a_row_that_comes_again_may_make_good_what_was_missed(knowing: Omniscient) -> None:
    again = next(key for key, one in knowing.year.truth.items() if one.kind == "again" and one.why == "payment")
    truth = knowing.year.truth[again]
    first = next(
        key for key, one in knowing.year.truth.items() if one.receipt == truth.receipt and one.kind == "payment"
    )
    right = knowing.scored().sure_right
    knowing.without(*first)
    knowing.says(*again, "recorded", knowing.record(*again, truth.party))
    scored = knowing.scored()
    assert (scored.sure_right, scored.missed) == (right, 0)
    assert not whys(scored, *again)


def test_the_driver_is_told_who_paid_and_where_it_stands(year: Year) -> None:
    for key, one in year.truth.items():
        assert year.answer_for(*key) == (None if one.kind in ("again", "none") else one.party)
        assert year.lines_for(*key) == one.lines
    assert year.answer_for(year.files[0], 9_999) is None
