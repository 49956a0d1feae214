"""--book, else KHATA_BOOK, else the chosen one, else the only one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Counter


def made(khata: Counter, name: str) -> Path:
    path = khata.home / f"{name.lower()}.khata"
    assert khata("init", name, "--book", str(path)).code == 0
    return path


def shop_of(khata: Counter, *words: str, **environ: str) -> str:
    return str(khata("status", "--json", *words, environ=environ).envelope["shop"])


def test_the_order_in_which_a_book_is_looked_for(khata: Counter) -> None:
    assert khata("init", "Only").code == 0
    chosen, env, asked = (made(khata, name) for name in ("Chosen", "Environment", "Asked"))
    assert shop_of(khata) == "Only"
    assert khata("use", str(chosen)).code == 0
    assert shop_of(khata) == "Chosen"
    assert shop_of(khata, KHATA_BOOK=str(env)) == "Environment"
    assert shop_of(khata, "--book", str(asked), KHATA_BOOK=str(env)) == "Asked"


@pytest.mark.parametrize("before", [True, False])
def test_book_counts_before_and_after_the_command(khata: Counter, before: bool) -> None:
    assert khata("init", "Only").code == 0
    other = made(khata, "Other")
    option, words = ["--book", str(other)], ["sale", "Ramesh", "5", "--new"]
    answer = khata(*(option + words if before else words + option), "--json")
    assert answer.envelope["shop"] == "Other"
    assert khata("status", "--json").data["entries"] == 1


def test_of_several_books_none_is_guessed(khata: Counter) -> None:
    assert khata("init", "Only").code == 0
    folder = khata.home / "Khata"
    shutil.copy(folder / "only.khata", folder / "copy.khata")
    answer = khata("balance", "--json")
    assert answer.refused == "several_books"
    assert len(answer.envelope["refused"]["facts"]["books"]) == 2


def test_a_second_book_wants_another_and_is_then_the_one_in_use(khata: Counter) -> None:
    assert khata("init", "First").code == 0
    assert khata("init", "Second", "--json").refused == "book_in_use"
    assert khata("init", "Second", "--another").code == 0
    assert shop_of(khata) == "Second"


def test_a_book_that_is_gone_is_never_replaced_by_another(khata: Counter) -> None:
    assert khata("init", "Only").code == 0
    gone = made(khata, "Gone")
    assert khata("use", str(gone)).code == 0
    gone.unlink()
    assert khata("sale", "Ramesh", "5", "--new", "--json").refused == "no_book"
    assert khata("--json").refused == "no_book"


def test_a_book_that_does_not_hold_together_is_not_chosen(khata: Counter) -> None:
    assert khata("init", "Only").code == 0
    broken = made(khata, "Broken")
    broken.write_bytes(broken.read_bytes().replace(b'"book_opened"', b'"book_closed"'))
    shutil.rmtree(khata.home / ".cache")
    assert khata("use", str(broken)).code == 1
    assert shop_of(khata) == "Only"


def test_the_book_speaks_its_own_language(khata: Counter) -> None:
    assert khata("init", "Dukan", "--lang", "hi").code == 0
    assert "लेना है" in khata("balance").out
    assert "to receive" in khata("balance", "--lang", "en").out
    assert "to receive" in khata("balance", environ={"KHATA_LANG": "en"}).out
    english = made(khata, "English")
    assert "to receive" in khata("balance", "--book", str(english)).out


def test_by_names_the_counter(shop: Counter) -> None:
    shop("sale", "ramesh", "5", "--by", "Vijay")
    shop("--by", "Vijay", "sale", "ramesh", "6")
    shop("sale", "ramesh", "7", environ={"KHATA_BY": "Meena"})
    lines = shop("log", "--json").data["lines"]
    names = [(line["by_name"], line["by"]) for line in lines if line["kind"] == "sale_recorded"]
    assert [name for name, _ in names] == ["asha", "Vijay", "Vijay", "Meena"]
    assert len(set(names)) == 3
