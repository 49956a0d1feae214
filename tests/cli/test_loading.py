"""What is typed all day starts nothing heavy: which modules a command leaves unloaded."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM

HEAVY = {
    "rich",
    "pydantic",
    "babel",
    "sqlite_utils",
    "msgspec",
    "rapidfuzz",
    "khata.importing",
    "khata.exporting",
    "khata.verifying",
    "khata.evidence",
    "khata.api.evidence",
    "khata.log.note",
    "khata.log.merkle",
    "cryptography",
    "segno",
    "concurrent.futures",
    "multiprocessing",
    "asyncio",
    "email",
    "http",
    "urllib.request",
    "socket",
    "ssl",
    "csv",
    "unittest",
    "readline",
    "prompt_toolkit",
    "xlsxwriter",
    "khata.cli.shell",
    "khata.grammar.quick",
}

REPORT = """
import sys
from khata.cli.main import run
from khata.cli.env import Env
code = run(sys.argv[1:], Env())
print(code, *sorted(sys.modules), file=sys.stderr)
"""


def loaded(home: Path, *words: str, stdin: str = "") -> set[str]:
    environ = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [PROGRAM[0], "-c", REPORT, *words], env=environ, input=stdin, capture_output=True, text=True, check=True
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(modules)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home")
    loaded(made, "init", "Sharma Kirana Store")
    loaded(made, "sale", "Ramesh Kumar", "450", "--new")
    return made


@pytest.mark.parametrize(
    "words",
    [
        "balance ramesh",
        "sale ramesh 45",
        "sale ramesh 45 --lang hi --paid 20:upi --note atta",
        "receive ramesh 20",
        "undo --yes",
        "status",
        "balance",
        "statement ramesh --lang hi",
        "daybook",
        "balance ramesh --json",
    ],
)
def test_what_is_typed_all_day_loads_nothing_heavy(home: Path, words: str) -> None:
    records = words.split(maxsplit=1)[0] in {"sale", "receive", "undo"}
    heavy = loaded(home, *words.split()) & HEAVY
    assert heavy == ({"msgspec"} if records else set())  # events are its Structs; no question needs one


def test_a_batch_loads_nothing_heavy(home: Path) -> None:
    words = "sale ramesh 45\nreceive ramesh 20 --mode upi\nbalance ramesh\n"
    assert loaded(home, "batch", "--group", "9", stdin=words) & HEAVY == {"msgspec"}
    line = '{"command":"sale","party":"ramesh","amount_paise":100}\n'
    assert loaded(home, "batch", stdin=line) & HEAVY == {"msgspec"}


def test_a_question_loads_no_rules(home: Path) -> None:
    modules = loaded(home, "balance", "ramesh")
    assert not {
        each for each in modules if each.startswith(("khata.rules.goods", "khata.rules.money", "khata.writing"))
    }
