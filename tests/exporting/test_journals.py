"""What hledger, ledger and beancount read in a journal, and what Tally would, is what khata says, to the paisa."""

from __future__ import annotations

import re
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.exporting import charts
from khata.exporting.charts import PLACES, in_beancount, in_journal, place_of
from khata.exporting.journal import _code, _comment
from khata.exporting.jsonl import import_log
from khata.postings.base import PARTY
from khata.questions import journal as questions
from khata.questions.trial import ORDER
from khata.render.text import visible
from khata.store.sqlite.book import SqliteBook
from khata.units import Party
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.exporting.books import (
    NAMES,
    STEERS,
    WRITERS,
    Asked,
    asked,
    by_beancount,
    by_hledger,
    by_ledger,
    by_tally,
    expected,
    laid_down,
    needs_beancount,
    needs_hledger,
    needs_ledger,
    odd_book,
)
from tests.sample_shops import SHOPS, opened

GOLDEN = Path(__file__).parent.parent / "golden"

CUTS: dict[str, list[tuple[str | None, str, int, int | None]]] = {
    "odd": [
        *((None, "2026-11-22", 0, None), ("2026-11-05", "2026-11-22", 0, None), ("2026-11-06", "2026-11-12", 0, None)),
        *((None, "2026-11-22", 29, None), ("2026-11-05", "2026-11-22", 25, None), (None, "2026-11-05", 0, None)),
        *((None, "2026-11-22", 0, 3), ("2026-11-01", "2026-11-22", 0, 6), ("2026-11-20", "2026-11-22", 0, 2)),
        *((None, "2026-11-22", 0, 5), ("2027-01-01", "2026-11-22", 0, None), ("2026-11-22", "2026-11-22", 37, 9)),
    ],
    "format-3": [(None, "2027-01-05", 0, None), ("2026-11-21", "2027-01-05", 0, None), (None, "2027-01-05", 40, None)],
    "0.1.0": [(None, "2027-01-05", 0, None), ("2026-11-21", "2027-01-05", 0, 1)],
}
FOR_SAMPLES: list[tuple[str | None, str, int, int | None]] = [
    (None, "2027-03-31", 0, None),
    ("2026-10-01", "2026-11-15", 0, None),
    ("2026-09-01", "2027-03-31", 900, None),
    ("2026-09-01", "2027-03-31", 0, 2),
]


@pytest.fixture(params=["odd", "format-3", "0.1.0", *SHOPS], scope="module")
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Cache]]:
    """A book's views: a small odd one, those of the formats, and the sample shops."""
    name, to = str(request.param), tmp_path_factory.mktemp("book")
    if name == "odd":
        yield name, odd_book().books.cache
    elif name in SHOPS:
        yield name, opened(name, to).cache
    else:
        import_log(GOLDEN / name / "book.jsonl", to / "shop.khata")
        cache = Cache(to / "views")
        catch_up(SqliteBook(to / "shop.khata"), cache)
        yield name, cache


@pytest.fixture
def extracts(book: tuple[str, Cache]) -> list[Asked]:
    name, cache = book
    return [asked(cache, *cut) for cut in CUTS.get(name, FOR_SAMPLES)]


def spelt(of: Asked) -> dict[str, tuple[str, int | None]]:
    """Which account of a journal is which: what no other customer's name comes near to is written as it is."""
    found: dict[str, tuple[str, int | None]] = {f"{place.kind}:{place.name}": (a, None) for a, place in PLACES.items()}
    seen: set[str] = set()
    for party, name in of.book.known.items():
        plain = re.sub(r'[:;|"{}\[\]]', "-", " ".join((name or f"@{party}").split()))
        plain += f" @{party}" if plain.casefold() in seen else ""
        seen.add(plain.casefold())
        found[f"assets:khata:{plain}"] = (PARTY, party)
    return found


def for_one(of: Asked, sums: dict[tuple[str, int | None], int]) -> dict[tuple[str, int | None], int]:
    """Of one customer's extract only his own account is whole."""
    return sums if of.wanted.party is None else {key: each for key, each in sums.items() if key[0] == PARTY}


@needs_hledger
def test_hledger_reads_every_balance(extracts: list[Asked], tmp_path: Path) -> None:
    for number, each in enumerate(extracts):
        path = laid_down(tmp_path / f"{number}.journal", WRITERS["journal"](each))
        names = spelt(each)
        assert for_one(each, {names[name]: paise for name, paise in by_hledger(path).items()}) == expected(each)


@needs_ledger
def test_ledger_reads_every_balance(extracts: list[Asked], tmp_path: Path) -> None:
    for number, each in enumerate(extracts):
        path = laid_down(tmp_path / f"{number}.ledger", WRITERS["journal"](each))
        names = spelt(each)
        assert for_one(each, {names[name]: paise for name, paise in by_ledger(path).items()}) == expected(each)


@needs_beancount
def test_beancount_reads_every_balance(extracts: list[Asked], tmp_path: Path) -> None:
    shop = {f"{place.kind}:{place.name}": account for account, place in PLACES.items()}
    for number, each in enumerate(extracts):
        path = laid_down(tmp_path / f"{number}.beancount", WRITERS["beancount"](each))
        found: dict[tuple[str, int | None], int] = {}
        for name, (paise, party) in by_beancount(path).items():
            found[(PARTY, party) if party else (shop[name.lower().replace("-", " ")], None)] = paise
        assert for_one(each, found) == expected(each)


@pytest.mark.wide
def test_tally_would_come_to_every_balance(extracts: list[Asked]) -> None:
    shop = {place.ledger: account for account, place in PLACES.items() if place.ledger}
    for each in extracts:
        root = ET.fromstring("\n".join(WRITERS["tally"](each)).encode())  # noqa: S314 - what we have just written
        told = charts.spelt_apart(each.book.known, charts.in_tally, charts.at_number, taken=charts.RESERVED_LEDGERS)
        people = {name: party for party, name in told.items()}
        found: dict[tuple[str, int | None], int] = {}
        for name, paise in by_tally(root).items():
            found[(PARTY, people[name]) if name in people else (shop[name], None)] = paise
        assert for_one(each, found) == expected(each)


@pytest.fixture(scope="module")
def odd() -> Asked:
    return asked(odd_book().books.cache, None, "2026-11-22", 0)


def test_every_entry_stands_there_once_the_cancelled_too(odd: Asked) -> None:
    text = "\n".join(WRITERS["journal"](odd))
    entries = re.findall(r"^    ; entry: (\d+)$", text, re.MULTILINE)
    assert sorted(map(int, entries)) == [*range(3, 23, 2), *range(22, 31), *range(32, 41)]
    assert "\n2026-11-22 (B-1-) sale 26\n    ; entry: 26\n    ; note: x' 2026-01-01 fake a.b INR 9 , " in text
    assert "\n2026-11-22 reverse 29, cancels 26\n    ; entry: 29\n    ; reverses: 26\n" in text
    assert "\n    ; entry: 30\n    ; corrects: 26\n" in text


def test_a_note_stays_on_its_line_and_steers_nothing(odd: Asked) -> None:
    for form, lines in ((form, list(write(odd))) for form, write in WRITERS.items()):
        steered = [line for line in "\n".join(lines).split("\n") if "fake" in line]
        assert len(steered) == 2, form  # the sale and what was put in its place
        for line in steered:
            assert line.isprintable(), form
            assert re.match(r'    ; note: |  note: "|      <NARRATION>', line), form
    assert _comment(STEERS) == _comment(_comment(STEERS))
    assert not set('[]{};|":') & set(_comment(STEERS))


@needs_hledger
def test_hledger_finds_no_other_tags_and_no_other_days(odd: Asked, tmp_path: Path) -> None:
    path = laid_down(tmp_path / "x.journal", WRITERS["journal"](odd))
    said = subprocess.run(["hledger", "-f", path, "tags"], capture_output=True, text=True, check=True)
    assert set(said.stdout.split()) == {"corrects", "entry", "note", "reverses"}
    said = subprocess.run(["hledger", "-f", path, "print"], capture_output=True, text=True, check=True)
    days = re.findall(r"^(\d{4}-\d\d-\d\d)", said.stdout, re.MULTILINE)
    assert days == [str(each.on) for each in odd.book.transactions()]


def test_two_that_would_be_one_are_told_apart_and_the_forgotten_has_a_number(odd: Asked) -> None:
    accounts = [line.removeprefix("account ") for line in WRITERS["journal"](odd) if line.startswith("account ")]
    assert [each.removeprefix("assets:khata:") for each in accounts if each.startswith("assets:khata:")] == sorted(
        ["A/B- Traders", "A/B- Traders @2", "रमेश कुमार", "Gupta- -Tea- -x-", "@5", "Sales", "సీతమ్మ", "a & b", "(Old) *"]
    )
    ledgers = ET.fromstring("\n".join(WRITERS["tally"](odd)).encode()).iter("LEDGER")  # noqa: S314 - ours
    debtors = [each.findtext("NAME") for each in ledgers if each.findtext("PARENT") == "Sundry Debtors"]
    assert debtors == [NAMES[1], NAMES[2], NAMES[3], NAMES[4], "@5", "Sales @7", NAMES[8], NAMES[9], NAMES[10]]


def test_names_are_the_same_in_every_extract(odd: Asked) -> None:
    """Whoever imports November after October finds the same accounts."""
    one = asked(odd.cache, "2026-11-20", "2026-11-22", 0, 2)
    assert any("assets:khata:A/B- Traders @2  " in line for line in WRITERS["journal"](one))
    assert not any("assets:khata:A/B- Traders  " in line for line in WRITERS["journal"](one))


def test_a_period_begins_with_what_there_was_before(odd: Asked) -> None:
    of = asked(odd.cache, "2026-11-06", "2026-11-22", 0)
    lines = list(WRITERS["journal"](of))
    at = lines.index("2026-11-05 opening balances")
    brought = lines[at + 1 : lines.index("", at)]
    assert [" ".join(each.split()) for each in brought[:2]] == [
        "assets:khata:A/B- Traders INR 900.00",
        "assets:khata:रमेश कुमार INR 200.00",
    ]
    assert not [line for line in lines if line.startswith("2026-") and line < "2026-11-05"]


def test_a_customers_extract_has_his_entries_only_and_both_khatas_of_one_person(odd: Asked) -> None:
    for number in (3, 6):
        lines = list(WRITERS["beancount"](asked(odd.cache, None, "2026-11-22", 0, number)))
        assert [line for line in lines if line.startswith("  entry: ")] == [
            f"  entry: {entry}" for entry in (7, 13, 28, 26, 29, 30)
        ]


def test_an_empty_extract_can_be_read(odd: Asked) -> None:
    of = asked(odd.cache, None, "2026-01-01", 0)
    assert "commodity INR" in list(WRITERS["journal"](of))
    assert by_tally(ET.fromstring("\n".join(WRITERS["tally"](of)).encode())) == {}  # noqa: S314 - ours


def test_the_vouchers_of_tally_have_the_kinds_that_take_money(odd: Asked) -> None:
    root = ET.fromstring("\n".join(WRITERS["tally"](odd)).encode())  # noqa: S314 - ours
    kinds = {
        int(each.findtext("VOUCHERNUMBER") or 0): each.findtext("VOUCHERTYPENAME") for each in root.iter("VOUCHER")
    }
    assert {kinds[number] for number in (3, 26, 27, 30, 32)} == {"Sales"}
    assert (kinds[29], kinds[33], kinds[37], kinds[39]) == ("Credit Note", "Receipt", "Payment", "Payment")
    assert {kinds[number] for number in (24, 25, 34, 35, 36)} == {"Journal"}
    assert not kinds.keys() & {22, 23}  # an opening that stands is what a ledger begins with
    for voucher in root.iter("VOUCHER"):
        assert voucher.get("VCHTYPE") == voucher.findtext("VOUCHERTYPENAME")
        assert re.fullmatch(r"\d{8}", voucher.findtext("DATE") or "")


def test_every_account_of_the_trial_balance_has_its_place() -> None:
    assert set(ORDER) == set(PLACES)
    assert len({(place.kind, place.name) for place in PLACES.values()}) == len(PLACES)
    assert place_of("new_thing").name == "new thing"


@given(st.dictionaries(st.integers(1, 30).map(Party), st.none() | st.text(st.sampled_from("aAB@ -:;2"), max_size=6)))
def test_no_two_customers_are_ever_one_account(people: dict[Party, str | None]) -> None:
    for spell, number, beside in (
        (in_journal, charts.at_number, " "),
        (in_beancount, charts.beancount_number, "-"),
        (charts.in_tally, charts.at_number, " "),
    ):
        said = list(charts.spelt_apart(people, spell, number, beside).values())
        assert len({each.casefold() for each in said}) == len(people)
        assert all(said)


@given(st.text())
def test_a_name_can_always_be_a_component_of_beancount(name: str) -> None:
    said = in_beancount(name)
    assert "--" not in said
    assert not said or re.fullmatch(r"\w(\w|-)*", said)
    assert not said or said[0].isdecimal() or said[0].isupper()


@given(st.text())
def test_no_name_ends_an_account_or_begins_a_comment(name: str) -> None:
    said = in_journal(name)
    assert said == said.strip()
    assert said == visible(said)
    assert "  " not in said
    assert not set(':;|"{}[]') & set(said)


@needs_hledger
@needs_ledger
def test_every_sign_in_a_name_a_note_and_a_reference_is_read_as_text(tmp_path: Path) -> None:
    signs, names = string.punctuation, list[str]()
    for sign in signs:
        for pattern in ("A{}B", "A {}B", "A{} B", "{}A", "({}", "A {0}{0} B"):
            names += [name] if (name := in_journal(pattern.format(sign))) and name not in names else []
    lines = ["commodity INR", "account income:sales", "tag note", *(f"account assets:khata:{name}" for name in names)]
    for number, name in enumerate(names):
        sign = signs[number % len(signs)]
        lines += [
            "",
            f"2026-01-01 ({_code(f'R{sign}x')}) sale {number}",
            f"    ; note: {_comment(f'{sign} x{sign}:: 1')}",
        ]
        lines += [f"    assets:khata:{name}  INR {number + 1}.00", f"    income:sales  INR -{number + 1}.00"]
    wanted = {f"assets:khata:{name}": 100 * number for number, name in enumerate(names, start=1)}
    path = laid_down(tmp_path / "signs.journal", lines)
    assert by_hledger(path).items() >= wanted.items()
    assert by_ledger(path).items() >= wanted.items()


def test_a_journal_is_written_as_it_is_read(odd: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million entries need no more room than one: nothing is asked for before it is written."""
    read, written = [], 0
    real = questions.money_entries
    monkeypatch.setattr(
        "khata.exporting.transactions.money_entries",
        lambda views, wanted: (read.append(1) or row for row in real(views, wanted)),  # type: ignore[func-returns-value]
    )
    for line in WRITERS["journal"](odd):
        written += line.startswith("    ; entry: ")
        assert len(read) <= written + 1
    assert written == len(read) == 28
