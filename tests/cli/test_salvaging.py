"""`salvage` of a book whose only fault is a name or a note: that one is left out, and all else is kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from khata.events import codec
from khata.events.base import Event, Recorded
from khata.events.book import DetailErased
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded
from khata.log.book import Detail
from khata.log.chain import EMPTY, Head, seal
from khata.pen import stamp
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.units import Party, Seq
from khata.verifying.verify import verify
from tests.books import COUNTER, MORNING, TODAY, event_id
from tests.cli.conftest import Counter
from tests.hostile.books import opened, sold

SALT = b"s" * 16
RAMESH = b'{"name":"Ramesh"}'


def sealed(path: Path, *entries: tuple[Event, bytes | None, bytes], leave_out: int = 0, more: int = 0) -> Path:
    """A book of these events, each with the bytes and the salt of its detail, to which it commits.

    The detail of `leave_out` is not there, and `more` has one that it commits to nothing of.
    """
    head, stored, details = EMPTY, [], []
    for seq, (event, body, salt) in enumerate([(opened(), None, SALT), *entries], 1):
        if body is not None:
            event.detail = codec.commitment(salt, body)
            details.append(Detail(Seq(seq), salt, body))
        recorded = Recorded(Seq(seq), stamp(MORNING), TODAY, COUNTER, event_id(("salvaged", seq)), event)
        stored.append(seal(codec.encode(recorded, head.hash.hex()), head))
        head = Head(stored[-1].seq, stored[-1].hash)
    details += [Detail(Seq(more), SALT, b"x", 1)] if more else []
    create(path, stored, [each for each in details if each.entry != leave_out])
    return path


def ramesh(body: bytes | None = RAMESH, salt: bytes = SALT) -> tuple[Event, bytes | None, bytes]:
    return PartyAdded(party=Party(1)), body, salt


def sale(body: bytes | None = b'{"note":"atta"}') -> tuple[Event, bytes | None, bytes]:
    return sold(), body, SALT


def plain(event: Event) -> tuple[Event, bytes | None, bytes]:
    return event, None, SALT


def other_words(path: Path) -> Path:
    path.write_bytes(path.read_bytes().replace(b"Ramesh", b"Somesh"))
    return path


ERASED = DetailErased(party=Party(1), upto=Seq(3))

BOOKS: dict[str, tuple[Callable[[Path], Path], str, list[int], list[int]]] = {
    "a name that was erased": (lambda path: sealed(path, ramesh(), sale(), plain(ERASED)), "detail_erased", [], []),
    "a note that was erased by its number": (
        lambda path: sealed(path, ramesh(), sale(), plain(DetailErased(entries=(Seq(3),)))),
        "detail_erased",
        [2],
        [],
    ),
    "the reason of a reversal that was erased": (
        lambda path: sealed(
            path,
            ramesh(),
            sale(),
            (EntryReversed(entry=Seq(3)), b'{"reason":"wrong"}', SALT),
            plain(DetailErased(party=Party(1), upto=Seq(4))),
        ),
        "detail_erased",
        [],
        [],
    ),
    "one that was erased, and one that is lost": (
        lambda path: sealed(path, ramesh(), plain(DetailErased(party=Party(1), upto=Seq(2))), sale(), leave_out=4),
        "detail_erased",
        [],
        [4],
    ),
    "another salt": (lambda path: sealed(path, ramesh(salt=b"s" * 15), sale()), "bad_salt", [3], [2]),
    "a space": (lambda path: sealed(path, ramesh(b'{"name": "Ramesh"}'), sale()), "not_canonical", [3], [2]),
    "no object": (lambda path: sealed(path, ramesh(b'["Ramesh"]'), sale()), "not_canonical", [3], [2]),
    "no text": (lambda path: sealed(path, ramesh(b'{"name":7}'), sale()), "not_canonical", [3], [2]),
    "no JSON": (lambda path: sealed(path, ramesh(b"{"), sale()), "not_canonical", [3], [2]),
    "no UTF-8": (lambda path: sealed(path, ramesh(b'{"name":"\xff"}'), sale()), "not_canonical", [3], [2]),
    "very deep": (lambda path: sealed(path, ramesh(b"[" * 60_000), sale()), "not_canonical", [3], [2]),
    "a huge number": (
        lambda path: sealed(path, ramesh(b'{"x":' + b"9" * 5_000 + b"}"), sale()),
        "not_canonical",
        [3],
        [2],
    ),
    "other words": (lambda path: other_words(sealed(path, ramesh(), sale())), "detail_differs", [3], [2]),
    "one that is gone": (lambda path: sealed(path, ramesh(), sale(), leave_out=2), "detail_missing", [3], [2]),
    "one that nobody promised": (lambda path: sealed(path, ramesh(), sale(None), more=3), "no_commitment", [2], []),
}
"""How the book is made, what `verify` says of it, the entries whose details are kept, and those whose are lost."""


@pytest.mark.parametrize("name", BOOKS)
def test_a_detail_that_is_wrong_is_left_out_and_all_else_is_kept(khata: Counter, name: str) -> None:
    make, code, kept, lost = BOOKS[name]
    path = make(khata.home / "shop.khata")
    assert {fault.code for fault in verify(path).faults} >= {code}
    answer = khata("salvage", str(path), "-o", str(khata.home / "new.khata"), "--json")
    assert answer.code == 0, answer.out
    assert answer.data["details_lost"] == lost
    assert answer.data["missing"] is None
    assert verify(khata.home / "new.khata").result == "unbroken"
    with closing(SqliteBook(khata.home / "new.khata")) as book, book.reading() as reading:
        assert [detail.entry for detail in reading.details(1, answer.data["kept"])] == kept
