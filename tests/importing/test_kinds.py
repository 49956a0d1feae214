"""What a file is shows in how it begins, never in what it is called."""

from __future__ import annotations

import io
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from khata.importing.faults import ProfileNotSure
from khata.importing.kinds import NotATable, kind_of
from tests.importing.files import Files
from tests.importing.workbooks import workbook

JOURNAL = (
    "; Sharma\n2026-11-20 (B-1) sale 3\n    ; entry: 3\n    assets:khata:Ramesh   INR 450.00\n    sales  INR -450.00\n"
)
DECLARED = "commodity INR\n    format INR 1000.00\naccount assets:khata:Ramesh\naccount income:sales\n"
BEANCOUNT = 'option "title" "Sharma"\n2026-11-20 open Assets:Khata:Ramesh INR\n'
TRANSACTION = '2026-11-20 * "sale 3"\n  Assets:Khata:Ramesh  450.00 INR\n  Income:Sales\n'
BOOK = b"SQLite format 3\x00" + bytes(52) + b"KHAT" + bytes(28)


def packed(*names: str) -> bytes:
    """A ZIP of empty files."""
    to = BytesIO()
    with ZipFile(to, "w") as made:
        for name in names:
            made.writestr(name, b"")
    return to.getvalue()


@pytest.mark.parametrize(
    ("contents", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"\x1f\x8b\x08\x00", "packed"),
        (BOOK, "book"),
        (BOOK.replace(b"KHAT", b"xxxx"), "database"),
        (b'{"@prev":"00","@v":1}\n', "log"),
        (b'{"rows": []}', "json"),
        (
            b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:x"></Workbook>',
            "xml_workbook",
        ),
        (packed("xl/workbook.bin"), "binary_workbook"),
        (b'<?xml version="1.0"?><svg></svg>', "xml"),
        ("<?xml version='1.0' encoding='UTF-16'?><bank></bank>".encode("utf-16"), "xml"),
        (b"<html><body><p>Your session has ended.</p></body></html>", "html"),
        (b"<table><tr><td rowspan=2>2026</td><td>1</td></tr><tr><td>2</td></tr></table>", "html"),
        (b"<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>", "html"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_file_that_is_no_table_is_called_what_it_is(files: Files, contents: bytes, what: str) -> None:
    before = files.shop.entries()
    with pytest.raises(NotATable) as refused:
        files.take(files.raw(contents))
    assert refused.value.facts == {"path": f"{files.folder}/file1.csv", "what": what}
    assert files.shop.entries() == before


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (JOURNAL, "journal"),
        (DECLARED, "journal"),
        ("2026/11/20 * Ramesh\n\tassets:khata\t450\n\tincome\n", "journal"),
        (BEANCOUNT, "beancount"),
        (TRANSACTION, "beancount"),
    ],
)
def test_a_journal_shows_in_which_language_it_is(text: str, kind: str) -> None:
    assert kind_of(text.encode()) == kind_of(text.encode("utf-16")) == kind


@pytest.mark.parametrize(
    "text",
    [
        "date,type,party,amount\n2026-11-20,sale,Ramesh,100\n",
        "account number: 12345\naccount name: Ramesh\n\nDate,Narration,Debit\n2026-11-20,x,1\n",
        "2026-11-20 to 2026-11-22\n   Sharma Kirana Store\ndate,type,party,amount\n",
        "2026-11-20\tsale\tRamesh\t100\n2026-11-21\tsale\tRamesh\t100\n",
        '2026-11-20,"* ""x""",1\n',
        "<5 days,amount\n1,2\n",
        "option,plugin\n1,2\n",
    ],
)
def test_a_table_stays_a_table(text: str) -> None:
    assert kind_of(text.encode()) == kind_of(text.encode("utf-16")) == "text"


def test_what_comes_on_standard_input_is_told_too(
    files: Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-1.7")
    with path.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(NotATable):
            files.take("-")
    made = workbook([["date", "type", "party", "amount"], [date(2026, 11, 20), "sale", "Ramesh", 450]])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(made))))
    assert files.take("-").recorded == 1


def test_a_workbook_is_one_by_any_ending(files: Files) -> None:
    made = workbook([["date", "type", "party", "amount"], [date(2026, 11, 20), "sale", "Ramesh", 450]])
    for ending in ("csv", "xls", "pdf", "bin"):
        path = files.folder / f"any.{ending}"
        path.write_bytes(made)
        assert files.take(str(path)).rows == 1


PAGE = """<html><head><meta charset="utf-8"><title>Statement</title><style>td {{ color: red }}</style></head><body>
<table><tr><td colspan="4">Sharma Kirana &amp; Sons</td></tr></table>
<TABLE border=1><tr><th>date</th><th>type</th><th>party</th><th>amount</th></tr>
<tr><td>20/11/2026</td><td> sale </td><td>{name}<br>Patil</td><td><b>1,450.50</b></td></tr>
<tr><td>21/11/2026<td>receive<td>{name} Patil<td>450
<tr><td colspan=3>Total</td><td>1900.50</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_page_of_html_that_is_called_xls_is_a_table(files: Files, encoding: str) -> None:
    result = files.take(files.raw(PAGE.format(name="रमेश").encode(encoding)))
    assert (result.recorded, result.header_row, list(result.passed_over)) == (2, 2, [5])
    assert files.shop.balances() == {1: 100050}
    assert [each.name for each in result.parties_added] == ["रमेश Patil"]


def test_a_page_in_western_letters_says_so_itself(files: Files) -> None:
    page = PAGE.format(name="José").replace("utf-8", "windows-1252")
    assert files.take(files.raw(page.encode("cp1252"))).parties_added[0].name == "José Patil"
    assert [each.code for each in files.faults(files.raw(PAGE.format(name="José").encode("cp1252")))] == ["not_utf8"]


def test_a_page_of_html_is_guessed_at_like_any_table(files: Files) -> None:
    page = PAGE.format(name="Ramesh").replace("date", "Bill Date").replace("party", "Customer")
    with pytest.raises(ProfileNotSure):
        files.take(files.raw(page.encode()))


def test_a_row_of_a_page_that_is_short_is_a_fault(files: Files) -> None:
    page = PAGE.format(name="Ramesh").replace("<td>receive", "")
    assert [(each.row, each.code) for each in files.faults(files.raw(page.encode()))] == [(4, "missing_cell")]
