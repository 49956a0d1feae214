"""A book whose sums do not fit is refused at the first entry with which one is beyond, however it is read."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from khata.events.base import Event
from khata.events.money import (
    DebtWrittenOff,
    DiscountAllowed,
    EntryReversed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    Paid,
    PaymentReceived,
    SaleRecorded,
)
from khata.events.party import PartyAdded
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import LARGEST, Paise, Party, Seq
from khata.verifying import crew
from khata.verifying.crew import Crew
from khata.verifying.ids import Ids
from khata.verifying.pages import Reader
from khata.verifying.point import packed
from khata.verifying.sums import Sums
from khata.verifying.tally import Tally
from khata.verifying.verdict import Fault, Verdict
from khata.verifying.verify import verify
from tests.cli.test_verdicts import rewritten
from tests.verifying.test_verify import ONE, book_of, opened

TWO = PartyAdded(party=Party(2))
M = Paise(LARGEST)


def sale(amount: int, party: int | None = 1, *paid: int, mode: str = "cash") -> SaleRecorded:
    whose = Party(party) if party else None
    return SaleRecorded(
        amount_paise=Paise(amount), party=whose, paid=tuple(Paid(mode, Paise(part)) for part in paid) or None
    )


def took(amount: int, discount: int | None = None, mode: str = "upi") -> PaymentReceived:
    less = Paise(discount) if discount else None
    return PaymentReceived(amount_paise=Paise(amount), party=Party(1), mode=mode, discount_paise=less)


def returned(amount: int, *paid: int) -> GoodsReturned:
    parts = tuple(Paid("cash", Paise(part)) for part in paid) or None
    return GoodsReturned(amount_paise=Paise(amount), party=Party(1), paid=parts)


def owed(amount: int, side: str = "receive") -> OpeningRecorded:
    return OpeningRecorded(amount_paise=Paise(amount), party=Party(1), side=side)


def refused_at(verdict: Verdict) -> list[int | None]:
    assert verdict.result == ("broken" if verdict.faults else "unbroken")
    assert {(fault.check, fault.code) for fault in verdict.faults} <= {("chain", "sum_too_large")}
    return [fault.entry for fault in verdict.faults]


TOO_LARGE: dict[str, list[Event]] = {
    "a party's debits": [sale(LARGEST), sale(1)],
    "two parties' debits": [sale(LARGEST), sale(1, 2)],
    "a party's credits": [took(LARGEST), took(1, mode="card")],
    "a payment and what is let go": [took(LARGEST, 1)],
    "debits that are paid at once": [sale(LARGEST, 1, LARGEST), sale(1, 1, 1, mode="upi")],
    "sales of nobody": [sale(LARGEST, None, LARGEST), sale(1, None, 1, mode="upi")],
    "a mode": [took(LARGEST - 9), sale(10, None, 10, mode="upi")],
    "a mode, given back": [returned(1, 1), MoneyRefunded(amount_paise=M, party=Party(1), mode="cash")],
    "returns": [returned(LARGEST), returned(1)],
    "discounts": [DiscountAllowed(amount_paise=M, party=Party(1)), took(1, 1)],
    "write-offs": [
        DebtWrittenOff(amount_paise=M, party=Party(1)),
        DebtWrittenOff(amount_paise=Paise(1), party=Party(1)),
    ],
    "openings": [owed(LARGEST, "give"), owed(1, "give")],
    "a reversal on the other side": [sale(LARGEST), took(1), EntryReversed(entry=Seq(4))],
    "a balance that is always small": [sale(LARGEST), took(LARGEST), sale(1)],
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_the_first_entry_with_which_a_sum_is_beyond_is_named(tmp_path: Path, case: str) -> None:
    made = [opened(), ONE, TWO, *TOO_LARGE[case]]
    path = book_of(tmp_path / "book.khata", *made, sale(5), took(5))
    assert refused_at(verify(path)) == [len(made)]
    assert verify(path).to_receive_paise is None
    assert refused_at(verify(book_of(tmp_path / "fits.khata", *made[:-1]))) == []
    assert refused_at(verify(path, links=True)) == [], "whose amounts are not looked at"


def test_what_fits_to_the_paisa_fits(tmp_path: Path) -> None:
    events = [sale(LARGEST - 7, 1, 5), sale(7, 2), took(LARGEST - 5), sale(1, None, 1)]
    assert refused_at(verify(book_of(tmp_path / "book.khata", opened(), ONE, TWO, *events[:3]))) == []
    assert refused_at(verify(book_of(tmp_path / "more.khata", opened(), ONE, TWO, *events))) == [7]


def test_what_no_64_bits_hold_crosses_from_one_process_to_another(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, *[sale(LARGEST, 1, LARGEST) for _ in range(2200)])
    with closing(ReadOnlyBook(path)) as pages:
        reader = Reader(pages, None, 0, Ids())
        for first in range(1, 2200, 220):
            reader.read(first, first + 219)
        crossed = msgspec.msgpack.decode(msgspec.msgpack.encode(reader.gathered()), type=Tally)
    assert not Sums(crossed.later).fit()
    assert refused_at(verify(path)) == [4]


def test_two_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, *[sale(LARGEST, 1, LARGEST) for _ in range(200)])
    alone = verify(path, alone=True)
    assert refused_at(alone) == [4]
    monkeypatch.setattr(crew, "RANGE", 7)
    monkeypatch.setattr(crew, "LARGE", 1)
    monkeypatch.setattr(Crew, "_read_alone", None)  # the second process must not fail
    assert verify(path) == alone


def test_sums_go_on_from_a_verified_point(tmp_path: Path) -> None:
    before = [opened(), ONE, sale(LARGEST - 5, 1, 3), sale(2)]
    point = verify(book_of(tmp_path / "before.khata", *before)).point
    assert point is not None
    assert packed(point)
    path = book_of(tmp_path / "book.khata", *before, sale(1), took(9), sale(3), sale(1))
    verdict = verify(path, since=point)
    assert verdict.since == point
    assert refused_at(verdict) == refused_at(verify(path)) == [7]
    reversed_one = book_of(tmp_path / "reversed.khata", *before, took(1), EntryReversed(entry=Seq(3)))
    assert refused_at(verify(reversed_one, since=point)) == []
    one_more = book_of(tmp_path / "more.khata", *before, took(4), EntryReversed(entry=Seq(3)))
    assert refused_at(verify(one_more, since=point)) == [6]


def test_where_a_newer_khata_wrote_sums_are_not_judged(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, sale(1, None, 1), sale(LARGEST), sale(LARGEST))
    assert verify(path).result == "broken"
    rewritten(path, 3, b'"mode":"cash"', b'"mode":"gold"')
    assert verify(path).result == "incomplete"


def test_what_is_broken_besides_is_named_too(tmp_path: Path) -> None:
    events = [sale(LARGEST), EntryReversed(entry=Seq(9)), EntryReversed(entry=Seq(2)), sale(1)]
    found = verify(book_of(tmp_path / "book.khata", opened(), ONE, *events))
    assert Fault("chain", Seq(6), "sum_too_large") in found.faults
    assert found.first_bad_entry == 4


def test_a_reversal_of_a_later_entry_adds_nothing(tmp_path: Path) -> None:
    events = [took(LARGEST), EntryReversed(entry=Seq(5)), sale(1), took(1, mode="card")]
    found = verify(book_of(tmp_path / "book.khata", opened(), ONE, *events))
    assert Fault("chain", Seq(6), "sum_too_large") in found.faults


VECTORS = json.loads((Path(__file__).parent.parent / "vectors/more-v1.json").read_text(encoding="utf-8"))
"""Those with sums in them."""


@pytest.mark.parametrize("key", ["sums_that_fit_in_entry_14", "sums_too_large_in_entry_14"])
def test_the_vectors_of_the_format(tmp_path: Path, key: str) -> None:
    from khata.log.chain import Entry, leaf
    from khata.store.sqlite.create import create
    from tests.test_format_vectors import details_of, entries_of

    assert VECTORS[key]
    for number, row in enumerate(VECTORS[key]):
        body = row["body"].encode()
        path = tmp_path / f"{number}.khata"
        create(path, [*entries_of(VECTORS), Entry(Seq(14), body, leaf(body))], details_of(VECTORS))
        assert refused_at(verify(path)) == ([14] if "too_large" in key else []), row["why"]
