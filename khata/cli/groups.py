"""A command that has commands of its own: `khata party …`. Each of them is built when it is the one that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from typer._click import Command, Context
from typer.core import TyperGroup

from khata.cli import options
from khata.cli.env import Env
from khata.cli.helping import SpokenContext, placed


class Group(TyperGroup):
    """The commands of one topic, in the order of use: each with its function and the groups of options it shares."""

    COMMANDS: ClassVar[Mapping[str, tuple[Callable[..., Any], tuple[str, ...]]]]
    context_class = SpokenContext

    def __init__(self, name: str, env: Env) -> None:
        from khata.cli.main import explain

        super().__init__(
            name=name,
            help=env.say(f"help.{name}"),
            params=options.everywhere(),
            rich_markup_mode=None,
            no_args_is_help=True,
            context_settings={"help_option_names": ["--help", "-h"]},
        )
        explain(self.params, name, env)
        self.options_metavar, self.subcommand_metavar = placed("[OPTIONS]", env), placed("COMMAND [ARGS]...", env)
        self.topic, self.env = name, env
        self.commands = cast("dict[str, Command]", dict.fromkeys(self.COMMANDS))  # the names, for suggestions

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """In the order of use."""
        return list(self.COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command, built."""
        from khata.cli.main import build

        if cmd_name not in self.COMMANDS:
            if ctx.resilient_parsing:
                return None
            from khata.cli.near import unknown_command

            raise unknown_command(cmd_name, self.COMMANDS, self.env, after=self.topic)
        self.env.command = f"{self.topic} {cmd_name}"
        function, shared = self.COMMANDS[cmd_name]
        return build(self.env.command, self.env, function, shared)
