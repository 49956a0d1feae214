"""Every command in broken surroundings: an exit code that is pinned, a sentence, and nothing that was not said."""

from __future__ import annotations

import re
import shutil
from itertools import cycle
from pathlib import Path

import pytest

from khata.cli import registry
from khata.cli.checking import CLOCK
from khata.cli.party import PARTY
from khata.cli.shop import SHOP
from tests.cli.samples import SAMPLES
from tests.cli.surroundings import SURROUNDINGS, book_of, entries_in, furnish, run_in
from tests.make_cli_docs import EXIT_CODES, words

PINNED = set(EXIT_CODES) - {70}

EVERYDAY = {(name, line) for name, line in zip(cycle(SURROUNDINGS), SAMPLES * 3, strict=False)}
EVERYDAY |= {(name, line) for line, name in zip(cycle(SAMPLES), SURROUNDINGS, strict=False)}
"""Each command in three surroundings, and each surrounding with at least one."""


REFUSED = ("shell", "restore copy.khata", "adopt --reason lost", "pay ramesh 5")
"""Where all is well there is nothing to do for them; and one of the lines of a batch is wrong."""


def test_every_command_has_a_sample() -> None:
    typed = {tuple(line.split()[:2]) for line in SAMPLES}
    assert {first for first, *_ in filter(None, typed)} >= set(registry.COMMANDS)
    for name, group in (
        ("party", PARTY("party", words())),
        ("clock", CLOCK("clock", words())),
        ("shop", SHOP("shop", words())),
    ):
        assert {second for first, second in (each for each in typed if len(each) == 2) if first == name} == set(
            group.list_commands(None)  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("furnished")
    furnish(home)
    return home


def wrong(furnished: Path, home: Path, name: str, line: str) -> str:
    """What is wrong with how a command went; "" if nothing is."""
    shutil.copytree(furnished, home, symlinks=True)
    for folder in (home.parent, *home.parent.parents[:2]):
        folder.chmod(0o755)  # for whom permissions bind
    surrounding = SURROUNDINGS[name]
    surrounding.environ = {"KHATA_BOOK": "HOME/Khata/shop.khata"} | dict(surrounding.environ)
    surrounding.before(home)
    before = entries_in(book_of(home))
    came = run_in(home, line.split(), surrounding)
    after = entries_in(book_of(home))
    said = f"{name}: khata {line}: {came}"
    if came.code not in PINNED or "Traceback" in came.out + came.err:
        return said
    if not came.err.strip() and surrounding.told and came.code in (2, 3, 4, 5) and "--json" not in line:
        return f"nothing is said: {said}"
    if before == after or None in (before, after):
        return ""
    if re.search("Nothing (was )?recorded", came.err):
        return f"it was recorded: {said}"
    if came.code not in (0, 2) and surrounding.told and not re.search("(is|are|:) (done|recorded)", came.err):
        return f"it is not told: {said}"
    return ""


@pytest.mark.wide
@pytest.mark.parametrize(("name", "line"), sorted(EVERYDAY))
def test_a_command_in_broken_surroundings_says_so(furnished: Path, tmp_path: Path, name: str, line: str) -> None:
    assert not wrong(furnished, tmp_path / "home", name, line)


@pytest.mark.slow
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_every_command_in_these_surroundings_says_so(furnished: Path, tmp_path: Path, name: str) -> None:
    found = [wrong(furnished, tmp_path / str(number), name, line) for number, line in enumerate(SAMPLES)]
    assert [each for each in found if each] == []


@pytest.mark.wide
def test_all_is_well_where_it_is(furnished: Path, tmp_path: Path) -> None:
    for number, line in enumerate(SAMPLES):
        home = tmp_path / str(number) / "home"
        shutil.copytree(furnished, home)
        surrounding = SURROUNDINGS["all is well"]
        surrounding.environ = {"KHATA_BOOK": "HOME/Khata/shop.khata"}
        came = run_in(home, line.split(), surrounding)
        refused = line in REFUSED or line.startswith("batch")
        assert came.code == (2 if refused else 0), (line, came)
