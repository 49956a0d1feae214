"""A file against the book: names, references, files and rows that are known already."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata import writing
from khata.importing import people
from khata.importing.check import Checked, Options, check, still_holds
from khata.importing.faults import BadRows
from khata.importing.file import File
from khata.importing.profile import KHATA
from khata.importing.rows import read_file
from khata.importing.run import Phase, import_file
from khata.log.errors import BusyError
from khata.pen import FLUSH
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.entry import RefConflict, RefTaken
from khata.rules.erasure import ForgetParty
from khata.rules.goods import RecordSale
from khata.rules.party import AmendParty, DeclareParty
from khata.units import Day, Party, Seq
from khata.views.cache import Cache
from khata.views.catch_up import Reach
from tests.books import TODAY, in_memory, on_disk, rs, sale
from tests.importing.files import Files

# --- names


def test_an_unknown_name_is_told_once_with_its_rows_and_the_nearest(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"))
    rows = ["2026-11-20,sale,Rmesh Kumar,100", "2026-11-20,sale,Zubeda,5", "2026-11-20,sale,rmesh  kumar,50"]
    faults = files.faults(files.write(*rows), new_parties="none")
    assert [(fault.row, fault.value, fault.code) for fault in faults] == [
        (2, "Rmesh Kumar", "unknown_party"),
        (3, "Zubeda", "unknown_party"),
    ]
    assert faults[0].facts == {"rows": 2, "nearest": [{"name": "Ramesh Kumar", "party": 1}]}
    assert faults[1].facts["rows"] == 1


def test_a_number_that_nobody_has_is_like_no_name_and_of_very_many_names_the_first_are_looked_for(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"), DeclareParty(name="77"))
    monkeypatch.setattr(people, "LISTED", 2)
    rows = [f"2026-11-20,sale,{name},5" for name in ("@77", "Rmesh Kumar", "Ramesh Kumr")]
    facts = [fault.facts for fault in files.faults(files.write(*rows), new_parties="none")]
    assert facts == [
        {"rows": 1, "nearest": [], "what": "number"},
        {"rows": 1, "nearest": [{"name": "Ramesh Kumar", "party": 1}]},
        {"rows": 1, "nearest": []},
    ]


def test_who_is_forgotten_is_no_party_of_a_file(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"), ForgetParty(party=Party(1)), DeclareParty(name="Suresh"))
    faults = files.faults(files.write("2026-11-20,sale,@2,5", "2026-11-20,sale,@1,5"), new_parties="all")
    assert [(fault.row, fault.value, fault.code) for fault in faults] == [(3, "@1", "party_forgotten")]


def test_a_word_or_a_beginning_of_a_name_is_not_enough_in_a_file(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"))
    assert files.wrong("2026-11-20,sale,Ramesh,100", new_parties="none") == [(2, "party", "unknown_party")]


def test_a_name_is_known_in_any_case_by_its_alias_and_by_its_number(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar", aliases=("रमेश",)))
    rows = ["ramesh KUMAR", "रमेश", "@1", " @1 ", "@१"]
    result = files.rows(*(f"2026-11-20,sale,{name},100" for name in rows), new_parties="none")
    assert (result.recorded, result.parties_added) == (5, [])
    assert files.shop.balances() == {1: 50000}


def test_a_name_that_two_parties_have_is_ambiguous(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh"), DeclareParty(name="Suresh"))
    # Rules keep two parties apart; books that were brought together may hold such a pair all the same.
    files.shop.books.catch_up()
    files.shop.books.cache.connection.execute("INSERT INTO name_key VALUES ('exact', 'ramesh', 2)")
    (fault,) = files.faults(files.write("2026-11-20,sale,Ramesh,100"))
    assert (fault.code, fault.facts) == (
        "ambiguous_party",
        {"parties": [{"name": "Ramesh", "party": 1}, {"name": "Suresh", "party": 2}]},
    )


def test_new_parties_are_added_once_each_with_the_phone_wherever_it_stands(files: Files) -> None:
    result = files.rows(
        "2026-11-20,sale,Ramesh,100",
        "2026-11-20,sale,Zubeda,50,,,,,98765 43210",
        "2026-11-20,receive,RAMESH,20,,,,,9876500000",
        "2026-11-20,sale,Zubeda,50,,,,,9000000000",
    )
    assert [(added.party, added.name, added.row) for added in result.parties_added] == [
        (1, "Ramesh", 2),
        (2, "Zubeda", 3),
    ]
    assert files.shop.balances() == {1: 8000, 2: 10000}
    bodies = [detail.body.decode() for detail in files.shop.details()]
    assert '{"name":"Ramesh","phone":"9876500000"}' in bodies
    assert '{"name":"Zubeda","phone":"9876543210"}' in bodies
    ids = {one.id for one in files.shop.recorded() if one.event.KIND == "party_added"}
    assert {added.party_id for added in result.parties_added} == ids


def test_numbers_of_new_parties_follow_those_of_the_book(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh"), DeclareParty(name="Zubeda"))
    files.rows("2026-11-20,sale,Gopal,100", "2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Gopal,1")
    assert files.shop.balances() == {1: 10000, 3: 10100}


def test_safe_adds_those_that_resemble_nobody(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"))
    result = files.rows("2026-11-20,sale,Zubeda,100", new_parties="safe")
    assert [added.name for added in result.parties_added] == ["Zubeda"]


@pytest.mark.parametrize("name", ["Rameshh Kumar", "रमेश कुमार", "Ramesh"])
def test_safe_asks_about_those_that_resemble_somebody(files: Files, name: str) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"))
    (fault,) = files.faults(files.write(f"2026-11-20,sale,{name},100"), new_parties="safe")
    assert (fault.code, fault.value) == ("resembling_party", name)
    assert fault.facts == {"rows": 1, "resembles": [{"name": "Ramesh Kumar", "party": 1}]}


def test_safe_asks_about_two_new_names_that_resemble_each_other(files: Files) -> None:
    path = files.write("2026-11-20,sale,Sunita Joshi,100", "2026-11-20,sale,सुनीता जोशी,100")
    (fault,) = files.faults(path, new_parties="safe")
    assert (fault.row, fault.code, fault.facts["resembles"]) == (3, "resembling_party", [{"name": "Sunita Joshi"}])


def test_all_adds_everybody_and_says_whom_each_resembles(files: Files) -> None:
    files.shop.record(DeclareParty(name="Ramesh Kumar"))
    result = files.rows("2026-11-20,sale,Rameshh Kumar,100", "2026-11-20,sale,Zubeda,100")
    assert [(one["name"], one["resembles"]) for one in result.data()["parties_added"]] == [
        ("Rameshh Kumar", [{"name": "Ramesh Kumar", "party": 1}]),
        ("Zubeda", []),
    ]


# --- the same file, the same references, the same rows


def test_the_identical_file_again_records_nothing(files: Files) -> None:
    path = files.write("2026-11-20,sale,Ramesh,100", "", "2026-11-20,receive,Ramesh,50,,,U1")
    files.take(path)
    before = files.shop.entries()
    again = files.take(path, new_parties="none")
    assert files.shop.entries() == before
    assert (again.rows, again.recorded, again.import_id) == (2, 0, None)
    assert again.duplicates == [(2, 4), (4, 5)]


def test_a_longer_file_records_what_is_new_in_it(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,100,,,B1")
    result = files.rows("2026-11-20,sale,Ramesh,100,,,B1", "2026-11-20,sale,Ramesh,100,,,B2")
    assert (result.recorded, list(result.duplicates)) == (1, [(2, 4)])
    assert files.shop.balances() == {1: 20000}
    longest = files.write("2026-11-20,sale,Ramesh,100,,,B1", "2026-11-20,sale,Ramesh,100,,,B2")
    assert files.take(longest).duplicates == [(2, 4), (3, 6)]


def test_nothing_new_writes_no_beginning_of_an_import(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,100,,,B1")
    before = files.shop.entries()
    result = files.take(files.write("2026-11-20,sale,Ramesh,100.00,,,B1"))
    assert (result.recorded, list(result.duplicates), files.shop.entries()) == (0, [(2, 4)], before)


def test_a_reference_typed_at_the_counter_makes_a_duplicate_too(files: Files) -> None:
    files.shop.record(sale("Ramesh", 100, ref="B1"))
    assert files.rows("2026-11-22,sale,Ramesh,100,,,B1").duplicates == [(2, 3)]


@pytest.mark.parametrize(
    "row",
    [
        "2026-11-21,sale,Ramesh,100,,,B1",
        "2026-11-20,receive,Ramesh,100,,,B1",
        "2026-11-20,sale,Suresh,100,,,B1",
        "2026-11-20,sale,counter,100,,,B1",
        "2026-11-20,sale,Ramesh,101,,,B1",
    ],
)
def test_a_reference_that_stands_for_something_else_is_a_conflict(files: Files, row: str) -> None:
    files.rows("2026-11-20,sale,Ramesh,100,,,B1")
    (fault,) = files.faults(files.write(row))
    assert (fault.row, fault.column, fault.value, fault.code) == (2, "ref", "B1", "ref_conflict")
    assert fault.facts == {"entry": 4, "on": "2026-11-20", "kind": "sale_recorded", "party": 1, "amount_paise": 10000}


def test_a_reference_twice_in_one_file_is_a_fault(files: Files) -> None:
    (fault,) = files.faults(files.write("2026-11-20,sale,Ramesh,100,,,B 1", "2026-11-20,sale,Ramesh,100,,, B  1"))
    assert (fault.row, fault.code, fault.facts) == (3, "ref_twice", {"first_row": 2})


def test_the_reference_of_a_cancelled_entry_is_free_again(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,100,,,B1")
    files.shop.record(ReverseEntry(entry=Seq(4), reason="typed twice"))
    assert files.rows("2026-11-20,sale,Ramesh,120,,,B1").recorded == 1


def test_two_equal_rows_in_one_file_are_two_sales(files: Files) -> None:
    assert files.rows("2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Ramesh,100").recorded == 2


@pytest.mark.parametrize(("same_rows", "recorded", "total"), [("skip", 1, 30000), ("record", 3, 50000)])
def test_rows_that_another_file_may_have_brought_are_doubtful_as_often_as_they_stand_there(
    files: Files, same_rows: str, recorded: int, total: int
) -> None:
    files.rows("2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Ramesh,100")
    path = files.write(*["2026-11-20,sale,Ramesh,100"] * 3)
    faults = files.faults(path)
    assert [(fault.row, fault.code, fault.facts["entry"]) for fault in faults] == [
        (2, "maybe_duplicate", 4),
        (3, "maybe_duplicate", 5),
    ]
    result = files.take(path, same_rows=same_rows)
    assert (result.recorded, files.shop.balances()) == (recorded, {1: total})
    assert result.duplicates == ([(2, 4), (3, 5)] if same_rows == "skip" else [])


def test_what_was_typed_makes_a_row_doubtful_as_what_a_file_brought_does(files: Files) -> None:
    files.rows("2026-11-19,sale,Ramesh,5")
    files.shop.record(sale("Ramesh", 100, on="2026-11-20"))
    typed = len(files.shop.entries())
    path = files.write("2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Ramesh,101")
    (fault,) = files.faults(path)
    assert (fault.row, fault.code, fault.facts["entry"], fault.facts["typed"]) == (2, "maybe_duplicate", typed, True)
    result = files.take(path, same_rows="skip")
    assert (result.recorded, list(result.duplicates)) == (2, [(2, typed)])


@pytest.mark.parametrize(
    ("there", "row", "doubtful"),
    [
        (",,,B1", ",,,", True),
        (",,,", ",,,B1", True),
        (",,,B1", ",,,B2", False),
        (",,,", ",,,", True),
    ],
)
def test_where_only_one_of_two_has_a_reference_nobody_knows(files: Files, there: str, row: str, doubtful: bool) -> None:
    files.rows(f"2026-11-20,sale,Ramesh,100{there}")
    path = files.write(f"2026-11-20,sale,Ramesh,100{row}", "2026-11-21,sale,Ramesh,7")
    if doubtful:
        assert [(fault.row, fault.code) for fault in files.faults(path)] == [(2, "maybe_duplicate")]
        assert files.take(path, same_rows="skip").recorded == 1
    else:
        assert files.take(path).recorded == 2


def test_of_so_many_rows_against_so_many_entries_the_difference_is_recorded(files: Files) -> None:
    """Two entries with references and one without; four rows without and one with: three pairs and two new."""
    files.rows("2026-11-20,sale,Ramesh,100,,,B1", "2026-11-20,sale,Ramesh,100,,,B2", "2026-11-20,sale,Ramesh,100")
    rows = ["2026-11-20,sale,Ramesh,100"] * 4 + ["2026-11-20,sale,Ramesh,100,,,B9"]
    assert files.rows(*rows, same_rows="skip").recorded == 2


def test_only_what_is_equal_and_not_cancelled_makes_a_row_doubtful(files: Files) -> None:
    files.shop.record(sale("Ramesh", 101, on="2026-11-20"))
    files.rows("2026-11-19,sale,Ramesh,100", "2026-11-20,return,Ramesh,100", "2026-11-20,sale,Ramesh,99")
    files.rows("2026-11-20,sale,Ramesh,77")
    files.shop.record(ReverseEntry(entry=Seq(len(files.shop.entries())), reason="wrong"))
    rows = ["2026-11-20,sale,Ramesh,100", "2026-11-20,sale,Ramesh,77", "2026-11-20,sale,counter,100"]
    assert files.rows(*rows).recorded == 3


def test_counter_sales_are_doubtful_too(files: Files) -> None:
    files.rows("2026-11-20,sale,counter,100")
    assert files.wrong("2026-11-20,sale,counter,100", "2026-11-21,sale,Ramesh,5") == [(2, "", "maybe_duplicate")]


def test_a_row_matched_by_its_reference_makes_no_other_row_doubtful(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,100,,,B1")
    result = files.rows("2026-11-20,sale,Ramesh,100,,,B1", "2026-11-20,sale,Ramesh,100")
    assert (result.recorded, list(result.duplicates)) == (1, [(2, 4)])


# --- trying, and other counters


def test_a_dry_run_checks_all_and_records_nothing(files: Files) -> None:
    path = files.write("2026-11-20,sale,Ramesh,100")
    before = files.shop.entries()
    result = files.take(path, dry_run=True)
    assert (result.recorded, result.dry_run, result.import_id, files.shop.entries()) == (1, True, None, before)
    assert [(added.name, added.party_id) for added in result.parties_added] == [("Ramesh", None)]
    assert files.take(path).recorded == 1


def test_a_fault_in_the_last_row_records_nothing_of_the_others(files: Files) -> None:
    assert files.wrong(*["2026-11-20,sale,Ramesh,100"] * 3, "2026-11-20,sale,Ramesh,x") == [(5, "amount", "bad_amount")]


def _meanwhile(files: Files, monkeypatch: pytest.MonkeyPatch, times: int, act: object) -> list[int]:
    """Lets another counter act between the check and the lock, so many times."""
    count = [0]

    def handle(*arguments: object, **options: object) -> object:
        count[0] += 1
        if count[0] <= times:
            act()  # type: ignore[operator]
        return writing.handle(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("khata.importing.run.handle", handle)
    return count


def test_what_another_counter_recorded_meanwhile_is_checked_against(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = files.shop.at_counter("Sita")
    count = _meanwhile(files, monkeypatch, 1, lambda: other.record(sale("Ramesh", 100, ref="B1")))
    result = files.rows("2026-11-22,sale,Ramesh,100,,,B1", "2026-11-22,sale,Ramesh,7")
    assert (count[0], result.recorded, len(result.duplicates)) == (2, 1, 1)
    assert [one for one in files.shop.kinds() if one == "party_added"] == ["party_added"]


def test_a_reference_that_arose_meanwhile_is_checked_against(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    other = files.shop.at_counter("Sita")
    other.record(sale("Ramesh", 1))
    _meanwhile(files, monkeypatch, 1, lambda: other.record(sale("Ramesh", 100, ref="B1")))
    result = files.rows("2026-11-22,sale,Ramesh,100,,,B1", "2026-11-22,sale,Ramesh,7")
    assert (result.recorded, len(result.duplicates)) == (1, 1)


def test_a_check_is_done_again_when_much_was_recorded_since(files: Files) -> None:
    file = read_file(files.write("2026-11-20,sale,Ramesh,100"), TODAY, KHATA)
    files.shop.record(sale("Ramesh", 1))
    files.shop.books.catch_up()
    checked = check(file, files.shop.books.cache, Options())
    files.shop.record(sale("Ramesh", 1), sale("Ramesh", 2))
    files.shop.books.catch_up()
    assert not still_holds(checked, file, files.shop.books.cache, most=2)
    assert still_holds(checked, file, files.shop.books.cache, most=3)
    assert checked.upto == len(files.shop.entries())


def test_a_book_that_is_being_saved_to_is_waited_for(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.shop.books.catch_up()
    files.shop.at_counter("Sita").record(DeclareParty(name="Gopal"))
    real, calls = files.shop.books.catch_up, []

    def catch_up(*, at_most: int | None = None) -> Reach:
        calls.append(at_most)
        return Reach(files.shop.books.cache.position(), held=True) if len(calls) == 1 else real(at_most=at_most)

    monkeypatch.setattr(files.shop.books, "catch_up", catch_up)
    assert files.rows("2026-11-22,sale,Gopal,100", new_parties="none").recorded == 1


def test_a_conflict_that_arose_meanwhile_refuses_the_file(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    other = files.shop.at_counter("Sita")
    _meanwhile(files, monkeypatch, 1, lambda: other.record(sale("Ramesh", 99, ref="B1")))
    with pytest.raises(BadRows) as refused:
        files.rows("2026-11-22,sale,Ramesh,100,,,B1")
    assert [fault.code for fault in refused.value.faults] == ["ref_conflict"]


def test_a_busy_counter_does_not_keep_an_import_from_its_turn(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    other = files.shop.at_counter("Sita")
    other.record(sale("Ramesh", 1))
    count = _meanwhile(files, monkeypatch, 20, lambda: other.record(sale("Ramesh", 1)))
    checks = []

    def counted(file: File, views: Cache, options: Options) -> Checked:
        checks.append(file)
        return check(file, views, options)

    monkeypatch.setattr("khata.importing.run.check", counted)
    assert files.rows("2026-11-22,sale,Gopal,100").recorded == 1
    assert count[0] == 21
    assert len(checks) == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda shop: shop.record(DeclareParty(name="Gopal")),
        lambda shop: shop.record(AmendParty(party=Party(1), add_aliases=("Gopal",))),
    ],
)
def test_a_name_that_arose_meanwhile_is_found(files: Files, monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    other = files.shop.at_counter("Sita")
    other.record(sale("Ramesh", 1))
    _meanwhile(files, monkeypatch, 1, lambda: act(other))  # type: ignore[operator]
    result = files.rows("2026-11-22,sale,Gopal,100")
    assert (result.recorded, result.parties_added) == (1, [])


def test_the_identical_file_imported_by_another_counter_meanwhile_records_once(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files.write("2026-11-20,sale,Ramesh,100")
    other = files.shop.at_counter("Sita")
    _meanwhile(files, monkeypatch, 1, lambda: import_file(path, other.books, Options(new_parties="all")))
    assert files.take(path).recorded == 0
    assert files.shop.balances() == {1: 10000}


def test_a_book_that_never_stands_still_is_busy(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    other = files.shop.at_counter("Sita")
    _meanwhile(files, monkeypatch, 1000, lambda: other.record(sale("Ramesh", 1)))
    monkeypatch.setattr("khata.importing.run.TRIES", 3)
    with pytest.raises(BusyError):
        files.rows("2026-11-22,sale,Gopal,100")


def test_progress_is_told_of_both_halves(files: Files) -> None:
    path = files.write(*["2026-11-20,sale,Ramesh,100"] * 5000)
    told: list[tuple[Phase, int, int | None]] = []
    import_file(path, files.shop.books, Options(new_parties="all"), lambda *told_now: told.append(told_now))
    size = Path(path).stat().st_size
    assert [one[2] for one in told if one[0] == "reading" and 0 < one[1] <= size] == [size]
    assert told[-1] == ("recording", 5000, 5000)
    assert ("recording", 1 + FLUSH, 5000) in told


def test_an_import_into_a_file_is_the_same_as_into_memory(tmp_path: Path, book_path: Path) -> None:
    rows = ["2026-11-20,sale,Ramesh,100,,,B1", "2026-11-20,sale,Zubeda,5", "2026-11-20,receive,Ramesh,40"]
    shops = [in_memory(), on_disk(book_path, tmp_path / "cache")]
    for shop in shops:
        Files(tmp_path, shop).rows(*rows)
    assert shops[0].balances() == shops[1].balances() == {1: 6000, 2: 500}


def test_the_books_lock_is_free_while_a_file_is_checked(book_path: Path, tmp_path: Path) -> None:
    shop = on_disk(book_path, tmp_path / "cache")
    free: list[bool] = []

    def progress(phase: Phase, _: int, __: int | None) -> None:
        if phase == "reading":
            with on_disk(book_path, tmp_path / "other").store.writing():
                free.append(True)

    path = Files(tmp_path, shop).write(*["2026-11-20,sale,Ramesh,100"] * 5000)
    assert import_file(path, shop.books, Options(new_parties="all"), progress).recorded == 5000
    assert free
    assert shop.balances() == {1: rs(500000)}


def test_a_reference_is_the_same_in_another_case_and_with_other_blanks(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,450,,,Bill 7")
    again = files.rows("2026-11-20,sale,Ramesh,450,,,BILL7")
    assert (again.recorded, [*again.duplicates]) == (0, [(2, 4)])
    assert files.wrong("2026-11-20,sale,Ramesh,451,,,bill 7") == [(2, "ref", "ref_conflict")]
    assert files.wrong("2026-11-20,sale,Ramesh,5,,,u-1", "2026-11-20,sale,Ramesh,6,,,U-1") == [(3, "ref", "ref_twice")]


def test_so_it_is_at_the_counter(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,450,,,Bill 7")
    with pytest.raises(RefTaken):
        files.shop.record(RecordSale(party=Party(1), amount_paise=rs(450), ref="bill7", on=Day("2026-11-20")))
    files.shop.record(RecordSale(party=Party(1), amount_paise=rs(9), ref="u-1"))
    with pytest.raises(RefConflict):
        files.shop.record(RecordSale(party=Party(1), amount_paise=rs(8), ref="U - 1"))
    files.shop.record(CorrectEntry(entry=Seq(5), ref="U-1"))


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("'431598712004", "431598712004"),
        ("=431598712004", "431598712004"),
        ("431598712004.0", "431598712004"),
        ('"=""431598712004"""', "431598712004"),
        ("'B-1", "B-1"),
        ("b -1", "B-1"),
    ],
)
def test_a_reference_is_the_same_whatever_a_spreadsheet_puts_around_it(files: Files, typed: str, ref: str) -> None:
    files.rows(f"2026-11-06,sale,Ramesh,100,,,{ref}")
    assert [row for row, _ in files.rows(f"2026-11-06,sale,Ramesh,100,,,{typed}").duplicates] == [2]


@pytest.mark.parametrize("typed", ["4.31599e11", "4.31599E11", "4,31599E+11", "4E+11"])
def test_a_reference_that_was_shortened_is_told_however_it_is_written(files: Files, typed: str) -> None:
    path = files.raw(f'date,type,party,amount,ref\n2026-11-06,sale,Ramesh,100,"{typed}"\n'.encode())
    assert [(fault.row, fault.code) for fault in files.faults(path)] == [(2, "shortened_ref")]
