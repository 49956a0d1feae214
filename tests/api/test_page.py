"""docs/API.md shows what happens: its examples are run, in their order, on a new book."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import khata
from khata.api import book
from tests.api.conftest import Home
from tests.cli.conftest import Counter
from tests.transcripts import numbered

PAGE = Path(__file__).parent.parent.parent / "docs" / "API.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(Counter(tmp_path))
    assert home.counter("init", "Sharma Kirana Store").code == 0
    surroundings = {"environ": {"HOME": str(tmp_path), "USER": "asha"}, "now": lambda: home.counter.now}
    surroundings["new_id"] = numbered("page")
    monkeypatch.setattr(book.open_book, "__kwdefaults__", {"by": None, **surroundings})
    blocks = "\n".join(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    said: list[str] = []
    examples = doctest.DocTestParser().get_doctest(blocks, {}, "API.md", str(PAGE), 0)
    found = doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert not found.failed, "".join(said)
    assert found.attempted > 30


def test_the_page_names_everything_that_is_public() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not [name for name in khata._PUBLIC if name != "OpenedBook" and name not in page]
    methods = [name for name in vars(book.OpenedBook) if not name.startswith("_")]
    assert not [name for name in methods if not re.search(rf"\b{name}\b", page)]
