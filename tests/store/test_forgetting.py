"""The right to be forgotten: names and notes are gone from every file, and the chain and the money stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.events.book import DetailErased
from khata.log.book import Detail
from khata.rules.base import Named
from khata.rules.correction import ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.refused import PartyForgotten
from khata.store.sqlite.book import SqliteBook
from khata.units import Party, Seq
from tests.books import Shop, contents, event_id, faults_of, in_memory, on_disk, payment, rs, sale
from tests.contracts.book import follow

SECRETS = ("Zubeida", "Begumpura", "9876543210", "jewellery", "mistyped", "brass lamp", "Zubi")


def life_of_zubeida(shop: Shop) -> Party:
    """Everything that a book can know of somebody, settled."""
    shop.record(
        DeclareParty(name="Zubeida", aliases=("Zubi",), phone="9876543210", address="Begumpura"),
        DeclareParty(name="Ramesh", aliases=("Rama",)),
        sale(Named("Ramesh"), 5, note="kept"),
        sale(Named("Zubeida"), 450, note="jewellery", items=["brass lamp"], lines=[]),
        sale(Named("Zubeida"), 50),
        ReverseEntry(entry=Seq(6), reason="mistyped"),
        payment(Named("Zubi"), 450),
        AmendParty(party=Party(1), name="Zeenat", remove_aliases=("Zubi",)),
    )
    return Party(1)


def found(folder: Path, words: tuple[str, ...]) -> set[tuple[str, str]]:
    """Which words stand in which files, in any case."""
    return {
        (path.name, word)
        for path in folder.rglob("*")
        if path.is_file()
        for word in words
        if word.lower().encode() in path.read_bytes().lower()
    }


def test_every_byte_of_the_name_leaves_the_book_and_the_cache(disk_shop: Shop, tmp_path: Path) -> None:
    party = life_of_zubeida(disk_shop)
    disk_shop.balances()
    assert {word for _, word in found(tmp_path, SECRETS)} == set(SECRETS)
    disk_shop.record(ForgetParty(party=party))
    assert not found(tmp_path, (*SECRETS, "zeenat"))
    assert {word for _, word in found(tmp_path, ("Ramesh", "kept"))} == {"Ramesh", "kept"}


@pytest.mark.wide
def test_names_of_many_that_are_forgotten_one_after_the_other_leave_no_copy(disk_shop: Shop, tmp_path: Path) -> None:
    def name(number: int) -> str:
        return f"N{number * 7919 % 1000:04}xq"

    disk_shop.record(*[DeclareParty(name=name(n), address="x" * (n * 37 % 300 + 1)) for n in range(1, 301)])
    disk_shop.record(*[AmendParty(party=Party(n), phone=str(9_000_000_000 + n)) for n in range(1, 301, 2)])
    disk_shop.balances()
    for start in (3, 1, 2):
        gone = [Party(n) for n in range(start, 301, 3)]
        disk_shop.record(*[ForgetParty(party=party) for party in gone])
        words = tuple(name(n) for party in gone for n in [int(party)])
        assert not found(tmp_path, words)


def test_the_money_and_the_chain_stay(shop: Shop) -> None:
    party = life_of_zubeida(shop)
    before, balances = shop.entries(), shop.balances()
    shop.record(ForgetParty(party=party))
    assert shop.entries()[:-1] == before
    assert not list(faults_of(shop.entries()))
    assert shop.balances() == balances == {2: 500}


def test_exactly_what_was_said_of_the_party_is_erased(shop: Shop) -> None:
    party = life_of_zubeida(shop)
    kept_before = {detail.entry for detail in shop.details()}
    shop.record(ForgetParty(party=party))
    erasure = shop.recorded()[-1].event
    assert isinstance(erasure, DetailErased)
    assert (erasure.party, erasure.upto) == (party, len(shop.entries()) - 1)
    assert kept_before == {1, 2, 3, 4, 5, 7, 9}
    assert {detail.entry for detail in shop.details()} == {1, 3, 4}


def test_the_cache_is_the_same_whether_it_forgot_or_never_knew(
    disk_shop: Shop, tmp_path: Path, book_path: Path
) -> None:
    party = life_of_zubeida(disk_shop)
    disk_shop.balances()
    disk_shop.record(ForgetParty(party=party))
    afresh = on_disk(book_path, tmp_path / "another")
    afresh.balances()
    assert contents(afresh.books.cache) == contents(disk_shop.books.cache)


def test_one_who_was_forgotten_is_found_by_no_name_and_trades_no_more(shop: Shop) -> None:
    party = life_of_zubeida(shop)
    shop.record(ForgetParty(party=party))
    shop.record(sale("Zeenat", 7))
    with pytest.raises(PartyForgotten):
        shop.record(sale(party, 9, note="new note"))
    assert shop.balances() == {2: 500, 3: 700}


@pytest.mark.parametrize("kept", ["in one commit", "in two"])
def test_what_is_recorded_and_forgotten_at_once_leaves_nothing(kept: str) -> None:
    shop = in_memory()
    commands = [sale("Ramesh", 5, note="secret"), payment("Ramesh", 5, note="secret too"), ForgetParty(party=Party(1))]
    for part in [commands] if kept == "in one commit" else [commands[:2], commands[2:]]:
        shop.record(*part)
    assert [detail.entry for detail in shop.details()] == [1]
    assert shop.balances() == {}
    assert shop.recorded()[2].event.detail is not None
    assert rs(5) == 500


def _number(*of: object) -> int:
    return int(event_id(of)[:8], 16)


@pytest.mark.wide
@pytest.mark.parametrize("seed", [2, 7])
def test_details_erased_in_many_rounds_leave_no_copy_in_the_book(book_path: Path, seed: int) -> None:
    # Without a rewrite SQLite leaves copies where it merges pages: some of these are found again.
    book, left = SqliteBook(book_path), set(range(2, 1500))
    with book.writing() as writing:
        entries = follow(writing.head(), 1498)
        words = [f"name{n:05}!" + "x" * (_number(seed, n) % 400) for n in sorted(left)]
        writing.append(entries, [Detail(e.seq, b"s" * 16, w.encode()) for e, w in zip(entries, words, strict=True)])
    for turn in range(5):
        gone = {n for n in left if _number(seed, n, turn) % 3 == 0}
        for part in range(20):
            with book.writing() as writing:
                writing.erase([Seq(n) for n in gone if n % 20 == part])
        left -= gone
        raw = book_path.read_bytes()
        assert not [n for n in range(2, 1500) if n not in left and f"name{n:05}!".encode() in raw]
        with book.reading() as reading:
            assert {detail.entry for detail in reading.details(2, 1500)} == left


@pytest.mark.parametrize("large", [False, True], ids=["in one commit", "built apart"])
def test_views_that_are_thrown_away_leave_no_name_of_another_book(
    disk_shop: Shop, tmp_path: Path, book_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    for number in range(200):
        disk_shop.sell(f"Zanzibar Traders {number}", 5)
    disk_shop.balances()
    disk_shop.close_views()
    book_path.unlink()
    monkeypatch.setattr("khata.views.catch_up.LARGE", 1 if large else 5000)
    again = on_disk(book_path, tmp_path / "cache")
    again.sell("Ramesh", 5)
    again.sell("Ramesh", 6)
    assert again.balances() == {1: 1100}
    again.close_views()
    for each in (tmp_path / "cache").iterdir():
        assert b"Zanzibar" not in each.read_bytes(), each
