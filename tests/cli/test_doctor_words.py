"""Each finding of `khata doctor` has its words, and what to do about it; and no words are left over."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from khata.cli import doctor as command
from khata.i18n.messages import words_for
from khata.verifying import checkup

ROOT = Path(__file__).parent.parent.parent

FINDING = re.compile(r'Finding\(\s*("\w+"|check), "(ok|look|bad)", "(\w+)"')
OF_ANY_MOUNT = ["local", "shared", "portable", "fleeting", "unknown"]
OF_ANY_FAULT = ["no_book", "not_a_book", "newer_book", "disk_error", "busy"]


def codes() -> set[tuple[str, str, str]]:
    """Check, result and code of every finding that can be made."""
    text = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (checkup, command))
    found = {
        (name, result, code)
        for check, result, code in FINDING.findall(text)
        for name in (("state", "cache") if check == "check" else (check.strip('"'),))
    }
    found |= {("drive", "ok" if nature == "local" else "look", nature) for nature in OF_ANY_MOUNT}
    return found | {("book", "bad", code) for code in OF_ANY_FAULT}


@pytest.mark.parametrize("language", ["en", "hi"])
def test_each_finding_is_said_and_what_to_do_about_it(language: str) -> None:
    words = words_for(language)
    every = codes()
    assert len(every) > 50
    keys = {f"doctor.{check}.{code}" for check, _, code in every}
    keys |= {f"doctor.{check}.{code}.do" for check, result, code in every if result != "ok"}
    assert sorted(key for key in keys if not words.has(key)) == []
    assert {check for check, _, _ in every} == {check for check, _, _ in every if words.has(f"doctor.check.{check}")}


def test_no_sentence_is_left_that_nothing_says() -> None:
    catalog = (ROOT / "khata/i18n/locales/en/LC_MESSAGES/khata.po").read_text(encoding="utf-8")
    there = set(re.findall(r'^msgid "(doctor\.(?!all|result|check|message)[\w.]+)"', catalog, flags=re.MULTILINE))
    said = {f"doctor.{check}.{code}" for check, _, code in codes()}
    assert {key.removesuffix(".do") for key in there} == said


def test_the_libraries_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {re.split("[<>=]", each)[0] for each in project["dependencies"]} == set(command.LIBRARIES)
