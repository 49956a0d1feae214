"""khata's own CSV in another book: every account is who it was, also where customers were joined or forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter, like


@pytest.fixture
def other(opened_home: Counter, tmp_path: Path) -> Counter:
    """Another shop, whose customers @1 and @2 are strangers to the first."""
    made = like(opened_home, tmp_path / "other")
    assert made("sale", "Geeta Bai", "30", "--new").code == 0
    return made


def balances(shop: Counter) -> dict[str, int]:
    """Paise by name, settled ones too."""
    return {row["name"]: row["balance_paise"] for row in shop("balance", "--all", "--json").data["parties"]}


def exported(shop: Counter, folder: Path) -> Path:
    path = folder / "one.csv"
    assert shop("export", "-o", str(path)).code == 0
    return path


def test_whoever_was_forgotten_is_no_stranger_with_his_number(shop: Counter, other: Counter, tmp_path: Path) -> None:
    before = balances(other)
    for line in ("receive ramesh 450", "sale Sita 40 --new", "party forget ramesh --yes"):
        assert shop(*line.split()).code == 0, line
    path = exported(shop, tmp_path)
    assert other("import", str(path), "--new-parties", "all", "--same-rows", "record").code == 0
    assert balances(other) == before | {"Ledger @1": 0, "Sita": 4000}
    again = other("import", str(path), "--json")
    assert (again.code, again.data["recorded"]) == (0, 0)


def test_in_the_book_that_it_came_of_he_stays_forgotten(shop: Counter, tmp_path: Path) -> None:
    for line in ("receive ramesh 450", "party forget ramesh --yes"):
        assert shop(*line.split()).code == 0, line
    refused = shop("import", str(exported(shop, tmp_path)), "--new-parties", "all", "--json")
    assert refused.refused == "bad_rows"
    assert "party_forgotten" in refused.out


def test_a_name_that_looks_like_his_stays_somebody_elses(shop: Counter, other: Counter, tmp_path: Path) -> None:
    for line in ("receive ramesh 450", "party forget ramesh --yes"):
        assert shop(*line.split()).code == 0, line
    assert shop("sale", "Ledger @1", "70", "--new").code == 0
    path = exported(shop, tmp_path)
    assert other("import", str(path), "--new-parties", "all", "--same-rows", "record").code == 0
    known = balances(other)
    assert (known["Ledger @1"], known["Ledger @1 @1"]) == (7000, 0)


def test_joined_khatas_are_the_one_that_stands_for_all(shop: Counter, other: Counter, tmp_path: Path) -> None:
    for line in ("sale Ramu 250 --new", "receive ramu 30 --mode upi", "party merge ramesh ramu"):
        assert shop(*line.split()).code == 0, line
    path = exported(shop, tmp_path)
    assert "Ramu" not in path.read_text(encoding="utf-8")
    assert other("import", str(path), "--new-parties", "all", "--same-rows", "record").code == 0
    assert "Ramu" not in balances(other)
    assert balances(other)["Ramesh Kumar"] == 45000 + balances(shop)["Ramesh Kumar"]
    back = shop("import", str(path), "--same-rows", "skip", "--json")
    assert (back.code, back.data["recorded"]) == (0, 0), "in its own book nothing of it is new"


def test_once_they_are_two_again_each_has_his_own(shop: Counter, tmp_path: Path) -> None:
    for line in ("sale Ramu 250 --new", "party merge ramesh ramu", "party part ramesh ramu"):
        assert shop(*line.split()).code == 0, line
    assert "Ramu,2,250.00" in exported(shop, tmp_path).read_text(encoding="utf-8")
    before = shop("export", "--known-at", "7", "--format", "csv").out
    assert "Ramu,2" not in before, "as it was known while they were one"
