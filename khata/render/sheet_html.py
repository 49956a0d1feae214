"""A sheet as one HTML file that loads nothing: it reads on a phone, in the dark, and prints on A4."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from khata.render.account import AccountRow
from khata.render.html import PALETTE, safe
from khata.render.line import style_of
from khata.render.qr import inline
from khata.render.sheet import InLanguage, Sheet

_STYLE = (
    PALETTE
    + """* { box-sizing: border-box }
body { font: 1rem/1.45 system-ui, "Noto Sans", "Noto Sans Devanagari", "Noto Naskh Arabic", sans-serif; margin: 0 auto;
  max-width: 52rem; padding: 1rem; color: var(--ink); background: var(--paper); overflow-wrap: anywhere }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 2rem }
h1, h2, p { margin: 0 } h1 { font-size: 1.35rem } h2 { font-size: 1rem; margin-top: 1.2rem }
small { display: block; color: var(--soft); font-size: .85em; font-weight: normal }
.soft { color: var(--soft) } .red { color: var(--red) } .green { color: var(--green) }
.closing { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 1rem;
  background: var(--box); border-radius: .5rem; padding: 1rem; margin: 1rem 0 }
.closing strong { font-size: 1.7rem; line-height: 1.2; display: block } .closing strong small { font-size: 1rem }
.pay { display: flex; gap: .8rem; align-items: center; max-width: 22rem }
.qr { background: #fff; padding: .5rem; border-radius: .3rem; flex: none }
.qr svg { display: block; width: 7.5rem; height: 7.5rem }
table { border-collapse: collapse; width: 100% }
th, td { padding: .35rem .5rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line) }
thead th { border-bottom: 2px solid var(--ink) }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.day { white-space: nowrap } tfoot td { font-weight: bold; border-bottom: 0 } tr.folded { color: var(--soft) }
.ages td { padding-inline-end: 1.5rem; white-space: nowrap } .ages .bar { width: 99%; min-width: 6rem }
.bar i { display: block; height: .9em; margin-top: .25em; background: var(--red); border-radius: .1em;
  print-color-adjust: exact }
footer { margin-top: 1.2rem; font-size: .8rem; color: var(--soft) } code { font-size: .95em }
@media (max-width: 30rem) {
  table.account, .account thead, .account tbody, .account tfoot, .account tr, .account td { display: block }
  .account thead { position: absolute; left: -99rem }
  .account tr { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .45rem 0;
    border-bottom: 1px solid var(--line) }
  .account td { border: 0; padding: .05rem 0 } .account td:empty { display: none }
  .account .entry::before { content: attr(data-head) " " }
  .account td.n:not(.entry, :empty) { grid-column: 1 / -1; display: flex; justify-content: space-between; gap: 1rem }
  .account td.n:not(.entry)::before { content: attr(data-head); color: var(--soft); font-weight: normal }
  .account .what { grid-column: 1 / -1 } .pay { max-width: none }
  .account .day, .account .entry { color: var(--soft); font-size: .9em }
}
@media print { @page { size: A4; margin: 14mm }
  :root { --ink: #000; --paper: #fff; --line: #bbb; --soft: #444; --red: #000; --green: #000; --box: #fff }
  body { font-size: 10pt; max-width: none; padding: 0 } .closing { border: 1px solid #000; break-inside: avoid }
  thead { display: table-header-group } tr { break-inside: avoid } section + section { break-before: page } }
"""
)


def page(sheets: Sequence[Sheet]) -> str:
    """The file: a sheet, or one after the other, each on a page of its own where it is printed.

    Raises:
        ValueError: no sheet.
    """
    if not sheets:
        raise ValueError("nothing to show")
    first = sheets[0]
    title = f"{first.shop} · {first.title[0]}" + (f" · {first.accounts[0].who}" if len(sheets) == 1 else "")
    return (
        f'<!doctype html>\n<html lang="{escape(first.languages[0])}" dir="{first.directions[0]}">\n'
        '<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "".join(map(_section, sheets))
        + "</body>\n</html>\n"
    )


def _section(made: Sheet) -> str:
    account = made.accounts[0]
    facts = "".join(f"<p class=soft><bdi>{safe(fact)}</bdi></p>\n" for fact in made.facts)
    return (
        f'<section lang="{escape(made.languages[0])}" dir="{made.directions[0]}">\n'
        f"<header><div><h1><bdi>{safe(account.who)}</bdi></h1>\n<p>{_both(made.title, made)}</p>\n"
        f"<p class=soft>{_both([each.span for each in made.accounts], made)}</p></div>\n"
        f"<div><p><strong><bdi>{safe(made.shop)}</bdi></strong></p>\n{facts}</div></header>\n"
        f"{_closing(made)}{_table(made)}{_ages(made)}{_notes(made)}"
        f"<footer><p>{_both(made.proof, made)} <code dir=ltr>{escape(made.seal)}</code></p></footer>\n</section>\n"
    )


def _closing(made: Sheet) -> str:
    spelt = "".join(f"<p class=soft>{_in(each, made)}</p>" for each in made.told(made.spelt))
    colour = style_of(made.closing_paise)
    said = f'<div><strong class="{colour}">{_both(made.closing, made)}</strong>{spelt}</div>\n'
    pay = ""
    if made.payment is not None:
        to = made.payment
        whom = f"<small><bdi dir=ltr>{safe(to.payee)} · {safe(to.upi)}</bdi></small>"
        pay = (
            f'<div class=pay><a class=qr href="{escape(to.link)}">{inline(to.link)}</a>'
            f"<p>{_both(made.pay, made)}{whom}</p></div>\n"
        )
    return f"<div class=closing>\n{said}{pay}</div>\n"


def _table(made: Sheet) -> str:
    heads = [each.heads for each in made.accounts]
    rows = zip(*[each.rows for each in made.accounts], strict=True)
    body = "".join(_row(list(each), heads, made) for each in rows)
    total = _row([each.total for each in made.accounts], heads, made)
    return (
        f"<table class=account>\n<thead>{_row(heads, None, made)}</thead>\n"
        f"<tbody>\n{body}</tbody>\n<tfoot>{total}</tfoot>\n</table>\n"
    )


def _row(rows: Sequence[AccountRow], heads: Sequence[AccountRow] | None, made: Sheet) -> str:
    """A line; on a phone each of its amounts has its head beside it. None for `heads`: these are the heads."""
    tag = "td" if heads is not None else "th scope=col"
    cells = []
    for name, kind in _CLASSES.items():
        text = _both([getattr(row, name) for row in rows], made)
        number = text and "n" in kind.split()
        head = f' data-head="{safe(getattr(heads[0], name))}"' if heads is not None and number else ""
        text = f"<bdi>{text}</bdi>" if heads is not None and number else text
        colour = f" {style_of(rows[0].balance_paise)}" if name == "balance" and rows[0].balance_paise < 0 else ""
        cells.append(f'<{tag} class="{kind}{colour}"{head}>{text}</{tag.split(maxsplit=1)[0]}>')
    folded = " class=folded" if heads is not None and rows[0].folded else ""
    return f"<tr{folded}>{''.join(cells)}</tr>\n"


_CLASSES = {"day": "day", "entry": "entry n", "what": "what", "given": "n", "received": "n", "balance": "n"}
"""The columns in the order of the page, each with its classes."""


def _ages(made: Sheet) -> str:
    if not made.ages:
        return ""
    rows = "".join(
        f"<tr><td>{_both(days, made)}</td><td class=n>{_both(amount, made)}</td>"
        f'<td class=bar><i style="width:{share}%"></i></td></tr>\n'
        for days, amount, share in made.ages
    )
    return f"<h2>{_both(made.ages_title, made)}</h2>\n<table class=ages>\n{rows}</table>\n"


def _notes(made: Sheet) -> str:
    notes = zip(*[each.notes for each in made.accounts], strict=True)
    return "".join(f"<p>{_both(note, made)}</p>\n" for note in notes)


def _both(texts: Sequence[str], made: Sheet) -> str:
    """What is said in each language, the others in small beneath the first, once where they are alike."""
    first, *others = made.told(texts) or [InLanguage("", "", "")]
    return safe(first.text, first.dir) + "".join(f"<small>{_in(each, made)}</small>" for each in others)


def _in(said: InLanguage, made: Sheet) -> str:
    """A text of a language that is not the page's own runs its own way, in a line that does not."""
    if said.lang == made.languages[0]:
        return safe(said.text, said.dir)
    return f'<bdi lang="{escape(said.lang)}" dir="{said.dir}">{safe(said.text, said.dir)}</bdi>'
