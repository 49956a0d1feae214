"""Statements to be handed out: what stands around an account is gathered here, and laid out elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from khata.api.collecting import paid_to
from khata.api.refusals import NoPayee
from khata.cli.env import Env
from khata.questions.dues import ages_of
from khata.questions.parties import PartyRow
from khata.questions.statement import Statement
from khata.render.sheet import Around, Payment, Sheet, sheet
from khata.units import Seq
from khata.views.cache import Connection
from khata.views.cut import Cut, head_of

Accounts = Sequence[tuple[PartyRow, Statement]]


def html(env: Env, views: Connection, accounts: Accounts, cut: Cut) -> str:
    """One file of HTML, a page an account. Raises UnknownLanguage."""
    from khata.render.sheet_html import page

    return page(sheets(env, views, accounts, cut))


def sheets(env: Env, views: Connection, accounts: Accounts, cut: Cut) -> list[Sheet]:
    """The accounts as they are handed out, in the languages that were asked for. Raises UnknownLanguage."""
    seal = _seal(env, views, cut.known)
    return [
        sheet(answer, row, _around(env, views, row, answer, cut, seal), env.about, cut, env.all_words)
        for row, answer in accounts
    ]


def _around(env: Env, views: Connection, row: PartyRow, answer: Statement, cut: Cut, seal: str) -> Around:
    due = answer.closing_paise
    payment = None
    with suppress(NoPayee):
        if due > 0 and env.about is not None:
            to = paid_to(env.about)
            payment = Payment(to.link(row.party, due), to.payee, to.upi)
    return Around(ages_of(views, row.party, cut._replace(as_on=answer.last), due), payment, seal)


def _seal(env: Env, views: Connection, known: Seq) -> str:
    """The hash of the last entry that counts, in hex; of an earlier one the book is asked."""
    head = head_of(views)
    if known == head.seq:
        return head.hash.hex()
    with env.store.reading() as reading:
        found = next(iter(reading.entries(known, known)), None)
    return found.hash.hex() if found is not None else ""
