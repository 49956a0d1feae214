"""No line of any table is wider than its terminal: every command that shows one, about a book that has it all."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import khata.render.terminal
from khata.cli.env import Env
from khata.i18n.messages import languages
from khata.render.terminal.table import Piece, Table
from khata.render.text import width
from tests.cli.conftest import Counter
from tests.render import rich_book

pytestmark = pytest.mark.wide

WIDTHS = (40, 60, 80, 120)
FOLDER = Path(khata.render.terminal.__file__).parent


class Shown(NamedTuple):
    """A table, by which command, and which function made it."""

    asked: str
    made_by: str
    table: Table


@pytest.fixture(scope="module")
def shown(rich: Counter) -> dict[str, list[Shown]]:
    """Every table of every question, by language."""
    return {language: list(tables(rich, language)) for language in languages()}


def tables(rich: Counter, language: str, asked: Sequence[str] = rich_book.ASKED) -> Iterator[Shown]:
    found: list[Table] = []
    makers: dict[int, str] = {}
    begun = Table.__init__

    def noted(self: Table, *args: Any) -> None:
        begun(self, *args)
        code = sys._getframe(1).f_code
        makers[id(self)] = f"{Path(code.co_filename).stem}.{code.co_name}"

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Table, "__init__", noted)
        patched.setattr(Env, "show", lambda _, table: found.append(table))
        patched.setattr(Env, "show_aside", lambda _, table: found.append(table))
        nobody = Counter(rich.home / "nobody", rich.now)
        for counter, question in [*((rich, each) for each in asked), (nobody, "status")]:
            found.clear()
            counter(*question.format(home=rich.home).split(), "--lang", language, terminal=True)
            for table in found:
                yield Shown(question, makers[id(table)], table)


def makers() -> set[str]:
    """Every function of khata.render.terminal that makes a table."""
    made = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
                if any(isinstance(each, ast.Name) and each.id == "Table" for each in calls):
                    made.add(f"{path.stem}.{node.name}")
    return made


def text(line: list[Piece]) -> str:
    """A line as a terminal draws it that measures as we do: what is moved to lies where the blanks end anyway."""
    drawn = ""
    for piece in line:
        drawn += piece.text
        assert piece.move is None or piece.move == width(drawn)
    return drawn


def test_every_function_that_makes_a_table_is_asked(shown: dict[str, list[Shown]]) -> None:
    assert makers() - {each.made_by for each in shown["en"]} == set()


@pytest.mark.wide
@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("language", languages())
def test_no_line_is_wider_than_the_terminal(shown: dict[str, list[Shown]], language: str, columns: int) -> None:
    for asked, _, table in shown[language]:
        for line in table.lines(columns, moves=True):
            assert width(text(line)) <= columns, (asked, text(line))


@pytest.mark.wide
@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("language", languages())
def test_no_amount_is_cut_or_lost(shown: dict[str, list[Shown]], language: str, columns: int) -> None:
    for asked, _, table in shown[language]:
        whole = amounts(table.plain())
        folded = amounts("\n".join(text(line) for line in table.lines(columns)))
        assert sorted(folded) == sorted(whole), asked


def amounts(page: str) -> list[str]:
    return [word.strip("().,;:…") for word in page.split() if "₹" in word]
