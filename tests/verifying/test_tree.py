"""The tree of a book file, and what was signed of it held against what stands there."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.evidence.signing import sign_head
from khata.log import merkle
from khata.log.chain import leaf
from khata.log.errors import BookBrokenError, SignedDiffersError
from khata.rules.book import AdoptCopy
from khata.store.anchor import Anchor
from khata.store.blocks import Blocks
from khata.store.checkpoints import Checkpoints
from khata.store.keys import PrivateKey
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying import tree as tree_module
from khata.verifying.against_signed import KnownCheckpoint, Signed, known_of
from khata.verifying.keys import KeyHistory
from khata.verifying.tree import BookTree
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.books import BOOK_ID, on_disk
from tests.verifying.conftest import Patient
from tests.verifying.test_tampering import more


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four, so that a book of two dozen entries has several."""
    monkeypatch.setattr(tree_module, "BLOCK", 4)
    monkeypatch.setattr(tree_module, "_STEP", 8)


@pytest.fixture
def pages(patient: Patient) -> Iterator[ReadOnlyBook]:
    with closing(ReadOnlyBook(patient.book)) as found:
        yield found


class Signing:
    """A shop that signs its book, and what it keeps for that."""

    def __init__(self, folder: Path, book: Path) -> None:
        self.book = book
        self.kept = Checkpoints(folder / "checkpoints", folder / "signed", BOOK_ID)
        self.blocks = Blocks(folder / "blocks")
        self.key = PrivateKey(f"khata/{BOOK_ID}", b"\7" * 32)

    def sign(self) -> int:
        with closing(ReadOnlyBook(self.book)) as pages:
            return sign_head(pages, self.blocks, self.kept, self.key).checkpoint.size

    def known(self) -> list[KnownCheckpoint]:
        return known_of(Signed(list(self.kept.all()), [self.key.key]), KeyHistory([]))

    def verify(self, *, blocks: bytes | None = None) -> Verdict:
        kept = self.blocks.read() if blocks is None else blocks
        return verify(self.book, None, signed=Signed(list(self.kept.all()), [self.key.key], (), kept))


@pytest.fixture
def signing(patient: Patient, tmp_path: Path) -> Signing:
    return Signing(tmp_path / "kept", patient.book)


def leaves_of(book: Path) -> list[bytes]:
    with closing(sqlite3.connect(book)) as connection:
        return [leaf(body) for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]


def sell(patient: Patient, rupees: int) -> None:
    shop = on_disk(patient.book, patient.cache.parent)
    shop.sell("Party 1", rupees)
    shop.close_views()
    shop.store.close()  # type: ignore[attr-defined]


def cut(patient: Patient, last: int) -> None:
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq > ?", (last,))


# --- the tree


def test_each_size_has_the_root_of_its_leaves(patient: Patient, pages: ReadOnlyBook) -> None:
    leaves = leaves_of(patient.book)
    sizes = range(1, len(leaves) + 1)
    wanted = [merkle.root_of(leaves[:size]) for size in sizes]
    assert list(BookTree(pages).roots(sizes)) == wanted
    tree = BookTree(pages)
    assert [tree.root(size) for size in reversed(sizes)] == wanted[::-1]


def test_each_leaf_has_its_path(patient: Patient, pages: ReadOnlyBook) -> None:
    leaves = leaves_of(patient.book)
    for size in (1, 4, 5, 16, 17, len(leaves)):
        tree = BookTree(pages)
        for index in range(size):
            path = merkle.inclusion(tree.subtree, index, size)
            assert merkle.root_by_inclusion(leaves[index], index, size, path) == merkle.root_of(leaves[:size])


def test_blocks_that_were_kept_are_believed_only_where_they_come_to_the_root(
    patient: Patient, pages: ReadOnlyBook
) -> None:
    leaves = leaves_of(patient.book)
    size, root = len(leaves), merkle.root_of(leaves)
    first = BookTree(pages)
    assert first.root(size) == root
    good = b"".join(first.blocks)
    assert len(good) == size // 4 * 32
    for kept in (good, good[:64], good[:-1], b"\0" * 64, good[:32] + b"\0" * 32, b"", good + b"\1" * 32):
        tree = BookTree(pages, kept)
        assert tree.comes_to(size, root)
        assert tree.root(size) == root
        assert not BookTree(pages, kept).comes_to(size, bytes(32))


def test_an_entry_that_does_not_follow_makes_no_root(patient: Patient) -> None:
    patient.change(7, more, rehash=True)
    with closing(ReadOnlyBook(patient.book)) as pages, pytest.raises(BookBrokenError):
        BookTree(pages).root(patient.size())


def test_there_is_no_root_of_more_entries_than_there_are(patient: Patient, pages: ReadOnlyBook) -> None:
    with pytest.raises(BookBrokenError):
        BookTree(pages).root(patient.size() + 1)


# --- signing


def test_what_came_since_is_read_back_and_what_is_older_comes_from_the_blocks(
    patient: Patient, signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = signing.sign()
    sell(patient, 9)
    read: list[int] = []
    entries = ReadOnlyBook.entries

    def noted(self: ReadOnlyBook, first: int, last: int) -> Any:
        read.append(first)
        return entries(self, first, last)

    monkeypatch.setattr(ReadOnlyBook, "entries", noted)
    assert signing.sign() == size + 1
    assert min(read) > size - 4
    assert signing.kept.sizes() == [size, size + 1]


def test_signing_twice_gives_the_same_checkpoint(signing: Signing) -> None:
    assert signing.sign() == signing.sign()
    assert len(signing.kept.sizes()) == 1


@pytest.mark.parametrize("blocks", ["kept", "lost", "damaged"])
def test_nothing_is_signed_of_a_book_that_was_changed(patient: Patient, signing: Signing, blocks: str) -> None:
    signing.sign()
    patient.rechain(3, more)
    if blocks == "lost":
        signing.blocks.keep([])
    if blocks == "damaged":
        signing.blocks.keep([b"\0" * 32] * 5)
    sell(patient, 9)
    kept = signing.kept.sizes()
    with pytest.raises(SignedDiffersError):
        signing.sign()
    assert signing.kept.sizes() == kept


def test_nothing_is_signed_of_a_book_whose_end_was_cut_off(patient: Patient, signing: Signing) -> None:
    size = signing.sign()
    cut(patient, size - 1)
    with pytest.raises(SignedDiffersError) as refused:
        signing.sign()
    assert (refused.value.facts["size"], refused.value.facts["entries"]) == (size, size - 1)


def test_where_the_folder_is_deleted_what_was_signed_last_is_still_known(patient: Patient, signing: Signing) -> None:
    size = signing.sign()
    shutil.rmtree(signing.kept.folder)
    cut(patient, size - 1)
    with pytest.raises(SignedDiffersError):
        signing.sign()


def test_where_what_was_signed_last_is_lost_the_folder_is_asked(
    patient: Patient, signing: Signing, tmp_path: Path
) -> None:
    size = signing.sign()
    shutil.rmtree(tmp_path / "kept" / "signed")
    cut(patient, size - 1)
    with pytest.raises(SignedDiffersError):
        signing.sign()


def test_what_another_key_signed_does_not_bind_this_one(patient: Patient, signing: Signing) -> None:
    size = signing.sign()
    cut(patient, size - 1)
    signing.key = PrivateKey(f"khata/{BOOK_ID}", b"\6" * 32)
    assert signing.sign() == size - 1


# --- verification


def test_a_book_is_as_it_was_signed(patient: Patient, signing: Signing) -> None:
    sizes = []
    for rupees in (1, 2, 3):
        sizes.append(signing.sign())
        sell(patient, rupees)
    verdict = signing.verify()
    assert (verdict.result, verdict.sealed.compared, verdict.sealed.upto) == ("unbroken", 3, sizes[-1])
    assert ("checkpoint", "ok") in verdict.checks


def test_without_a_checkpoint_it_is_not_checked(patient: Patient) -> None:
    assert ("checkpoint", "not_checked") in patient.verify().checks


@pytest.mark.parametrize("blocks", ["none", "kept", "damaged"])
def test_an_entry_that_was_changed_with_all_after_it_is_found_between_two_checkpoints(
    patient: Patient, signing: Signing, blocks: str
) -> None:
    first = signing.sign()
    for rupees in range(1, 9):
        sell(patient, rupees)
    second = signing.sign()
    patient.rechain(first + 3, more)
    kept = {"none": b"", "kept": signing.blocks.read(), "damaged": b"\0" * 320}[blocks]
    verdict = signing.verify(blocks=b"" if blocks == "kept" else kept)
    assert (verdict.result, [fault.code for fault in verdict.faults]) == ("broken", ["not_as_signed"])
    assert (verdict.sealed.upto, verdict.sealed.differs) == (first, second)
    assert verdict.first_bad_entry is None


def test_blocks_that_are_damaged_do_not_make_a_good_book_bad(patient: Patient, signing: Signing) -> None:
    signing.sign()
    assert signing.verify(blocks=b"\0" * 320).result == "unbroken"


def test_an_end_that_was_cut_off(patient: Patient, signing: Signing) -> None:
    size = signing.sign()
    cut(patient, size - 1)
    verdict = signing.verify()
    assert (verdict.result, [fault.code for fault in verdict.faults]) == ("broken", ["signed_cut_off"])
    assert (verdict.sealed.missing_upto, verdict.entries) == (size, size - 1)


def test_what_an_adoption_gave_up_is_no_fault(patient: Patient, signing: Signing, tmp_path: Path) -> None:
    copy = Path(shutil.copy(patient.book, tmp_path / "older.khata"))
    for rupees in (1, 2, 3):
        sell(patient, rupees)
    size = signing.sign()
    anchor = Anchor(tmp_path / "anchors", patient.book)
    with closing(ReadOnlyBook(patient.book)) as pages:
        anchor.advance(BOOK_ID, pages.standing().head)
    shutil.copy(copy, patient.book)
    shop = on_disk(patient.book, patient.cache.parent)
    shop.books.anchor = anchor
    shop.record(AdoptCopy(reason="laptop broke"))
    for rupees in (4, 5, 6):
        shop.sell("Party 1", rupees)
    verdict = signing.verify()
    assert (verdict.result, verdict.sealed.given_up, verdict.sealed.compared) == ("unbroken", size, 0)
    with pytest.raises(SignedDiffersError):  # this key has signed another history, and signs no second one
        signing.sign()


def test_a_checkpoint_of_another_key_or_a_forged_one_is_none(patient: Patient, signing: Signing) -> None:
    size = signing.sign()
    path = signing.kept.path(size)
    text = path.read_text(encoding="utf-8")
    assert len(signing.known()) == 1
    path.write_text(text.replace(f"\n{size}\n", f"\n{size - 1}\n"), encoding="utf-8")
    assert signing.known() == []
    path.write_text(text[:-9] + "AAAAAAA=\n", encoding="utf-8")
    assert signing.known() == []
