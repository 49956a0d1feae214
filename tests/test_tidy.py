"""The house is tidy: what no linter says of functions, files, names and numbers."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import khata
from khata.log.errors import BookError
from khata.rules.refused import Refused

ROOT = Path(__file__).parent.parent
CODE = sorted((ROOT / "khata").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FUNCTION, LONGEST_FILE = 70, 500
NO_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "service", "processor"}

# A float nowhere near money. Each of these says why it is not.
FLOATS = {
    "importing/sheet.py": "numbers as a workbook has them, written out before anybody reads them",
    "store/sqlite/book.py": "seconds of waiting",
    "store/sqlite/readonly.py": "seconds of waiting",
    "store/sqlite/turns.py": "seconds of waiting",
    "views/cache.py": "milliseconds to seconds",
}

HEAVY = {"rich", "pydantic", "babel", "typer", "rapidfuzz", "sqlite_utils"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_a_function_fits_a_screen() -> None:
    long = {
        f"{relative(path)}:{node.name}": length
        for path in [*CODE, *TESTS]
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long


def test_a_file_fits_a_sitting() -> None:
    long = {
        relative(path): lines
        for path in [*CODE, *TESTS]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


def test_each_package_says_what_it_is() -> None:
    silent = [relative(path) for path in CODE if path.name == "__init__.py" and not ast.get_docstring(tree(path))]
    assert not silent


def test_each_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in CODE}
    assert not [relative(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_nothing_is_called_utils() -> None:
    paths = [path.relative_to(ROOT) for path in [*CODE, *TESTS]]
    assert not [str(path) for path in paths if NO_NAMES & set(path.with_suffix("").parts)]
    classes = [
        f"{relative(path)}:{node.name}"
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and any(name in node.name.lower() for name in ("manager", "helper", "service"))
    ]
    assert not classes


def test_nothing_is_left_to_be_done() -> None:
    marks = ["FIX" + "ME", "XX" + "X", "TO" + "DO", "HA" + "CK"]
    left = [
        f"{relative(path)}:{number}"
        for path in [*CODE, *TESTS]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert not left


def floats(path: Path) -> Iterator[int]:
    """Lines with a float: a literal, a call of float, a true division."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Constant(value=float() | complex()) | ast.Name(id="float", ctx=ast.Load()):
                yield node.lineno
            case ast.BinOp(op=ast.Div()) if _numbers(node):
                yield node.lineno


def _numbers(node: ast.BinOp) -> bool:
    """Whether `/` may divide numbers: paths are joined by it too, and then a text or a name of a path is beside it."""
    sides = (node.left, node.right)
    return any(isinstance(side, ast.Constant) and isinstance(side.value, int) for side in sides)


def test_no_float_comes_near_money() -> None:
    found = {str(path.relative_to(ROOT / "khata")): lines for path in CODE if (lines := sorted(set(floats(path))))}
    money = {"events", "log", "postings", "rules", "store", "views", "grammar", "importing", "exporting", "verifying"}
    near = {name: lines for name, lines in found.items() if name.split("/")[0] in money or "/" not in name}
    assert {name: lines for name, lines in near.items() if name not in FLOATS} == {}
    assert not [name for name in FLOATS if name not in found], "no reason is needed any more"


def test_sql_never_makes_a_float_of_money() -> None:
    words = (" total(", " avg(", "(avg(", " real", "cast(")
    found = [
        f"{relative(path)}:{node.lineno}"
        for folder in ("store", "views", "verifying")
        for path in sorted((ROOT / "khata" / folder).rglob("*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "SELECT" in node.value
        if any(word in node.value.lower() for word in words)
    ]
    assert not found


def everything() -> None:
    for module in pkgutil.walk_packages(khata.__path__, "khata."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def descendants(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from descendants(each)


@pytest.mark.parametrize("kind", [Refused, BookError], ids=["refusals", "faults"])
def test_each_has_a_code_of_its_own(kind: type[Refused | BookError]) -> None:
    everything()
    own = [each for each in descendants(kind) if each.__module__.startswith("khata.")]
    # What cannot be read goes by the code that the grammar gives it; of what a witness refuses each kind has its own.
    assert [each.__name__ for each in own if not hasattr(each, "code")] == ["Doubt", "Unclear", "NotSigned"] * (
        kind is Refused
    )
    # A special case of a refusal may go by its code.
    codes = Counter(vars(each)["code"] for each in own if "code" in vars(each))
    assert [code for code, count in codes.items() if count > 1] == []
    assert all(code == code.lower() and code.isidentifier() for code in codes)
    assert len(codes) > 5


LOADED = "import sys; import {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


@pytest.mark.parametrize("module", ["khata.writing", "khata.questions.balances", "khata.questions.statement"])
def test_what_records_and_answers_loads_nothing_heavy(module: str) -> None:
    process = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(process.stdout.split())
    assert "khata" in loaded
    assert not loaded & HEAVY
