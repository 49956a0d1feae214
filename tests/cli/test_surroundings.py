"""Every command in broken surroundings: an exit code that is pinned, a sentence, and nothing that was not said."""

from __future__ import annotations

import shutil
from itertools import cycle
from pathlib import Path

import pytest

from khata.cli import registry
from khata.cli.checking import CLOCK
from khata.cli.party import PARTY
from khata.i18n.messages import words_for
from tests.cli.surroundings import SAMPLES, SURROUNDINGS, book_of, entries_in, furnish, run_in
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
    for name, group in (("party", PARTY("party", words())), ("clock", CLOCK("clock", words()))):
        assert {second for first, second in (each for each in typed if len(each) == 2) if first == name} == set(
            group.list_commands(None)  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("furnished")
    furnish(home)
    return home


def check(furnished: Path, tmp_path: Path, name: str, line: str) -> None:
    home = tmp_path / "home"
    shutil.copytree(furnished, home, symlinks=True)
    surrounding = SURROUNDINGS[name]
    surrounding.environ = {"KHATA_BOOK": "HOME/Khata/shop.khata"} | dict(surrounding.environ)
    before = entries_in(book_of(home))
    came = run_in(home, line.split(), surrounding)
    said = f"khata {line}: {came}"
    assert came.code in PINNED, said
    assert "Traceback" not in came.out + came.err, said
    if surrounding.told and came.code in (2, 3, 4, 5) and "--json" not in line:
        assert came.err.strip(), said
    after = entries_in(book_of(home))
    if before == after or None in (before, after):
        return
    assert "Nothing was recorded" not in came.err, said
    assert "Nothing recorded" not in came.err, said
    if came.code not in (0, 2):  # of a batch other lines may be refused
        done = [words_for("en").say(key) for key in ("refused.not_shown", "refused.disk_error.recorded")]
        assert any(each.partition("{")[0] in came.err for each in done) or not surrounding.told, said


@pytest.mark.parametrize(("name", "line"), sorted(EVERYDAY))
def test_a_command_in_broken_surroundings_says_so(furnished: Path, tmp_path: Path, name: str, line: str) -> None:
    check(furnished, tmp_path, name, line)


@pytest.mark.slow
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_every_command_in_these_surroundings_says_so(furnished: Path, tmp_path: Path, name: str) -> None:
    for number, line in enumerate(SAMPLES):
        check(furnished, tmp_path / str(number), name, line)


def test_all_is_well_where_it_is(furnished: Path, tmp_path: Path) -> None:
    for number, line in enumerate(SAMPLES):
        home = tmp_path / str(number) / "home"
        shutil.copytree(furnished, home)
        surrounding = SURROUNDINGS["all is well"]
        surrounding.environ = {"KHATA_BOOK": "HOME/Khata/shop.khata"}
        came = run_in(home, line.split(), surrounding)
        refused = line in REFUSED or line.startswith("batch")
        assert came.code == (2 if refused else 0), (line, came)
