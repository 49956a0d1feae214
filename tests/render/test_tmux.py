"""A real terminal's opinion. What tmux draws is read back; skipped without tmux (test_table.py holds the layout)."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from khata.render.text import width

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

NAMES = ["Ramesh", "रमेश कुमार", "सीता देवी", "சுரேஷ் குமார்", "শ্রী দেবাশীষ", "محمد علی", "店"]

TABLE = """
import sys
from khata.i18n.messages import words_for
from khata.i18n.money import rupees
from khata.render.terminal.console import make_console
from khata.render.terminal.table import Column, Table

words = words_for("hi", strict=True)
heads = [words.say(f"head.{head}") for head in ("name", "given", "balance", "what")]
table = Table([Column(heads[0]), Column(heads[1], "right", 12), Column(heads[2], "right"), Column(heads[3])])
table.title("सीता देवी", "शर्मा किराना")
for number, name in enumerate(NAMES):
    table.row(name, rupees(45000 * 10**number), rupees(100), f"|{name}")
table.print(make_console(sys.stdout, terminal=True))
"""

FOLDED = """
import sys
from khata.i18n.money import rupees
from khata.render.terminal.console import make_console
from khata.render.terminal.table import Column, Table

table = Table([Column("दिया", "right"), Column("கையெழுத்து"), Column("मिला", "right"), Column("नाम", names=True)])
for number, name in enumerate(NAMES):
    table.row(rupees(45000), f"{name} {name} {name}", rupees(100), f"|{name} {name} · " + f"{name} " * 12)
table.row(rupees(100), "x", rupees(100), "|ന്\u200d")
table.row(rupees(45000), "x", rupees(200), "|")
table.print(make_console(sys.stdout, terminal=True, size=(60, 40)))
"""

# writes each name and asks the terminal where its cursor then stands
CURSOR = """
import json, os, re, sys, termios, tty

tty.setraw(0)
places = []
for name in NAMES:
    os.write(1, b"\\r\\x1b[K" + name.encode() + b"\\x1b[6n")
    reply = b""
    while not reply.endswith(b"R"):
        reply += os.read(0, 64)
    places.append(int(re.search(rb";(\\d+)R", reply)[1]) - 1)
RESULT.write_text(json.dumps(places))
"""


class Terminal:
    """A tmux of its own, 100 cells wide unless said, that runs one script of Python."""

    columns, rows = 100, 30

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = str(folder / "socket")

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self.socket, "-u", "-f", "/dev/null", *words],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        )
        return done.stdout

    def run(self, script: str) -> list[str]:
        """The screen, line by line, once the script has ended."""
        done, code = self.folder / "done", self.folder / "script.py"
        given = f"from pathlib import Path\nNAMES = {NAMES!r}\nRESULT = Path({str(self.folder / 'result')!r})\n"
        code.write_text(given + script, encoding="utf-8")
        command = f"PYTHONPATH={os.pathsep.join(filter(None, sys.path))} {sys.executable} {code}; echo > {done}; cat"
        self.tmux("new-session", "-d", "-x", str(self.columns), "-y", str(self.rows), command)
        deadline = time.monotonic() + 20
        while not done.exists():
            assert time.monotonic() < deadline, self.tmux("capture-pane", "-p")
            time.sleep(0.05)
        time.sleep(0.2)  # what was written last is drawn a moment later
        return self.tmux("capture-pane", "-p").splitlines()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    one = Terminal(tmp_path)
    yield one
    one.tmux("kill-server")


def test_tmux_gives_each_name_as_many_cells_as_we_do(terminal: Terminal) -> None:
    screen = terminal.run(CURSOR)
    result = terminal.folder / "result"
    assert result.exists(), screen
    assert json.loads(result.read_text()) == list(map(width, NAMES))


def test_the_columns_are_straight_on_the_screen(terminal: Terminal) -> None:
    title, head, *rows = terminal.run(TABLE)[: 2 + len(NAMES)]
    assert width(title.rstrip()) == 80
    assert {width(row[: row.index(".00")]) for row in rows} == {width(head[: head.index("दिया") + 4]) - 3}
    assert {width(row[: row.rindex("₹")]) for row in rows} == {width(rows[0][: rows[0].rindex("₹")])}
    assert {width(row[: row.index("|")]) for row in rows} == {width(head[: head.index("विवरण")])}


def test_the_columns_of_folded_rows_are_straight_on_the_screen(terminal: Terminal) -> None:
    terminal.columns, terminal.rows = 60, 120
    lines = [line.rstrip() for line in terminal.run(FOLDED)]
    assert max(map(width, lines)) <= 60
    of_rows = [line for line in lines if line.count("₹") == 2]
    assert len(of_rows) == len(NAMES) + 2
    assert len({width(line[: line.rindex(".00")]) for line in of_rows}) == 1
    assert len({width(line[: line.index("|")]) for line in of_rows if "|" in line}) == 1
    assert of_rows[-1].startswith("₹450.00")
