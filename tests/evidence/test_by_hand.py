"""The commands of docs/VERIFY.md, as they stand there, on a book of every sort of file; and on one that was changed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.evidence.test_timestamps import Authority
from tests.evidence.workshop import Workshop, amount_of

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "VERIFY.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CHAIN, TREE, SIGNATURE, SHOWN, TIME = range(5)

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")


@pytest.fixture
def folder(workshop: Workshop, tmp_path: Path) -> Path:
    """The files that the page names."""
    for number in range(9):
        workshop.well(workshop.shop, "sale", "ramesh", f"{number + 1}")
    made = tmp_path / "by hand"
    made.mkdir()
    for words in (
        ("proof", "--balance", "ramesh", "-o", str(made / "ramesh.balance")),
        ("checkpoint", "-o", str(made / "shop.checkpoint")),
        ("proof", "17", "-o", str(made / "17.tlog-proof")),
        ("key", "export", "-o", str(made / "shop.key")),
        ("export", "--format", "jsonl", "-o", str(made / "shop.jsonl")),
        ("timestamp", "request", "-o", str(made / "ask.tsq")),
    ):
        workshop.well(workshop.shop, *words)
    authority = Authority(tmp_path / "authority")
    authority.answer(str(made / "ask.tsq"), str(made / "answer.tsr"))
    shutil.copy(authority.certificate, made / "authority.pem")
    shutil.copy(DOCS / "verify.py", made)
    return made


def by_hand(folder: Path, block: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-e", "-c", BLOCKS[block]], cwd=folder, capture_output=True, text=True, check=False)


def test_the_page_has_these_commands() -> None:
    assert len(BLOCKS) == 5


def test_all_of_it_holds(folder: Path) -> None:
    for block in range(len(BLOCKS)):
        done = by_hand(folder, block)
        assert done.returncode == 0, (BLOCKS[block], done)
    head, made = by_hand(folder, CHAIN).stdout.split()
    assert made in head
    assert "is the root that was signed" in by_hand(folder, TREE).stdout
    assert by_hand(folder, SIGNATURE).stdout == "Signature Verified Successfully\n"
    assert by_hand(folder, SHOWN).stdout.count("HOLDS\n") == 3


def test_a_book_that_was_chained_anew_has_another_root(workshop: Workshop, folder: Path) -> None:
    workshop.rewrite(amount_of(9, 9_000))
    (folder / "shop.jsonl").unlink()
    workshop.well(workshop.shop, "export", "--format", "jsonl", "-o", str(folder / "shop.jsonl"))
    assert by_hand(folder, CHAIN).returncode == 0
    assert by_hand(folder, TREE).returncode == 1


def test_a_line_that_was_changed_breaks_the_chain(folder: Path) -> None:
    log = folder / "shop.jsonl"
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace('"amount_paise":45000', '"amount_paise":4500', 1), encoding="utf-8")
    assert by_hand(folder, CHAIN).returncode == 1


def test_a_checkpoint_that_was_changed_is_not_signed(folder: Path) -> None:
    checkpoint = folder / "shop.checkpoint"
    lines = checkpoint.read_text(encoding="utf-8").split("\n")
    lines[1] = str(int(lines[1]) - 1)
    checkpoint.write_text("\n".join(lines), encoding="utf-8")
    assert by_hand(folder, SIGNATURE).returncode == 1
