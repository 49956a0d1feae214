"""Runs the `console` blocks of a Markdown page as somebody would type them, and writes down what comes out.

Every command runs in this process, in a home of its own that is shown as `~`. The clock stands still while a command
runs and goes on by a minute after it; ids are the same in each run. What a block may hold:

    $ khata …               stdout and stderr as they come, then `[exit 2]` if it was not 0
    $ KHATA_LANG=hi khata … the same with an environment variable
    $ khata … --json | python3 -m json.tool --no-ensure-ascii
    $ khata … < FILE        $ khata … <<'EOF' … EOF
    $ cat FILE              $ cat > FILE <<'EOF' … EOF          $ printf '…\\xe9' > FILE
    $ cp A B                $ rm FILE        $ head -n 3 FILE > OTHER
    $ sed -i 's/a/b/' FILE  (bytes)          $ sqlite3 FILE "SQL"
    # at 2026-11-22 21:40   sets the clock, in the shop's zone
    # typed: n              what a person at a terminal answers to the next command's questions
    $ khata shell           and below it what was typed, after `khata> ` and after questions, and what was answered
    # …                     any other remark

A line of output that begins with `$` or `#` is shown with a space before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shlex
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from khata.cli.env import Env, Streams
from khata.cli.main import run
from khata.store import keys, machine
from tests.disks import device_of

SHOP_ZONE = timezone(timedelta(hours=5, minutes=30))
START = datetime(2026, 11, 22, 10, 0, tzinfo=SHOP_ZONE)
PRETTY = "| python3 -m json.tool"
FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_VIEWS = re.compile(r"(?<=/khata/)[0-9a-f]{32}(?=\.sqlite)")
_AT = re.compile(r"# at (\d{4}-\d\d-\d\d \d\d:\d\d)")
_TYPED = re.compile(r"# typed: (.*)")
_SHELL = re.compile(r"\$ (?:[A-Z_]+=\S+ )?khata .*\bshell\b(?! --help)")
_IN_SHELL = re.compile(r"^(?:[\w]+(?: \d+ \S+)?>|.*(?:\[y/N\]|\(Enter: none\):|= नहीं\]|कोई नहीं\):)) ?(.*)$")
_HEREDOC = re.compile(r"(.*?)\s*<<'(\w+)'")
_VARIABLE = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_SED = re.compile(r"s/(.*)/(.*)/g?")


@dataclass(frozen=True)
class Said:
    """A khata command, and all that it printed."""

    words: tuple[str, ...]
    output: str
    exit_code: int


class Answers(StringIO):
    """A keyboard: what is read from it is shown, as a terminal shows it."""

    def __init__(self, text: str, shown: StringIO, after_line: Callable[[], None] = lambda: None) -> None:
        super().__init__(text)
        self._shown, self._after_line = shown, after_line

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override,unused-ignore]
        line = super().readline(size)
        self._shown.write(line or "\n")
        self._after_line()
        return line


class Typed(NamedTuple):
    """What a command reads: what a person answers, or the lines of a script."""

    answers: str | None
    lines: str

    def stream(self, shown: StringIO, after_line: Callable[[], None]) -> StringIO:
        """The one or the other; only an answer is shown."""
        if self.lines:
            return StringIO(self.lines)
        return Answers(self.answers or "", shown, after_line)


def numbered(seed: str) -> Callable[[], str]:
    """32 hex, another one each time, the same ones in each run."""
    count = iter(range(1_000_000))
    return lambda: hashlib.sha256(f"{seed} {next(count)}".encode()).hexdigest()[:32]


@dataclass
class Session:
    """A home in which one page is played from its first block to its last."""

    home: Path
    at: datetime = START
    said: list[Said] = field(default_factory=list)

    def play(self, block: str) -> str:
        """The block again, with what its commands print now."""
        played: list[str] = []
        answers: str | None = None
        lines = iter(block.splitlines())
        space, place = False, 0
        for line in lines:
            place += 1
            if line.startswith("$ "):
                body = self._here(line, lines)
                place += len(body)
                if _SHELL.match(line):
                    answers = _typed_in_shell(block.splitlines()[place:])
                played += [""] * space + [line, *body]
                with contextlib.chdir(self.home):
                    printed = self._command(line[2:], body, answers)
                played += self._shown(printed)
                answers = None
            elif line.startswith("# "):
                played += [""] * space + [line]
                if match := _AT.fullmatch(line):
                    self.at = datetime.strptime(match[1], "%Y-%m-%d %H:%M").replace(tzinfo=SHOP_ZONE)
                if match := _TYPED.fullmatch(line):
                    answers = match[1].replace("\\n", "\n") + "\n"
            space = not line
        return "".join(line + "\n" for line in played)

    def _here(self, line: str, lines: Iterator[str]) -> list[str]:
        """The lines of a here-document, up to and with its end."""
        match = _HEREDOC.search(line)
        body: list[str] = []
        while match and (not body or body[-1] != match[2]):
            body.append(next(lines))
        return body

    def _shown(self, printed: str) -> list[str]:
        shown = [line.rstrip() for line in _VIEWS.sub("…", printed.replace(str(self.home), "~")).splitlines()]
        while shown and not shown[-1]:
            shown.pop()
        return [f" {line}" if line.startswith(("$ ", "# ")) else line for line in shown]

    def _command(self, line: str, body: list[str], answers: str | None) -> str:
        if match := _HEREDOC.match(line):
            line = match[1]
        command, _, pipe = line.partition(" | ")
        words = [self._expanded(word) for word in shlex.split(command)]
        environ: dict[str, str] = {}
        while match := _VARIABLE.fullmatch(words[0]):
            environ[match[1]] = self._expanded(match[2])
            words.pop(0)
        to = Path(words.pop()) if len(words) > 2 and words[-2] == ">" else None
        if to is not None:
            words.pop()
        if words[0] == "khata":
            assert to is None, "khata writes files with -o"
            if len(words) > 2 and words[-2] == "<":
                read = Path(words.pop()).read_text(encoding="utf-8")
                words.pop()
            else:
                read = "".join(each + "\n" for each in body[:-1])
            return self._khata(words[1:], environ, Typed(answers, read), pipe)
        made = _TOOLS[words[0]](words[1:], body)
        if to is None:
            return made.decode()
        to.write_bytes(made)
        return ""

    def _expanded(self, word: str) -> str:
        return str(self.home / word[2:]) if word.startswith("~/") else word

    def _khata(self, words: list[str], environ: dict[str, str], typed: Typed, pipe: str) -> str:
        page, out = StringIO(), StringIO()
        pretty = f"| {pipe}".startswith(PRETTY)
        assert pretty or not pipe, f"cannot imitate: {pipe}"
        keys = typed.stream(page, self._a_minute if "shell" in words else lambda: None)
        streams = Streams(keys, out if pretty else page, page, asks=typed.answers is not None, terminal=False)
        env = Env(
            {"HOME": str(self.home), "USER": "asha", **environ},
            lambda: self.at.astimezone(UTC),
            numbered(f"command {len(self.said)}"),
            streams,
            {},
        )
        with contextlib.redirect_stdout(page):  # Click prints help past the streams
            code = run(words, env)
        self._a_minute()
        if pretty:
            ascii_ = "--no-ensure-ascii" not in pipe
            page.write(json.dumps(json.loads(out.getvalue()), indent=4, ensure_ascii=ascii_) + "\n")
        printed = page.getvalue()
        self.said.append(Said(tuple(words), printed, code))
        if printed and not printed.endswith("\n"):
            printed += "\n"
        return printed + (f"[exit {code}]\n" if code else "")

    def _a_minute(self) -> None:
        self.at += timedelta(minutes=1)


def _typed_in_shell(lines: list[str]) -> str:
    """What was typed into a shell, as its page shows it: after the prompt, and after each question."""
    typed = []
    for line in lines:
        if line.startswith(("$ ", "# ")):
            break
        if match := _IN_SHELL.match(line):
            typed.append(match[1])
    return "".join(line + "\n" for line in typed).rstrip("\n") + "\n" * bool(typed)


# --- the other programs, as far as the pages use them


def _cat(words: list[str], body: list[str]) -> bytes:
    if not words:
        return "".join(line + "\n" for line in body[:-1]).encode()
    return b"".join(Path(word).read_bytes() for word in words)


def _printf(words: list[str], _: list[str]) -> bytes:
    (text,) = words
    return text.encode().decode("unicode_escape").encode("latin-1")


def _cp(words: list[str], _: list[str]) -> bytes:
    source, target = words
    shutil.copyfile(source, target)
    return b""


def _rm(words: list[str], _: list[str]) -> bytes:
    for word in words:
        Path(word).unlink()
    return b""


def _mkdir(words: list[str], _: list[str]) -> bytes:
    for word in words:
        Path(word).mkdir()
    return b""


def _head(words: list[str], _: list[str]) -> bytes:
    unit, count, file = words
    stored = Path(file).read_bytes()
    return stored[: int(count)] if unit == "-c" else b"".join(stored.splitlines(keepends=True)[: int(count)])


def _sed(words: list[str], _: list[str]) -> bytes:
    flag, script, file = words
    match = _SED.fullmatch(script)
    assert flag == "-i"
    assert match
    stored = Path(file).read_bytes()
    old, new = (part.replace("\\n", "\n").encode() for part in match.groups())
    changed = stored.replace(old, new)
    assert changed != stored, f"{script} changes nothing in {file}"
    Path(file).write_bytes(changed)
    return b""


def _sqlite3(words: list[str], _: list[str]) -> bytes:
    file, *statements = words
    printed = []
    connection = sqlite3.connect(file)
    for statement in ";".join(statements).split(";"):
        try:
            printed += ["|".join(map(str, row)) for row in connection.execute(statement)]
        except sqlite3.Error as e:
            printed.append(f"Error: {e}")
            break
    connection.commit()
    connection.close()
    return "".join(line + "\n" for line in printed).encode()


_TOOLS: dict[str, Callable[[list[str], list[str]], bytes]] = {
    "cat": _cat,
    "printf": _printf,
    "cp": _cp,
    "rm": _rm,
    "mkdir": _mkdir,
    "head": _head,
    "sed": _sed,
    "sqlite3": _sqlite3,
}


def play(page: str, home: Path) -> tuple[str, Session]:
    """A page again, with what its blocks print now, and the session in which they ran."""
    home.mkdir(parents=True, exist_ok=True)
    session = Session(home)
    seeds = numbered("key")
    with (
        mock.patch.object(machine, "device_of", device_of),
        mock.patch.object(keys, "new_seed", side_effect=lambda: bytes.fromhex(seeds() + seeds())),
    ):
        return FENCE.sub(lambda match: f"```console\n{session.play(match[1])}```", page), session
