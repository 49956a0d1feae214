"""The last entry that this machine wrote: what it catches, and that it is never in the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from khata.log.chain import Head
from khata.rules.book import AdoptCopy
from khata.rules.refused import Refused
from khata.store.anchor import Anchor
from khata.store.sqlite.book import SqliteBook
from khata.units import Seq
from tests.books import BOOK_ID, Shop, on_disk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "anchors"


@pytest.fixture
def shop(tmp_path: Path, folder: Path) -> Shop:
    """A shop whose book is anchored, with four entries."""
    path = tmp_path / "shop.khata"
    made = on_disk(path, tmp_path / "cache")
    made.books.anchor = Anchor(folder, path)
    made.sell("Ramesh", 450)
    made.sell("Ramesh", 20)
    return made


def head_of(shop: Shop) -> Head:
    last = shop.entries()[-1]
    return Head(last.seq, last.hash)


def mark_of(shop: Shop) -> Head | None:
    assert shop.books.anchor is not None
    mark = shop.books.anchor.read(BOOK_ID)
    return mark.head if mark else None


def copied(shop: Shop, tmp_path: Path, folder: Path, name: str = "copy.khata") -> Shop:
    """A copy of the book, of which the same machine keeps the same mark."""
    assert isinstance(shop.store, SqliteBook)
    path = tmp_path / name
    path.write_bytes(shop.store.path.read_bytes())
    made = on_disk(path, tmp_path / "cache")
    made.books.anchor = Anchor(folder, path)
    return made


def refused(shop: Shop) -> dict[str, object]:
    before = shop.entries()
    with pytest.raises(Refused) as caught:
        shop.sell("Ramesh", 5)
    assert caught.value.code == "book_behind"
    assert shop.entries() == before
    return dict(caught.value.facts)


def test_it_follows_what_is_recorded(shop: Shop, folder: Path) -> None:
    assert mark_of(shop) == head_of(shop) == Head(Seq(4), shop.entries()[3].hash)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()] == [0o600]


def test_an_older_copy_is_not_written_to_until_it_is_adopted(shop: Shop, tmp_path: Path, folder: Path) -> None:
    old = copied(shop, tmp_path, folder)
    shop.sell("Ramesh", 30)
    gone = head_of(shop)
    assert refused(old) == {"entries": 4, "written": 5, "forked": False}
    old.record(AdoptCopy(reason="the laptop broke"))
    old.sell("Ramesh", 5)
    adopted = old.recorded()[4]
    assert (adopted.event.KIND, adopted.event.size, adopted.event.head) == ("copy_adopted", 5, gone.hash.hex())
    assert mark_of(old) == head_of(old)


def test_two_copies_cannot_both_go_on(shop: Shop, tmp_path: Path, folder: Path) -> None:
    other = copied(shop, tmp_path, folder)
    other.sell("Ramesh", 7)
    assert refused(shop)["forked"] is False
    shop.books.anchor = None  # a machine that keeps no mark
    shop.sell("Ramesh", 8)
    shop.books.anchor = Anchor(folder, tmp_path / "shop.khata")
    assert refused(shop) == {"entries": 5, "written": 5, "forked": True}
    shop.record(AdoptCopy(reason="this is the counter's"))
    assert refused(other)["forked"] is False


def test_a_tail_cut_off_by_any_number_of_entries_is_noticed(shop: Shop, tmp_path: Path, folder: Path) -> None:
    from khata.store.sqlite.create import create

    for kept in range(1, 4):
        path = tmp_path / f"cut-{kept}.khata"
        create(path, shop.entries()[:kept], [detail for detail in shop.details() if detail.entry <= kept])
        cut = on_disk(path, tmp_path / "cache")
        cut.books.anchor = Anchor(folder, path)
        assert refused(cut) == {"entries": kept, "written": 4, "forked": False}


def test_there_is_nothing_to_adopt_in_the_book_itself(shop: Shop) -> None:
    with pytest.raises(Refused) as caught:
        shop.record(AdoptCopy(reason="to be safe"))
    assert caught.value.code == "nothing_to_adopt"


def test_what_another_machine_wrote_is_welcome(shop: Shop) -> None:
    anchor, shop.books.anchor = shop.books.anchor, None
    shop.sell("Ramesh", 1)
    shop.books.anchor = anchor
    shop.sell("Ramesh", 2)
    assert mark_of(shop) == head_of(shop) == Head(Seq(6), shop.entries()[5].hash)


def test_a_process_that_comes_late_does_not_put_the_mark_back(shop: Shop, folder: Path) -> None:
    anchor = Anchor(folder, Path("shop.khata"))
    entries = shop.entries()
    anchor.advance(BOOK_ID, Head(entries[2].seq, entries[2].hash))
    assert mark_of(shop) == head_of(shop)


def test_a_dry_run_leaves_no_mark_and_is_refused_all_the_same(shop: Shop, tmp_path: Path, folder: Path) -> None:
    from khata.writing import handle
    from tests.books import sale

    old = copied(shop, tmp_path, folder)
    handle([sale("Ramesh", 5)], shop.books, dry_run=True)
    assert mark_of(shop) == head_of(shop)
    shop.sell("Ramesh", 30)
    with pytest.raises(Refused):
        handle([sale("Ramesh", 5)], old.books, dry_run=True)


@pytest.mark.parametrize("garbage", [b"", b"5", b"5 xyz /a\n", b"0 " + b"a" * 64 + b" /a\n", b"\xff" * 9000])
def test_a_mark_that_cannot_be_read_is_none(shop: Shop, folder: Path, garbage: bytes) -> None:
    (folder / BOOK_ID).write_bytes(garbage)
    assert mark_of(shop) is None
    shop.sell("Ramesh", 5)
    assert mark_of(shop) == head_of(shop)


def test_a_fifo_a_link_or_no_folder_in_its_place_is_not_in_the_way(shop: Shop, folder: Path, tmp_path: Path) -> None:
    mark = folder / BOOK_ID
    mark.unlink()
    os.mkfifo(mark)
    shop.sell("Ramesh", 5)
    mark.unlink()
    (tmp_path / "elsewhere").write_text("not mine")
    mark.symlink_to(tmp_path / "elsewhere")
    shop.sell("Ramesh", 6)
    assert (tmp_path / "elsewhere").read_text() == "not mine"
    mark.unlink()
    folder.rmdir()
    folder.write_text("a file")
    shop.sell("Ramesh", 7)


def test_a_book_id_is_never_a_path(folder: Path) -> None:
    Anchor(folder, Path("x")).advance("../../escape", Head(Seq(1), bytes(32)))
    assert not (folder.parent.parent / "escape").exists()
