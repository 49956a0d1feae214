"""This machine's mark and its verified point, against books that are damaged where these would stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.log.chain import Head
from khata.store.anchor import Anchor
from khata.store.sqlite.create import create
from khata.units import Seq
from khata.verifying.point import Point
from khata.verifying.tally import Tally
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.books import BOOK_ID, SHOP, first_entry
from tests.verifying.conftest import Patient
from tests.verifying.test_verify import ONE, book_of, opened, sold


def marked(path: Path, folder: Path) -> tuple[Anchor, Point]:
    """A mark of the last entry, and a point there."""
    verdict = verify(path)
    head = Head(Seq(verdict.entries), bytes.fromhex(verdict.head))
    anchor = Anchor(folder, path)
    anchor.advance(BOOK_ID, head)
    assert verdict.point is not None
    return anchor, verdict.point


def found(verdict: Verdict) -> tuple[str, str]:
    assert verdict.earlier is not None
    return verdict.mark, verdict.earlier.result


def test_a_whole_book_has_both(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, sold())
    anchor, point = marked(path, tmp_path / "marks")
    verdict = verify(path, anchor=anchor, earlier=point)
    assert found(verdict) == ("ok", "ok")
    assert dict(verdict.checks)["anchor"] == "ok"


def test_an_entry_on_an_unreadable_page_is_not_called_gone(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, *[sold() for _ in range(60)])
    anchor, point = marked(path, tmp_path / "marks")
    content = path.read_bytes()
    for page in range(1, len(content) // 4096):
        path.write_bytes(content[: 4096 * page] + b"\xff" * 4096 + content[4096 * (page + 1) :])
        verdict = verify(path, anchor=anchor, earlier=point)
        assert verdict.result == "broken"
        assert not {"cut_off", "not_as_verified", "no_commitment"} & {fault.code for fault in verdict.faults}, page
        assert set(found(verdict)) <= {"ok", "unread"}


def test_details_after_the_last_entry_that_can_be_read_may_belong_to_the_ones_after_it(patient: Patient) -> None:
    content = patient.book.read_bytes()
    hidden = 0
    for page in range(1, len(content) // 4096):
        patient.book.write_bytes(content[: 4096 * page] + b"\xff" * 4096 + content[4096 * (page + 1) :])
        codes = {fault.code for fault in verify(patient.book, links=True).faults}
        hidden += "unreadable" in codes
        assert "no_commitment" not in codes
    assert hidden


def test_an_entry_that_was_taken_out_is_the_chains_to_name(patient: Patient, tmp_path: Path) -> None:
    anchor, point = marked(patient.book, tmp_path / "marks")
    with patient.opened() as connection:
        connection.execute("UPDATE event SET seq = seq + 1 WHERE seq = ?", (point.seq,))
    verdict = verify(patient.book, anchor=anchor, earlier=point)
    assert found(verdict) == ("unread", "unread")
    assert {fault.check for fault in verdict.faults} == {"chain"}
    assert dict(verdict.checks)["anchor"] == "not_checked"
    assert dict(verify(patient.book, earlier=point).checks)["anchor"] == "not_checked"


@pytest.mark.parametrize("there", ["the book", "a damaged one", "another book", "nothing"])
def test_a_copy_is_one_where_the_book_stands_elsewhere(tmp_path: Path, there: str) -> None:
    path, copy = tmp_path / "book.khata", tmp_path / "copy.khata"
    book_of(path, opened(), ONE, sold())
    book_of(copy, opened(), ONE)
    anchor, point = marked(path, tmp_path / "marks")
    if there != "the book":
        path.unlink()
    if there == "another book":
        create(path, [first_entry(book="a1" * 16, shop=SHOP)[0]])
    if there == "a damaged one":
        path.write_bytes(b"garbage" * 99)
    verdict = verify(copy, anchor=Anchor(tmp_path / "marks", copy), earlier=point)
    beside = there in ("the book", "a damaged one")
    assert found(verdict) == (("older", "older") if beside else ("bad", "bad"))
    assert verdict.result == ("unbroken" if beside else "broken")
    assert dict(verdict.checks)["anchor"] == ("not_checked" if beside else "bad")
    assert anchor.read(BOOK_ID) is not None


def test_a_mark_that_names_a_path_that_cannot_be_is_of_no_copy(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE)
    (tmp_path / "marks").mkdir()
    (tmp_path / "marks" / BOOK_ID).write_text(f"9 {'a' * 64} /{'x' * 5000}\n", encoding="utf-8")
    assert verify(path, anchor=Anchor(tmp_path / "marks", path)).mark == "bad"


def test_a_point_far_beyond_any_book_is_looked_for_all_the_same(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE)
    point = Point(Seq(2**53 - 1), bytes(32), "", Tally(rows=2**53 - 1))
    for more in ({"earlier": point}, {"since": point}):
        assert [fault.code for fault in verify(path, **more).faults] == ["not_as_verified"]  # type: ignore[arg-type]
