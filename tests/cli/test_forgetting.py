"""What a user keeps of somebody who was forgotten, besides the book: caches of other paths, and lines of the shell."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.cli.sitting import sit
from tests.cli.test_files import in_time


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


def kept(home: Path, word: str = "zubeida") -> list[str]:
    """The files of khata's own folders in which a word stands, in any case."""
    folders = [home / ".cache" / "khata", home / ".local" / "state" / "khata"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if word.encode() in path.read_bytes().lower())


@pytest.fixture
def zubeida(shop: Counter) -> Counter:
    """Zubeida was a customer of this shop, and of its book at an older place; another book has one, too."""
    assert shop("party", "add", "Zubeida").code == 0
    old = shop.home / "old.khata"
    shutil.copyfile(book(shop), old)
    for where in (old, book(shop)):
        assert shop("balance", "--book", str(where)).code == 0
    old.unlink()
    assert shop("init", "Other", "--another", "--book", str(shop.home / "other.khata")).code == 0
    assert shop("sale", "Zubeida", "5", "--new", "--book", str(shop.home / "other.khata")).code == 0
    shop.environ["KHATA_BOOK"] = str(book(shop))
    sit(shop, "zubeida?")
    assert len([name for name in kept(shop.home) if name.endswith(".sqlite")]) == 3
    assert "history" in kept(shop.home)
    return shop


def test_whoever_forgets_keeps_nothing_but_the_other_books_cache(zubeida: Counter) -> None:
    answer = zubeida("party", "forget", "zubeida", "--yes", "--json")
    assert [each["code"] for each in answer.envelope["warnings"]] == ["still_in_copies"]
    left = kept(zubeida.home)
    assert len([name for name in left if name.endswith(".sqlite")]) == 1
    assert "history" not in left
    other = zubeida("balance", "zubeida", "--book", str(zubeida.home / "other.khata"), "--json")
    assert other.data["parties"][0]["balance_paise"] == 500


@pytest.mark.parametrize("next_line", ["balance", "sale ramesh 5", "import ROWS", "shell"])
def test_another_users_next_command_clears_what_that_user_kept(
    zubeida: Counter, tmp_path_factory: pytest.TempPathFactory, next_line: str
) -> None:
    asha = Counter(tmp_path_factory.mktemp("other"), now=zubeida.now, environ=zubeida.environ, count=500)
    assert asha("party", "forget", "zubeida", "--yes").code == 0
    assert "history" in kept(zubeida.home)
    zubeida.now = asha.now
    rows = zubeida.home / "rows.csv"
    rows.write_text("date,type,party,amount\n2026-11-01,sale,counter,5\n")
    next_line = next_line.replace("ROWS", str(rows))
    assert zubeida(*next_line.split(), typed="ramesh?\n" if next_line == "shell" else "y\n").code == 0
    left = kept(zubeida.home)
    assert len([name for name in left if name.endswith(".sqlite")]) == 1
    assert "history" not in left


def test_a_shell_that_stays_open_clears_it_at_its_next_line(
    zubeida: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    left = []

    def forgotten() -> str:
        asha = Counter(tmp_path_factory.mktemp("other"), now=zubeida.now, environ=zubeida.environ, count=500)
        assert asha("party", "forget", "zubeida", "--yes").code == 0
        return "ramesh?"

    def looked() -> str:
        left.extend(kept(zubeida.home))
        return ""

    sit(zubeida, "ramesh?", forgotten, looked)
    assert "history" not in left


def test_what_is_no_cache_of_the_book_stays(zubeida: Counter) -> None:
    folder = zubeida.home / ".cache" / "khata"
    (folder / "garbage.sqlite").write_bytes(b"garbage")
    (folder / "link.sqlite").symlink_to(book(zubeida))
    (folder / "folder.sqlite").mkdir()
    os.mkfifo(folder / "pipe.sqlite")
    with in_time():
        assert zubeida("party", "forget", "zubeida", "--yes").code == 0
    assert {"garbage.sqlite", "link.sqlite", "folder.sqlite", "pipe.sqlite"} <= {path.name for path in folder.iterdir()}


def test_a_try_clears_nothing(zubeida: Counter) -> None:
    before = kept(zubeida.home)
    answer = zubeida("party", "forget", "zubeida", "--yes", "--dry-run", "--json")
    assert answer.envelope["warnings"] == []
    assert kept(zubeida.home) == before
