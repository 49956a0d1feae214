"""Twenty questions that somebody who never saw khata answers from the pack alone, with a spreadsheet and a terminal.

The answers are held against plain SQL over the shops' own files, and what their log says; no part of khata reads the
pack here.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import Counter
from tests.sample_shops import SAMPLES, SHOPS, Fact, facts, summed, tables

pytestmark = pytest.mark.wide

YEAR = ("2025-04-01", "2026-03-31")


class Pack:
    """What was unpacked, and what the shop's own files say."""

    def __init__(self, name: str, home: Path) -> None:
        khata = Counter(home)
        book = home / "shop.khata"
        khata.environ["KHATA_BOOK"] = str(book)
        assert khata("import-log", str(SAMPLES / name / "log.jsonl"), "--book", str(book)).code == 0
        assert khata("checkpoint", "--yes").code == 0
        assert khata("pack", "FY2025-26", "-o", str(home / "year.zip"), "--lang", "en").code == 0
        self.folder, self.own = home / "unpacked", SAMPLES / name
        with ZipFile(home / "year.zip") as made:
            made.extractall(self.folder)
        self.about = json.loads((self.own / "shop.json").read_text(encoding="utf-8"))
        self.facts = [fact for fact in facts(self.own, self.about["import_at"]) if YEAR[0] <= fact.day <= YEAR[1]]
        self.later = tables(self.own).execute('SELECT "do", "row", amount, "on", reason, at FROM later').fetchall()

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def said(self, figure: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.figure == figure]

    def total(self, figure: str) -> int:
        return sum(fact.paise for fact in self.said(figure))


def paise(rupees: str) -> int:
    return int(Decimal(rupees) * 100)


def parts(pack: Pack, name: str) -> dict[str, int]:
    return {row["name"] or next(iter(row.values())): paise(row["amount"]) for row in pack.table(name)}


@pytest.fixture(scope="module", params=SHOPS)
def pack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack(request.param, tmp_path_factory.mktemp(request.param))


def whose_book_is_it(pack: Pack) -> tuple[object, object]:
    return re.search(r"Shop +(.+)", pack.text("README.txt"))[1], pack.about["shop"]  # type: ignore[index]


def is_the_log_what_the_certificate_names(pack: Pack) -> tuple[object, object]:
    stated = re.search(r"Log as a file \(hash\) +([0-9a-f]{64})", pack.text("certificate.txt"))
    return stated and stated[1], hashlib.sha256((pack.folder / "shop.jsonl").read_bytes()).hexdigest()


def does_the_chain_lead_to_the_head(pack: Pack) -> tuple[object, object]:
    before, entries = "0" * 64, 0
    for line in pack.text("shop.jsonl").split("\n"):
        if line.startswith('{"@prev":'):
            assert line.startswith(f'{{"@prev":"{before}"'), line
            before, entries = hashlib.sha256(b"\0" + line.encode()).hexdigest(), entries + 1
    stated = re.search(r"Head of the chain +([0-9a-f]{64})", pack.text("certificate.txt"))
    last = json.loads(pack.text("shop.jsonl").splitlines()[-1])
    return (stated and stated[1], last["size"]), (before, entries)


def was_no_file_changed_since(pack: Pack) -> tuple[object, object]:
    wrong = []
    for line in pack.text("SHA256SUMS").splitlines():
        digest, name = line.split("  ")
        if hashlib.sha256((pack.folder / name).read_bytes()).hexdigest() != digest:
            wrong.append(name)
    return wrong, []


def who_signed_it(pack: Pack) -> tuple[object, object]:
    command = [sys.executable, "-I", "verify.py", "shop.checkpoint", pack.text("shop.key").strip()]
    done = subprocess.run(command, cwd=pack.folder, capture_output=True, text=True, check=False)
    return (done.returncode, done.stdout.strip().endswith("HOLDS")), (0, True)


def what_was_sold_in_the_year(pack: Pack) -> tuple[object, object]:
    return sum(parts(pack, "sales-by-month.csv").values()), pack.total("sales")


def what_was_sold_in_each_month(pack: Pack) -> tuple[object, object]:
    return parts(pack, "sales-by-month.csv"), summed(pack.said("sales"), "month")


def how_much_of_it_went_on_credit(pack: Pack) -> tuple[object, object]:
    return parts(pack, "sales-by-mode.csv")["party"], summed(pack.said("sales"), "mode")["khata"]


def what_came_in_by_each_mode(pack: Pack) -> tuple[object, object]:
    return parts(pack, "receipts-by-mode.csv"), summed(pack.said("receipts"), "mode")


def who_bought_most(pack: Pack) -> tuple[object, object]:
    bought = {name: sold for name, sold in summed(pack.said("sales"), "party").items() if name != "counter"}
    rows = [row for row in pack.table("sales-by-customer.csv") if row["customer"] != "counter"]
    return paise(rows[0]["amount"]), max(bought.values())


def what_goods_came_back(pack: Pack) -> tuple[object, object]:
    return sum(parts(pack, "returns-by-month.csv").values()), pack.total("returns")


def what_was_let_go(pack: Pack) -> tuple[object, object]:
    return parts(pack, "discounts-by-customer.csv"), summed(pack.said("discounts"), "party")


def whose_debts_were_written_off(pack: Pack) -> tuple[object, object]:
    return parts(pack, "write-offs-by-customer.csv"), summed(pack.said("write-offs"), "party")


def what_was_brought_forward(pack: Pack) -> tuple[object, object]:
    return sum(parts(pack, "openings-by-customer.csv").values()), pack.total("openings")


def what_everybody_owes_at_the_end(pack: Pack) -> tuple[object, object]:
    with (pack.own / "expected.csv").open(encoding="utf-8", newline="") as file:
        wanted = {
            row["party"]: int(row["balance_paise"])
            for row in csv.DictReader(file)
            if (row["as_on"], row["known"]) == (YEAR[1], "all") and int(row["balance_paise"])
        }
    return {row["party"]: owed for row in pack.table("balances.csv") if (owed := paise(row["closing"]))}, wanted


def do_debits_and_credits_agree(pack: Pack) -> tuple[object, object]:
    rows = pack.table("trial-balance.csv")
    return sum(paise(row["debit"]) for row in rows), sum(paise(row["credit"]) for row in rows)


def what_was_cancelled_and_why(pack: Pack) -> tuple[object, object]:
    found = [row["reason"] for row in pack.table("edit-log.csv") if row["what"] in ("reversal", "import_reversed")]
    return sorted(found), sorted(reason for do, _, _, _, reason, _ in pack.later if do == "reverse")


def what_was_corrected_to_another_amount(pack: Pack) -> tuple[object, object]:
    rows = [row for row in pack.table("edit-log.csv") if row["what"] == "correction" and "amount" in row["changed"]]
    wanted = [paise(amount) for do, _, amount, _, _, _ in pack.later if do == "correct" and amount]
    return sorted(paise(row["after"]) for row in rows), sorted(wanted)


def what_was_typed_late(pack: Pack) -> tuple[object, object]:
    rows = [row["date"] for row in pack.table("edit-log.csv") if row["what"] == "late"]
    wanted = [on for do, _, _, on, _, _ in pack.later if do == "record" and YEAR[0] <= on <= YEAR[1]]
    return sorted(rows), sorted(wanted)


def was_there_cash_of_two_lakh_in_a_day(pack: Pack) -> tuple[object, object]:
    cash: dict[tuple[str, str], int] = {}
    for fact in pack.said("receipts"):
        if fact.mode == "cash" and fact.paise > 0:
            cash[fact.day, fact.party] = cash.get((fact.day, fact.party), 0) + fact.paise
    wanted = [key for key, sum_paise in cash.items() if sum_paise >= 200_000_00 and key[1] != "counter"]
    return len([row for row in pack.table("audit-cash.csv") if row["why"] == "day"]), len(wanted)


QUESTIONS: list[Callable[[Pack], tuple[object, object]]] = [
    whose_book_is_it,
    is_the_log_what_the_certificate_names,
    does_the_chain_lead_to_the_head,
    was_no_file_changed_since,
    who_signed_it,
    what_was_sold_in_the_year,
    what_was_sold_in_each_month,
    how_much_of_it_went_on_credit,
    what_came_in_by_each_mode,
    who_bought_most,
    what_goods_came_back,
    what_was_let_go,
    whose_debts_were_written_off,
    what_was_brought_forward,
    what_everybody_owes_at_the_end,
    do_debits_and_credits_agree,
    what_was_cancelled_and_why,
    what_was_corrected_to_another_amount,
    what_was_typed_late,
    was_there_cash_of_two_lakh_in_a_day,
]


def test_there_are_twenty() -> None:
    assert len(QUESTIONS) == 20


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.__name__)
def test_the_pack_answers(pack: Pack, question: Callable[[Pack], tuple[object, object]]) -> None:
    answer, wanted = question(pack)
    assert answer == wanted
    assert wanted is not None


def test_every_file_is_told_of_on_the_first_page(pack: Pack) -> None:
    page = pack.text("README.txt")
    for path in pack.folder.rglob("*"):
        name = path.relative_to(pack.folder).as_posix()
        if path.is_file() and not name.startswith(("README", "checkpoints/", "SHA256SUMS")):
            assert name in page
    assert "checkpoints/" in page
