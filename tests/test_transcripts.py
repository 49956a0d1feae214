"""What the README, the stories and the gallery of errors show is what khata prints. KHATA_REWRITE=1 rewrites them."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

import pytest

from khata.cli import registry, spoken
from khata.cli.charting import CHART
from khata.cli.checking import CLOCK
from khata.cli.examples import EXAMPLES
from khata.cli.party import PARTY
from khata.cli.recurring import EVERY
from khata.cli.shop import SHOP
from khata.i18n.messages import words_for
from tests.transcripts import FENCE, play

TESTS = Path(__file__).parent
STORIES = [*sorted((TESTS / "stories").glob("*.md")), TESTS.parent / "docs" / "FOR-ACCOUNTANTS.md"]
GROUPS = {
    "party": PARTY.COMMANDS,
    "clock": CLOCK.COMMANDS,
    "shop": SHOP.COMMANDS,
    "every": EVERY.COMMANDS,
    "chart": CHART.COMMANDS,
}
IMPORT = TESTS.parent / "docs" / "IMPORT.md"
PAGES = [
    TESTS.parent / "README.md",
    TESTS.parent / "README.hi.md",
    TESTS.parent / "docs" / "LANGUAGES.md",
    IMPORT,
    *STORIES,
    *sorted((TESTS / "errors").glob("*.md")),
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_shows_what_is_printed(path: Path, tmp_path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    now, _ = play(page, tmp_path / "home")
    if os.environ.get("KHATA_REWRITE"):
        path.write_text(now, encoding="utf-8")
        return
    diff = difflib.unified_diff(page.splitlines(), now.splitlines(), "shown", "printed now", lineterm="")
    assert page == now, "\n".join(diff)


def typed() -> set[str]:
    """The commands that the stories type, with the sub-command where there is one."""
    found = set()
    for path in STORIES:
        for block in FENCE.findall(path.read_text(encoding="utf-8")):
            for line in re.findall(r"^\$ (?:[A-Z_]+=\S+ )?khata(.*)$", block, re.MULTILINE):
                words = [word for word in line.split() if spoken.find(word)]
                name = spoken.find(words[0]) if words else "status"
                after = line.split()[line.split().index(words[0]) + 1 :] if words else []
                found.add(f"{name} {after[0]}" if name in GROUPS and after else name)
    return {name for name in found if name}


def test_every_command_appears_in_a_story() -> None:
    wanted = {name for name in registry.COMMANDS if name not in GROUPS}
    wanted |= {f"{group} {name}" for group, names in GROUPS.items() for name in names}
    assert wanted <= typed()


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_command_has_help_and_an_example(language: str) -> None:
    words = words_for(language, strict=True)
    names = [*registry.COMMANDS, *(f"{group} {name}" for group, names in GROUPS.items() for name in names)]
    for name in names:
        key = name.replace("-", "_").replace(" ", ".")
        assert words.say(f"help.{key}")
        assert EXAMPLES[key].startswith("khata")
