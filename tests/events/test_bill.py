"""The second version of a sale and a return: what it may say, what it does, and that it goes as every entry goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from khata.events import codec
from khata.events.base import MalformedError, Unknown
from khata.events.bill import ReturnBilled, SaleBilled
from khata.postings.kinds import postings
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordSale
from khata.rules.retry import IdReused
from khata.store.sqlite.create import create
from khata.units import Paise, Party, Seq
from khata.verifying.verify import verify
from tests.books import Shop, on_disk
from tests.reading import emitted, key_by_key, read_by_type, read_together
from tests.test_format_vectors import details_of, entries_of

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "format-v2.json").read_text(encoding="utf-8"))
RETURN = json.loads(VECTORS["events"][7]["body"])


def returned(**changes: Any) -> bytes:
    data = {key: value for key, value in (RETURN["data"] | changes).items() if value is not None}
    return emitted(RETURN | {"data": data})


@pytest.mark.parametrize(
    "against",
    [
        {},
        {"bill": "S26/0101"},
        {"on": "2026-10-03"},
        {"entry": 5, "bill": "S26/0101"},
        {"entry": 5, "on": "2026-10-03"},
        {"entry": 5, "bill": "S26/0101", "on": "2026-10-03"},
        {"entry": 0},
        {"bill": "", "on": "2026-10-03"},
    ],
)
def test_what_goods_came_back_from_is_named_in_one_way(against: dict[str, Any]) -> None:
    for read in (key_by_key, lambda body: read_together([body])[0]):
        with pytest.raises(MalformedError):
            read(returned(against=against))


@pytest.mark.parametrize("against", [None, {"entry": 5}, {"bill": "S25/9907", "on": "2026-03-30"}])
def test_an_entry_or_an_invoice_of_another_book_is_named(against: dict[str, Any] | None) -> None:
    body = returned(against=against)
    assert read_by_type([body]) == [True]
    assert type(key_by_key(body).event) is ReturnBilled


def test_what_the_first_version_can_say_is_not_said_by_the_second() -> None:
    plain = returned(against=None, bill=None, lines=None, pos=None, round_off_paise=None)
    assert read_by_type([plain]) == [False]
    assert isinstance(codec.read(plain).event, Unknown)


def moved(entry: int) -> dict[str, int]:
    made = postings(codec.read(VECTORS["events"][entry - 1]["body"].encode()).event, lambda _: [])
    assert sum(paise for _, _, paise in made) == 0
    assert all(paise for _, _, paise in made)
    sums: dict[str, int] = {}
    for account, _, paise in made:
        sums[account] = sums.get(account, 0) + paise
    return sums


def test_tax_and_rounding_have_accounts_of_their_own() -> None:
    assert moved(5) == {"sales": -488200, "output_gst": -39464, "round_off": -36, "upi": 100000, "party": 427700}
    assert moved(6) == {"sales": -84538, "output_gst": -4962, "cash": 50000, "card": 39500}
    assert moved(7) == {"sales": -11987428, "output_gst": -599972, "party": 12587400}
    assert moved(8) == {"returns": 19300, "output_gst": 3474, "round_off": 26, "party": -22800}
    assert moved(9) == {"returns": 8947, "output_gst": 448, "round_off": -95, "cash": -9300}
    assert moved(11) == {"sales": -30000, "party": 30000}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    create(tmp_path / "shop.khata", entries_of(VECTORS), details_of(VECTORS))
    return on_disk(tmp_path / "shop.khata", tmp_path / "cache")


def test_it_is_reversed_and_corrected_as_any_entry(shop: Shop, tmp_path: Path) -> None:
    assert shop.record(CorrectEntry(entry=Seq(11), amount_paise=Paise(40000))).balance_paise == 494900
    anew = shop.recorded()[-1].event
    assert type(anew) is SaleBilled
    assert (anew.amount_paise, anew.due_on, anew.corrects) == (40000, "2026-11-24", 11)
    assert shop.record(ReverseEntry(entry=Seq(8))).balance_paise == 517700
    assert verify(tmp_path / "shop.khata").result == "unbroken"
    assert "format_raised" not in {each.event.KIND for each in shop.recorded()[12:]}


def test_a_retry_finds_what_was_recorded_with_a_bill(shop: Shop) -> None:
    due = RecordSale(party=Party(1), amount_paise=Paise(30000), id=json.loads(VECTORS["events"][10]["body"])["id"])
    assert shop.record(due).already == 11
    due.amount_paise = Paise(30001)
    with pytest.raises(IdReused):
        shop.record(due)
