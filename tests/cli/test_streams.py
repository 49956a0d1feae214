"""The process's own streams: full, closed, or of a locale that knows neither ₹ nor what was typed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM


def typed(home: Path, line: str, *, python: str = "") -> subprocess.CompletedProcess[bytes]:
    """A line of sh in which `khata` is the program."""
    environ = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"], "PYTHONIOENCODING": python}
    function = f'khata() {{ "{PROGRAM[0]}" -c "{PROGRAM[2]}" "$@"; }}\n'
    return subprocess.run(["/bin/sh", "-c", function + line], env=environ, capture_output=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home")
    assert typed(made, "khata init Store && khata sale Ramesh 450 --new").returncode == 0
    return made


@pytest.mark.parametrize("option", ["", " --json"])
def test_what_was_done_is_not_called_undone_because_nobody_could_be_told(home: Path, option: str) -> None:
    done = typed(home, f"khata sale ramesh 5{option} > /dev/full")
    assert done.returncode == 5
    assert b"It is done, but the answer could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_batch_of_nothing_has_nothing_to_tell(home: Path) -> None:
    done = typed(home, "PYTHONUNBUFFERED=1; export PYTHONUNBUFFERED; khata batch < /dev/null > /dev/full")
    assert (done.returncode, done.stderr.count(b"\n")) == (0, 1)
    assert b"Recorded: 0." in done.stderr


@pytest.mark.parametrize("line", ["khata balance ramesh >&-", "khata balance ramesh 2>&-", "khata balance <&-"])
def test_a_closed_stream_is_no_fault(home: Path, line: str) -> None:
    done = typed(home, line)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_has_gone_is_no_fault(home: Path) -> None:
    assert typed(home, "khata log | true").stderr == b""


def test_a_locale_without_a_rupee_sign_is_no_fault(home: Path) -> None:
    done = typed(home, "khata balance ramesh", python="ascii")
    assert done.returncode == 0
    assert done.stdout.startswith(rb"\u20b9")


def test_bytes_that_are_no_text_are_refused(home: Path) -> None:
    done = typed(home, "khata sale \"$(printf '\\377')\" 5 --new")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
