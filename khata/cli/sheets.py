"""Statements to be handed out: what stands around an account is gathered here, and laid out elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from khata.api.collecting import paid_to
from khata.api.refusals import NoPayee
from khata.cli.env import Env
from khata.cli.output import in_bytes, written
from khata.cli.refusals import NoAccounts
from khata.cli.reply import Data, Reply
from khata.questions.collecting import held_back
from khata.questions.debits import Debits
from khata.questions.dues import ages_of
from khata.questions.parties import PartyRow
from khata.questions.persons import persons
from khata.questions.statement import Statement
from khata.render.sheet import Around, Payment, Sheet, sheet
from khata.units import Party, Seq
from khata.views.cache import Connection
from khata.views.cut import Cut, head_of

Answers = Sequence[tuple[PartyRow, Statement]]


def handed_out(
    env: Env, views: Connection, answers: Answers, cut: Cut, data: Data, form: str, file: str | None
) -> Reply:
    """One file, a page an account, as HTML or PDF.

    Raises:
        NoAccounts: there is none.
        Misused: a PDF is to go to stdout.
        PaperMissing: as `typeset` says.
        PathTakenError, DiskError: nothing was written.
    """
    if not answers:
        raise NoAccounts
    if form == "html":
        from khata.render.sheet_html import page

        return written(env, data, lambda env: page(sheets(env, views, answers, cut)), file)
    from khata.render.paper.statement import pdf

    return in_bytes(data, lambda: pdf(sheets(env, views, answers, cut)), file, "pdf")


def sheets(env: Env, views: Connection, answers: Answers, cut: Cut) -> list[Sheet]:
    """The accounts as they are handed out: in the languages asked for, or each in its customer's."""
    seal, last = seal_of(env, views, cut.known), answers[0][1].last  # all of them end on one day
    then = cut._replace(as_on=last)
    debits, who = Debits(views, then), persons(views, cut.known)
    held = held_back(views, then, who).paise
    made = []
    for row, answer in answers:
        due = answer.closing_paise
        ages = ages_of(debits, row.party, last, due)
        payment = payment_of(env, row.party, due - held.get(who.of(row.party), 0))
        around = Around(ages.parts_paise if ages else (), payment, seal)
        made.append(sheet(answer, row, around, env.about, cut, env.words_of(row.record.get("lang"))))
    return made


def payment_of(env: Env, party: Party | None, to_pay_paise: int) -> Payment | None:
    """How a sum is paid; None where it is nothing, or the shop cannot be paid so."""
    if to_pay_paise <= 0 or party is None or env.about is None:
        return None
    with suppress(NoPayee):
        to = paid_to(env.about)
        return Payment(to.link(party, to_pay_paise), to.payee, to.upi, to_pay_paise)
    return None


def seal_of(env: Env, views: Connection, entry: Seq) -> str:
    """The hash of an entry, in hex. Of the last one the views know it; "" for another while somebody else saves."""
    head = head_of(views)
    if entry == head.seq:
        return head.hash.hex()
    if env.reach_held:
        return ""
    with env.store.reading() as reading:
        found = next(iter(reading.entries(entry, entry)), None)
    return found.hash.hex() if found is not None else ""
