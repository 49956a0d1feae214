"""A profile to begin with: what khata takes the heads of a file for, in a file that then reads it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from khata.cli.importing import spoken_types
from khata.importing.making import made, toml
from tests.importing.files import Files
from tests.importing.test_samples import PASSED_FOR, WANTED, rows, sample

REMARKS = {"head": "A profile\nof two lines", "unknown": "unknown", "missing": "missing", "one_type": "one type"}


def written(path: str, folder: Path) -> Path:
    to = folder / "own.toml"
    to.write_text("\n".join(toml(made(path), REMARKS)) + "\n", encoding="utf-8")
    return to


@pytest.mark.parametrize("name", [name for name in WANTED if name != "khata"])
def test_what_is_made_of_a_file_reads_it_as_the_profile_did(files: Files, tmp_path: Path, name: str) -> None:
    own = written(sample(name), tmp_path)
    result = files.take(sample(name), profile=str(own), words=spoken_types("en"))
    assert rows(files) == WANTED[name]
    assert {why: list(found) for why, found in result.passed_for.items()} == PASSED_FOR[name]


def test_heads_that_nobody_knows_are_passed_over_with_a_remark(files: Files, tmp_path: Path) -> None:
    path = files.raw(b"Sharma Kirana\nBill Date,Customer,Type,Amount,Mood\n20/11/2026,Ramesh,sale,450,good\n")
    own = written(path, tmp_path)
    assert '# unknown\nignore = ["Mood"]\n' in own.read_text(encoding="utf-8")
    assert files.take(path, profile=str(own)).recorded == 1


def test_a_file_that_fits_nothing_shows_its_heads(files: Files, tmp_path: Path) -> None:
    path = files.raw(b"Sharma Kirana\nWhen,Customer,Sum,Mood\n20/11/2026,Ramesh,450,good\n")
    found = made(path)
    assert (found.base, found.header_row, found.missing) == (None, 2, ["date", "type", "amount"])
    text = written(path, tmp_path).read_text(encoding="utf-8")
    assert '# unknown\nignore = ["When", "Sum", "Mood"]\n# missing\n# date = [""]\n' in text
    own = tmp_path / "own.toml"
    mended = text.replace("# missing", 'date = "When"\ngot = "Sum"\ngave = "Nothing"').replace('"When", "Sum", ', "")
    own.write_text(mended, encoding="utf-8")
    assert tomllib.loads(mended)["columns"]["ignore"] == ["Mood"]
    path = files.raw(b"Sharma Kirana\nWhen,Customer,Sum,Mood,Nothing\n20/11/2026,Ramesh,450,good,\n")
    assert files.take(path, profile=str(own)).recorded == 1
    assert rows(files) == [("payment_received", "2026-11-20", 45000, "Ramesh", "cash", None)]


def test_a_head_with_quotes_is_written_so_that_it_is_read(files: Files, tmp_path: Path) -> None:
    path = files.raw(b'date,type,party,amount,"say ""so"" \\ or not"\n2026-11-20,sale,Ramesh,450,x\n')
    own = tomllib.loads(written(path, tmp_path).read_text(encoding="utf-8"))
    assert own["columns"]["ignore"] == ['say "so" \\ or not']


def test_a_file_without_types_may_say_one_for_all_its_rows(files: Files, tmp_path: Path) -> None:
    path = files.raw(b"Bill Date,Customer Name,Bill No,Amount\n20/11/2026,Ramesh,B-1,450\n")
    text = written(path, tmp_path).read_text(encoding="utf-8")
    assert text.endswith('# one type\n# [signs]\n# plus = "sale"\n')
    own = tmp_path / "own.toml"
    own.write_text(text.replace("# [signs]\n# plus", "[signs]\nplus"), encoding="utf-8")
    assert files.take(path, profile=str(own)).recorded == 1
    assert rows(files) == [("sale_recorded", "2026-11-20", 45000, "Ramesh", "", "B-1")]
