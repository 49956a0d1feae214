"""Checkpoints that nobody types: after the first entry of a day, after a file, with a backup; in nobody's way."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from khata import open_book
from khata.api import evidence
from khata.cli import backup
from khata.store import checkpoints
from tests.cli.conftest import Counter

ROWS = "date,type,party,amount\n2026-11-01,sale,Ramesh,5\n2026-11-02,receive,Ramesh,3\n"


def signed(shop: Counter) -> list[int]:
    """The sizes of which there is a checkpoint."""
    return sorted(int(path.stem) for path in (shop.home / "Khata" / "checkpoints").glob("*/*.checkpoint"))


@pytest.fixture
def shop(tmp_path: Path) -> Counter:
    made = Counter(tmp_path / "shop")
    for line in ("init Sharma", "sale Ramesh 450 --new", "sale ramesh 5"):
        assert made(*line.split()).code == 0
    return made


def test_the_first_entry_of_a_day_is_signed_with_all_before_it_and_no_other(shop: Counter) -> None:
    assert signed(shop) == []  # the day on which it was opened
    shop.now += timedelta(days=1)
    assert shop("sale", "ramesh", "5").code == 0
    assert signed(shop) == [5]
    assert shop("sale", "ramesh", "6").code == 0
    assert shop("balance").code == 0
    assert signed(shop) == [5]
    shop.now += timedelta(days=1)
    assert shop("receive", "ramesh", "5", "--dry-run").code == 0
    assert signed(shop) == [5]
    assert shop("receive", "ramesh", "5", "--json").envelope["warnings"] == []
    assert signed(shop) == [5, 7]


def test_so_it_is_in_a_batch_and_from_python(shop: Counter) -> None:
    shop.now += timedelta(days=1)
    lines = shop.home / "lines.txt"
    lines.write_text("sale ramesh 1\nsale ramesh 2\n", encoding="utf-8")
    with lines.open(encoding="utf-8") as stdin:
        assert shop("batch", stdin=stdin).code == 0
    assert signed(shop) == [6]
    now = shop.now + timedelta(days=1)
    (path,) = (shop.home / "Khata").glob("*.khata")
    with open_book(path, environ={"HOME": str(shop.home), "USER": "asha"}, now=lambda: now) as book:
        book.sale("Ramesh", 700)
        assert signed(shop) == [6, 7]
        book.sale("Ramesh", 800)
    assert signed(shop) == [6, 7]


def test_a_file_is_signed(shop: Counter) -> None:
    rows = shop.home / "rows.csv"
    rows.write_text(ROWS, encoding="utf-8")
    assert shop("import", str(rows), "--dry-run").code == 0
    assert signed(shop) == []
    assert shop("import", str(rows)).code == 0
    assert signed(shop) == [7]
    assert shop("import", str(rows), "--same-rows", "skip").code == 0
    assert signed(shop) == [7]  # nothing was recorded


def test_a_backup_has_what_was_signed(shop: Counter) -> None:
    assert shop("backup", "--json").data["signed_upto"] == 4
    assert signed(shop) == [4]


def test_what_was_signed_lies_beside_the_backup_and_stays_there(shop: Counter) -> None:
    usb = shop.home / "usb"
    first = shop("backup", str(usb), "--json").data
    assert first["checkpoint"] == str(Path(first["path"]).with_suffix(".checkpoint"))
    assert shop("verify", "--against", first["checkpoint"], "--json").data["against"][0]["relation"] == "same"
    for _ in range(2):
        shop("sale", "ramesh", "5")
        kept = shop("backup", str(usb), "--keep", "1", "--json").data
    assert [str(path) for path in usb.glob("*.khata")] == [kept["path"]]
    assert len(list(usb.glob("*.checkpoint"))) == 3
    compared = shop("verify", "--against", str(usb), "--json").data["against"]
    assert [each["relation"] for each in compared] == ["ahead", "ahead", "same", "same"]


def test_a_backup_is_made_where_its_checkpoint_cannot_be(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    usb = shop.home / "usb"
    monkeypatch.setattr(backup, "ENDING", ".khata")  # that name is taken
    made = shop("backup", str(usb), "--json").data
    assert made["checkpoint"] is None
    assert shop("verify", "--against", made["path"]).code == 0


def test_a_key_is_its_owners_alone(shop: Counter) -> None:
    assert shop("checkpoint").code == 0
    (key,) = (shop.home / ".local" / "share" / "khata" / "keys").iterdir()
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("what", ["no room", "no key", "no library", "no memory"])
def test_a_sale_is_recorded_whatever_stands_in_the_way_of_signing(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    shop.now += timedelta(days=1)
    if what == "no room":

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(checkpoints, "replace_file", full)
    elif what == "no key":
        keys = shop.home / ".local" / "share" / "khata" / "keys"
        keys.parent.mkdir(parents=True)
        keys.write_text("a file where the folder should be")
    else:
        error = ImportError("cryptography") if what == "no library" else MemoryError()

        def failing(*_: object) -> None:
            raise error

        monkeypatch.setattr(evidence.Evidence, "checkpoint", failing)
    answer = shop("sale", "ramesh", "5")
    assert (answer.code, answer.out, signed(shop)) == (
        0,
        "on khata: ₹5.00   now ₹460.00 due   entry 5   Ramesh\n",
        [],
    )
    assert "sign" not in answer.err


def test_a_book_that_is_not_what_was_signed_is_told_of(shop: Counter) -> None:
    (book,) = (shop.home / "Khata").glob("*.khata")
    older = shutil.copy(book, shop.home / "older.khata")
    shop.now += timedelta(days=1)
    for _ in range(3):
        assert shop("sale", "ramesh", "5").code == 0
    assert signed(shop) == [5]
    shutil.copy(older, book)
    shutil.rmtree(shop.home / ".local" / "state" / "khata" / "anchors")  # else nothing is recorded at all
    shop.now += timedelta(days=1)
    answer = shop("sale", "ramesh", "6")
    assert (answer.code, signed(shop)) == (0, [5])
    assert answer.err.splitlines()[-1] == (
        "This book is not the one that was signed. Signed up to: entry 5. Look: khata verify"
    )
    assert shop("verify", "--json").data["faults"] == [{"check": "checkpoint", "entry": None, "code": "not_as_signed"}]


def test_after_an_adoption_another_key_signs(shop: Counter) -> None:
    (book,) = (shop.home / "Khata").glob("*.khata")
    older = shutil.copy(book, shop.home / "older.khata")
    shop.now += timedelta(days=1)
    for _ in range(3):
        assert shop("sale", "ramesh", "5").code == 0
    shutil.copy(older, book)
    assert shop("adopt", "--reason", "laptop broke").code == 0
    shop.now += timedelta(days=1)
    said = (
        "The key has signed entries that the adopted copy does not have. "
        "Signed up to: entry 5. To begin a new key: khata key rotate"
    )
    assert shop("sale", "ramesh", "6").err.splitlines()[-1] == said
    answer = shop("checkpoint")
    assert (answer.code, answer.err.splitlines()[-1]) == (1, said)
    assert shop("key", "rotate").code == 0
    assert shop("checkpoint").code == 0
    assert shop("verify", "--json").data["result"] == "unbroken"
