"""`khata`: builds the command that was typed, runs it, prints its answer."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, cast

from typer._click import Command, Context, HelpFormatter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from khata.cli import options, registry, spoken
from khata.cli.env import SPEAKING, Env
from khata.cli.examples import EXAMPLES
from khata.cli.failing import MACHINE, REFUSED, STOPPED, complain
from khata.cli.helping import SpokenContext, as_option, placed
from khata.cli.refusals import Misused
from khata.cli.reply import Pending, Reply, give
from khata.cli.stopping import Heeding, leave
from khata.i18n.messages import languages
from khata.log.errors import ViewsDifferError
from khata.views.cache import CacheError

_NAMES = {"help_option_names": ["--help", "-h"]}

_EVERYWHERE = "--book FILE  --lang LANG  --by NAME  --json  -q"
_SPOKEN = ("sale", "receive", "return", "discount", "reverse", "correct", "balance", "statement", "daybook")
"""Commands of which the first page of the help tells how they are called in speech."""


def build(name: str, env: Env, function: Any = None, shared: Sequence[str] = ()) -> Command:
    """The command of a function, with the shared options, and its help from the catalog."""
    entry = registry.COMMANDS.get(name)
    if function is None and entry is not None:
        function = getattr(import_module(f"khata.cli.{entry.module}"), entry.function)
        shared = entry.options
    if isinstance(function, type):
        return function(name, env)  # type: ignore[no-any-return]
    key = name.replace("-", "_").replace(" ", ".")
    info = CommandInfo(
        name=name.rpartition(" ")[2],
        callback=function,
        help="\n\n".join([env.say(f"help.{key}"), *_more(env, key), env.say("help.example"), _example(key)]),
        context_settings=_NAMES,
    )
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    for group in shared:
        command.params += options.GROUPS[group]()
    command.params += options.everywhere()
    explain(command.params, key, env)
    command.options_metavar = placed("[OPTIONS]", env)
    command.context_class = SpokenContext
    return command


def explain(parameters: Sequence[Any], key: str, env: Env) -> None:
    """Give each option its help from the catalog: the command's own text for it, or the one that all share.

    What stands for a value, NAME or DAY, is said in the reader's language too.
    """
    for parameter in parameters:
        if parameter.metavar:
            parameter.metavar = placed(parameter.metavar, env)
        name = str(parameter.name).rstrip("_")  # `for_`: a word of Python's own
        about = f"option.{key}.{name}"
        if not env.words.has(about):
            about = f"option.{name}"
        if hasattr(parameter, "help") and env.words.has(about):
            parameter.help = env.say(about, languages=" ".join(languages()))


def _more(env: Env, key: str) -> list[str]:
    """What else is to be known of a command, a line each."""
    return ["\b\n" + env.say(f"more.{key}")] if env.words.has(f"more.{key}") else []


def _example(key: str) -> str:
    # \b keeps Click from filling the lines of an example into a paragraph.
    return "\b\n" + "\n".join("  " + line for line in EXAMPLES[key].splitlines())


class Khata(TyperGroup):
    """The commands, each built only when it is the one that was typed."""

    context_class = SpokenContext

    def __init__(self, env: Env) -> None:
        super().__init__(
            name="khata",
            callback=None,
            params=[*options.everywhere(), _version()],
            invoke_without_command=True,
            context_settings=_NAMES,
            rich_markup_mode=None,
            add_help_option=True,
        )
        self.env = env
        self._built: dict[tuple[str, str], Command] = {}
        self.commands = cast("dict[str, Command]", dict.fromkeys(registry.COMMANDS))  # the names, for suggestions

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """The names, in the order of the help."""
        return [name for name, entry in registry.COMMANDS.items() if entry.section != "hidden"]

    def shell_complete(self, ctx: Context, incomplete: str) -> list[Any]:
        """The commands that begin so, and the words of the trade: these only once one is begun, for they are many."""
        from typer._click.shell_completion import CompletionItem

        begun = incomplete.casefold()
        words = [each for each in spoken.every(self.env.words.language) if begun and each.startswith(begun)]
        return [*super().shell_complete(ctx, incomplete), *map(CompletionItem, words)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command that a word means, built."""
        name = spoken.find(cmd_name, self.env.words.language)
        if name is None:
            if ctx.resilient_parsing:
                return None
            from khata.cli.near import unknown_command

            raise unknown_command(cmd_name, [*registry.COMMANDS, *spoken.every()], self.env)
        self.env.command = name
        if len(self.env.languages_asked) > 1 and not registry.COMMANDS[name].languages:
            several = ", ".join(name for name, entry in registry.COMMANDS.items() if entry.languages)
            raise Misused(what="only", option=f"--lang {self.env.option('lang')}", forms=several)
        self.env.all_words  # noqa: B018 - an unknown one is refused before anything is done
        # The shell and a batch ask for the same ones again; their help is in the language of the first.
        made = (name, self.env.words.language)
        if made not in self._built:
            self._built[made] = build(name, self.env)
        return self._built[made]

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 - Click's signature
        """The first page: the commands of a shop's day, then the others, from the catalog and without Rich."""
        say = self.env.say
        formatter.write(f"{say('help.khata')}\n\n  khata {placed('COMMAND', self.env)} --help  {say('help.each')}\n")
        width = max(map(len, registry.COMMANDS))
        for section in registry.SECTIONS:
            formatter.write(f"\n{say(f'help.section.{section}')}\n")
            for name, entry in registry.COMMANDS.items():
                if entry.section == section:
                    formatter.write(f"  {name:<{width}}  {say('help.' + name.replace('-', '_')).splitlines()[0]}\n")
        formatter.write(f"\n{say('help.everywhere')}\n  {placed(_EVERYWHERE, self.env)}\n")
        formatter.write(f"\n{say('help.spoken')}\n")
        for name in _SPOKEN:
            formatter.write(f"  {name:<{width}}  {', '.join(spoken.of_command(name, self.env.words.language))}\n")

    def invoke(self, ctx: Context) -> Any:
        """Without a command: how the shop stands."""
        if not ctx._protected_args:  # noqa: SLF001 - as TyperGroup.invoke asks it
            return build("status", self.env).main([], prog_name="khata status", standalone_mode=False, obj=self.env)
        return super().invoke(ctx)


def _version() -> Any:
    from typer.core import TyperOption

    def show(ctx: Context, _: Any, value: Any) -> None:
        if value and not ctx.resilient_parsing:
            from khata import __version__

            ctx.obj.out(f"khata {__version__}")
            ctx.exit()

    return TyperOption(
        param_decls=["--version"], is_flag=True, expose_value=False, callback=show, is_eager=True, default=False
    )


def _foreseen(args: Sequence[str], env: Env) -> None:
    """Options that help, and errors about options, want before anything is parsed: language, `--json`, `--no-pager`."""
    early = ("lang", "digits")
    for index, word in enumerate(args):
        if word == "--":
            return
        if word in ("--json", "--compact", "--plain", "--no-pager"):
            env.options[word.removeprefix("--").replace("-", "_")] = True
        option, joined, value = word.removeprefix("--").partition("=")
        if word.startswith("--") and option in early and (joined or index + 1 < len(args)):
            env.options[option] = value if joined else args[index + 1]
        if option in SPEAKING and env.options.get(option) is not None:
            env.__dict__.pop("words", None)  # a line of the shell may be said in another way than the one before


def run(args: Sequence[str], env: Env) -> int:
    """Run one command line; returns the exit code. Nothing is raised, nothing exits."""
    try:
        return _run(args, env)
    finally:
        with suppress(Exception):  # what was done is done, and told
            env.close()


def _run(args: Sequence[str], env: Env) -> int:
    try:
        with Heeding():
            if "_KHATA_COMPLETE" in env.environ:
                from typer._completion_classes import completion_init

                completion_init()  # Typer knows bash, zsh and fish only from then on
            return tell(env, answer(args, env, Khata(env)))
    except (Exception, KeyboardInterrupt) as e:  # noqa: BLE001 - the one place where a fault becomes a sentence
        return told_wrong(env, e)


def answer(args: Sequence[str], env: Env, khata: Khata) -> Reply | int:
    """Do what one command line asks; gives its answer, or an exit code where it has said all itself.

    Raises:
        Exception: whatever went wrong; `told_wrong` makes a sentence of it.
        KeyboardInterrupt: Ctrl-C.
    """
    try:
        return _answered(args, env, khata)
    except (ViewsDifferError, CacheError):
        entry = registry.COMMANDS.get(env.command)
        if env.committing or (entry is not None and entry.reads):
            raise
        env.rebuild_views()
        env.views_differed = True
        return _answered(args, env, khata)


def _answered(args: Sequence[str], env: Env, khata: Khata) -> Reply | int:
    env.args, env.to_come = list(args), None
    _foreseen(args, env)
    if "_KHATA_COMPLETE" not in env.environ:
        env.words  # noqa: B018 - an unknown --lang is refused before anything is done
    try:
        found = khata.main(options.filled(as_option(args, env)), prog_name="khata", standalone_mode=False, obj=env)
    except SystemExit as e:
        if isinstance(e.__context__, OSError):  # Click leaves where the reader of a pipe has gone
            raise e.__context__ from e
        found = e.code
    if found == STOPPED:  # Click has made a number of the KeyboardInterrupt
        raise KeyboardInterrupt
    if isinstance(found, Pending):
        found = found.carry_out(env)
    return found if isinstance(found, Reply) else int(found or 0)


def told_wrong(env: Env, error: BaseException) -> int:
    """Say what went wrong; returns the exit code."""
    if isinstance(error, BrokenPipeError):
        # The reader of a pipe has gone (`khata log | head`): nothing is wrong.
        return 0
    if not isinstance(error, ClickException):
        return complain(env, error)
    if isinstance(error, NoArgsIsHelpError) and not env.json:
        env.err(error.format_message())
        return REFUSED
    return complain(env, misused(env, error))


def tell(env: Env, found: Reply | int) -> int:
    """Print an answer. What was to be done is done by now, and must not be called undone if nobody can be told.

    Raises:
        BrokenPipeError: the reader of a pipe has gone.
    """
    try:
        code = give(env, found) if isinstance(found, Reply) else found
        if env.recorded and not env.json:
            from khata.cli.backup_age import remind

            remind(env)
        env.streams.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as e:
        env.err(env.say("refused.not_shown", reason=e.strerror or str(e)))
        return MACHINE
    books = env.__dict__.get("books")  # of a question there are none
    if books is not None and books.checkpoint_due:  # the answer is there by now: nobody waits for this
        from khata.api.evidence import checkpoint_if_due

        differs = checkpoint_if_due(env)
        if differs is not None:
            adopted = ".adopted" if differs.facts["adopted"] else ""
            env.say_aside(f"warning.signed_differs{adopted}", **differs.facts)
    return code


def misused(env: Env, error: ClickException) -> Exception:
    """Click's complaint as a refusal of our own, so that it is said in the reader's language."""
    from khata.cli import near
    from khata.grammar.fault import Unreadable

    if isinstance(error, NoArgsIsHelpError):
        return Misused(what="missing", name="COMMAND")
    if isinstance(error, NoSuchOption):
        if error.option_name[1:2].isdigit():
            return Unreadable("amount_minus", error.option_name)
        return near.unknown_option(error.option_name, _has(error), error.possibilities or ())
    parameter = getattr(error, "param", None)
    if isinstance(error, MissingParameter):
        return Misused(what="missing", name=parameter.make_metavar(error.ctx) if parameter else "")
    if isinstance(error, BadOptionUsage):
        return Misused(what="value", option=error.option_name)
    if isinstance(error, BadParameter) and parameter is not None:
        return Misused(what="value", option=max(parameter.opts, key=len))
    if isinstance(error, UsageError) and error.message.startswith("Got unexpected extra argument"):
        takes_words = error.ctx is not None and any(
            each.param_type_name == "argument" for each in error.ctx.command.params
        )
        words = error.message.rpartition("(")[2].rstrip(")")
        return near.too_much(env, words, _has(error), takes_words=takes_words)
    if error.message == "Missing command.":
        return Misused(what="missing", name="COMMAND")
    return Misused(reason=error.format_message())


def _has(error: UsageError) -> list[str]:
    """The names of the parameters of the command that was misused."""
    return [each.name or "" for each in error.ctx.command.params] if error.ctx is not None else []


def main() -> None:
    """Run the command line of this process, and end it."""
    gc.freeze()  # the modules that are loaded stay: nobody waits for a search among them for what may go
    gc.set_threshold(50_000)  # a long answer is many tuples and no cycle
    leave(run(sys.argv[1:], Env()))
