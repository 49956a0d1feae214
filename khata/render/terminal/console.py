"""The console that everything is printed through, with Rich's measuring put right for Indian scripts."""

import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, overload

from khata.render.text import LEFT_TO_RIGHT_MARK, cells, unclosed, visible, width

if TYPE_CHECKING:
    from rich.cells import CellTable
    from rich.console import Console


def make_console(
    file: IO[str],
    *,
    terminal: bool,
    width: int | None = None,
    size: tuple[int, int] | None = None,
    no_color: bool = False,
) -> "Console":
    """A console on `file` that prints names as they are: no markup, no emoji codes, no highlighting, no cropping.

    Args:
        file: where to print.
        terminal: whether `file` is a terminal. If not, no style and no control code is ever written.
        width: cells in a line; None asks the terminal.
        size: the same with the rows of the terminal, so that nothing is asked.
        no_color: on a terminal, leave colours out.
    """
    from rich.console import Console

    correct_rich()
    return Console(
        file=file,
        force_terminal=terminal,
        force_jupyter=False,
        color_system="auto" if terminal else None,
        width=size[0] if size else width,
        height=size[1] if size else None,
        no_color=no_color,
        soft_wrap=True,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def print_line(console: "Console", text: str, *, style: str | None = None) -> None:
    """Print one line; a newline or control character within `text` is made visible, never obeyed."""
    from rich.text import Text

    safe = visible(text)
    if console.is_terminal and unclosed(safe):
        safe += LEFT_TO_RIGHT_MARK
    console.print(Text(safe, style=style or ""), soft_wrap=True)


def correct_rich() -> None:
    """Make Rich measure as `text.width` does; doing it again changes nothing.

    Rich 15 counts spacing vowel signs as no cell and skips the letter after a joiner. These three functions
    of rich.cells are what all its other measuring asks; a test fails if a later Rich asks elsewhere.
    """
    from rich import cells as theirs

    replaced = vars(theirs)
    if replaced["_cell_len"] is _rich_cell_len:
        return
    replaced.update(
        _cell_len=_rich_cell_len,
        split_graphemes=_rich_split_graphemes,
        load_cell_table=_rich_load_cell_table,
    )
    theirs.cached_cell_len.cache_clear()
    theirs.get_character_cell_size.cache_clear()


def _rich_cell_len(text: str, unicode_version: str = "auto") -> int:
    del unicode_version
    return width(text)


def _rich_split_graphemes(text: str, unicode_version: str = "auto") -> tuple[list[tuple[int, int, int]], int]:
    """Spans of (start, end, cells) that cover the text, each of 0 to 2 cells, and the cells of all of it."""
    del unicode_version
    spans: list[tuple[int, int, int]] = []
    for index, character in enumerate(text):
        size = cells(character)
        if size or not spans:
            spans.append((index, index + 1, size))
        else:
            start, _, before = spans[-1]
            spans[-1] = (start, index + 1, before)
    return spans, width(text)


class _EveryCharacter(Sequence[tuple[int, int, int]]):
    """Shaped like the list of ranges (first, last, cells) in which Rich looks a character up; a range for each."""

    def __len__(self) -> int:
        return sys.maxunicode + 1

    @overload
    def __getitem__(self, index: int) -> tuple[int, int, int]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[int, int, int]]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, int, int] | list[tuple[int, int, int]]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        code = index % len(self)
        return code, code, cells(chr(code))


def _rich_load_cell_table(unicode_version: str = "auto") -> "CellTable":
    from rich.cells import CellTable

    return CellTable(unicode_version, _EveryCharacter(), frozenset())
