"""Files of other programs at the command line: agreed to, refused, and khata's own export taken in again."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from khata.importing.columns import COLUMNS
from khata.importing.row_types import TYPES
from tests.cli.conftest import Counter
from tests.importing.test_samples import SAMPLES
from tests.importing.workbooks import Row, workbook, workbook_of

KINDS = [
    "khata",
    "khata-export",
    "register",
    "sbi",
    "hdfc",
    "icici",
    "axis",
    "kotak",
    "bank",
    "upi",
    "phonepe",
    "khatabook",
    "vyapar",
    "tally",
]
GAVE_GOT = "Name,Date,You Gave,You Got\nSita,20/11/2026,450,\nSita,21/11/2026,,200\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.csv"
    path.write_text(GAVE_GOT, encoding="utf-8")
    return path


def test_a_guess_is_put_to_whoever_is_there(shop: Counter, file: Path) -> None:
    answer = shop("import", str(file), "--new-parties", "all", typed="n\n", terminal=True)
    assert answer.code == 2
    assert "You Gave = sale" in answer.err or "Name = party" in answer.err
    assert "20 Nov 2026 – 21 Nov 2026" in answer.err
    shown = answer.err.partition("Header row, it seems")[0].splitlines()
    assert [line.split() for line in shown] == [
        ["Date", "Amount", "What", "Name"],
        ["20", "Nov", "2026", "₹450.00", "sale", "Sita"],
        ["21", "Nov", "2026", "₹200.00", "receive", "Sita"],
    ]
    assert shop("status", "--json").data["entries"] == 3
    assert shop("import", str(file), "--new-parties", "all", typed="y\n", terminal=True).code == 0
    assert shop("balance", "sita", "--json").data["net_paise"] == 25000


def test_a_script_is_told_to_say_it(shop: Counter, file: Path) -> None:
    refused = shop("import", str(file), "--new-parties", "all", "--json")
    assert refused.refused == "profile_not_sure"
    kind = refused.envelope["refused"]["facts"]["profile"]
    data = shop("import", str(file), "--new-parties", "all", "--profile", kind, "--json").data
    assert (data["recorded"], data["profile"], data["header_row"]) == (2, kind, 1)


def test_a_guess_stands_above_what_is_wrong(shop: Counter, file: Path) -> None:
    file.write_text(GAVE_GOT.replace("450", "much"), encoding="utf-8")
    refused = shop("import", str(file), "--new-parties", "all", "--json").envelope["refused"]["facts"]
    assert ([each["code"] for each in refused["faults"]], refused["read_as"]) == (["bad_amount"], "khatabook")
    assert "Read as the heads of the file look: khatabook." in shop("import", str(file), "--new-parties", "all").err
    told = shop("import", str(file), "--new-parties", "all", "--profile", "khatabook").err
    assert ("much" in told, "Read as the heads" in told) == (True, False)


def test_columns_are_named_for_once(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("When,Who,Udhaar,Jama,Baki\n20/11/2026,Sita,450,,450\n", encoding="utf-8")
    words = ["--map", "When=date", "--map", "Who=party", "--map", "Udhaar=sale", "--map", "Jama=receive"]
    answer = shop("import", str(path), *words, "--ignore", "Baki", "--new-parties", "all", "--json")
    assert answer.data["recorded"] == 1
    assert shop("import", str(path), "--map", "When", "--json").refused == "misused"
    assert shop("import", str(path), "--map", "When=somebody", "--json").refused == "bad_profile"
    assert shop("import", str(path), "--profile", "nobody", "--json").refused == "unknown_profile"


@pytest.mark.parametrize(("column", "due"), [("sale", 45000 + 1050), ("receive", 45000 - 1050)])
def test_one_column_of_amounts_is_enough_where_every_row_is_of_one_type(
    shop: Counter, tmp_path: Path, column: str, due: int
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("When,Who,Total\n20/11/2026,Ramesh Kumar,10.50\n", encoding="utf-8")
    words = ["--map", "When=date", "--map", "Who=party", "--map", f"Total={column}"]
    assert shop("import", str(path), *words, "--json").data["recorded"] == 1
    assert shop("balance", "ramesh", "--json").data["net_paise"] == due
    path.write_text("When,Who,Total\n21/11/2026,Ramesh Kumar,-10.50\n", encoding="utf-8")
    assert shop("import", str(path), *words, "--json").refused == "bad_rows"
    assert shop("balance", "ramesh", "--json").data["net_paise"] == due


def test_what_says_dr_or_cr_in_a_list_of_sales_says_its_own(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = [f"20/11/2026,Ramesh Kumar,{each}" for each in ("10", "20 Dr", "5 Cr")]
    path.write_text("\n".join(["Date,Party,Amount", *rows, ""]), encoding="utf-8")
    assert shop("import", str(path), "--map", "Amount=sale", "--json").data["recorded"] == 3
    assert shop("balance", "ramesh", "--json").data["net_paise"] == 45000 + 2500


def test_a_file_with_its_months_first_is_read_so_where_that_is_said(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    days = ("04/05/2026", "04/14/2026", "4-25-26", "2026-04-26 10:00", "4/27/2026 10:00")
    path.write_text("\n".join(["date,type,party,amount", *(f"{d},sale,Ramesh Kumar,5" for d in days), ""]), "utf-8")
    assert shop("import", str(path), "--json").refused == "bad_rows"
    assert shop("import", str(path), "--month-first", "--json").data["recorded"] == 5
    on = sorted(row["date"] for row in _exported(shop, tmp_path) if row["amount"] == "5.00")
    assert on == ["2026-04-05", "2026-04-14", "2026-04-25", "2026-04-26", "2026-04-27"]
    path.write_text("date,type,party,amount\n14/04/2026,sale,Ramesh Kumar,5\n", encoding="utf-8")
    (fault,) = shop("import", str(path), "--month-first", "--json").envelope["refused"]["facts"]["faults"]
    assert (fault["code"], fault["facts"], "--month-first" in fault["hint"]) == ("bad_day", {"what": "day_first"}, True)


@pytest.mark.parametrize("words", [("--map", "Pay Type=mode"), ("--ignore", "Bill")])
def test_a_head_that_is_named_and_not_there_is_told(shop: Counter, file: Path, words: tuple[str, str]) -> None:
    facts = shop("import", str(file), "--profile", "khatabook", *words, "--json").envelope["refused"]["facts"]
    (fault,) = facts["faults"]
    assert (fault["code"], fault["row"], fault["facts"]["heads"][0]) == ("no_such_head", 1, "Name")


def test_a_cash_sale_of_a_register_is_paid_and_cash_is_nobody(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    rows = [
        "01/11/2026,Ramesh Kumar,Cash Sale,7,250",
        "02/11/2026,Cash,Sales,8,60",
        "03/11/2026,Ramesh Kumar,Sales,9,5",
    ]
    path.write_text("\n".join(["Invoice Date,Customer,Voucher Type,Invoice No,Total", *rows, ""]), encoding="utf-8")
    assert shop("import", str(path), "--profile", "register", "--json").data["recorded"] == 3
    assert shop("balance", "ramesh", "--json").data["net_paise"] == 45000 + 500
    cash = {each["key"]: each["amount_paise"] for each in shop("receipts", "--per", "mode", "--json").data["rows"]}
    assert cash == {"cash": 31000}


def test_a_day_with_a_zone_is_the_day_of_the_shop(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = ["2026-10-31T20:30:00Z,sale,Ramesh Kumar,5", "2026-10-31T23:30:00+05:30,sale,Ramesh Kumar,6"]
    path.write_text("\n".join(["date,type,party,amount", *rows, ""]), encoding="utf-8")
    assert shop("import", str(path), "--keep-time", "--json").data["recorded"] == 2
    told = [(row["date"], row["note"]) for row in _exported(shop, tmp_path) if row["amount"] in ("5.00", "6.00")]
    assert sorted(told) == [("2026-10-31", "23:30"), ("2026-11-01", "02:00")]
    path.write_text("date,type,party,amount\n2026-10-31 25:00,sale,Ramesh Kumar,5\n", encoding="utf-8")
    assert shop("import", str(path), "--json").refused == "bad_rows"


def test_the_row_with_the_most_known_heads_is_told_what_it_lacks(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Gupta Traders\nDate,type,amount\n20/11/2026,sale,10\n", encoding="utf-8")
    faults = shop("import", str(path), "--profile", "khata", "--json").envelope["refused"]["facts"]["faults"]
    assert [(each["code"], each["row"], each["column"]) for each in faults] == [("missing_column", 2, "party")]


def test_a_table_without_any_known_head_is_told_so_once(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Basket\nWhen,Who,Total\n20/11/2026,Ramesh,10\n", encoding="utf-8")
    faults = shop("import", str(path), "--profile", "khata", "--json").envelope["refused"]["facts"]["faults"]
    assert [(each["code"], each["row"]) for each in faults] == [("no_header", 2)]
    assert '--map "HEAD=date"' in faults[0]["hint"]


def test_the_kinds_are_listed(shop: Counter) -> None:
    listed = [each["name"] for each in shop("profiles", "--json").data["profiles"]]
    assert listed[:2] == ["khata", "khata-export"]
    no_tables = {"tally-xml", "khata-bundle", "journal", "beancount"}  # these show what they are
    assert {*KINDS, *no_tables} == set(listed)
    assert "Khatabook" in shop("profiles").out


@pytest.mark.parametrize("language", ["en", "hi"])
def test_help_names_every_column_type_and_kind_of_file(
    shop: Counter, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop("import", "--help", "--lang", language).code == 0
    said = capsys.readouterr().out.partition("docs/IMPORT.md")[0]
    assert {*COLUMNS, *TYPES, *KINDS} <= set(said.replace(",", " ").replace(";", " ").split())


def test_a_workbook_from_the_command_line(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "bills.xlsx"
    rows: list[Row] = [
        ["Gupta Traders"],
        ["date", "type", "party", "amount"],
        [date(2026, 11, 20), "sale", "Ramesh Kumar", 99.5],
    ]
    path.write_bytes(workbook(rows))
    answer = shop("import", str(path))
    assert "Header row: 2 (khata)." in answer.out
    assert shop("balance", "ramesh", "--json").data["net_paise"] == 45000 + 9950


def test_of_a_workbook_with_several_sheets_one_is_named(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "months.xlsx"
    heads = ["date", "type", "party", "amount"]
    sale: Row = [date(2026, 11, 20), "sale", "Ramesh Kumar", 99.5]
    path.write_bytes(workbook_of({"Oct": [heads, sale], "Nov": [["Date", *heads[1:], "mode"], [*sale, "cash"]]}))
    answer = shop("import", str(path))
    assert answer.code == 2
    assert "More than one sheet has rows: Oct, Nov. Name the one to import: --sheet NAME" in answer.out + answer.err
    assert shop("import", str(path), "--sheet", "nov", "--make-profile", "--json").data["columns"]["mode"] == ["mode"]
    assert shop("import", str(path), "--make-profile").code == 2
    assert shop("import", str(path), "--sheet", "oct", "--json").data["recorded"] == 1
    assert shop("balance", "ramesh", "--json").data["net_paise"] == 45000 + 9950


def test_what_khata_exports_it_takes_in_again_and_every_balance_is_kept(shop: Counter, tmp_path: Path) -> None:
    for line in (
        "opening Sita 50 --advance --new",
        "sale ramesh 450 --paid 200:upi --ref B-1 --note atta --on 02-11-2026",
        "sale counter 60 --paid all:cash",
        "sale sita 75",
        "return ramesh 20",
        "write-off ramesh 5 --reason lost",
        "receive ramesh 665 --full --mode upi",
        "reverse 7",
        "correct 8 30",
        "discount sita 1",
        "refund sita 2",
    ):
        assert shop(*line.split()).code == 0, line
    exported = tmp_path / "all.csv"
    assert shop("export", "--format", "csv", "-o", str(exported)).code == 0
    again = Counter(tmp_path / "again", environ={"KHATA_BOOK": str(tmp_path / "again.khata")})
    (tmp_path / "again").mkdir()
    assert again("init", "Again", "--book", str(tmp_path / "again.khata")).code == 0
    data = again("import", str(exported), "--new-parties", "all", "--json").data
    assert (data["profile"], len(data["passed_over"])) == ("khata-export", 4)

    def owed(khata: Counter) -> dict[str, int]:
        rows = khata("balance", "--all", "--json").data["parties"]
        return {row["name"]: row["balance_paise"] for row in rows}

    assert owed(again) == owed(shop)
    # The accounts, too: kasar is kasar, and what was paid at once was paid by the same mode.
    mine, theirs = (json.dumps(each("trial", "--json").data["accounts"]) for each in (shop, again))
    assert theirs == mine


def test_a_reference_with_an_apostrophe_of_its_own_comes_back_with_it(shop: Counter, tmp_path: Path) -> None:
    assert shop("sale", "ramesh", "5", "--ref", "'B-1").code == 0
    path = tmp_path / "all.csv"
    assert shop("export", "-o", str(path)).code == 0
    other, came = _into_another(shop, path)
    assert came.data["recorded"] == 2
    assert [row["ref"] for row in _exported(other, other.home)] == ["", "'B-1"]


@pytest.fixture
def bounced(shop: Counter) -> Counter:
    """A cheque of May, taken back on a day in June."""
    for line in ("receive ramesh 450 --mode cheque --on 2026-05-20", "reverse 4 --reason bounced --on 2026-06-10"):
        assert shop(*line.split()).code == 0
    return shop


def _into_another(khata: Counter, path: Path) -> tuple[Counter, Any]:
    home = khata.home / "another"
    home.mkdir()
    other = Counter(home)
    assert other("init", "Another").code == 0
    return other, other("import", str(path), "--new-parties", "all", "--json")


@pytest.mark.parametrize("cut", [("--as-on", "2026-05-31"), ("--to", "2026-05-31"), ("--known-at", "4")])
def test_what_is_taken_back_after_a_cut_stands_in_it(bounced: Counter, tmp_path: Path, cut: tuple[str, str]) -> None:
    path = tmp_path / "may.csv"
    assert bounced("export", *cut, "-o", str(path)).code == 0
    other, came = _into_another(bounced, path)
    assert came.data["recorded"] == (2 if cut[0] == "--known-at" else 1)
    owed = bounced("balance", "ramesh", cut[0].replace("to", "as-on"), cut[1], "--json").data["net_paise"]
    assert other("balance", "--json").data["net_paise"] == owed


def test_a_reversal_without_its_entry_is_told(bounced: Counter, tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    assert bounced("export", "--from", "2026-06-01", "--to", "2026-06-30", "-o", str(path)).code == 0
    other, came = _into_another(bounced, path)
    (fault,) = came.envelope["refused"]["facts"]["faults"]
    assert (fault["row"], fault["code"], fault["facts"]) == (2, "undoes_elsewhere", {"entry": "4"})
    assert other("status", "--json").data["entries"] == 1


def test_an_entry_without_its_reversal_is_told(bounced: Counter, tmp_path: Path) -> None:
    path = tmp_path / "may.csv"
    assert bounced("export", "-o", str(path)).code == 0
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("5,")), encoding="utf-8")
    faults = _into_another(bounced, path)[1].envelope["refused"]["facts"]["faults"]
    assert [(each["code"], each["facts"]) for each in faults] == [("undone_elsewhere", {"entry": "5"})]


def test_what_was_taken_back_on_a_later_day_is_worth_a_look(bounced: Counter, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    assert bounced("export", "-o", str(path)).code == 0
    data = _into_another(bounced, path)[1].data
    assert (data["recorded"], list(data["passed_over"])) == (1, [3, 4])
    told = [(each["row"], each["code"], each["facts"]["at_row"]) for each in data["worth_a_look"]]
    assert told == [(3, "taken_back_later", 4)]


def test_a_profile_is_made_of_a_file_and_reads_it(shop: Counter, file: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    assert shop("import", "--make-profile", str(file)).out.startswith(
        "# ledger.csv: a profile for files like this one."
    )
    made = shop("import", "--make-profile", str(file), "-o", str(own), "--json")
    assert made.data["columns"] == {"date": ["Date"], "party": ["Name"], "gave": ["You Gave"], "got": ["You Got"]}
    assert shop("status", "--json").data["entries"] == 3
    again = shop("import", "--make-profile", str(file), "-o", str(own), "--json")
    assert again.refused == "path_taken"
    data = shop("import", str(file), "--profile", str(own), "--new-parties", "all", "--json").data
    assert (data["recorded"], data["profile"]) == (2, "mine")


def test_a_profile_goes_nowhere_where_none_is_made(shop: Counter, file: Path) -> None:
    assert shop("import", str(file), "-o", "x.toml", "--json").refused == "misused"
    assert shop("import", "--make-profile", str(file), str(file), "--json").refused == "misused"
    assert shop("import", "--make-profile", str(file) + "x", "--json").refused == "no_file"


def test_an_encoding_is_said_by_its_name(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("date,type,party,amount,note\n20/11/2026,sale,Ramesh Kumar,99,café\n".encode("cp1252"))
    faults = shop("import", str(path), "--json").envelope["refused"]["facts"]["faults"]
    assert [fault["code"] for fault in faults] == ["not_utf8"]
    assert "--encoding cp1252" in faults[0]["hint"]
    refused = shop("import", str(path), "--encoding", "klingon", "--json")
    assert (refused.refused, "cp1252" in refused.envelope["refused"]["facts"]["known"]) == ("unknown_choice", True)
    assert shop("import", str(path), "--encoding", "Windows-1252", "--json").data["recorded"] == 1
    for letters in ("utf-8", "utf-8-sig"):
        path.write_text("date,type,party,amount,note\n20/11/2026,sale,Ramesh Kumar,98,café\n", encoding=letters)
        facts = shop("import", str(path), "--encoding", "cp1252", "--json").envelope["refused"]["facts"]
        assert [each["code"] for each in facts["faults"]] == ["seems_utf8"]
    assert "café" in shop("show", "5").out


def test_words_of_the_trade_are_types_in_other_peoples_files(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    words = ["udhaar", "उधार", "bikri", "maal", "jama", "vasuli", "wapas", "कसर", "Receive"]
    rows = [f"{number}/11/2026,Ramesh Kumar,{word},10" for number, word in enumerate(words, start=1)]
    path.write_text("\n".join(["Bill Date,Customer,Type,Amount", *rows, ""]), encoding="utf-8")
    assert shop("import", str(path), "--profile", "register", "--json").data["recorded"] == len(words)
    log = [row["type"] for row in _exported(shop, tmp_path) if row["amount"] == "10.00"]
    assert log == ["sale", "sale", "sale", "sale", "receive", "receive", "return", "discount", "receive"]
    own = tmp_path / "own.csv"
    own.write_text("date,type,party,amount\n20/11/2026,udhaar,Ramesh Kumar,10\n", encoding="utf-8")
    assert shop("import", str(own), "--json").refused == "bad_rows"


def _exported(shop: Counter, folder: Path) -> list[dict[str, str]]:
    to = folder / "out.csv"
    assert shop("export", "-o", str(to)).code == 0
    return list(csv.DictReader(to.read_text(encoding="utf-8").splitlines()))


def test_what_is_passed_over_is_told_by_why(shop: Counter) -> None:
    answer = shop("import", str(SAMPLES / "upi.csv"), "--profile", "upi", "--new-parties", "all")
    assert "Passed over, no money came (failed, pending, refunded) · 3 rows: 3, 5, 7" in answer.out
    assert "Passed over, a type that does not go into a khata · 1 row: 6" in answer.out
    answer = shop("import", str(SAMPLES / "hdfc.csv"), "--profile", "hdfc", "--new-parties", "all", "--dry-run")
    assert "Passed over, money out · 1 row: 8" in answer.out
    assert "The running balance adds up in every row." in answer.out


def test_rows_that_name_nobody_can_be_set_aside_and_come_in_once_somebody_is_named(
    shop: Counter, tmp_path: Path
) -> None:
    bank, rejects = tmp_path / "bank.csv", tmp_path / "rejects.csv"
    head = "Txn Date,Value Date,Description,Ref No./Cheque No.,Debit,Credit,Balance"
    lines = [
        head + ",party",
        "02-11-2026,02-11-2026,BY TRANSFER-UPI/CR/431598712004/RAMESH KUMAR/SBIN/café,,,450.00,1450.00,",
        "03-11-2026,03-11-2026,BY CASH,,,900.00,2350.00,",
        "04-11-2026,04-11-2026,TO ATM,,100.00,,2250.00,",
        "05-11-2026,05-11-2026,BY CASH é,,,50.00,2300.00,",
    ]
    bank.write_text("\n".join([*lines, ""]), encoding="cp1252")
    words = ["--profile", "sbi", "--encoding", "cp1252", "--json"]
    data = shop("import", str(bank), "--skip-bad", "--rejects", str(rejects), *words).data
    assert (data["recorded"], data["rejected"]) == (1, 2)
    mended = rejects.read_text(encoding="utf-8-sig").replace("900.00,2350.00,", "900.00,2350.00,Ramesh Kumar")
    assert "BY CASH é" in mended
    rejects.write_text(mended.replace("50.00,2300.00,", "50.00,2300.00,-"), encoding="utf-8")
    data = shop("import", str(rejects), "--profile", "sbi", "--json").data
    assert (data["recorded"], data["passed_for"], data["balance_checked"]) == (1, {"left_out": [3]}, False)


def test_a_day_that_cannot_be_read_is_not_told_to_be_a_word(shop: Counter, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("date,type,party,amount\n46300,sale,Ramesh Kumar,90\n", encoding="utf-8")
    said = shop("import", str(path)).err
    assert "Not a day: 46300. In a file write it like 20-11-2026" in said
    assert "yesterday" not in said
