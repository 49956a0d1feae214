"""The layout, read from what is printed: in a pipe by our own widths, on a terminal by obeying the cursor moves."""

import io
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.i18n.messages import words_for
from khata.i18n.money import rupees
from khata.render.terminal.console import make_console
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import width

NAMES = ["Ramesh", "सीता देवी", "क\u094d\u200dषमा", "சுரேஷ் குமார்", "শ্রী দেবাশীষ", "ക്ഷേത്രന്\u200d കട", "محمد علی", "店 😀"]
MOVE = re.compile(r"\x1b\[(\d+)G")
CODES = re.compile(r"\x1b\[[\d;]*[mG]")


def names_in_the_middle(names: list[str]) -> Table:
    """A table with Hindi heads whose names stand, against all advice, between two columns of amounts."""
    words = words_for("hi", strict=True)
    heads = [words.say(f"head.{head}") for head in ("amount", "name", "balance", "what")]
    table = Table([Column(heads[0], "right", 12), Column(heads[1]), Column(heads[2], "right", 12), Column(heads[3])])
    for number, name in enumerate(names):
        table.row(rupees(45000 * 10**number), name, rupees(45000), f"|{name}")
    return table


def printed(table: Table, *, terminal: bool = False, columns: int = 80) -> str:
    file = io.StringIO()
    table.print(make_console(file, terminal=terminal, width=columns))
    return file.getvalue()


def on_a_terminal(line: str, measure: dict[str, int] | None = None) -> dict[int, str]:
    """The characters of a line by the column in which a terminal draws them; `measure` are widths it has its own."""
    screen: dict[int, str] = {}
    column = 0
    for part in re.split(r"(\x1b\[[\d;]*[mG])", line):
        if move := MOVE.fullmatch(part):
            column = int(move[1]) - 1
        elif not CODES.fullmatch(part):
            for character in part:
                screen[column] = character
                column += (measure or {}).get(character, width(character))
    return screen


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_amounts_are_straight_in_a_pipe_whatever_script_stands_before_them() -> None:
    rows = printed(names_in_the_middle(NAMES)).splitlines()
    assert len(rows) == len(NAMES) + 1
    assert len({width(row[: row.rindex("₹")]) for row in rows[1:]}) == 1
    assert len({width(row[: row.index(".00")]) for row in rows[1:]}) == 1


def test_heads_stand_over_their_columns() -> None:
    head, first, *_ = printed(names_in_the_middle(NAMES)).splitlines()
    ends = [width(line[: line.index(word) + len(word)]) for line, word in ((head, "बाकी"), (first, "  ₹450.00  |"))]
    assert ends[0] == ends[1] - 3
    assert width(head[: head.index("विवरण")]) == width(first[: first.index("|")])


@pytest.mark.parametrize(
    "opinion", [{}, {"\u093e": 0, "ी": 0, "ே": 0}, {"\u200d": 1, "ا": 2}], ids=["ours", "no Mc", "odd"]
)
def test_columns_are_straight_on_terminals_that_measure_otherwise(opinion: dict[str, int]) -> None:
    head, *rows = printed(names_in_the_middle(NAMES)).splitlines()
    amount, what = width(rows[0][: rows[0].rindex("₹")]), width(head[: head.index("विवरण")])
    for row in printed(names_in_the_middle(NAMES), terminal=True).splitlines()[1:]:
        screen = on_a_terminal(row, opinion)
        assert [column for column, character in screen.items() if character == "₹"][-1] == amount
        assert [column for column, character in screen.items() if character == "|"] == [what]


def test_the_cursor_is_moved_only_after_text_that_is_not_certain_and_not_last() -> None:
    plain, hindi = Table([Column(""), Column("")]), Table([Column(""), Column("")])
    plain.row("Ramesh", "सीता")
    hindi.row("सीता", "Ramesh")
    assert MOVE.findall(printed(plain, terminal=True)) == []
    assert MOVE.findall(printed(hindi, terminal=True)) == ["7"]


def test_right_to_left_text_is_followed_by_a_mark_on_a_terminal_only() -> None:
    table = Table([Column(""), Column("")])
    table.row("محمد", "450")
    assert "محمد\u200e" in printed(table, terminal=True)
    assert "\u200e" not in printed(table)


TEXTS = st.text(max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4), TEXTS)
def test_no_control_ever_reaches_a_pipe_and_only_ours_a_terminal(rows: list[tuple[str, str, str]], other: str) -> None:
    table = Table([Column(other, "right"), Column("a"), Column(other)])
    table.title(other, other)
    for row in rows:
        table.row(*row, right=other)
        table.row(*row)
        table.row(*row[:2])
        table.row(Cell(other, "red"), style="bold")
    table.rule()
    table.line(other)
    piped = printed(table)
    assert piped == table.plain()
    for line in [*piped.split("\n"), *CODES.sub("", printed(table, terminal=True)).replace("\u200e", "").split("\n")]:
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", line)


def test_markup_and_emoji_codes_are_text() -> None:
    table = Table([Column("[b]"), Column("")])
    table.row("[/]", ":smile:")
    for terminal in (True, False):
        assert "[/]" in printed(table, terminal=terminal)
        assert ":smile:" in printed(table, terminal=terminal)


def test_colour_is_for_terminals_and_totals_are_bold() -> None:
    table = Table([Column("")])
    table.row(Cell("due", "red"))
    table.total("sum")
    shown = printed(table, terminal=True)
    assert "\x1b[31mdue" in shown
    assert "\x1b[1msum" in shown
    assert printed(table) == "due\nsum\n"


def test_a_dumb_terminal_gets_no_cursor_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    table = Table([Column(""), Column("")])
    table.row("सीता", "450")
    assert "\x1b" not in printed(table, terminal=True)


def test_a_long_last_cell_hangs_on_a_terminal_and_is_whole_in_a_pipe() -> None:
    note = "आटा पाँच किलो " * 12
    table = Table([Column("", "right"), Column("")])
    table.row("₹450.00", note.strip())
    shown = printed(table, terminal=True, columns=40).splitlines()
    assert len(shown) > 2
    assert all(width(line) <= 40 for line in shown)
    assert all(line.startswith(" " * 9) and line[9] != " " for line in shown[1:])
    assert printed(table, columns=40) == "₹450.00  " + note.strip() + "\n"


def test_a_narrow_terminal_loses_nothing() -> None:
    shown = printed(names_in_the_middle(NAMES), terminal=True, columns=20)
    assert all(name in CODES.sub("", shown).replace("\u200e", "") for name in NAMES)


def test_the_last_cell_of_a_short_row_runs_on_and_widens_no_column() -> None:
    table = Table([Column("Amount", "right", 12), Column(""), Column("Name")])
    table.row("₹200.00", "ADVANCE", "Suresh")
    table.row("₹13,700.00", "to receive, from 2 customers")
    assert printed(table).splitlines() == [
        "      Amount           Name",
        "     ₹200.00  ADVANCE  Suresh",
        "  ₹13,700.00  to receive, from 2 customers",
    ]


def test_a_table_without_heads_has_no_line_for_them() -> None:
    table = Table([Column(""), Column("")])
    table.row("ok", "131 entries")
    assert printed(table) == "ok  131 entries\n"


def test_the_right_text_ends_at_the_edge() -> None:
    table = Table([Column("")])
    table.title("रमेश कुमार", "शर्मा किराना")
    table.row("x")
    line = printed(table).splitlines()[0]
    assert line.startswith("रमेश कुमार  ")
    assert width(line) == 80
    narrow = printed(table, terminal=True, columns=14).splitlines()
    assert CODES.sub("", narrow[0]) == "रमेश कुमार"
    assert width(CODES.sub("", narrow[1])) == 14


def test_the_right_text_is_moved_to_its_place_after_uncertain_text() -> None:
    table = Table([Column("")])
    table.title("सीता", "shop")
    table.title("Ramesh", "shop")
    assert MOVE.findall(printed(table, terminal=True)) == ["77"]


def test_a_column_is_as_wide_as_its_cells_are_on_the_screen() -> None:
    table = Table([Column(""), Column("")])
    table.row("店店店", "|")
    table.row("abcd", "|")
    assert printed(table) == "店店店  |\nabcd    |\n"


def test_a_right_text_that_does_not_fit_in_a_pipe_follows_after_a_gap() -> None:
    table = Table([Column("")])
    table.title("a" * 79, "shop")
    assert printed(table) == "a" * 79 + "  shop\n"


def test_a_row_with_too_many_cells_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table([Column("")]).row("a", "b")


def test_laying_out_for_a_pipe_loads_no_rich() -> None:
    code = (
        "import sys; from khata.render.terminal import console, table;"
        "t = table.Table([table.Column('a')]); t.row('b'); t.plain(); sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
