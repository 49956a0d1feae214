"""Statements to be handed out: what stands around an account is gathered here, and laid out elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from khata.api.collecting import paid_to
from khata.api.refusals import NoPayee
from khata.cli.env import Env
from khata.cli.output import in_bytes, written
from khata.cli.reply import Data, Reply
from khata.questions.dues import ages_of
from khata.questions.parties import PartyRow
from khata.questions.statement import Statement
from khata.render.sheet import Around, Payment, Sheet, sheet
from khata.units import Seq
from khata.views.cache import Connection
from khata.views.cut import Cut, head_of

Answers = Sequence[tuple[PartyRow, Statement]]


def handed_out(
    env: Env, views: Connection, answers: Answers, cut: Cut, data: Data, form: str, file: str | None
) -> Reply:
    """One file, a page an account, as HTML or PDF.

    Raises:
        Misused: a PDF is to go to stdout.
        PaperMissing: as `typeset` says.
        PathTakenError, DiskError: nothing was written.
    """
    if form == "html":
        from khata.render.sheet_html import page

        return written(env, data, lambda env: page(sheets(env, views, answers, cut)), file)
    from khata.render.paper.statement import pdf

    return in_bytes(data, lambda: pdf(sheets(env, views, answers, cut)), file, "pdf")


def sheets(env: Env, views: Connection, answers: Answers, cut: Cut) -> list[Sheet]:
    """The accounts as they are handed out: in the languages asked for, or each in its customer's."""
    seal = _seal(env, views, cut.known)
    return [
        sheet(
            answer,
            row,
            _around(env, views, row, answer, cut, seal),
            env.about,
            cut,
            env.words_of(row.record.get("lang")),
        )
        for row, answer in answers
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
