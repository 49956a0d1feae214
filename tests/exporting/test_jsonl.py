"""The log as a file of lines: out, and the same book again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from khata.events import codec
from khata.events.base import MalformedError
from khata.events.book import DetailErased
from khata.exporting.jsonl import BadLog, import_log, lines, read_log
from khata.log.book import Reading
from khata.log.chain import Entry
from khata.log.errors import BookBrokenError, BusyError, PathTakenError
from khata.rules.correction import ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.money import RefundMoney
from khata.store.memory import MemoryBook
from khata.store.sqlite.book import SqliteBook
from khata.units import Seq
from tests.books import Shop, first_entry, in_memory, payment, rs, sale
from tests.views.test_refusing import Act, cancelled_twice, named_twice, too_much
from tests.views.test_refusing import written as book_with


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A shop with some entries, one reversed, and some words."""
    shop.record(sale("रमेश", 450, note="atta 5kg", ref="B1"), payment("रमेश", 200), sale(None, 30))
    shop.record(ReverseEntry(entry=Seq(3), reason="typed twice"))
    return shop


def forget(shop: Shop) -> None:
    """The customer asks to be forgotten, and has paid."""
    party = shop.party("रमेश")
    shop.record(RefundMoney(party=party, amount_paise=rs(200)), ForgetParty(party=party))


def written(folder: Path, log: list[str]) -> Path:
    path = folder / "book.jsonl"
    path.write_bytes("".join(line + "\n" for line in log).encode())
    return path


def test_the_lines_are_bodies_then_details_then_the_head(busy: Shop) -> None:
    log = list(lines(busy.store))
    entries, details = busy.entries(), busy.details()
    assert [line.encode() for line in log[: len(entries)]] == [entry.body for entry in entries]
    assert [json.loads(line) for line in log[len(entries) : -1]] == [
        {"entry": detail.entry, "salt": detail.salt.hex(), "body": detail.body.decode()} for detail in details
    ]
    assert json.loads(log[-1]) == {"head": entries[-1].hash.hex(), "size": len(entries)}


def test_details_may_be_left_out(busy: Shop) -> None:
    log = list(lines(busy.store, details=False))
    assert len(log) == len(busy.entries()) + 1
    assert "रमेश" not in "".join(log)


def test_a_book_from_its_lines_is_the_same_byte_for_byte(busy: Shop, tmp_path: Path) -> None:
    head, lost = import_log(written(tmp_path, list(lines(busy.store))), tmp_path / "again.khata")
    again = Shop(SqliteBook(tmp_path / "again.khata"))
    assert (again.entries(), again.details()) == (busy.entries(), busy.details())
    assert (head.seq, head.hash, lost) == (again.entries()[-1].seq, again.entries()[-1].hash, [])
    assert list(lines(again.store)) == list(lines(busy.store))


def test_a_long_book_is_read_in_portions(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(lines(busy.store))
    monkeypatch.setattr("khata.exporting.jsonl.BATCH", 2)
    assert list(lines(busy.store)) == whole


def test_a_book_that_is_being_saved_to_is_asked_again(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, real, tries = list(lines(busy.store)), busy.store.reading, []

    def reading() -> AbstractContextManager[Reading]:
        tries.append(1)
        if len(tries) % 2:
            raise BusyError
        return real()

    monkeypatch.setattr(busy.store, "reading", reading)
    assert list(lines(busy.store)) == whole
    monkeypatch.setattr("khata.exporting.jsonl.TRIES", 1)
    with pytest.raises(BusyError):
        list(lines(busy.store))


def test_what_is_recorded_while_lines_are_read_comes_after_their_head(busy: Shop, tmp_path: Path) -> None:
    size = len(busy.entries())
    reading = lines(busy.store)
    log = [next(reading)]
    busy.sell("रमेश", 5)
    log += list(reading)
    entries, _ = read_log(written(tmp_path, log))
    assert entries == busy.entries()[:size]


def test_details_erased_while_lines_are_read_end_the_reading(busy: Shop) -> None:
    reading = lines(busy.store)
    next(reading)
    forget(busy)
    with pytest.raises(BusyError):
        list(reading)


def test_a_forgotten_party_stays_forgotten_in_the_book_from_the_lines(busy: Shop, tmp_path: Path) -> None:
    forget(busy)
    assert isinstance(busy.recorded()[-1].event, DetailErased)
    import_log(written(tmp_path, list(lines(busy.store))), tmp_path / "again.khata")
    assert Shop(SqliteBook(tmp_path / "again.khata")).details() == busy.details()


def test_nothing_is_written_over_a_file(busy: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, list(lines(busy.store)))
    (tmp_path / "again.khata").write_text("precious")
    with pytest.raises(PathTakenError):
        import_log(path, tmp_path / "again.khata")
    assert (tmp_path / "again.khata").read_text() == "precious"


def _swap(log: list[str], one: int, other: int) -> list[str]:
    log[one], log[other] = log[other], log[one]
    return log


def _change(log: list[str], at: int, old: str, new: str) -> list[str]:
    assert old in log[at]
    log[at] = log[at].replace(old, new)
    return log


SIZE, DETAILS = 6, 4
"""Of the busy shop: six entries; the counter's name, the party's, a note, a reason."""


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        (lambda log: _change(log, 2, '"amount_paise":45000', '"amount_paise":45001'), 4, "link_differs"),
        (lambda log: _change(log, SIZE - 1, '"entry":3', '"entry":4'), SIZE + DETAILS + 1, "head_differs"),
        (lambda log: _swap(log, 2, 3), 3, "link_differs"),
        (lambda log: log[:2] + log[3:], 3, "link_differs"),
        (lambda log: log[1:], 1, "link_differs"),
        (lambda log: log[:SIZE] + log[-1:], 0, "not_a_book"),
        (lambda log: log[:SIZE] + log[SIZE + 1 :], SIZE + DETAILS, "detail_missing"),
        (lambda log: _swap(log, SIZE, SIZE + 1), SIZE + 2, "details_out_of_order"),
        (lambda log: [*log[: SIZE + 1], *log[SIZE:]], SIZE + 2, "details_out_of_order"),
        (lambda log: _change(log, SIZE + 1, "रमेश", "सुरेश"), SIZE + 2, "detail_differs"),
        (lambda log: _change(log, SIZE + 1, '"entry":2', '"entry":4'), SIZE + 2, "detail_not_promised"),
        (lambda log: _change(log, SIZE, '"salt":"', '"salt":"zz'), SIZE + 1, "not_a_detail"),
        (lambda log: [*log[:SIZE], "[]", *log[SIZE:]], SIZE + 1, "not_an_object"),
        (lambda log: [*log[:SIZE], "junk", *log[SIZE:]], SIZE + 1, "not_json"),
        (lambda log: [*log[:SIZE], "", *log[SIZE:]], SIZE + 1, "not_json"),
        (lambda log: [*log[:SIZE], "9" * (1 << 21), *log[SIZE:]], SIZE + 1, "line_too_long"),
        (lambda log: log[:-1], SIZE + DETAILS + 1, "cut_short"),
        (lambda log: log[:3], 4, "cut_short"),
        (lambda log: [*log[:-1], log[-1][:-3]], SIZE + DETAILS + 1, "cut_short"),
        (lambda log: _change(log, -1, f'"size":{SIZE}', '"size":5'), SIZE + DETAILS + 1, "head_differs"),
        (lambda log: [*log, log[-1]], SIZE + DETAILS + 2, "goes_on_after_head"),
        (lambda _: [], 1, "no_entries"),
        (lambda log: [log[-1]], 1, "no_entries"),
        (lambda log: _change(log, 2, '"@seq":3,', '"@seq":3, '), 3, "not_canonical"),
        (lambda log: _change(log, 2, '"amount_paise":45000', '"amount_paise":4.5'), 3, "bad_amount"),
    ],
)
def test_a_log_that_does_not_hold_together_makes_no_book(
    busy: Shop, tmp_path: Path, change: Callable[[list[str]], list[str]], line: int, why: str
) -> None:
    path = written(tmp_path, change(list(lines(busy.store))))
    with pytest.raises(BadLog) as refused:
        import_log(path, tmp_path / "again.khata")
    assert (refused.value.facts["line"], refused.value.facts["why"]) == (line, why)
    assert [one.name for one in tmp_path.iterdir()] == ["book.jsonl"]


def test_what_is_missing_of_a_log_without_names_and_notes_is_declared(busy: Shop, tmp_path: Path) -> None:
    """The entries are those of the log, byte for byte; test_exporting.py has the one that is added."""
    told: list[tuple[list[Entry], list[Seq]]] = []

    def declare(made: Path, lost: Sequence[Seq]) -> None:
        told.append((Shop(SqliteBook(made)).entries(), list(lost)))
        raise KeyError

    path = written(tmp_path, list(lines(busy.store, details=False)))
    with pytest.raises(KeyError):
        import_log(path, tmp_path / "again.khata", declare)
    ((entries, lost),) = told
    assert (entries, len(lost), lost[0]) == (busy.entries(), DETAILS, 1)
    assert [one.name for one in tmp_path.iterdir()] == ["book.jsonl"]


def test_every_shorter_file_is_refused(busy: Shop, tmp_path: Path) -> None:
    whole = written(tmp_path, list(lines(busy.store))).read_bytes()
    for size in range(0, len(whole) - 1, 7):
        (tmp_path / "cut.jsonl").write_bytes(whole[:size])
        with pytest.raises(BadLog):
            read_log(tmp_path / "cut.jsonl")


def test_a_detail_that_was_erased_may_not_come_back(busy: Shop, tmp_path: Path) -> None:
    before = list(lines(busy.store))
    forget(busy)
    after = list(lines(busy.store))
    kept = [line for line in before if line.startswith('{"entry":2,')]
    at = next(n for n, line in enumerate(after) if line.startswith('{"entry":1,')) + 1
    with pytest.raises(BadLog) as refused:
        import_log(written(tmp_path, [*after[:at], *kept, *after[at:]]), tmp_path / "again.khata")
    assert refused.value.facts["why"] == "detail_was_erased"


def test_a_log_that_is_written_to_while_it_is_read_makes_no_book(
    busy: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_: object) -> None:
        raise MalformedError("not_json")

    forget(busy)
    path = written(tmp_path, list(lines(busy.store)))
    monkeypatch.setattr(codec, "read", unread)  # by which an entry is read a second time
    with pytest.raises(BadLog) as refused:
        import_log(path, tmp_path / "again.khata")
    assert refused.value.facts["why"] == "changed"
    assert not (tmp_path / "again.khata").exists()


def test_a_log_without_details_can_be_read_but_makes_no_book(busy: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, list(lines(busy.store, details=False)))
    assert read_log(path) == (busy.entries(), [])


def test_line_ends_of_another_system_do_no_harm(busy: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, list(lines(busy.store)))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").rstrip())
    assert read_log(path) == (busy.entries(), busy.details())


def test_a_folder_and_a_missing_file_are_no_logs(tmp_path: Path) -> None:
    for path, why in ((tmp_path, "not_a_file"), (tmp_path / "none", "no_file")):
        with pytest.raises(BadLog) as refused:
            read_log(path)
        assert refused.value.facts["why"] == why


def test_a_body_that_is_no_line_is_not_exported() -> None:
    shop = in_memory()
    for body in (b'{"@prev":"\n"}', b"\xff\xff"):
        book = MemoryBook()
        with book.writing() as pages:
            pages.append([first_entry()[0]._replace(body=body)])
        shop.store = book
        with pytest.raises(BookBrokenError):
            list(lines(shop.store))


@pytest.mark.parametrize("wrong", [cancelled_twice, too_much, named_twice], ids=lambda wrong: wrong.__name__)
def test_a_log_that_holds_together_and_is_no_book_makes_none(tmp_path: Path, wrong: Act) -> None:
    writer = book_with(wrong)
    lines = [entry.body.decode() for entry in writer.entries]
    for each in writer.details:
        value = {"entry": each.entry, "salt": each.salt.hex(), "body": each.body.decode()}
        lines.append(json.dumps(value, separators=(",", ":")))
    lines.append(json.dumps({"head": writer.prev, "size": len(writer.entries)}, separators=(",", ":")))
    path = written(tmp_path, lines)
    with pytest.raises(BadLog) as caught:
        import_log(path, tmp_path / "new.khata")
    assert caught.value.facts["why"] == "not_a_book"
    assert list(tmp_path.iterdir()) == [path]
