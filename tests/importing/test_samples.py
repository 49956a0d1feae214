"""Each kind of file that khata knows has a sample here: what is recorded is exactly right, and it is recognised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from khata.cli.importing import spoken_types
from khata.importing.faults import ProfileNotSure
from khata.importing.profile import names
from tests.importing.files import Files

SAMPLES = Path(__file__).parent / "samples"
OWN = ("khata", "khata-export")

Row = tuple[str, str, int, str, str, str | None]
"""Kind, day, paise, whose, how it was paid, reference."""

RAMESH, SUNITA = "Ramesh Kumar", "Sunita Devi"
CAME = "payment_received"
UTRS = ("431598712004", "SBINN52026111011431836", "431798712111")
IN_BANK: list[Row] = [
    (CAME, "2026-11-02", 125000, "RAMESH KUMAR", "upi", UTRS[0]),
    (CAME, "2026-11-10", 500050, "SUNITA DEVI", "bank", UTRS[1]),
    (CAME, "2026-11-12", 75000, "IMRAN KHAN", "bank", UTRS[2]),
]

WANTED: dict[str, list[Row]] = {
    "khata": [
        ("sale_recorded", "2026-11-02", 123400, RAMESH, "", "B-1"),
        (CAME, "2026-11-05", 49500, RAMESH, "upi", UTRS[0]),
    ],
    "khata-export": [("sale_recorded", "2026-11-02", 123400, RAMESH, "", "B-1")],
    "register": [
        ("sale_recorded", "2026-11-02", 123400, RAMESH, "", "B-1"),
        ("sale_recorded", "2026-11-03", 45000, SUNITA, "", "B-2"),
        (CAME, "2026-11-05", 50000, RAMESH, "upi", None),
        ("goods_returned", "2026-11-07", 5000, SUNITA, "", "B-2R"),
    ],
    "sbi": [
        IN_BANK[0],
        (CAME, "2026-11-10", 500050, "SUNITA DEVI", "bank", "N314260012345678"),
        (CAME, "2026-11-12", 75000, "RAMESH KUMAR", "upi", UTRS[2]),
    ],
    "hdfc": IN_BANK,
    "bank": IN_BANK,
    "icici": [
        IN_BANK[0],
        (CAME, "2026-11-10", 500050, "SUNITA DEVI", "bank", "N314260012345678"),
        IN_BANK[2],
    ],
    "axis": IN_BANK,
    "kotak": IN_BANK[::-1],
    "upi": [
        (CAME, "2026-11-02", 125000, RAMESH, "upi", UTRS[0]),
        (CAME, "2026-11-03", 30000, SUNITA, "upi", "431698712112"),
    ],
    "phonepe": [
        (CAME, "2026-11-02", 125000, RAMESH, "upi", UTRS[0]),
        (CAME, "2026-11-03", 30000, SUNITA, "upi", "431698712112"),
    ],
    "khatabook": [
        ("sale_recorded", "2026-11-02", 123400, RAMESH, "", None),
        ("sale_recorded", "2026-11-03", 45000, SUNITA, "", None),
        (CAME, "2026-11-05", 50000, RAMESH, "cash", None),
    ],
    "vyapar": [
        ("sale_recorded", "2026-11-02", 123400, RAMESH, "", "Sale 1"),
        ("sale_recorded", "2026-11-03", 45000, SUNITA, "cash 20000", "Sale 2"),
        ("sale_recorded", "2026-11-03", 6000, "counter", "cash 6000", "Sale 3"),
        (CAME, "2026-11-05", 50000, RAMESH, "cash", "Payment-In 1"),
        ("goods_returned", "2026-11-07", 5000, SUNITA, "", "Credit Note 1"),
    ],
    "tally": [
        ("sale_recorded", "2026-11-02", 123400, RAMESH, "", "Sales 1"),
        ("sale_recorded", "2026-11-03", 6000, "counter", "cash 6000", "Sales 2"),
        (CAME, "2026-11-05", 50000, RAMESH, "cash", "Receipt 1"),
        ("goods_returned", "2026-11-07", 5000, SUNITA, "", "Credit Note 1"),
    ],
}
PASSED_FOR: dict[str, dict[str, list[int]]] = {
    "khata": {},
    "khata-export": {"type": [4], "": [3]},
    "register": {"": [7]},
    "sbi": {"money_out": [10], "below": [13]},
    "bank": {"": [4, 9], "money_out": [6]},
    "hdfc": {"": [6, 11], "money_out": [8], "below": [12, 13, 14, 15]},
    "icici": {"money_out": [6], "below": [9, 10]},
    "axis": {"": [6], "money_out": [8], "below": [12]},
    "kotak": {"money_out": [6], "below": [8, 9, 10]},
    "upi": {"status": [3, 5, 7], "type": [6]},
    "phonepe": {"status": [3], "left_out": [5], "type": [6]},
    "khatabook": {"": [7]},
    "vyapar": {"type": [8]},
    "tally": {"type": [8]},
}
BANKS = ("sbi", "hdfc", "icici", "axis", "kotak", "bank")


def sample(name: str) -> str:
    return str(SAMPLES / f"{name}.csv")


def rows(files: Files) -> list[Row]:
    """The money entries of a book."""
    files.shop.books.catch_up()
    parties = files.shop.books.cache.connection.execute("SELECT party, record FROM party").fetchall()
    called = {None: "counter"} | {party: json.loads(record)["name"] for party, record in parties}
    found: list[Row] = []
    for recorded in files.shop.recorded():
        event: Any = recorded.event
        if hasattr(event, "amount_paise"):
            paid = getattr(event, "paid", None)
            how = ",".join(f"{part.mode} {part.amount_paise}" for part in paid) if paid else getattr(event, "mode", "")
            found.append((event.KIND, recorded.on or "", event.amount_paise, called[event.party], how, event.ref))
    return found


def test_there_is_a_sample_of_every_kind() -> None:
    tables = set(names()) - {"tally-xml", "khata-bundle", "journal", "beancount"}
    assert sorted(tables) == sorted(WANTED) == sorted(path.stem for path in SAMPLES.glob("*.csv"))


@pytest.mark.parametrize("name", WANTED)
def test_what_is_recorded_of_a_sample_is_exactly_right(files: Files, name: str) -> None:
    result = files.take(sample(name), profile=name, words=spoken_types("en"))
    assert rows(files) == WANTED[name]
    assert {why: list(found) for why, found in result.passed_for.items()} == PASSED_FOR[name]
    assert (result.recorded, result.profile) == (len(WANTED[name]), name)
    assert result.balance_checked is (name in BANKS)


@pytest.mark.parametrize("name", [name for name in WANTED if name not in OWN])
def test_a_sample_is_recognised_by_its_head(files: Files, name: str) -> None:
    with pytest.raises(ProfileNotSure) as refused:
        files.take(sample(name), words=spoken_types("en"))
    facts = refused.value.facts
    assert facts["profile"] == name
    first = facts["first_rows"]
    assert isinstance(first, list)
    assert len(first) == min(3, len(WANTED[name]))
    on, paise = WANTED[name][0][1:3]
    assert (first[0]["on"], first[0]["amount_paise"]) == (on, paise)


@pytest.mark.parametrize("name", OWN)
def test_khatas_own_files_are_no_guess(files: Files, name: str) -> None:
    assert files.take(sample(name)).profile == name


OTHER_HEADS = {
    "axis": [
        "S.No,Transaction Date (dd/mm/yyyy),Particulars,Amount(INR),Debit/Credit,Balance(INR),SOL",
        '1,,OPENING BALANCE,,,"1,000.00",12',
        '2,02/11/2026,UPI/P2A/431598712004/RAMESH KUMAR/UPI,"1,250.00",CR,"2,250.00",12',
        "3,03/11/2026,UPI/P2M/431598712009/GUPTA/UPI,250.00,DR,2000.00,12",
    ],
    "kotak": [
        "Sl. No.,Transaction Date,Value Date,Description,Chq / Ref No.,Debit,Credit,Balance,Dr / Cr",
        '1,02-11-2026,02-11-2026,UPI/RAMESH KUMAR/431598712004/UPI,UPI-431598712004,,"1,250.00","2,250.00",CR',
        "2,03-11-2026,03-11-2026,UPI/GUPTA/431598712009/UPI,UPI-431598712009,250.00,,2000.00,CR",
    ],
    "hdfc": [
        "Date,Narration,Value Dat,Debit Amount,Credit Amount,Chq/Ref Number,Closing Balance",
        "02/11/26,UPI-RAMESH KUMAR-R@OKSBI-SBIN0001234-431598712004-UPI,02/11/26,0.00,1250.00,0000431598712004,2250.00",
        "03/11/26,UPI-GUPTA-G@PTM-PYTM0001234-431598712009-UPI,03/11/26,250.00,0.00,0000431598712009,2000.00",
    ],
}


@pytest.mark.parametrize("name", OTHER_HEADS)
def test_other_heads_of_the_same_bank_are_known(files: Files, name: str) -> None:
    path = files.raw(("\n".join(OTHER_HEADS[name]) + "\n").encode())
    with pytest.raises(ProfileNotSure) as refused:
        files.take(path)
    assert refused.value.facts["profile"] == name
    result = files.take(path, profile=name)
    assert (rows(files), result.balance_checked) == ([IN_BANK[0]], True)
    assert len(result.passed_for["money_out"]) == 1


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("register", "दिनांक,ग्राहक,प्रकार,रकम\n05/11/2026,Ramesh Kumar,receipt,५००\n"),
        ("register", "તારીખ,ગ્રાહક,પ્રકાર,રકમ\n05/11/2026,Ramesh Kumar,receipt,૫૦૦\n"),
        ("khatabook", "तारीख,ग्राहक का नाम,आपने दिया,आपको मिला\n05/11/2026,Ramesh Kumar,,500\n"),
        ("khatabook", "તારીખ,ગ્રાહકનું નામ,તમે આપ્યા,તમને મળ્યા\n05/11/2026,Ramesh Kumar,,500\n"),
        ("vyapar", "तारीख,पार्टी का नाम,लेनदेन का प्रकार,कुल राशि\n05/11/2026,Ramesh Kumar,Payment-In,500\n"),
        ("vyapar", "તારીખ,પાર્ટીનું નામ,વ્યવહારનો પ્રકાર,કુલ રકમ\n05/11/2026,Ramesh Kumar,Payment-In,500\n"),
    ],
)
def test_heads_in_hindi_and_gujarati_show_whose_file_it_is(files: Files, name: str, table: str) -> None:
    path = files.raw(table.encode())
    with pytest.raises(ProfileNotSure) as refused:
        files.take(path)
    assert refused.value.facts["profile"] == name
    files.take(path, profile=name)
    assert rows(files) == [(CAME, "2026-11-05", 50000, RAMESH, "cash", None)]
