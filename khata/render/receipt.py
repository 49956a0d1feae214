"""A receipt: what one entry did, on a strip of paper. Nothing is laid out here but for text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.entries import EntryRow
from khata.render import told
from khata.render.line import standing
from khata.render.sheet import Payment, where
from khata.render.text import folded, visible, width
from khata.views.about import About

COLUMNS: Final = {58: 32, 80: 48}
"""Letters in a line of a strip so many millimetres wide, in the printer's usual font."""


class ReceiptLine(NamedTuple):
    """A line: what stands at its beginning and at its end. `strong`: bold where that can be; `apart`: a rule above."""

    left: str
    right: str = ""
    strong: bool = False
    apart: bool = False


class Receipt(NamedTuple):
    """The strip: whose shop (`about` in the middle), its lines, how the rest is paid, in which language."""

    shop: str
    about: list[str]
    lines: list[ReceiptLine]
    payment: Payment | None
    pay: str
    seal: str
    language: str
    direction: str


def receipt(
    row: EntryRow, balance_paise: int, payment: Payment | None, seal: str, about: About | None, words: Words
) -> Receipt:
    """What an entry did, and what is owed by now.

    Args:
        row: the entry.
        balance_paise: of its customer, above 0 where he owes; not said where nobody is.
        payment: how what is due is paid; None for no QR.
        seal: the hash of the entry, in hex.
        about: the shop.
        words: the language.
    """
    shop, facts = (visible(about.shop), where(about)) if about else ("", [])
    lines = [*_head(row, words), *_amounts(row, words)]
    if row.party is not None:
        amount, word = standing(balance_paise, words)
        lines.append(ReceiptLine(word, amount, strong=True, apart=True))
    lines += [ReceiptLine(text) for text in told.remarks(row, words)]
    pay = payment.said(balance_paise, words) if payment else ""
    return Receipt(shop, facts, lines, payment, pay, seal, words.language, words.direction)


def _head(row: EntryRow, words: Words) -> Iterator[ReceiptLine]:
    what = told.of_what_kind(row, words)
    if row.amount_paise is None or what != words.say(f"kind.{row.kind}"):  # else the sum says it
        yield ReceiptLine(what, strong=True)
    yield ReceiptLine(dates.day(row.on, words), words.say("word.entry", entry=row.entry))
    if ref := told.reference(row, words):
        yield ReceiptLine(words.say("head.ref"), ref)
    if row.party is not None:
        yield ReceiptLine(told.whose(row, words))


def _amounts(row: EntryRow, words: Words) -> Iterator[ReceiptLine]:
    """The items, what they come to, and how it was paid; of a payment how it came."""
    did, first = row.effect, True
    for name, text in zip(row.items, told.items(row, words), strict=True):
        yield ReceiptLine(text, words.rupees(name[3]) if name[0] else "", apart=first)
        first = False
    if row.amount_paise is not None:
        yield ReceiptLine(words.say(f"kind.{row.kind}"), words.rupees(row.amount_paise), strong=True, apart=True)
    yield from (ReceiptLine(text) for text in told.rounded(did, words))
    for mode, paise in did.by_mode.items():
        yield ReceiptLine(words.say(f"mode.{mode}"), words.rupees(abs(paise)))
    if did.kasar_paise:
        yield ReceiptLine(words.say("account.discount"), words.rupees(abs(did.kasar_paise)))
    left = did.debit_paise - did.credit_paise
    if did.sold and left > 0:
        yield ReceiptLine(words.say("word.khata"), words.rupees(left))
        yield from (ReceiptLine(text) for text in told.terms(row, words))


def as_text(made: Receipt, columns: int) -> str:
    """The strip as text, so many cells wide; amounts at the right edge."""
    lines: list[str] = []
    for text in (made.shop, *made.about):
        lines += [f"{' ' * ((columns - width(each)) // 2)}{each}" for each in folded(text, columns, columns)]
    lines.append("")
    for line in made.lines:
        if line.apart:
            lines.append("-" * columns)
        lines += _sides(line.left, line.right, columns)
    if made.payment:
        lines += ["", *folded(f"UPI: {visible(made.payment.upi)}", columns, columns)]
    half = len(made.seal) // 2  # 32 letters: it fits the narrower strip
    lines += ["", made.seal[:half], made.seal[half:]]
    return "".join(f"{each.rstrip()}\n" for each in lines)


def _sides(left: str, right: str, columns: int) -> Sequence[str]:
    room = columns - width(right) - (1 if right else 0)
    if width(left) <= room:
        return [f"{left}{' ' * (columns - width(left) - width(right))}{right}"]
    lines = list(folded(left, columns, columns))
    return [*lines, f"{' ' * max(0, columns - width(right))}{right}"] if right else lines
