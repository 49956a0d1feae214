"""Rich as khata uses it. These fail if a Rich of another shape measures past our correction."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich import box, cells
from rich.segment import Segment
from rich.table import Table as RichTable
from rich.text import Text

from khata.render.terminal.console import correct_rich, make_console, print_line
from khata.render.text import width

NAMES = ["रमेश कुमार", "सीता", "क\u094d\u200dषमा", "சுரேஷ் குமார்", "শ্রী দেবাশীষ", "ക്ഷേത്രന്\u200d കട", "محمد علی", "店 😀"]
LETTERS = st.text(st.sampled_from("aZ कीिाः்ு\u094d\u200d\u200c\ufe0f店مम☎"), max_size=600)


@pytest.fixture(autouse=True)
def _corrected() -> None:
    correct_rich()
    correct_rich()


@given(LETTERS)
def test_rich_measures_as_we_do(text: str) -> None:
    assert cells.cell_len(text) == Text(text).cell_len == Segment(text).cell_length == width(text)
    assert [cells.get_character_cell_size(character) for character in text] == list(map(width, text))
    spans, total = cells.split_graphemes(text)
    assert total == width(text) == sum(size for _, _, size in spans)
    assert "".join(text[start:end] for start, end, _ in spans) == text


@given(LETTERS, st.integers(1, 30))
def test_rich_cuts_and_chops_as_we_measure(text: str, size: int) -> None:
    assert width(cells.set_cell_size(text, size)) == size
    assert all(width(line) <= max(size, 2) for line in cells.chop_cells(text, size))
    before, after = Segment(text).split_cells(min(size, width(text)))
    assert width(before.text) + width(after.text) == width(text)


def test_a_table_of_richs_own_is_straight_too() -> None:
    file = io.StringIO()
    table = RichTable("name", "amount", box=box.ASCII)
    for name in NAMES:
        table.add_row(Text(name), "450.00")
    make_console(file, terminal=False, width=60).print(table)
    rows = [line for line in file.getvalue().splitlines() if "450.00" in line]
    assert len(rows) == len(NAMES)
    assert len({width(line.split("450.00")[0]) for line in rows}) == 1


def test_nothing_is_highlighted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = io.StringIO()
    make_console(file, terminal=True).print("entry 17 'x' True https://x.in")
    assert "\x1b" not in file.getvalue()


@pytest.mark.parametrize("text", ["[bold]x[/bold]", "[/]", ":smile:", "https://x.in 42 'q' True", "a" * 300])
def test_what_is_printed_is_what_was_given(text: str) -> None:
    file = io.StringIO()
    make_console(file, terminal=False).print(text)
    assert file.getvalue() == text + "\n"


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("nasty", ["\x1b[2Jx", "\x9b31m", "one\ntwo", "\u202eabc", "bell\x07", "back\x08", "\r"])
def test_a_line_is_one_line_and_holds_no_control(nasty: str, terminal: bool) -> None:
    file = io.StringIO()
    print_line(make_console(file, terminal=terminal), nasty)
    assert file.getvalue().endswith("\n")
    assert file.getvalue()[:-1].isprintable()


def test_a_line_from_right_to_left_ends_with_a_mark_on_a_terminal_only() -> None:
    for terminal in (True, False):
        file = io.StringIO()
        print_line(make_console(file, terminal=terminal), "محمد")
        assert ("\u200e" in file.getvalue()) is terminal


@pytest.mark.parametrize(
    ("terminal", "no_color", "coloured"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_colour_is_only_for_terminals_that_want_it(
    terminal: bool, no_color: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = io.StringIO()
    print_line(make_console(file, terminal=terminal, no_color=no_color), "due", style="red")
    assert ("\x1b[31m" in file.getvalue()) is coloured
