"""`--dry-run` of an import: what would be recorded, and what that would do to balances."""

from __future__ import annotations

from typing import Any

from khata.importing import effect
from tests.cli.conftest import Counter

ROWS = (
    "2026-11-20,sale,Ramesh Kumar,100,,25:cash",
    "2026-11-20,receive,Ramesh Kumar,300,upi,",
    "2026-11-20,sale,counter,90,cash,",
    "2026-11-20,sale,Meena Shah,70,,",
    "2026-11-21,sale,Meena Shah,30,,",
    "2026-11-20,sale,Anil Sethi,50,cash,",
)


def tried(shop: Counter, *rows: str) -> dict[str, Any]:
    path = shop.home / "rows.csv"
    path.write_text("date,type,party,amount,mode,paid\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    found: dict[str, Any] = shop("import", str(path), "--dry-run", "--new-parties", "all", "--json").data
    return found


def test_it_shows_the_balances_before_and_after_and_records_nothing(shop: Counter) -> None:
    data = tried(shop, *ROWS)
    assert data["effect"] == {
        "parties": 2,
        "change_paise": 100_00 - 225_00,
        "largest": [
            {"party": 1, "name": "Ramesh Kumar", "before_paise": 450_00, "after_paise": 225_00},
            {"party": 2, "name": "Meena Shah", "before_paise": 0, "after_paise": 100_00},
        ],
    }
    said = shop("import", str(shop.home / "rows.csv"), "--dry-run", "--new-parties", "all").out
    assert "Balances that would change: 2 customers · in all: -₹125.00" in said
    assert "₹450.00" in said
    assert shop("status", "--json").data["entries"] == 3
    came = shop("import", str(shop.home / "rows.csv"), "--new-parties", "all", "--json").data
    assert "effect" not in came
    found = {row["name"]: row["balance_paise"] for row in shop("balance", "--json").data["parties"]}
    assert found == {each["name"]: each["after_paise"] for each in data["effect"]["largest"]}


def test_of_many_customers_those_that_change_most_are_shown(shop: Counter, monkeypatch: Any) -> None:
    monkeypatch.setattr(effect, "SHOWN", 2)
    rows = [f"2026-11-20,{'sale' if n % 2 else 'receive'},Customer {n:02d}x,{10 + n},," for n in range(5)]
    told = tried(shop, *rows)["effect"]
    assert told["parties"] == 5
    assert [each["after_paise"] for each in told["largest"]] == [-14_00, 13_00]
    assert "… more: 3" in shop("import", str(shop.home / "rows.csv"), "--dry-run", "--new-parties", "all").out


def test_two_khatas_of_one_person_are_one(shop: Counter) -> None:
    shop("party", "add", "Ramu")
    assert shop("party", "merge", "Ramesh", "Ramu", "--yes").code == 0
    (line,) = tried(shop, "2026-11-20,sale,Ramu,10,,", "2026-11-20,sale,Ramesh Kumar,5,,")["effect"]["largest"]
    assert (line["party"], line["before_paise"], line["after_paise"]) == (1, 450_00, 465_00)
