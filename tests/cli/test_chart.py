"""Charts: sales, what came in and what was due by month; what is due by age; as bars, as data, as a picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from khata.cli.env import Streams
from khata.i18n.messages import languages
from khata.render.bar import FULL, PARTS
from khata.render.text import width
from tests.cli.batches import send
from tests.cli.conftest import Counter, like

CODE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\u200e")
SVG = "{http://www.w3.org/2000/svg}"
TAGS = ("svg", "title", "desc", "style", "rect", "text", "tspan")
WIDTHS = (40, 60, 80, 120)

YEAR = (
    "sale Ramesh 1000 --new --on 5-9-2026",
    "receive Ramesh 400 --on 20-9-2026",
    "sale Sita 200 --new --paid 50:upi --on 30-9-2026",
    "receive Sita 500 --on 1-11-2026",
    "refund Sita 100 --on 2-11-2026",
    "sale Ramesh 2000 --on 20-11-2026",
)
"""Ramesh owes 600 from September and 2,000 from November; Sita owes 150 in October and has an advance since."""


@pytest.fixture
def shop(khata: Counter) -> Counter:
    """A counter with a book in which nothing stands yet; it is 22 November 2026."""
    assert khata("init", "Sharma Kirana Store").code == 0
    return khata


@pytest.fixture(scope="module")
def made_traded(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """A counter with a book of three months, in the middle one of which nothing happened."""
    made = Counter(tmp_path_factory.mktemp("made"))
    assert made("init", "Sharma Kirana Store").code == 0
    sent = send(made, *YEAR)
    assert not sent.codes, sent.answers
    return made


@pytest.fixture
def traded(made_traded: Counter, tmp_path: Path) -> Counter:
    """A copy of it."""
    return like(made_traded, tmp_path)


def months(shop: Counter, *words: str) -> list[tuple[Any, ...]]:
    return [
        (each["month"], each["sales_paise"], each["received_paise"], each["due_paise"])
        for each in shop("chart", "trend", *words, "--json").data["months"]
    ]


def bars(line: str) -> list[str]:
    return [word for word in line.split() if set(word) <= {FULL, *PARTS}]


def shown(shop: Counter, columns: int, which: str, *words: str) -> list[str]:
    """The lines of a chart on a terminal of so many columns, without colours and moves of the cursor."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Streams, "size", lambda *_: (columns, 60))
        answer = shop("chart", which, *words, "--no-pager", terminal=True)
    assert answer.code == 0
    return CODE.sub("", answer.out).splitlines()


# What is on them


def test_given_a_book_of_three_months_each_is_told_and_no_month_before_it(traded: Counter) -> None:
    assert months(traded) == [
        ("2026-09", 120000, 45000, 75000),
        ("2026-10", 0, 0, 75000),
        ("2026-11", 200000, 40000, 260000),
    ]


def test_given_more_than_a_year_the_last_twelve_months_are_told(shop: Counter) -> None:
    send(shop, "opening Ramesh 100 --new --on 31-3-2024", "sale Ramesh 10 --on 30-11-2025")
    found = months(shop)
    assert (len(found), found[0], found[-1]) == (12, ("2025-12", 0, 0, 11000), ("2026-11", 0, 0, 11000))


def test_given_a_period_its_months_are_told_up_to_the_day_that_is_asked_about(traded: Counter) -> None:
    assert [month for month, *_ in months(traded, "--period", "Q2 FY2026-27")] == ["2026-07", "2026-08", "2026-09"]
    data = traded("chart", "trend", "--as-on", "10-9-2026", "--json").data
    assert (data["from"], data["to"]) == ("2026-09-01", "2026-09-10")
    assert data["months"] == [
        {"month": "2026-09", "due_on": "2026-09-10", "sales_paise": 100000, "received_paise": 0, "due_paise": 100000}
    ]


def test_given_an_entry_up_to_which_the_book_was_known_later_ones_do_not_count(traded: Counter) -> None:
    known = traded("log", "--json").data["lines"][1]["entry"]
    before = months(traded, "--known-at", str(known + 1))
    send(traded, "sale Ramesh 70 --on 6-9-2026")
    assert months(traded, "--known-at", str(known + 1)) == before


def test_what_is_due_is_what_dues_says_for_that_day(traded: Counter) -> None:
    for month in traded("chart", "trend", "--json").data["months"]:
        rows = traded("dues", "--as-on", month["due_on"], "--json").data["parties"]
        assert month["due_paise"] == sum(row["balance_paise"] for row in rows)


def test_given_dues_of_several_ages_each_says_how_much_and_of_how_many(traded: Counter) -> None:
    send(traded, "sale Gopal 300 --new --on 22-10-2026", "sale Sita 50 --on 22-11-2026")
    data = traded("chart", "dues", "--json").data
    assert [(each["from_days"], each["upto_days"], each["due_paise"], each["customers"]) for each in data["ages"]] == [
        (0, 30, 200000, 1),
        (31, 60, 30000, 1),
        (61, 90, 60000, 1),
        (91, None, 0, 0),
    ]
    assert (data["due_paise"], data["customers"]) == (290000, 2)


def test_given_an_age_of_which_nothing_is_due_nobody_is_counted(traded: Counter) -> None:
    lines = [line.split(maxsplit=1)[1] for line in traded("chart", "dues").out.splitlines() if "₹0.00" in line]
    assert lines == ["31–60 days", "90+ days"]


def test_given_an_empty_book_there_is_this_month_and_nothing_is_due(shop: Counter) -> None:
    assert months(shop) == [("2026-11", 0, 0, 0)]
    data = shop("chart", "dues", "--json").data
    assert (data["due_paise"], data["customers"], len(data["ages"])) == (0, 0, 4)
    for which in ("trend", "dues"):
        assert bars(" ".join(shown(shop, 80, which))) == []
        assert shop("chart", which, "--format", "svg").code == 0


# Bars


def test_given_a_wide_terminal_a_month_is_a_line_with_three_bars(traded: Counter) -> None:
    lines = shown(traded, 80, "trend")
    assert [line.split()[-2:] for line in lines[2:5]] == [
        ["September", "2026"],
        ["October", "2026"],
        ["November", "2026"],
    ]
    assert [len(bars(line)) for line in lines[2:5]] == [3, 1, 3]


def test_given_a_narrow_one_each_figure_has_its_own_lines(traded: Counter) -> None:
    lines = shown(traded, 50, "trend")
    assert [line for line in lines if line in ("Sales", "In", "Due")] == ["Sales", "In", "Due"]
    assert sum(len(bars(line)) for line in lines) == 7


def test_names_stand_behind_their_bars_and_only_where_there_is_no_room_for_a_bar_beneath(traded: Counter) -> None:
    for columns in (44, 60):
        assert [each.split()[-4:] for each in shown(traded, columns, "dues") if bars(each)] == [
            ["days", "·", "1", "customer"]
        ] * 2
        stacked = [line for line in shown(traded, columns - 10, "trend") if bars(line)]
        assert {line.split()[-1] for line in stacked} == {"2026"}
    lines = shown(traded, 36, "dues")
    (at,) = [place for place, line in enumerate(lines) if "₹2,000.00" in line]
    assert lines[at : at + 2] == [f"₹2,000.00  {FULL * 25}", "    to 30 days · 1 customer"]


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_largest_amount_of_the_chart_takes_the_longest_bar(traded: Counter, columns: int) -> None:
    for which, most in (("trend", "₹2,600.00"), ("dues", "₹2,000.00")):
        lines = shown(traded, columns, which)
        found = {line: max(map(width, bars(line))) for line in lines if bars(line)}
        largest = max(found, key=lambda line: found[line])
        assert most in largest
        assert found[largest] >= 5


def test_given_more_given_back_than_came_the_month_has_a_minus_and_no_bar(shop: Counter) -> None:
    send(shop, "receive Sita 500 --new --on 1-10-2026", "refund Sita 100 --on 2-11-2026")
    line = next(each for each in shown(shop, 80, "trend") if "November" in each)
    assert "-₹100.00" in line
    assert bars(line) == []


@pytest.mark.parametrize("language", languages())
def test_no_line_is_wider_than_the_terminal_and_no_bar_is_broken(traded: Counter, language: str) -> None:
    sent = send(traded, "sale Gopal 9000000 --new --on 3-11-2026", "receive Gopal 4000000 --on 4-11-2026")
    assert not sent.codes
    for columns in WIDTHS:
        for which, count in (("trend", 7), ("dues", 2)):
            lines = shown(traded, columns, which, "--lang", language)
            assert max(map(width, lines)) <= columns, lines
            assert sum(len(bars(line)) for line in lines) == count, lines


def test_by_ear_there_are_no_bars_and_a_month_is_a_line(traded: Counter) -> None:
    lines = traded("chart", "trend", "--plain").out.splitlines()
    assert lines[1] == "September 2026: sales ₹1,200.00, in ₹450.00, due ₹750.00"
    assert lines[4] == "in all: sales ₹3,200.00, in ₹850.00"
    assert "to 30 days: ₹2,000.00, 1 customer" in traded("chart", "dues", "--plain").out
    assert bars("\n".join(lines)) == []


# The picture


def drawn(shop: Counter, *words: str) -> ET.Element:
    answer = shop("chart", *words, "--format", "svg")
    assert answer.code == 0, answer.err
    return ET.fromstring(answer.out)  # noqa: S314 - what we wrote ourselves


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("which", ["trend", "dues"])
def test_a_picture_loads_nothing_and_is_told_to_who_listens(traded: Counter, which: str, language: str) -> None:
    root = drawn(traded, which, "--lang", language)
    assert root.get("lang") == language
    named = {each.get("id"): each.text for each in root if each.get("id")}
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    plain = traded("chart", which, "--plain", "--lang", language).out
    assert named["desc"] == plain
    assert {each.tag for each in root.iter()} <= {SVG + tag for tag in TAGS}
    text = ET.tostring(root, encoding="unicode")
    assert "url(" not in text
    assert "href" not in text
    assert "prefers-color-scheme: dark" in text


def test_each_bar_has_its_amount_beside_it_and_is_as_long_as_that_is_large(traded: Counter) -> None:
    root = drawn(traded, "trend")
    texts = [each for each in root.iter(f"{SVG}text") if (each.text or "").startswith("₹")]
    found = {}
    for rect in root.iter(f"{SVG}rect"):
        if rect.get("class") is None:
            continue
        end = float(rect.get("x", "")) + float(rect.get("width", ""))
        (beside,) = [
            t for t in texts if t.get("x") == f"{end + 8:g}" and int(t.get("y", "")) == int(rect.get("y", "")) + 12
        ]
        found[beside.text] = float(rect.get("width", ""))
    assert found == pytest.approx(
        {
            "₹1,200.00": 150 * 1200 / 2600,
            "₹450.00": 150 * 450 / 2600,
            "₹750.00": 150 * 750 / 2600,
            "₹2,000.00": 150 * 2000 / 2600,
            "₹400.00": 150 * 400 / 2600,
            "₹2,600.00": 150,
        },
        abs=0.06,
    )


def test_given_a_shop_called_like_code_it_stands_as_text(khata: Counter) -> None:
    khata("init", "<script>alert(1)</script> & Sons")
    root = drawn(khata, "dues")
    assert "<script>alert(1)</script> & Sons" in (root.findtext(f"{SVG}title") or "")


def test_given_a_file_that_ends_in_svg_the_picture_is_in_it(traded: Counter) -> None:
    for which in ("trend", "dues"):
        path = traded.home / f"{which}.svg"
        assert traded("chart", which, "-o", str(path)).code == 0
        assert path.read_text(encoding="utf-8") == traded("chart", which, "--format", "svg").out
        again = traded("chart", which, "-o", str(path), "--json")
        assert again.code != 0  # never over a file that is there


def test_given_another_ending_the_endings_are_named(traded: Counter) -> None:
    answer = traded("chart", "trend", "-o", str(traded.home / "year.png"), "--json")
    assert answer.refused == "unknown_format"
    assert answer.envelope["refused"]["facts"]["known"] == [".txt", ".json", ".svg"]


def test_given_a_file_of_text_it_has_what_a_pipe_has_also_from_a_terminal(traded: Counter) -> None:
    path = traded.home / "year.txt"
    assert traded("chart", "trend", "-o", str(path), terminal=True).code == 0
    assert path.read_text(encoding="utf-8") == traded("chart", "trend").out


def test_given_a_language_from_right_to_left_names_end_before_the_bars_and_days_are_not_turned(traded: Counter) -> None:
    for language, anchor in (("ur", "start"), ("hi", "end")):
        root = drawn(traded, "trend", "--lang", language)
        first = min(float(each.get("x", "")) for each in root.iter(f"{SVG}rect") if each.get("class"))
        names = [each for each in root.iter(f"{SVG}text") if each.get("x") == f"{first - 8:g}"]
        assert len(names) == 5
        assert {(each.get("text-anchor"), each.get("direction")) for each in names} == {
            (anchor, "rtl" if language == "ur" else None)
        }
    spans = list(drawn(traded, "trend", "--lang", "ur").iter(f"{SVG}tspan"))
    assert [each.text for each in spans] == ["1-09", "22-11-2026"]
    assert {(each.get("direction"), each.get("unicode-bidi")) for each in spans} == {("ltr", "isolate")}
