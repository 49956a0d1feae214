"""The certificate for electronic evidence."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

import typer

from khata.api.evidence import checkpoint_quietly, evidence
from khata.cli.env import Env
from khata.cli.examining import Examined, examine
from khata.cli.filing import period_facts
from khata.cli.output import Output, could_be_written, in_bytes, to_a_file, written
from khata.cli.refusals import Misused, NotCertified
from khata.cli.reply import Reply
from khata.cli.tabled import TO_HAND_OUT, Period, check_form
from khata.log.chain import Head
from khata.log.errors import BookError
from khata.log.note import is_signed
from khata.pen import stamp
from khata.questions.filing import operators
from khata.render import json
from khata.units import Seq
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.render.certificate import CertificateFacts, SignedState

FORMS = {"txt": (".txt",), **TO_HAND_OUT}


def certificate(
    ctx: typer.Context,
    period: Period = None,
    form: Annotated[str | None, typer.Option("--format", metavar="txt|html|pdf")] = None,
    file: Output = None,
) -> Reply:
    """The certificate for electronic evidence, to be signed."""
    from khata.render.certificate import certificate as page
    from khata.render.document import as_html, as_text

    env: Env = ctx.obj
    form = check_form(form, file, FORMS)
    if period is None:
        raise Misused(what="missing", name="--period PERIOD")
    if form == "pdf":
        to_a_file(file, form)
    could_be_written(file)
    facts = certified(env, period, examine(env))
    if form == "pdf":
        from khata.render.paper.pages import document_pdf

        return in_bytes(json.certificate(facts), lambda: document_pdf(page(facts, env.words), env.words), file, form)
    layout = as_html if form == "html" else as_text
    return written(env, json.certificate(facts), lambda env: layout(page(facts, env.words)), file)


def certified(env: Env, period: str, found: Examined) -> CertificateFacts:
    """What is certified of a book that was examined. A checkpoint is signed for it, where one can be.

    Raises:
        NotCertified: it is not as it was written, or cannot be understood.
    """
    from khata import __version__
    from khata.exporting.jsonl import lines
    from khata.render.certificate import CertificateFacts
    from khata.store.machine import device

    if found.code or found.data["result"] != "unbroken":
        raise NotCertified(result=found.data["result"])
    facts = period_facts(env, period)
    about, verdict = env.about, found.verdict
    if facts is None or about is None:  # the views have just been asked
        raise NotCertified(result="incomplete")
    checkpoint_quietly(env)
    views = env.ask_views()
    entries = Seq(verdict.entries)
    cut = Cut(facts.last, entries, everything=False)
    digest, length = sha256(), 0
    for line in lines(env.store, upto=Head(entries, bytes.fromhex(verdict.head))):
        raw = f"{line}\n".encode()
        digest.update(raw)
        length += len(raw)
    return CertificateFacts(
        about.shop,
        about.book,
        str(env.book_path.resolve()),
        entries,
        verdict.head,
        digest.hexdigest(),
        length,
        facts,
        operators(views, facts.first, cut),
        _signed(env, found, entries),
        verdict.sealed.seen,
        found.stamp,
        device(),
        __version__,
        stamp(env.now()),
        env.places.login,
    )


def _signed(env: Env, found: Examined, entries: Seq) -> SignedState | None:
    """The largest checkpoint of no more than so many entries, with the shop's key that signed it; None for none."""
    from khata.render.certificate import SignedState

    keys = found.verified.own_keys()
    with suppress(BookError), evidence(env) as kept:
        for each in kept.kept.all():
            key = next((key for key in keys if is_signed(each.note, [key])), None)
            if each.checkpoint.size <= entries and key is not None:
                return SignedState(each.checkpoint.size, each.checkpoint.root.hex(), key)
    return None
