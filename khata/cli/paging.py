"""Answers that are longer than the terminal go through a pager, as git's do."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from typing import Final

from khata.cli.env import Env

_MOVE: Final = re.compile(r"\x1b\[\d+G")
"""A move of the cursor to a column, which no pager understands: the blanks before it lead there anyway."""


class _Page(StringIO):
    """What would be on the screen: answers and asides in the order in which they come."""

    def isatty(self) -> bool:
        return True


def paged(env: Env, show: Callable[[Env], None]) -> None:
    """Print an answer; where it is longer than the terminal, through the pager.

    `--no-pager`, a pipe, JSON, the shell, a batch, and a KHATA_PAGER or PAGER that is empty or `cat` mean none. A pager
    that cannot be started, or that somebody leaves early, is no fault.
    """
    words = _pager(env)
    if words is None:
        show(env)
        return
    streams, page = env.streams, _Page()
    columns, rows = streams.size(env.environ)
    stderr = page if streams.stderr.isatty() else streams.stderr
    env.streams = streams._replace(stdout=page, stderr=stderr, width=columns, height=rows)
    try:
        show(env)
    except BaseException:
        streams.stdout.write(page.getvalue())
        raise
    finally:
        env.streams = streams
    text = page.getvalue()
    if text.count("\n") < rows or not _through(words, text, env):
        streams.stdout.write(text)


def _pager(env: Env) -> list[str] | None:
    """The pager's words; None where nothing is to be paged."""
    streams = env.streams
    if (
        env.json
        or env.plain
        or env.in_shell
        or env.on_line
        or env.option("no_pager")
        or env.environ.get("TERM") == "dumb"
    ):
        return None
    if not streams.terminal or not streams.stdout.isatty():
        return None
    named = env.environ.get("KHATA_PAGER", env.environ.get("PAGER", "less"))
    with suppress(ValueError):  # a quotation mark that nobody closes
        words = shlex.split(named)
        if words and words != ["cat"]:
            return words
    return None


def _through(words: list[str], text: str, env: Env) -> bool:
    """Whether the pager took the text. Ctrl-C is the pager's own while it runs."""
    program = shutil.which(words[0], path=env.environ.get("PATH"))
    if program is None:
        return False
    environ = {"LESS": "FRX", "LV": "-c", **env.environ}
    if str(getattr(env.streams.stdout, "encoding", "")).lower().replace("-", "") == "utf8":
        environ.setdefault("LESSCHARSET", "utf-8")
    env.streams.stdout.flush()
    try:
        pager = subprocess.Popen([program, *words[1:]], stdin=subprocess.PIPE, env=environ)  # noqa: S603 - the user's own
    except OSError:
        return False
    with suppress(OSError, KeyboardInterrupt):
        pager.communicate(_MOVE.sub("", text).encode("utf-8", "backslashreplace"))
    while pager.poll() is None:
        with suppress(KeyboardInterrupt):
            pager.wait()
    return True
