"""A verification that goes on from a verified point reads what is new, and holds it against what was there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khata.events.base import Event, Imported
from khata.events.book import CounterAdded, ImportStarted
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded
from khata.log.errors import BookBrokenError
from khata.rules.correction import ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.store.sqlite.readonly import Pages, ReadOnlyBook
from khata.units import LARGEST, Party, Seq
from khata.verifying.point import Point, packed, unpacked
from khata.verifying.tally import Tally
from khata.verifying.verdict import Fault, Verdict
from khata.verifying.verify import verify
from tests.books import MORNING, Ids, Shop, next_entry, on_disk
from tests.verifying.conftest import Patient
from tests.verifying.test_verify import ANOTHER, book_of, opened, sold


class Shelf(Patient):
    """The patient's book, in use again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.shop: Shop = on_disk(self.book, folder / "cache")
        self.shop.books.new_id = Ids("later")

    def since(self, point: Point | None, *, cache: bool = True) -> Verdict:
        self.shop.books.catch_up()
        return verify(self.book, self.cache if cache else None, since=point)

    def verified(self) -> Point:
        """The point that a full verification leaves, as it comes back from where it is kept."""
        found = verify(self.book, self.cache).point
        assert found is not None
        kept = unpacked(packed(found))
        assert kept == found
        return found


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.shop.close_views()
    made.shop.store.close()  # type: ignore[attr-defined]


def write_more(shelf: Shelf) -> None:
    shop = shelf.shop
    shop.sell("Party 1", 80, note="later")
    shop.sell("New", 20)
    shop.receive("New", 5)
    shop.record(ReverseEntry(entry=Seq(5), reason="wrong too"))
    shop.receive("Party 2", 1300)
    shop.record(ForgetParty(party=shop.party("Party 2")))
    shop.sell("Party 1", 1)


def test_what_is_new_is_read_and_nothing_else(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    point = shelf.verified()
    write_more(shelf)
    read: list[int] = []
    pages = ReadOnlyBook.pages

    def watched(book: ReadOnlyBook, first: int, last: int) -> Pages:
        read.append(first)
        return pages(book, first, last)

    monkeypatch.setattr(ReadOnlyBook, "pages", watched)
    verdict = shelf.since(point)
    assert verdict.result == "unbroken"
    assert min(read) >= point.seq


def test_it_says_what_reading_everything_says(shelf: Shelf) -> None:
    point = shelf.verified()
    write_more(shelf)
    lately, whole = shelf.since(point), verify(shelf.book, shelf.cache, earlier=point)
    assert lately.since == point
    assert (lately.read, whole.read) == (whole.entries - point.seq, whole.entries)
    lately.since, lately.read = None, whole.read
    assert lately.point is not None
    lately.names_and_notes = whole.names_and_notes  # what was erased since had been counted
    lately.point.tally.details = whole.names_and_notes
    assert lately == whole


def test_it_goes_on_from_itself(shelf: Shelf) -> None:
    point = shelf.verified()
    write_more(shelf)
    again = shelf.since(point).point
    assert again is not None
    shelf.shop.sell("New", 7)
    verdict = shelf.since(again)
    assert (verdict.result, verdict.since) == ("unbroken", again)
    assert verdict.to_receive_paise == shelf.since(None).to_receive_paise


def test_nothing_new_is_well(shelf: Shelf) -> None:
    point = shelf.verified()
    assert shelf.since(point).result == "unbroken"


@pytest.mark.parametrize("change", [b'"amount_paise":8000', b'"amount_paise":100'])
def test_a_new_entry_that_was_changed_is_found(shelf: Shelf, change: bytes) -> None:
    point = shelf.verified()
    write_more(shelf)
    seq = next(seq for seq in range(point.seq + 1, shelf.size() + 1) if change in shelf.body(seq))
    shelf.change(seq, lambda body: body.replace(change, change + b"1"))
    verdict = shelf.since(point)
    assert (verdict.result, verdict.first_bad_entry) == ("broken", seq)


def test_a_book_in_which_the_point_stands_no_more_is_broken_and_read_from_the_beginning(shelf: Shelf) -> None:
    point = shelf.verified()
    shelf.change(point.seq, lambda body: body.replace(b"5500", b"5501"), rehash=True)
    verdict = verify(shelf.book, None, since=point)
    assert verdict.result == "broken"
    assert Fault("anchor", point.seq, "not_as_verified") in verdict.faults
    assert verdict.since is None
    assert verify(shelf.book, None).result == "unbroken", "nothing else would have shown it"


def test_a_book_that_ends_before_the_point_is_broken(shelf: Shelf) -> None:
    point = shelf.verified()
    with shelf.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq = ?", (point.seq,))
    verdict = verify(shelf.book, None, since=point)
    assert Fault("anchor", point.seq, "not_as_verified") in verdict.faults


def test_what_the_prefix_declared_and_reversed_is_known(shelf: Shelf) -> None:
    """A reversal of what was reversed before the point, a party number that was given before it."""
    point = shelf.verified()
    write_more(shelf)
    kept = point.tally
    assert shelf.since(point).result == "unbroken"
    for name, wrong, code in (
        ("reversals", [*kept.reversals, (point.seq, 5)], "reversed_twice"),
        ("parties", [*kept.parties, (point.seq, 5)], "party_not_next"),
        ("counters", {}, "counter_not_declared"),
        ("not_money", [*kept.not_money, 5], "reverses_nothing"),
    ):
        before = getattr(kept, name)
        setattr(kept, name, wrong)
        assert code in {fault.code for fault in shelf.since(point).faults}, name
        setattr(kept, name, before)


def append(shelf: Shelf, event: Event, **envelope: Any) -> None:
    """An entry about which no rule was asked."""
    with shelf.shop.store.writing() as writing:
        writing.append([next_entry(writing.head(), event, at=MORNING + timedelta(days=1), **envelope)])


SITA = "51fa51fa"


@pytest.fixture
def before(shelf: Shelf) -> Point:
    """A point before which another counter, and an import, had begun: entries 20 and 21."""
    append(shelf, CounterAdded(counter=SITA))
    append(shelf, ImportStarted(sha256="ab" * 32, rows=9, profile="khata"))
    shelf.shop.books.catch_up()
    return shelf.verified()


@pytest.mark.parametrize(
    ("event", "envelope", "code"),
    [
        (EntryReversed(entry=Seq(3)), {}, "reversed_twice"),
        (EntryReversed(entry=Seq(5)), {}, None),
        (EntryReversed(entry=Seq(2)), {}, "reverses_nothing"),
        (EntryReversed(entry=Seq(14)), {}, "reverses_nothing"),
        (PartyAdded(party=Party(4)), {}, "party_not_next"),
        (PartyAdded(party=Party(6)), {}, "party_not_next"),
        (PartyAdded(party=Party(5)), {}, None),
        (sold(5), {}, "party_not_declared"),
        (sold(4), {}, None),
        (sold(4), {"by": "51fa51fb"}, "counter_not_declared"),
        (sold(4), {"by": SITA}, None),
        (sold(4, imported=Imported(Seq(20), 2)), {}, "import_not_started"),
        (sold(4, imported=Imported(Seq(21), 2)), {}, None),
        (opened(), {}, "opened_twice"),
    ],
)
@pytest.mark.parametrize("cache", [True, False], ids=["with views", "without"])
def test_what_is_new_is_held_against_what_stood_before_the_point(
    shelf: Shelf, before: Point, cache: bool, event: Event, envelope: dict[str, Any], code: str | None
) -> None:
    append(shelf, event, **envelope)
    lately, whole = verify(shelf.book, shelf.cache if cache else None, since=before), verify(shelf.book)
    assert lately.since == before
    assert {fault.code for fault in lately.faults} == ({code} if code else set())
    assert (lately.faults, lately.entries, lately.parties) == (whole.faults, whole.entries, whole.parties)
    assert (lately.to_receive_paise, lately.to_give_paise) == (whole.to_receive_paise, whole.to_give_paise)


def test_a_book_that_goes_on_from_another_keeps_its_numbers_after_the_point_too(tmp_path: Path) -> None:
    path = tmp_path / "book.khata"
    began = opened(continues=ANOTHER)
    found = verify(book_of(path, began, PartyAdded(party=Party(7)))).point
    path.unlink()
    for later, faults in ((12, ()), (7, (Fault("chain", Seq(3), "party_not_next"),))):
        verdict = verify(book_of(path, began, PartyAdded(party=Party(7)), PartyAdded(party=Party(later))), since=found)
        assert (verdict.since, verdict.faults) == (found, faults)
        path.unlink()


def test_an_id_that_an_earlier_entry_has_is_seen_in_the_views(shelf: Shelf) -> None:
    point = shelf.verified()
    taken = shelf.shop.recorded()[4].id
    shelf.shop.books.new_id = lambda: taken
    shelf.shop.sell("Party 1", 80)
    with pytest.raises(BookBrokenError):
        shelf.shop.books.catch_up()
    faults = verify(shelf.book, shelf.cache, since=point).faults
    assert {fault.code for fault in faults} == {"id_twice"}


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE month SET debit_paise = debit_paise + 1 WHERE party = 1 AND account = 'party'", "month_differs"),
        ("UPDATE month SET credit_paise = credit_paise + 1 WHERE party = 0 AND account = 'sales'", "month_differs"),
        ("UPDATE party SET last_entry = last_entry - 1 WHERE party = 1", "party_differs"),
        ("UPDATE party SET record = replace(record, 'New', 'Old')", "party_differs"),
        ("UPDATE entry SET amount_paise = 1 WHERE amount_paise = 2000 AND seq > 19", "entry_differs"),
        ("UPDATE entry SET reversed_by = NULL WHERE seq = 5", "reversed_differs"),
        ("DELETE FROM party WHERE record LIKE '%New%'", "party_differs"),
        ("UPDATE entry SET reversed_by = seq WHERE seq = (SELECT max(seq) FROM entry)", "reversed_differs"),
        ("INSERT INTO clock SELECT max(seq), '2026-11-22T00:00:00.000000Z' FROM entry", "clock_differs"),
        ("INSERT INTO import SELECT max(seq), 'ab', 1, 'khata', NULL FROM entry", "import_differs"),
    ],
)
def test_views_that_lie_of_what_is_new_are_found(shelf: Shelf, sql: str, code: str) -> None:
    point = shelf.verified()
    write_more(shelf)
    shelf.shop.books.catch_up()
    shelf.shop.close_views()
    assert shelf.cached(sql)
    verdict = verify(shelf.book, shelf.cache, since=point)
    assert code in {fault.code for fault in verdict.faults}, verdict.faults


def test_without_views_the_balances_are_recomputed_all_the_same(shelf: Shelf) -> None:
    point = shelf.verified()
    write_more(shelf)
    assert shelf.since(point, cache=False).to_receive_paise == shelf.since(None).to_receive_paise


def test_a_point_that_was_found_without_views_has_the_sums_too(shelf: Shelf) -> None:
    point = verify(shelf.book, None).point
    assert point == shelf.verified()
    write_more(shelf)
    verdict = shelf.since(point)
    assert (verdict.result, verdict.to_receive_paise) == ("unbroken", shelf.since(None).to_receive_paise)


NONE = [
    Point(Seq(0), b"", "", Tally()),
    Point(Seq(LARGEST + 1), b"", "", Tally(rows=LARGEST + 1)),
    Point(Seq(1), b"", "2026-99-99T00:00:00.000000Z", Tally(rows=1)),
    Point(Seq(1), b"", "", Tally(rows=1, faults=[("chain", 1, "code")])),
]


@pytest.mark.parametrize("kept", [b"", b"\x00", b"nothing", b"\xa4\xff\xff\xff\xff", *map(packed, NONE)])
def test_what_is_no_point_is_none(kept: bytes) -> None:
    assert unpacked(kept) is None


def test_a_point_of_which_a_byte_was_changed_is_none(shelf: Shelf) -> None:
    kept = packed(shelf.verified())
    assert unpacked(kept) is not None
    for place in range(len(kept)):
        assert unpacked(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]) is None, place


def test_a_point_holds_no_name(shelf: Shelf) -> None:
    kept = packed(shelf.verified())
    for word in (b"Party", b"note", b"Gone"):
        assert word not in kept


def test_a_broken_book_leaves_no_point(patient: Patient) -> None:
    patient.change(5, lambda body: body.replace(b"1", b"2"))
    assert patient.verify().point is None


def test_pages_are_looked_at_where_all_is_read_and_not_where_it_goes_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = shelf.verified()
    monkeypatch.setattr(ReadOnlyBook, "sound", lambda _: False)
    assert shelf.since(point).result == "unbroken"
    point.hash = bytes(32)
    assert Fault("schema", None, "damaged_pages") in shelf.since(point).faults
