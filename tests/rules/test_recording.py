"""Sales, returns, payments, refunds, kasar, write-offs, openings: what is recorded, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from khata.events.money import Line
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command, Named
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.importing import StartImport
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.party import DeclareParty
from khata.units import Day, Paise, Party, Seq
from tests.books import TODAY, event_id, payment, rs, sale
from tests.rules.given import given

RAMESH = DeclareParty(name="Ramesh")
HIM = Named("ramesh")
TOMORROW = Day("2026-11-23")


def back(rupees: int, who: Named | None = HIM, **more: Any) -> RecordReturn:
    return RecordReturn(party=who, amount_paise=rs(rupees), **more)


# --- sales and returns


def test_a_sale_on_the_khata() -> None:
    expected = ("sale_recorded", {"amount_paise": 45000, "party": 1})
    given(RAMESH).when(sale(HIM, 450)).then(expected, on=TODAY)


def test_a_sale_of_an_earlier_day_with_a_note_and_a_bill_number() -> None:
    given(RAMESH).when(sale(HIM, 450, on=Day("2026-11-01"), note="atta", ref="B-7")).then(
        ("sale_recorded", {"amount_paise": 45000, "party": 1, "ref": "B-7"}), on="2026-11-01", words={"note": "atta"}
    )


def test_a_sale_to_somebody_new_adds_the_party_first() -> None:
    given(RAMESH).when(sale(Named("Suresh", add=True, phone="98765"), 5)).then(
        ("party_added", {"party": 2}), ("sale_recorded", {"amount_paise": 500, "party": 2})
    )


@pytest.mark.parametrize(
    ("paid", "parts"),
    [
        ([("cash", rs(200))], [("cash", 20000)]),
        ([("cash", rs(200)), ("upi", rs(100))], [("cash", 20000), ("upi", 10000)]),
        ([("cash", rs(200)), ("cash", rs(100))], [("cash", 30000)]),
        ([("upi", None)], [("upi", 45000)]),
        ([("cash", rs(200)), ("upi", None)], [("cash", 20000), ("upi", 25000)]),
        ([("cash", rs(450)), ("upi", None)], [("cash", 45000)]),
        ([("upi", None), ("card", None)], [("upi", 45000)]),
    ],
)
@pytest.mark.parametrize("kind", [RecordSale, RecordReturn])
def test_parts_paid_at_once(kind: type[RecordSale | RecordReturn], paid: Any, parts: Any) -> None:
    name = "sale_recorded" if kind is RecordSale else "goods_returned"
    shown = [{"mode": mode, "amount_paise": amount} for mode, amount in parts]
    given(RAMESH).when(kind(party=HIM, amount_paise=rs(450), paid=paid)).then(
        (name, {"amount_paise": 45000, "party": 1, "paid": shown})
    )


def test_nobody_in_particular_pays_at_once_in_cash_unless_said() -> None:
    cash, upi = ([{"mode": mode, "amount_paise": 3500}] for mode in ("cash", "upi"))
    given().when(sale(None, 35)).then(("sale_recorded", {"amount_paise": 3500, "paid": cash}))
    given().when(sale(None, 35, paid=[("upi", None)])).then(("sale_recorded", {"amount_paise": 3500, "paid": upi}))
    given().when(back(35, None)).then(("goods_returned", {"amount_paise": 3500, "paid": cash}))


def test_items_are_kept_and_their_names_can_be_forgotten() -> None:
    lines = [Line(rs(400), 2000, rs(200)), Line(rs(50))]
    given(RAMESH).when(sale(HIM, 450, lines=lines, items=["Atta 5kg", ""])).then(
        (
            "sale_recorded",
            {
                "amount_paise": 45000,
                "party": 1,
                "lines": [
                    {"amount_paise": 40000, "quantity_milli": 2000, "rate_paise": 20000},
                    {"amount_paise": 5000},
                ],
            },
        ),
        words={"items": ["Atta 5kg", ""]},
    )


def test_items_that_do_not_add_up() -> None:
    lines = [Line(rs(400)), Line(rs(49))]
    given(RAMESH).when(sale(HIM, 450, lines=lines)).refused("items_do_not_add_up", items_paise=44900)


def test_more_paid_than_it_comes_to() -> None:
    paid = [("cash", rs(400)), ("upi", rs(51))]
    given(RAMESH).when(sale(HIM, 450, paid=paid)).refused("paid_above_amount", amount_paise=45000, paid_paise=45100)


def test_nobody_in_particular_cannot_owe() -> None:
    given().when(sale(None, 450, paid=[("cash", rs(449))])).refused("counter_not_paid", paid_paise=44900)


# --- payments and refunds


def test_money_comes_in() -> None:
    given(sale("Ramesh", 450)).when(payment(HIM, 200, mode="upi", note="by his son")).then(
        ("payment_received", {"amount_paise": 20000, "party": 1, "mode": "upi"}), words={"note": "by his son"}
    )


@pytest.mark.parametrize(
    ("came", "kasar"), [(445, 500), (440, 1000), (450, None), (451, None)], ids=["₹5 less", "₹10 less", "all", "more"]
)
def test_settling_in_full_lets_the_rest_go(came: int, kasar: int | None) -> None:
    discount = {"discount_paise": kasar} if kasar else {}
    given(sale("Ramesh", 450)).when(payment(HIM, came, full=True)).then(
        ("payment_received", {"amount_paise": came * 100, "party": 1, "mode": "cash", **discount})
    )


def test_more_than_ten_rupees_are_not_let_go_without_a_yes() -> None:
    command = ReceivePayment(party=HIM, amount_paise=Paise(43999), full=True)
    given(sale("Ramesh", 450)).when(command).refused("large_kasar", kasar_paise=1001, balance_paise=45000)
    given(sale("Ramesh", 450)).when(structs.replace(command, agreed=True)).then(
        ("payment_received", {"amount_paise": 43999, "party": 1, "mode": "cash", "discount_paise": 1001})
    )


def test_somebody_new_who_pays_in_full_owed_nothing() -> None:
    given().when(payment("Ramesh", 450, full=True)).then(
        ("party_added", {"party": 1}), ("payment_received", {"amount_paise": 45000, "party": 1, "mode": "cash"})
    )


def test_money_is_given_back() -> None:
    given(RAMESH).when(RefundMoney(party=HIM, amount_paise=rs(30), mode="bank", ref="U-1")).then(
        ("money_refunded", {"amount_paise": 3000, "party": 1, "mode": "bank", "ref": "U-1"})
    )


# --- kasar, debts given up, openings


def test_kasar_is_allowed() -> None:
    given(RAMESH).when(AllowDiscount(party=HIM, amount_paise=rs(5))).then(
        ("discount_allowed", {"amount_paise": 500, "party": 1})
    )


def test_a_debt_is_given_up_for_a_reason() -> None:
    given(RAMESH).when(WriteOffDebt(party=HIM, amount_paise=rs(5), reason="moved away", note="to Surat")).then(
        ("debt_written_off", {"amount_paise": 500, "party": 1}), words={"reason": "moved away", "note": "to Surat"}
    )
    given(RAMESH).when(WriteOffDebt(party=HIM, amount_paise=rs(5), reason="")).refused("reason_missing")


@pytest.mark.parametrize(("advance", "side"), [(False, "receive"), (True, "give")])
def test_the_paper_book_is_brought_forward(*, advance: bool, side: str) -> None:
    given(RAMESH).when(RecordOpening(party=HIM, amount_paise=rs(80), advance=advance)).then(
        ("opening_recorded", {"amount_paise": 8000, "party": 1, "side": side})
    )


# --- what all of them have in common

MONEY = [
    sale(HIM, 450),
    back(450),
    payment(HIM, 450),
    RefundMoney(party=HIM, amount_paise=rs(450)),
    AllowDiscount(party=HIM, amount_paise=rs(450)),
    WriteOffDebt(party=HIM, amount_paise=rs(450), reason="x"),
    RecordOpening(party=HIM, amount_paise=rs(450)),
]
each = pytest.mark.parametrize("command", MONEY, ids=lambda command: type(command).__name__)


def changed(command: Command, **changes: Any) -> Command:
    return structs.replace(command, **changes)


@each
def test_a_ledger_has_no_tomorrow(command: Command) -> None:
    given(RAMESH).when(changed(command, on=TOMORROW)).refused("future_day", on=TOMORROW, today=TODAY)


@each
def test_an_unknown_name_or_number(command: Command) -> None:
    given().when(changed(command)).refused("unknown_party", name="ramesh")
    given(RAMESH).when(changed(command, party=Party(2))).refused("unknown_party", party=2, name="@2")


@each
def test_a_party_is_called_by_its_number_too(command: Command) -> None:
    by_number = given(RAMESH).when(changed(command, party=Party(1)))
    by_number.shop.record(by_number.command)
    assert getattr(by_number.shop.recorded()[-1].event, "party", None) == 1


@each
def test_a_name_that_two_parties_have(command: Command) -> None:
    # The rules let nobody make such a book; one that came from elsewhere may hold it.
    told = given(RAMESH, DeclareParty(name="Suresh"))
    told.shop.books.catch_up()
    told.shop.books.cache.connection.execute("INSERT INTO name_key VALUES ('exact', 'ramesh', 2)")
    told.when(changed(command)).refused("ambiguous_party", name="ramesh", parties=[1, 2])


@each
def test_the_same_reference_again(command: Command) -> None:
    first, other = changed(command, ref="B-1"), changed(command, ref="B-1", amount_paise=rs(451))
    given(RAMESH, first).when(changed(first)).refused("ref_taken", ref="B-1", entry=3)
    given(RAMESH, first).when(changed(first, once=True)).is_entry(3)
    for once in (False, True):
        given(RAMESH, first).when(changed(other, once=once)).refused("ref_conflict", ref="B-1", entry=3)
        earlier = changed(first, once=once, on=Day("2026-11-01"))
        given(RAMESH, first).when(earlier).refused("ref_conflict", ref="B-1", entry=3)


@each
def test_the_same_reference_for_another_kind_of_entry(command: Command) -> None:
    other = payment(HIM, 450, ref="B-1") if not isinstance(command, ReceivePayment) else sale(HIM, 450, ref="B-1")
    given(RAMESH, other).when(changed(command, ref="B-1", once=True)).refused("ref_conflict", entry=3)


@each
def test_an_event_id_that_stands_for_something_else(command: Command) -> None:
    the_id = event_id("x")
    first = changed(command, id=the_id, on=Day("2026-11-02"), ref="B-1")
    others = [
        changed(first, amount_paise=rs(1)),
        changed(first, on=Day("2026-11-03")),
        changed(first, ref="B-2"),
        changed(first, party=Named("Suresh")),
        changed(first, party=Party(2)),
        DeclareParty(name="New", id=the_id),
    ]
    for other in others:
        given(RAMESH, DeclareParty(name="Suresh"), first).when(other).refused("id_reused", event_id=the_id, entry=4)
    given(RAMESH, first).when(changed(first, on=None, ref=None)).is_entry(3)


def test_an_opening_of_the_other_side_under_the_same_id() -> None:
    first = RecordOpening(party=HIM, amount_paise=rs(5), id=event_id("x"))
    given(RAMESH, first).when(changed(first, advance=True)).refused("id_reused")


def test_a_payment_by_another_mode_under_the_same_id() -> None:
    first = payment(HIM, 5, id=event_id("x"))
    given(RAMESH, first).when(changed(first, mode="upi")).refused("id_reused")


# --- imports


def start(**changes: Any) -> StartImport:
    facts: dict[str, Any] = {"sha256": "ab" * 32, "rows": 3, "file": "old.csv", "checked_upto": Seq(1)} | changes
    return StartImport(**facts)


def test_an_import_begins_with_what_file_it_was() -> None:
    given().when(start()).then(
        ("import_started", {"sha256": "ab" * 32, "rows": 3, "profile": "khata"}), words={"file": "old.csv"}
    )


def test_a_file_is_imported_once() -> None:
    given(start()).when(start(checked_upto=Seq(2))).refused("file_imported", entry=2)


def test_a_book_that_moved_on_since_the_file_was_checked() -> None:
    given(RAMESH).when(start()).refused("book_moved_on", checked_upto=1, head=2)
