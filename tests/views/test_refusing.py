"""A reader believes nothing that a verifier refuses: no balances are given, and nothing is added (docs/FORMAT.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from khata.log.book import Detail
from khata.log.chain import EMPTY, Entry, Head, leaf
from khata.log.errors import BookBrokenError
from khata.store.memory import MemoryBook
from khata.store.sqlite.create import create
from khata.units import Seq
from khata.verifying.verify import verify
from khata.views import catch_up as catching
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import first_lost
from tests.books import Shop, balances_in, contents, on_disk

COUNTER = "c0ffee00"
AT = "2026-11-22T04:30:00.000000Z"
LARGEST = 2**53 - 1


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def committed(salt: bytes, body: bytes) -> str:
    return hashlib.sha256(b"khata-detail-v1\x00" + salt + body).hexdigest()


class Writer:
    """Writes a book from the format's own page: whatever it is told, with the right hashes and links."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.details: list[Detail] = []
        opening = {"book": "b0" * 16, "counter": COUNTER, "currency": "INR", "lang": "en", "min_reader": 1}
        self.opening = opening | {"min_writer": 1, "shop": "Sharma Kirana Store", "zone": "+05:30"}

    def raw(self, body: bytes) -> None:
        self.entries.append(Entry(Seq(len(self.entries) + 1), body, leaf(body)))

    def add(self, kind: str, data: dict[str, Any], words: dict[str, Any] | bytes | None = None, **more: Any) -> None:
        seq = Seq(len(self.entries) + 1)
        if words is not None:
            salt = hashlib.sha256(str(seq).encode()).digest()[:16]
            text = words if isinstance(words, bytes) else canonical(words)
            self.details.append(Detail(seq, salt, text))
            data = data | {"detail": committed(salt, text)}
        body = {"@prev": self.prev, "@seq": seq, "@v": 1, "at": AT, "by": COUNTER, "data": data, "kind": kind, "v": 1}
        body |= {"id": hashlib.md5(str(seq).encode()).hexdigest(), "on": "2026-11-22"}  # noqa: S324 - 32 hex
        self.raw(canonical(body | more))

    @property
    def prev(self) -> str:
        return (self.entries[-1].hash if self.entries else EMPTY.hash).hex()

    def opened(self) -> None:
        self.add("book_opened", self.opening, {"counter": "Ravi"})

    def party(self, number: int, name: str = "Ramesh", **more: Any) -> None:
        self.add("party_added", {"party": number}, {"name": name}, **more)

    def sale(self, party: int, paise: int = 100, **more: Any) -> None:
        self.add("sale_recorded", {"amount_paise": paise, "party": party} | more.pop("data", {}), **more)

    def changed(self, **change: Any) -> None:
        """Another detail beside the last one's entry."""
        self.details[-1] = self.details[-1]._replace(**change)


Act = Callable[[Writer], None]


def cancelled_twice(w: Writer) -> None:
    w.add("entry_reversed", {"entry": 3})
    w.add("entry_reversed", {"entry": 3})


def named_twice(w: Writer) -> None:
    w.party(1, "Again")


def equal_keys(w: Writer) -> None:
    data = b'{"amount_paise":500,"amount_paise":70000,"party":1}'
    w.sale(1)
    body = w.entries.pop().body
    w.raw(body.replace(b'{"amount_paise":100,"party":1}', data))


def spaced(w: Writer) -> None:
    w.sale(1)
    w.raw(w.entries.pop().body[:-1] + b" }")


def another_salt(w: Writer) -> None:
    w.party(2)
    w.changed(salt=bytes(16))


def short_salt(w: Writer) -> None:
    w.party(2)
    salt, body = b"short", w.details[-1].body
    w.entries.pop()
    w.details.pop()
    w.add("party_added", {"party": 2, "detail": committed(salt, body)})
    w.details.append(Detail(Seq(4), salt, body))


def promised_nothing(w: Writer) -> None:
    w.sale(1)
    w.details.append(Detail(Seq(4), bytes(16), b"{}"))


def too_much(w: Writer) -> None:
    for _ in range(2):
        w.sale(1, LARGEST - 100)


def far_too_much(w: Writer) -> None:
    for _ in range(3000):
        w.sale(1, LARGEST)


def erased_and_there(w: Writer) -> None:
    w.party(2, "Suresh")
    w.add("detail_erased", {"party": 2, "upto": 4})


def erased_by_number_and_there(w: Writer) -> None:
    w.party(2, "Suresh")
    w.add("detail_erased", {"entries": [4]})


WRONG: dict[str, Act] = {
    "reversed_twice": cancelled_twice,
    "a reversal of what moved no money": lambda w: w.add("entry_reversed", {"entry": 2}),
    "party_not_declared": lambda w: w.sale(99),
    "a change of nobody": lambda w: w.add("party_changed", {"party": 7}, {"name": "X"}),
    "party_added_twice": named_twice,
    "a number left out": lambda w: w.party(3),
    "equal_keys": equal_keys,
    "a space": spaced,
    "id_twice": lambda w: w.sale(1, id=hashlib.md5(b"3").hexdigest()),  # noqa: S324 - 32 hex
    "counter_not_declared": lambda w: w.sale(1, by="deadbeef"),
    "import_not_started": lambda w: w.sale(1, data={"import": {"entry": 2, "row": 2}}),
    "corrects_later": lambda w: w.sale(1, data={"corrects": 4}),
    "erases_later": lambda w: w.add("detail_erased", {"party": 1, "upto": LARGEST}),
    "erases_later by number": lambda w: w.add("detail_erased", {"entries": [4]}),
    "clock_not_behind": lambda w: w.sale(1, clock=AT),
    "at_goes_back": lambda w: w.sale(1, at="2026-11-22T04:29:59.999999Z"),
    "opened_twice": lambda w: w.add("book_opened", w.opening, {"counter": "Ravi"}),
    "detail_differs": another_salt,
    "bad_salt": short_salt,
    "no_commitment": promised_nothing,
    "a detail that is not canonical": lambda w: w.party(2) or w.add("party_changed", {"party": 2}, b'{"name": "X"}'),  # type: ignore[func-returns-value]
    "detail_erased": erased_and_there,
    "detail_erased by number": erased_by_number_and_there,
    "sum_too_large": too_much,
    "sums beyond 64 bits": far_too_much,
}


def written(wrong: Act | None = None) -> Writer:
    """A book of a party and a sale, and what follows them."""
    writer = Writer()
    writer.opened()
    writer.party(1)
    writer.sale(1)
    if wrong is not None:
        wrong(writer)
    return writer


def book_of(writer: Writer, upto: int | None = None) -> MemoryBook:
    book, last = MemoryBook(), upto or len(writer.entries)
    with book.writing() as writing:
        writing.append(writer.entries[:last], [each for each in writer.details if each.entry <= last])
    return book


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_verifier_refuses_it(tmp_path: Path, wrong: Act) -> None:
    writer = written(wrong)
    create(tmp_path / "x.khata", writer.entries, writer.details)
    if wrong not in (too_much, far_too_much):  # how a verifier finds these is for tests/verifying
        assert verify(tmp_path / "x.khata").result == "broken"


@pytest.mark.parametrize("bulk", [False, True], ids=["a few", "many"])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_reader_refuses_it_in_one_tail_and_after_what_the_views_have(
    wrong: Act, monkeypatch: pytest.MonkeyPatch, *, bulk: bool
) -> None:
    if bulk:
        monkeypatch.setattr(catching, "LARGE", 0)
    writer = written(wrong)
    with pytest.raises(BookBrokenError):
        catch_up(book_of(writer), Cache(None))
    cache = Cache(None)
    step = len(writer.entries) < 100 and "erased" not in wrong.__name__  # of old details none is read again
    for upto in range(3, len(writer.entries)) if step else [3]:
        catch_up(book_of(writer, upto), cache)
    before = contents(cache)
    with pytest.raises(BookBrokenError):
        catch_up(book_of(writer), cache)
    assert contents(cache) == before


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_writer_refuses_it_too_where_it_comes_between_catching_up_and_the_lock(wrong: Act) -> None:
    shop = Shop(book_of(written()))
    shop.books.catch_up()
    shop.books.store = book_of(written(wrong))
    shop.books.catch_up = lambda **_: catching.Reach(EMPTY)  # type: ignore[method-assign] # it has been done
    with pytest.raises(BookBrokenError):
        shop.sell("Ramesh", 5)


def test_what_a_verifier_believes_is_believed(tmp_path: Path) -> None:
    def act(w: Writer) -> None:
        w.add("entry_reversed", {"entry": 3}, {"reason": "not his"})
        w.add("counter_added", {"counter": "0ddba11d"}, {"counter": "Asha"}, by="0ddba11d")
        w.add("import_started", {"sha256": "ab" * 32, "rows": 1, "profile": "khata"}, {"file": "x.csv"})
        w.sale(1, LARGEST - 200, data={"import": {"entry": 6, "row": 2}})
        w.sale(1, data={"corrects": 3})
        w.add("clock_corrected", {}, {"reason": "battery"}, at="2026-11-20T04:30:00.000000Z")
        w.party(2, "Suresh", at="2026-11-20T04:30:00.000000Z")
        w.add("detail_erased", {"party": 2, "upto": 10}, at="2026-11-20T04:30:00.000000Z")
        w.details = [each for each in w.details if each.entry != 10]

    writer, cache = written(act), Cache(None)
    catch_up(book_of(writer), cache)
    assert balances_in(cache) == {1: LARGEST - 100}
    assert first_lost(cache.connection) is None
    create(tmp_path / "x.khata", writer.entries, writer.details)
    assert verify(tmp_path / "x.khata").result == "unbroken"


def test_numbers_that_a_book_brings_along_need_not_be_the_next_ones() -> None:
    writer = Writer()
    writer.opening = writer.opening | {"continues": {"book": "c0" * 16, "size": 9, "head": "ab" * 32}}
    writer.opened()
    writer.party(7)
    writer.sale(7)
    writer.party(3)
    cache = Cache(None)
    catch_up(book_of(writer), cache)
    assert balances_in(cache) == {7: 100}
    writer.party(7)
    with pytest.raises(BookBrokenError):
        catch_up(book_of(writer), cache)


def test_a_name_that_is_lost_and_was_not_erased_stops_questions_and_sales(tmp_path: Path) -> None:
    writer = written(lambda w: w.party(2, "Suresh"))
    lost = [each for each in writer.details if each.entry != 4]
    create(tmp_path / "x.khata", writer.entries, lost)
    assert verify(tmp_path / "x.khata").result == "broken"
    shop = on_disk(tmp_path / "x.khata", tmp_path / "cache")
    with pytest.raises(BookBrokenError) as caught:
        shop.sell("Ramesh", 5)
    assert caught.value.facts == {"entry": 4, "reason": "detail_missing"}


@pytest.mark.parametrize("first", ["a sale", "nothing"])
def test_a_book_that_does_not_begin_with_its_opening_is_none(first: str) -> None:
    writer = Writer()
    if first == "a sale":
        writer.sale(1)
        with pytest.raises(BookBrokenError):
            catch_up(book_of(writer), Cache(None))
    else:
        assert catch_up(book_of(writer), Cache(None)).position == Head(Seq(0), bytes(32))
