"""The sample ledgers: made again byte for byte, added up a third way, and plausible as shops."""

import csv
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.wide

FOLDER = Path(__file__).parent.parent / "sample_ledgers"
SHOPS = ("pune-kirana", "surat-textile", "madurai-pharmacy")
FILES = ("trade.csv", "later.csv", "expected.csv", "shop.json")
TYPES = {"opening", "sale", "receive", "return", "refund", "discount", "write-off"}
MODES = {
    "opening": {"", "advance"},
    "sale": {"", "credit", "cash", "upi", "card", "bank"},
    "receive": {"cash", "upi", "card", "bank", "cheque"},
    "refund": {"cash", "upi", "card", "bank"},
}
PEAKS = {
    "pune-kirana": [("2025-08-24", "2025-08-30"), ("2025-10-14", "2025-10-20")],
    "surat-textile": [("2025-09-22", "2025-09-28"), ("2025-10-13", "2025-10-19"), ("2026-01-07", "2026-01-13")],
    "madurai-pharmacy": [("2025-10-27", "2025-11-02"), ("2026-01-07", "2026-01-13")],
}
YEAR_SALES_RUPEES = {
    "pune-kirana": (800_000, 2_500_000),
    "surat-textile": (3_000_000, 12_000_000),
    "madurai-pharmacy": (700_000, 2_500_000),
}

Line = dict[str, str]


def lines_of(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def about(shop: str) -> Any:
    return json.loads((FOLDER / shop / "shop.json").read_text(encoding="utf-8"))


def trade(shop: str) -> list[Line]:
    return lines_of(FOLDER / shop / "trade.csv")


def later(shop: str) -> list[Line]:
    return lines_of(FOLDER / shop / "later.csv")


def named(shop: str, line: Line) -> Line:
    """The row of trade.csv that a line of later.csv names."""
    return trade(shop)[int(line["row"]) - 2]


def paise(rupees: str) -> int:
    return int(Decimal(rupees or "0") * 100)


def owed(row: Line) -> int:
    """What a row adds to what its party owes."""
    amount, paid = paise(row["amount"]), paise(row["paid"].partition(":")[0])
    at_once = row["mode"] not in {"", "credit"}
    return {
        "opening": -amount if row["mode"] == "advance" else amount,
        "sale": 0 if at_once else amount - paid,
        "receive": -amount,
        "return": paid - amount,
        "refund": amount,
        "discount": -amount,
        "write-off": -amount,
    }[row["type"]]


def moves(shop: str) -> Iterator[tuple[str, str, str, int]]:
    """All that moved money: the instant it became known, the day, the party, the paise."""
    import_at, rows = about(shop)["import_at"], trade(shop)
    for row in rows:
        yield import_at, row["date"], row["party"], owed(row)
    for line in later(shop):
        if line["do"] == "record":
            yield line["at"], line["on"], line["party"], owed(line)
            continue
        row = rows[int(line["row"]) - 2]
        yield line["at"], row["date"], row["party"], -owed(row)
        if line["do"] == "correct":
            stated = {key: line[key] for key in ("party", "amount", "paid") if line[key]}
            yield line["at"], line["on"] or row["date"], stated.get("party", row["party"]), owed(row | stated)


@pytest.fixture(scope="module")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("sample_ledgers")
    subprocess.run([sys.executable, "-B", FOLDER / "make.py", "--into", into], check=True, timeout=60)
    return into


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("file", FILES)
def test_every_file_is_made_again_byte_for_byte(made_again: Path, shop: str, file: str) -> None:
    assert (made_again / shop / file).read_bytes() == (FOLDER / shop / file).read_bytes()


def test_one_shop_can_be_made_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-B", str(FOLDER / "make.py"), "--into", str(tmp_path), "surat-textile"]
    subprocess.run(command, check=True, timeout=60)
    assert [folder.name for folder in tmp_path.iterdir()] == ["surat-textile"]


def test_an_unknown_shop_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-B", str(FOLDER / "make.py"), "--into", str(tmp_path), "nowhere"]
    done = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.parametrize("shop", SHOPS)
def test_expected_balances_add_up_a_third_way(shop: str) -> None:
    asked, everything = about(shop), list(moves(shop))
    parties = sorted({party for _, _, party, _ in everything} - {"counter"})
    reckoned = []
    for as_on in asked["as_on"]:
        for known in sorted(asked["known_at"]):
            balances: Counter[str] = Counter()
            for at, day, party, moved in everything:
                if day <= as_on and at <= asked["known_at"][known]:
                    balances[party] += moved
            reckoned += [(as_on, known, party, str(balances[party])) for party in parties]
    expected = [tuple(line.values()) for line in lines_of(FOLDER / shop / "expected.csv")]
    assert expected == reckoned


@pytest.mark.parametrize("shop", SHOPS)
def test_every_row_is_well_formed(shop: str) -> None:
    rows = trade(shop)
    assert 1500 <= len(rows) <= 5000
    assert {row["type"] for row in rows} == TYPES
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)
    assert (rows[0]["date"], rows[-1]["date"]) == ("2025-04-01", "2026-03-31")
    for row in rows:
        assert re.fullmatch(r"\d+(\.\d{2})?", row["amount"])
        assert paise(row["amount"]) > 0
        assert row["mode"] in MODES.get(row["type"], {""})
        assert re.fullmatch(r"(98\d{8})?", row["phone"])
        if row["paid"]:
            sum_paid, _, mode = row["paid"].partition(":")
            assert (row["type"], row["mode"], mode in MODES["sale"]) == ("sale", "", True)
            assert 0 < paise(sum_paid) < paise(row["amount"])
        if row["type"] == "write-off":
            assert row["note"]
        if row["party"] == "counter":
            assert (row["type"], row["mode"] not in {"", "credit"}) == ("sale", True)


@pytest.mark.parametrize("shop", SHOPS)
def test_the_bytes_are_plain(shop: str) -> None:
    for file in FILES:
        text = (FOLDER / shop / file).read_bytes().decode("utf-8")
        assert "\r" not in text
        assert not text.startswith("\ufeff")
        assert unicodedata.normalize("NFC", text) == text


@pytest.mark.parametrize("shop", SHOPS)
def test_names_cannot_be_taken_for_each_other(shop: str) -> None:
    names = {row["party"] for row in trade(shop)} - {"counter"}
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(names) >= 50
    words = [word for name in names for word in name.casefold().split() if name.casefold() != word]
    # One whole word is enough to name a customer: no name may be a word of another's.
    assert not {name.casefold() for name in names} & set(words)


@pytest.mark.parametrize("shop", SHOPS)
def test_refs_are_unique_in_the_whole_book(shop: str) -> None:
    refs = [line["ref"] for line in trade(shop) + later(shop) if line["ref"]]
    assert len(refs) == len(set(refs)) > 100
    assert all(ref.isascii() and ref == ref.strip() and len(ref) <= 40 for ref in refs)


@pytest.mark.parametrize("shop", SHOPS)
def test_goods_and_money_go_back_only_where_they_came_from(shop: str) -> None:
    balances: Counter[str] = Counter()
    returnable: Counter[str] = Counter()
    for row in trade(shop):
        party, amount = row["party"], paise(row["amount"])
        if row["type"] == "sale":
            returnable[party] += amount
        if row["type"] == "return":
            returnable[party] -= amount
            assert returnable[party] >= 0
        if row["type"] == "refund":
            assert amount <= -balances[party]
        if row["type"] == "write-off":
            assert amount <= balances[party]
        balances[party] += owed(row)


@pytest.mark.parametrize("shop", SHOPS)
def test_what_is_typed_later_concerns_what_is_there(shop: str) -> None:
    lines, rows, asked = later(shop), trade(shop), about(shop)
    assert 25 <= len(lines) <= 60
    assert {line["do"] for line in lines} == {"reverse", "correct", "record"}
    ats = [line["at"] for line in lines]
    assert [asked["import_at"], *ats, asked["known_at"]["all"]] == sorted(
        {asked["import_at"], *ats, asked["known_at"]["all"]}
    )
    assert asked["known_at"]["import"] == asked["import_at"]
    numbers = [line["row"] for line in lines if line["row"]]
    assert len(numbers) == len(set(numbers))
    parties = {row["party"] for row in rows} - {"counter"}
    assert {line["party"] for line in lines if line["party"]} <= parties
    months = {(line["on"] or named(shop, line)["date"])[:7] for line in lines}
    assert len(months) >= 10


@pytest.mark.parametrize("shop", SHOPS)
def test_each_remedy_states_what_it_must(shop: str) -> None:
    for line in later(shop):
        if line["do"] == "record":
            assert line["type"] in TYPES
            assert line["mode"] in MODES.get(line["type"], {""})
            assert "2025-04-01" <= line["on"] <= "2026-03-31"
            assert (paise(line["amount"]) > 0, line["row"], line["reason"]) == (True, "", "")
            continue
        row = named(shop, line)
        assert line["reason"]
        assert row["type"] in {"sale", "receive"}
        assert row["party"] != "counter"
        stated = {key for key in ("party", "amount", "on") if line[key]}
        assert len(stated) == (line["do"] == "correct")
        assert line["party"] != row["party"]
        assert line["on"] != row["date"]
        assert not line["amount"] or paise(line["amount"]) != paise(row["amount"])
        assert line["paid"] == (row["paid"] if line["do"] == "correct" else "")
        assert paise(line["paid"].partition(":")[0]) <= paise(line["amount"] or row["amount"])


@pytest.mark.parametrize("shop", SHOPS)
def test_it_looks_like_a_shop(shop: str) -> None:
    rows = trade(shop)
    totals: Counter[str] = Counter()
    by_day: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        totals[row["type"]] += paise(row["amount"]) // 100
        if row["type"] == "sale":
            by_day[row["date"]] += paise(row["amount"]) // 100
    low, high = YEAR_SALES_RUPEES[shop]
    assert low <= totals["sale"] <= high
    assert totals["receive"] < totals["sale"]
    assert 0 < totals["discount"] + totals["write-off"] + totals["return"] < totals["sale"] // 10
    counter_share = sum(row["party"] == "counter" for row in rows) / len(rows)
    assert 0.15 < counter_share < 0.45
    ordinary_week = totals["sale"] * 7 // 365
    for first, last in PEAKS[shop]:
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        week = [str(date.fromisoformat(first) + timedelta(days=n)) for n in range(days)]
        assert sum(by_day[day] for day in week) > ordinary_week * 6 // 5, first
