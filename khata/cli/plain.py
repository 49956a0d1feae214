"""Command lines that come by the thousand: a command is built once, and words that are plain are read without Click.

Click takes a millisecond for a line. What is not plain (an option that there is not, a value that is missing or empty,
`--`) is left to it, and so is refused in the same words as anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from typer._click import Parameter
from typer._click.exceptions import ClickException

from khata.cli import options, registry
from khata.cli.env import Env
from khata.cli.failing import STOPPED
from khata.cli.main import build, misused


class Typed:
    """One command, to be asked many times.

    Args:
        name: the command's own.
        env: the surroundings.
    """

    def __init__(self, name: str, env: Env) -> None:
        entry = registry.COMMANDS[name]
        self._env, self._name = env, name
        self._function = getattr(import_module(f"khata.cli.{entry.module}"), entry.function)
        self._command = build(name, env)
        self._options: dict[str, Parameter] = {}
        self._rest = ""
        for each in self._command.params:
            if each.param_type_name == "option":
                self._options |= {typed: each for typed in each.opts if each.name not in options.EVERYWHERE}
            else:
                self._rest = str(each.name)

    def answer(self, words: Sequence[str]) -> Any:
        """What the command answers to its words; to be called in a block of `Env.line`.

        Raises:
            Refused, Unreadable, BookError: as the command says; Misused of what Click does not understand.
        """
        given = self._plain(options.filled(words))
        if given is not None:
            return self._function(SimpleNamespace(obj=self._env), **given)
        return by_click(self._command, self._name, words, self._env)

    def _plain(self, words: Sequence[str]) -> dict[str, Any] | None:
        """What the function takes, the shared options put where they are kept; None where it is for Click to say."""
        given: dict[str, Any] = {}
        shared: dict[str, Any] = {}
        rest: list[str] = []
        left = iter(words)
        for word in left:
            if not word.startswith("-"):
                rest.append(word)
                continue
            typed, has_value, value = word.partition("=")
            option: Any = self._options.get(typed)
            if option is None or (option.is_flag and has_value):
                return None
            if not option.is_flag and not has_value:
                value = next(left, "")
            if not option.is_flag and not value:
                return None
            told = given if option.expose_value else shared
            if option.multiple:
                told.setdefault(option.name, []).append(value)
            else:
                told[option.name] = option.is_flag or value
        self._env.options |= shared
        return {**given, self._rest: rest} if rest else given


def by_click(command: Any, name: str, words: Sequence[str], env: Env) -> Any:
    """What a built command answers to its words. Raises what it refuses, and Misused."""
    try:
        answer = command.main(options.filled(words), prog_name=f"khata {name}", standalone_mode=False, obj=env)
    except ClickException as e:
        raise misused(env, e) from e
    if answer == STOPPED:  # Click has made a number of the KeyboardInterrupt
        raise KeyboardInterrupt
    return answer
