"""A sheet on paper: what the template of a statement reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from khata.render.account import AccountRow
from khata.render.line import style_of
from khata.render.paper.typesetting import typeset
from khata.render.qr import inline
from khata.render.sheet import Sheet

_CELLS = ("day", "entry", "what", "given", "received", "balance")


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """A4 pages, each account beginning on one of its own.

    Raises:
        PaperMissing: typst, or a font for what is written there, is missing.
    """
    first = sheets[0]
    page = {
        "title": f"{first.shop} · {first.title[0]}",
        "shop": first.shop,
        "lang": first.languages[0],
        "dir": first.directions[0],
        "sheets": [_sheet(each) for each in sheets],
    }
    return typeset("statement.typ", page, "pdf")


def _sheet(made: Sheet) -> dict[str, Any]:
    def said(texts: Sequence[str]) -> list[dict[str, str]]:
        return [each._asdict() for each in made.told(texts)]

    def row(rows: Sequence[AccountRow]) -> dict[str, Any]:
        return {
            **{name: said([getattr(each, name) for each in rows]) for name in _CELLS},
            "folded": rows[0].folded,
        }

    accounts, to = made.accounts, made.payment
    return {
        "lang": made.languages[0],
        "dir": made.directions[0],
        "who": accounts[0].who,
        "shop": made.shop,
        "facts": made.facts,
        "title": said(made.title),
        "span": said([each.span for each in accounts]),
        "closing": said(made.closing),
        "spelt": said(made.spelt),
        "colour": style_of(made.closing_paise),
        "heads": row([each.heads for each in accounts]),
        "rows": [row(each) for each in zip(*[each.rows for each in accounts], strict=True)],
        "total": row([each.total for each in accounts]),
        "ages_title": said(made.ages_title),
        "ages": [[said(days), said(amounts), share] for days, amounts, share in made.ages],
        "notes": [said(each) for each in zip(*[each.notes for each in accounts], strict=True)],
        "pay": said(made.pay),
        "qr": inline(to.link) if to else "",
        "payee": to.payee if to else "",
        "upi": to.upi if to else "",
        "proof": said(made.proof),
        "seal": made.seal,
    }
