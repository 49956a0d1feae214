"""What a verification left: what stands in its place and cannot be read is not taken for nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from khata.store.points import Points
from tests.books import BOOK_ID


def test_what_was_kept_is_read_and_replaced(tmp_path: Path) -> None:
    points = Points(tmp_path / "state" / "verified")
    assert points.read(BOOK_ID) is None
    for what in (b"one", b"another"):
        points.keep(BOOK_ID, what)
        assert points.read(BOOK_ID) == what
    assert [path.name for path in (tmp_path / "state/verified").iterdir()] == [BOOK_ID]


@pytest.mark.parametrize("made", ["folder", "link", "fifo"])
def test_what_is_no_file_is_something_that_cannot_be_read(tmp_path: Path, made: str) -> None:
    path = tmp_path / BOOK_ID
    if made == "folder":
        path.mkdir()
    elif made == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        os.mkfifo(path)
    assert Points(tmp_path).read(BOOK_ID) == b""
    Points(tmp_path).keep(BOOK_ID, b"more")  # and is not in the way


@pytest.mark.parametrize("name", ["", "..", "x" * 32, BOOK_ID.upper()])
def test_a_name_that_is_no_books_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / BOOK_ID).write_bytes(b"kept")
    assert Points(tmp_path).read(name) is None
    Points(tmp_path).keep(name, b"more")
    assert (tmp_path / BOOK_ID).read_bytes() == b"kept"
