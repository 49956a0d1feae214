"""What khata export writes for Tally comes back: every customer's balance, to the paisa."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events.money import Line
from khata.exporting import charts
from khata.exporting.jsonl import import_log
from khata.importing.check import Options
from khata.importing.run import ImportResult, import_file
from khata.names import exact_key
from khata.questions.balances import balances
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command
from khata.rules.charge import MakeCharge
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.refused import Refused
from khata.rules.transfer import TransferBalance
from khata.store.sqlite.book import SqliteBook
from khata.units import Day, Paise, Party, Seq
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.books import Shop, in_memory, sale
from tests.exporting.books import WRITERS, Asked, asked, odd_book
from tests.sample_shops import SHOPS, opened

GOLDEN = Path(__file__).parent.parent / "golden"


def said(of: Asked) -> dict[str, int]:
    """What each customer owes in the book that is taken out, by the name that he has in the file."""
    spelt = charts.spelt_apart(of.book.known, charts.in_tally, charts.at_number, taken=charts.RESERVED_LEDGERS)
    names = {party: f"Ledger {name}" if name.startswith("@") else name for party, name in spelt.items()}
    owed = balances(of.cache.connection, of.wanted.cut)
    return {exact_key(names[each.party]): each.balance_paise for each in owed if each.balance_paise}


def came(shop: Shop) -> dict[str, int]:
    """What each customer owes in the book that it was taken into, by name."""
    shop.books.catch_up()
    cut = asked(shop.books.cache, None, "2027-12-31", 0).wanted.cut
    rows = balances(shop.books.cache.connection, cut)
    return {exact_key(each.name or ""): each.balance_paise for each in rows if each.balance_paise}


def around(of: Asked, folder: Path) -> tuple[Shop, ImportResult]:
    """A new book into which an extract was taken, by way of Tally's XML."""
    path = folder / "book.xml"
    path.write_text("".join(f"{line}\n" for line in WRITERS["tally"](of)), encoding="utf-8")
    shop = in_memory()
    shop.clock.set(days=400)
    return shop, import_file(str(path), shop.books, Options(new_parties="all", same_rows="record", large=True))


def test_an_odd_book_comes_back(tmp_path: Path) -> None:
    of = asked(odd_book().books.cache, None, "2026-11-22", 0)
    shop, result = around(of, tmp_path)
    assert came(shop) == said(of)
    assert result.found is not None
    assert {why: each["count"] for why, each in result.found["passed"].items()} == {"taken_back": 6}
    assert result.found["openings_on"] == "2026-03-31"


@pytest.mark.parametrize("first", [None, "2026-11-05", "2026-11-06"])
def test_a_period_comes_back_with_what_there_was_before(tmp_path: Path, first: str | None) -> None:
    of = asked(odd_book().books.cache, first, "2026-11-22", 0)
    shop, _ = around(of, tmp_path)
    assert came(shop) == said(of)


@pytest.mark.wide
@pytest.mark.parametrize("name", ["format-3", "0.1.0", *SHOPS])
def test_whole_shops_come_back(name: str, tmp_path: Path) -> None:
    if name in SHOPS:
        cache = opened(name, tmp_path).cache
    else:
        import_log(GOLDEN / name / "book.jsonl", tmp_path / "shop.khata")
        cache = Cache(tmp_path / "views")
        catch_up(SqliteBook(tmp_path / "shop.khata"), cache)
    of = asked(cache, None, "2027-03-31", 0)
    shop, _ = around(of, tmp_path)
    assert came(shop) == said(of)


PEOPLE = ("Ramesh", "सीता देवी", "A & B <Traders>", "Cash")
DAYS = ("2025-03-31", "2025-04-01", "2026-02-28", "2026-03-31", "2026-04-01", "2026-11-20", "2026-11-22")
MODES = ("cash", "upi", "card", "bank", "cheque")

amounts = st.integers(1, 5_00_000)
days = st.sampled_from(DAYS).map(Day)
deeds = st.tuples(
    st.sampled_from(
        (
            *("opening", "advance", "sale", "sale", "counter", "rounded", "receive", "full", "return", "refund"),
            *("charge", "discount", "write_off", "transfer", "reverse", "reverse", "correct"),
        )
    ),
    st.integers(1, len(PEOPLE)),
    amounts,
    days,
    st.sampled_from(MODES),
    st.integers(0, 99),
)


def command(entries: list[Seq], what: str, whose: int, paise: int, on: Day, mode: str, more: int) -> Command | None:
    """What is recorded; None where there is nothing yet to be taken back."""
    who, amount, at_once = Party(whose), Paise(paise), mode if mode != "cheque" else "bank"
    part = [(at_once, Paise(paise * more // 100))] if paise * more // 100 else []
    entry = entries[more % len(entries)] if entries else None
    found: dict[str, Callable[[], Command | None]] = {
        "opening": lambda: RecordOpening(party=who, amount_paise=amount, on=on),
        "advance": lambda: RecordOpening(party=who, amount_paise=amount, advance=True, on=on),
        "sale": lambda: RecordSale(party=who, amount_paise=amount, paid=part, on=on, ref=f"B-{paise}-{more}"),
        "counter": lambda: RecordSale(party=None, amount_paise=amount, paid=[(at_once, None)], on=on),
        "rounded": lambda: RecordSale(
            party=who,
            amount_paise=Paise(paise + more),
            round_off_paise=more,
            lines=[Line(amount)],
            items=["Tea"],
            on=on,
        ),
        "receive": lambda: ReceivePayment(party=who, amount_paise=amount, mode=mode, on=on),
        "full": lambda: ReceivePayment(party=who, amount_paise=amount, mode=mode, full=True, agreed=True, on=on),
        "return": lambda: RecordReturn(party=who, amount_paise=amount, paid=part, on=on, note=f"torn {more}"),
        "refund": lambda: RefundMoney(party=who, amount_paise=amount, mode=mode, on=on),
        "charge": lambda: MakeCharge(party=who, amount_paise=amount, on=on),
        "discount": lambda: AllowDiscount(party=who, amount_paise=amount, on=on),
        "write_off": lambda: WriteOffDebt(party=who, amount_paise=amount, reason="gone: away", on=on),
        "transfer": lambda: TransferBalance(party=who, to=Party(whose % len(PEOPLE) + 1), amount_paise=amount, on=on),
        "reverse": lambda: ReverseEntry(entry=entry, reason="typed twice", on=on) if entry else None,
        "correct": lambda: CorrectEntry(entry=entry, amount_paise=amount, reason="=1, cancels 7") if entry else None,
    }
    return found[what]()


@given(st.lists(deeds, max_size=25))
@settings(max_examples=60, deadline=None)
def test_any_book_comes_back(tmp_path_factory: pytest.TempPathFactory, made: list[tuple[Any, ...]]) -> None:
    shop = in_memory()
    shop.record(*(sale(name, 100, on="2025-03-31") for name in PEOPLE))
    for deed in made:
        entries = [each.seq for each in shop.recorded() if hasattr(each.event, "amount_paise")]
        asked_for = command(entries, *deed)
        with suppress(Refused):
            shop.record(*([asked_for] if asked_for else []))
    shop.books.catch_up()
    of = asked(shop.books.cache, None, "2026-11-22", 0)
    other, result = around(of, tmp_path_factory.mktemp("round"))
    assert came(other) == said(of)
    assert result.found is not None
    assert result.found["passed"].keys() <= {"taken_back"}
