"""What is listened to: every table there is, a fact a line, nothing that only the eye needs."""

from __future__ import annotations

import re

import pytest

from khata.i18n.messages import languages, words_for
from khata.render.line import apart, spoken
from khata.render.terminal.table import Cell, Column, Table
from tests.cli.conftest import Counter
from tests.render import rich_book

FOR_THE_EYE = re.compile(r" {2,}|[─│┌┐└┘├┤·]|\x1b|\t")


@pytest.mark.parametrize("question", rich_book.ASKED)
def test_no_answer_has_what_only_the_eye_needs(rich: Counter, question: str) -> None:
    answer = rich(*question.format(home=rich.home).split(), "--plain")
    assert answer.code in (0, 1, 2), answer.err
    for line in (answer.out + answer.err).splitlines():
        assert not FOR_THE_EYE.search(line), line
        assert line == line.strip()


def test_whom_a_row_is_about_comes_first() -> None:
    table = Table([Column("Amount", "right"), Column(""), Column("Oldest", "right"), Column("Name", names=True)])
    table.row("₹850.00", "due", Cell("22 d", aloud="22 days"), "Ramesh Kumar")
    table.row("₹20.00", "ADVANCE", "-", "Meena")
    table.total("₹850.00", "to receive · 1 customer", right="settled: 1")
    table.rule()
    table.line("one · two", "three")
    assert table.aloud().splitlines() == [
        "Ramesh Kumar: ₹850.00 due, oldest 22 days",
        "Meena: ₹20.00 ADVANCE",
        "₹850.00 to receive, 1 customer, settled: 1",
        "one, two, three",
    ]


def test_rows_without_heads_read_on() -> None:
    table = Table([Column("", "right"), Column("")])
    table.title("Gupta", "~/book.khata")
    table.row("₹450.00", "sold today")
    assert table.aloud() == "Gupta, ~/book.khata\n₹450.00 sold today\n"


def test_a_head_of_capitals_stays() -> None:
    table = Table([Column("UPI", "right"), Column("Name", names=True)])
    table.row("₹1.00", "Ramesh")
    assert table.aloud() == "Ramesh: UPI ₹1.00\n"


def test_in_a_line_the_name_comes_first_for_the_ear_and_last_for_the_eye() -> None:
    assert apart(["₹1.00 due", "entry 3"], "Ramesh", words_for("en", aloud=True)) == "Ramesh: ₹1.00 due, entry 3"
    assert apart(["₹1.00 due", "entry 3"], "Ramesh", words_for("en")) == "₹1.00 due   entry 3   Ramesh"
    assert apart(["₹1.00 due"], "", words_for("en", aloud=True)) == "₹1.00 due"
    assert spoken("  a · b   c ") == "a, b c"


@pytest.mark.parametrize("language", languages())
def test_every_entry_is_told_in_every_language(rich: Counter, language: str) -> None:
    lines = rich("log", "--json", "--lang", language).data["lines"]
    assert len({line["kind"] for line in lines}) > 10
    for line in lines:
        assert line["description"].strip()
        assert "{" not in line["description"]
        assert not re.search(r"\b(kind|moved|log|word|mode|again)\.", line["description"]), line


def test_what_an_entry_did_is_said_for_whom_and_with_what_was_typed(rich: Counter) -> None:
    told = {line["entry"]: line["description"] for line in rich("log", "--json").data["lines"]}
    assert any(re.search(r"^sale: ₹[\d,.]+ · paid: .* · on khata: ", each) for each in told.values())
    assert any("cancelled, see entry" in each for each in told.values())
    (shown,) = [told[4]]
    assert shown == rich("show", "4", "--json").data["description"]
