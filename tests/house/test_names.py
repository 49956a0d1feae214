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
CODES = {"detail_erased"}
"""A fault of `verify` that is called as a kind is."""


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


def test_no_two_classes_have_one_name() -> None:
    where: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where.setdefault(node.name, []).append(str(path.relative_to(SOURCE)))
    assert len(where) > 250
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}
