"""Which book is made, which one is meant, and which ones are known."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter


def books(khata: Counter) -> dict[str, bool]:
    found: list[dict[str, Any]] = khata("books", "--json").data["books"]
    return {Path(each["path"]).name: each["in_use"] for each in found}


def test_init_makes_the_file_that_khata_book_names(khata: Counter) -> None:
    khata.environ["KHATA_BOOK"] = str(khata.home / "elsewhere" / "my.khata")
    (khata.home / "elsewhere").mkdir()
    assert khata("init", "Gupta", "--json").data["path"] == khata.environ["KHATA_BOOK"]
    assert khata("sale", "Asha", "5", "--new").code == 0
    refused = khata("init", "Another")
    assert refused.code == 2
    assert refused.err.startswith(f"A book is here already, and KHATA_BOOK names it: {khata.environ['KHATA_BOOK']}.")
    assert not (khata.home / "Khata").exists()
    said = khata("init", "Another", "--another").out
    assert "Still in use, because of KHATA_BOOK: ~/elsewhere/my.khata." in said
    assert khata("where", "--json").data["path"] == khata.environ["KHATA_BOOK"]


def test_a_file_that_is_named_goes_before_khata_book(khata: Counter) -> None:
    khata.environ["KHATA_BOOK"] = str(khata.home / "my.khata")
    assert khata("init", "Gupta", "--book", str(khata.home / "other.khata")).code == 0
    assert not (khata.home / "my.khata").exists()


def test_another_book_that_is_in_use_from_now_on_says_so_and_which_was_before(khata: Counter) -> None:
    khata("init", "Gupta Kirana")
    said = khata("init", "Second Shop", "--another").out
    assert (
        "In use from now on: ~/Khata/second-shop.khata. To go back to the book before: khata use ~/Khata/gupta" in said
    )
    assert books(khata) == {"gupta-kirana.khata": False, "second-shop.khata": True}
    assert "In use" not in khata("init", "Third", "--another", "--book", str(khata.home / "third.khata")).out
    assert books(khata)["second-shop.khata"]


@pytest.mark.parametrize("called", ["gupta-kirana", "Gupta-Kirana", "gupta-kirana.khata", "~/Khata/gupta-kirana.khata"])
def test_a_known_book_is_chosen_by_what_its_file_is_called(khata: Counter, called: str) -> None:
    khata("init", "Gupta Kirana")
    khata("init", "Second Shop", "--another")
    assert khata("use", called.replace("~", str(khata.home))).code == 0
    assert books(khata)["gupta-kirana.khata"]
    assert khata("use", "nobodys").code == 2


def test_every_book_that_was_made_is_known_wherever_it_is(khata: Counter) -> None:
    for name in ("one", "two", "three"):
        (khata.home / name).mkdir()
        khata("init", name, "--book", str(khata.home / name / f"{name}.khata"))
    assert books(khata).keys() == {"one.khata", "two.khata", "three.khata"}


def test_of_many_known_books_the_newest_are_named(khata: Counter) -> None:
    for number in range(13):
        path = khata.home / f"shop{number}.khata"
        khata("init", f"Shop {number}", "--book", str(path))
        os.utime(path, (1e9 + number, 1e9 + number))
    said = khata("balance", "--book", str(khata.home / "none.khata"))
    assert f"Known books: {khata.home}/shop12.khata, " in said.err.replace("~", str(khata.home))
    assert "shop3.khata · more: 3 (khata books). Choose one" in said.err
    assert "shop2.khata" not in said.err
    facts = khata("balance", "--book", str(khata.home / "none.khata"), "--json").envelope["refused"]["facts"]
    assert (len(facts["known"]), facts["known_more"]) == (10, 3)
