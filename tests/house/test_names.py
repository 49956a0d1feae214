"""A kind of entry is named in `events` only: whoever asks for one by its stored name has a list of kinds of its own.

And a name means one thing.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from khata.events.registry import KINDS

SOURCE = Path(__file__).parent.parent.parent / "khata"
STORED = {kind for kind, _ in KINDS}
CODES = {"detail_erased", "period_locked"}
"""A fault of `verify`, and a refusal, that are called as a kind is."""


def names_in(path: Path) -> set[str]:
    """The stored kinds that stand in the texts of a file, docstrings aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    ]
    # "said.party_added" is a sentence, which no more says what a kind is than its name does.
    return {word for text in texts for word in re.findall(r"(?<![\w.])\w+", text)} & STORED


def test_no_file_outside_of_events_names_a_stored_kind() -> None:
    files = [path for path in SOURCE.rglob("*.py") if path.parent != SOURCE / "events"]
    assert len(files) > 150
    assert {str(path.relative_to(SOURCE)): found for path in files if (found := names_in(path) - CODES)} == {}


def test_the_walk_finds_them_where_they_are() -> None:
    found = set().union(*(names_in(path) for path in (SOURCE / "events").glob("*.py")))
    assert found == STORED


def named_in(node: ast.stmt) -> str | None:
    """The class or the alias of a type that a statement makes: a name of letters, not all of them large."""
    if isinstance(node, ast.ClassDef):
        return None if node.name.startswith("_") else node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        return name if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name) else None
    return None


def test_no_two_types_have_one_name() -> None:
    where: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (name := named_in(node)) is not None:
                where.setdefault(name, []).append(str(path.relative_to(SOURCE)))
    assert len(where) > 300
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}
