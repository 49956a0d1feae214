"""`khata verify` with where to go on from, and what to leave out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from khata.store.sqlite.schema import OBJECTS
from tests.cli.conftest import Counter


@pytest.fixture
def shop(khata: Counter) -> Counter:
    khata("init", "Sharma Kirana")
    khata("sale", "ramesh", "450", "--new", "--note", "atta")
    return khata


def forged(book: Path) -> None:
    """The last entry made into another one, sealed as its own: nothing in the file tells."""
    with closing(sqlite3.connect(book, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        seq, body = connection.execute("SELECT seq, body FROM event ORDER BY seq DESC").fetchone()
        body = body.replace(b"45000", b"15000")
        values = (body, sha256(b"\0" + body).digest(), seq)
        connection.execute("UPDATE event SET body = ?, hash = ? WHERE seq = ?", values)
        connection.execute(OBJECTS["event_no_update"])


def book(shop: Counter) -> Path:
    return next((shop.home / "Khata").glob("*.khata"))


def test_it_goes_on_from_where_the_last_one_ended(shop: Counter) -> None:
    assert shop("verify").code == 0
    shop("sale", "ramesh", "60")
    data = shop("verify", "--since", "last", "--json").data
    assert (data["result"], data["entries"], data["since"]["entry"]) == ("unbroken", 4, 3)
    assert data["to_receive_paise"] == 51000
    assert shop("verify", "--since", "last", "--json").data["since"]["entry"] == 4


def test_where_nothing_was_verified_all_is_read_and_that_is_said(shop: Counter) -> None:
    envelope = shop("verify", "--since", "last", "--json").envelope
    assert (envelope["data"]["since"], [each["code"] for each in envelope["warnings"]]) == (None, ["never_verified"])


def test_a_rewritten_book_is_broken_for_whoever_verified_it_before(shop: Counter) -> None:
    """An accountant has never written in it: nothing but the verified point tells."""
    accountant = Counter(shop.home / "accountant")
    accountant.home.mkdir()
    where = ("--book", str(book(shop)))
    assert accountant("verify", *where).code == 0
    forged(book(shop))
    answer = accountant("verify", "--since", "last", *where)
    assert answer.code == 1
    assert "not the entry of the verification here" in answer.out
    for words in (("--since", "last"), (), ("--check", "chain"), ()):
        assert accountant("verify", *words, *where).code == 1, "and a broken one moves no point"


def test_a_broken_book_moves_no_point(shop: Counter) -> None:
    shop("verify")
    (point,) = (shop.home / ".local/state/khata/verified").iterdir()
    before = point.read_bytes()
    forged(book(shop))
    assert shop("verify").code == 1, "this computer wrote another last entry"
    assert point.read_bytes() == before


def test_the_point_is_for_its_owner_alone(shop: Counter) -> None:
    shop("verify")
    (point,) = (shop.home / ".local/state/khata/verified").iterdir()
    assert point.stat().st_mode & 0o777 == 0o600
    assert point.parent.stat().st_mode & 0o777 == 0o700


def test_the_chain_alone(shop: Counter) -> None:
    data = shop("verify", "--check", "chain", "--json").data
    assert (data["result"], data["to_receive_paise"]) == ("unbroken", None)
    assert data["not_checked"] == ["details", "replay", "checkpoint"]
    assert "contents not checked" in shop("verify", "--check", "chain").out


@pytest.mark.parametrize(
    "words", [("--since", "5"), ("--check", "all"), ("--since", ""), ("--since", "last", "--check", "chain")]
)
def test_what_cannot_be_asked_is_misused(shop: Counter, words: tuple[str, ...]) -> None:
    assert shop("verify", *words, "--json").refused == "misused"
