"""The certificate for electronic evidence."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

import typer

from khata.api.evidence import checkpoint_quietly
from khata.cli.env import Env
from khata.cli.examining import Examined, examine
from khata.cli.output import Output, could_be_written, written
from khata.cli.refusals import Misused, NotCertified, UnknownFormat
from khata.cli.reply import Reply
from khata.cli.tabled import Period, cut_of, period_of
from khata.log.errors import BusyError
from khata.pen import stamp
from khata.questions.filing import filing_facts, operators
from khata.render import json
from khata.units import Seq

if TYPE_CHECKING:
    from khata.render.certificate import CertificateFacts

FORMS = ("txt", "html")


def certificate(
    ctx: typer.Context,
    period: Period = None,
    form: Annotated[str, typer.Option("--format", metavar="txt|html")] = "txt",
    file: Output = None,
) -> Reply:
    """The certificate for electronic evidence, to be signed."""
    from khata.render.certificate import certificate as page
    from khata.render.document import as_html, as_text

    env: Env = ctx.obj
    if form not in FORMS:
        raise UnknownFormat(value=form, known=list(FORMS))
    if period is None:
        raise Misused(what="missing", name="--period PERIOD")
    could_be_written(file)
    facts = certified(env, period, examine(env))
    layout = as_html if form == "html" else as_text
    return written(env, json.certificate(facts), lambda env: layout(page(facts, env.words)), file)


def certified(env: Env, period: str, found: Examined) -> CertificateFacts:
    """What is certified of a book that was examined. A checkpoint is signed for it, where one can be.

    Raises:
        NotCertified: it is not as it was written, or cannot be understood.
        BusyError: entries were recorded meanwhile.
    """
    from khata import __version__
    from khata.exporting.jsonl import lines
    from khata.render.certificate import CertificateFacts, SignedState
    from khata.store.machine import device

    if found.code or found.data["result"] != "unbroken":
        raise NotCertified(result=found.data["result"])
    signed = checkpoint_quietly(env)
    views = env.ask_views()
    cut = cut_of(env, views, period)
    begin, end = period_of(env, views, cut, period, None, None)
    cut = cut._replace(as_on=end)
    about, verdict = env.about, found.verdict
    digest, length, raw = sha256(), 0, b""
    for line in lines(env.store):
        raw = f"{line}\n".encode()
        digest.update(raw)
        length += len(raw)
    if verdict.head.encode() not in raw:  # the last line has the head
        raise BusyError(reason="the book moved on", tries=1)
    keys = found.verified.own_keys()
    assert about is not None  # noqa: S101 - the views have just been asked
    return CertificateFacts(
        about.shop,
        about.book,
        str(env.book_path),
        Seq(verdict.entries),
        verdict.head,
        digest.hexdigest(),
        length,
        filing_facts(views, begin, cut),
        operators(views, begin, cut),
        SignedState(signed.checkpoint.size, signed.checkpoint.root.hex(), keys[0]) if signed and keys else None,
        verdict.sealed.seen,
        found.stamp,
        device(),
        __version__,
        stamp(env.now()),
        env.places.login,
    )
