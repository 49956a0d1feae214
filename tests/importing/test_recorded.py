"""What stands in the book after an import: each cell of each row, however many are written together."""

from __future__ import annotations

import json
from typing import Any

from khata.pen import FLUSH
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.units import Day, Seq
from tests.books import rs
from tests.importing.files import Files
from tests.on_paper import Paper
from tests.views.test_accounts import assert_accounts

Json = dict[str, Any]

OF_EACH_TYPE: list[tuple[str, str, Json]] = [
    ("opening,{who},{rs},,,{ref},", "opening_recorded", {"side": "receive"}),
    ("opening,{who},{rs},advance,,{ref},", "opening_recorded", {"side": "give"}),
    ("sale,{who},{rs},,5:upi,{ref},{note}", "sale_recorded", {"paid": [{"amount_paise": 500, "mode": "upi"}]}),
    ("return,{who},{rs},,5:cash,{ref},{note}", "goods_returned", {"paid": [{"amount_paise": 500, "mode": "cash"}]}),
    ("receive,{who},{rs},cheque,,{ref},{note}", "payment_received", {"mode": "cheque"}),
    ("refund,{who},{rs},bank,,{ref},{note}", "money_refunded", {"mode": "bank"}),
    ("discount,{who},{rs},,,{ref},{note}", "discount_allowed", {}),
    ("write-off,{who},{rs},,,{ref},{note}", "debt_written_off", {}),
]


def many(count: int) -> tuple[list[str], list[tuple[str, str, Json, str]]]:
    """Rows of each type in turn, and what must be recorded of each: kind, day, data, words."""
    rows: list[str] = []
    expected: list[tuple[str, str, Json, str]] = []
    for number in range(2, count + 2):
        row, kind, more = OF_EACH_TYPE[number % len(OF_EACH_TYPE)]
        day = f"2026-11-{number % 20 + 1:02d}"
        note = f"note {number}" if "{note}" in row else ""
        rows.append(f"{day}," + row.format(who=f"Ramesh {number % 5}", rs=number + 10, ref=f"R-{number}", note=note))
        data: Json = {"amount_paise": (number + 10) * 100, "import": {"entry": 2, "row": number}, "ref": f"R-{number}"}
        expected.append((kind, day, data | more | {"party": f"Ramesh {number % 5}"}, note))
    return rows, expected


def stored(files: Files) -> list[tuple[str, str, Json, str]]:
    """What the money entries of the book say, read from their bytes; the party by name."""
    words = {detail.entry: json.loads(detail.body) for detail in files.shop.details()}
    names: dict[int, str] = {}
    found = []
    for entry in files.shop.entries():
        body = json.loads(entry.body)
        data, said = body["data"], words.get(entry.seq, {})
        data.pop("detail", None)
        if body["kind"] == "party_added":
            names[data["party"]] = said["name"]
        elif "amount_paise" in data:
            data["party"] = names[data["party"]]
            found.append((body["kind"], body["on"], data, said.get("note", said.get("reason", ""))))
    return found


def test_every_cell_of_a_thousand_rows_stands_in_the_book(files: Files) -> None:
    rows, expected = many(4 * FLUSH)
    assert files.rows(*rows, again=True).recorded == len(rows)
    assert stored(files) == expected
    assert_accounts(files.shop.books.cache, Paper(entry.body for entry in files.shop.entries()))


def test_the_references_of_many_payments_that_are_written_together_are_kept(files: Files) -> None:
    refs = [f"UPI{number:06d}" for number in range(3 * FLUSH)]
    files.rows(*(f"2026-11-20,receive,Ramesh,100,upi,,{ref}" for ref in refs))
    assert [data.get("ref") for _, _, data, _ in stored(files)] == refs
    again = files.rows(*(f"2026-11-20,receive,Ramesh,100,upi,,{ref}" for ref in [*refs, "UPI-NEW"]))
    assert (again.recorded, len(again.duplicates)) == (1, len(refs))


def test_the_correction_of_an_imported_row_is_not_that_files_row(files: Files) -> None:
    path = files.write("2026-11-20,sale,Ramesh,450,,,R-1,atta", "2026-11-20,receive,Ramesh,200,upi,,R-2")
    files.take(path)
    files.shop.record(CorrectEntry(entry=Seq(4), amount_paise=rs(540)))
    files.shop.record(CorrectEntry(entry=Seq(5), on=Day("2026-11-19")))
    bodies = [json.loads(entry.body)["data"] for entry in files.shop.entries()]
    assert [data.get("import") for data in bodies[3:]] == [
        {"entry": 2, "row": 2},
        {"entry": 2, "row": 3},
        *[None] * 4,
    ]
    assert [data.get("corrects") for data in bodies[3:]] == [None, None, None, 4, None, 5]
    assert [data.get("ref") for data in bodies[3:]] == ["R-1", "R-2", None, "R-1", None, "R-2"]
    again = files.take(path)
    assert (again.recorded, [*again.duplicates]) == (0, [(2, 4), (3, 5)])


def test_a_row_that_was_corrected_is_still_that_row_to_another_file_and_so_is_what_stands_now(files: Files) -> None:
    files.rows("2026-11-20,sale,Ramesh,450")
    files.shop.record(CorrectEntry(entry=Seq(4), amount_paise=rs(540)))
    assert files.wrong("2026-11-20,sale,Ramesh,540") == [(2, "", "maybe_duplicate")]
    assert files.wrong("2026-11-20,sale,Ramesh,450", "2026-11-20,sale,Ramesh,451") == [(2, "", "maybe_duplicate")]


def test_an_imported_row_that_was_cancelled_is_still_that_row_of_its_file(files: Files) -> None:
    path = files.write("2026-11-20,sale,Ramesh,450", "2026-11-20,sale,Ramesh,450")
    files.take(path)
    files.shop.record(ReverseEntry(entry=Seq(4)))
    assert [*files.take(path).duplicates] == [(2, 4), (3, 5)]
