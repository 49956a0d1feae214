"""The commands that record an entry: their options, and what they mean, follow from khata/api/commands.py.

`sale`, `receive` … are functions of this module by their classes' names: cli/registry.py asks for `Sale`.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer
from msgspec import NODEFAULT

from khata.api import commands
from khata.api.refusals import NotTogether
from khata.api.wanted import Wanted
from khata.cli.completing import entry_number, mode, paid, party_then_amount
from khata.cli.env import Env
from khata.cli.options import WITHOUT
from khata.cli.record import event_id, to_record
from khata.cli.refusals import Misused, PayIsKept, UnknownChoice
from khata.cli.reply import Pending, Reply
from khata.cli.typed import Terminal, amount_place, entry_of, split_amount, two_names
from khata.grammar.amounts import is_amount, parse_amount, parse_paise
from khata.grammar.fault import Unreadable
from khata.grammar.modes import parse_paid
from khata.grammar.shares import parse_shares
from khata.rules.bouncing import BouncePayment
from khata.rules.pending import ConfirmPayment, FailPayment
from khata.rules.sharing import ReceiveForSeveral

_WORDS = {
    "party": typer.Argument(metavar="PARTY AMOUNT", autocompletion=party_then_amount),
    "from to": typer.Argument(metavar="PARTY PARTY AMOUNT", autocompletion=party_then_amount),
    "entry": typer.Argument(metavar="ENTRY", autocompletion=entry_number),
    "entry amount": typer.Argument(metavar="ENTRY [AMOUNT]", autocompletion=entry_number),
}
"""What stands after the command's name, by what it is about."""

_SEVERAL, _ONE = list[str] | None, str | None

_OPTIONS: dict[str, tuple[str, Any, Any, Any]] = {
    "party": ("party", _ONE, None, typer.Option("--party", metavar="PARTY")),
    "paid": ("paid", _SEVERAL, None, typer.Option("--paid", metavar="AMOUNT|all[:MODE]", autocompletion=paid)),
    "items": ("item", _SEVERAL, None, typer.Option("--item", metavar="'NAME x2 @ 225'")),
    "round_to": ("round", _ONE, None, typer.Option("--round", metavar="[RUPEE]")),
    "due": ("due", _ONE, None, typer.Option("--due", metavar="DAYS|DAY")),
    "mode": ("mode", _ONE, None, typer.Option("--mode", metavar="MODE", autocompletion=mode)),
    "full": ("full", bool, False, typer.Option("--full")),
    "advance": ("advance", bool, False, typer.Option("--advance")),
    "again": ("again", bool, False, typer.Option("--again")),
    "upi_pending": ("upi_pending", bool, False, typer.Option("--upi-pending")),
    "shares": ("for_", _SEVERAL, None, typer.Option("--for", metavar="PARTY=AMOUNT,…")),
    "charge_paise": ("charge", _ONE, None, typer.Option("--charge", metavar="AMOUNT")),
    "by_hand": ("by_hand", _ONE, None, typer.Option("--by-hand", metavar="NAME")),
    "reason": ("reason", _ONE, None, typer.Option("--reason", metavar="TEXT")),
}
"""The option of a field: how it is called in the function, its type, what it is unless given, and the option itself.

What an entry of any kind may have (`--on`, `--ref` …) is in cli/options.py.
"""


def __getattr__(name: str) -> Callable[..., Pending]:
    """The function of a command, by the name of its class."""
    cls = getattr(commands, name, None)
    if isinstance(cls, type) and issubclass(cls, Wanted):
        return recorder(cls)
    raise AttributeError(name)


def recorder(cls: type[Wanted]) -> Callable[..., Pending]:
    """What Typer makes a command of: its words and options are the fields of a class."""
    names = cls.__struct_fields__
    about = "entry" if "entry" in names else "party"
    options = {field: option for field, option in _OPTIONS.items() if field in names and field != about}
    words = "entry amount" if about == "entry" and "amount" in names else "from to" if "to" in names else about
    must = {field: "" for field, unless in cls.defaults().items() if unless is NODEFAULT}  # for the rule to miss
    called = "entry" if words == "entry" else "words"

    def record(ctx: typer.Context, **given: Any) -> Pending:
        env: Env = ctx.obj
        typed = given.get(called) or []
        if about == "entry":
            said = _entry(env, typed, cls)
        elif "to" in names:
            said = _two_parties(env, typed)
        elif given.get("for_"):
            if typed and not is_amount(" ".join(typed)):
                raise NotTogether(one="--for", other=" ".join(typed), what="party")
            said = (
                {"amount_paise": parse_amount(" ".join(typed), large=bool(env.option("large"))).paise} if typed else {}
            )
        else:
            said = _party(env, typed, items=bool(given.get("item")))
        for field, (name, *_) in options.items():
            if given.get(name) == "" and field == "due":  # a script whose variable is empty means some day
                raise Misused(what="value", option="--due")
            if given.get(name):
                said[field] = given[name]
        wanted = cls(**(must | shared(env, cls) | _read(env, said)))
        command = wanted.resolved(Terminal(env))
        if isinstance(command, BouncePayment | ConfirmPayment | FailPayment | ReceiveForSeveral):
            from khata.cli.payments import told_apart

            return told_apart(command)
        return to_record(command)

    parameters = [
        Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        _parameter(called, _SEVERAL, None, _WORDS[words]),
        *(_parameter(*option) for option in options.values()),
    ]
    record.__doc__ = cls.__doc__
    record.__signature__ = Signature(parameters)  # type: ignore[attr-defined] # Typer asks for it
    record.__annotations__ = {each.name: each.annotation for each in parameters}
    return record


def _parameter(name: str, kind: Any, unless: Any, option: Any) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=unless, annotation=Annotated[kind, option])


def shared(env: Env, cls: type[Wanted]) -> dict[str, Any]:
    """The fields of a command that come from options which many have. Raises Misused."""
    if env.option("once") and not env.option("ref"):
        raise Misused(what="missing", name="--ref")
    said = {field: env.option(field) for field in ("on", "note", "ref", "once", "new", "large")}
    said["agreed"] = env.option("yes")
    found = {field: value for field, value in said.items() if value and field in cls.__struct_fields__}
    return found | {"event_id": event_id(env)}


def _party(env: Env, words: list[str], *, items: bool) -> dict[str, Any]:
    """`ramesh 450`; with items `ramesh`, for they say the amount."""
    if items and words and not is_amount(words[-1]):
        return {"party": " ".join(words)}
    name, amount = split_amount(words, env)
    return {"party": name, "amount_paise": amount.paise}


def _two_parties(env: Env, words: list[str]) -> dict[str, Any]:
    """`ramesh mahesh 450`: of longer names where the first ends must be evident. Raises AmountComesLast, TwoNames."""
    _, amount = split_amount(words, env)
    party, to = two_names(env, words[: amount_place(words)])
    return {"party": party, "to": to, "amount_paise": amount.paise}


def _entry(env: Env, words: list[str], cls: type[Wanted]) -> dict[str, Any]:
    """`41`, `entry 41`, and where there is an amount `41 540`, `entry 41 540`. Raises EntryMissing, Unreadable."""
    if "amount" not in cls.__struct_fields__:
        return {"entry": entry_of(env, words)}
    many = 2 if words and words[0].casefold() == "entry" else 1
    entry, rest = entry_of(env, words[:many]), words[many:]
    if len(rest) > 1:
        raise Unreadable("bad_amount", " ".join(rest))
    amount = {"amount_paise": parse_amount(rest[0], large=bool(env.option("large"))).paise} if rest else {}
    return {"entry": entry, **amount}


def _read(env: Env, said: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as the fields want it."""
    if paid := said.get("paid"):
        parts = [parse_paid(each, large=bool(env.option("large"))) for each in paid]
        said["paid"] = [(part.mode, part.paise) for part in parts]
    if charge := said.get("charge_paise"):
        said["charge_paise"] = parse_paise(charge)
    if shares := said.get("shares"):
        large = bool(env.option("large"))
        said["shares"] = [(name, parse_paise(paise, large=large)) for name, paise in parse_shares(shares)]
    if rupees := said.get("round_to"):
        if rupees not in WITHOUT["--round"]:
            raise UnknownChoice(value=rupees, known=list(WITHOUT["--round"]))
        said["round_to"] = int(rupees)
    return said


def pay(words: Annotated[list[str] | None, typer.Argument()] = None) -> Reply:  # noqa: ARG001 - whatever follows
    """Kept for paying suppliers."""
    raise PayIsKept
