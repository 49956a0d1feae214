"""Asking for what is owed: a QR to be scanned and paid."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from khata.api import naming
from khata.api.collecting import PaidTo, paid_to
from khata.cli.completing import party_name
from khata.cli.env import Env
from khata.cli.output import Output, pictured, show_qr
from khata.cli.reply import Reply, Warned
from khata.cli.tabled import cut_of
from khata.cli.typed import amount_place, to_ask
from khata.grammar.amounts import parse_amount
from khata.grammar.fault import Unreadable
from khata.grammar.upi import AT_ONCE_PAISE
from khata.questions import balances, parties
from khata.questions.collecting import agreed_paise
from khata.render.line import apart, called
from khata.views.cache import Connection

PartyAndAmount = Annotated[list[str] | None, typer.Argument(metavar="PARTY [AMOUNT]", autocompletion=party_name)]


def qr(ctx: typer.Context, whom: PartyAndAmount = None, output: Output = None) -> Reply:
    """A QR to pay by UPI what a customer owes, or another sum."""
    env: Env = ctx.obj
    views = env.ask_views()
    words, amount = _with_amount(views, whom or [])
    cut = cut_of(env, views)
    row = to_ask(env, views, words, cut.known)
    assert env.about is not None  # noqa: S101 - a book that can be asked was opened
    to = paid_to(env.about)
    if amount is None:
        due = agreed_paise(views, row.party, balances.balance_of(views, row.party, cut), cut)
        amount = due if due > 0 else None
    link = to.link(row.party, amount)
    data = {"party": row.party, "name": row.name, "amount_paise": amount, "upi": link}
    warnings: list[Warned] = []
    if amount is None:
        warnings.append(("nothing_due", {}))
    elif amount > AT_ONCE_PAISE:
        warnings.append(("above_upi", {"amount_paise": AT_ONCE_PAISE}))
    if output:
        return pictured(data, link, output).warning(*warnings)
    return Reply(data, lambda env: _show(env, link, to, amount, called(row.name, row.party)), warnings)


def _with_amount(views: Connection, words: list[str]) -> tuple[list[str], int | None]:
    """Whom it is about, and the sum behind the name, if there is one. Whoever is called so comes before a sum."""
    text = " ".join(words)
    if len(words) > 1 and naming.number_of(text) is None and parties.find(views, text) is None:
        at = amount_place(words)
        with suppress(Unreadable):
            return words[:at], parse_amount(" ".join(words[at:])).paise
    return words, None


def _show(env: Env, link: str, to: PaidTo, amount: int | None, name: str) -> None:
    """The QR where somebody can scan it, and who is paid how much; a script gets the link."""
    show_qr(env, link)
    if env.streams.terminal or env.plain:
        pay = [env.words.rupees(amount)] if amount is not None else []
        env.out(apart([*pay, env.say("qr.to", payee=to.payee, upi=to.upi)], name, env.words))
