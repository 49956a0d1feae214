"""What comes again: begun, ended, left out, and recorded time by time."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from khata.questions import recurring as question
from khata.rules.base import Command, Named
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.locking import LockPeriod, UnlockPeriod
from khata.rules.merging import JoinParties
from khata.rules.recurring import BeginRecurring, DueTime, EndRecurring, RecordDue, SkipRecurring
from khata.rules.refused import Refused
from khata.units import Day, Party, Seq
from khata.views.cut import Cut
from khata.writing import handle
from tests.books import TODAY, Shop, payment, rs, sale
from tests.rules.given import Given, given

RAISED = ("format_raised", {"min_reader": 4, "min_writer": 4})
RAMESH = sale(Named("Ramesh", add=True), 450)
LINE = Seq(5)
"""The entry with which it began: the book, Ramesh, his sale and the raised format stand before it."""


def begun(**more: Any) -> BeginRecurring:
    facts: dict[str, Any] = {"party": Party(1), "amount_paise": rs(450), "every": "month", "first": Day("2026-08-31")}
    return BeginRecurring(**facts | {"note": "milk"} | more)


def recorded(*days: str, of: Seq = LINE) -> RecordDue:
    return RecordDue(times=[DueTime(of, Day(day)) for day in days])


def due(shop: Shop, upto: str = TODAY, known: int | None = None) -> list[str]:
    """The references of what is due up to a day."""
    shop.books.catch_up()
    cut = Cut(Day(upto), Seq(known if known is not None else len(shop.entries())))
    return [each.ref for each in question.due(shop.books.cache.connection, cut)]


def months(*names: str) -> list[str]:
    return [f"every-5/2026-{name}" for name in names]


# --- begun


def test_it_begins_with_an_entry_that_moves_no_money_and_raises_the_book() -> None:
    told = given(RAMESH)
    data = {"party": 1, "amount_paise": 45000, "every": "month", "from": "2026-08-31", "as": "sale"}
    told.when(begun()).then(RAISED, ("recurring_begun", data), on=TODAY, words={"note": "milk"})
    assert told.shop.books.cache.connection.execute(
        "SELECT amount_paise, postings FROM entry WHERE seq = 5"
    ).fetchone() == (
        None,
        None,
    )


def test_without_a_day_it_begins_today_and_a_new_customer_is_declared_before_it() -> None:
    data = {"party": 1, "amount_paise": 3000, "every": "day", "from": TODAY, "as": "charge"}
    new = begun(
        party=Named("Suresh", add=True), amount_paise=rs(30), every="day", first=None, made_as="charge", note=None
    )
    given().when(new).then(RAISED, ("party_added", {"party": 1}), ("recurring_begun", data))


def test_a_line_of_nobody_is_refused() -> None:
    given().when(begun()).refused("unknown_party")
    given(RAMESH, payment(Party(1), 450), ForgetParty(party=Party(1))).when(begun()).refused("party_forgotten")


def test_the_same_twice_is_a_slip_and_what_ended_is_not() -> None:
    told = given(RAMESH, begun())
    assert [slip.code for slip in told.shop.record(begun(first=None)).slips] == ["comes_again"]
    for other in (begun(every="week"), begun(amount_paise=rs(460)), begun(note="paper"), begun(made_as="charge")):
        assert told.shop.record(other).slips == []
    told.shop.record(EndRecurring(entry=LINE), EndRecurring(entry=Seq(6)))
    assert told.shop.record(begun()).slips == []


# --- recorded


def test_each_time_is_a_sale_on_its_own_day_with_its_own_reference() -> None:
    told = given(RAMESH, begun())
    assert due(told.shop) == months("08", "09", "10")
    told.when(recorded("2026-08-31", "2026-09-30", "2026-10-31")).then(
        *(("sale_recorded", {"amount_paise": 45000, "party": 1, "ref": ref}) for ref in months("08", "09", "10")),
        on="2026-10-31",
        words={"note": "milk"},
    )
    assert due(told.shop) == []
    assert told.shop.balances()[1] == rs(4 * 450)


def test_rent_is_a_charge() -> None:
    told = given(RAMESH, begun(made_as="charge", note=None))
    told.when(recorded("2026-08-31")).then(
        ("charge_made", {"amount_paise": 45000, "party": 1, "ref": "every-5/2026-08"}), on="2026-08-31", words={}
    )


def test_no_time_is_recorded_twice_and_what_is_not_due_is_not_recorded() -> None:
    told = given(
        RAMESH,
        begun(),
        recorded("2026-08-31"),
        SkipRecurring(entry=LINE, first=Day("2026-09-01"), last=Day("2026-09-30")),
    )
    told.when(recorded("2026-08-31", "2026-09-30", "2026-10-31")).then(
        ("sale_recorded", {"amount_paise": 45000, "party": 1, "ref": "every-5/2026-10"})
    )
    before = len(told.shop.entries())
    for nothing in ("2026-08-31", "2026-09-30", "2026-10-30", "2026-07-31"):
        assert told.shop.record(recorded(nothing)).total == 0
    assert len(told.shop.entries()) == before


def test_a_time_that_is_named_twice_is_recorded_once() -> None:
    told = given(RAMESH, begun())
    told.when(recorded("2026-08-31", "2026-08-31")).then(
        ("sale_recorded", {"amount_paise": 45000, "party": 1, "ref": "every-5/2026-08"})
    )


def test_what_is_still_to_come_is_refused() -> None:
    given(RAMESH, begun()).when(recorded("2026-11-30")).refused("future_day", on="2026-11-30")


def test_what_was_taken_back_is_due_again_and_what_was_corrected_is_not() -> None:
    told = given(RAMESH, begun(), recorded("2026-08-31", "2026-09-30"))
    told.shop.record(ReverseEntry(entry=Seq(6)), CorrectEntry(entry=Seq(7), amount_paise=rs(430)))
    assert due(told.shop) == months("08", "10")
    assert due(told.shop, known=7) == months("10"), "as it was known before"
    told.shop.record(recorded("2026-08-31"))
    assert due(told.shop) == months("10")


def test_what_somebody_recorded_by_hand_under_the_reference_is_recorded() -> None:
    told = given(RAMESH, begun(), replace(sale(Party(1), 440), ref="EVERY-5/2026-09"))
    assert due(told.shop) == months("08", "10")
    assert told.shop.record(recorded("2026-09-30")).total == 0


def test_of_a_joined_customer_it_goes_to_the_one_who_stands_for_both() -> None:
    told = given(RAMESH, begun(), sale(Named("Ramu", add=True), 100), JoinParties(party=Party(2), other=Party(1)))
    told.when(recorded("2026-08-31")).then(
        ("sale_recorded", {"amount_paise": 45000, "party": 2, "ref": "every-5/2026-08"})
    )
    told.shop.books.catch_up()
    views = told.shop.books.cache.connection
    assert [(each.party, each.name) for each in question.recurring(views, Cut(TODAY, Seq(9)))] == [(2, "Ramu")]
    assert [(each.party, each.name) for each in question.recurring(views, Cut(TODAY, Seq(7)))] == [(1, "Ramesh")]


def test_of_a_forgotten_customer_nothing_is_due_and_the_line_can_still_be_ended() -> None:
    told = given(RAMESH, begun(), payment(Party(1), 450), ForgetParty(party=Party(1)))
    assert due(told.shop) == []
    told.when(recorded("2026-08-31")).refused("party_forgotten")
    (line,) = question.recurring(told.shop.books.cache.connection, Cut(TODAY, Seq(7)))
    assert (line.name, line.note, line.next_on) == (None, None, None)
    told.when(EndRecurring(entry=LINE)).then(("recurring_ended", {"party": 1, "entry": 5}))


# --- ended, and left out


def test_what_was_due_before_it_ended_is_due_still() -> None:
    told = given(RAMESH, begun(), recorded("2026-08-31"))
    told.when(EndRecurring(entry=LINE, on=Day("2026-10-31"), reason="moved")).then(
        ("recurring_ended", {"party": 1, "entry": 5}), on="2026-10-31", words={"reason": "moved"}
    )
    assert due(told.shop) == months("09")
    assert due(told.shop, known=6) == months("09", "10")
    assert told.shop.record(recorded("2026-10-31")).total == 0
    assert told.shop.record(recorded("2026-09-30")).total == 1


def test_it_ends_once_and_not_on_a_day_to_come() -> None:
    told = given(RAMESH, begun())
    told.when(EndRecurring(entry=LINE, on=Day("2026-12-01"))).refused("future_day")
    told.shop.record(EndRecurring(entry=LINE))
    told.when(EndRecurring(entry=LINE)).refused("recurring_over", on=TODAY)
    told.when(SkipRecurring(entry=LINE, first=Day("2026-12-31"))).refused("recurring_over")


def test_what_is_left_out_is_the_first_that_is_open_or_all_of_some_days() -> None:
    told = given(RAMESH, begun(), recorded("2026-08-31"))
    told.when(SkipRecurring(entry=LINE, reason="away")).then(
        ("recurring_skipped", {"party": 1, "entry": 5, "from": "2026-09-30", "to": "2026-09-30"}),
        words={"reason": "away"},
    )
    told.when(SkipRecurring(entry=LINE, first=Day("2026-10-15"), last=Day("2026-12-15"))).then(
        ("recurring_skipped", {"party": 1, "entry": 5, "from": "2026-10-15", "to": "2026-12-15"})
    )
    assert due(told.shop, "2027-02-01") == ["every-5/2026-12", "every-5/2027-01"]
    told.when(SkipRecurring(entry=LINE, first=Day("2026-09-01"), last=Day("2026-09-29"))).refused(
        "nothing_to_skip", on="2026-12-31"
    )
    told.when(SkipRecurring(entry=LINE, first=Day("2026-08-31"))).refused("nothing_to_skip", recorded=6)


def test_what_one_commit_ends_or_leaves_out_is_not_recorded_in_it() -> None:
    told = given(RAMESH, begun())
    skip = SkipRecurring(entry=LINE, first=Day("2026-08-31"))
    end = EndRecurring(entry=LINE, on=Day("2026-10-01"))
    outcome = told.shop.record(skip, end, recorded("2026-08-31", "2026-09-30", "2026-10-31"))
    assert [getattr(each.event, "ref", None) for each in outcome.recorded] == [None, None, "every-5/2026-09"]


def test_what_was_recorded_for_days_that_are_left_out_stays_and_is_not_due_when_it_is_taken_back() -> None:
    told = given(
        RAMESH,
        begun(),
        recorded("2026-08-31"),
        SkipRecurring(entry=LINE, first=Day("2026-08-01"), last=Day("2026-09-30")),
    )
    assert told.shop.balances()[1] == rs(900)
    assert due(told.shop) == months("10")
    told.shop.record(ReverseEntry(entry=Seq(6)))
    assert due(told.shop) == months("10")


@pytest.mark.parametrize(
    "command", [EndRecurring(entry=Seq(3)), SkipRecurring(entry=Seq(3)), recorded("2026-08-31", of=Seq(3))]
)
def test_an_entry_that_is_none_is_refused(command: Command) -> None:
    told = given(RAMESH)
    told.when(command).refused("not_recurring", entry=3)
    nowhere = (
        RecordDue(times=[DueTime(Seq(99), TODAY)])
        if isinstance(command, RecordDue)
        else replace(command, entry=Seq(99))
    )
    told.when(nowhere).refused("unknown_entry", entry=99)


# --- closed days


def closed() -> Given:
    return given(RAMESH, begun(), LockPeriod(upto=Day("2026-09-30")))


def test_what_falls_on_a_closed_day_stands_on_today_where_a_person_typed_it() -> None:
    shop = closed().shop
    outcome = handle([recorded("2026-08-31", "2026-09-30", "2026-10-31")], shop.books, typed=True)
    assert [(each.on, each.event.ref) for each in outcome.recorded] == [
        (TODAY, "every-5/2026-08"),
        (TODAY, "every-5/2026-09"),
        ("2026-10-31", "every-5/2026-10"),
    ]
    assert outcome.moved_entries == 2
    assert due(shop) == []


def test_what_falls_on_a_closed_day_is_refused_where_nobody_reads_the_answer() -> None:
    told = closed()
    told.when(recorded("2026-10-31", "2026-08-31")).refused("period_locked", on="2026-08-31")
    told.when(recorded("2026-10-31")).then(
        ("sale_recorded", {"amount_paise": 45000, "party": 1, "ref": "every-5/2026-10"})
    )
    told.shop.record(UnlockPeriod(reason="late"))
    assert told.shop.record(recorded("2026-08-31")).recorded[0].on == "2026-08-31"


# --- a retry


def test_another_command_under_the_same_id_is_refused() -> None:
    told = given(RAMESH, begun(), begun(every="day", first=TODAY))
    one, two, three, four = (f"{n}" * 32 for n in range(1, 5))
    told.shop.record(replace(recorded("2026-08-31", "2026-09-30"), id=one))
    told.shop.record(replace(begun(amount_paise=rs(70)), id=two))
    told.shop.record(SkipRecurring(id=three, entry=LINE, first=Day("2026-10-01"), last=Day("2026-10-31")))
    told.shop.record(EndRecurring(id=four, entry=LINE, on=Day("2026-11-01")))
    same: list[Command] = [
        replace(recorded("2026-09-30"), id=one),
        RecordDue(times=[], id=one),
        replace(begun(amount_paise=rs(70)), id=two),
        SkipRecurring(id=three, entry=LINE, first=Day("2026-10-01"), last=Day("2026-10-31")),
        SkipRecurring(id=three, entry=LINE),
        EndRecurring(id=four, entry=LINE),
    ]
    for command in same:
        assert told.shop.record(command).already is not None
    other: list[Command] = [
        replace(recorded("2026-10-31"), id=one),
        replace(recorded("2026-11-22", of=Seq(6)), id=one),
        RecordDue(times=[], id=two),
        replace(begun(amount_paise=rs(70), every="week"), id=two),
        replace(begun(amount_paise=rs(70), first=TODAY), id=two),
        replace(begun(amount_paise=rs(70), made_as="charge"), id=two),
        SkipRecurring(id=three, entry=LINE, first=Day("2026-10-02"), last=Day("2026-10-31")),
        SkipRecurring(id=three, entry=LINE, first=Day("2026-10-01"), last=Day("2026-10-30")),
        SkipRecurring(id=three, entry=Seq(6)),
        EndRecurring(id=four, entry=Seq(6)),
        EndRecurring(id=four, entry=LINE, on=Day("2026-11-02")),
    ]
    for command in other:
        with pytest.raises(Refused) as caught:
            told.shop.record(command)
        assert caught.value.code == "id_reused", command
