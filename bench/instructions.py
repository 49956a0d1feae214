"""How many instructions khata's commands take, by valgrind: no neighbour on the machine changes them.

    python bench/instructions.py [BIN ...]      BIN: the folder of an environment's programs, to compare its khata, too

A row of an import, of a rebuild or of a verification is the difference between a file of 6,000 rows and one of 1,000;
the other commands are whole processes. All of them run in one process, for so short a file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from process import PYTHON, Command, environ
from shop import WHO, Shop, generated
from table import Results, tell

SMALL, LARGE = 1000, 6000
LINES = 300
A_ROW = {
    "import, a row": ("import", "FILE", "--new-parties", "all"),
    "first balance after it, a row": ("balance", WHO),
    "rebuild, an entry": ("rebuild",),
    "verify, an entry": ("verify",),
}
WHOLE = {
    "balance NAME": ("balance", WHO),
    "sale": ("sale", WHO, "450"),
    "statement of a year": ("statement", WHO, "--from", "2025-11-01", "--to", "2026-10-31"),
    "day book": ("daybook", "--on", "2026-10-15"),
    f"batch of {LINES} lines": ("batch", "LINES"),
}


def counted(programs: Path, folder: Path) -> dict[str, int]:
    """Instructions by work, of the khata among these programs."""
    found: dict[str, int] = {}
    rows: dict[int, dict[str, int]] = {}
    for size in (SMALL, LARGE):
        home = folder / f"counted-{size}"
        home.mkdir()
        shop = Shop(home, generated(folder, size), size)
        _khata(programs, shop, "init", "Bench")
        rows[size] = {
            work: _instructions(programs, shop, *(str(shop.file) if word == "FILE" else word for word in words))
            for work, words in A_ROW.items()
        }
    for work in A_ROW:
        found[work] = (rows[LARGE][work] - rows[SMALL][work]) // (LARGE - SMALL)
    lines = folder / "counted-lines.txt"
    lines.write_text(f"sale '{WHO}' 450\n" * LINES, encoding="utf-8")
    for work, words in WHOLE.items():
        batch = words == ("batch", "LINES")
        found[work] = _instructions(programs, shop, *words[:1] if batch else words, given=lines if batch else None)
    for size in (SMALL, LARGE):
        shutil.rmtree(folder / f"counted-{size}")
    return found


def _khata(programs: Path, shop: Shop, *words: str, before: tuple[str, ...] = (), given: Path | None = None) -> str:
    command = Command((*before, str(programs / "python"), str(programs / "khata"), *words), shop.home)
    fixed = environ(command) | {"PYTHONHASHSEED": "0"}
    text = given.read_text(encoding="utf-8") if given else ""
    done = subprocess.run(
        command.words, env=fixed, cwd=shop.home, check=True, capture_output=True, text=True, input=text
    )
    return done.stderr


def _instructions(programs: Path, shop: Shop, *words: str, given: Path | None = None) -> int:
    said = _khata(
        programs,
        shop,
        *words,
        before=("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"),
        given=given,
    )
    (collected,) = re.findall(r"Collected : (\d+)", said)
    return int(collected)


def measure(folder: Path, results: Results) -> None:
    """The instructions of this khata, as a table of the results."""
    if shutil.which("valgrind") is None:
        results.note("valgrind is not installed here: no instructions were counted.")
        return
    tell("instructions …")
    results.instructions = table({"instructions": counted(Path(PYTHON).parent, folder)})


def table(columns: dict[str, dict[str, int]]) -> str:
    """What was counted, in Markdown; with two columns or more the last one against the first."""
    counts = list(columns.values())
    heads = [*columns, *(["last / first"] if len(counts) > 1 else [])]
    lines = [f"| work | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    for work in counts[0]:
        cells = [f"{each[work]:,}" for each in counts]
        if len(counts) > 1:
            cells.append(f"{counts[-1][work] / counts[0][work]:.3f}")
        lines.append(f"| {work} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(*programs: str) -> None:
    """Count for each of these environments, and print the table."""
    with tempfile.TemporaryDirectory(prefix="khata-bench-") as name:
        columns = {str(each): counted(Path(each), Path(name)) for each in programs or (Path(PYTHON).parent,)}
    print(table(columns))


if __name__ == "__main__":
    main(*sys.argv[1:])
