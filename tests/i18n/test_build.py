"""The compiling of catalogs, as the build does it and as `make catalogs` does."""

import runpy
import shutil
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """What a source archive holds of the catalogs: no git, no .mo."""
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    shutil.copytree(ROOT / "khata", tmp_path / "khata", ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    return tmp_path


def said(root: Path) -> dict[str, str]:
    compiled = {}
    for path in root.glob("khata/i18n/locales/*/LC_MESSAGES/khata.mo"):
        with path.open("rb") as file:
            compiled[path.parts[-3]] = GNUTranslations(file).gettext("head.amount")
    return compiled


def test_the_script_compiles_every_language(archive: Path) -> None:
    subprocess.run([sys.executable, "hatch_build.py"], cwd=archive, check=True)
    assert said(archive)["en"] == "Amount"
    assert said(archive)["hi"] == "रकम"


def test_the_build_hook_compiles_the_tree_that_is_built(archive: Path) -> None:
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))["CustomBuildHook"]
    hook.initialize(SimpleNamespace(root=str(archive)), "editable", {})
    assert said(archive).keys() >= {"en", "hi"}


def test_compiling_again_writes_nothing(archive: Path) -> None:
    compile_catalogs = runpy.run_path(str(ROOT / "hatch_build.py"))["compile_catalogs"]
    assert compile_catalogs(archive)
    assert compile_catalogs(archive) == []
