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


def test_rows_without_heads_read_on_after_a_figure_and_of_all_else_the_end_is_heard() -> None:
    table = Table([Column("", "right"), Column("")])
    table.title("Gupta", "~/book.khata")
    table.row("₹450.00", "sold today")
    table.row("3", "cancellations")
    table.row("khata undo", "Cancel your last entry")
    table.row("--over DAYS", "Only older dues")
    assert table.aloud() == (
        "Gupta, ~/book.khata\n₹450.00 sold today\n3 cancellations\n"
        "khata undo: Cancel your last entry\n--over DAYS: Only older dues\n"
    )


def test_of_several_sums_each_says_what_it_is() -> None:
    table = Table([Column("Then", "right"), Column(""), Column("Now", "right"), Column(""), Column("Who", names=True)])
    table.row("₹850.00", "Dr", "₹0.00", "", "Ramesh Kumar")
    assert table.aloud() == "Ramesh Kumar: then ₹850.00 Dr, now ₹0.00\n"


def test_the_number_of_a_row_is_heard_before_those_that_are_remarked_of_it() -> None:
    table = Table([Column("Entry", "right"), Column("Given", "right"), Column("How"), Column("Name", names=True)])
    table.row("8", "", "", "Ramesh Kumar · ₹300.00 · cancelled, see entry 9")
    assert table.aloud() == "Ramesh Kumar: entry 8, ₹300.00, cancelled, see entry 9\n"


def test_a_sum_says_first_what_it_is_the_sum_of() -> None:
    heads = [Column("Entry", "right"), Column("Given", "right"), Column("Received", "right"), Column("How")]
    table = Table([*heads, Column("Name", names=True)])
    table.row("", "₹80.00", "", "sales")
    table.row("", "", "₹30.00", "money in: cash")
    table.row("", "₹80.00", "₹30.00", "₹50.00  more on the khata than before")
    assert table.aloud().splitlines() == [
        "sales: given ₹80.00",
        "money in: cash, received ₹30.00",
        "given ₹80.00, received ₹30.00, ₹50.00 more on the khata than before",
    ]


def test_where_all_is_about_one_the_first_column_leads_and_a_number_says_of_what() -> None:
    table = Table([Column("Date", "right"), Column("Balance", "right"), Column("What", tells=True)])
    table.row("22 Nov", "ADVANCE ₹200.00", "cash")
    assert table.aloud() == "22 Nov: ADVANCE ₹200.00, cash\n"
    table = Table([Column("Row", "right"), Column("Value")])
    table.row("5, 6", "B2")
    assert table.aloud() == "Row 5, 6: value B2\n"


def test_facts_stand_between_the_commas_of_the_language(rich: Counter) -> None:
    said = rich("statement", "@1", "--plain", "--lang", "ur").out
    assert "، " in said
    assert ", " not in said.replace("Ramesh Kumar, ", "")


def test_help_is_read_aloud_too(rich: Counter, capsys: pytest.CaptureFixture[str]) -> None:
    rich("dues", "--help", "--plain")
    said = capsys.readouterr().out
    assert "--over DAYS: Only customers with an oldest due of more than so many days. Default: 0\n" in said


def test_a_head_of_capitals_stays() -> None:
    table = Table([Column("UPI", "right"), Column("Name", names=True)])
    table.row("₹1.00", "Ramesh")
    assert table.aloud() == "Ramesh: UPI ₹1.00\n"


def test_in_a_line_the_name_comes_first_for_the_ear_and_last_for_the_eye() -> None:
    assert apart(["₹1.00 due", "entry 3"], "Ramesh", words_for("en", aloud=True)) == "Ramesh: ₹1.00 due, entry 3"
    assert apart(["₹1.00 due", "entry 3"], "Ramesh", words_for("en")) == "₹1.00 due   entry 3   Ramesh"
    assert apart(["₹1.00 due"], "", words_for("en", aloud=True)) == "₹1.00 due"
    assert spoken("  a · b   c  d:   e ") == "a, b, c d: e"


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
