"""What the shop says of itself, on its bills and receipts: show it, change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.groups import Group
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import Misused, UnknownLanguage
from khata.cli.reply import Reply
from khata.cli.typed import Terminal
from khata.i18n.messages import languages

if TYPE_CHECKING:
    from khata.views.about import About


def _facts(about: About) -> dict[str, str | None]:
    said = ("payee", "upi", "phone", "address", "gstin", "state", "lang")
    return {"name": about.shop, **{key: getattr(about, key) for key in said}}


def show(ctx: typer.Context) -> Reply:
    """What stands in the book of the shop itself."""
    from khata.render.terminal.shop import card

    env: Env = ctx.obj
    env.ask_views()
    about = env.about
    assert about is not None  # noqa: S101 - a book that can be asked was opened
    return Reply(_facts(about), lambda env: env.show(card(_facts(about), env.words)))


def set_(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME")] = None,
    payee: Annotated[str | None, typer.Option("--payee", metavar="NAME")] = None,
    upi: Annotated[str | None, typer.Option("--upi", metavar="VPA")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="NUMBER")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="TEXT")] = None,
    gstin: Annotated[str | None, typer.Option("--gstin", metavar="GSTIN")] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="MH|27")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="upi|phone|…")] = None,
) -> Reply:
    """Change what the shop says of itself; `--lang` is the book's language from now on."""
    from khata.api.commands import ChangeShop

    env: Env = ctx.obj
    said: dict[str, Any] = {"name": name, "payee": payee, "upi": upi, "phone": phone, "address": address}
    said |= {"gstin": gstin, "state": state}
    for field, value in said.items():
        if value == "":  # a script whose variable is empty does not mean that the shop has none
            raise Misused(what="value", option=f"--{field}")
    # What a whole sitting or batch is spoken in says nothing of the book.
    own = not env.on_line and any(word.partition("=")[0] == "--lang" for word in env.args)
    lang = env.option("lang") if own else None
    if lang and lang not in languages():
        raise UnknownLanguage(language=lang, languages=languages())
    wanted = ChangeShop(event_id=event_id(env), lang=lang, without=without or (), **said)
    outcome, warnings = carry_out(env, wanted.resolved(Terminal(env)))
    with recorded_already(env):
        if not env.option("dry_run"):
            env.ask_views()
    about = env.about
    facts = _facts(about) if about else {}
    return recorded_reply(
        env, outcome, facts, lambda env: env.say("said.shop_changed", entry=outcome.made.seq), warnings
    )


class SHOP(Group):
    """`khata shop …`."""

    COMMANDS: ClassVar = {"show": (show, ()), "set": (set_, ("changing",))}
