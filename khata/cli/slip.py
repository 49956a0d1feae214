"""A receipt for one entry: text on the screen, or the picture that a thermal printer burns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from khata.cli.completing import entry_number
from khata.cli.endings import form_of
from khata.cli.env import Env
from khata.cli.output import Output, in_bytes, written
from khata.cli.refusals import Misused, NoReceipt, UnknownChoice
from khata.cli.reply import Reply
from khata.cli.sheets import payment_of, seal_of
from khata.cli.tabled import cut_of
from khata.cli.typed import entry_asked, entry_of
from khata.questions import balances, parties
from khata.questions.collecting import agreed_paise
from khata.render import json
from khata.render.receipt import COLUMNS, as_text, receipt

if TYPE_CHECKING:
    from khata.render.receipt import Receipt

FORMS = {"text": (".txt",), "png": (".png",), "escpos": (".bin", ".prn", ".escpos")}


def slip(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY", autocompletion=entry_number)] = None,
    text: Annotated[bool, typer.Option("--text")] = False,
    png: Annotated[bool, typer.Option("--png")] = False,
    escpos: Annotated[bool, typer.Option("--escpos")] = False,
    paper: Annotated[str, typer.Option("--paper", metavar="58|80")] = "58",
    output: Output = None,
) -> Reply:
    """A receipt on a strip of 58 or 80 mm."""
    env: Env = ctx.obj
    named = [name for name, wanted in (("text", text), ("png", png), ("escpos", escpos)) if wanted]
    if len(named) > 1:
        raise Misused(what="together", one=f"--{named[0]}", other=f"--{named[1]}")
    form = form_of(named[0] if named else None, output, FORMS)
    wide = next((each for each in COLUMNS if str(each) == paper.strip().removesuffix("mm").strip()), None)
    if wide is None:
        raise UnknownChoice(value=paper, known=list(map(str, COLUMNS)))
    seq = entry_of(env, entry)
    views = env.ask_views()
    cut = cut_of(env, views)
    row = entry_asked(views, cut, seq)
    if row.postings is None:
        raise NoReceipt(entry=seq)
    owed = balances.balance_of(views, row.party, cut) if row.party is not None else 0
    to_pay = agreed_paise(views, row.party, owed, cut) if row.party is not None else 0
    data = json.entry(row) | {"balance_paise": owed if row.party is not None else None}
    whose = parties.party(views, row.party) if row.party is not None else None
    (words, *_) = env.words_of(whose.record.get("lang") if whose else None)
    made = receipt(row, owed, payment_of(env, row.party, to_pay), seal_of(env, views, seq), env.about, words)
    if form == "text":
        return written(env, data, lambda _: as_text(made, COLUMNS[wide]), output)
    return in_bytes(data, lambda: _picture(made, form, wide), output, form)


def _picture(made: Receipt, form: str, wide: int) -> bytes:
    from khata.render.paper.receipt import escpos, png

    return (png if form == "png" else escpos)(made, wide)
