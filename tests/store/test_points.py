"""What a verification leaves for the next one: kept for one user, in one small file a book, and never in the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from khata.store import points as module
from khata.store.points import Points
from tests.books import BOOK_ID

OTHER = "c1" * 16


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "points"


@pytest.fixture
def points(folder: Path) -> Points:
    return Points(folder)


def test_what_was_kept_of_each_book_is_read_again(points: Points, folder: Path) -> None:
    assert points.read(BOOK_ID) is None
    points.keep(BOOK_ID, b"one")
    points.keep(OTHER, b"two")
    assert (points.read(BOOK_ID), points.read(OTHER)) == (b"one", b"two")
    points.keep(BOOK_ID, b"three")
    assert Points(folder).read(BOOK_ID) == b"three"
    assert sorted(path.name for path in folder.iterdir()) == sorted([BOOK_ID, OTHER])


def test_it_is_its_owners_alone(points: Points, folder: Path) -> None:
    points.keep(BOOK_ID, b"one")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / BOOK_ID).stat().st_mode) == 0o600


@pytest.mark.parametrize("book", ["", "..", "../shop", BOOK_ID[:-1], BOOK_ID + "0", BOOK_ID.upper(), BOOK_ID + "\n"])
def test_what_is_no_books_id_names_no_file(points: Points, folder: Path, book: str) -> None:
    points.keep(book, b"one")
    assert not folder.exists()
    folder.mkdir(parents=True)
    if len(book) > 2:
        (folder / book).write_bytes(b"not ours")
    assert points.read(book) is None


def test_what_is_too_large_is_not_kept_and_not_read_to_its_end(
    points: Points, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 8)
    points.keep(BOOK_ID, b"1234567")
    assert points.read(BOOK_ID) == b"1234567"
    points.keep(BOOK_ID, b"12345678")
    assert points.read(BOOK_ID) == b"1234567"
    (folder / BOOK_ID).write_bytes(b"1234567890")
    assert points.read(BOOK_ID) == b"12345678"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_something_else_in_its_place_is_not_read_and_is_put_aside(
    points: Points, folder: Path, tmp_path: Path, kind: str
) -> None:
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"not ours")
    place = folder / BOOK_ID
    if kind == "link":
        place.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.mkdir()
    assert points.read(BOOK_ID) == b""  # something, that cannot be read
    points.keep(BOOK_ID, b"one")
    assert points.read(BOOK_ID) == (b"" if kind == "folder" else b"one")
    assert (tmp_path / "secret").read_bytes() == b"not ours"
    assert [path.name for path in folder.iterdir()] == [BOOK_ID]


def test_what_a_killed_process_left_half_written_is_no_hindrance(points: Points, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"not ours")
    (folder / f"{BOOK_ID}.{os.getpid()}").symlink_to(tmp_path / "secret")
    points.keep(BOOK_ID, b"one")
    assert points.read(BOOK_ID) == b"one"
    assert (tmp_path / "secret").read_bytes() == b"not ours"
    assert [path.name for path in folder.iterdir()] == [BOOK_ID]


def test_where_it_cannot_be_kept_or_read_there_is_none(plain_user: Path) -> None:
    points = Points(plain_user / "state" / "points")
    plain_user.chmod(0o500)
    points.keep(BOOK_ID, b"one")
    assert points.read(BOOK_ID) is None
    plain_user.chmod(0o700)
    points.keep(BOOK_ID, b"one")
    (plain_user / "state" / "points" / BOOK_ID).chmod(0)
    assert points.read(BOOK_ID) == b""


def test_a_disk_that_fails_keeps_what_was_kept_before(
    points: Points, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError

    points.keep(BOOK_ID, b"one")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", no_room)
        points.keep(BOOK_ID, b"two")
    assert points.read(BOOK_ID) == b"one"
    assert [path.name for path in folder.iterdir()] == [BOOK_ID]
