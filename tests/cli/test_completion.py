"""Tab in bash, zsh and fish: the program is asked as the shells ask it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM


def ask(home: Path, shell: str, line: str) -> list[str]:
    """What Tab offers at the end of a line."""
    words = line.split(" ")
    environ = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"], "_KHATA_COMPLETE": f"complete_{shell}"}
    if shell == "bash":
        environ |= {"COMP_WORDS": line.replace(" ", "\n"), "COMP_CWORD": str(len(words) - 1)}
    else:
        environ["_TYPER_COMPLETE_ARGS"] = line
        environ["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    done = subprocess.run(PROGRAM, env=environ, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home")
    environ = {"HOME": str(made), "USER": "asha", "PATH": os.environ["PATH"]}
    for line in ("init Store", "sale Ramesh 450 --new", "sale सीता 450 --new", "sale Mahesh 10 --new"):
        subprocess.run([*PROGRAM, *line.split()], env=environ, check=True, capture_output=True)
    return made


@pytest.mark.wide
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_completes_commands_names_and_entries(home: Path, shell: str) -> None:
    assert any("statement" in each for each in ask(home, shell, "khata stat"))
    assert any("ramesh" in each for each in ask(home, shell, "khata sale ra"))
    assert any("Ramesh" in each for each in ask(home, shell, "khata statement Ra"))
    assert any("सीता" in each for each in ask(home, shell, "khata balance सी"))
    assert not any("Mahesh" in each for each in ask(home, shell, "khata balance ra"))
    assert any("5" in each for each in ask(home, shell, "khata show 5"))
    assert any("udhaar" in each for each in ask(home, shell, "khata udh"))
    assert any("cheque" in each for each in ask(home, shell, "khata receive ramesh 5 --mode ch"))
    assert any("all" in each and "upi" in each for each in ask(home, shell, "khata sale ramesh 5 --paid all:u"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_without_a_book_is_silent(tmp_path: Path, shell: str) -> None:
    assert not any("amesh" in each for each in ask(tmp_path, shell, "khata balance ra"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(home: Path, shell: str) -> None:
    environ = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"]}
    done = subprocess.run([*PROGRAM, "completion", shell], env=environ, check=True, capture_output=True, text=True)
    assert "_KHATA_COMPLETE" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)
