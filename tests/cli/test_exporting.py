"""`khata export`: which format, whose, from when; and that no file is called what it is not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

BEGINS = {
    "csv": "entry,date,type",
    "jsonl": '{"@prev"',
    "journal": "; Sharma Kirana Store\ncommodity INR",
    "hledger": "; Sharma Kirana Store\ncommodity INR",
    "ledger": "; Sharma Kirana Store\ncommodity INR",
    "beancount": 'option "title" "Sharma Kirana Store"',
    "bean": 'option "title" "Sharma Kirana Store"',
    "xml": "<?xml",
}


@pytest.fixture
def here(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.chdir(shop.home)
    return shop


def test_a_log_without_names_and_notes_makes_a_book_that_says_so(here: Counter) -> None:
    assert here("export", "--format", "jsonl", "--no-details", "-o", "bare.jsonl").code == 0
    made = here("import-log", "bare.jsonl", "--book", "bare.khata", "--json").data
    assert (made["entries"], made["details_lost"]) == (4, [1, 2])
    (one,) = here("balance", "--all", "--book", "bare.khata", "--json").data["parties"]
    assert (one["party"], one["name"], one["balance_paise"]) == (1, None, 45000)
    assert here("verify", "--book", "bare.khata").code == 0
    mine = ("--book", "Khata/sharma-kirana-store.khata")
    assert here("verify", "--against", "bare.jsonl", *mine).code == 0
    checks = here("verify", "--book", "bare.khata", "--against", mine[1], "--json").data["checks"]
    (against,) = [each for each in checks if each["check"] == "against"]
    assert (against["result"], against["relation"]) == ("ok", "ahead")
    # The book that has the names stays the one in which this computer writes.
    assert [each["check"] for each in here("verify", *mine, "--json").data["checks"] if each["result"] == "bad"] == []
    assert here("sale", "ramesh", "5", *mine).code == 0


@pytest.mark.parametrize(("ending", "begins"), BEGINS.items())
def test_the_ending_says_the_format(here: Counter, ending: str, begins: str) -> None:
    assert here("export", "-o", f"book.{ending}").code == 0
    assert (here.home / f"book.{ending}").read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-o book.pdf", "No such file can be made of this: .pdf. Use one of: .csv, .xlsx, .jsonl, .journal, "),
        ("-o book.2026", "No such file can be made of this: .2026."),
        ("-o BOOK.HTML", "No such file can be made of this: .html."),
        ("--format csv -o book.xlsx", "The end of the file's name: .xlsx. But --format: csv."),
        ("--format csv -o book.pdf", "The end of the file's name: .pdf. But --format: csv."),
        ("--format ledger -o book.hledger", "The end of the file's name: .hledger. But --format: ledger."),
        ("--format beancount -o book.journal", "The end of the file's name: .journal. But --format: beancount."),
        ("--format excel", "No such format: excel. There are: csv, xlsx, jsonl, hledger, ledger, beancount, tally"),
    ],
)
def test_no_file_is_called_what_it_is_not(here: Counter, words: str, message: str) -> None:
    before = sorted(here.home.iterdir())
    answer = here("export", *words.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(message)
    assert here("export", *words.split(), "--json").refused == "unknown_format"
    assert sorted(here.home.iterdir()) == before


@pytest.mark.parametrize(
    "words", ["--format csv -o rows.txt", "--format ledger -o x.journal", "--format hledger -o x.dat", "-o rows"]
)
def test_other_names_are_as_good_as_any(here: Counter, words: str) -> None:
    assert here("export", *words.split()).code == 0


TABLES = (
    *("statement ramesh", "statement --all-parties", "sales", "trial", "modebook", "edit-log", "changes --since 2"),
    *("audit cash", "audit old", "audit numbers"),
)


@pytest.mark.parametrize("command", TABLES)
def test_a_table_goes_into_a_file_as_its_name_says(here: Counter, command: str) -> None:
    for ending in ("csv", "json", "txt", "dat"):
        assert here(*command.split(), "-o", f"x.{ending}").code == 0
    read = {ending: (here.home / f"x.{ending}").read_text() for ending in ("csv", "json", "txt", "dat")}
    assert read["csv"] == here(*command.split(), "--format", "csv").out
    assert read["json"].startswith('{"khata_result": 1')
    assert re.sub(r"\d+ entr(y|ies)", "", read["txt"]) == re.sub(r"\d+ entr(y|ies)", "", read["dat"])
    assert not read["txt"].startswith(("{", read["csv"].partition("\n")[0]))


@pytest.mark.parametrize("command", [*TABLES, "verify --for-filing --period Nov"])
@pytest.mark.parametrize("ending", ["pdf", "xlsx", "html", "doc", "PDF"])
def test_no_table_of_text_is_ever_called_a_pdf(here: Counter, command: str, ending: str) -> None:
    if command.startswith("statement") and ending in ("html", "pdf", "PDF"):
        pytest.skip("a statement can be handed out so: tests/render/test_sheet.py, test_paper.py")
    assert here(*command.split(), "-o", f"x.{ending}", "--json").refused == "unknown_format"
    assert not (here.home / f"x.{ending}").exists()


def test_a_page_without_rows_makes_no_csv(here: Counter) -> None:
    assert here("verify", "--for-filing", "--period", "Nov", "-o", "x.csv", "--json").refused == "unknown_format"
    assert here("verify", "--for-filing", "--period", "Nov", "-o", "x.txt").code == 0


def test_one_customer_and_a_period(here: Counter) -> None:
    here("sale", "Suresh", "70", "--new", "--on", "1-10-2026")
    here("sale", "Suresh", "30", "--on", "5-11-2026")
    answer = here("export", "--format", "ledger", "--party", "suresh", "--period", "Nov")
    assert answer.code == 0
    assert re.findall(r"^\d.*", answer.out, re.MULTILINE) == ["2026-10-31 opening balances", "2026-11-05 sale 6"]
    assert "Ramesh" not in answer.out
    rows = here("export", "--party", "suresh", "--from", "1-11-2026").out.splitlines()
    assert [row.split(",")[0] for row in rows] == ["entry", "6"]
    said = here("export", "--party", "suresh", "--from", "Oct", "--to", "Oct", "--json").data
    wanted = {"format": "csv", "from": "2026-10-01", "to": "2026-10-31", "as_on": "2026-10-31", "party": 2}
    assert said == {**wanted, "known_at_entry": 6}


def test_both_clocks_cut_a_journal(here: Counter) -> None:
    here("sale", "ramesh", "10")
    here("sale", "ramesh", "20", "--on", "1-11-2026")
    known = here("export", "--format", "hledger", "--known-at", "4").out
    assert re.findall(r"entry: (\d+)", known) == ["3", "4"]
    assert re.findall(r"entry: (\d+)", here("export", "--format", "hledger", "--as-on", "10-11-2026").out) == ["5"]


@pytest.mark.parametrize(
    "words",
    [
        *("--format jsonl --party ramesh", "--format jsonl --from 1-11-2026", "--format jsonl --period Nov"),
        *(
            "--format ledger --excel",
            "--no-details",
            "--format xlsx",
            "--format xlsx -o -",
            "--period Nov --to 3-11-2026",
        ),
    ],
)
def test_what_does_not_go_together_is_said(here: Counter, words: str) -> None:
    assert here("export", *words.split(), "--json").refused == "misused"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("-o e.xlsx --excel", "--excel: only for csv.\n"),
        ("--format jsonl --excel", "--excel: only for csv.\n"),
        ("-o e.csv --no-details", "--no-details: only for jsonl.\n"),
    ],
)
def test_an_option_of_another_format_names_its_own(here: Counter, words: str, said: str) -> None:
    answer = here("export", *words.split())
    assert (answer.code, answer.err) == (2, said)


def test_nobody_is_exported_under_a_name_that_nobody_has(here: Counter) -> None:
    assert here("export", "--party", "zzz", "--json").refused == "unknown_party"


def test_excel_is_told_of_the_letters(here: Counter) -> None:
    here("export", "-o", "x.csv", "--excel")
    here("export", "-o", "y.csv")
    marked, plain = ((here.home / name).read_bytes() for name in ("x.csv", "y.csv"))
    assert marked == b"\xef\xbb\xbf" + plain


def test_a_workbook_is_laid_down(here: Counter) -> None:
    pytest.importorskip("xlsxwriter")
    answer = here("export", "-o", "x.xlsx")
    assert (answer.code, answer.err) == (0, "Written: x.xlsx\n")
    assert (here.home / "x.xlsx").read_bytes().startswith(b"PK")
    assert here("export", "-o", "x.xlsx", "--json").refused == "path_taken"
    assert here("export", "-o", "none/x.xlsx").code == 5


def test_a_workbook_wants_a_part_that_can_be_installed(here: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    answer = here("export", "-o", "x.xlsx")
    assert (answer.code, answer.out) == (2, "")
    assert "pip install 'khata[excel]'" in answer.err
    assert here("export", "-o", "x.xlsx", "--json").refused == "excel_missing"
    assert not Path("x.xlsx").exists()
