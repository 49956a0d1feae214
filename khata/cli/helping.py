"""The frame of a help page in the reader's language: Click's own words for usage and options replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from typer._click import Context, HelpFormatter

from khata.cli.env import Env

WIDEST = 100
"""Cells of a help page on a wide terminal: longer lines are hard to read."""


_MARK = r" *\[(?:default: (?P<default>[^];]+))?(?:; )?[^]]*\]$"


class SpokenFormatter(HelpFormatter):
    """Click's layout under headings from the catalog."""

    say: Any = None
    columns: int | None = None
    aloud: bool = False

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Options with what they mean, in columns of cells, or beneath each other; read aloud in lines."""
        if self.columns is None and not self.aloud:
            super().write_dl([(option, self._meaning(meaning)) for option, meaning in rows], *args, **kwargs)
            return
        from khata.render.terminal.table import Column, Table

        made = Table([Column(""), Column("")])
        for option, meaning in rows:
            made.row(option, self._meaning(" ".join(meaning.split())))
        if self.aloud or self.columns is None:
            self.write(made.aloud(self.say("word.comma")))
            return
        for line in made.lines(self.columns - self.current_indent):
            self.write(" " * self.current_indent + "".join(piece.text for piece in line) + "\n")

    def _meaning(self, text: str) -> str:
        """Click's English marks in our words. What is taken where nothing is typed; the usage says what must be."""
        mark = re.search(_MARK, text)
        if mark is None:
            return text
        meaning = text[: mark.start()].rstrip(" .।")
        return self.say("option.default", meaning=meaning, value=mark["default"]) if mark["default"] else meaning

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """`Usage: khata sale …`."""
        super().write_usage(prog, args, prefix or self.say("help.usage") + " ")

    def write_heading(self, heading: str) -> None:
        """`Options:`."""
        super().write_heading(self.say(f"help.{heading.lower()}"))


def as_option(words: Sequence[str], env: Env) -> Sequence[str]:
    """Words that begin with one for help, as `--help` asks for it: `help sale` is `sale --help`."""
    asked = env.words.say("spoken.help").split()
    if not set(words) & set(asked):
        return words
    from khata.grammar.splitting import plain_places

    first = next(iter(plain_places(words)), 0)
    return [*words[:first], *words[first + 1 :], "--help"] if words[first] in asked else words


def placed(metavar: str, env: Env) -> str:
    """What stands for a value in a help page, in the reader's language: `NAME` is नाम. Words to be typed stay."""
    return re.sub("[A-Z]{2,}", lambda found: _place(found[0], env), metavar)


def _place(word: str, env: Env) -> str:
    key = f"metavar.{word.lower()}"
    return env.say(key) if env.words.has(key) else word


def _show_help(ctx: Context, _: Any, value: bool) -> None:
    """Print the help page on a terminal, folded and paged as every answer."""
    if value and not ctx.resilient_parsing:
        from khata.cli.paging import paged

        page = ctx.get_help()
        paged(ctx.obj, lambda env: env.out(page))
        ctx.exit()


class SpokenContext(Context):
    """A context whose help is said in the reader's language; a line of a batch gets none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.obj, "on_line", False):
            self.help_option_names = []
        streams = getattr(self.obj, "streams", None)
        if streams is not None and streams.terminal:
            self.terminal_width = min(WIDEST, streams.size(self.obj.environ)[0])
            option = self.command.get_help_option(self)
            if option is not None:
                option.callback = _show_help

    def make_formatter(self) -> HelpFormatter:
        """The formatter, and the help of `--help` itself, which Click makes late and in English."""
        formatter = SpokenFormatter(width=self.terminal_width, max_width=self.max_content_width)
        formatter.say, formatter.columns, formatter.aloud = self.obj.say, self.terminal_width, self.obj.plain
        option = self.command.get_help_option(self)
        if option is not None:
            option.help = self.obj.say("option.help")
        return formatter
