"""What becomes of a table as its terminal grows narrower, step by step."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.render.terminal.console import make_console
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import folded, hung, width, wrapped


def drawn(table: Table, columns: int) -> list[str]:
    return ["".join(piece.text for piece in line).rstrip() for line in table.lines(columns, moves=True)]


def of_amounts(*, name: str = "Ramesh Kumar", note: str = "") -> Table:
    table = Table(
        [
            Column("Entry", "right"),
            Column("Up to 30 days", "right", 16),
            Column("Paid back", "right", 16),
            Column("Last paid", "right", yields=1),
            Column("Name", names=True),
        ]
    )
    table.row("7", "₹12,34,567.00", "", "22 Nov 2026", f"{name} · {note}" if note else name)
    table.total("", "₹12,34,567.00", "", "", "1 customer")
    return table


def test_columns_that_are_empty_go_only_where_the_room_is_needed() -> None:
    assert drawn(of_amounts(), 80)[0] == "Entry     Up to 30 days         Paid back    Last paid  Name"
    assert drawn(of_amounts(), 64)[0] == "Entry     Up to 30 days    Last paid  Name"


def test_least_widths_shrink_before_heads_fold() -> None:
    assert drawn(of_amounts(), 48)[0] == "Entry  Up to 30 days    Last paid  Name"


def test_heads_fold_above_their_columns() -> None:
    table = Table([Column("Amount that is due", "right"), Column("Name")])
    table.row("₹450.00", "Ramesh")
    assert drawn(table, 20) == [" Amount", "that is", "    due  Name", "₹450.00  Ramesh"]


def test_what_yields_goes_beneath_its_row_behind_its_head() -> None:
    assert drawn(of_amounts(name="Ramesh Chandra Kumar"), 44) == [
        "Entry  Up to 30 days  Name",
        "    7  ₹12,34,567.00  Ramesh Chandra Kumar",
        "    Last paid: 22 Nov 2026",
        "       ₹12,34,567.00  1 customer",
    ]


def test_a_last_column_without_room_gets_a_line_of_its_own() -> None:
    table = Table([Column("Entry", "right"), Column("Given", "right"), Column("Balance", "right"), Column("What")])
    table.row("7", "₹12,34,567.00", "₹12,34,567.00", "rice, five kilos, and oil")
    table.total("", "₹12,34,567.00", "", "in all")
    assert drawn(table, 44) == [
        "Entry          Given        Balance",
        "    What",
        "    7  ₹12,34,567.00  ₹12,34,567.00",
        "    rice, five kilos, and oil",
        "       ₹12,34,567.00",
        "    in all",
    ]


def test_the_label_of_a_sum_stands_before_it_where_there_is_room() -> None:
    table = Table([Column("Entry", "right", 30), Column("Given", "right"), Column("What")])
    table.row("entry number 7 of the whole book", "₹450.00", "rice, five kilos, and oil of mustard")
    table.total("", "₹450.00", "in all")
    assert drawn(table, 50)[-1] == "    in all                        ₹450.00"


def test_a_side_goes_with_the_amount_before_it() -> None:
    table = Table([Column("Now", "right"), Column("Then", "right"), Column(""), Column("Name", names=True)])
    table.row("₹12,34,567.00", "₹12,34,567.00", "Dr", "Ramesh Kumar Shrivastava")
    assert drawn(table, 30)[2:] == ["₹12,34,567.00", "    Ramesh Kumar Shrivastava ·", "    Then: ₹12,34,567.00 Dr"][:3]


@pytest.mark.parametrize("columns", [19, 20, 24, 30])
def test_rather_than_half_an_amount_its_side_goes_beneath(columns: int) -> None:
    table = Table([Column("Amount", "right", 14), Column(""), Column("Name", names=True)])
    table.row("₹87,65,44,23,859.77", "due", "Ramesh Kumar Shrivastava")
    said = drawn(table, columns)
    assert any("₹87,65,44,23,859.77" in line for line in said)
    assert any("due" in line for line in said)


def test_a_long_note_goes_on_beneath_its_row_and_the_name_stays_in_its_column() -> None:
    lines = drawn(of_amounts(note="rice and oil and flour and sugar and salt and tea " * 4), 80)
    assert lines[1].endswith("Ramesh Kumar ·")
    assert lines[2].startswith("       rice and oil")
    assert max(map(width, lines)) <= 80


def test_a_word_is_parted_only_if_no_line_holds_it() -> None:
    table = Table([Column("", "right"), Column("")])
    table.row("hash", "f" * 38)
    assert "f" * 38 in drawn(table, 40)[-1]
    table.row("hash", "e" * 50)
    assert not any("e" * 50 in line for line in drawn(table, 40))


def test_titles_right_texts_and_rules_fit_too() -> None:
    table = Table([Column("A", "right", 30), Column("B", "right", 30)])
    table.title("Sharma Kirana Store · who owes what · as on 22 Nov 2026", "a/path/" * 12)
    table.row("₹1.00", "₹2.00", right="and what else is to be said of it at the edge of the terminal")
    table.rule()
    assert drawn(table, 30)[:2] == ["Sharma Kirana Store ·", "who owes what ·"]
    assert max(map(width, drawn(table, 30))) <= 30


SAID = st.text(st.sampled_from("aZ कीिाः்ு\u094d\u200d₹1,店م·-"), max_size=40)


@given(
    st.lists(
        st.tuples(SAID, st.sampled_from(["left", "right"]), st.integers(0, 20), st.integers(-1, 2)),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.lists(SAID, max_size=8), max_size=4),
    SAID,
    st.integers(20, 130),
)
def test_no_line_is_ever_wider_than_the_terminal(
    columns: list[tuple[str, str, int, int]], rows: list[list[str]], other: str, terminal: int
) -> None:
    table = Table([Column(head, align, least, yields) for head, align, least, yields in columns])  # type: ignore[arg-type]
    table.title(other, other)
    for row in rows:
        table.row(*row[: len(columns)], right=other)
    table.rule()
    table.line(other, other)
    assert all(width(line) <= terminal for line in drawn(table, terminal))


def test_a_terminal_of_many_rows_takes_no_longer_for_each_of_them() -> None:
    def seconds(rows: int) -> float:
        table = Table([Column("Entry", "right"), Column("Amount", "right", 12), Column("Name")])
        for number in range(rows):
            table.row(str(number), "₹12,34,567.00", f"रमेश कुमार {number} · a note of several words that is folded")
        best = 9.0
        for _ in range(3):
            begun = time.process_time()
            for _line in table.lines(50, moves=True):
                pass
            best = min(best, time.process_time() - begun)
        return best

    assert seconds(2_000) < 8 * seconds(250) * 2.5


def test_a_part_is_not_broken_that_has_a_line_of_its_own() -> None:
    assert folded("Ramesh Kumar · his brother pays", 20, 20) == ["Ramesh Kumar ·", "his brother pays"]
    assert folded("one two three four ·", 18, 18) == ["one two three", "four ·"]


def test_a_line_hangs_behind_its_gap_and_a_row_of_columns_breaks_at_gaps() -> None:
    assert hung("sale    Goods went out, on the khata", 22) == [
        "sale    Goods went",
        "        out, on the",
        "        khata",
    ]
    assert hung("khata sale   khata undo   khata balance", 25) == ["khata sale   khata undo", "khata balance"]


def test_a_sentence_keeps_its_paths_whole_and_the_blank_behind_a_question() -> None:
    path = "/home/asha/Khata/sharma-kirana-store.khata"
    assert wrapped(f"It is in {path} now", 20) == f"It is in\n{path}\nnow"
    assert wrapped("Is that right, and shall it be recorded? [y/N] ", 30).endswith("[y/N] ")
    assert wrapped("ക്ഷേത്രന്\u200d", 30).endswith("\u200d\u200e")  # else tmux swallows the letter after it


@pytest.mark.parametrize("style", ["red", "green"])
def test_a_style_survives_beneath_a_row(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    table = Table([Column("A", "right"), Column("B", "right"), Column("Name")])
    table.row("₹12,34,567.00", Cell("₹12,34,567.00", style), "Ramesh Kumar")
    file = io.StringIO()
    table.print(make_console(file, terminal=True, width=20))
    assert f"\x1b[{31 if style == 'red' else 32}mB: ₹12,34,567.00" in file.getvalue()
