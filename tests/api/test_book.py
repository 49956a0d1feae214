"""From Python: the same entries, refusals and answers as at the command line."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

import khata
from khata import (
    AddParty,
    BookError,
    ChangeParty,
    Correct,
    Done,
    OpenedBook,
    Receive,
    Refused,
    Sale,
    open_book,
)
from khata.api.wanted import Wanted
from khata.log.errors import NoBookError, UnconfirmedError
from khata.store.sqlite.book import SqliteBook
from tests.api.conftest import Home
from tests.books import event_id
from tests.cli.conftest import Counter

Act = Callable[[OpenedBook], Done]

SAME: list[tuple[Act, Sequence[str]]] = [
    (
        lambda b: b.sale("ramesh", 45000, note="atta", ref="B1"),
        ["sale", "ramesh", "450", "--note", "atta", "--ref", "B1"],
    ),
    (
        lambda b: b.sale("Suresh", 10000, new=True, on=date(2026, 11, 20)),
        ["sale", "Suresh", "100", "--new", "--on", "2026-11-20"],
    ),
    (lambda b: b.sale(None, 7500, paid=[("upi", None)]), ["sale", "counter", "75", "--paid", "all:upi"]),
    (lambda b: b.sale(1, 20000, paid=[("upi", 5000)]), ["sale", "@1", "200", "--paid", "50:upi"]),
    (lambda b: b.sale("ramesh", 45000, items=["Atta x2 @ 225"]), ["sale", "ramesh", "450", "--item", "Atta x2 @ 225"]),
    (lambda b: b.return_goods("ramesh", 5000), ["return", "ramesh", "50"]),
    (lambda b: b.receive("ramesh", 20000, mode="upi"), ["receive", "ramesh", "200", "--mode", "upi"]),
    (lambda b: b.receive("ramesh", 44950, full=True), ["receive", "ramesh", "449.50", "--full"]),
    (lambda b: b.refund("ramesh", 100), ["refund", "ramesh", "1"]),
    (lambda b: b.discount("ramesh", 500), ["discount", "ramesh", "5"]),
    (lambda b: b.write_off("ramesh", 500, reason="gone"), ["write-off", "ramesh", "5", "--reason", "gone"]),
    (lambda b: b.opening("ramesh", 500, advance=True), ["opening", "ramesh", "5", "--advance"]),
    (lambda b: b.reverse(3, reason="twice"), ["reverse", "3", "--reason", "twice"]),
    (lambda b: b.correct(3, 54000, mode=None, reason="typed"), ["correct", "3", "540", "--reason", "typed"]),
    (lambda b: b.correct(3, party="counter"), ["correct", "3", "--party", "counter"]),
    (lambda b: b.charge("ramesh", 2000, note="delivery"), ["charge", "ramesh", "20", "--note", "delivery"]),
    (lambda b: b.receive("ramesh", 500, by_hand="Sonu"), ["receive", "ramesh", "5", "--by-hand", "Sonu"]),
    (
        lambda b: b.change_shop(phone="9876543210", gstin="27AAPFU0939F1ZV", lang="hi"),
        ["shop", "set", "--phone", "9876543210", "--gstin", "27AAPFU0939F1ZV", "--lang", "hi"],
    ),
    (
        lambda b: b.add_party("Mahesh", aliases=["Mahi"], phone="9876543210"),
        ["party", "add", "Mahesh", "--alias", "Mahi", "--phone", "9876543210"],
    ),
    (lambda b: b.change_party("ramesh", name="Ramesh Patil"), ["party", "rename", "ramesh", "--to", "Ramesh\xa0Patil"]),
    (lambda b: b.change_party("ramesh", add_aliases=["Ramu"]), ["party", "alias", "ramesh", "--add", "Ramu"]),
]


def recorded(home: Home) -> list[Any]:
    lines = home.counter("log", "--json").data["lines"]
    return [{key: line[key] for key in line if key not in ("event_id", "at")} for line in lines]


@pytest.mark.parametrize("same", SAME, ids=lambda same: same[1][0] + " " + same[1][2])
def test_what_python_records_is_what_the_command_line_records(
    same: tuple[Act, Sequence[str]], home: Home, typed: Counter
) -> None:
    act, words = same
    said = typed(*words, "--json").data
    with home.open() as book:
        done = act(book)
    assert recorded(home) == recorded(Home(typed))
    assert (
        home.counter("balance", "--all", "--json").data["net_paise"]
        == typed("balance", "--all", "--json").data["net_paise"]
    )
    assert (done.entry, done.kind, done.party) == (said["entry"], said["kind"], said.get("party"))
    if "balance_paise" in said:
        assert done.balance_paise == said["balance_paise"]
        assert done.name == said["name"]


def test_every_way_of_recording_is_held_against_the_command_line() -> None:
    import inspect

    ours = {
        name
        for name, method in inspect.getmembers(OpenedBook, inspect.isfunction)
        if inspect.signature(method).return_annotation == "Done" and not name.startswith("_")
    }
    below = {"transfer", "merge_parties", "part_parties", "confirm", "failed", "bounced"}
    below |= {"every", "stop_every", "skip_every", "remind", "dispute"}
    assert ours - {"forget_party"} - below == {act.__code__.co_names[0] for act, _ in SAME}


def test_what_is_between_two_customers_is_what_the_command_line_records(home: Home, typed: Counter) -> None:
    assert typed("party", "add", "Mahesh").code == 0
    with home.open() as book:
        book.add_party("Mahesh")
        steps: list[tuple[Act, str]] = [
            (lambda b: b.transfer("ramesh", 5000, to="mahesh", note="his brother"), "transfer ramesh mahesh 50"),
            (lambda b: b.merge_parties("ramesh", "mahesh"), "party merge ramesh mahesh"),
            (lambda b: b.part_parties("ramesh", "mahesh"), "party part ramesh mahesh"),
        ]
        for act, line in steps:
            done = act(book)
            note = ["--note", "his brother"] if line.startswith("transfer") else []
            said = typed(*line.split(), *note, "--json").data
            assert (done.entry, done.party, done.balance_paise) == (said["entry"], said["party"], said["balance_paise"])
    assert recorded(home) == recorded(Home(typed))


def test_what_comes_again_is_what_the_command_line_records(home: Home, typed: Counter) -> None:
    with home.open() as book:
        steps: list[tuple[Act, str]] = [
            (
                lambda b: b.every("ramesh", 45000, every="month", note="milk", first="2026-10-31"),
                "every month ramesh 450 --note milk --from 31/10",
            ),
            (
                lambda b: b.every("ramesh", amount="4000", every="week", made_as="charge", first=date(2026, 12, 1)),
                "every week ramesh 4000 --as charge --from 1/12",
            ),
            (lambda b: b.skip_every(5, reason="away"), "every skip 5 --reason away"),
            (lambda b: b.stop_every(6, on="2026-11-21"), "every stop 6 --on 21/11"),
        ]
        for act, line in steps:
            done = act(book)
            said = typed(*line.split(), "--json").data
            assert (done.entry, done.kind, done.party) == (said["entry"], said["kind"], said["party"])
        assert [(each.entry, each.next_on) for each in book.recurring()] == [(5, "2026-11-30")]
        assert book.due_lines() == []
        assert [each.ref for each in book.due_lines(known_at="entry 6")] == ["every-5/2026-10"]
    assert recorded(home) == recorded(Home(typed))


REFUSED: list[tuple[str, Act]] = [
    ("unknown_party", lambda b: b.sale("mahesh", 100)),
    ("unknown_party", lambda b: b.sale(9, 100)),
    ("unknown_party", lambda b: b.receive(10**30, 100)),
    ("not_exact", lambda b: b.sale("rame", 100)),
    ("not_at_the_counter", lambda b: b.receive("counter", 100)),
    ("name_missing", lambda b: b.receive(" ", 100)),
    ("amount_minus", lambda b: b.sale("ramesh", -5)),
    ("amount_zero", lambda b: b.sale("ramesh", 0)),
    ("amount_too_large", lambda b: b.sale("ramesh", 10**13)),
    ("amount_too_large", lambda b: b.sale("ramesh", 10**5000)),
    ("amount_too_large", lambda b: b.sale("ramesh", 100, paid=[("upi", 10**13)])),
    ("bad_field", lambda b: b.sale("ramesh", 4.5)),  # type: ignore[arg-type]
    ("bad_field", lambda b: b.sale("ramesh", True)),
    ("bad_field", lambda b: b.sale("ramesh", "450")),  # type: ignore[arg-type]
    ("bad_field", lambda b: b.sale(True, 5)),
    ("bad_field", lambda b: b.sale("ramesh", 450, items="Atta @ 4.50")),
    ("bad_field", lambda b: b.sale("ramesh", 450, paid=("upi", 5))),  # type: ignore[arg-type]
    ("bad_field", lambda b: b.add_party("Suresh", aliases="Suri")),
    ("bad_field", lambda b: b.change_party("ramesh", add_aliases="Ramu")),
    ("too_many_items", lambda b: b.sale("ramesh", 501, items=["Chai @ 0.01"] * 501)),
    ("bad_field", lambda b: b.sale("ramesh", 5, once=True)),
    ("bad_field", lambda b: b.sale("ramesh", 5, on=datetime(2026, 11, 22, tzinfo=UTC))),
    ("bad_field", lambda b: b.reverse(3.0)),  # type: ignore[arg-type]
    ("bad_mode", lambda b: b.receive("ramesh", 5, mode="barter")),
    ("bad_mode", lambda b: b.sale("ramesh", 5, paid=[("cheque", None)])),
    ("paid_above_amount", lambda b: b.sale("ramesh", 5, paid=[("upi", 6)])),
    ("bad_event_id", lambda b: b.sale("ramesh", 5, event_id="12")),
    ("bad_event_id", lambda b: b.forget_party("ramesh", event_id="z" * 32)),
    ("future_day", lambda b: b.sale("ramesh", 5, on="2026-11-23")),
    ("bad_day", lambda b: b.sale("ramesh", 5, on="someday")),
    ("bad_ref", lambda b: b.sale("ramesh", 5, ref="")),
    ("reason_missing", lambda b: b.write_off("ramesh", 5, reason="")),
    ("large_kasar", lambda b: b.receive("ramesh", 5, full=True)),
    ("not_settled", lambda b: b.forget_party("ramesh")),
    ("unknown_entry", lambda b: b.reverse(99)),
    ("unknown_entry", lambda b: b.reverse(10**30)),
    ("name_taken", lambda b: b.add_party("Ramesh Kumar")),
]


@pytest.mark.parametrize("case", REFUSED, ids=[f"{n} {code}" for n, (code, _) in enumerate(REFUSED)])
def test_what_is_refused_is_one_exception_with_a_code_and_records_nothing(
    case: tuple[str, Act], home: Home, book: OpenedBook
) -> None:
    before = recorded(home)
    with pytest.raises(Refused) as refused:
        case[1](book)
    assert refused.value.code == case[0]
    assert isinstance(refused.value.facts, dict)
    assert recorded(home) == before


def test_a_retry_records_once(book: OpenedBook) -> None:
    first = book.sale("ramesh", 100, event_id=event_id("x"))
    again = book.sale("ramesh", 100, event_id=event_id("x"))
    assert again == first._replace(already_recorded=True)
    with pytest.raises(Refused, match="id_reused"):
        book.sale("ramesh", 200, event_id=event_id("x"))


def test_a_retry_finds_its_entry_even_when_the_name_has_become_anybodys(book: OpenedBook) -> None:
    first = book.sale("ramesh", 100, event_id=event_id("x"))
    book.add_party("Ramesh Patil")
    with pytest.raises(Refused, match="ambiguous_party"):
        book.sale("ramesh", 100)
    assert book.sale("ramesh", 100, event_id=event_id("x")).entry == first.entry


def test_a_dry_run_tells_all_and_records_nothing(home: Home, book: OpenedBook) -> None:
    before = recorded(home)
    tried = book.sale("Suresh", 500, new=True, dry_run=True)
    assert (tried.name, tried.balance_paise) == ("Suresh", 500)
    assert recorded(home) == before


def test_slips_are_told_and_recorded(book: OpenedBook) -> None:
    done = book.receive("ramesh", 50000)
    assert [slip.code for slip in done.slips] == ["becomes_advance"]
    assert book.balance("ramesh").balance_paise == -5000


def test_a_group_is_recorded_whole_or_not_at_all(home: Home, book: OpenedBook) -> None:
    group: list[Wanted] = [
        Sale("Suresh Shah", 10000, new=True),
        Receive("Suresh Shah", 4000, new=True),
        Correct(3, 40000),
    ]
    sold, paid, corrected = book.record(group)
    assert (sold.party, paid.party, paid.balance_paise) == (2, 2, 6000)
    assert corrected.balance_paise == 40000
    assert len({line.at for line in book.entries(first=4)}) == 1
    before = recorded(home)
    for bad in (Sale("ramseh", 5), Sale("ramesh", 0), Correct(3, 1)):
        with pytest.raises(Refused):
            book.record([Sale("ramesh", 5), bad])
    assert recorded(home) == before
    assert book.record([]) == []


def test_of_a_group_each_can_be_refused_by_itself(book: OpenedBook) -> None:
    group: list[Wanted] = [
        Sale("ramesh", 100),
        Sale("nobody", 100),
        AddParty("Suresh"),
        Correct(99),
        Sale("ramesh", 200),
        ChangeParty("ramesh", name="Ramu"),
    ]
    answers = book.record_each(group)
    assert [each.code if isinstance(each, Refused) else each.entry for each in answers] == [
        4,
        "unknown_party",
        5,
        "unknown_entry",
        6,
        7,
    ]
    assert len({line.at for line in book.entries(first=4)}) == 1


def test_after_a_fault_at_the_commit_the_ids_to_try_again_with_are_told(
    book: OpenedBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: SqliteBook, connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise UnconfirmedError(path="", reason="the stick was pulled")

    with monkeypatch.context() as patched:
        patched.setattr(SqliteBook, "_commit", failing)
        with pytest.raises(BookError) as fault:
            book.record([Sale("ramesh", 100), Sale("ramesh", 200)])
    ids = fault.value.facts["event_ids"]
    assert isinstance(ids, list)
    again = book.record([Sale("ramesh", 100, event_id=ids[0]), Sale("ramesh", 200, event_id=ids[1])])
    assert [each.event_id for each in again] == ids


def test_somebody_forgotten_has_no_name_any_more(book: OpenedBook) -> None:
    book.receive("ramesh", 45000)
    done = book.forget_party("ramesh")
    assert done.kind == "detail_erased"
    assert book.party(1).forgotten
    assert "Ramesh" not in str(book.entries())


def test_questions_are_answered_as_at_the_command_line(home: Home, book: OpenedBook) -> None:
    book.sale("ramesh", 10000, on="20-11-2026")
    book.receive("ramesh", 5000, mode="upi")
    assert (
        book.balance("ram").balance_paise
        == home.counter("balance", "ram", "--json").data["parties"][0]["balance_paise"]
    )
    assert book.balance(1, as_on=date(2026, 11, 21)).balance_paise == 10000
    assert book.balance(1, known_at=3).balance_paise == 45000
    assert book.balance(1, known_at=datetime(2026, 11, 22, 4, 29, 30, tzinfo=UTC)).balance_paise == 0
    assert [each.balance_paise for each in book.balances()] == [50000]
    assert [line.row.entry for line in book.statement("ramesh", first="FY2026-27").lines] == [4, 3, 5]
    assert book.statement(1, first=date(2026, 11, 22)).opening_paise == 10000
    assert book.dues()[0].oldest_on == "2026-11-20"
    assert book.dues(over_days=2) == []
    assert [line.row.entry for line in book.daybook("2026-11-20").lines] == [4]
    assert [row.entry for row in book.daybook().typed_for_other_days] == [4]
    assert [row.name for row in book.parties()] == ["Ramesh Kumar"]
    assert [row.entry for row in book.entries(party="ramesh", first=4)] == [4, 5]
    assert [row.entry for row in book.entries(as_on="2026-11-21", party=1)] == [4]
    assert book.entries(first=10**30) == []
    assert book.entry(5).amount_paise == 5000
    assert book.verify().result == "unbroken"


@pytest.mark.parametrize(
    "ask",
    [
        lambda b: b.balance("nobody"),
        lambda b: b.balance(10**30),
        lambda b: b.balance(1, as_on="someday"),
        lambda b: b.balance(1, known_at=datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)),
        lambda b: b.statement(1, first="2026-11-22", last="2026-11-20"),
        lambda b: b.daybook(first="2026-11-22", last="2026-11-20"),
        lambda b: b.entry(99),
        lambda b: b.entry(10**30),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(ask: Callable[[OpenedBook], object], book: OpenedBook) -> None:
    with pytest.raises(Refused):
        ask(book)


def test_another_counter_is_seen_at_once_and_told_by_name(home: Home, book: OpenedBook) -> None:
    assert book.balance("ramesh").balance_paise == 45000
    home.counter("sale", "ramesh", "10")
    assert book.balance("ramesh").balance_paise == 46000
    with home.open(by="Vijay") as other:
        assert other.entry(other.sale("ramesh", 500).entry).by_name == "Vijay"


def test_a_book_that_is_not_there_is_not_made(home: Home) -> None:
    with pytest.raises(NoBookError):
        home.open(path=home.counter.home / "none.khata")
    assert not (home.counter.home / "none.khata").exists()


def test_a_closed_book_says_so(home: Home) -> None:
    book = home.open()
    book.close()
    book.close()
    with pytest.raises(ValueError, match="closed"):
        book.balances()


def test_an_older_copy_takes_nothing_and_says_what_it_lacks(home: Home) -> None:
    with home.open() as book:
        path = book.path
        older = path.read_bytes()
        last = book.sale("ramesh", 100).entry
    path.write_bytes(older)
    with home.open() as book:
        assert book.balance("ramesh").balance_paise == 45000
        assert book.behind == last
        with pytest.raises(Refused, match="book_behind"):
            book.sale("ramesh", 100)


def test_the_package_loads_nothing_before_it_is_asked() -> None:
    code = "import sys, khata; before = set(sys.modules); khata.open_book; print(*sorted(before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in done.stdout.split() if name.startswith("khata.")]


def test_what_is_public_is_there_and_listed() -> None:
    assert {name for name in khata._PUBLIC if not hasattr(khata, name)} == set()
    assert set(khata._PUBLIC) <= set(dir(khata))
    assert open_book is khata.open_book
    with pytest.raises(AttributeError):
        _ = khata.nothing


@pytest.mark.parametrize(
    "act",
    [
        lambda b: b.part_parties(party="Ramesh", other=None),
        lambda b: b.part_parties(party="Ramesh", other=True),
        lambda b: b.merge_parties(party="Ramesh", other=2.5),
        lambda b: b.change_shop(name=5),
        lambda b: b.change_shop(upi=5),
        lambda b: b.change_shop(state=27),
        lambda b: b.change_shop(phone=5),
        lambda b: b.change_shop(without=None),
        lambda b: b.change_shop(without="upi"),
        lambda b: b.change_shop(lang="../x"),
        lambda b: b.change_shop(lang="en\u0007"),
        lambda b: b.receive("ramesh", 5, by_hand=5),
    ],
)
def test_what_is_of_another_type_is_refused(home: Home, act: Act) -> None:
    with home.open() as book, pytest.raises(Refused) as refused:
        act(book)
    assert refused.value.code == "bad_field"


PAID = [
    (
        ["receive", "ramesh", "5", "--upi-pending"],
        lambda book: book.confirm(5, ref="U-1"),
        ["confirm", "5", "--ref", "U-1"],
    ),
    (
        ["receive", "ramesh", "5", "--upi-pending"],
        lambda book: book.failed(5, reason="no"),
        ["failed", "5", "--reason", "no"],
    ),
    (
        ["receive", "ramesh", "5", "--mode", "upi"],
        lambda book: book.bounced(4, charge_paise=200),
        ["bounced", "4", "--charge", "2"],
    ),
    (
        ["sale", "Sita", "5", "--new"],
        lambda book: book.receive(None, shares=[("Ramesh Kumar", 300), ("Sita", 200)], mode="upi", ref="U-1"),
        ["receive", "--for", "ramesh=3,sita=2", "--mode", "upi", "--ref", "U-1"],
    ),
]


@pytest.mark.parametrize(("before", "act", "words"), PAID)
def test_what_comes_of_payments_is_recorded_as_at_the_command_line(
    home: Home,
    typed: Counter,
    before: list[str],
    act: Callable[[OpenedBook], Done],
    words: list[str],
) -> None:
    assert typed(*before).code == 0
    assert home.counter(*before).code == 0
    assert typed(*words).code == 0
    with home.open() as book:
        on_its_way = [each.entry for each in book.pending()]
        assert on_its_way == ([5] if "--upi-pending" in before else [])
        act(book)
        assert book.pending() == []
    assert recorded(home) == recorded(Home(typed))
