import copy
import pickle
import re
from pathlib import Path

from khata.grammar import fault
from khata.grammar.fault import CODES, Unreadable


def test_every_code_that_the_grammar_raises_is_listed_and_no_other() -> None:
    folder = Path(fault.__file__).parent
    raised = {
        code
        for source in folder.glob("*.py")
        for code in re.findall(r'Unreadable\(\s*"(\w+)"', source.read_text(encoding="utf-8"))
    }
    assert raised == set(CODES)
    assert len(CODES) == len(set(CODES))


def test_a_fault_keeps_what_was_typed_through_copies() -> None:
    first = Unreadable("bad_text", "\x1b[31m", what="name", at=0)
    for again in (copy.copy(first), pickle.loads(pickle.dumps(first))):  # noqa: S301  our own
        assert (again.code, again.value, again.facts) == ("bad_text", "\x1b[31m", {"what": "name", "at": 0})


def test_the_grammar_imports_nothing_heavy_or_impure() -> None:
    folder = Path(fault.__file__).parent
    modules = {
        module
        for source in (*folder.glob("*.py"), folder.parent / "names.py")
        for module in re.findall(r"^\s*(?:from|import) (\w+)", source.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert modules <= {
        "khata",
        "__future__",
        "enum",
        "typing",
        "re",
        "datetime",
        "unicodedata",
        "urllib",
        "dataclasses",
        "collections",
        "functools",
        "bisect",
        "rapidfuzz",
    }
