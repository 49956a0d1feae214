"""The options that many commands take: made once, handed to each command, kept in the environment.

They are built as Typer's own options, but beside the commands' functions: a sale has nine of them, and a function
that repeats nine parameters says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer._click import Context, Parameter
from typer.core import TyperOption

from khata.cli.refusals import Misused
from khata.units import ROUNDINGS

EVERYWHERE = frozenset(("book", "lang", "digits", "by", "json", "plain", "quiet", "no_pager"))
"""What every command takes, and no line of a batch: that is said once, for all of them."""


WITHOUT = {"--round": tuple(map(str, ROUNDINGS))}
"""Options whose value may be left out: it then is the first of these. No other word behind them is their value."""


def filled(words: Sequence[str]) -> list[str]:
    """Words in which an option without its value has the one that it then means: `--round` is `--round 1`."""
    found: list[str] = []
    for place, word in enumerate(words):
        found.append(word)
        if word == "--":
            return [*found, *words[place + 1 :]]
        values = WITHOUT.get(word)
        if values and not set(words[place + 1 : place + 2]) & set(values):
            found.append(values[0])
    return found


def _keep(ctx: Context, parameter: Parameter, value: Any) -> None:
    # Given before the command and after it, the later one counts; not given, the earlier one stays.
    if value == "" and parameter.name != "note":
        # A script whose variable is empty means another book, another day, another bill than the default.
        raise Misused(what="value", option=max(parameter.opts, key=len))
    if value not in (None, False, ()) and ctx.obj is not None and not ctx.resilient_parsing:
        if ctx.obj.on_line and parameter.name in EVERYWHERE:
            raise Misused(what="line", option=max(parameter.opts, key=len))
        if parameter.name == "book":
            ctx.obj.turn_to(value)
        ctx.obj.options[parameter.name] = value


def _option(*names: str, flag: bool = False, metavar: str | None = None, panel: str | None = None) -> TyperOption:
    return TyperOption(
        param_decls=list(names),
        is_flag=flag or None,
        type=None if flag else str,
        metavar=metavar,
        expose_value=False,
        callback=_keep,
        default=False if flag else None,
        rich_help_panel=panel,
    )


def everywhere() -> list[Parameter]:
    """What every command takes, before or after its name."""
    panel = "Everywhere"
    return [
        _option("--book", metavar="FILE", panel=panel),
        _option("--lang", metavar="LANG", panel=panel),
        _option("--digits", metavar="WHICH", panel=panel),
        _option("--by", metavar="NAME", panel=panel),
        _option("--json", flag=True, panel=panel),
        _option("--plain", flag=True, panel=panel),
        _option("--quiet", "-q", flag=True, panel=panel),
        _option("--no-pager", flag=True, panel=panel),
    ]


def recording() -> list[Parameter]:
    """What every command takes that records an entry."""
    return [
        _option("--on", metavar="DAY"),
        _option("--note", metavar="TEXT"),
        _option("--ref", metavar="REF"),
        _option("--once", flag=True),
        _option("--event-id", metavar="HEX"),
        _option("--dry-run", flag=True),
        _option("--new", flag=True),
        _option("--large", flag=True),
        _option("--yes", flag=True),
        *doubting(),
    ]


def doubting() -> list[Parameter]:
    """What a command takes that a script may run, and in which a slip of the hand would be asked about."""
    return [_option("--no-doubts", flag=True)]


def changing() -> list[Parameter]:
    """What the other commands take that write."""
    return [_option("--event-id", metavar="HEX"), _option("--dry-run", flag=True), _option("--yes", flag=True)]


def reversing() -> list[Parameter]:
    """What a reversal takes: it has no reference of its own, and adds nobody."""
    return [_option("--on", metavar="DAY"), _option("--note", metavar="TEXT"), *changing()]


def confirming() -> list[Parameter]:
    """What a payment that has come takes: its reference, and nobody is added by it."""
    return [_option("--ref", metavar="REF"), _option("--once", flag=True), *reversing()]


def agreeing() -> list[Parameter]:
    """What a command takes that may ask and records nothing."""
    return [_option("--yes", flag=True)]


def clocks() -> list[Parameter]:
    """The two clocks of every question, and how its amounts are written."""
    return [_option("--as-on", metavar="DAY"), _option("--known-at", metavar="WHEN"), _option("--compact", flag=True)]


GROUPS = {
    "recording": recording,
    "changing": changing,
    "reversing": reversing,
    "confirming": confirming,
    "agreeing": agreeing,
    "doubting": doubting,
    "clocks": clocks,
}
