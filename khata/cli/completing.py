"""Tab: party names and entry numbers, from the cache as it stands; and the script that a shell wants."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khata.units import MODES

if TYPE_CHECKING:
    from khata.cli.env import Env

_MOST = 50


def _env() -> Env:
    from khata.cli.env import Env

    # Completion runs in a process of its own, before any option was looked at.
    words = os.environ.get("COMP_WORDS", os.environ.get("_TYPER_COMPLETE_ARGS", "")).split()
    env = Env()
    for index, word in enumerate(words[:-1]):
        if word == "--book":
            env.options["book"] = words[index + 1]
    return env


def party_name(incomplete: str) -> list[str]:
    """Names that begin so, in any case; none if there is no book, or it is held."""
    return names_beginning(_env(), incomplete)


def names_beginning(env: Env, incomplete: str) -> list[str]:
    """Names in a book that is open which begin so, in any case."""
    from khata.log.errors import BookError
    from khata.questions import parties
    from khata.render.text import visible
    from khata.rules.refused import Refused

    try:
        rows = parties.beginning(env.ask_views(), incomplete, _MOST)
    except (BookError, Refused, OSError):
        return []
    # A name that would steer the terminal is not offered: a shell prints it as it is, and asks nobody.
    found = [row.name for row in rows if row.name and visible(row.name) == row.name]
    return [_going_on(incomplete, name) for name in found]


def _going_on(incomplete: str, name: str) -> str:
    """`ramesh Kumar` after `ra`: Typer drops what does not begin with the very letters that were typed."""
    same = name[: len(incomplete)].casefold() == incomplete.casefold()
    return incomplete + name[len(incomplete) :] if same else name


def party_then_amount(incomplete: str) -> list[str]:
    """Names as long as no amount is begun; an amount cannot be guessed."""
    return [] if incomplete[:1].isdigit() else party_name(incomplete)


def entry_number(incomplete: str) -> list[str]:
    """The latest entries whose number begins so."""
    return entries_beginning(_env(), incomplete)


def entries_beginning(env: Env, incomplete: str) -> list[str]:
    """The latest entries of a book that is open whose number begins so."""
    from khata.log.errors import BookError
    from khata.rules.refused import Refused
    from khata.views.cut import position_of

    try:
        last = position_of(env.ask_views())
    except (BookError, Refused, OSError):
        return []
    return [str(seq) for seq in range(last, 0, -1) if str(seq).startswith(incomplete)][:20]


def mode(incomplete: str) -> list[str]:
    """How money moved."""
    return [each for each in MODES if each.startswith(incomplete.casefold())]


def paid(incomplete: str) -> list[str]:
    """`all:upi`, `200:upi`: after the amount its mode."""
    from khata.grammar.modes import PAID_MODES

    amount, colon, begun = incomplete.partition(":")
    if not colon:
        return (
            [] if amount[:1].isdigit() else [each for each in ("all", "all:cash", "all:upi") if each.startswith(amount)]
        )
    return [f"{amount}:{each}" for each in PAID_MODES if each.startswith(begun.casefold())]


def completion(shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish")] = "bash") -> Any:
    """The script that teaches a shell khata's Tab."""
    from typer._completion_shared import get_completion_script

    from khata.cli.refusals import UnknownChoice
    from khata.cli.reply import Reply

    if shell not in ("bash", "zsh", "fish"):
        raise UnknownChoice(value=shell, known=["bash", "zsh", "fish"])
    script = get_completion_script(prog_name="khata", complete_var="_KHATA_COMPLETE", shell=shell)
    return Reply({"shell": shell, "script": script}, lambda env: env.out(script, folded=False))
